"""Writes the letter for an event, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from gateways import language as spoken
from gateways.notices.letters import CLOSING, DETAIL, GREETING, LABELS, LETTERS, MORE_LINES, Letter

CATALOGUE = Path(__file__).with_name("catalogue")
LINES_SHOWN = 100
MONEY = frozenset({"total", "outstanding", "fee", "interest", "amount", "unapplied"})
DAYS = frozenset({"requested_date", "promise_date", "due_date", "expected_date"})
MOMENTS = frozenset({"delivered_at", "received_at", "respond_by", "deadline"})
NUMBERS = frozenset({"packages", "days_overdue"})
OMIT_ZERO = frozenset({"fee", "interest", "unapplied"})

Figures = Mapping[str, object]


def compose(event: str, language: str, figures: Figures) -> tuple[str, str]:
    """Subject and body for the event. LookupError for an unknown event; a missing or odd figure never raises.

    Figures are what a JSON document holds: amounts as decimal strings beside `currency`, dates in ISO form,
    `lines` as [{sku, name, quantity, unit}], `instalments` as [{due_date, amount}]. `name` is whom the letter
    addresses (else the figure `customer` or `supplier`), `seller` who signs, `bank` where to pay, `time_zone` the
    reader's.
    """
    if event not in LETTERS:
        raise LookupError(f"no letter is written for {event!r}; known are {', '.join(LETTERS)}")
    letter = LETTERS[event]
    say = partial(spoken.text, CATALOGUE, language=language)
    fill = partial(_fill, figures=figures)
    first, *others = (fill(say(paragraph)) for paragraph in letter.paragraphs)
    details = "\n".join(line for name in letter.details for line in _detail(name, language, figures))
    closing = "\n".join(filter(None, (say(CLOSING[letter.audience]), spoken.plain(figures.get("seller")))))
    parts = (_greeting(letter, language, figures), first, details, *others, closing)
    return fill(say(letter.subject)), "\n\n".join(part for part in parts if part) + "\n"


class _Missing(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""


def _fill(template: str, figures: Figures) -> str:
    values = _Missing({name: spoken.plain(value) for name, value in figures.items() if isinstance(value, (str, int))})
    return " ".join(template.format_map(values).split()).replace(" :", ":").replace(" ：", "：")


def _greeting(letter: Letter, language: str, figures: Figures) -> str:
    named, unnamed = GREETING[letter.audience]
    name = spoken.plain(figures.get("name") or figures.get(letter.audience))
    template = spoken.text(CATALOGUE, named if name else unnamed, language)
    return template.format_map({"name": name})


def _detail(name: str, language: str, figures: Figures) -> list[str]:
    value = figures.get(name)
    if value is None or value in ("", []):
        return []
    if name in OMIT_ZERO and spoken.decimal(value) == 0:
        return []
    label = spoken.text(CATALOGUE, LABELS[name], language)
    rows = _rows(name, value, language, figures)
    shown = "" if rows else _shown(name, value, language, figures)
    if not rows and not shown:
        return []
    detail = spoken.text(CATALOGUE, DETAIL, language).format_map({"label": label, "value": shown})
    return [detail.rstrip(), *rows]


def _shown(name: str, value: object, language: str, figures: Figures) -> str:
    if name in MONEY:
        return spoken.money(value, figures.get("currency"), language)
    if name in DAYS:
        return spoken.day(value, language)
    if name in MOMENTS:
        return spoken.moment(value, language, figures.get("time_zone"))
    if name in NUMBERS:
        return spoken.quantity(value, language)
    if isinstance(value, (list, tuple)):
        return ", ".join(spoken.plain(item) for item in value[:LINES_SHOWN])
    return spoken.plain(value)


def _rows(name: str, value: object, language: str, figures: Figures) -> list[str]:
    if name not in ("lines", "instalments") or not isinstance(value, Sequence) or isinstance(value, str):
        return []
    entries = [entry for entry in value[:LINES_SHOWN] if isinstance(entry, Mapping)]
    if name == "instalments":
        currency = figures.get("currency")
        return [
            f"  {spoken.day(entry.get('due_date'), language)}  {spoken.money(entry.get('amount'), currency, language)}"
            for entry in entries
        ]
    rows = [_line(entry, language) for entry in entries]
    more = len(value) - LINES_SHOWN
    if more > 0:
        rows.append("  " + spoken.text(CATALOGUE, MORE_LINES, language).format_map({"more": more}))
    return rows


def _line(entry: Mapping[str, object], language: str) -> str:
    count = f"{spoken.quantity(entry.get('quantity'), language)} {spoken.plain(entry.get('unit'))}".strip()
    words = (spoken.plain(entry.get("sku")), spoken.plain(entry.get("name")), f"× {count}" if count else "")
    return "  - " + "  ".join(word for word in words if word)
