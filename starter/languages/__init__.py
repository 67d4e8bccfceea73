"""The languages in which people are spoken to: which one a person wants, and the catalogue of its sentences.

The source text is English. Each other language is a folder of gettext catalogues (.po), read once per process.
"""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
CHINESE = "zh-CN"
LANGUAGES = (ENGLISH, CHINESE)
FOLDER = Path(__file__).parent


def known_language(wish: str | None) -> str | None:
    """The language meant by a tag or a locale name (`zh`, `zh_CN.UTF-8`, `en-GB`), or None when we do not speak it."""
    primary = (wish or "").strip().replace("_", "-").partition(".")[0].partition("-")[0].casefold()
    return {"en": ENGLISH, "c": ENGLISH, "posix": ENGLISH, "zh": CHINESE}.get(primary)


def first_language(*wishes: str | None) -> str:
    """The first of the wishes that is given and that we speak; English when there is none."""
    return next((language for language in map(known_language, wishes) if language), ENGLISH)


class _Sentences(gettext.GNUTranslations):
    """A catalogue in which nothing has no translation; by itself it would answer with its own header."""

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        return super().gettext(message) if message else ""


@cache
def translator(language: str) -> gettext.NullTranslations:
    """The sentences of a language; what has no entry, and every language that we do not speak, stays English."""
    translations = gettext.NullTranslations()
    folder = FOLDER / language.replace("-", "_") / "LC_MESSAGES"
    for path in sorted(folder.glob("*.po"), reverse=True):
        layer = _read(path)
        layer.add_fallback(translations)
        translations = layer
    return translations


def _read(path: Path) -> _Sentences:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.parent.parent.name)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return _Sentences(compiled)
