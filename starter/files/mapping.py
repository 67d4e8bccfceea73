"""Receipt by file: which column holds what, from a mapping file or from the headings themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.money import is_currency
from starter.files.errors import UnusableFile
from starter.files.headings import HEADINGS, NEEDED, is_wholesaler, recognised
from starter.files.records import Cell

DEFAULTS = ("currency", "country", "language", "payment_terms", "time_zone", "shipping_policy", "street", "city")
CHOICES = {"language": ("en", "zh-CN"), "shipping_policy": ("ship_partial", "ship_complete", "cancel_remainder")}
FILE_KEYS = ("delimiter", "encoding", "decimal", "sheet")
WHOLESALER_SERVICES = frozenset(
    ("POST", "DOT", "C2", "C3", "M", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS", "ADJUST", "ADJUST2",
     "TEST001", "TEST002", "GIFT")
)  # fmt: skip
PLAIN_SERVICES = frozenset(
    ("POSTAGE", "SHIPPING", "FREIGHT", "CARRIAGE", "DISCOUNT", "BANK CHARGES", "AMAZONFEE", "运费", "邮费", "折扣")
)
_EXAMPLE = '[columns] document = "...", customer = "...", sku = "...", quantity = "...", unit_price = "..."'


@dataclass(frozen=True, slots=True)
class Mapping:
    """What MAP.toml says; all of it may be empty, then the headings decide."""

    columns: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    services: frozenset[str] | None = None
    only: bool = False
    """Nothing but what `columns` names: somebody has looked at all of them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The header of a file and what was made of it: field name to column position."""

    line: int
    header: tuple[str, ...]
    columns: dict[str, int]
    defaults: dict[str, str]
    services: frozenset[str]
    wholesaler: bool

    def heading(self, name: str) -> str:
        """The heading that a field has in this file, else the field's own name."""
        position = self.columns.get(name)
        return name if position is None else self.header[position]


def read_mapping(path: Path | None) -> Mapping:
    """The mapping file; UnusableFile says what in it is wrong."""
    if path is None:
        return Mapping()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnusableFile(
            "The mapping {path} cannot be read: {reason}.", path=path, reason=error.strerror or error
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableFile("The mapping {path} is not valid TOML: {reason}.", path=path, reason=error) from error
    _refuse_unknown(document, ("columns", "defaults", "file", "services"), path, "MAP.toml")
    columns = _table(document, "columns", tuple(HEADINGS), path)
    defaults = _table(document, "defaults", DEFAULTS, path)
    file = _table(document, "file", FILE_KEYS, path)
    if file.get("decimal", ".") not in (".", ","):
        raise UnusableFile(
            'The mapping {path} says decimal = {value!r}; write decimal = "." or ",".', path=path, value=file["decimal"]
        )
    if len(file.get("delimiter", ",")) != 1:
        raise UnusableFile(
            'The mapping {path} says delimiter = {value!r}; write one character, as ";".',
            path=path,
            value=file["delimiter"],
        )
    return Mapping(
        columns, defaults, file.get("delimiter"), _encoding(file.get("encoding"), path), file.get("decimal"),
        file.get("sheet"), _services(document, path),
    )  # fmt: skip


def _table(document: dict[str, Any], name: str, known: Sequence[str], path: Path) -> dict[str, str]:
    table = document.get(name, {})
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise UnusableFile(
            'In the mapping {path}, [{table}] holds lines such as {key} = "text".', path=path, table=name, key=known[0]
        )
    _refuse_unknown(table, known, path, f"[{name}]")
    for key, choices in CHOICES.items():
        if key in table and table[key] not in choices:
            raise UnusableFile(
                "The mapping {path} says {key} = {value!r}; possible are {known}.",
                path=path,
                key=key,
                value=table[key],
                known=list(choices),
            )
    currency = table.get("currency")
    if name == "defaults" and currency is not None and not is_currency(currency):
        raise UnusableFile(
            "The mapping {path} says currency = {value!r}, which is no ISO 4217 code such as GBP.",
            path=path,
            value=currency,
        )
    return table


def _refuse_unknown(table: dict[str, Any], known: Sequence[str], path: Path, where: str) -> None:
    unknown = next((name for name in table if name not in known), None)
    if unknown is not None:
        raise UnusableFile(
            "The mapping {path} has {name!r} in {where}, which is not known; known are {known}.",
            path=path,
            name=unknown,
            where=where,
            known=list(known),
        )


def _encoding(name: str | None, path: Path) -> str | None:
    if name is None:
        return None
    try:
        "".encode(name)
    except LookupError as error:
        raise UnusableFile(
            "The mapping {path} names an unknown encoding, {name!r}; try utf-8 or gb18030.", path=path, name=name
        ) from error
    return name


def _services(document: dict[str, Any], path: Path) -> frozenset[str] | None:
    if "services" not in document:
        return None
    table = document["services"]
    codes = table.get("skus") if isinstance(table, dict) else None
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes) or len(table) != 1:
        raise UnusableFile('In the mapping {path}, [services] holds one line such as skus = ["POST", "M"].', path=path)
    return frozenset(code.upper() for code in codes)


