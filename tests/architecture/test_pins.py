"""Versions that other decisions rest on."""

from __future__ import annotations

import re

import fastapi
import pydantic
import pytest

from tests.support.imports import ROOT

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")


def test_pydantic_is_the_compiled_1_10_7() -> None:
    assert pydantic.VERSION == "1.10.7"
    assert pydantic.compiled


def test_fastapi_is_the_last_that_takes_pydantic_1() -> None:
    assert fastapi.__version__ == "0.125.0"


@pytest.mark.parametrize("name", ["pydantic==1.10.7", "fastapi==0.125.0"])
def test_the_lock_has_the_pins(name: str) -> None:
    assert re.search(rf"^{re.escape(name)}(\s|$)", LOCK, re.MULTILINE)


def test_every_locked_package_has_a_hash() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n" + re.sub(r"^\s*#.*\n", "", LOCK, flags=re.MULTILINE))
    packages = [block for block in blocks if "==" in block]
    assert len(packages) > 50
    assert [block.split()[0] for block in packages if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_package_index() -> None:
    assert not re.search(r"--(extra-)?index-url|https?://", LOCK)
