"""Two languages for everything that leaves the house: texts from catalogues, amounts and dates as people write them.

English is the text in the code; Simplified Chinese comes from a gettext catalogue that Babel reads at start.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal

from domain.money import is_currency, rounded

LANGUAGES = ("en", "zh-CN")
LONGEST_VALUE = 500
_LOCALES = {"en": Locale.parse("en_GB"), "zh-CN": Locale.parse("zh_Hans_CN")}


def known(language: str) -> str:
    """The supported language nearest to the wish: any Chinese is zh-CN, all else English."""
    return "zh-CN" if language.lower().startswith("zh") else "en"


@cache
def _messages(folder: Path) -> dict[str, str]:
    with (folder / "zh_CN.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_CN", abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in catalogue if entry.id and entry.string and not entry.fuzzy}


def text(folder: Path, message: str, language: str) -> str:
    """The message in the language; a message that the catalogue lacks stays English."""
    return message if known(language) == "en" else _messages(folder).get(message, message)


def decimal(value: object) -> Decimal | None:
    """A finite number from what a record or a JSON document holds; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and number.adjusted() <= 30 else None


def plain(value: object) -> str:
    """A value on one line: control, formatting and unassigned characters become spaces, and it has an end."""
    characters = ("" if value is None else str(value))[: LONGEST_VALUE * 4]
    shown = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in characters)
    squeezed = " ".join(shown.split())
    return squeezed if len(squeezed) <= LONGEST_VALUE else squeezed[: LONGEST_VALUE - 1] + "…"


def money(value: object, currency: object, language: str) -> str:
    """An amount with its currency, rounded half up to the minor unit; as it stands when it is no amount."""
    number, code = decimal(value), plain(currency)
    if number is None:
        return plain(value)
    if not is_currency(code):
        return f"{format_decimal(number, locale=_LOCALES[known(language)])} {code}".strip()
    return format_currency(rounded(number, code), code, locale=_LOCALES[known(language)])


def amount(value: object, currency: object, language: str) -> str:
    """An amount without its currency, for columns that name it once."""
    number, code = decimal(value), plain(currency)
    if number is None:
        return plain(value)
    shown = rounded(number, code) if is_currency(code) else number
    return format_currency(shown, code or "XXX", "#,##0.00;-#,##0.00", locale=_LOCALES[known(language)])


def unit_price(value: object, language: str) -> str:
    """A price per unit: two to four decimal places, as agreed."""
    number = decimal(value)
    return plain(value) if number is None else format_decimal(number, "#,##0.00##", locale=_LOCALES[known(language)])


def quantity(value: object, language: str) -> str:
    """A quantity with up to four decimal places and no idle zeros."""
    number = decimal(value)
    return plain(value) if number is None else format_decimal(number, "#,##0.####", locale=_LOCALES[known(language)])


def day(value: object, language: str) -> str:
    """A calendar day; ISO text is understood, anything else is shown as it stands."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value) if len(value) > len("2025-01-01") else date.fromisoformat(value)
        except ValueError:
            return plain(value)
    if not isinstance(found, date):
        return plain(value)
    return format_date(found, "medium", locale=_LOCALES[known(language)])


def moment(value: object, language: str, time_zone: object = None) -> str:
    """An instant in the reader's time zone, which is named; UTC when that zone is not known."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return plain(value)
    if not isinstance(found, datetime):
        return day(found, language)
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    zone = _zone(plain(time_zone))
    shown = format_datetime(aware, "medium", tzinfo=zone, locale=_LOCALES[known(language)])
    return f"{shown} {zone.key}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):  # OSError: the name is a folder of the zone database
        return ZoneInfo("UTC")
