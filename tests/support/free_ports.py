from __future__ import annotations

import random
from collections.abc import Sequence

from stack.ports import Ports, is_free

# Below the range from which the kernel hands out ports to clients.
LOWEST, HIGHEST = 12_000, 32_000


def free_port_base(further: Sequence[int] = ()) -> int:
    """A base whose ports nobody uses; drawn at random, so that runs at the same time hardly meet.

    `further` are ports behind the usual ones, counted from the base; 20 belong to it in all.
    """
    draw = random.SystemRandom()
    for _ in range(200):
        base = draw.randrange(LOWEST, HIGHEST, 20)
        if all(is_free(port) for port in (*_ports_of(base), *(base + offset for offset in further))):
            return base
    raise RuntimeError(f"no free ports between {LOWEST} and {HIGHEST}")


def _ports_of(base: int) -> tuple[int, ...]:
    ports = Ports(base)
    stores = (ports.postgres, ports.redis, ports.elasticsearch, ports.elasticsearch_transport)
    return (ports.write_api, ports.read_api, *stores)
