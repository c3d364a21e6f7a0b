"""Sizes and names that keep the code easy to find one's way in."""

from __future__ import annotations

from statistics import median

import pytest

from tests.support.imports import ROOT, modules

SLICES = ("tickets", "knowledge", "identity")
SLICE_FILES = {
    "domain": {"errors", "events", "policies", "repository"},
    "write_api": {"routes", "schemas", "commands", "handlers"},
    "read_api": {"routes", "schemas", "queries"},
}
MAX_LINES = 500
MAX_MEDIAN_LINES = 100


def line_counts() -> dict[str, int]:
    paths = [*modules().values(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "alembic").rglob("*.py")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in paths}


def test_no_file_is_long() -> None:
    assert {name: lines for name, lines in line_counts().items() if lines > MAX_LINES} == {}


def test_a_typical_file_fits_on_two_screens() -> None:
    assert median(lines for lines in line_counts().values() if lines > 3) < MAX_MEDIAN_LINES


@pytest.mark.parametrize("package", SLICE_FILES)
@pytest.mark.parametrize("slice_name", SLICES)
def test_every_slice_has_the_same_file_names(package: str, slice_name: str) -> None:
    names = {path.stem for path in (ROOT / package / slice_name).glob("*.py")}
    assert SLICE_FILES[package] <= names
