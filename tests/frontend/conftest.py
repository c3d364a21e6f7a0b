from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.browser import BrowserStack, Tools, browser_stack
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider

SPECS = Path(__file__).parent / "test_in_a_browser.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path == SPECS:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="package")
def tools() -> Tools:
    found = Tools.found()
    if isinstance(found, str):
        pytest.skip(found)
    found.install()
    return found


@pytest_asyncio.fixture(scope="package")
async def identity_provider() -> AsyncIterator[OidcProvider]:
    async with oidc_provider() as provider:
        provider.new_person(email="ines.ruiz@example.com")
        yield provider


@pytest_asyncio.fixture(scope="package")
async def stack(
    tools: Tools, identity_provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BrowserStack]:
    provider = {
        "name": "company",
        "label": "Company account",
        "issuer": identity_provider.issuer,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    }
    settings = {
        "TIDEDESK_SSO_PROVIDERS": json.dumps([provider]),
        # All that these tests do comes from one address.
        "TIDEDESK_RATE_LIMIT_LOGIN_PER_MINUTE": "1000",
        "TIDEDESK_RATE_LIMIT_ANONYMOUS_PER_MINUTE": "100000",
    }
    async with browser_stack(tools, tmp_path_factory.mktemp("browser") / "data", settings) as running:
        yield running
