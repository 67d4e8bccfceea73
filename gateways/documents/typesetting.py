"""Sets a document with typst: the view's values go in as JSON, never as markup, and the fonts come with us."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from gateways import language as spoken

TEMPLATES = Path(__file__).with_name("templates")
CATALOGUE = Path(__file__).with_name("catalogue")

View = Mapping[str, Any]

_NO_GLYPH = "could not be displayed with font"
SHARED_LABELS = {"page": "Page {page} of {pages}", "tax_id": "Tax no. {number}"}


class CannotTypeset(Exception):
    """The document cannot be set: a fault of ours, with typst's own words."""


def words(language: str) -> partial[str]:
    """Translates a label of a document."""
    return partial(spoken.text, CATALOGUE, language=language)


def typeset(template: str, content: Mapping[str, Any], labels: Mapping[str, str], language: str, at: object) -> bytes:
    """The PDF. The same content gives the same bytes: its time stamp is the document's own (`at`)."""
    say = words(language)
    data = {
        **content,
        "labels": {name: say(label) for name, label in {**SHARED_LABELS, **labels}.items()},
        "lang": language.partition("-")[0],
        "region": "cn" if language == "zh-CN" else "gb",
    }
    try:
        return _compiled(template, data, _instant(at), archive=True)
    except RuntimeError as error:  # typst.TypstError, or a template that is not there
        if _NO_GLYPH not in str(error):
            raise CannotTypeset(f"{template} {content.get('number')}: {error}") from error
    # An emoji or a script that the fonts lack: shown as a box, which the archive standard forbids.
    return _compiled(template, data, _instant(at), archive=False)


def _compiled(template: str, data: Mapping[str, Any], at: datetime, *, archive: bool) -> bytes:
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards="a-3b" if archive else None,
        timestamp=at,
    )


def party(name: object, address: object) -> dict[str, Any]:
    """A name and the lines of its address; whatever is missing is left out."""
    if not isinstance(address, Mapping):
        return {"name": spoken.plain(name), "lines": [spoken.plain(address)] if address else []}
    shown = {key: spoken.plain(value) for key, value in address.items()}
    town = " ".join(filter(None, (shown.get("postal_code"), shown.get("city"))))
    first = spoken.plain(name) or shown.get("name", "")
    inner = shown.get("name") if shown.get("name") != first else None
    lines = [line for line in (inner, shown.get("street"), town, shown.get("country")) if line]
    return {"name": first, "lines": lines}


def letterhead(view: View, language: str) -> dict[str, Any]:
    """Who sells: the name, the lines below it, and where to pay."""
    seller = view.get("seller")
    shown = seller if isinstance(seller, Mapping) else {"name": seller}
    address = shown.get("address")
    lines = [spoken.plain(line) for line in address] if isinstance(address, (list, tuple)) else []
    if tax_id := spoken.plain(shown.get("tax_id")):
        lines.append(words(language)(SHARED_LABELS["tax_id"]).format_map({"number": tax_id}))
    name, bank = (spoken.plain(shown.get(each)) for each in ("name", "bank"))
    return {"seller": name or "Orderkeep", "seller_lines": lines, "bank": bank}


def rows(view: View, name: str) -> Sequence[View]:
    """The view's list of that name; empty when it has none."""
    found = view.get(name)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, (list, tuple)) else []


def present(facts: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The facts that have a value."""
    return [fact for fact in facts if fact[1]]


def _instant(at: object) -> datetime:
    found = at
    if isinstance(at, str):
        try:
            found = datetime.fromisoformat(at)
        except ValueError:
            found = None
    if isinstance(found, datetime):
        moment = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return moment.replace(microsecond=0)  # a PDF knows whole seconds
    if isinstance(found, date):
        return datetime(found.year, found.month, found.day, tzinfo=UTC)
    return datetime(1970, 1, 1, tzinfo=UTC)


@cache
def _fonts() -> typst.Fonts:
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
