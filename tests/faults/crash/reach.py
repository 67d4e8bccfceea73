"""Which steps ask another company: read from their code, so that no list of them has to be kept."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from typing import Any


def reaches_outside(step: Callable[..., Any]) -> bool:
    """Whether the step, or a function of its module that it uses, takes something from the registry of a gateway."""
    module = ast.parse(inspect.getsource(sys.modules[step.__module__]))
    doors = {
        name.asname or name.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gateways.")
        for name in node.names
        if (node.module or "").endswith(".registry") or name.name == "registry"
    }
    functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    seen: set[str] = set()
    left = [step.__name__]
    while left:
        name = left.pop()
        if name in seen or name not in functions:
            continue
        seen.add(name)
        left += [node.id for node in ast.walk(functions[name]) if isinstance(node, ast.Name)]
    used = {node.id for name in seen for node in ast.walk(functions[name]) if isinstance(node, ast.Name)}
    return bool(used & doors)
