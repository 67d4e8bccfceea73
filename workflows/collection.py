"""Collection of one instalment: a part of the order's workflow that lives until the money is in."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.collection import look_at_instalment, send_reminder
    from domain.steps import InstalmentPlan, InstalmentStep, ReminderStep

    from workflows.steps import Bells, step


class Collector:
    """Reminds at the recorded dates, one level after the other, and stops at once when the instalment is settled."""

    def __init__(self, plan: InstalmentPlan, bells: Bells, money_seen: int) -> None:
        self.plan = plan
        self.bells = bells
        self.money_seen = money_seen

    async def run(self) -> None:
        """Wait for money or for the next reminder, whichever comes first, until nothing is outstanding."""
        status = self.plan.status
        about = f"{self.plan.invoice}/{self.plan.instalment}"
        while not status.settled:
            level = "last" if status.next_level is None else status.next_level
            paid = await self.bells.wait("money", self.money_seen, status.next_at, f"reminder {level}: {about}")
            self.money_seen = self.bells.count("money")
            key = {"invoice": self.plan.invoice, "instalment": self.plan.instalment, "now": workflow.now()}
            if paid or status.next_level is None:
                status = await step(look_at_instalment, InstalmentStep(**key), about)
            else:
                reminder = ReminderStep(**key, level=status.next_level)
                status = await step(send_reminder, reminder, f"{about}/{status.next_level}")
