"""The letters, one per event: what they say in English. The Chinese is in catalogue/zh_CN.po, under the same words.

Sentences hold only names of documents, which may be missing without the sentence breaking; every other figure is a
detail on a line of its own, which is left out when the figure is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Audience = Literal["customer", "supplier", "staff"]

GREETING: Mapping[Audience, tuple[str, str]] = {
    "customer": ("Dear {name},", "Dear customer,"),
    "supplier": ("Dear {name},", "Dear supplier,"),
    "staff": ("Hello {name},", "Hello,"),
}
CLOSING: Mapping[Audience, str] = {
    "customer": "Yours sincerely,",
    "supplier": "Yours sincerely,",
    "staff": "This is an automatic message.",
}
MORE_LINES = "… and {more} more lines"
DETAIL = "{label}: {value}"

LABELS: Mapping[str, str] = {
    "customer": "Customer",
    "customer_po": "Your reference",
    "total": "Total including tax",
    "requested_date": "Requested delivery date",
    "promise_date": "Expected availability",
    "reason": "Reason",
    "message": "Explanation",
    "shipment": "Delivery note",
    "carrier": "Carrier",
    "tracking_number": "Tracking number",
    "tracking_url": "Tracking page",
    "packages": "Packages",
    "delivered_at": "Delivered",
    "signed_by": "Received by",
    "invoice": "Invoice",
    "due_date": "Payment due",
    "instalments": "Instalments",
    "bank": "Please pay to",
    "outstanding": "Amount outstanding",
    "days_overdue": "Days overdue",
    "fee": "Reminder fee",
    "interest": "Interest",
    "amount": "Amount received",
    "unapplied": "Kept in your favour",
    "payment": "Payment",
    "reference": "Payment reference",
    "received_at": "Received",
    "feedback_url": "Answer here",
    "case": "Case",
    "subject": "Subject",
    "priority": "Priority",
    "respond_by": "We answer by",
    "comment": "Comment",
    "supply_order": "Supply order",
    "supplier": "Supplier",
    "expected_date": "Delivery expected",
    "warehouse": "Deliver to warehouse",
    "orders": "Orders that wait for it",
    "order": "Order",
    "deadline": "Decide by",
    "lines": "Items",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its subject, its paragraphs, and the figures listed between the first and the others."""

    audience: Audience
    subject: str
    paragraphs: tuple[str, ...]
    details: tuple[str, ...]


