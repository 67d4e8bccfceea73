"""The options and arguments that several commands share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CONNECTION = "Connection"

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Data = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Data directory of the servers that `orderkeep up` started.", rich_help_panel=CONNECTION
    ),
]
Api = Annotated[str | None, typer.Option(help="Address of the API; also ORDERKEEP_API.", rich_help_panel=CONNECTION)]
Key = Annotated[str | None, typer.Option(help="API key; also ORDERKEEP_KEY.", rich_help_panel=CONNECTION)]
Lang = Annotated[str | None, typer.Option(help="Language of what is said: en or zh-CN.", rich_help_panel=CONNECTION)]
Once = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        help="A command repeated with the same key is done once.",
        rich_help_panel=CONNECTION,
    ),
]

Limit = Annotated[int, typer.Option(min=1, max=500, help="How many to show.")]
Search = Annotated[
    str | None, typer.Option("--q", metavar="TEXT", help="Only what a person would find by this: numbers, names.")
]
After = Annotated[str | None, typer.Option(help="Where the page before this one ended.")]
Document = Annotated[str, typer.Argument(metavar="FILE", help="A JSON document; - reads standard input.")]
OrderNumber = Annotated[str, typer.Argument(metavar="ORDER", help="The order's number, for example SO-000001.")]
Comment = Annotated[str | None, typer.Option(help="What was said or done.")]
NeededComment = Annotated[str, typer.Option(help="Why; it is kept with your name.")]
Out = Annotated[str, typer.Option(metavar="FILE", help="Where to write it; - is standard output.")]
