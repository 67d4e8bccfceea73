"""`orderkeep forecast`: the demand for every product forecast now, instead of with the coming week."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from db import engine
from db.engine import settled
from db.queries.forecast import forecast_of, supplied
from domain.forecast import AVERAGE, TOO_LITTLE
from starter.api.answers import to_json
from starter.cli import options
from starter.cli.endpoints import data_directory, database_said, find_database
from starter.cli.progress import bar
from starter.cli.screen import Block, Document, Facts, Sentence, print_blocks, print_json, say
from starter.cli.speech import _, choose_language
from starter.forecasting.making import Made, OnProgress, make

Sku = Annotated[str | None, typer.Option(help="Only this product.")]


def forecast(
    *, sku: Sku = None, as_json: options.Json = False, data: options.Data = None, lang: options.Lang = None
) -> None:
    """Forecast the demand for every product from the orders of two years, and propose reorder points.

    `orderkeep report forecast` and the console show them. The worker does this once a week by itself.
    """
    choose_language(lang)
    dsn = find_database(data)
    if dsn is None:
        say(
            _(
                "No database is known in {directory}: start one with `orderkeep up --data {directory}`, "
                "or set ORDERKEEP_DATABASE_URL."
            ).format(directory=data_directory(data))
        )
        raise typer.Exit(1)
    try:
        with bar(_("Forecasting")) as on_progress:
            answer = asyncio.run(_made(dsn, sku, on_progress))
    except (SQLAlchemyError, OSError) as error:
        reason = database_said(error)
        say(_("The forecasts were not made ({reason}). Start the database with `orderkeep up`.").format(reason=reason))
        raise typer.Exit(1) from None
    if answer is None:
        say(_("There is no product {sku}; `orderkeep product list` shows what there is.").format(sku=sku))
        raise typer.Exit(1)
    if as_json:
        print_json(answer)
    else:
        print_blocks(_picture(answer))


async def _made(dsn: str, sku: str | None, on_progress: OnProgress) -> Document | None:
    """What was made; None when there is no such product."""
    engine.configure(dsn, pool_size=1)
    try:
        if sku is not None and not await settled(lambda tx: supplied(tx, [sku])):
            return None
        made = await make(datetime.now(UTC), sku, on_progress)
        answer = _answer(made)
        if sku is not None:
            answer["forecast"] = await settled(lambda tx: forecast_of(tx, sku))
        document: Document = json.loads(to_json(answer))
        return document
    finally:
        await engine.close()


def _answer(made: Made) -> Document:
    methods = dict(made.methods)
    average, too_little = methods.pop(AVERAGE, 0), methods.pop(TOO_LITTLE, 0)
    return {
        "products": made.products,
        "model": sum(methods.values()),
        "average": average,
        "too_little": too_little,
        "models": dict(sorted(methods.items())),
        "with_model": made.with_model,
    }


def _picture(made: Document) -> Iterable[Block]:
    models = ", ".join(f"{name} {count}" for name, count in made["models"].items())
    yield Facts(
        _("Forecasts"),
        (
            (_("products with demand"), made["products"]),
            (_("a model was better"), f"{made['model']} ({models})" if models else 0),
            (_("the moving average was better"), made["average"]),
            (_("too little history"), made["too_little"]),
        ),
    )
    if not made["with_model"]:
        yield Sentence(
            _(
                "Only the moving average was computed. To compare it with a model, install the extra: "
                "pip install 'orderkeep[forecast]'."
            )
        )
    if made["products"]:
        yield Sentence(_("See them with `orderkeep report forecast`."), "dim")
