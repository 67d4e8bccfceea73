"""What the simulator reads from the environment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_PORT = 8090


class SimulatorSettings(BaseSettings):
    """Prefix ORDERKEEP_. Without a webhook URL nothing is posted; without a state file all is kept in memory."""

    model_config = SettingsConfigDict(env_prefix="ORDERKEEP_", env_ignore_empty=True, extra="ignore")

    simulator_host: str = "127.0.0.1"
    simulator_port: int | None = Field(default=None, ge=0, le=65535)
    simulator_step_seconds: float = Field(default=1.0, ge=0)
    simulator_state: Path | None = None
    carrier_url: str | None = None
    carrier_key: str = ""
    carrier_webhook_url: str | None = None
    webhook_secret_carriers: str = ""
    log_json: bool = False

    @property
    def port(self) -> int:
        """The port asked for, else the one that the others will call, else 8090."""
        if self.simulator_port is not None:
            return self.simulator_port
        return (urlsplit(self.carrier_url).port if self.carrier_url else None) or DEFAULT_PORT
