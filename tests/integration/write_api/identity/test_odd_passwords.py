"""Whatever somebody types, the answer is a plain refusal; and how long it takes tells nobody who exists."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from statistics import median

import httpx
import pytest
import pytest_asyncio

from domain.shared.ids import uuid7
from runtime.settings import Settings
from tests.integration.write_api.conftest import Someone
from tests.integration.write_api.identity.conftest import PASSWORD, Door, Member, bearer
from tests.support.asgi import client_for, running
from write_api.bootstrap import create_app

SAMPLES = 200
# JSON as it travels, so that also what is no text gets there.
ODD = {
    "72 bytes": '"' + "x" * 72 + '"',
    "73 bytes": '"' + "x" * 73 + '"',
    "a megabyte": '"' + "x" * 1_000_000 + '"',
    "more than a body may have": '"' + "x" * 1_100_000 + '"',
    "18 emoji": '"' + "\U0001f512" * 18 + '"',
    "19 emoji": '"' + "\U0001f512" * 19 + '"',
    "NUL": '"long enough\\u0000to be taken"',
    "half a surrogate pair": '"long enough to be taken \\ud800"',
    "combining marks": '"' + "e\u0301" * 128 + '"',
    "one that grows when it is normalised": '"' + "\ufdfa" * 256 + '"',
    "empty": '""',
    "null": "null",
    "a number": "10000000000000000",
    "a list": '["a long enough password"]',
    "right to left": '"\u202egnol hguone eb ot\u202c"',
}


@pytest.mark.parametrize("name", ODD)
async def test_no_password_breaks_anything(door: Door, member: Member, admin: Someone, name: str) -> None:
    user, password = await member(), ODD[name]
    signed_in = await door.sign_in(user.email)
    email = f'"email": "{user.email}"'
    new_user = f'"name": "N", "email": "{uuid7()}@example.com", "role": "customer"'
    requests = {
        "/v1/sessions": (f'{{{email}, "password": {password}}}', {}),
        "/v1/users": (f'{{{new_user}, "password": {password}}}', dict(admin.client.headers)),
        "/v1/password-resets/x": (f'{{"password": {password}}}', {}),
        "/v1/users/me/password": (
            f'{{"current_password": {password}, "password": "a heron in the garden"}}',
            bearer(signed_in),
        ),
        "/v1/users/me/password?": (
            f'{{"current_password": "{PASSWORD}", "password": {password}}}',
            bearer(signed_in),
        ),
    }
    for path, (body, headers) in requests.items():
        sent = {"Content-Type": "application/json", "Authorization": headers.get("Authorization", "")}
        sent = {header: value for header, value in sent.items() if value}
        answer = await door.client.post(path.rstrip("?"), content=body.encode(), headers=sent)
        # Some of them are good ones.
        assert answer.status_code in (200, 201, 401, 404, 413, 422), f"{path}: {answer.text[:300]}"
        if answer.status_code == 200:
            signed_in = answer.json()


@pytest_asyncio.fixture
async def slow_door(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """Where checking a password is most of the work, as it is in production."""
    changes = {"rate_limit_enabled": False, "bcrypt_rounds": 8}
    async with running(create_app(settings.copy(update=changes))) as app, client_for(app) as client:
        yield client


@pytest.mark.timeout(300)
async def test_how_long_it_takes_tells_nobody_who_exists(
    slow_door: httpx.AsyncClient, admin: Someone, member: Member
) -> None:
    known, gone = f"{uuid7()}@example.com", await member()
    person = {"name": "N", "email": known, "role": "customer", "password": PASSWORD}
    # With a hash of the same cost as the one of nobody.
    headers = {"Authorization": admin.client.headers["Authorization"]}
    assert (await slow_door.post("/v1/users", json=person, headers=headers)).status_code == 201
    left = await admin.client.patch(f"/v1/users/{gone.id}", json={"active": False}, headers={"If-Match": "*"})
    assert left.status_code == 200
    tries = {
        "wrong password": known,
        "nobody": f"{uuid7()}@example.com",
        "somebody who left": gone.email,
        "no address at all": "not an address",
    }
    times_s: dict[str, list[float]] = {name: [] for name in tries}
    while True:
        # In turns, so that a busy moment of the machine meets all of them.
        for _ in range(SAMPLES):
            for name, email in tries.items():
                started_at = time.perf_counter()
                answer = await slow_door.post("/v1/sessions", json={"email": email, "password": "wrong horse battery"})
                times_s[name].append(time.perf_counter() - started_at)
                assert (answer.status_code, answer.json()["code"]) == (401, "session.credentials_wrong")
        medians_s = {name: median(samples) for name, samples in times_s.items()}
        within = max(medians_s.values()) <= 1.1 * min(medians_s.values())
        if within or len(times_s["nobody"]) >= 3 * SAMPLES:
            break
    assert within, medians_s