def text_of(cell: Cell) -> str:
    """A cell as the text that a person sees: the number 536365.0 is 536365."""
    if isinstance(cell, str):
        return cell.strip()
    return format(cell.quantize(1) if cell == cell.to_integral_value() and cell.adjusted() < 25 else cell, "f")


def find_columns(cells: Sequence[Cell], mapping: Mapping) -> dict[str, int]:
    """Field to position for a header row; what the mapping names goes before what the headings suggest."""
    headings = [text_of(cell) for cell in cells]
    found = {} if mapping.only else recognised(headings)
    for name, heading in mapping.columns.items():
        if heading in headings:
            taken = headings.index(heading)
            found = {other: position for other, position in found.items() if position != taken}
            found[name] = taken
        else:
            found.pop(name, None)
    return found


def lay_out(line: int, cells: Sequence[Cell], mapping: Mapping) -> Layout:
    """The layout of a header row that has every needed column."""
    headings = tuple(text_of(cell) for cell in cells)
    wholesaler = is_wholesaler(headings)
    services = mapping.services
    if services is None:
        services = WHOLESALER_SERVICES if wholesaler else PLAIN_SERVICES
    defaults = ({"currency": "GBP"} if wholesaler else {}) | mapping.defaults
    return Layout(line, headings, find_columns(cells, mapping), defaults, services, wholesaler)


def usable(columns: dict[str, int], mapping: Mapping) -> bool:
    """Whether every needed column was found, and every one that the mapping names."""
    return all(name in columns for name in (*NEEDED, *mapping.columns))


def missing_columns(name: str, cells: Sequence[Cell], mapping: Mapping) -> UnusableFile:
    """The sentence about a file whose header does not have what is needed."""
    columns = find_columns(cells, mapping)
    headings = [text_of(cell) or "-" for cell in cells[:40]]
    lost = [repr(heading) for field_name, heading in mapping.columns.items() if field_name not in columns]
    if lost:
        return UnusableFile(
            "{file} does not have {columns} as the mapping says; it has {headings}.",
            file=name,
            columns=lost,
            headings=headings,
        )
    return UnusableFile(
        "{file} has no column for {missing}: it has {headings}, and needed are {needed}; write which column is which "
        "into a file MAP.toml ({example}, one per line) and give it with --mapping MAP.toml.",
        file=name,
        missing=[needed for needed in NEEDED if needed not in columns],
        headings=headings,
        needed=list(NEEDED),
        example=_EXAMPLE,
    )


def missing_currency(name: str) -> UnusableFile:
    """The sentence about a file that does not say in which currency it is."""
    return UnusableFile(
        '{file} has no column for the currency; add one, or write the lines [defaults] and currency = "EUR" into a '
        "file MAP.toml and give it with --mapping MAP.toml.",
        file=name,
    )
