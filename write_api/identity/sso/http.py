"""Asking a provider: a little, not for long, and where it says only."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import quote

import httpx
import structlog

from write_api.identity.sso.errors import provider_failed, provider_unavailable, refused_by_provider

TIMEOUT_S = 10.0
# Documents of providers have a few kilobytes.
MAX_BYTES = 262_144

log = structlog.get_logger(__name__)


def open_http() -> httpx.AsyncClient:
    """Close it with `await client.aclose()`."""
    return httpx.AsyncClient(timeout=5.0, follow_redirects=False, trust_env=False)


class ProviderHttp:
    """Raises ProblemError: 503 where there is no answer, 502 where it is none that can be used."""

    def __init__(self, client: httpx.AsyncClient, label: str) -> None:
        self._client = client
        self._label = label

    async def get(self, url: str) -> dict[str, Any]:
        return await self._asked(self._client.build_request("GET", url, headers={"Accept": "application/json"}))

    async def post(self, url: str, form: Mapping[str, str], credentials: tuple[str, str] | None) -> dict[str, Any]:
        headers = {"Accept": "application/json"}
        if credentials is not None:
            headers["Authorization"] = _basic(*credentials)
        return await self._asked(self._client.build_request("POST", url, data=dict(form), headers=headers))

    async def _asked(self, request: httpx.Request) -> dict[str, Any]:
        try:
            status, body = await asyncio.wait_for(self._answer(request), TIMEOUT_S)
        except (httpx.HTTPError, asyncio.TimeoutError) as error:
            log.warning("sso_provider_unavailable", provider=self._label, error=type(error).__name__)
            raise provider_unavailable(self._label) from error
        if status >= 500:
            log.warning("sso_provider_unavailable", provider=self._label, status=status)
            raise provider_unavailable(self._label)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            self.distrust("unexpected answer", status=status)
        if status == 400 and isinstance(answer.get("error"), str):
            # Such as a code that was used already, or too late.
            raise refused_by_provider(self._label, answer["error"])
        if status != 200:
            self.distrust("unexpected answer", status=status)
        return answer

    def distrust(self, reason: str, **more: object) -> NoReturn:
        log.warning("sso_provider_failed", provider=self._label, reason=reason, **more)
        raise provider_failed(self._label)

    async def _answer(self, request: httpx.Request) -> tuple[int, bytes]:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MAX_BYTES:
                    self.distrust("answers more than it may")
        finally:
            await response.aclose()
        return response.status_code, bytes(body)


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749 2.3.1: both are encoded as in a form first."""
    said = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return f"Basic {base64.b64encode(said.encode()).decode()}"
