"""Each attack that docs/security.md speaks of has its tests, and they exist."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

import pytest

from tests.support.imports import ROOT

PAGES = ("docs/security.md", "docs/known-vulnerabilities.md")
TEXT = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
NAMED = sorted({name for text in TEXT.values() for name in re.findall(r"`(tests/[^`]+?)`", text)})
ROWS = {
    int(cells[0]): cells
    for line in TEXT["docs/security.md"].splitlines()
    if re.match(r"\| \d+ \|", line)
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}
# The rest of the list is about stores that fail, which tests/faults does.
ATTACKS = {*range(1, 29), 47}


@lru_cache(maxsize=None)
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_is_named_exists(name: str) -> None:
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file()
    assert function.startswith("test_") and function in functions_in(path)


def test_every_attack_has_its_row() -> None:
    assert set(ROWS) == ATTACKS
    assert {len(cells) for cells in ROWS.values()} == {5}


@pytest.mark.parametrize("number", sorted(ROWS))
def test_what_is_said_to_be_held_is_proved_and_nothing_else_pretends_to_be(number: int) -> None:
    _, attack, outcome, state, tests = ROWS[number]
    assert attack and outcome
    assert state in ("held", "partly", "open")
    assert bool(re.findall(r"`tests/[^`]+::test_", tests)) == (state != "open")


@pytest.mark.parametrize("setting", sorted(set(re.findall(r"`TIDEDESK_([A-Z_]+)", TEXT["docs/security.md"]))))
def test_every_setting_that_is_named_exists(setting: str) -> None:
    settings = (ROOT / "runtime" / "settings.py").read_text(encoding="utf-8")
    assert re.search(rf"^    {setting.lower()}: ", settings, re.MULTILINE)
