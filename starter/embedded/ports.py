"""Addresses on this machine that stay the same from one start to the next."""

from __future__ import annotations

import random
import socket

# Below the range from which systems pick ports of outgoing connections: there, a client that calls a server which is
# just being restarted can be given the server's own port as its source, and hold it.
FIRST, LAST = 15_000, 32_000
LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(kept: int | None = None, taken: frozenset[int] = frozenset()) -> int:
    """`kept` when it is still free, else another free port that is not in `taken`."""
    if kept is not None and kept not in taken and is_free(kept):
        return kept
    chance = random.SystemRandom()
    for _ in range(1_000):
        port = chance.randint(FIRST, LAST)
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free port between {FIRST} and {LAST} on {LOOPBACK}")
