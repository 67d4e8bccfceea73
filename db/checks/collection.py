"""Checks of collection: money that arrived, what it settled, and reminders."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "completed_is_paid",
        "A completed order has no open invoice.",
        "{number} of completed order {order_number}: {outstanding} {currency} outstanding",
        """SELECT v.number, v.order_number, v.outstanding, v.currency
        FROM invoice v JOIN sales_order o ON o.number = v.order_number
        WHERE o.state = 'COMPLETED' AND v.paid <> v.total AND v.state NOT IN ('WRITTEN_OFF', 'CREDITED')""",
    ),
    Rule(
        "instalment_paid",
        "What is paid of an instalment is what was applied to it, and never more than its amount.",
        "{invoice} instalment {instalment}: {paid} paid of {amount}, {applied} applied",
        """SELECT i.invoice, i.instalment, i.paid, i.amount, coalesce(a.amount, 0) AS applied
        FROM instalment i LEFT JOIN (
          SELECT invoice, instalment, sum(amount) AS amount FROM payment_application GROUP BY invoice, instalment
        ) a ON a.invoice = i.invoice AND a.instalment = i.instalment
        WHERE i.paid <> coalesce(a.amount, 0) OR i.paid > i.amount OR i.paid < 0""",
    ),
    Rule(
        "invoice_paid",
        "What is paid of an invoice is what is paid of its instalments.",
        "{number}: {paid} paid, instalments say {parts}",
        """SELECT v.number, v.paid, coalesce(i.paid, 0) AS parts FROM invoice v LEFT JOIN (
          SELECT invoice, sum(paid) AS paid FROM instalment GROUP BY invoice) i ON i.invoice = v.number
        WHERE v.paid <> coalesce(i.paid, 0)""",
    ),
    Rule(
        "invoice_state_follows_paid",
        "An invoice is POSTED, PARTIALLY_PAID or PAID by what is paid of it.",
        "{number} is {state} with {paid} of {total} paid",
        """SELECT number, state, paid, total FROM invoice
        WHERE state IN ('DRAFT', 'POSTED', 'PARTIALLY_PAID', 'PAID') AND state <>
          CASE WHEN paid >= total THEN 'PAID' WHEN paid = 0 THEN 'POSTED' ELSE 'PARTIALLY_PAID' END""",
    ),
    Rule(
        "payment_applied",
        "What a payment counts as applied is the sum of its applications.",
        "{number}: {applied} applied, applications come to {pieces}",
        """SELECT p.number, p.applied, coalesce(a.amount, 0) AS pieces FROM payment p LEFT JOIN (
          SELECT payment, sum(amount) AS amount FROM payment_application GROUP BY payment) a ON a.payment = p.number
        WHERE p.applied <> coalesce(a.amount, 0)""",
    ),
    Rule(
        "applied_within_received",
        "No more of a payment is applied and refunded than was received.",
        "{number}: {applied} applied and {refunded} refunded of {amount} {currency}",
        """SELECT number, applied, refunded, amount, currency FROM payment
        WHERE applied + refunded > amount OR applied < 0 OR refunded < 0""",
    ),
    Rule(
        "payment_state_follows_applied",
        "A payment is UNAPPLIED, PARTIALLY_APPLIED or APPLIED by what is applied of it.",
        "{number} is {state} with {applied} of {amount} applied",
        """SELECT number, state, applied, amount FROM payment
        WHERE state NOT IN ('REVERSED', 'REFUNDED') AND state <>
          CASE WHEN applied = 0 THEN 'UNAPPLIED' WHEN applied >= amount THEN 'APPLIED' ELSE 'PARTIALLY_APPLIED' END""",
    ),
    Rule(
        "payment_settles_its_own",
        "A payment settles invoices of its own customer in its own currency.",
        "{payment} ({customer}, {currency}) settles {invoice} ({debtor}, {invoice_currency})",
        """SELECT a.payment, p.customer, p.currency, a.invoice, v.customer AS debtor, v.currency AS invoice_currency
        FROM payment_application a JOIN payment p ON p.number = a.payment JOIN invoice v ON v.number = a.invoice
        WHERE (p.customer, p.currency) IS DISTINCT FROM (v.customer, v.currency)""",
    ),
    Rule(
        "disputed_within_outstanding",
        "No more of an invoice is disputed than is outstanding.",
        "{number}: {disputed} disputed of {outstanding} {currency} outstanding",
        """SELECT v.number, d.disputed, v.outstanding, v.currency FROM invoice v JOIN (
          SELECT invoice, sum(disputed) AS disputed FROM dispute WHERE disputed > 0 GROUP BY invoice
        ) d ON d.invoice = v.number WHERE d.disputed > v.outstanding""",
    ),
    Rule(
        "one_payment_per_provider_id",
        "A provider's payment is recorded once.",
        "{provider} {provider_payment_id} is recorded as {payments}",
        """SELECT provider, provider_payment_id, string_agg(number, ', ' ORDER BY number) AS payments FROM payment
        GROUP BY provider, provider_payment_id HAVING count(*) > 1""",
    ),
    Rule(
        "one_reminder_per_level",
        "A reminder of a level is sent once per instalment.",
        "{invoice} instalment {instalment}: {reminders} reminders of level {level}",
        """SELECT invoice, instalment, level, count(*) AS reminders FROM reminder
        GROUP BY invoice, instalment, level HAVING count(*) > 1""",
    ),
    Rule(
        "no_level_skipped",
        "No level of reminders is skipped: each one was preceded by those below it in the order's policy.",
        "{invoice} instalment {instalment}: level {level} was sent, level {missing} never",
        """SELECT r.invoice, r.instalment, r.level, rung.level AS missing
        FROM reminder r JOIN invoice v ON v.number = r.invoice JOIN sales_order o ON o.number = v.order_number
        JOIN policy_version p ON p.version = o.policy_version
        CROSS JOIN LATERAL jsonb_to_recordset(p.body -> 'reminders') AS rung(level int)
        LEFT JOIN reminder below ON below.invoice = r.invoice AND below.instalment = r.instalment
          AND below.level = rung.level
        WHERE rung.level < r.level AND below.level IS NULL""",
    ),
)
