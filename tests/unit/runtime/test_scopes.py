from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from domain.identity.scopes import Scope
from read_api.bootstrap import create_app as create_read_app
from runtime.problems import ProblemError
from runtime.scopes import ROUTES, SCOPES, SESSIONS_ONLY, needed_scopes, require_scopes
from tests.unit.runtime.api import settings_of
from write_api.bootstrap import create_app as create_write_app

# Nobody signs in here, and nobody who is signed in has an advantage.
WITHOUT_CALLER = {"/v1/password-resets", "/v1/password-resets/{token}"}


def routes(app: FastAPI) -> set[tuple[str, str]]:
    found = [route for route in app.routes if isinstance(route, APIRoute) and route.path.startswith("/v1/")]
    return {(method, route.path) for route in found for method in route.methods}


def all_routes() -> set[tuple[str, str]]:
    return routes(create_write_app(settings_of())) | routes(create_read_app(settings_of()))


def test_the_domain_and_the_apis_know_the_same_scopes() -> None:
    assert {scope.value for scope in Scope} == set(SCOPES)


def test_every_route_says_which_scopes_open_it_or_that_none_does() -> None:
    sessions_only = {
        template for _, template in all_routes() if any(f"{template}/".startswith(f"{one}/") for one in SESSIONS_ONLY)
    }
    undecided = [
        f"{method} {template}"
        for method, template in sorted(all_routes())
        if needed_scopes(template, method) is None and template not in sessions_only | WITHOUT_CALLER
    ]
    assert undecided == []


def test_nothing_is_listed_that_is_not_there() -> None:
    templates = {template for _, template in all_routes()}
    listed = [*ROUTES, *SESSIONS_ONLY]
    assert [one for one in listed if not any(f"{template}/".startswith(f"{one}/") for template in templates)] == []


@pytest.mark.parametrize(
    ("method", "template", "needed"),
    [
        ("GET", "/v1/tickets/{ticket_id}", ("tickets:read",)),
        ("PATCH", "/v1/tickets/{ticket_id}", ("tickets:write",)),
        ("GET", "/v1/search", ("tickets:read", "documents:read")),
        ("GET", "/v1/search/tickets", ("tickets:read",)),
        ("POST", "/v1/organizations/{organization_id}/move-tickets", ("tickets:write", "users:write")),
        ("GET", "/v1/freshness", ()),
        ("GET", "/v1/sessions", None),
        ("POST", "/v1/users/me/password", None),
        ("GET", "/v1/users/{user_id}/sessions", None),
        ("GET", "/v1/something-new", None),
        ("GET", "/v1/ticketsandmore", None),
    ],
)
def test_the_longest_beginning_counts(method: str, template: str, needed: tuple[str, ...] | None) -> None:
    assert needed_scopes(template, method) == needed


class Route:
    def __init__(self, path: str) -> None:
        self.path = path


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ({"write"}, []),
        ({"tickets:write", "users:write"}, []),
        ({"tickets:write"}, ["users:write"]),
        ({"read", "tickets:read", "users:read"}, ["tickets:write", "users:write"]),
        (set(), ["tickets:write", "users:write"]),
    ],
)
def test_all_of_them_are_needed_or_the_one_for_all_of_a_kind(granted: set[str], missing: list[str]) -> None:
    asgi = {"method": "POST", "route": Route("/v1/organizations/{organization_id}/move-tickets")}
    if not missing:
        require_scopes(granted, asgi)
        return
    with pytest.raises(ProblemError) as refused:
        require_scopes(granted, asgi)
    assert refused.value.extensions == {"missing_scopes": missing}
