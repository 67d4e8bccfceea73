"""The simulator itself: webhooks, outcomes, faults, and a memory that survives kill -9."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys

import httpx2
import pytest

from gateways.carriers.port import CarrierRefused
from gateways.carriers.simulator.journal import Journal
from gateways.carriers.simulator.settings import SimulatorSettings


def get(url: str) -> httpx2.Response:
    return httpx2.get(url, trust_env=False)


async def test_webhooks_are_signed_and_in_order(simulate, connect, booking, shop, wait_until):
    booked = await connect(simulate(step=0.02)).book(booking())
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == 3)
    assert shop.statuses() == ["in_transit", "out_for_delivery", "delivered"]
    assert [message for message, _ in shop.received] == [f"{booked.tracking_number}-{n}" for n in (1, 2, 3)]
    assert shop.received[0][1].raw_status == "PW10 LINEHAUL DEPARTED"


async def test_a_webhook_is_repeated_until_it_is_accepted(simulate, connect, booking, shop, wait_until):
    shop.answers = [503, 404, 429]
    booked = await connect(simulate(step=0.02)).book(booking())
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == 3)
    assert shop.refused == [f"{booked.tracking_number}-1"] * 3
    assert shop.statuses() == ["in_transit", "out_for_delivery", "delivered"]


async def test_duplicate_webhooks_carry_the_same_id(simulate, connect, booking, shop, faults, wait_until):
    url = simulate(step=0.02)
    faults(url, duplicate_webhooks=True)
    await connect(url).book(booking())
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == 6)
    assert [scan.sequence for _, scan in shop.received] == [1, 1, 2, 2, 3, 3]
    assert len({message for message, _ in shop.received}) == 3


async def test_reordered_webhooks_come_all_and_out_of_order(simulate, connect, booking, shop, faults, wait_until):
    url = simulate(step=0.1)
    faults(url, reorder_webhooks=True)
    await connect(url).book(booking())
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == 3)
    assert [scan.sequence for _, scan in shop.received] == [2, 1, 3]


@pytest.mark.parametrize(
    ("outcome", "statuses"),
    [
        ("lost", ["in_transit", "exception", "lost"]),
        ("damaged", ["in_transit", "exception", "damaged"]),
        ("returned", ["in_transit", "out_for_delivery", "attempt_failed", "returning", "returned"]),
        ("exception", ["in_transit", "exception", "in_transit", "out_for_delivery", "delivered"]),
    ],
)
async def test_a_parcel_meets_its_fate(outcome, statuses, simulate, connect, booking, shop, faults, wait_until):
    url = simulate(step=0.02)
    faults(url, outcome={"SH-000001": outcome})
    await connect(url).book(booking(1))
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == len(statuses))
    assert shop.statuses() == statuses


async def test_a_fate_reaches_only_those_it_names(simulate, connect, booking, shop, faults, wait_until):
    url = simulate(step=0.02)
    faults(url, outcome={"SH-000001": "lost", "LS9": "damaged", "": "returned"})
    await connect(url).book(booking(2))
    await asyncio.to_thread(wait_until, lambda: len(shop.received) == 3)
    assert shop.statuses()[-1] == "delivered"


async def test_a_voided_parcel_never_moves(simulate, connect, booking, shop, all_bookings):
    url = simulate(step=2.0)  # long enough that the voiding comes before the first scan, on a busy machine too
    carrier = connect(url)
    await carrier.book(booking())
    await carrier.void_booking("booking/SH-000001")
    await asyncio.sleep(2.5)
    assert shop.received == []
    assert all_bookings(url)["voided_keys"] == ["booking/SH-000001"]


def test_faults_are_shown_changed_one_by_one_and_cleared(simulate, faults):
    url = simulate()
    faults(url, mode="down", delay=0.5)
    faults(url, error_rate=0.25)
    shown = get(f"{url}/faults").json()
    assert (shown["mode"], shown["delay"], shown["error_rate"]) == ("down", 0.5, 0.25)
    assert get(f"{url}/healthz").status_code == 200
    cleared = httpx2.delete(f"{url}/faults", trust_env=False).json()
    assert (cleared["mode"], cleared["delay"], cleared["error_rate"]) == ("up", 0.0, 0.0)


@pytest.mark.parametrize("wrong", ['{"mood": "bad"}', '{"error_rate": 2}', "[]", "nonsense", '"x"'])
def test_a_fault_that_is_not_known_is_refused(wrong, simulate):
    answer = httpx2.post(f"{simulate()}/faults", content=wrong, trust_env=False)
    assert answer.status_code == 422
    assert answer.json()["detail"]


async def test_the_label_names_the_receiver(simulate, connect, booking):
    booked = await connect(simulate()).book(booking())
    assert "Dock 3\n1 High Street\nLS1 4AP Leeds\nGB" in get(booked.label_url).text


async def test_a_restart_knows_bookings_and_dead_keys(tmp_path, connect, booking, shop, simulate, all_bookings):
    state = tmp_path / "carrier.jsonl"
    with contextlib.ExitStack() as first:
        port = _free_port()
        first.enter_context(_process(state, port, shop))
        carrier = connect(f"http://127.0.0.1:{port}")
        booked = await carrier.book(booking(1))
        await carrier.void_booking("booking/SH-000002")
    url = simulate(state=state)
    carrier = connect(url)
    assert await carrier.book(booking(1)) == booked.__class__(
        booked.key, booked.carrier, booked.tracking_number, f"{url}/labels/{booked.tracking_number}", booked.cost, "EUR"
    )
    with pytest.raises(CarrierRefused, match="voided"):
        await carrier.book(booking(2))
    assert all_bookings(url)["count"] == 1


async def test_kill_9_in_the_middle_continues_tracking(tmp_path, connect, booking, shop, wait_until, all_bookings):
    state, port = tmp_path / "carrier.jsonl", _free_port()
    url = f"http://127.0.0.1:{port}"
    with _process(state, port, shop, step=0.3) as process:
        await connect(url).book(booking())
        await asyncio.to_thread(wait_until, lambda: len(shop.received) == 1)
        process.send_signal(signal.SIGKILL)
        process.wait()
    with state.open("ab") as file:
        file.write(b'{"fact":"scanned","key":"cut in the mid')
    with _process(state, port, shop, step=0.05) as process:
        await connect(url).book(booking())
        await asyncio.to_thread(wait_until, lambda: "delivered" in shop.statuses())
        assert all_bookings(url)["count"] == 1
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    in_order = list(dict.fromkeys(shop.statuses()))  # the scan at the moment of the kill may have been posted twice
    assert in_order == ["in_transit", "out_for_delivery", "delivered"]


def test_a_state_file_has_one_owner(tmp_path):
    owner = Journal(tmp_path / "carrier.jsonl")
    with pytest.raises(RuntimeError, match="another carrier simulator is using"):
        Journal(tmp_path / "carrier.jsonl")
    owner.close()


def test_a_port_in_use_ends_the_process_with_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "gateways.carriers.simulator"]
        environment = {**os.environ, "ORDERKEEP_SIMULATOR_PORT": str(taken.getsockname()[1])}
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert "in use" in ended.stderr


def test_webhooks_without_a_secret_are_a_wrong_setting():
    environment = {**os.environ, "ORDERKEEP_CARRIER_WEBHOOK_URL": "http://127.0.0.1:9/"}
    environment.pop("ORDERKEEP_WEBHOOK_SECRET_CARRIERS", None)
    command = [sys.executable, "-m", "gateways.carriers.simulator"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2
    assert "ORDERKEEP_WEBHOOK_SECRET_CARRIERS" in ended.stderr


def test_the_port_follows_the_url_that_others_call():
    assert SimulatorSettings(carrier_url="http://127.0.0.1:7001").port == 7001
    assert SimulatorSettings(carrier_url="http://127.0.0.1:7001", simulator_port=7002).port == 7002
    assert SimulatorSettings(carrier_url=None, simulator_port=None).port == 8090


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    return port


@contextlib.contextmanager
def _process(state, port, shop, step=60.0):
    environment = {
        **os.environ,
        "ORDERKEEP_SIMULATOR_PORT": str(port),
        "ORDERKEEP_SIMULATOR_STEP_SECONDS": str(step),
        "ORDERKEEP_SIMULATOR_STATE": str(state),
        "ORDERKEEP_CARRIER_KEY": shop.key,
        "ORDERKEEP_CARRIER_WEBHOOK_URL": shop.url,
        "ORDERKEEP_WEBHOOK_SECRET_CARRIERS": shop.secret,
    }
    process = subprocess.Popen([sys.executable, "-m", "gateways.carriers.simulator"], env=environment)
    try:
        for _ in range(400):
            with contextlib.suppress(httpx2.HTTPError):
                if get(f"http://127.0.0.1:{port}/healthz").status_code == 200:
                    break
            assert process.poll() is None, "the simulator ended at its start"
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
        yield process
    finally:
        process.kill()
        process.wait()
