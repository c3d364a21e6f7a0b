"""Corrects what pydantic v1 writes for OpenAPI 3.1, where null is a type of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from inspect import cleandoc
from typing import Any, Union

from fastapi.openapi.utils import get_fields_from_routes
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import MAPPING_LIKE_SHAPES, ModelField
from pydantic.schema import get_flat_models_from_fields, get_model_name_map
from starlette.routing import BaseRoute

from runtime.types import MAX_BIGINT, PatchModel, StrictModel

Schema = dict[str, Any]
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
# Said of base classes, not of the model at hand.
INHERITED = frozenset(cleandoc(base.__doc__ or "") for base in (PatchModel, StrictModel, Enum)) | {"An enumeration."}
NULL: Schema = {"type": "null"}
ANNOTATIONS = ("title", "description", "default", "examples", "deprecated")


def correct_schemas(schemas: dict[str, Schema], routes: Sequence[BaseRoute]) -> None:
    fields: list[Any] = list(get_fields_from_routes(routes))
    names = get_model_name_map(get_flat_models_from_fields(fields, known_models=set()))
    answered = _models_of([route.response_field for route in _api_routes(routes)])
    taken = _models_of([route.body_field for route in _api_routes(routes)])
    for model, name in names.items():
        if schemas.get(name, {}).get("description") in INHERITED:
            del schemas[name]["description"]
        if issubclass(model, BaseModel) and name in schemas:
            _correct_model(schemas[name], model)
            if model in answered and model not in taken:
                # Answers are written with every field, also where it has a default.
                schemas[name]["required"] = list(schemas[name].get("properties", {}))


def integer_bounds_as_integers(node: Any) -> None:
    """The framework writes all bounds as floats, and the largest bigint is none."""
    for found in _objects(node):
        if found.get("type") in ("integer", ["integer", "null"]):
            for bound in set(BOUNDS) & set(found):
                found[bound] = max(min(int(found[bound]), MAX_BIGINT), -MAX_BIGINT)


def examples_as_lists(node: Any) -> None:
    """`example` is no keyword of JSON Schema; `examples` is. Reaches every schema of the document."""
    for found in _objects(node):
        if "example" in found and "examples" not in found and ("type" in found or "$ref" in found or "allOf" in found):
            found["examples"] = [found.pop("example")]


def _correct_model(schema: Schema, model: type[BaseModel]) -> None:
    properties = schema.get("properties", {})
    for field in model.__fields__.values():
        if field.alias not in properties:
            continue
        _correct_items(properties[field.alias], field)
        if _takes_null(field, model):
            properties[field.alias] = nullable(properties[field.alias])


def _takes_null(field: ModelField, model: type[BaseModel]) -> bool:
    if issubclass(model, PatchModel):
        return field.name in model.clearable
    return field.allow_none


def _correct_items(schema: Schema, field: ModelField) -> None:
    item = field.sub_fields[0] if field.sub_fields and len(field.sub_fields) == 1 else None
    if item is None or not item.allow_none:
        return
    key = "additionalProperties" if field.shape in MAPPING_LIKE_SHAPES else "items"
    if isinstance(schema.get(key), dict):
        schema[key] = nullable(schema[key])


def nullable(schema: Schema) -> Schema:
    described = {name: value for name, value in schema.items() if name in ANNOTATIONS}
    constraints = {name: value for name, value in schema.items() if name not in ANNOTATIONS}
    if not constraints:
        return schema
    if isinstance(constraints.get("type"), str) and not {"enum", "const"} & set(constraints):
        return {**schema, "type": [constraints["type"], "null"]}
    if set(constraints) == {"anyOf"}:
        return {**described, "anyOf": [*constraints["anyOf"], NULL]}
    if set(constraints) == {"allOf"} and len(constraints["allOf"]) == 1:
        constraints = constraints["allOf"][0]
    return {**described, "anyOf": [constraints, NULL]}


def _api_routes(routes: Sequence[BaseRoute]) -> list[APIRoute]:
    return [route for route in routes if isinstance(route, APIRoute) and route.include_in_schema]


def _models_of(fields: Sequence[Any]) -> set[Union[type[BaseModel], type[Enum]]]:
    return get_flat_models_from_fields([field for field in fields if field is not None], known_models=set())


def _objects(node: Any) -> Iterator[Schema]:
    open_nodes = [node]
    while open_nodes:
        current = open_nodes.pop()
        if isinstance(current, dict):
            yield current
            open_nodes.extend(current.values())
        elif isinstance(current, list):
            open_nodes.extend(current)
