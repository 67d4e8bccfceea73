"""The process with the model: begun when it is first asked, asked question by question, ended with the run."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import structlog

import starter
from domain.forecast import Method, Weeks, by_model, model_for, origins

log = structlog.get_logger()
_ROOT = Path(next(iter(starter.__path__))).parent
_LONGEST_LINE = 1 << 26
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def installed() -> bool:
    """Whether the extra with the model is there."""
    return importlib.util.find_spec("statsforecast") is not None


class Model:
    """The model's forecasts, for the length of a run; without the extra, and once its process has died, it has none."""

    def __init__(self) -> None:
        self.there = installed()
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()  # it holds nothing; asked nothing, it would end by itself
            await self._process.wait()

    async def of(self, products: Mapping[str, Weeks]) -> dict[str, Method]:
        """The forecasts of products with enough history, each by the model that fits its demand."""
        found: dict[str, Method] = {}
        alike: dict[tuple[str, int], dict[str, Weeks]] = {}
        for sku, weeks in products.items():
            if tried := len(origins(len(weeks))):
                alike.setdefault((model_for(weeks), tried), {})[sku] = weeks
        for (name, _), those in sorted(alike.items(), key=lambda each: each[0]):
            answer = await self._answer(name, those)
            for sku, made in answer.items():
                if made["ahead"] is not None:
                    found[sku] = by_model(name, made["ahead"], made["tried"], those[sku])
        return found

    async def _answer(self, name: str, products: Mapping[str, Weeks]) -> dict[str, dict[str, Any]]:
        if not self.there:
            return {}
        question = {"model": name, "products": {sku: [str(week) for week in weeks] for sku, weeks in products.items()}}
        try:
            process = await self._begun()
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps(question).encode() + b"\n")
            await process.stdin.drain()
            line = await process.stdout.readline()
        except OSError as error:
            line = str(error).encode()
        if not line.startswith(b"{"):
            log.warning("forecast_model_died", model=name, products=len(products))
            self.there = False
            return {}
        answer: dict[str, dict[str, Any]] = json.loads(line)
        return answer

    async def _begun(self) -> asyncio.subprocess.Process:
        if self._process is None:
            self._process = await start("starter.forecasting.model", _ONE_THREAD, answers=True)
        return self._process


async def start(
    module: str, env: Mapping[str, str], arguments: Sequence[str] = (), *, answers: bool = False
) -> asyncio.subprocess.Process:
    """A module of ours as a process of its own; one that answers is spoken to by its standard input and output."""
    talk = asyncio.subprocess.PIPE if answers else asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=_ROOT, env={**os.environ, **env}, stdin=talk,
        stdout=talk if answers else None, limit=_LONGEST_LINE,
    )  # fmt: skip
