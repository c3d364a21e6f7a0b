"""Runs after all others here: what they signed in with, or were given, is in no log, refusal, metric or event."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.support.desk import PASSWORD, Caller, expect
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word
from tests.support.world import World

TABLES = ("domain_events", "sign_in_failures", "outbox", "outbox_dead", "idempotency_keys")


@pytest.fixture
async def careless(served: Served, people: People) -> None:
    """Whatever people do with secrets, in the right places and in wrong ones."""
    email, admin, desk = f"{word()}@tests.example.com", people.admin, served.desk
    password, other = f"{word()}-{word()}-{word()}", f"{word()}-{word()}-{word()}"
    created = await admin.write.post(
        "/v1/users", json={"email": email, "name": word(), "role": "customer", "password": password}
    )
    person = expect(created, 201)
    session = expect(await post(desk.anonymous, "/v1/sessions", email=email, password=password), 201)
    refresh = session["refresh_token"]
    expect(await post(desk.anonymous, "/v1/sessions/refresh", refresh_token=refresh), 200)
    for wrong in (
        await post(desk.anonymous, "/v1/sessions", email=email, password=other),
        await post(desk.anonymous, "/v1/sessions", email=password, password=other),
        await post(desk.anonymous, "/v1/sessions", email=email, password=password, secret=other),
        await post(desk.anonymous, "/v1/sessions/refresh", refresh_token=refresh),
        await post(desk.anonymous, f"/v1/password-resets/{secrets.token_urlsafe(32)}", password=password),
        await post(admin, "/v1/users", email=f"{word()}@example.com", name=word(), password="short" + word()[:5]),
        await desk.anonymous.write.post(
            "/v1/sessions",
            content=f'{{"password": "{password}", "password": "{password}"}}',
            headers={"Content-Type": "application/json"},
        ),
        await admin.write.post(f"/v1/sessions?access_token={session['access_token']}", json={"password": password}),
    ):
        assert 400 <= wrong.status_code < 500, wrong.text
    for header in (f"Bearer {secrets.token_urlsafe(48)}", f"Basic {secrets.token_urlsafe(48)}", secrets.token_hex(20)):
        for client in (desk.anonymous.write, desk.anonymous.read):
            answer = await client.get(
                "/v1/sessions", headers={"Authorization": header, "Cookie": f"sid={word()}{word()}"}
            )
            assert 400 <= answer.status_code < 500
    changed = await admin.write.patch(
        f"/v1/users/{person['id']}", json={"password": other}, headers={"If-Match": created.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text


async def post(caller: Caller, path: str, **body: Any) -> Any:
    return await caller.write.post(path, json=body)


async def test_none_of_them_is_anywhere(served: Served, served_world: World, people: People, careless: None) -> None:
    settings, witness = served.settings, served.witness
    hidden = witness.secrets | {settings.token_secret.get_secret_value(), settings.cursor_secret.get_secret_value()}
    assert PASSWORD in hidden and people.admin.token in hidden
    assert len(hidden) > 20 and len(witness.refusals) > 10
    places = {
        **{one.name: one.log() for one in (served.write_api, served.read_api, served.projector)},
        "refusals": "\n".join(witness.refusals),
        "metrics of the write API": (await people.anonymous.write.get("/metrics")).text,
        "metrics of the read API": (await people.anonymous.read.get("/metrics")).text,
        "the audit log": await whole_audit_log(people.admin),
    }
    for table in TABLES:
        rows = await served_world.pool.fetch(f"SELECT to_jsonb(t)::text AS line FROM {table} AS t")
        places[table] = "\n".join(row["line"] for row in rows)
    assert all(places[name] for name in ("write_api", "refusals", "the audit log", "domain_events", "sign_in_failures"))
    assert list(found(places, hidden)) == []


async def whole_audit_log(admin: Caller) -> str:
    texts, cursor = [], None
    while True:
        params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
        page = await admin.read.get("/v1/audit", params=params)
        texts.append(page.text)
        cursor = expect(page)["next"]
        if cursor is None:
            return "\n".join(texts)


def found(places: Mapping[str, str], hidden: set[str]) -> Iterator[str]:
    """Where, and of the secret only as much as is needed to know it again."""
    for name, text in places.items():
        for secret in hidden:
            place = text.find(secret)
            if place >= 0:
                yield f"{name}: …{text[max(0, place - 120) : place]}{secret[:4]}…"
