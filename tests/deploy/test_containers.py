"""The containers as they are set up: one after the other, behind Kong's routes, on stores that ask for passwords."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import asyncpg
import httpx
import pytest
import pytest_asyncio
from asyncpg.exceptions import InsufficientPrivilegeError, InvalidPasswordError

from runtime.cookies import ACCESS, CSRF, REFRESH
from tests.deploy.stack import PORTS, Stack
from tests.deploy.through_kong import FORWARDED, FROM_HERE, ORIGIN, ThroughKong
from tests.support.desk import PASSWORD, expect, problem, waiting_for
from tests.support.eventually import eventually
from tests.support.files import PNG

ADMIN = "ada@example.org"


@pytest_asyncio.fixture(scope="module")
async def kong(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=ThroughKong(stack), base_url=ORIGIN, timeout=30) as client:
        yield client


@pytest_asyncio.fixture(scope="module")
async def admin(stack: Stack, kong: httpx.AsyncClient) -> dict[str, str]:
    """Made as docs/docker.md says; the headers of somebody who is signed in."""
    command = ("python", "-m", "stack", "create-admin", "--email", ADMIN, "--name", "Ada Lind")
    code, said = await stack.run("write_api", *command, TIDEDESK_ADMIN_PASSWORD=PASSWORD)
    assert code == 0, said
    answer = await kong.post("/api/commands/v1/sessions", json={"email": ADMIN, "password": PASSWORD})
    session = expect(answer, 201)
    return {"Authorization": f"Bearer {session['access_token']}"}


async def test_every_container_finds_itself_healthy(stack: Stack) -> None:
    for name in PORTS:
        assert await stack.is_healthy(name)


async def test_a_health_check_sees_what_is_gone(stack: Stack) -> None:
    words = stack.containers["write_api"].healthcheck
    code, said = await stack.run("write_api", *words[:-1], "http://127.0.0.1:9/readyz")
    assert code == 1 and "does not answer" in said
    code, said = await stack.run("write_api", *words[:-1], f"http://{stack.address_of('write_api:8000')}/nothing")
    assert code == 1 and said.startswith("404")
    assert (await stack.run("write_api", *words[:-1]))[0] == 2


async def test_a_ticket_is_opened_and_found(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    body = {"subject": "The foghorn is silent", "body": "No sound since the storm."}
    opened = await kong.post("/api/commands/v1/tickets", json=body, headers=admin)
    ticket = expect(opened, 201)
    assert opened.headers["Location"] == f"/api/commands/v1/tickets/{ticket['id']}"

    seen = waiting_for(opened.headers["Consistency-Token"])
    found = await kong.get("/api/queries/v1/search/tickets?q=foghorn", headers={**admin, **seen})
    assert [hit["id"] for hit in expect(found)["items"]] == [ticket["id"]]

    changed = {"priority": "high"}
    headers = {**admin, "If-Match": opened.headers["ETag"]}
    expect(await kong.patch(opened.headers["Location"], json=changed, headers=headers))
    # The same address under the other prefix reads it.
    shown = opened.headers["Location"].replace("/api/commands/", "/api/queries/")
    assert expect(await kong.get(shown, headers=admin))["id"] == ticket["id"]


async def test_links_to_further_pages_lead_through_kong(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    token = ""
    for number in range(3):
        body = {"subject": f"Lamp {number}", "body": "It flickers."}
        token = (await kong.post("/api/commands/v1/tickets", json=body, headers=admin)).headers["Consistency-Token"]
    answer = await kong.get("/api/queries/v1/tickets?limit=1", headers={**admin, **waiting_for(token)})
    first = expect(answer)["items"]
    following = answer.links["next"]["url"]
    assert following.startswith("/api/queries/v1/tickets?")
    second = expect(await kong.get(following, headers=admin))["items"]
    assert first != second and len(second) == 1


async def test_problems_name_the_address_that_was_asked_for(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for path in ("/api/queries/v1/tickets/999999", "/api/commands/v1/nothing"):
        answer = await kong.get(path, headers=admin)
        assert answer.status_code == 404 and answer.json()["instance"] == path
    refused = await kong.get("/api/queries/v1/tickets", headers={"Host": "elsewhere.example.com"})
    assert problem(refused, 400, "host.refused")["instance"] == "/api/queries/v1/tickets"


async def test_the_documentation_calls_the_right_addresses(kong: httpx.AsyncClient) -> None:
    for prefix in ("/api/commands", "/api/queries"):
        assert (await kong.get(f"{prefix}/docs")).status_code == 200
        # The page asks for both beside itself.
        assert (await kong.get(httpx.URL(ORIGIN + f"{prefix}/docs").join("docs/start.js"))).status_code == 200
        document = expect(await kong.get(httpx.URL(ORIGIN + f"{prefix}/docs").join("openapi.json")))
        assert document["servers"] == [{"url": prefix}]
        path = next(path for path in document["paths"] if "{" not in path)
        assert (await kong.get(prefix + path)).status_code != 404


async def test_a_browser_signs_in_once_for_both(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    body = {"email": ADMIN, "password": PASSWORD, "mode": "browser"}
    answer = await kong.post("/api/commands/v1/sessions", json=body, headers={"Origin": ORIGIN})
    expect(answer, 201)
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    assert set(jar) == {ACCESS, REFRESH, CSRF} and {morsel["path"] for morsel in jar.values()} == {"/"}
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
    expect(await kong.get("/api/queries/v1/tickets", headers={"Cookie": cookies}))
    own = {"Cookie": cookies, "Origin": ORIGIN, "X-CSRF-Token": jar[CSRF].value}
    ticket = {"subject": "Buoy", "body": "It drifts."}
    expect(await kong.post("/api/commands/v1/tickets", json=ticket, headers=own), 201)
    foreign = {**own, "Origin": "http://localhost:9999"}
    problem(await kong.post("/api/commands/v1/tickets", json=ticket, headers=foreign), 403, "csrf.origin_refused")


async def test_a_file_is_sent_and_fetched(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    """Written by one container, read by another from the same volume."""
    sent = await kong.post(
        "/api/commands/v1/attachments", params={"file_name": "stripes.png"}, content=PNG, headers=admin
    )
    file_id = expect(sent, 201)["id"]
    ticket = {"subject": "Stripes", "body": "See the picture.", "attachment_ids": [file_id]}
    opened = await kong.post("/api/commands/v1/tickets", json=ticket, headers=admin)
    expect(opened, 201)
    seen = waiting_for(opened.headers["Consistency-Token"])
    fetched = await kong.get(f"/api/queries/v1/attachments/{file_id}", headers={**admin, **seen})
    assert fetched.status_code == 200 and fetched.content == PNG


async def test_callers_are_known_by_their_own_address(kong: httpx.AsyncClient, admin: dict[str, str]) -> None:
    """Not by that of Kong, which is trusted to tell, and not by what they say themselves."""
    expected = FORWARDED.split(", ")[-1]

    async def listed() -> list[str]:
        entries = expect(await kong.get("/api/queries/v1/audit", headers=admin))["items"]
        return [entry["ip_address"] for entry in entries if entry["ip_address"] is not None]

    addresses = await eventually(listed, 30)
    # Somebody may have signed in at this machine meanwhile.
    assert expected in addresses and set(addresses) <= {expected, FROM_HERE}


async def test_the_processes_sign_in_by_password_and_cannot_change_the_audit_log(stack: Stack) -> None:
    url = stack.environment("write_api")["TIDEDESK_DATABASE_URL"]
    connection = await asyncpg.connect(url)
    try:
        assert await connection.fetchval("SELECT current_user") == "tidedesk_app"
        with pytest.raises(InsufficientPrivilegeError):
            await connection.execute("DELETE FROM domain_events")
    finally:
        await connection.close()
    for wrong in (url.replace("tidedesk_app:", "tidedesk_app:0"), url.replace("tidedesk_app:", "tidedesk:")):
        with pytest.raises(InvalidPasswordError):
            await asyncpg.connect(wrong)


async def test_migrating_again_changes_the_password_and_nothing_else(stack: Stack) -> None:
    """As after a new password in .env, with `docker compose up -d`; of a role that no process is signed in as."""
    environment = stack.environment("migrations")
    owner = await asyncpg.connect(environment["TIDEDESK_MIGRATION_DATABASE_URL"])
    await owner.execute("CREATE ROLE somebody LOGIN PASSWORD 'before'")
    await owner.close()
    before = environment["TIDEDESK_DATABASE_URL"].replace("//tidedesk_app:", "//somebody:")
    before = before.replace(before.split(":")[2].split("@")[0], "before")
    after = before.replace(":before@", ":it%27s-after@")
    code, said = await stack.run("migrations", *stack.command("migrations"), TIDEDESK_DATABASE_URL=after)
    assert code == 0 and "somebody" in said and "after" not in said
    await (await asyncpg.connect(after)).close()
    with pytest.raises(InvalidPasswordError):
        await asyncpg.connect(before)
