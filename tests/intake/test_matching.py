"""Cash is matched by hand: to an open invoice of the same customer and currency, never more than there is of either."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from db.engine import settled, transaction
from db.queries import matching as questions
from db.queries import views_documents as documents
from domain.errors import IllegalMove, Invalid, NotFound
from domain.requests import Match
from intake.matching import apply_payment
from tests import builders as make
from tests.builders import FINANCE, NOW, rows
from tests.db.reading import listed, order_of, story_of

BOOKS = "SELECT account, customer, sum(debit - credit) AS sum FROM journal_line GROUP BY account, customer"


@pytest.fixture
async def invoice(database: str) -> str:
    """An open invoice of ACME over 36.00 EUR."""
    await make.a_company()
    [number] = await make.invoiced(await make.an_order({"BOLT": 3}, customer_po="PO-7"))
    return number


async def applied(payment: str, invoice: str, amount: str | None = None) -> None:
    """As a bookkeeper does it."""
    match = Match.model_validate({"invoice": invoice, "amount": amount})
    await settled(lambda tx: apply_payment(tx, FINANCE, payment, match, NOW))


async def suggested(payment: str) -> list[tuple[str, str, str]]:
    """Which invoices a payment may be for, why, and how much."""
    async with transaction() as tx:
        found = await questions.suggestions(tx, payment)
    assert found is not None
    return [(item["invoice"], item["reason"], str(item["amount"])) for item in found["items"]]


async def told(order: str) -> list[Any]:
    """What the order's workflow was told of money."""
    return [
        row.payload["recorded_as"]
        for row in await rows(
            "SELECT payload FROM engine_outbox WHERE workflow_id = :id AND signal = 'payment_received' ORDER BY id",
            id=f"order/{order}",
        )
    ]


async def test_a_payment_of_an_unknown_payer_becomes_the_customers_and_pays_the_invoice(invoice):
    payment = await make.a_payment("36.00", reference="who is this")
    await applied(payment, invoice)
    [bill] = await rows("SELECT state, order_number FROM invoice WHERE number = :n", n=invoice)
    order = await order_of(bill.order_number)
    assert (bill.state, order["payment"], str(order["received"])) == ("PAID", "paid", "36.00")
    events = [(entry["event"], entry["actor"]) for entry in await story_of(bill.order_number)][-2:]
    assert events == [("payment_applied", FINANCE.name), ("invoice_paid", FINANCE.name)]
    assert await told(bill.order_number) == [payment]
    sums = {(row.account, row.customer): row.sum for row in await rows(BOOKS)}
    assert (sums["receivable", "ACME"], sums["unapplied", None], sums["unapplied", "ACME"]) == (0, 0, 0)


async def test_a_payment_is_spread_over_invoices_piece_by_piece(invoice):
    [second] = await make.invoiced(await make.an_order({"BOLT": 1}, customer_po="PO-8"))
    payment = await make.a_payment("40.00", reference="who is this")
    await applied(payment, invoice, "10.00")
    await applied(payment, invoice, "6.00")
    await applied(payment, second)
    found = await rows("SELECT invoice, amount FROM payment_application ORDER BY id")
    assert [(row.invoice, row.amount) for row in found] == [(invoice, 10), (invoice, 6), (second, 12)]
    [left] = await rows("SELECT state, unapplied, customer FROM payment")
    assert (left.state, left.unapplied, left.customer) == ("PARTIALLY_APPLIED", 12, "ACME")
    sums = {(row.account, row.customer): row.sum for row in await rows(BOOKS)}
    assert (sums["receivable", "ACME"], sums["unapplied", "ACME"]) == (20, -12)


