"""Refusals as a person reads them: what a person can do instead of what a program can, and fields by their names."""

from __future__ import annotations

from domain.errors import OrderkeepError, Told, Translate, told
from domain.errors import said as as_told
from starter.console.words import LABELS

_CODES = ("state", "status", "reason")
"""Figures that are codes of the database; the pages have words for these."""
_ORDER_OF_A_LINE = "There is no product {sku}; create it with PUT /v1/products/{sku} or correct the number."
FOR_PEOPLE = {
    "There is no customer {customer}; create it with PUT /v1/customers/{customer}.": (
        "There is no customer {customer}. Type a part of the name and choose."
    ),
    _ORDER_OF_A_LINE: "There is no product {sku}. Type a part of the name and choose.",
    "{sku} has no list price in {currency}; give a unit_price or add the price.": (
        "{sku} has no list price in {currency}: type the unit price."
    ),
    "{payment_terms} is not understood; use net30, eom30, 2/10net30, prepaid or instalments:30@0,70@30.": (
        "Type terms such as net30, eom30, 2/10net30 or prepaid."
    ),
    "this field is required": "This is needed.",
    "There is no product {sku}; create it with PUT /v1/products/{sku}.": "There is no product {sku}.",
    "There is no supplier {supplier}; create it with PUT /v1/suppliers/{supplier}.": (
        "There is no supplier {supplier}. Look up the code under Suppliers."
    ),
    "There is no user {name}; GET /v1/users lists all.": "There is no user {name}.",
    "No goods can leave without an address. Give {customer} one with PUT /v1/customers/{customer}: the order takes it, "
    "and the hold clears by itself.": (
        "No goods can leave without an address. Once {customer} has one, the order takes it, and the hold clears by "
        "itself."
    ),
    "Everything of order {number} has shipped and cannot be cancelled; open a case for a return with POST /v1/cases.": (
        "Everything of order {number} has shipped and cannot be cancelled; open a case for a return."
    ),
    "Order {number} has no hold {hold_id}; GET /v1/orders/{number} lists its holds.": (
        "Order {number} has no such hold. Load the page again."
    ),
    "Order {number} is not paused; GET /v1/orders/{number}/why says what it waits for.": (
        "Order {number} is not paused. Load the page again: it says what the order waits for."
    ),
    "Supply order {number} is {state}: nothing more is expected. Goods that came all the same are recorded with "
    "POST /v1/stock/movements.": (
        "Supply order {number} is {state}: nothing more is expected. Move goods that came all the same into stock on "
        "the product's page."
    ),
    "{remaining} of {quantity} are still to come; record the surplus of {surplus} with POST /v1/stock/movements.": (
        "{remaining} of {quantity} are still to come; move the surplus of {surplus} into stock on the product's page."
    ),
    "There is no {kind} {number}. Check the number; GET /v1/{plural} lists what there is.": (
        "There is no {kind} {number}. Check the number."
    ),
    "The cursor in 'after' is not one of ours: pass the 'next' of the page before, unchanged.": (
        "There is no such page of the list. Begin again with the first."
    ),
    "The cursor in 'after' is not one of ours: pass the 'next' of the answer before, unchanged.": (
        "There is no such page of the list. Begin again with the first."
    ),
}
"""The API's pattern to ours."""
FIRST_ALONE = (
    "{first} Correct this and send the request again.",
    "{first} {more} more in 'errors', the first {shown} of {count}. Correct this and send the request again.",
    "{first} {more} more in 'errors'. Correct this and send the request again.",
)
"""Frames of the API's sentences that tell a program what to do next."""
FIELDS = {
    "amount": "Amount", "assignee": "Assigned to", "comment": "Comment", "currency": "Currency", "due_date": "Due on",
    "invoice": "Invoice", "name": "Name", "packages": "Packages", "quantity": "Quantity", "reason": "Reason",
    "role": "Role", "subject": "Subject", "supplier": "Supplier", "until": "Good until", "username": "User name",
    "warehouse": "Warehouse",
}  # fmt: skip
"""The last part of a pointer to what the pages call that field."""


def said(sentence: str, translate: Translate) -> str:
    """The sentence for a person in the person's language; sentences among its figures, too."""
    return as_told(_plain(sentence), translate)


def field(pointer: str, translate: Translate) -> str:
    """What the pages call the field of a pointer; empty where they have no such field."""
    return translate(FIELDS.get(pointer.rpartition("/")[2], ""))


def refusal(error: OrderkeepError, translate: Translate) -> str:
    """A refusal in one sentence, with the first field that is wrong and why."""
    if not error.errors:
        return said(error.detail, translate)
    first = error.errors[0]
    label, wrong = field(first.pointer, translate), said(first.detail, translate)
    named = f"{label}: {wrong}" if label else wrong
    return named if first.detail in error.detail else f"{said(error.detail, translate)} {named}"


def _plain(sentence: str) -> str:
    if not isinstance(sentence, Told):
        return FOR_PEOPLE.get(sentence, sentence)
    match sentence.figures:
        case {"first": str(first)} if sentence.pattern in FIRST_ALONE:
            return _plain(first)
    figures = {name: _figure(name, each) for name, each in sentence.figures.items()}
    return told(FOR_PEOPLE.get(sentence.pattern, sentence.pattern), **figures)


def _figure(name: str, figure: object) -> object:
    if not isinstance(figure, str):
        return figure
    return told(LABELS[figure]) if name in _CODES and figure in LABELS else _plain(figure)
