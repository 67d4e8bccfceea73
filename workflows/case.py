"""An after-sales case's own life, since it may outlive its order: answered in time, escalated, resolved, closed."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.after_sales import close_case, escalate_case, look_at_case
    from domain.steps import CaseRef, CaseStep

    from workflows.steps import Bells, step


@workflow.defn
class CaseWorkflow:
    """One case with its response clock."""

    @workflow.init
    def __init__(self, case: CaseRef) -> None:
        self.number = case.number
        self.bells = Bells()

    @workflow.run
    async def run(self, case: CaseRef) -> str:
        """Watch the response clock, then wait until the case is resolved and nobody reopens it."""
        heard = self.bells.count("news")
        outcome = await step(look_at_case, self._step(), self.number)
        while outcome.state != "CLOSED":
            workflow.set_current_details(f"**{outcome.state}**")
            owed = not outcome.responded and not outcome.escalated
            until = outcome.respond_by if owed else outcome.closes_at
            rung = await self.bells.wait("news", heard, until, f"clock of {self.number}")
            heard = self.bells.count("news")
            if rung:
                outcome = await step(look_at_case, self._step(), self.number)
            else:
                outcome = await step(escalate_case if owed else close_case, self._step(), self.number)
        workflow.set_current_details(f"**{outcome.state}**")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome.state

    @workflow.signal(description="Somebody worked on the case")
    def case_moved(self, *message: Any) -> None:
        """Look again."""
        self.bells.ring("news")

    @workflow.signal(description="Somebody asked for what fails or waits to be looked at again at once")
    def retry_requested(self, *message: Any) -> None:
        """Look again."""
        self.bells.ring("news")

    def _step(self) -> CaseStep:
        return CaseStep(number=self.number, now=workflow.now())
