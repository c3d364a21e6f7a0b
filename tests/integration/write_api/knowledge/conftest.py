from __future__ import annotations

import pytest_asyncio

from tests.integration.write_api.conftest import SignIn, Someone


@pytest_asyncio.fixture(scope="session")
async def reviewer(sign_in: SignIn) -> Someone:
    """A second agent: nobody approves the own draft."""
    return await sign_in("agent")
