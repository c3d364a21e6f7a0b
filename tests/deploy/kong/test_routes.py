"""Every operation of both APIs is reached through Kong, and nothing else of them."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from read_api.bootstrap import create_app as create_read_app
from runtime.settings import Settings
from tests.deploy.kong import gateway
from tests.deploy.kong.gateway import configuration, paths_in, resolve, routes
from tests.support.compose import Container
from tests.support.database import ROOT
from write_api.bootstrap import create_app as create_write_app

APPS = {"/api/commands": create_write_app(Settings()), "/api/queries": create_read_app(Settings())}
ADDRESSES = {"/api/commands": "write_api:8000", "/api/queries": "read_api:8001"}
DOCUMENTATION = ("/docs", "/docs/start.js", "/openapi.json")
ID = "019b76da-a800-7326-8b34-47eb6fe71e51"


def paths_of(app: FastAPI) -> list[str]:
    found = [str(path) for path in app.openapi()["paths"]]
    assert len(found) > 10
    return found


def with_ids(template: str) -> str:
    return "/".join(ID if part.startswith("{") else part for part in template.split("/"))


OPERATIONS = [(prefix, with_ids(path)) for prefix, app in APPS.items() for path in paths_of(app)]


@pytest.mark.parametrize(("prefix", "path"), OPERATIONS, ids=lambda value: str(value))
def test_every_path_of_both_documents_is_reached(prefix: str, path: str) -> None:
    destination = resolve(prefix + path)
    assert (destination.address, destination.path) == (ADDRESSES[prefix], path)


@pytest.mark.parametrize("prefix", APPS)
@pytest.mark.parametrize("path", DOCUMENTATION)
def test_so_is_the_documentation(prefix: str, path: str) -> None:
    destination = resolve(prefix + path)
    assert (destination.address, destination.path) == (ADDRESSES[prefix], path)


@pytest.mark.parametrize("prefix", APPS)
def test_nothing_else_of_them_is_reached(prefix: str) -> None:
    """Their health and metrics are for us."""
    hidden = {
        str(getattr(route, "path"))
        for route in APPS[prefix].routes
        if not (isinstance(route, APIRoute) and route.include_in_schema)
    } - set(DOCUMENTATION)
    assert {"/livez", "/readyz", "/metrics"} <= hidden
    for path in (*hidden, "/v1", "/", ""):
        assert resolve(f"{prefix}{path}").service == "nothing"
    for path in (f"{prefix}/v1/../metrics", f"{prefix}/v1//../../queries/metrics", f"{prefix}//metrics"):
        assert resolve(path).service == "nothing"


def test_a_misspelt_address_of_an_api_gets_no_page() -> None:
    for path in ("/api/", "/api/command/v1/tickets", "/api/commands/v2/tickets", "/api/v1/tickets"):
        assert resolve(path).service == "nothing"


def test_everything_else_is_the_browsers_application() -> None:
    for path in ("/", "/tickets/12", "/reset-password", "/docs", "/apidocs", "/v1/tickets"):
        destination = resolve(path)
        assert (destination.service, destination.path) == ("frontend", path)
    for path in paths_in(ROOT / "frontend" / "public"):
        assert resolve(path).path == path


def test_routes_are_told_apart_by_their_paths_alone() -> None:
    """Kong counts what a route names before it looks how long its path is: one more would come first."""
    everything = [path for _, route in routes() for path in route["paths"]]
    assert len(everything) == len(set(everything))
    for _, route in routes():
        assert {"methods", "hosts", "headers", "snis"}.isdisjoint(route)
        (path,) = route["paths"]
        assert path.startswith("/") and not path.startswith("~")


def test_callers_keep_their_host() -> None:
    """The APIs refuse others, and know by it whether a page is one of theirs."""
    assert [route["name"] for service, route in routes() if not route.get("preserve_host")] == ["nothing"]


def test_prefixes_are_those_that_the_apis_know(services: dict[str, Container]) -> None:
    for prefix, address in ADDRESSES.items():
        name, port = address.split(":")
        assert services[name].environment["TIDEDESK_PUBLIC_PATH"] == prefix
        assert f"--port={port}" in services[name].command


def test_addresses_are_those_of_the_containers(services: dict[str, Container]) -> None:
    for prefix, address in ADDRESSES.items():
        assert address.split(":")[0] in services
    assert resolve("/").address == "frontend:8080" and "frontend" in services


def test_nothing_is_sent_twice() -> None:
    """A command may have been carried out when its answer was lost."""
    assert {service["retries"] for service in gateway.services().values()} == {0}


def test_files_and_streams_pass_as_they_come() -> None:
    by_name: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {route["name"]: (of, route) for of, route in routes()}
    assert resolve("/api/commands/v1/attachments").route == "uploads"
    assert by_name["uploads"][1]["request_buffering"] is False
    assert resolve(f"/api/queries/v1/attachments/{ID}").route == "downloads"
    assert by_name["downloads"][1]["response_buffering"] is False
    assert resolve("/api/queries/v1/events").route == "events"
    events, route = by_name["events"]
    assert route["response_buffering"] is False
    assert events["read_timeout"] >= 600_000
    exports = {f"{name}-export" for name in ("tickets", "documents")}
    for name in exports:
        assert resolve(f"/api/queries/v1/{name.removesuffix('-export')}/export").route == name
        assert by_name[name][1]["response_buffering"] is False
    # Everything else has to be quicker than that.
    others = [of for name, (of, _) in by_name.items() if name != "events" and name not in exports]
    assert max(of.get("read_timeout", 60_000) for of in others) == 60_000


def test_an_api_that_lacks_a_store_still_gets_requests(services: dict[str, Container]) -> None:
    """It says which store it is. Kong asks only whether there is a process, under a name that the APIs answer to."""
    for upstream in configuration()["upstreams"]:
        active = upstream["healthchecks"]["active"]
        assert active["http_path"] == "/livez"
        assert active["healthy"]["interval"] > 0 and active["unhealthy"]["interval"] > 0
        name = upstream["host_header"]
        assert name in services[name].environment["TIDEDESK_ALLOWED_HOSTS"].split(",")
        assert upstream["targets"][0]["target"].startswith(f"{name}:")
        assert "passive" not in upstream["healthchecks"]
