"""A change that breaks callers is seen, one that does not is let through."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from documentation import contract
from documentation.breaking import breaking_changes
from documentation.openapi import documents

OLD: dict[str, Any] = {
    "paths": {
        "/v1/lamps": {
            "post": {
                "operationId": "light_lamp",
                "parameters": [{"in": "query", "name": "dry", "schema": {"type": "boolean"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/LampBody"}}},
                },
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}}}}
                },
            }
        }
    },
    "components": {
        "schemas": {
            "LampBody": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "maxLength": 20},
                    "colour": {"type": ["string", "null"], "enum": ["red", "green"]},
                    "shape": {"anyOf": [{"type": "object"}, {"type": "null"}]},
                    "watts": {"type": "integer", "minimum": 1},
                },
            },
            "Lamp": {
                "type": "object",
                "required": ["id"],
                "properties": {"id": {"type": "string"}, "parts": {"type": "array", "items": {"type": "string"}}},
            },
        }
    },
}
Change = Callable[[dict[str, Any], dict[str, Any], dict[str, Any]], object]


def changed(change: Change) -> list[str]:
    new = copy.deepcopy(OLD)
    schemas = new["components"]["schemas"]
    change(new["paths"], schemas["LampBody"], schemas["Lamp"])
    return breaking_changes(OLD, new)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda paths, body, answer: paths.clear(), "removed"),
        (lambda paths, body, answer: paths["/v1/lamps"]["post"].update(operationId="x"), "operationId was light_lamp"),
        (lambda paths, body, answer: paths["/v1/lamps"]["post"]["parameters"].clear(), "query parameter dry removed"),
        (
            lambda paths, body, answer: paths["/v1/lamps"]["post"]["parameters"][0].update(required=True),
            "query parameter dry is now required",
        ),
        (lambda paths, body, answer: paths["/v1/lamps"]["post"]["responses"].clear(), "no longer answers 201"),
        (lambda paths, body, answer: body["properties"].pop("watts"), "body/watts: removed"),
        (lambda paths, body, answer: body["required"].append("watts"), "body/watts: is now required"),
        (lambda paths, body, answer: body["properties"]["name"].update(maxLength=19), "maxLength was 20, is 19"),
        (lambda paths, body, answer: body["properties"]["watts"].update(minimum=2), "minimum was 1, is 2"),
        (lambda paths, body, answer: body["properties"]["name"].update(pattern="^a"), "pattern was open"),
        (lambda paths, body, answer: body["properties"]["watts"].update(type="string"), "type integer"),
        (lambda paths, body, answer: body["properties"]["colour"].update(enum=["red"]), "value green"),
        (lambda paths, body, answer: body["properties"]["colour"].update(type="string"), "type null"),
        (lambda paths, body, answer: body["properties"]["shape"]["anyOf"].pop(), "body/shape: type null"),
        (lambda paths, body, answer: answer["properties"].pop("id"), "answer 201/id: removed"),
        (lambda paths, body, answer: answer["required"].clear(), "answer 201/id: is no longer always there"),
        (lambda paths, body, answer: answer["properties"]["id"].update(type=["string", "null"]), "type null"),
        (lambda paths, body, answer: answer["properties"]["parts"]["items"].update(type="object"), "parts/*"),
    ],
)
def test_what_breaks_callers_is_said(change: Change, said: str) -> None:
    (found,) = changed(change)
    assert found.startswith("POST /v1/lamps: ")
    assert said in found


@pytest.mark.parametrize(
    "change",
    [
        lambda paths, body, answer: None,
        lambda paths, body, answer: paths.update({"/v1/bulbs": {}}),
        lambda paths, body, answer: body["properties"].update(shade={"type": "string"}),
        lambda paths, body, answer: body["properties"]["name"].update(maxLength=21),
        lambda paths, body, answer: body["properties"]["name"].pop("maxLength"),
        lambda paths, body, answer: body["properties"]["colour"]["enum"].append("blue"),
        lambda paths, body, answer: body["required"].clear(),
        lambda paths, body, answer: answer["properties"].update(shade={"type": "string"}),
        lambda paths, body, answer: answer["required"].append("parts"),
    ],
)
def test_what_breaks_nobody_is_let_through(change: Change) -> None:
    assert changed(change) == []


@pytest.mark.parametrize("name", documents())
def test_the_committed_documents_are_what_the_apis_say(name: str) -> None:
    assert contract.path(name).read_text(encoding="utf-8") == contract.rendered(documents()[name]), "run make openapi"


def test_the_command_says_what_it_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert contract.main([]) == contract.DONE
    present = documents()
    del present["command"]["paths"]["/v1/tickets"]["post"]
    monkeypatch.setattr(contract, "documents", lambda: present)
    assert contract.main([]) == contract.FOUND_A_PROBLEM
    assert "breaks callers: command API, POST /v1/tickets: removed" in capsys.readouterr().out


def test_the_command_refuses_what_it_does_not_know() -> None:
    assert contract.main(["--read"]) == contract.WRONG_USE
