from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import domain

ROOT = Path(next(iter(domain.__path__)))
FILES = sorted(ROOT.rglob("*.py"))
# Who may be imported by whom inside the domain.
ALLOWED = {"shared": {"shared"}}


def imported_modules(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            modules.add(node.module or "")
    return modules


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_domain_needs_nothing_but_python(path: Path) -> None:
    slice_name = path.relative_to(ROOT).parts[0]
    for module in imported_modules(path):
        top, *rest = module.split(".")
        if top == "domain" and rest:
            assert rest[0] in ALLOWED.get(slice_name, {slice_name, "shared"}), f"{slice_name} imports {module}"
        else:
            assert top in sys.stdlib_module_names, f"{module} is not in the standard library"
