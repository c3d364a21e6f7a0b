"""No body says what only the server decides: who somebody is, whose it is, which version it has, when it was made."""

from __future__ import annotations

from typing import Any

from runtime.settings import Settings
from tests.integration.access.policy_write import WRITE
from tests.integration.access.scene import set_scene
from tests.integration.access.test_matrix import ask
from tests.support.desk import problem
from tests.support.house import House
from write_api.bootstrap import create_app

FIELDS = (
    *("id", "tenant_id", "role", "is_admin", "user_id", "author_id", "actor_id", "created_by", "updated_by"),
    *("version", "number", "created_at", "updated_at", "deleted", "external_id", "message_count", "session_id"),
)


def declared() -> dict[str, set[str]]:
    """The fields of each route that takes JSON; a file has none."""
    document = create_app(Settings(environment="test")).openapi()
    fields = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody", {"content": {}})["content"].get("application/json")
            if body is not None:
                fields[f"write {method.upper()} {path}"] = _properties(body["schema"], document)
    return fields


def _properties(schema: dict[str, Any], document: dict[str, Any]) -> set[str]:
    if "$ref" in schema:
        return _properties(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    parts = (_properties(part, document) for kind in ("allOf", "anyOf", "oneOf") for part in schema.get(kind, ()))
    return set(schema.get("properties", ())).union(*parts)


async def test_a_field_of_the_server_is_refused_wherever_a_body_is_taken(house: House) -> None:
    scene = await set_scene(house)
    rows = {row.route: row for row in reversed(WRITE) if row.body is not None}
    count = "SELECT count(*) FROM domain_events"
    before = await house.world.pool.fetchval(count)
    asked = 0
    for route, known in declared().items():
        row = rows[route]
        for name in (field for field in FIELDS if field not in known):
            body = {**row.body, name: "01920000-0000-7000-8000-000000000000"}
            answer = await ask(row.with_body(body), scene, "admin")
            assert answer.status_code == 422, f"{route} takes {name}: {answer.text}"
            refusal = problem(answer, 422, "request.invalid")
            assert {"/" + name} <= {error["pointer"] for error in refusal["errors"]}, (route, name)
            asked += 1
    assert asked > 300
    assert await house.world.pool.fetchval(count) == before
