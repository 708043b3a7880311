"""Free ports of loopback."""

from __future__ import annotations

import random
import socket

LOW = range(20000, 32768)
"""Below the ports that the kernel gives out, and below 2^15: all that the runtime takes as a system port."""


def free_ports(count: int) -> list[int]:
    """Return loopback ports of `LOW` that nothing listens on, all different."""
    found: list[int] = []
    for port in random.SystemRandom().sample(LOW, k=200):
        if len(found) == count:
            break
        if _is_free(port):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as attempt:
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
