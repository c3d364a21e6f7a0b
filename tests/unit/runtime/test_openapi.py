from __future__ import annotations

from typing import Any

import pytest
from fastapi import APIRouter

from runtime.app import build_api
from runtime.json_body import StrictJSONRoute
from runtime.openapi_schemas import nullable
from runtime.response_headers import HEADERS
from runtime.types import MAX_BIGINT
from tests.unit.runtime import api
from tests.unit.runtime.api import make_app, settings_of


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return make_app(success_headers={"GET": ("Freshness",)}).openapi()


@pytest.fixture(scope="module")
def schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_it_is_openapi_3_1_with_the_function_names_as_operation_ids(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    ids = {operation["operationId"] for item in document["paths"].values() for operation in item.values()}
    assert ids == {"make_thing", "list_things", "change_thing", "remove_thing", "poke_things", "fail"}
    assert not {"/livez", "/metrics"} & set(document["paths"])


def test_what_may_be_null_says_so(schemas: dict[str, Any]) -> None:
    thing = schemas["Thing"]["properties"]
    null = {"type": "null"}
    assert thing["name"]["type"] == "string"
    assert thing["kind"]["type"] == ["string", "null"]
    assert thing["colour"]["anyOf"] == [{"$ref": "#/components/schemas/Colour"}, null]
    assert thing["main_part"]["anyOf"] == [{"$ref": "#/components/schemas/Part"}, null]
    assert thing["parts"]["items"]["anyOf"] == [{"$ref": "#/components/schemas/Part"}, null]
    assert thing["notes"]["additionalProperties"]["type"] == ["string", "null"]
    assert schemas["NewThing"]["properties"]["email"]["type"] == ["string", "null"]


def test_a_patch_takes_null_only_where_it_clears(schemas: dict[str, Any]) -> None:
    patch = schemas["ThingPatch"]["properties"]
    assert patch["name"]["type"] == "string" and "anyOf" in patch["colour"]


def test_answers_have_all_their_fields_and_requests_need_not(schemas: dict[str, Any]) -> None:
    assert set(schemas["Thing"]["required"]) == set(schemas["Thing"]["properties"])
    assert schemas["Part"]["required"] == ["label"]
    assert schemas["NewThing"]["required"] == ["name"] and "required" not in schemas["ThingPatch"]


def test_bounds_of_whole_numbers_are_whole_numbers(schemas: dict[str, Any]) -> None:
    size = schemas["NewThing"]["properties"]["size"]
    assert size["maximum"] == MAX_BIGINT and isinstance(size["maximum"], int)


def test_examples_and_descriptions_are_those_of_the_model(schemas: dict[str, Any]) -> None:
    assert schemas["NewThing"]["properties"]["name"]["examples"] == ["Lamp"]
    assert schemas["Thing"]["properties"]["kind"]["examples"] == ["lamp"]
    assert schemas["Thing"]["description"] == "Something."
    assert "description" not in schemas["ThingPatch"] and "description" not in schemas["NewThing"]


def test_every_refusal_is_documented_as_a_problem(document: dict[str, Any]) -> None:
    paths = document["paths"]
    make, change = paths["/v1/things"]["post"], paths["/v1/things/{thing_id}"]["patch"]
    assert {"201", "400", "409", "413", "415", "422", "429", "431", "500", "503"} == set(make["responses"])
    assert {"401", "404"} <= set(change["responses"])
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for item in paths.values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                assert status < "400" or response["content"] == problem
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_security_tells_required_from_optional(document: dict[str, Any]) -> None:
    thing = document["paths"]["/v1/things/{thing_id}"]
    assert thing["delete"]["security"] == [{"bearer": []}, {"browser": []}]
    assert thing["patch"]["security"] == [{}, {"bearer": []}, {"browser": []}]
    assert "security" not in document["paths"]["/v1/things"]["post"]
    assert list(document["components"]["securitySchemes"]) == ["bearer", "browser"]


def test_headers_are_documented_where_they_occur(document: dict[str, Any]) -> None:
    listing = document["paths"]["/v1/things"]["get"]["responses"]
    assert {"X-Request-ID", "RateLimit", "Freshness"} <= set(listing["200"]["headers"])
    assert "Freshness" not in listing["429"]["headers"] and "Retry-After" in listing["429"]["headers"]
    assert set(document["components"]["headers"]) == set(HEADERS)


def test_a_patch_may_come_as_merge_patch(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/things/{thing_id}"]["patch"]["requestBody"]["content"]
    assert content["application/merge-patch+json"] == content["application/json"]


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for child in node.values() for found in references(child)]
        return [found for child in node for found in references(child)] if isinstance(node, list) else []

    for reference in references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, {}),
        ({"title": "Any"}, {"title": "Any"}),
        ({"enum": ["a"], "type": "string"}, {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]}),
        ({"anyOf": [{"type": "string"}]}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"title": "T", "allOf": [{"$ref": "#/x"}]}, {"title": "T", "anyOf": [{"$ref": "#/x"}, {"type": "null"}]}),
    ],
)
def test_nullable(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert nullable(schema) == expected


def test_two_routes_of_one_name_are_refused_at_start() -> None:
    router = APIRouter(route_class=StrictJSONRoute)
    router.add_api_route("/a", api.poke_things)
    router.add_api_route("/b", api.poke_things)
    with pytest.raises(ValueError, match="poke_things"):
        build_api("Twice", settings_of(), api.lifespan, [router], {}, [])


def test_a_body_outside_the_strict_routes_is_refused_at_start() -> None:
    router = APIRouter()
    router.add_api_route("/lax", api.make_thing, methods=["POST"])
    with pytest.raises(ValueError, match="StrictJSONRoute"):
        build_api("Lax", settings_of(), api.lifespan, [router], {}, [])
