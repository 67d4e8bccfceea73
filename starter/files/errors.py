"""What is said about a file: sentences that keep their template and figures, so that each can be said in any language.

The text itself is English: it is what JSON, logs and held documents carry.
"""

from __future__ import annotations

from domain.errors import Told, Translate


class Saying(str):
    """A sentence with figures in it: `Saying("there is no customer {code}", code="17850")`."""

    template: str
    figures: dict[str, object]

    def __new__(cls, template: str, /, **figures: object) -> Saying:
        saying = super().__new__(cls, template.format(**{name: _plain(value) for name, value in figures.items()}))
        saying.template = template
        saying.figures = figures
        return saying

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, object]]:
        return (self.template,), self.figures

    def said(self, translate: Translate) -> str:
        """The sentence by a catalogue; figures that are sayings themselves are translated as well."""
        figures = {name: _plain(value, translate) for name, value in self.figures.items()}
        return translate(self.template).format(**figures)


def quoted(text: str) -> Saying:
    """A sentence that comes from elsewhere, as it stands; one of ours keeps its pattern and its figures."""
    if isinstance(text, Told):
        figures = {name: quoted(value) if isinstance(value, Told) else value for name, value in text.figures.items()}
        return Saying(text.pattern, **figures)
    return Saying(text.replace("{", "{{").replace("}", "}}"))


def _plain(value: object, translate: Translate | None = None) -> object:
    if isinstance(value, list):
        return ", ".join(str(_plain(item, translate)) for item in value)
    if isinstance(value, Saying) and translate is not None:
        return value.said(translate)
    return value


class UnusableFile(Exception):
    """Nothing of the file can be taken: one clear sentence that says why and what to do.

    A problem of a single row is a `Problem` in the report, not an error.
    """

    def __init__(self, template: str, /, **figures: object) -> None:
        self.saying = Saying(template, **figures)
        super().__init__(self.saying)
