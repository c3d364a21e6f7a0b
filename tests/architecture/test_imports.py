"""The house: who may import whom. A dependency in the wrong direction is how a read side starts to need Postgres."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.imports import PACKAGES, ROOT, Import, all_imports, imports_of, module_graph, modules

ALLOWED = {
    "domain": (),
    "read_models": (),
    "runtime": (),
    "write_api": ("domain", "runtime"),
    "projector": ("read_models", "runtime", "write_api.persistence"),
    "read_api": ("read_models", "runtime"),
    "stack": ("runtime", "write_api"),
}
SQL_DRIVERS = ("asyncpg", "psycopg", "psycopg2", "sqlalchemy", "alembic")


def is_allowed(found: Import) -> bool:
    own = found.importer.partition(".")[0]
    if found.package not in PACKAGES or found.package == own:
        return True
    return any(found.imported == allowed or found.imported.startswith(f"{allowed}.") for allowed in ALLOWED[own])


def test_every_package_has_its_rule_and_modules() -> None:
    assert set(ALLOWED) == set(PACKAGES)
    assert {name.partition(".")[0] for name in modules()} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_its_rule_allows(package: str) -> None:
    own = [found for found in all_imports() if found.importer.partition(".")[0] == package]
    assert [str(found) for found in own if not is_allowed(found)] == []


def test_the_rule_would_see_a_breach() -> None:
    source = "def f():\n    from write_api.persistence import database\n"
    (found,) = imports_of("read_api.tickets.routes", source)
    assert not is_allowed(found)
    assert not found.at_top
    (relative,) = imports_of("projector.relay.drain", "from ..projections import tickets")
    assert relative.imported == "projector.projections.tickets"
    (handlers,) = imports_of("projector.relay.drain", "from write_api.tickets import handlers")
    assert not is_allowed(handlers)


def test_the_domain_needs_only_the_standard_library() -> None:
    foreign = [
        str(found)
        for found in all_imports()
        if found.importer.partition(".")[0] == "domain"
        and found.package != "domain"
        and found.package not in sys.stdlib_module_names
    ]
    assert foreign == []


def test_our_own_packages_are_imported_at_the_top_of_a_module() -> None:
    hidden = [str(found) for found in all_imports() if found.package in PACKAGES and not found.at_top]
    assert hidden == []


def test_no_module_imports_itself_in_a_circle() -> None:
    assert circles(module_graph()) == []


def test_a_circle_would_be_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]


@pytest.mark.parametrize("entry", ["read_api.main", "read_api.bootstrap"])
def test_the_query_api_has_no_sql_driver(entry: str) -> None:
    """In a process of its own, as the tests themselves have loaded asyncpg."""
    script = f"import sys, {entry}; print(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    loaded = set(run.stdout.split())
    assert "read_api" in loaded
    assert loaded.isdisjoint(SQL_DRIVERS)
    assert loaded.isdisjoint({"domain", "write_api", "projector", "stack"})


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other (Tarjan's strongly connected components)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in sorted(graph[node]):
            if target not in order:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found
