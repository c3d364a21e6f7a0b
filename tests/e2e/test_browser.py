"""One sign-in in a browser is good for both APIs of a host, and only for what our own pages ask."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest

from runtime.cookies import ACCESS, CSRF, REFRESH
from tests.support.desk import PASSWORD, expect, problem
from tests.support.people import People
from tests.support.served import Served


async def cookies_of(served: Served, people: People) -> dict[str, str]:
    body = {"email": people.agent.email, "password": PASSWORD, "mode": "browser"}
    headers = {"Origin": served.write_url, "Sec-Fetch-Site": "same-origin"}
    answer = await people.anonymous.write.post("/v1/sessions", json=body, headers=headers)
    expect(answer, 201)
    jar: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    assert set(jar) == {ACCESS, REFRESH, CSRF}
    assert all(jar[name]["secure"] and jar[name]["path"] == "/" for name in jar)
    return {name: morsel.value for name, morsel in jar.items()}


async def test_the_cookie_opens_both_apis(served: Served, people: People) -> None:
    cookies = await cookies_of(served, people)
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    own = {**sent, "Origin": served.write_url, "X-CSRF-Token": cookies[CSRF]}
    ticket = {"subject": "Printer", "body": "Stripes."}
    opened = expect(await people.anonymous.write.post("/v1/tickets", json=ticket, headers=own), 201)

    listed = expect(await people.anonymous.read.get("/v1/tickets", headers=sent))
    assert listed["items"] is not None
    assert (await people.anonymous.read.get(f"/v1/tickets/{opened['id']}", headers=sent)).status_code in (200, 404)
    assert (await people.anonymous.write.delete("/v1/sessions/current", headers=own)).status_code == 204
    problem(await people.anonymous.read.get("/v1/tickets", headers=sent), 401, "token.invalid")
    problem(await people.anonymous.write.get("/v1/sessions", headers=sent), 401, "token.invalid")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example"])
async def test_another_site_does_nothing_with_it(served: Served, people: People, origin: str | None) -> None:
    cookies = await cookies_of(served, people)
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    said = {**sent, **({} if origin is None else {"Origin": origin})}
    bodies: list[tuple[str, bytes]] = [
        ("application/json", b'{"subject": "S", "body": "B"}'),
        ("text/plain", b'{"subject": "S", "body": "B"}'),
        ("application/x-www-form-urlencoded", b"subject=S&body=B"),
    ]
    for content_type, content in bodies:
        headers = {**said, "Content-Type": content_type}
        answer = await people.anonymous.write.post("/v1/tickets", content=content, headers=headers)
        problem(answer, 403, "csrf.origin_refused")
