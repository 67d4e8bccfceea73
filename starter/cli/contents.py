"""The table of contents of `orderkeep --help`: every command, who uses it, and where it is written."""

from __future__ import annotations

from dataclasses import dataclass

EVERYONE = "Everyone"
SALES = "Sales"
CREDIT = "Credit"
WAREHOUSE = "Warehouse"
PURCHASING = "Purchasing and production"
FINANCE = "Finance"
SUPPORT = "Support"
OPERATORS = "Operators"


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: `target` is module:attribute, imported only when the command is called.

    `examples` are for a target that is a bare function; every other command brings its own.
    """

    name: str
    panel: str
    sentence: str
    target: str
    examples: tuple[str, ...] = ()


CONTENTS = (
    Entry(
        "demo",
        EVERYONE,
        "Watch orders live their whole life on real servers.",
        "starter.cli.demo:demo",
        ("orderkeep demo", "orderkeep demo --keep"),
    ),
    Entry("up", EVERYONE, "Start all servers here and serve until Ctrl-C.", "starter.cli.serving:up_alone"),
    Entry(
        "why", EVERYONE, "Say what an order is waiting for, and who can move it on.", "starter.cli.receipt:why_alone"
    ),
    Entry("timeline", EVERYONE, "Tell an order's story: what, when, who.", "starter.cli.receipt:timeline_alone"),
    Entry("queue", EVERYONE, "Show what waits for you, the most urgent first.", "starter.cli.queues:queue_alone"),
    Entry(
        "report",
        EVERYONE,
        "See the figures of the company, and the orders behind each.",
        "starter.cli.reports:report_alone",
    ),
    Entry("order", SALES, "Submit, follow and cancel orders.", "starter.cli.repair:orders"),
    Entry(
        "import",
        SALES,
        "Take orders from a CSV or XLSX file.",
        "starter.cli.importing:import_orders",
        ("orderkeep import orders.csv --dry-run", "orderkeep import orders.xlsx --create-master-data --json"),
    ),
    Entry("customer", SALES, "Keep the customers.", "starter.cli.masters:customers"),
    Entry(
        "product", SALES, "Keep the products, their prices and how they are supplied.", "starter.cli.masters:products"
    ),
    Entry("hold", CREDIT, "Release or reject what review has stopped.", "starter.cli.review:holds"),
    Entry("stock", WAREHOUSE, "See and move stock.", "starter.cli.stock:stock"),
    Entry("shipment", WAREHOUSE, "Pick, ship and follow shipments.", "starter.cli.shipping:shipments"),
    Entry("supply", PURCHASING, "Follow and receive what is bought or made.", "starter.cli.replenishment:supply"),
    Entry(
        "forecast",
        PURCHASING,
        "Forecast the demand for every product, and propose reorder points.",
        "starter.cli.forecasting:forecast",
        ("orderkeep forecast", "orderkeep forecast --sku TEA-100 --json"),
    ),
    Entry("supplier", PURCHASING, "Keep the suppliers.", "starter.cli.masters:suppliers"),
    Entry("payment", FINANCE, "Record and follow money that arrived.", "starter.cli.collection:payments"),
    Entry("invoice", FINANCE, "See invoices and save them as PDF.", "starter.cli.invoicing:invoices"),
    Entry("dispute", FINANCE, "Keep and decide what customers dispute.", "starter.cli.disputes:disputes"),
    Entry("journal", FINANCE, "List the journal's entries.", "starter.cli.ledger:journal_alone"),
    Entry("trial-balance", FINANCE, "Add up every account.", "starter.cli.ledger:balance_alone"),
    Entry("case", SUPPORT, "Answer questions, complaints and warranty cases.", "starter.cli.after_sales:cases"),
    Entry("check", OPERATORS, "Verify every invariant of the books and the stock.", "starter.cli.checking:check_alone"),
    Entry("doctor", OPERATORS, "Name what is wrong with the servers and mend it.", "starter.cli.health:doctor_alone"),
    Entry("deploy", OPERATORS, "Decide which build of the workers receives work.", "starter.cli.deploying:deployments"),
    Entry("user", OPERATORS, "Open, change, close and reset the accounts of people.", "starter.cli.users:users"),
    Entry("delegation", OPERATORS, "Let a colleague stand in for who is away.", "starter.cli.delegations:delegations"),
    Entry("key", OPERATORS, "Make, list and revoke keys for the API.", "starter.cli.keys:keys"),
)
