"""Each request leaves one log line and one measurement, under its route's template."""

from __future__ import annotations

import structlog.testing

from tests.starter.api.conftest import signed, small_app


async def logged(client, path, **more):
    """The line that a request leaves."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await client.get(path, **more)
    return answer, [line for line in lines if line["event"] == "request"]


async def test_the_line_has_route_status_time_order_and_actor(small):
    _, (line,) = await logged(small, "/v1/orders/SO-7", headers=signed())
    assert line["route"] == "/v1/orders/{number}"
    assert (line["method"], line["status"], line["order"]) == ("GET", 200, "SO-7")
    assert (line["actor"], line["role"], line["log_level"]) == ("admin clerk", "admin", "info")
    assert line["ms"] >= 0


async def test_the_request_id_is_taken_over_or_made(small):
    answer, (line,) = await logged(small, "/v1/orders/SO-7", headers={**signed(), "X-Request-Id": "abc-1"})
    assert (answer.headers["x-request-id"], line["request_id"]) == ("abc-1", "abc-1")
    answer, _ = await logged(small, "/v1/orders/SO-7", headers={**signed(), "X-Request-Id": "a b\x7f"})
    assert len(answer.headers["x-request-id"]) == 32


async def test_a_stranger_does_not_inherit_the_actor_before(small):
    await small.get("/v1/orders/SO-7", headers=signed())
    _, (line,) = await logged(small, "/v1/orders/SO-7")
    assert line["status"] == 401
    assert "actor" not in line


async def test_metrics_are_labelled_by_template_never_by_path(small):
    for path in ("/v1/orders/SO-1", "/v1/orders/SO-2", "/nowhere/1", "/nowhere/2"):
        await small.get(path, headers=signed())
    text = small._transport.app.state.metrics.text(None).decode()
    assert 'orderkeep_http_requests_total{method="GET",route="/v1/orders/{number}",status="200"} 2.0' in text
    assert 'orderkeep_http_requests_total{method="GET",route="unmatched",status="404"} 2.0' in text
    assert "SO-1" not in text
    assert 'orderkeep_http_request_seconds_count{method="GET",route="unmatched"} 2.0' in text


def test_business_figures_come_and_go_with_the_database():
    metrics = small_app().state.metrics
    text = metrics.text({"orders": {"CONFIRMED": 3, "COMPLETED": 1}, "outbox_backlog": 7}).decode()
    assert 'orderkeep_orders{state="CONFIRMED"} 3.0' in text
    assert "orderkeep_outbox_backlog 7.0" in text
    assert "orderkeep_database_up 1.0" in text
    text = metrics.text({"orders": {"COMPLETED": 4}, "outbox_backlog": 0}).decode()
    assert "CONFIRMED" not in text
    text = metrics.text(None).decode()
    assert "orderkeep_database_up 0.0" in text
    assert "COMPLETED" not in text
