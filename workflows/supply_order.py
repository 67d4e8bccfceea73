"""A supply order's own life, since several sales orders may share it: ordered, received, chased when late."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.replenishment import chase_supply, order_supply
    from domain.steps import SupplyRef, SupplyStep

    from workflows.steps import Bells, step

ENDED = ("RECEIVED", "CANCELLED")


@workflow.defn
class SupplyOrderWorkflow:
    """One purchase or production order."""

    @workflow.init
    def __init__(self, supply: SupplyRef) -> None:
        self.number = supply.number
        self.bells = Bells()

    @workflow.run
    async def run(self, supply: SupplyRef) -> str:
        """Order it, then wait for receipts and components; remind the buyer every day that it is late."""
        heard = self.bells.count("news")
        outcome = await step(order_supply, self._step(), self.number)
        while outcome.state not in ENDED:
            missing = ": components are missing" if outcome.waiting_for_components else ""
            workflow.set_current_details(f"**{outcome.state}**{missing}")
            rung = await self.bells.wait("news", heard, outcome.due_at, f"due date of {self.number}")
            heard = self.bells.count("news")
            outcome = await step(order_supply if rung else chase_supply, self._step(), self.number)
            if workflow.info().is_continue_as_new_suggested():
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(supply)
        workflow.set_current_details(f"**{outcome.state}**")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome.state

    @workflow.signal(description="Goods arrived, or the supply order was cancelled")
    def supply_received(self, *message: Any) -> None:
        """Look again."""
        self.bells.ring("news")

    @workflow.signal(description="Components were reserved, or must be covered anew")
    def stock_allocated(self, *message: Any) -> None:
        """Look again."""
        self.bells.ring("news")

    @workflow.signal(description="Somebody asked for what fails or waits to be looked at again at once")
    def retry_requested(self, *message: Any) -> None:
        """Look again."""
        self.bells.ring("news")

    def _step(self) -> SupplyStep:
        return SupplyStep(number=self.number, now=workflow.now())
