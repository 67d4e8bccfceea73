"""Tests of the whole on real servers live in a data directory of their own, of which nothing may be left."""

from __future__ import annotations

from tests.starter.embedded.conftest import directory

__all__ = ["directory"]
