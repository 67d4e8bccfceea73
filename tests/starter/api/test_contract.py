"""The published contract says what the code does: roles, keys, bodies, examples and refusals."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from domain.actor import Role
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute
from starter.api.roles import MAY
from tests.starter.api.conftest import api_app

KEYED = [route for route in api_app().router.routes if isinstance(route, KeyedRoute)]
WRITES = [route for route in KEYED if route.methods != {"GET"}]


@pytest.fixture(scope="module")
def contract():
    """The OpenAPI document as JSON gives it."""
    return json.loads(json.dumps(api_app().openapi()))


def test_version_and_security(contract):
    assert contract["openapi"].startswith("3.1")
    assert contract["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}


def test_every_write_has_a_row_of_roles_and_nothing_else_has():
    assert {route.name for route in WRITES} | {"list_keys", "list_users", "read_user"} == MAY.keys()


def test_admin_may_everything_and_integration_only_reports():
    assert all(Role.ADMIN in roles for roles in MAY.values())
    assert {name for name, roles in MAY.items() if Role.INTEGRATION in roles} == {
        "submit_order", "record_payment", "record_receipt", "confirm_pick", "record_feedback", "open_case",
    }  # fmt: skip


def test_operation_ids_are_unique():
    names = [route.name for route in KEYED]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("route", [route for route in WRITES if route.body_field], ids=lambda route: route.name)
def test_every_example_is_a_good_body(route):
    annotation = route.body_field.field_info.annotation
    models = [annotation] if isinstance(annotation, type) else list(annotation.__args__)
    model = next(each for each in models if isinstance(each, type) and issubclass(each, BaseModel))
    assert model.model_validate(EXAMPLES[route.name])


@pytest.mark.parametrize("route", KEYED, ids=lambda route: route.name)
def test_every_route_documents_its_refusals(contract, route):
    (method,) = route.methods
    operation = contract["paths"][route.path_format][method.lower()]
    assert {"400", "401", "403", "404", "409", "413", "415", "422", "503"} <= operation["responses"].keys()
    assert operation["security"] == [{"key": []}]
    assert operation["description"]
    has_key = any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", []))
    assert has_key is (method == "POST")


def test_no_reference_leads_nowhere(contract):
    text = json.dumps(contract)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in contract["components"]["schemas"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/{code}", "/v1/suppliers/{code}", "/v1/products/{sku}", "/v1/stock/movements", "/v1/stock",
        "/v1/orders", "/v1/orders/{number}", "/v1/orders/{number}/timeline", "/v1/orders/{number}/why",
        "/v1/orders/{number}/holds/{hold}/release", "/v1/orders/{number}/holds/{hold}/reject",
        "/v1/orders/{number}/cancel", "/v1/shipments/{number}/pick", "/v1/supply-orders/{number}/receipts",
        "/v1/payments", "/v1/webhooks/payments/{provider}", "/v1/webhooks/carriers/{provider}", "/v1/journal",
        "/v1/trial-balance", "/v1/checks", "/v1/invoices", "/v1/invoices/{number}", "/v1/invoices/{number}.pdf",
        "/healthz", "/readyz", "/metrics",
    ],
)  # fmt: skip
def test_the_fixed_paths_are_there(contract, path):
    assert path in contract["paths"]
