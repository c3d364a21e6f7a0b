"""One OpenAPI 3.1 document that the real answers obey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.schema import model_process_schema

from runtime import response_headers
from runtime.bearer import OPTIONAL_SCHEME, SCHEME
from runtime.cookies import ACCESS, CSRF_HEADER
from runtime.guards.content_type import JSON, MERGE_PATCH
from runtime.openapi_schemas import correct_schemas, examples_as_lists, integer_bounds_as_integers
from runtime.problem_schema import Problem, ProblemItem, problem_documentation

METHODS = ("get", "put", "post", "delete", "patch")
GENERATED_BY_FRAMEWORK = ("HTTPValidationError", "ValidationError")
REFERENCE = "#/components/schemas/"
COOKIE_SCHEME = "browser"
_COOKIE = f"Of a browser that signed in with `mode`. Everything but GET needs {CSRF_HEADER}, and an Origin of ours."

SuccessHeaders = Mapping[str, Sequence[str]]


def operation_id(route: APIRoute) -> str:
    return route.name


def install_openapi(app: FastAPI, success_headers: SuccessHeaders, public_path: str = "") -> None:
    _require_unique_names(app)
    app.openapi = _cached(lambda: build_openapi(app, success_headers, public_path))  # type: ignore[method-assign]


def build_openapi(app: FastAPI, success_headers: SuccessHeaders, public_path: str = "") -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    if public_path:
        document["servers"] = [{"url": public_path}]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in GENERATED_BY_FRAMEWORK:
        schemas.pop(name, None)
    correct_schemas(schemas, app.routes)
    schemas.update(_problem_schemas())
    components["headers"] = response_headers.components()
    _merge_schemes(components)
    for path, method, operation in _operations(document):
        _document_security(operation)
        if method == "patch":
            _document_merge_patch(operation)
        _document_problems(path, operation)
        _document_headers(path, method, operation, success_headers)
    examples_as_lists(schemas)
    integer_bounds_as_integers(document)
    return document


def _cached(build: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    built: list[dict[str, Any]] = []

    def document() -> dict[str, Any]:
        if not built:
            built.append(build())
        return built[0]

    return document


def _require_unique_names(app: FastAPI) -> None:
    names = Counter(route.name for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema)
    repeated = sorted(name for name, count in names.items() if count > 1)
    if repeated:
        raise ValueError(f"route functions need names of their own, as they become operationIds: {', '.join(repeated)}")


def _problem_schemas() -> dict[str, Any]:
    names = {Problem: "Problem", ProblemItem: "ProblemItem"}
    return {
        name: model_process_schema(model, model_name_map=names, ref_prefix=REFERENCE)[0]  # type: ignore[arg-type]
        for model, name in names.items()
    }


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _merge_schemes(components: dict[str, Any]) -> None:
    schemes = components.get("securitySchemes", {})
    optional = schemes.pop(OPTIONAL_SCHEME, None)
    if optional is not None:
        schemes.setdefault(SCHEME, optional)
    if SCHEME in schemes:
        schemes[COOKIE_SCHEME] = {"type": "apiKey", "in": "cookie", "name": ACCESS, "description": _COOKIE}


def _document_security(operation: dict[str, Any]) -> None:
    """Routes that also answer strangers list "nothing" as one way of authenticating."""
    asked = operation.get("security", [])
    if {OPTIONAL_SCHEME: []} in asked:
        operation["security"] = [{}, {SCHEME: []}, {COOKIE_SCHEME: []}]
    elif {SCHEME: []} in asked:
        operation["security"] = [{SCHEME: []}, {COOKIE_SCHEME: []}]


def _document_merge_patch(operation: dict[str, Any]) -> None:
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        content[MERGE_PATCH] = dict(content[JSON])


def _document_problems(path: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if _is_generated(responses.get("422")):
        del responses["422"]
    for status in _statuses_anything_can_have(path, operation):
        responses.setdefault(str(status), problem_documentation(status))


def _is_generated(response: dict[str, Any] | None) -> bool:
    return response is not None and "application/json" in response.get("content", {})


def _statuses_anything_can_have(path: str, operation: dict[str, Any]) -> Iterator[int]:
    yield from (400, 429, 431, 500, 503)
    if operation.get("security"):
        yield 401
    if "{" in path:
        yield 404
    if "requestBody" in operation:
        yield from (413, 415)
    if "requestBody" in operation or any(parameter["in"] == "query" for parameter in operation.get("parameters", [])):
        yield 422


def _document_headers(path: str, method: str, operation: dict[str, Any], success_headers: SuccessHeaders) -> None:
    for status, response in operation["responses"].items():
        names = ["X-Request-ID"]
        if path.startswith("/v1/"):
            names += ["RateLimit", "RateLimit-Policy"]
        if status == "401":
            names.append("WWW-Authenticate")
        if status in ("429", "503"):
            names.append("Retry-After")
        if status.startswith("2"):
            names += success_headers.get(method.upper(), ())
        response["headers"] = {**response_headers.references(names), **response.get("headers", {})}
