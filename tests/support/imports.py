"""Reads imports from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "read_models", "runtime", "write_api", "projector", "read_api", "stack")


@dataclass(frozen=True)
class Import:
    importer: str
    imported: str
    line: int
    at_top: bool

    @property
    def package(self) -> str:
        return self.imported.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@lru_cache(maxsize=None)
def modules() -> dict[str, Path]:
    """Our modules by dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "target" in path.relative_to(ROOT).parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(name: str, source: str, is_package: bool = False) -> Iterator[Import]:
    tree = ast.parse(source)
    top = set(map(id, _statements_at_top(tree.body)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name, alias.name, node.lineno, id(node) in top)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(name, node, is_package)
            for alias in node.names:
                yield Import(name, f"{base}.{alias.name}", node.lineno, id(node) in top)


@lru_cache(maxsize=None)
def all_imports() -> tuple[Import, ...]:
    return tuple(
        found
        for name, path in modules().items()
        for found in imports_of(name, path.read_text(encoding="utf-8"), path.name == "__init__.py")
    )


def module_graph() -> dict[str, set[str]]:
    """Which of our modules each of our modules imports."""
    known = modules()
    graph: dict[str, set[str]] = {name: set() for name in known}
    for found in all_imports():
        target = next((name for name in (found.imported, found.imported.rpartition(".")[0]) if name in known), None)
        if target is not None and target != found.importer:
            graph[found.importer].add(target)
    return graph


def _statements_at_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported; `if TYPE_CHECKING:` at the top counts too."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If):
            yield from _statements_at_top(statement.body + statement.orelse)


def _absolute(importer: str, node: ast.ImportFrom, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = importer.split(".")
    base = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*base, *([node.module] if node.module else [])])
