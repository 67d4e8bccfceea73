"""Runs workflows in the SDK's sandbox, and does once what it would do for every workflow or value.

The SDK asks the workflow, inside its sandbox and six times per value, in which context the value is to be encoded and
stored. That is for codecs and stores whose work depends on the workflow or activity. We have none, and the asking took
a sixth of the worker's time in Python. Whoever adds such a codec or an external store takes that part away.

The sandbox loads the workflow's module anew for each workflow, so that none sees what another left there. That means
to run it, not to find and compile it again, which Python does wherever it cannot keep or read compiled files.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType

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


class _Compiled(SourceFileLoader):
    """Loads a module from its source, which it compiles once."""

    _code: CodeType | None = None

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of the module."""
        if self._code is None:
            self._code = super().get_code(fullname)
        return self._code


class _KnownModules(MetaPathFinder):
    """Knows where the workflows' modules are and what they compile to; asked before all others."""

    def __init__(self) -> None:
        self._loaders: dict[str, SourceFileLoader] = {}

    def learn(self, name: str) -> None:
        """From here on the module of this name and its packages are found here, if they are ordinary ones."""
        if name in self._loaders:
            return
        if package := name.rpartition(".")[0]:
            self.learn(package)
        loader = getattr(sys.modules[name].__spec__, "loader", None)
        if type(loader) is SourceFileLoader:
            self._loaders[name] = _Compiled(name, loader.path)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """How to load a workflow's module; None for every other."""
        loader = self._loaders.get(fullname)
        return None if loader is None else spec_from_file_location(fullname, loader.path, loader=loader)


_KNOWN = _KnownModules()


def compile_once(module: str) -> None:
    """From here on the sandbox runs this module of workflows without finding and compiling it again."""
    _KNOWN.learn(module)


class ContextFreeRunner(WorkflowRunner):
    """The sandboxed runner without contexts for values, and with modules that are compiled once."""

    def __init__(self) -> None:
        self._sandbox = SandboxedWorkflowRunner()

    def prepare_workflow(self, defn: workflow._Definition) -> None:
        """Check once that the workflow can be loaded."""
        compile_once(defn.cls.__module__)
        self._sandbox.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A workflow in a sandbox of its own."""
        return _ContextFree(self._sandbox.create_instance(det))

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """Which exceptions fail a workflow."""
        self._sandbox.set_worker_level_failure_exception_types(types)
