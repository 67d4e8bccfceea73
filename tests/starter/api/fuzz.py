"""The published contract against the running application: generated requests, good and bad (`make fuzz`).

It takes minutes, so it is not collected with the other tests: `make fuzz` names it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from domain.actor import Role
from tests.starter.api.live import live_api, put_masters
from tests.starter.api.served import served

CHECKS = ("--checks", "all")
# What fits the schema may still be refused: with 422, for it may name a customer that does not exist, and with 400, for
# a cursor is a text that no page gave.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "422", "429", "503"]
"""
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "1")
SEED = os.environ.get("FUZZ_SEED", "1")


async def test_no_generated_request_finds_a_fault_or_an_answer_that_is_not_documented(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    said = Path(os.environ.get("FUZZ_REPORT", tmp_path / "report.txt"))
    async with live_api(database, requests_per_second=0) as live:
        await put_masters(live)
        async with served(live.app) as base:
            command = (
                *(sys.executable, "-m", "schemathesis.cli", "run", f"{base}/openapi.json", *CHECKS),
                *(
                    "--phases",
                    os.environ.get("FUZZ_PHASES", "examples,coverage,fuzzing,stateful"),
                    "--max-examples",
                    EXAMPLES,
                ),
                *(
                    "--seed",
                    SEED,
                    "--no-color",
                    "--header",
                    f"Authorization: {live.headers(Role.ADMIN)['Authorization']}",
                ),
            )
            with said.open("w") as report:
                process = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=report, stderr=report)
                code = await process.wait()
    assert code == 0, said.read_text()[-20_000:]
    assert "Test cases" in said.read_text()
