"""Checks of the review: credit that is reserved, the account that it is reserved on, and holds."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "account_of_customer",
        "Every customer has an account: it is the lock under which credit is decided.",
        "customer {code} has no account",
        """SELECT c.code FROM customer c LEFT JOIN customer_account a ON a.customer = c.code
        WHERE a.customer IS NULL""",
    ),
    Rule(
        "account_reserved",
        "The credit reserved on an account is the sum of its orders' reservations.",
        "{customer}: {reserved} reserved on the account, {reservations} by orders",
        """SELECT a.customer, a.reserved, coalesce(r.amount, 0) AS reservations FROM customer_account a LEFT JOIN (
          SELECT customer, sum(amount) AS amount FROM credit_reservation GROUP BY customer) r ON r.customer = a.customer
        WHERE a.reserved <> coalesce(r.amount, 0)""",
    ),
    Rule(
        "account_receivable",
        "The receivable of an account is what is outstanding on its invoices.",
        "{customer}: {receivable} receivable on the account, {outstanding} outstanding on invoices",
        """SELECT a.customer, a.receivable, coalesce(v.amount, 0) AS outstanding FROM customer_account a LEFT JOIN (
          SELECT customer, sum(outstanding) AS amount FROM invoice WHERE paid <> total GROUP BY customer
        ) v ON v.customer = a.customer
        WHERE a.receivable <> coalesce(v.amount, 0)""",
    ),
    Rule(
        "account_unapplied",
        "The unapplied cash of an account is what is unapplied of its payments in the customer's currency.",
        "{customer}: {unapplied} unapplied on the account, {payments} on payments",
        """SELECT a.customer, a.unapplied, coalesce(p.amount, 0) AS payments FROM customer_account a LEFT JOIN (
          SELECT p.customer, sum(p.unapplied) AS amount FROM payment p
          JOIN customer c ON c.code = p.customer AND c.currency = p.currency
          WHERE p.unapplied <> 0 GROUP BY p.customer) p ON p.customer = a.customer
        WHERE a.unapplied <> coalesce(p.amount, 0)""",
    ),
    Rule(
        "credit_within_limit",
        "Credit beyond the customer's limit is reserved only under a CREDIT hold that somebody released by name.",
        "{order_number} of {customer}: exposure {exposure_after} exceeds the limit {limit_seen}, released by "
        "{released_by}",
        """SELECT r.order_number, r.customer, r.exposure_after, r.limit_seen, r.released_by
        FROM credit_reservation r JOIN sales_order o ON o.number = r.order_number
        WHERE r.exposure_after > r.limit_seen AND NOT EXISTS (
          SELECT 1 FROM hold h WHERE h.order_number = r.order_number AND h.reason = 'CREDIT' AND h.status = 'RELEASED'
            AND h.decided_by = r.released_by AND coalesce(h.amount, o.total) >= o.total)""",
    ),
    Rule(
        "reservation_of_confirmed",
        "Every confirmed order reserves credit for exactly what is payable and not billed yet, with its customer.",
        "{number} is {state}: {payable} payable and {billed} billed, but {amount} reserved with {reserved_with}",
        """SELECT o.number, o.state, o.payable, o.billed, r.amount, r.customer AS reserved_with
        FROM sales_order o LEFT JOIN credit_reservation r ON r.order_number = o.number
        WHERE (r.order_number IS NULL AND o.state IN ('CONFIRMED', 'IN_FULFILMENT', 'FULFILLED', 'COMPLETED'))
          OR r.amount <> o.payable - o.billed OR r.customer <> o.customer
          OR (r.order_number IS NOT NULL AND o.state IN ('DRAFT', 'SUBMITTED', 'REJECTED', 'EXPIRED'))""",
    ),
    Rule(
        "open_hold_only_in_review",
        "Holds are open only while the order is under review, or while its cancellation is being carried out; a pause "
        "at any time before the order's end.",
        "{number} is {state} with an open {reason} hold ({id})",
        """SELECT o.number, o.state, h.reason, h.id FROM hold h JOIN sales_order o ON o.number = h.order_number
        WHERE h.status = 'OPEN' AND o.state NOT IN ('IN_REVIEW', 'CANCELLING')
          AND (h.reason <> 'PAUSED' OR o.state IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'))""",
    ),
    Rule(
        "hold_decided_by_name",
        "A hold is released or rejected by name, at a time, with a comment.",
        "hold {id} of {order_number} is {status} by {decided_by} at {decided_at}: {comment}",
        """SELECT id, order_number, status, decided_by, decided_at, comment FROM hold
        WHERE status IN ('RELEASED', 'REJECTED')
          AND (coalesce(decided_by, '') = '' OR decided_at IS NULL OR coalesce(comment, '') = '')""",
    ),
    Rule(
        "hold_once",
        "An order has at most one open hold of a reason.",
        "{order_number} has {holds} open {reason} holds",
        """SELECT order_number, reason, count(*) AS holds FROM hold WHERE status = 'OPEN'
        GROUP BY order_number, reason HAVING count(*) > 1""",
    ),
)
