"""Each workflow has its module for itself, which is compiled once for all of them."""

from __future__ import annotations

import pytest
from temporalio import workflow
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter

from domain.steps import OrderRef
from starter.failures import CONVERTER
from starter.plugin import WORKFLOWS
from starter.runner import ContextFreeRunner
from starter.values import Values


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    really = compile

    def noted(source: object, filename: object, *more: object, **named: object) -> object:
        seen.append(str(filename))
        return really(source, filename, *more, **named)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.compile", noted)
    return seen


async def test_a_workflows_module_is_found_and_compiled_once(compilations: list[str]) -> None:
    runner = ContextFreeRunner()
    for kind in WORKFLOWS:
        definition = workflow._Definition.must_from_class(kind)
        runner.prepare_workflow(definition)
        compilations.clear()
        runner.prepare_workflow(definition)
        assert not [name for name in compilations if "workflows" in name], kind


async def test_all_tasks_share_one_converter_that_remembers_its_types() -> None:
    assert Values() is Values()
    assert CONVERTER._new_payload_converter() is not None
    (payload,) = CONVERTER.payload_converter.to_payloads([OrderRef(number="SO-1")])
    assert CONVERTER.payload_converter.from_payloads([payload], [OrderRef]) == [OrderRef(number="SO-1")]
    assert pydantic_data_converter.payload_converter.to_payloads([OrderRef(number="SO-1")]) == [payload]
    assert CONVERTER.payload_converter.from_payloads([payload], [RawValue])[0].payload == payload
