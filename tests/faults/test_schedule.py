"""The plan of a run is a pure function: the seed repeats it, every kind of fault is in it, every target gets turns."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.schedule import KINDS, Targets, plan

NAMES = st.sets(st.text("abcdefgh", min_size=1, max_size=4), min_size=1, max_size=8).map(tuple)
TARGETS = st.builds(Targets, processes=NAMES, connections=NAMES)
patient = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""What is drawn takes as long as the machine is busy."""
SEEDS = st.integers(min_value=0, max_value=2**32)
LENGTHS = st.floats(min_value=20, max_value=3600)


@patient
@given(SEEDS, LENGTHS, TARGETS)
def test_the_seed_repeats_the_run(seed: int, seconds: float, targets: Targets) -> None:
    same = Targets(tuple(reversed(targets.processes)), tuple(reversed(targets.connections)))
    assert plan(seed, seconds, targets) == plan(seed, seconds, same)


@patient
@given(SEEDS, LENGTHS, TARGETS)
def test_every_kind_of_fault_comes_in_a_run_of_any_length(seed: int, seconds: float, targets: Targets) -> None:
    assert {fault.kind for fault in plan(seed, seconds, targets)} == {kind.name for kind in KINDS}


@patient
@given(SEEDS, LENGTHS, TARGETS)
def test_faults_begin_in_order_and_end_within_the_run(seed: int, seconds: float, targets: Targets) -> None:
    faults = plan(seed, seconds, targets)
    assert [fault.number for fault in faults] == list(range(1, len(faults) + 1))
    assert all(first.at <= second.at for first, second in pairwise(faults))
    assert all(fault.at >= 0 and fault.ends <= seconds for fault in faults)


@patient
@given(SEEDS, TARGETS)
def test_a_fault_strikes_what_its_kind_strikes_and_no_longer_than_its_kind_lasts(seed: int, targets: Targets) -> None:
    kinds = {kind.name: kind for kind in KINDS}
    for fault in plan(seed, 600, targets):
        kind = kinds[fault.kind]
        assert fault.target in targets.of(kind.group)
        assert kind.shortest <= fault.lasts <= kind.longest
        assert 0 <= fault.strength <= 1


@patient
@given(SEEDS, TARGETS)
def test_targets_take_turns(seed: int, targets: Targets) -> None:
    faults = plan(seed, 3600, targets)
    for kind in KINDS:
        struck = Counter(fault.target for fault in faults if fault.kind == kind.name)
        counts = [struck[name] for name in targets.of(kind.group)]
        assert max(counts) - min(counts) <= 1


@patient
@given(SEEDS)
def test_another_seed_is_another_run(seed: int) -> None:
    targets = Targets(("api", "worker", "postgres"), ("api", "database"))
    assert plan(seed, 600, targets) != plan(seed + 1, 600, targets)


def test_a_process_that_is_added_gets_its_turns() -> None:
    targets = Targets(("api", "worker", "latecomer"), ("api", "database", "new"))
    struck = {(fault.kind, fault.target) for fault in plan(1, 1200, targets)}
    assert {("kill", "latecomer"), ("stop", "latecomer"), ("cut", "new"), ("forget", "new")} <= struck
