"""What a process is told from outside: the environment variables that begin with ORDERKEEP_.

How to reach Temporal is not here: `temporalio.envconfig` reads TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
TEMPORAL_TLS_* and profiles, under the names that every Temporal program knows.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Self

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.policy import Policy, Seller
from gateways.notices.smtp import SmtpPost
from gateways.signatures import require_secrets
from starter.exit import finish
from starter.keyring import Keyring, keyring_of

DAY_SECONDS = 86_400.0
WRONG_USAGE = 2
_ELSEWHERE = (
    "API", "KEY", "LANG", "DEBUG", "SIMULATOR_HOST", "SIMULATOR_PORT", "SIMULATOR_STATE", "CARRIER_WEBHOOK_URL",
    "DB_PASSWORD", "VERSION", "NEXT_VERSION", "API_PORT",
)  # fmt: skip
"""What only the command, the simulator and docker-compose.yml read."""
_WEB = r"^https?://[^\s/]+"
_ORIGIN = r"^https?://[^/?#@\s]+/?$"
_ISSUER = re.compile(r"https://|http://(127\.0\.0\.1|localhost)[:/]")


def default_data_dir() -> Path:
    """The data directory of a person who named none."""
    return user_data_path("orderkeep", appauthor=False)


class Settings(BaseSettings):
    """The settings of every process; each has a default, so that a test or a person names only what differs."""

    model_config = SettingsConfigDict(
        env_prefix="ORDERKEEP_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # what is wrong may be a secret
    )

    database_url: str | None = Field(
        None,
        repr=False,
        pattern=r"^postgres(ql)?(\+\w+)?://",
        examples=["postgresql://user:password@host:5432/name"],
        description="PostgreSQL; unset: one is launched in the data directory",
    )
    pool_size: int = Field(10, ge=1, le=200, description="connections of this process to PostgreSQL")
    cached_workflows: int = Field(200, ge=10, le=100_000, description="workflows that the worker keeps in memory")
    task_queue: str = Field("orderkeep", description="Temporal task queue")
    deployment: str = Field(
        "orderkeep", pattern=r"^[^.:]+$", examples=["orderkeep"], description="Temporal worker deployment"
    )
    build_id: str | None = Field(None, description="which build the worker is; unset: no versions, any worker serves")

    host: str = Field("127.0.0.1", description="where the API listens")
    port: int = Field(8080, ge=0, le=65_535)
    data_dir: Path = Field(default_factory=default_data_dir)
    metrics_port: int | None = Field(None, ge=0, le=65_535, description="the worker's Prometheus port; unset: none")

    day_seconds: float | None = Field(
        None, gt=0, le=31_536_000, allow_inf_nan=False, description="length of a policy's day; unset: 86400"
    )
    default_credit_limit: Decimal | None = Field(None, ge=0, description="unset: unlimited")

    company_name: str = Field("Orderkeep", max_length=100, description="who sells, on documents and under letters")
    company_address: str | None = Field(None, max_length=500, description="its lines, separated by | or line breaks")
    company_tax_id: str | None = Field(None, max_length=100, description="on invoices")
    company_bank: str | None = Field(None, max_length=300, description="where to pay, on invoices")

    requests_per_second: float = Field(
        1000, ge=0, allow_inf_nan=False, description="of one key at one API process; 0: no limit"
    )

    forecast_seconds: float = Field(
        120.0, ge=0, allow_inf_nan=False, description="after its start the worker makes forecasts; 0: never"
    )

    carrier_url: str | None = Field(
        None, pattern=_WEB, examples=["https://carrier.example"], description="base address of the simulated carrier"
    )
    carrier_key: SecretStr | None = None
    simulator_step_seconds: float = Field(2.0, gt=0, allow_inf_nan=False, description="pace of the carrier simulator")
    webhook_secret_carriers: SecretStr | None = Field(None, description="Standard Webhooks secret, whsec_...")
    webhook_secret_payments: SecretStr | None = Field(None, description="Standard Webhooks secret, whsec_...")

    payload_keys: SecretStr | None = Field(None, description="seal what Temporal keeps: id:base64 ..., unset: plain")
    codec_origin: str | None = Field(
        None,
        pattern=_ORIGIN,
        examples=["http://127.0.0.1:8233"],
        description="origin of the Web UI that may ask the codec server",
    )

    temporal_ui: str | None = Field(
        None,
        pattern=_WEB,
        examples=["http://127.0.0.1:8233"],
        description="address of Temporal's Web UI, for links to an order's workflow",
    )

    public_url: str | None = Field(
        None, pattern=_ORIGIN, examples=["https://orders.example"], description="where browsers reach the API"
    )
    oidc_issuer: str | None = Field(None, description="the company's identity provider; unset: passwords only")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str | None = Field(None, max_length=100, description="what the button to the provider says")
    oidc_claim: str | None = Field(None, description="the claim that names a new person's account; unset: none does")

    smtp_url: SecretStr | None = Field(None, description="smtp://user:pass@host:port or smtps://; unset: a folder")
    mail_from: str = "Orderkeep <orders@orderkeep.example>"
    mailbox_dir: Path | None = Field(
        None, description="folder of the .eml files; unset: mailbox/ in the data directory"
    )

    log_level: str = Field(
        "info", pattern=r"(?i)^(debug|info|warning|error|critical)$", examples=["debug, info, warning or error"]
    )
    log_json: bool = False

    @field_validator("payload_keys")
    @classmethod
    def _well_formed(cls, keys: SecretStr | None) -> SecretStr | None:
        keyring_of(keys.get_secret_value() if keys else None)
        return keys

    @field_validator("webhook_secret_carriers", "webhook_secret_payments")
    @classmethod
    def _secrets_of_webhooks(cls, setting: SecretStr | None) -> SecretStr | None:
        require_secrets(setting.get_secret_value() if setting else "")
        return setting

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            SmtpPost(url.get_secret_value(), "")
        return url

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        given = [self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret]
        if any(given) and not all(given):
            raise ValueError(
                "set ORDERKEEP_OIDC_ISSUER, ORDERKEEP_OIDC_CLIENT_ID and ORDERKEEP_OIDC_CLIENT_SECRET together"
            )
        if self.oidc_issuer and not _ISSUER.match(self.oidc_issuer):
            raise ValueError("ORDERKEEP_OIDC_ISSUER begins with https://, or lies on this machine")
        return self

    @property
    def keyring(self) -> Keyring:
        """The keys that seal and open what Temporal keeps."""
        return keyring_of(self.payload_keys.get_secret_value() if self.payload_keys else None)

    @property
    def seller(self) -> Seller:
        """Who sells, as documents and letters name it."""
        lines = (line.strip() for line in re.split(r"[|\r\n]", self.company_address or ""))
        return Seller(
            name=self.company_name,
            address=tuple(filter(None, lines)),
            tax_id=self.company_tax_id,
            bank=self.company_bank,
        )

    @property
    def policy(self) -> Policy:
        """What this company decides itself of its policy."""
        return Policy(
            day_seconds=DAY_SECONDS if self.day_seconds is None else self.day_seconds,
            default_credit_limit=self.default_credit_limit,
            seller=self.seller,
        )

    @property
    def mailbox(self) -> Path:
        """The folder that takes the notices when no mail server is configured."""
        return self.data_dir / "mailbox" if self.mailbox_dir is None else self.mailbox_dir


def wrong_settings(error: ValidationError) -> list[tuple[str, str]]:
    """Which variables are wrong, and why; a reason that concerns several of them names them itself."""
    return [
        ("_".join(["ORDERKEEP", *(str(part).upper() for part in wrong["loc"] or ("*",))]), _reason(wrong))
        for wrong in error.errors()
    ]


def _reason(wrong: ErrorDetails) -> str:
    if wrong["type"] == "string_pattern_mismatch":
        return "it is written like {}".format(*(Settings.model_fields[str(wrong["loc"][0])].examples or ("",)))
    return wrong["msg"].removeprefix("Value error, ").rstrip(".")


def misspelled(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables that are no setting and look like one, with the one that may be meant, so that no typo passes."""
    known = [f"ORDERKEEP_{name}" for name in (*map(str.upper, Settings.model_fields), *_ELSEWHERE)]
    strange = sorted(name for name in environ if name.startswith("ORDERKEEP_") and name not in known)
    return [(name, close[0]) for name in strange if (close := difflib.get_close_matches(name, known, 1, 0.85))]


def own_settings() -> Settings:
    """The settings of this process; wrong ones are told in a line each on standard error, and end it with code 2."""
    for name, meant in misspelled(os.environ):
        sys.stderr.write(f"{name} is no setting and does nothing; is {meant} meant?\n")
    try:
        return Settings()
    except ValidationError as error:
        for name, reason in wrong_settings(error):
            sys.stderr.write(f"{name} is not valid: {reason}. Correct it; docs/operating.md lists the settings.\n")
        finish(WRONG_USAGE)
