from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope

MAX_USER_AGENT_LENGTH = 255


class Client(NamedTuple):
    """Where a request came from, as far as anybody can tell."""

    ip_address: str | None = None
    user_agent: str | None = None


UNKNOWN_CLIENT = Client()


def client_of(scope: Scope) -> Client:
    """Behind trusted proxies the edge has put the real address into the scope."""
    address = scope.get("client")
    said = next((value for name, value in scope["headers"] if name == b"user-agent"), b"")
    return Client(str(address[0]) if address else None, _readable(said[:MAX_USER_AGENT_LENGTH]))


@lru_cache(maxsize=1024)
def _readable(said: bytes) -> str | None:
    """What a stranger sent, as it can be stored and shown."""
    return "".join(filter(str.isprintable, said.decode("latin-1"))).strip() or None
