"""Wrong usage in one sentence: what is wrong, and where the right usage stands."""

from __future__ import annotations

import re
from typing import Any

from typer import TyperException

from starter.cli.speech import _

NO_COMMAND = re.compile(r"No such command (?P<name>.+?)\.(?: Did you mean (?P<meant>.+)\?)?$")

SURPLUS = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((?P<words>.+)\)$", re.DOTALL)
CHOICES = re.compile(r"is not one of (?P<values>'.+')$")


def usage_sentence(error: TyperException) -> str | None:
    """The sentence for a command that was typed wrongly; None when the help has been shown instead."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return None
    context: Any = getattr(error, "ctx", None)
    path = getattr(context, "command_path", None) or "orderkeep"
    help_hint = _("See `{command} --help`.").format(command=path)
    return f"{_what(kind, error)} {help_hint}"


def _what(kind: str, error: Any) -> str:
    match kind:
        case "NoSuchOption":
            return _("There is no option {option} here.").format(option=error.option_name)
        case "MissingParameter":
            return _("{parameter} is missing.").format(parameter=_name(error))
        case "BadParameter":
            return _("{parameter} is not valid: {reason}.").format(
                parameter=_name(error), reason=_reason(str(error.message).rstrip("."))
            )
        case "UsageError" if named := NO_COMMAND.match(str(error.message)):
            meant = named["meant"] and _("Did you mean {names}?").format(names=named["meant"])
            return " ".join(filter(None, (_("There is no command {name} here.").format(name=named["name"]), meant)))
        case "UsageError" if surplus := SURPLUS.match(str(error.message)):
            return _("There is no place for {words} here.").format(words=surplus["words"])
        case _other:
            return f"{str(error.format_message()).rstrip('.')}."


def _reason(message: str) -> str:
    """Why a value is none, where the library says so in its own English."""
    if chosen := CHOICES.search(message):
        return _("one of these is expected: {values}").format(values=chosen["values"].replace("'", ""))
    return _("a whole number is expected") if "valid integer" in message else message


def _name(error: Any) -> str:
    if error.param is None:
        return str(error.param_hint or _("A value"))
    name = error.param.opts[0] if error.param.param_type_name == "option" else error.param.metavar or error.param.name
    return str(name)
