"""What a data directory keeps from one start to the next: ports, secrets, whole files."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from starter.embedded.data_dir import DataDir
from starter.embedded.files import read_json, write_json
from starter.embedded.ports import FIRST, LAST, LOOPBACK, free_port


def test_a_port_is_kept_while_it_is_free_and_differs_from_the_others(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    ports = {name: directory.port(name) for name in ("api", "postgres", "temporal")}
    assert len(set(ports.values())) == 3
    assert all(FIRST <= port <= LAST for port in ports.values())
    assert {name: DataDir(tmp_path).port(name) for name in ports} == ports
    with socket.socket() as somebody:
        somebody.bind((LOOPBACK, ports["api"]))
        somebody.listen()
        assert directory.port("api") != ports["api"]


def test_a_port_that_another_server_of_the_directory_keeps_is_not_given_away() -> None:
    kept = free_port()
    assert free_port(kept, frozenset({kept})) != kept


def test_secrets_are_made_once_and_the_webhook_secret_signs(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    secret = directory.webhook_secret("payments")
    assert DataDir(tmp_path).webhook_secret("payments") == secret
    assert Webhook(secret)
    assert directory.secret("postgres") != directory.secret("carrier")


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "endpoints.json"
    write_json(path, {"api": "http://127.0.0.1:1"})
    with pytest.raises(TypeError):
        write_json(path, {"api": object()})
    assert read_json(path) == {"api": "http://127.0.0.1:1"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["endpoints.json"]
    path.write_text('{"api": ')
    assert read_json(path) == {}
