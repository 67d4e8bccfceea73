"""What the shapes of all stages are made of: decimal strings, states, addresses, and the page of a list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from domain.order_life import LEGAL_MOVES

Money = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="money, in the document's currency")]
Quantity = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", description="an exact decimal number")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217")]
Day = date
Moment = datetime
Figures = Annotated[dict[str, Any], Field(description="what was compared or counted, by name; decimals are strings")]


def _states(document: str) -> dict[str, Any]:
    moves = LEGAL_MOVES[document]
    return {"enum": list(dict.fromkeys([*moves, *(target for targets in moves.values() for target in targets)]))}


OrderState = Annotated[str, Field(json_schema_extra=_states("order"))]
HoldState = Annotated[str, Field(json_schema_extra=_states("hold"))]
SupplyState = Annotated[str, Field(json_schema_extra=_states("supply_order"))]
ShipmentState = Annotated[str, Field(json_schema_extra=_states("shipment"))]
InvoiceState = Annotated[str, Field(json_schema_extra=_states("invoice"))]
PaymentState = Annotated[str, Field(json_schema_extra=_states("payment"))]
DisputeState = Annotated[str, Field(json_schema_extra=_states("dispute"))]
CaseState = Annotated[str, Field(json_schema_extra=_states("case"))]


class Shown(BaseModel):
    """The parent of every shape: all its fields are always there, and more may come with any version."""

    model_config = ConfigDict(extra="allow")


Item = TypeVar("Item", bound=Shown)


class Page(Shown, Generic[Item]):
    """A page of a list."""

    items: list[Item]
    next: Annotated[str | None, Field(description="pass it as ?after= for the next page; null on the last one")]


class Seller(Shown):
    """Who sells, as the document prints it: lines of the address, tax number, where to pay."""

    name: str
    address: list[str]
    tax_id: str | None
    bank: str | None


class ShownAddress(Shown):
    """Where goods go; `country` is ISO 3166 alpha-2."""

    name: str
    street: str
    city: str
    postal_code: str
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
