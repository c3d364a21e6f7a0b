"""Behind a proxy that takes the beginning of the path off, what we answer is good for who called the proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from pydantic import ValidationError

from runtime.public_path import PublicPath
from tests.unit.runtime.api import client_of, make_app, settings_of

PREFIX = "/api/commands"


@pytest_asyncio.fixture
async def behind() -> AsyncIterator[httpx.AsyncClient]:
    """Sends what the proxy sends: without the prefix."""
    async with client_of(make_app(settings_of(public_path=PREFIX))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "said", "expected"),
    [
        (b"location", b"/v1/tickets/1", b"/api/commands/v1/tickets/1"),
        # Of the origin, not of this API; somewhere else; what only looks like ours.
        (b"location", b"/reset-password", b"/reset-password"),
        (b"location", b"https://sso.example.com/v1/login", b"https://sso.example.com/v1/login"),
        (b"location", b"/v10/tickets", b"/v10/tickets"),
        (b"link", b'</v1/a?cursor=x>; rel="next"', b'</api/commands/v1/a?cursor=x>; rel="next"'),
        (
            b"link",
            b'</v1/a?q=%3C%2Fv1%2F&cursor=x>; rel="next", </v1/a?cursor=y>; rel="prev"',
            b'</api/commands/v1/a?q=%3C%2Fv1%2F&cursor=x>; rel="next", </api/commands/v1/a?cursor=y>; rel="prev"',
        ),
        (b"link", b'<https://example.com/v1/terms>; rel="terms"', b'<https://example.com/v1/terms>; rel="terms"'),
        (b"etag", b'"/v1/"', b'"/v1/"'),
    ],
)
def test_addresses_of_this_api_lead_through_the_proxy(name: bytes, said: bytes, expected: bytes) -> None:
    assert PublicPath(PREFIX).lead([(b"x-request-id", b"1"), (name, said)]) == [
        (b"x-request-id", b"1"),
        (name, expected),
    ]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/things/fail/problem", {}),
        ("/v1/nothing", {}),
        # Refused before any route.
        ("/v1/things", {"Host": "elsewhere.example.com"}),
    ],
)
async def test_a_problem_names_the_path_that_was_asked_for(
    behind: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await behind.get(path, headers=headers)
    assert answer.status_code >= 400
    assert answer.json()["instance"] == PREFIX + path


async def test_the_document_says_where_its_paths_begin(behind: httpx.AsyncClient, client: httpx.AsyncClient) -> None:
    assert (await behind.get("/openapi.json")).json()["servers"] == [{"url": PREFIX}]
    assert "servers" not in (await client.get("/openapi.json")).json()


async def test_a_path_that_still_has_the_prefix_leads_nowhere(behind: httpx.AsyncClient) -> None:
    """Else it would pass by the guards, which go by the path."""
    assert (await behind.get("/v1/things")).status_code == 200
    assert (await behind.get(f"{PREFIX}/v1/things")).status_code == 404


@pytest.mark.parametrize("path", ["api", "/", "/api/", "//api", "/api/<x>", "/api?x", "https://desk.example.com/api"])
def test_what_is_no_beginning_of_a_path_is_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        settings_of(public_path=path)