LETTERS: Mapping[str, Letter] = {
    "order_received": Letter(
        "customer",
        "We have received your order {order}",
        (
            "Thank you for your order {order}. We have received it and are checking it now.",
            "You will hear from us as soon as it is confirmed.",
        ),
        ("customer_po", "requested_date", "total", "lines"),
    ),
    "order_confirmed": Letter(
        "customer",
        "Your order {order} is confirmed",
        (
            "We are pleased to confirm your order {order}.",
            "We will write to you again when the goods leave our warehouse.",
        ),
        ("customer_po", "promise_date", "total", "lines"),
    ),
    "order_rejected": Letter(
        "customer",
        "We cannot accept your order {order}",
        (
            "We regret that we cannot accept your order {order}.",
            "Please reply to this letter if you would like to discuss it; we will gladly look for a solution.",
        ),
        ("customer_po", "reason"),
    ),
    "order_expired": Letter(
        "customer",
        "Your order {order} has expired",
        (
            "Your order {order} could not be approved in time and has expired. Nothing will be delivered or charged.",
            "If you still need the goods, please send us a new order or reply to this letter.",
        ),
        ("customer_po", "reason"),
    ),
    "order_cancelled": Letter(
        "customer",
        "Your order {order} is cancelled",
        (
            "Your order {order} has been cancelled, as far as it had not been shipped.",
            "We would be glad to serve you again.",
        ),
        ("customer_po", "reason"),
    ),
    "backordered": Letter(
        "customer",
        "Part of your order {order} will follow later",
        (
            "Not everything in your order {order} is in stock at the moment. What is missing will follow.",
            "We will ship it without delay as soon as it arrives. You need not do anything.",
        ),
        ("customer_po", "promise_date", "lines"),
    ),
    "promise_changed": Letter(
        "customer",
        "A new date for a part of your order {order}",
        (
            "We have a new date for what is still to come of your order {order}.",
            "We will ship it without delay as soon as it arrives. You need not do anything.",
        ),
        ("customer_po", "promise_date", "lines"),
    ),
    "shipped": Letter(
        "customer",
        "Your order {order} is on its way",
        (
            "The following goods of your order {order} have left our warehouse.",
            "With the tracking number you can follow the parcel at the carrier.",
        ),
        ("customer_po", "shipment", "carrier", "tracking_number", "tracking_url", "packages", "lines"),
    ),
    "delivered": Letter(
        "customer",
        "Your order {order} has been delivered",
        (
            "The carrier reports that a delivery of your order {order} has arrived.",
            "If anything is missing or damaged, please tell us within a few days by replying to this letter.",
        ),
        ("customer_po", "shipment", "tracking_number", "delivered_at", "signed_by"),
    ),
    "invoice_posted": Letter(
        "customer",
        "Invoice {invoice} for your order {order}",
        (
            "We have invoiced the goods delivered of your order {order}.",
            "Please name the invoice number in your payment. Thank you for your custom.",
        ),
        ("invoice", "customer_po", "total", "due_date", "instalments", "bank"),
    ),
    "reminder_courtesy": Letter(
        "customer",
        "Invoice {invoice} will soon be due",
        (
            "This is a friendly note that a payment for invoice {invoice} will soon be due.",
            "If you have already arranged the payment, please disregard this letter.",
        ),
        ("invoice", "order", "customer_po", "outstanding", "due_date", "bank"),
    ),
    "reminder_1": Letter(
        "customer",
        "Reminder: invoice {invoice} is due",
        (
            "Perhaps it has escaped your attention: the payment for invoice {invoice} has not reached us yet.",
            "We kindly ask you to transfer the amount in the next few days. "
            "If your payment has crossed with this letter, please disregard it.",
        ),
        ("invoice", "order", "customer_po", "outstanding", "due_date", "days_overdue", "fee", "interest", "bank"),
    ),
    "reminder_2": Letter(
        "customer",
        "Second reminder: invoice {invoice} is overdue",
        (
            "In spite of our reminder, the payment for invoice {invoice} is still outstanding.",
            "Please settle the amount within seven days. "
            "If there is a reason why you do not pay, please tell us, so that we can resolve it together.",
        ),
        ("invoice", "order", "customer_po", "outstanding", "due_date", "days_overdue", "fee", "interest", "bank"),
    ),
    "reminder_3": Letter(
        "customer",
        "Final reminder: invoice {invoice}",
        (
            "The payment for invoice {invoice} is long overdue, and our reminders have remained without an answer.",
            "Please pay the amount at once. Until it has arrived we may have to hold back further deliveries, "
            "and we may hand the matter over for collection.",
        ),
        ("invoice", "order", "customer_po", "outstanding", "due_date", "days_overdue", "fee", "interest", "bank"),
    ),
    "payment_received": Letter(
        "customer",
        "Thank you for your payment {payment}",
        ("Thank you for your payment. We have booked it as follows.",),
        ("amount", "received_at", "reference", "invoice", "outstanding", "unapplied"),
    ),
    "unapplied_cash": Letter(
        "customer",
        "Your payment {payment}: which invoice is it for?",
        (
            "Thank you for your payment. We could not assign all of it to an open invoice; "
            "the rest is kept in your favour.",
            "Please tell us which invoice it is meant for. Without an answer we settle it against your next invoice.",
        ),
        ("payment", "amount", "received_at", "reference", "unapplied"),
    ),
    "follow_up": Letter(
        "customer",
        "How satisfied are you with your order {order}?",
        (
            "Your order {order} was delivered a few days ago, and we would like to know whether all went well.",
            "How satisfied are you, from 1 (not at all) to 5 (very)? "
            "Please reply to this letter with a number and, if you like, a few words.",
        ),
        ("feedback_url",),
    ),
    "case_opened": Letter(
        "customer",
        "Your request {case} has been received",
        (
            "Thank you for writing to us. We have opened the case {case} and somebody is going to look after it.",
            "Please keep the case number in the subject when you reply.",
        ),
        ("case", "order", "subject", "priority", "respond_by"),
    ),
    "case_resolved": Letter(
        "customer",
        "Your request {case} has been resolved",
        (
            "We consider your case {case} resolved.",
            "If you see it differently, please reply to this letter and we will take it up again.",
        ),
        ("case", "order", "subject", "comment"),
    ),
    "purchase_order": Letter(
        "supplier",
        "Purchase order {supply_order}",
        (
            "We would like to order the goods below under our number {supply_order}.",
            "Please confirm the order and the delivery date, and name our number on the delivery note and the invoice.",
        ),
        ("supply_order", "expected_date", "warehouse", "lines"),
    ),
    "supply_overdue": Letter(
        "staff",
        "Supply order {supply_order} is overdue",
        (
            "The supply order {supply_order} has not arrived in full by the date that was expected.",
            "Please ask the supplier for a new date; the orders below wait for it.",
        ),
        ("supply_order", "supplier", "expected_date", "orders", "lines"),
    ),
    "hold_escalated": Letter(
        "staff",
        "Order {order} still waits for a decision",
        (
            "The order {order} is held, and nobody has decided by the deadline.",
            "Please release or reject the hold; the order waits until then.",
        ),
        ("order", "customer", "reason", "message", "total", "deadline"),
    ),
}


def messages() -> set[str]:
    """Every text that a letter can be made of: what a catalogue must hold."""
    found = {MORE_LINES, DETAIL, *CLOSING.values(), *LABELS.values()}
    found.update(greeting for greetings in GREETING.values() for greeting in greetings)
    for letter in LETTERS.values():
        found.update((letter.subject, *letter.paragraphs))
    return found