@pytest.mark.parametrize(
    ("payment", "amount", "detail"),
    [
        ({"amount": "30.00"}, "30.01", "Only 30.00 EUR of the payment are unapplied."),
        ({"amount": "50.00"}, "36.01", "Only 36.00 EUR of the invoice are outstanding."),
        ({"amount": "50.00"}, "1.001", "EUR has no such fraction: 1.001."),
        ({"amount": "50.00", "currency": "USD"}, None, "The payment is in USD, the invoice in EUR."),
        ({"amount": "50.00", "customer": "HUAXIN"}, None, "The payment is of HUAXIN, the invoice of ACME."),
    ],
    ids=["more than is left", "more than is owed", "no such coin", "another currency", "another customer"],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_applied(invoice, payment, amount, detail):
    number = await make.a_payment(**{"reference": "who is this", **payment})
    with pytest.raises(Invalid) as refusal:
        await applied(number, invoice, amount)
    assert [error.detail for error in refusal.value.errors] == [detail]
    assert await rows("SELECT 1 FROM payment_application") == []
    assert (await rows("SELECT customer FROM payment"))[0].customer == payment.get("customer")


async def test_what_is_used_up_paid_or_taken_back_is_not_applied_again(invoice):
    payment = await make.a_payment("40.00", reference="who is this")
    await applied(payment, invoice)
    with pytest.raises(IllegalMove, match="nothing is outstanding"):
        await applied(payment, invoice)
    reversed_one = await make.a_payment("5.00", reference="who is that")
    await make.run("UPDATE payment SET state = 'REVERSED' WHERE number = :n", n=reversed_one)
    with pytest.raises(IllegalMove, match="nothing of it is left"):
        await applied(reversed_one, invoice)
    with pytest.raises(NotFound, match="There is no payment PAY-9"):
        await applied("PAY-9", invoice)
    with pytest.raises(Invalid, match="There is no invoice INV-9"):
        await applied(payment, "INV-9")


async def test_invoices_are_suggested_by_reference_then_amount_then_age(invoice):
    await make.a_customer("BOLTON")
    [same] = await make.invoiced(await make.an_order({"BOLT": 3}, customer="BOLTON"))
    [small] = await make.invoiced(await make.an_order({"BOLT": 1}, customer_po="PO-8", now=NOW + make.DAY))
    unknown = await make.a_payment("36.00", reference="who is this")
    assert await suggested(unknown) == [(invoice, "amount", "36.00"), (same, "amount", "36.00")]
    await make.run("UPDATE payment SET customer = 'ACME', reference = 'for po-8' WHERE number = :n", n=unknown)
    assert await suggested(unknown) == [(small, "reference", "12.00"), (invoice, "amount", "36.00")]
    await make.run("UPDATE payment SET reference = 'x', amount = 7 WHERE number = :n", n=unknown)
    assert await suggested(unknown) == [(invoice, "oldest", "7.00"), (small, "oldest", "7.00")]
    async with transaction() as tx:
        assert await questions.suggestions(tx, "PAY-9") is None


async def test_payments_that_are_asked_about_together_have_each_their_own_suggestions(invoice):
    [small] = await make.invoiced(await make.an_order({"BOLT": 1}, customer_po="PO-8", now=NOW + make.DAY))
    same = await make.a_payment("36.00", reference="who is this")
    named = await make.a_payment("5.00", reference="who is this")
    await make.run("UPDATE payment SET customer = 'ACME', reference = 'for po-8' WHERE number = :n", n=named)
    nothing = await make.a_payment("1.23", reference="who is this")
    async with transaction() as tx:
        found = await questions.suggestions_of(tx, [nothing, "PAY-9", named, same])
    mine = {payment: [(each["invoice"], each["reason"], str(each["amount"])) for each in items]
            for payment, items in found.items()}  # fmt: skip
    assert mine == {
        same: [(invoice, "amount", "36.00")],
        named: [(small, "reference", "5.00"), (invoice, "oldest", "5.00")],
        nothing: [],
    }


async def test_unapplied_cash_is_a_filter_of_payments(invoice):
    paid = await make.a_payment("36.00", invoice=invoice)
    waits = await make.a_payment("1.00", reference="who is this")
    found, _ = await listed(documents.payment_list, unapplied="true")
    assert [payment["number"] for payment in found] == [waits] != [paid]
    assert found[0]["unapplied"] == Decimal("1.00")


@pytest.mark.parametrize("early", [True, False], ids=["before the invoice", "after it"])
@pytest.mark.parametrize(
    ("reference", "purchase"),
    [
        ("Thanks for PO-77.", "PO-77"),
        ("(po-77)", "PO-77"),
        ("Invoice:\tpo-77;paid", "PO-77"),
        ("  po   77/a ", "PO 77/a"),
        ("采购单PO-77。", "采购单PO-77"),
    ],
)
async def test_cash_finds_an_invoice_by_the_same_words_whichever_comes_first(
    database: str, reference: str, purchase: str, early: bool
):
    await make.a_company()
    payment = await make.a_payment("36.00", reference=reference) if early else None
    await make.invoiced(await make.an_order({"BOLT": 3}, customer_po=purchase))
    payment = payment or await make.a_payment("36.00", reference=reference)
    [found] = await rows("SELECT customer, state FROM payment WHERE number = :n", n=payment)
    assert (found.customer, found.state) == ("ACME", "APPLIED")
