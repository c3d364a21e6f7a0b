"""A running Tidedesk as its callers know it: two APIs, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.words import word

PASSWORD = "correct-horse-battery-staple"
ADMIN_EMAIL = "admin@tests.example.com"

OpenClient = Callable[[Mapping[str, str]], httpx.AsyncClient]


@dataclass(frozen=True)
class Caller:
    """Somebody with two clients; nobody in particular if there is no token."""

    write: httpx.AsyncClient
    read: httpx.AsyncClient
    id: str = ""
    name: str = ""
    email: str = ""
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


class Desk:
    def __init__(self, open_write: OpenClient, open_read: OpenClient) -> None:
        self._open_write = open_write
        self._open_read = open_read
        self._clients: list[httpx.AsyncClient] = []
        self.anonymous = self.caller()

    def caller(self, token: str = "", **person: str) -> Caller:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        write, read = self._open_write(headers), self._open_read(headers)
        self._clients += [write, read]
        return Caller(write, read, token=token, **person)

    async def sign_in(self, email: str, password: str = PASSWORD, *, id: str = "", name: str = "") -> Caller:
        answer = await self.anonymous.write.post("/v1/sessions", json={"email": email, "password": password})
        session = expect(answer, 201)
        return self.caller(session["access_token"], id=id, name=name, email=email)

    async def register(self, admin: Caller, role: str, **fields: Any) -> Caller:
        """A new person with a name that nobody else has, signed in."""
        name = fields.pop("name", f"{role.title()} {word()}")
        email = fields.pop("email", f"{word()}@tests.example.com")
        body = {"name": name, "email": email, "role": role, "password": PASSWORD, **fields}
        created = expect(await admin.write.post("/v1/users", json=body), 201)
        return await self.sign_in(email, id=created["id"], name=name)

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()


def expect(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of an answer that has this status; any other answer is in the failure."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer} {answer.text}"
    body: dict[str, Any] = answer.json() if answer.content else {}
    return body


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The body of a refusal, which has the shape of all refusals."""
    body = expect(answer, status)
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert body["code"] == code, body
    assert body["status"] == status
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert {"type", "title", "detail"} <= set(body)
    return body


async def open_ticket(caller: Caller, **fields: Any) -> dict[str, Any]:
    body = {"subject": f"About {word()}", "body": "It does not work.", **fields}
    answer = await caller.write.post("/v1/tickets", json=body)
    return {**expect(answer, 201), "token": answer.headers["Consistency-Token"], "etag": answer.headers["ETag"]}


async def upload(caller: Caller, content: bytes, file_name: str = "stripes.png") -> dict[str, Any]:
    answer = await caller.write.post("/v1/attachments", params={"file_name": file_name}, content=content)
    return expect(answer, 201)


async def write_document(caller: Caller, **fields: Any) -> dict[str, Any]:
    body = {
        "title": f"About {word()}",
        "body": "Turn it *off* and on.",
        "locale": "en",
        "visibility": "public",
        **fields,
    }
    answer = await caller.write.post("/v1/documents", json=body)
    return {**expect(answer, 201), "token": answer.headers["Consistency-Token"], "etag": answer.headers["ETag"]}


async def step(caller: Caller, path: str, etag: str, **body: Any) -> httpx.Response:
    """A state step of something whose ETag the caller has."""
    return await caller.write.post(path, json=body, headers={"If-Match": etag})


async def publish_document(author: Caller, reviewer: Caller, **fields: Any) -> dict[str, Any]:
    """Draft, review by somebody else, published."""
    document = await write_document(author, **fields)
    etag, token = document["etag"], document["token"]
    for who, name in ((author, "submit"), (reviewer, "approve"), (author, "publish")):
        answer = await step(who, f"/v1/documents/{document['id']}/{name}", etag)
        expect(answer)
        etag, token = answer.headers["ETag"], answer.headers["Consistency-Token"]
    return {**document, "etag": etag, "token": token}


def waiting_for(token: str, wait_s: int = 5) -> dict[str, str]:
    return {"Consistency-Token": token, "Prefer": f"wait={wait_s}"}
