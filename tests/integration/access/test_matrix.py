"""Every route of both APIs, asked by everybody for their own and for others' things, against one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from read_api.bootstrap import create_app as create_read_app
from runtime.settings import Settings
from tests.integration.access.policy import WHO, Row
from tests.integration.access.policy_read import READ
from tests.integration.access.policy_write import WRITE
from tests.integration.access.scene import Scene, set_scene, unpublish
from tests.support.house import House
from write_api.bootstrap import create_app as create_write_app

METHODS = ("get", "put", "post", "patch", "delete")


def routes() -> set[str]:
    settings = Settings(environment="test")
    documents = {"write": create_write_app(settings).openapi(), "read": create_read_app(settings).openapi()}
    return {
        f"{api} {method.upper()} {path}"
        for api, document in documents.items()
        for path, operations in document["paths"].items()
        for method in operations
        if method in METHODS
    }


def test_the_table_has_every_route_and_no_other() -> None:
    named = {row.route for row in (*WRITE, *READ)}
    assert routes() - named == set(), "say in the table who may do this"
    assert named - routes() == set(), "the table names what is not there"


def test_every_row_has_an_answer_for_everybody() -> None:
    known = {"401", "403", "404", "422", "in", "shows", "hides"}
    for row in (*WRITE, *READ):
        answers = row.answers.split()
        assert len(answers) == len(WHO) and known.issuperset(answers), row
        assert bool(row.about) == bool({"shows", "hides"}.intersection(answers)), row


async def test_who_may_read_what(house: House) -> None:
    scene = await set_scene(house)
    await house.drain()
    await check(READ, scene)


async def test_an_api_token_reads_what_its_user_reads(house: House) -> None:
    scene = await set_scene(house)
    await house.drain()
    await check(READ, await scene.with_api_tokens(house))


async def test_who_may_change_what(house: House) -> None:
    scene = await set_scene(house)
    await unpublish(house.admin, scene)
    await check(WRITE, scene)


async def check(rows: Iterable[Row], scene: Scene) -> None:
    wrong = []
    for row in rows:
        for who in WHO:
            answer = await ask(row, scene, who)
            wanted = row.answer_to(who)
            if not is_as(wanted, answer, scene.resolved(row.about, who)):
                code = answer.json().get("code") if answer.status_code >= 400 else ""
                wrong.append(f"{row.route}, {row.what}, {who}: {wanted}, but {answer.status_code} {code}")
    if wrong:
        pytest.fail("\n".join(wrong))


async def ask(row: Row, scene: Scene, who: str) -> httpx.Response:
    api, method, path = row.route.split()
    caller = scene.callers[who]
    client = caller.write if api == "write" else caller.read
    more: dict[str, Any] = {}
    if isinstance(row.body, bytes):
        more["content"] = row.body
    elif row.body is not None:
        more["json"] = scene.resolved(row.body, who)
    if row.query:
        more["params"] = scene.resolved(row.query, who)
    # Whatever version there is: this is not about conflicts.
    headers = {"If-Match": "*"} if api == "write" else {}
    return await client.request(method, path.format(**scene.resolved(row.path, who)), headers=headers, **more)


def is_as(wanted: str, answer: httpx.Response, about: str) -> bool:
    let_in = answer.is_success or answer.status_code == 409
    if wanted in ("shows", "hides"):
        return answer.is_success and (about in answer.text) is (wanted == "shows")
    return let_in if wanted == "in" else str(answer.status_code) == wanted
