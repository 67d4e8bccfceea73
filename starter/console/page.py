"""How a page is made: the template, the person's language, and how figures, times and states are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from domain.shapes import instant
from domain.wording import WORDS
from intake.users import Person
from starter.api.language import language_of
from starter.console import assets, nav
from starter.console.roles import roles_that_may_open
from starter.console.said import field, said
from starter.console.words import LABELS, TONES
from starter.languages import ENGLISH, LANGUAGES, first_language, translator

_LOCALES = {"en": "en", "zh-CN": "zh_Hans_CN"}


def tongue(request: Request) -> str:
    """The language of a page: `?lang=` for once, then the person's own, then what the browser prefers."""
    person: Person | None = getattr(request.state, "person", None)
    chosen = person.language if person is not None else None
    return first_language(request.query_params.get("lang"), chosen, language_of(request))


@cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=PackageLoader("starter.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    environment.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "language": language,
        "languages": LANGUAGES,
        "static": assets.address,
        "navigation": nav.ITEMS,
        "first_page": _first_page,
        "tone": lambda code: TONES.get(str(code), "secondary"),
    }
    environment.filters |= {
        "amount": _amount,
        "quantity": _quantity,
        "moment": moment,
        "day": _day,
        "percent": _percent,
        "age": _age,
        "word": _word,
        "said": lambda sentence: said(sentence, translator(language).gettext),
        "field": lambda pointer: field(pointer, translator(language).gettext),
    }
    return environment


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """The page of a template as an answer; `person`, `may` and the language are known to every template."""
    language = tongue(request)
    person: Person | None = getattr(request.state, "person", None)
    told: Mapping[str, Any] = {
        "request": request,
        "path": request.url.path,
        "person": person,
        "provider": request.app.state.provider,
        "may": lambda operation: person is not None and person.may(roles_that_may_open(operation, reads=False)),
        "now": datetime.now(UTC),
        **values,
    }
    html = _environment(language).get_template(template).render(told)
    return HTMLResponse(html, status, headers={"Content-Language": language})


def _first_page(request: Request) -> str:
    """The address of a list without its place in it."""
    query = request.url.remove_query_params("after").query
    return f"{request.url.path}?{query}" if query else request.url.path


@pass_context
def _amount(context: Context, value: Decimal | str | None, currency: str | None = None) -> str:
    """Money with its thousands set apart, and its currency: 12,345.60 EUR."""
    written = _quantity(context, value)
    return f"{written} {currency}" if currency and value is not None else written


@pass_context
def _quantity(context: Context, value: Decimal | str | None) -> str:
    """A number with its thousands set apart and all of its digits; a dash for none."""
    if value is None:
        return "–"
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return format_decimal(number, format=pattern, locale=_LOCALES[_language(context)])


def moment(at: datetime | None) -> Markup:
    """An instant; the browser shows it in its own time zone."""
    if at is None:
        return Markup("–")
    return Markup('<time datetime="{}">{}</time>').format(instant(at), f"{at:%Y-%m-%d %H:%M} UTC")


@pass_context
def _percent(context: Context, value: Decimal | str | None) -> str:
    """A part of one in percent, with one decimal: 0.9750 is 97.5 %."""
    return "–" if value is None else f"{_quantity(context, (Decimal(value) * 100).quantize(Decimal('0.1')))} %"


def _day(value: date | None) -> str:
    return "–" if value is None else value.isoformat()


@pass_context
def _age(context: Context, at: datetime | None) -> str:
    """How long ago, or how long until: "3 h", "in 2 d"; the largest unit that is not zero."""
    if at is None:
        return "–"
    seconds = (context["now"] - at).total_seconds()
    size = abs(seconds)
    units = ((86400, "{n} d"), (3600, "{n} h"), (60, "{n} min"))
    gettext = translator(_language(context)).gettext
    written = next((gettext(text).format(n=int(size // unit)) for unit, text in units if size >= unit), gettext("now"))
    return gettext("in {span}").format(span=written) if seconds < 0 and size >= 60 else written


@pass_context
def _word(context: Context, code: object) -> str:
    """What people call a state, a role, a reason or another code of the database."""
    text = str(code)
    return translator(_language(context)).gettext(LABELS.get(text) or WORDS.get(text) or text)


def _language(context: Context) -> str:
    return str(context.get("language", ENGLISH))
