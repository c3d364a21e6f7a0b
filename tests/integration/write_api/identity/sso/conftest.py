from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from runtime.settings import Settings
from runtime.sso_providers import SsoProvider
from tests.integration.write_api.identity.test_browser import Browser
from tests.support.asgi import client_for, running
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider
from write_api.bootstrap import create_app


class Desk:
    """A browser in front of a desk that takes people from the provider."""

    def __init__(self, client: httpx.AsyncClient, provider: OidcProvider) -> None:
        self.client = client
        self.provider = provider
        self.browser = Browser(client)

    def another_browser(self) -> Browser:
        return Browser(self.client)

    async def leave(self, return_to: str = "/tickets") -> str:
        """To the provider; answers the address by which it leads back."""
        answer = await self.browser.send("GET", f"/v1/sso/test/login?return_to={return_to}")
        assert answer.status_code == 303, answer.text
        return path_of(self.provider.visit(answer.headers["Location"]))

    async def come_in(self) -> httpx.Response:
        return await self.browser.send("GET", await self.leave())


class OpenDesk(Protocol):
    def __call__(self, **config: Any) -> AbstractAsyncContextManager[Desk]: ...


@pytest_asyncio.fixture
async def provider() -> AsyncIterator[OidcProvider]:
    async with oidc_provider() as opened:
        opened.new_person()
        yield opened


@pytest.fixture
def open_desk(settings: Settings, provider: OidcProvider) -> OpenDesk:
    @asynccontextmanager
    async def opened(**config: Any) -> AsyncIterator[Desk]:
        said = {"name": "test", "label": "Testers", "issuer": provider.issuer, "client_id": CLIENT_ID}
        known = SsoProvider(**{**said, "client_secret": CLIENT_SECRET, **config})
        changes = {"sso_providers": (known,), "cors_origins": ("https://desk.example.com",)}
        async with running(create_app(settings.copy(update=changes))) as app, client_for(app) as client:
            yield Desk(client, provider)

    return opened


@pytest_asyncio.fixture
async def desk(open_desk: OpenDesk) -> AsyncIterator[Desk]:
    async with open_desk() as opened:
        yield opened


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
