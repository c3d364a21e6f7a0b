"""Remembers every secret that callers of a test run sent or were given, and every refusal that they got."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

_SECRET_FIELDS = re.compile(r"password|token|secret", re.IGNORECASE)
_SECRET_PATHS = re.compile(r"/password-resets/([^/?#]+)")
# Shorter ones are in many a word.
SHORTEST = 8


@dataclass
class Witness:
    secrets: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)

    @property
    def hooks(self) -> dict[str, list[Any]]:
        return {"request": [self._saw_request], "response": [self._saw_response]}

    async def _saw_request(self, request: httpx.Request) -> None:
        self._keep(request.headers.get("authorization", "").partition(" ")[2])
        self._keep(*_cookie_values(request.headers.get_list("cookie")))
        self._keep(*_SECRET_PATHS.findall(request.url.path))
        if request.headers.get("content-type", "").startswith("application/json"):
            # What is sent piece by piece is no request of ours.
            body = request.content if isinstance(request.stream, httpx.ByteStream) else b""
            self._keep(*_secrets_in(body))

    async def _saw_response(self, response: httpx.Response) -> None:
        self._keep(*_cookie_values(response.headers.get_list("set-cookie")))
        if "json" in response.headers.get("content-type", ""):
            await response.aread()
            self._keep(*_secrets_in(response.content))
            if response.status_code >= 400:
                self.refusals.append(response.text)

    def _keep(self, *secrets: str) -> None:
        self.secrets.update(secret for secret in secrets if len(secret) >= SHORTEST)


def _cookie_values(headers: list[str]) -> list[str]:
    return [pair.partition("=")[2].strip() for header in headers for pair in header.split(";")[:1]]


def _secrets_in(body: bytes) -> Iterator[str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    open_values = [value]
    while open_values:
        current = open_values.pop()
        if isinstance(current, dict):
            open_values.extend(current.values())
            yield from (
                item
                for name, item in current.items()
                if isinstance(item, str) and _SECRET_FIELDS.search(name) and name != "token_type"
            )
        elif isinstance(current, list):
            open_values.extend(current)
