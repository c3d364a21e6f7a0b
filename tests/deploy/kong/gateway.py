"""What Kong does with a path, by its documented rules, for a configuration whose routes have nothing but paths.

A route matches what begins with its path; the longest counts. `strip_path` takes that beginning off, and what is left
is joined to the path of the service by one slash. (Kong 3.9, router flavor traditional_compatible, path handling v0.)
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from tests.support.database import ROOT

FILE = ROOT / "deploy" / "kong" / "kong.yml"


@dataclass(frozen=True)
class Destination:
    service: str
    route: str
    # Where the service is: a host and port of the network.
    address: str
    path: str


@lru_cache(maxsize=1)
def configuration() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    return {service["name"]: service for service in configuration()["services"]}


def routes() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(service, route)."""
    return [(service, route) for service in services().values() for route in service["routes"]]


def plugins() -> list[dict[str, Any]]:
    everywhere: list[dict[str, Any]] = list(configuration()["plugins"])
    return everywhere + [plugin for service in services().values() for plugin in service.get("plugins", ())]


def resolve(path: str) -> Destination:
    """Where Kong sends a request for this path."""
    path = normalized(path)
    matches = [
        (len(prefix), service, route, prefix)
        for service, route in routes()
        for prefix in route["paths"]
        if path.startswith(prefix)
    ]
    longest = max(length for length, *_ in matches)
    ((_, service, route, prefix),) = [match for match in matches if match[0] == longest]
    rest = path[len(prefix) :] if route.get("strip_path", True) else path
    there = joined(service.get("path", "/"), rest, path)
    return Destination(service["name"], route["name"], address_of(service), there)


def joined(base: str, rest: str, asked: str) -> str:
    if not rest:
        return base.rstrip("/") + "/" if asked.endswith("/") or base == "/" else base
    return f"{base.rstrip('/')}/{rest.lstrip('/')}"


def normalized(path: str) -> str:
    """Dots and doubled slashes are gone before Kong looks at it."""
    clean = posixpath.normpath(path)
    return clean + "/" if path.endswith("/") and clean != "/" else clean


def address_of(service: dict[str, Any]) -> str:
    for upstream in configuration()["upstreams"]:
        if upstream["name"] == service["host"]:
            (target,) = upstream["targets"]
            return str(target["target"])
    return f"{service['host']}:{service['port']}"


def paths_in(folder: Path) -> list[str]:
    return [f"/{path.relative_to(folder)}" for path in sorted(folder.rglob("*")) if path.is_file()]
