"""The company's rules as one versioned value; an order keeps the version it was submitted under.

Times are in policy days: `day_seconds` is 86,400 in a company and a fraction of a second in a demonstration.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class ReminderLevel(BaseModel):
    """One step of the reminder ladder: days after the due date, with a fixed fee and a yearly interest in percent."""

    model_config = ConfigDict(frozen=True)
    level: int
    days_after_due: float
    fee: Decimal = Decimal(0)
    interest_percent: Decimal = Decimal(0)


class CaseClock(BaseModel):
    """How long a case of a priority may wait for its response and its resolution, in days."""

    model_config = ConfigDict(frozen=True)
    response_days: float
    resolution_days: float


class Seller(BaseModel):
    """Who sells: the letterhead of documents, the signature of letters, and where money is to be sent."""

    model_config = ConfigDict(frozen=True)
    name: str = "Orderkeep"
    address: tuple[str, ...] = ()
    tax_id: str | None = None
    bank: str | None = None


class Policy(BaseModel):
    """Everything a company decides once and every order obeys."""

    model_config = ConfigDict(frozen=True)
    day_seconds: float = 86_400.0
    seller: Seller = Seller()

    order_expiry_days: float = 14
    hold_deadline_days: float = 2
    default_credit_limit: Decimal | None = None
    group_credit_limits: dict[str, Decimal] = {}
    discount_authority_percent: dict[str, Decimal] = {"manager": Decimal(15), "default": Decimal(5)}
    margin_floor_percent: Decimal = Decimal(0)
    overdue_days: float = 30
    overdue_share_percent: Decimal = Decimal(50)
    overdue_reminder_level: int = 2
    overdue_de_minimis: Decimal = Decimal(50)

    handling_days: float = 1
    transit_days: float = 2
    default_lead_time_days: float = 7
    tracking_poll_days: float = 2

    courtesy_days_before_due: float = 3
    reminders: tuple[ReminderLevel, ...] = (
        ReminderLevel(level=1, days_after_due=7),
        ReminderLevel(level=2, days_after_due=14, fee=Decimal(5)),
        ReminderLevel(level=3, days_after_due=28, fee=Decimal(10), interest_percent=Decimal(8)),
    )
    reminder_minimum: Decimal = Decimal(5)

    follow_up_days: float = 5
    after_sales_window_days: float = 30
    case_clocks: dict[str, CaseClock] = {
        "urgent": CaseClock(response_days=0.17, resolution_days=1),
        "high": CaseClock(response_days=0.33, resolution_days=2),
        "normal": CaseClock(response_days=1, resolution_days=5),
        "low": CaseClock(response_days=2, resolution_days=10),
    }
    case_reopen_days: float = 7
    staff_mail_domain: str = "staff.invalid"

    @property
    def day(self) -> timedelta:
        """The length of one policy day."""
        return timedelta(seconds=self.day_seconds)

    def days(self, count: float) -> timedelta:
        """`count` policy days."""
        return timedelta(seconds=self.day_seconds * count)

    def credit_limit(self, own: Decimal | None, group: str | None) -> Decimal | None:
        """A customer's limit: their own, else their group's, else the company's; None for no limit."""
        if own is not None:
            return own
        return self.group_credit_limits.get(group or "", self.default_credit_limit)

    def mailbox(self, role: str) -> str:
        """The shared mailbox of a role, for notices to staff."""
        return f"{role}@{self.staff_mail_domain}"
