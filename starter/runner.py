"""Runs workflows in the SDK's sandbox, and answers outside of it what is the same for every value that passes.

The SDK asks the workflow, inside its sandbox and six times per value, in which context the value is to be encoded and
stored. That is for codecs and stores whose work depends on the workflow or activity. We have none, and the asking took
a sixth of the worker's time in Python. Whoever adds such a codec or an external store takes this file away.
"""

from __future__ import annotations

from collections.abc import Sequence

from temporalio import workflow
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner


class _ContextFree(WorkflowInstance):
    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Run the workflow's code, inside."""
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        """None: our values are written the same way everywhere."""

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        """Nothing is stored outside."""
        return StorageDriverStoreContext()

    def get_info(self) -> workflow.Info:
        """Which workflow it is."""
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        """Where it runs, for the SDK's watch over deadlocks."""
        return self._sandboxed.get_thread_id()


class ContextFreeRunner(WorkflowRunner):
    """The sandboxed runner without contexts for values."""

    def __init__(self) -> None:
        self._sandbox = SandboxedWorkflowRunner()

    def prepare_workflow(self, defn: workflow._Definition) -> None:
        """Check once that the workflow can be loaded."""
        self._sandbox.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A workflow in a sandbox of its own."""
        return _ContextFree(self._sandbox.create_instance(det))

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """Which exceptions fail a workflow."""
        self._sandbox.set_worker_level_failure_exception_types(types)
