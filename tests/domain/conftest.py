"""Properties are tried with the same examples everywhere, and a busy machine is no failure."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("same everywhere", derandomize=True, deadline=None, database=None)
settings.load_profile("same everywhere")
