"""The sentences of the timeline and the holds, in English.

starter/languages holds them in Simplified Chinese; a test proves that none is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

EVENTS: Mapping[str, str] = {
    "order_submitted": "Order received by {channel}: {lines} {lines:line|lines}, {total} {currency}.",
    "order_confirmed": "Order confirmed.",
    "order_held": "Held for {reason}: {message}",
    "hold_cleared": "Hold {reason} cleared by itself: the rule passes now.",
    "address_taken": "The order came without an address; it takes that of the customer's card.",
    "hold_released": "Hold {reason} released by {by}: {comment}",
    "hold_rejected": "Order rejected by {by}: {comment}",
    "hold_escalated": "Hold {reason} passed its deadline and was escalated to {owner_role}.",
    "hold_closed": "Hold {reason} closed with the order.",
    "order_expired": "Not approved in time: the order expired.",
    "stock_allocated": "Allocated {quantity} of {sku} in {warehouse}.",
    "stock_backordered": "Backordered {quantity} of {sku}; promised for {promise}.",
    "remainder_cancelled": "Cancelled {quantity} of {sku}: the order ships what is there.",
    "supply_ordered": "Supply order {supply} for {quantity} of {sku} covers the shortage.",
    "supply_received": "Received {quantity} of {sku} on {supply}.",
    "supply_late": "Supply order {supply} is late; the buyer was reminded.",
    "supply_acknowledged": "Supply order {supply} is to come in by {due_date}. {comment}",
    "supply_postponed": "Supply order {supply} is due by {due_date} now: its components come in later.",
    "promise_changed": "{sku} is promised for {promise} now.",
    "no_supply_route": "{sku} has no route of supply: {quantity} {quantity:waits|wait} for stock.",
    "shipment_created": "Delivery note {shipment} created from {warehouse}: {pieces} {pieces:piece|pieces}.",
    "pick_confirmed": "Pick of {shipment} confirmed: {pieces} {pieces:piece|pieces} in "
    "{packages} {packages:package|packages}.",
    "pick_short": "Short pick of {shipment}: {quantity} of {sku} missing.",
    "shipment_booked": "{shipment} booked with {carrier}, tracking number {tracking_number}.",
    "tracking_updated": "{shipment}: {status} {location}",
    "shipment_delivered": "{shipment} delivered.",
    "shipment_gone_wrong": "{shipment} is {status}: a person must decide.",
    "shipment_cancelled": "Shipment {shipment} cancelled.",
    "invoice_posted": "Invoice {invoice} posted: {total} {currency}, due {due_date}.",
    "payment_applied": "Payment {payment}: {amount} {currency} applied to {invoice}.",
    "payment_unapplied": "Payment {payment}: {amount} {currency} kept as unapplied cash.",
    "payment_refused": "A payment message could not be read and was set aside: {reason}",
    "invoice_paid": "Invoice {invoice} is paid.",
    "reminder_sent": "Reminder level {level} sent for {invoice}: {outstanding} {currency} outstanding.",
    "follow_up_sent": "Follow-up question sent to the customer.",
    "feedback_recorded": "Feedback: {score} of 5. {comment}",
    "case_opened": "Case {case} opened: {subject}",
    "case_moved": "Case {case}: {move}. {comment}",
    "case_assigned": "Case {case} assigned to {assignee}. {comment}",
    "case_escalated": "Case {case} passed its response deadline and was escalated.",
    "order_fulfilled": "Everything is delivered.",
    "order_completed": "Order completed: paid, and the after-sales window has closed.",
    "cancellation_requested": "Cancellation requested by {by}: {reason}",
    "effect_undone": "Undone: {effect}.",
    "order_cancelled": "Order cancelled.",
    "remainder_dropped": "The rest of the order is cancelled; the shipped part continues.",
    "workflow_restarted": "The order's workflow was started again from the database.",
    "order_paused": "Paused by {by}: {comment}",
    "pause_remarked": "It is paused already; {by} adds: {comment}",
    "order_resumed": "Resumed by {by}: {comment}",
    "retry_requested": "{by} asked for what fails to be tried again at once. {comment}",
    "reset_requested": "{by} had the order's workflow begin again from its start. {comment}",
    "commented": "{by}: {text}",
    "dispute_opened": "{amount} {currency} of {invoice} are disputed: {reason}",
    "dispute_upheld": "Dispute about {invoice} upheld: {amount} {currency} stay open, without reminders, until they "
    "are credited. {comment}",
    "dispute_withdrawn": "Dispute about {invoice} withdrawn: {amount} {currency} are due as before. {comment}",
    "document_held": "Rows of file document {source} are held for a person: {reason}",
}

HOLD_MESSAGES: Mapping[str, str] = {
    "CREDIT": "exposure {exposure} {currency} exceeds the limit {limit} by {over_by}.",
    "OVERDUE": "{overdue} are overdue, the oldest for {oldest_days} {oldest_days:day|days}, "
    "reminder level {reminder_level}.",
    "PREPAYMENT": "{received} of {order} {currency} have been paid in advance.",
    "PRICE": "line {line} ({sku}) has a discount of {discount_percent} %; {role} may give {authority_percent} %.",
    "MARGIN": "the margin of {margin_percent} % is below the floor of {floor_percent} %.",
    "QUANTITY": "line {line} ({sku}): {quantity} is below the minimum {minimum} or no multiple of {pack}.",
    "STOCK": "line {line} ({sku}) can be there on {promise}, demanded by {ship_by}.",
    "CUSTOMER": "the customer is not active.",
    "ADDRESS": "there is no address to ship to.",
    "DUPLICATE_PO": "the same purchase order number is on {earlier_orders}.",
    "PAUSED": "paused by {by}: {comment}",
}

WORDS: Mapping[str, str] = {
    "in_transit": "in transit",
    "out_for_delivery": "out for delivery",
    "attempt_failed": "delivery attempted without success",
    "at_pickup_point": "at the pick-up point",
    "exception": "delayed by an exception",
    "returning": "on its way back",
    "LOST": "lost",
    "DAMAGED": "damaged",
    "RETURNED": "returned",
    "api": "API",
    "file": "file",
    "cli": "command line",
    "console": "console",
    "admin": "admin",
    "sales": "sales",
    "credit": "credit control",
    "purchasing": "purchasing",
    "production": "production",
    "warehouse": "warehouse",
    "finance": "finance",
    "support": "support",
    "manager": "manager",
    "integration": "integration",
    "terminated": "terminated",
    "failed": "failed",
    "completed": "completed",
    "canceled": "cancelled",
    "timed_out": "timed out",
    "unknown to the engine": "unknown to the engine",
    "assign": "assigned",
    "start": "started",
    "wait": "waiting for the customer",
    "resume": "resumed",
    "resolve": "resolved",
    "close": "closed",
    "reopen": "reopened",
}
"""What people call the codes that appear as figures in the sentences."""


_LAST = re.compile(r"(?:(?P<colon>[:：])|(?<=[.。}]))\s*{(?P<name>\w+)}$")
"""A figure that ends a sentence, behind a colon or after all that there is to say."""


class _Figure:
    """A figure; `{lines:line|lines}` is the word that fits it, the one for one or the one for many."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, words: str) -> str:
        one, _, many = words.partition("|")
        if not many:
            return str(self._value)
        return one if str(self._value) == "1" else many


class _Figures(dict[str, _Figure]):
    def __missing__(self, key: str) -> _Figure:
        return _Figure("–")


def fill(sentence: str, figures: Mapping[str, object]) -> str:
    """A sentence with its figures; never raises.

    A figure that is missing shows as a dash, but one that ends the sentence is left out together with its colon.
    """
    last = _LAST.search(sentence)
    if last is not None and figures.get(last["name"]) in (None, ""):
        stop = {None: "", ":": ".", "：": "。"}[last["colon"]]
        sentence = sentence[: last.start()] + stop
    given = {name: _Figure(value) for name, value in figures.items() if value is not None}
    return sentence.format_map(_Figures(given)).strip()
