"""How this process reaches Temporal: address and credentials from the environment, values through pydantic.

Everything of ours that speaks to Temporal connects here, so that what it writes is sealed when there are keys.
"""

from __future__ import annotations

import os

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import KeepAliveConfig

from starter import meters, tracing
from starter.build import identity
from starter.failures import converter
from starter.settings import Settings

KEEP_ALIVE = KeepAliveConfig(interval_millis=15_000, timeout_millis=10_000)
"""A connection that was lost without a word is noticed after these; more often servers take for an attack."""


def metrics_runtime(port: int | None, host: str = "127.0.0.1") -> Runtime | None:
    """A runtime that shows the SDK's metrics, and ours, to Prometheus; None without a port."""
    if port is None:
        return None
    shown = PrometheusConfig(bind_address=f"{host}:{port}", histogram_bucket_overrides=meters.BUCKETS)
    runtime = Runtime(telemetry=TelemetryConfig(metrics=shown))
    meters.begin(runtime.metric_meter)
    return runtime


async def connect(runtime: Runtime | None = None, *, lazy: bool = False) -> Client:
    """A client as TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_* and profiles say."""
    config = ClientConfig.load_client_connect_config()
    config.setdefault("target_host", "127.0.0.1:7233")
    return await Client.connect(
        **config,
        data_converter=converter(Settings().keyring),
        interceptors=tracing.interceptors(),
        runtime=runtime,
        lazy=lazy,
        identity=identity(),
        keep_alive_config=KEEP_ALIVE,
    )


async def connect_at(address: str | None, namespace: str | None) -> Client:
    """A client of the server that `orderkeep up` launched there; of the one that the environment names otherwise."""
    if address is None or address == os.environ.get("TEMPORAL_ADDRESS"):
        return await connect()
    through = converter(Settings().keyring)
    return await Client.connect(address, namespace=namespace or "default", data_converter=through)
