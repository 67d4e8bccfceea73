"""A wrong setting is told in a sentence that names it, before anything is started, and never with its content."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.policy import Policy, Seller
from starter.settings import Settings, misspelled, wrong_settings

ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
COMMAND = str(Path(sys.executable).with_name("orderkeep"))


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("ORDERKEEP_POOL_SIZE", "0", "Input should be greater than or equal to 1"),
        ("ORDERKEEP_DAY_SECONDS", "inf", "Input should be a finite number"),
        ("ORDERKEEP_DAY_SECONDS", "nan", "Input should be a finite number"),
        ("ORDERKEEP_DEFAULT_CREDIT_LIMIT", "Infinity", "Input should be a finite number"),
        ("ORDERKEEP_REQUESTS_PER_SECOND", "inf", "Input should be a finite number"),
        ("ORDERKEEP_FORECAST_SECONDS", "nan", "Input should be a finite number"),
        ("ORDERKEEP_LOG_LEVEL", "loud", "it is written like debug, info, warning or error"),
        (
            "ORDERKEEP_DATABASE_URL",
            "mysql://geheim@h/d",
            "it is written like postgresql://user:password@host:5432/name",
        ),
        ("ORDERKEEP_CARRIER_URL", "ftp://geheim", "it is written like https://carrier.example"),
        ("ORDERKEEP_CODEC_ORIGIN", "http://geheim/a/b", "it is written like http://127.0.0.1:8233"),
        ("ORDERKEEP_PUBLIC_URL", "geheim", "it is written like https://orders.example"),
        ("ORDERKEEP_DEPLOYMENT", "a.b", "it is written like orderkeep"),
        (
            "ORDERKEEP_SMTP_URL",
            "http://geheim",
            "the mail server is written smtp://user:password@host:port or smtps://",
        ),
        ("ORDERKEEP_WEBHOOK_SECRET_PAYMENTS", "whsec_Zm9v gehei", "secret 2 is not whsec_ and base64"),
        ("ORDERKEEP_WEBHOOK_SECRET_CARRIERS", "gehei", "secret 1 is not whsec_ and base64"),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_should_be(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError) as wrong:
        Settings()
    assert wrong_settings(wrong.value) == [(variable, reason)]
    assert "gehei" not in str(wrong.value)


def test_settings_that_only_make_sense_together_name_one_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ORDERKEEP_OIDC_CLIENT_ID", "orderkeep")
    with pytest.raises(ValidationError) as wrong:
        Settings()
    [(variable, reason)] = wrong_settings(wrong.value)
    assert variable == "ORDERKEEP_*"
    assert reason.startswith("set ORDERKEEP_OIDC_ISSUER, ORDERKEEP_OIDC_CLIENT_ID and ")


@pytest.mark.parametrize(
    "program",
    [
        [PYTHON, "worker.py"],
        [PYTHON, "-m", "starter.api.server"],
        [PYTHON, "-m", "starter.forecasting"],
        [COMMAND, "up", "--data", "DIR"],
        [COMMAND, "demo", "--data", "DIR"],
        [COMMAND, "doctor", "--data", "DIR"],
    ],
    ids=lambda program: program[-1] if program[-1] != "DIR" else program[1],
)
def test_every_program_ends_with_2_and_a_sentence_before_it_begins(program: list[str], tmp_path: Path):
    data = tmp_path / "data"
    ended = subprocess.run(
        [str(data) if word == "DIR" else word for word in program],
        env={**os.environ, "ORDERKEEP_POOL_SIZE": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("ORDERKEEP_POOL_SIZE is not valid: Input should be greater than or equal to 1.")
    assert len(ended.stderr.splitlines()) == 1
    assert not data.exists()


@pytest.mark.parametrize(
    "written", ["12 Quay Street|Dublin D02 XY45 | Ireland", "12 Quay Street\nDublin D02 XY45\r\nIreland"]
)
def test_who_sells_is_part_of_the_policy(monkeypatch: pytest.MonkeyPatch, written: str):
    for name, value in (("NAME", "Quay Ltd"), ("ADDRESS", written), ("TAX_ID", "IE1"), ("BANK", "IBAN X")):
        monkeypatch.setenv(f"ORDERKEEP_COMPANY_{name}", value)
    address = ("12 Quay Street", "Dublin D02 XY45", "Ireland")
    assert Settings().policy == Policy(seller=Seller(name="Quay Ltd", address=address, tax_id="IE1", bank="IBAN X"))


def test_a_variable_that_looks_like_a_setting_and_is_none_is_pointed_out():
    environ = {
        "ORDERKEEP_DEFAULT_CREDIT_LIMT": "1000", "ORDERKEEP_POOLSIZE": "3", "ORDERKEEP_POOL_SIZE": "3",
        "ORDERKEEP_SIMULATOR_PORT": "0", "ORDERKEEP_LANG": "en", "ORDERKEEP_OF_OUR_OWN": "x", "PATH": "/bin",
    }  # fmt: skip
    assert misspelled(environ) == [
        ("ORDERKEEP_DEFAULT_CREDIT_LIMT", "ORDERKEEP_DEFAULT_CREDIT_LIMIT"),
        ("ORDERKEEP_POOLSIZE", "ORDERKEEP_POOL_SIZE"),
    ]


def test_a_misspelled_setting_is_told_by_a_process_that_goes_on(tmp_path: Path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("ORDERKEEP_")}
    ended = subprocess.run(
        [PYTHON, "worker.py"],
        env={**environ, "ORDERKEEP_POOLSIZE": "3"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 2  # it has no database
    assert ended.stderr.startswith("ORDERKEEP_POOLSIZE is no setting and does nothing; is ORDERKEEP_POOL_SIZE meant?")
    assert "no_database" in ended.stderr
