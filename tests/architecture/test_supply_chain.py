"""What is known to be wrong with what we are made of is written down, dated, and true of what is locked."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from datetime import date
from importlib import metadata
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.support.imports import ROOT

PAGE = (ROOT / "docs" / "known-vulnerabilities.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
POM = (ROOT / "stack" / "pom.xml").read_text(encoding="utf-8")


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tidedesk_audit", ROOT / ".ci" / "audit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Where its data classes look for themselves.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


AUDIT = loaded()
KNOWN = AUDIT.accepted(PAGE)


def answer(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": list(packages)})


def package(name: str, *ids: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "version": "1", "vulns": [{"id": id_, "fix_versions": []} for id_ in ids], **more}


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.ids[0])
def test_every_known_risk_is_of_a_version_that_we_have(row: Any) -> None:
    name, separator, version = row.pin.partition("==")
    if separator:
        assert re.search(rf"^{re.escape(row.pin)}(\s|$)", LOCK, re.MULTILINE), "is it gone? Then so is its row"
    else:
        name, version = row.pin.split()
        assert f"<{name}.version>{version}</{name}.version>" in POM


def test_the_list_is_dated_and_has_every_pin_that_holds_us_back() -> None:
    looked_at = re.search(r"^Looked at last on (\d{4}-\d{2}-\d{2})\.", PAGE, re.MULTILINE)
    assert looked_at and date.fromisoformat(looked_at[1]) >= date(2026, 11, 26)
    assert {"starlette==0.50.0", "pydantic==1.10.7", "python-jose==3.5.0", "elasticsearch 8.7.1"} <= {
        row.pin for row in KNOWN
    }
    since = [line.rsplit("|", 2)[1].strip() for line in PAGE.splitlines() if line.startswith("| CVE-")]
    assert len(since) == len(KNOWN) and all(date.fromisoformat(day) for day in since)


def test_nothing_pulls_in_pydantic_2() -> None:
    assert not re.search(r"^pydantic-core==", LOCK, re.MULTILINE)
    wanted = {
        f"{distribution.metadata['Name']}: {line}"
        for distribution in metadata.distributions()
        for line in distribution.requires or ()
        if (requirement := Requirement(line)).name.lower() == "pydantic"
        and (requirement.marker is None or requirement.marker.evaluate({"extra": ""}))
        and not requirement.specifier.contains("1.10.7")
    }
    assert wanted == set()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (answer(package("a"), package("b")), AUDIT.PASSED),
        (answer(package("starlette", "CVE-2026-48710")), AUDIT.PASSED),
        (answer(package("starlette", "GHSA-x", "CVE-2026-48710")), AUDIT.FOUND),
        (answer(package("a", "PYSEC-1")), AUDIT.FOUND),
        # What a scanner says that reached nobody.
        (answer(package("a", skip_reason="could not be audited")), AUDIT.NOT_RUN),
        (answer(), AUDIT.NOT_RUN),
        ("", AUDIT.NOT_RUN),
        ("No known vulnerabilities found", AUDIT.NOT_RUN),
        ('{"dependencies": null}', AUDIT.NOT_RUN),
    ],
)
def test_only_an_answer_about_every_package_counts(said: str, code: int) -> None:
    assert AUDIT.verdict(0, said, "", KNOWN)[0] == code


def test_an_alias_is_known_too() -> None:
    found = package("ecdsa")
    found["vulns"] = [{"id": "GHSA-wj6h-64fc-37mp", "aliases": ["CVE-2024-23342"], "fix_versions": []}]
    assert AUDIT.verdict(1, answer(found), "", KNOWN)[0] == AUDIT.PASSED


def test_without_the_scanner_it_is_not_run_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert AUDIT.main(["no-such-scanner"]) == AUDIT.NOT_RUN
    assert capsys.readouterr().out.startswith("audit: NOT RUN")


def test_make_audit_fails_on_a_finding_and_not_for_want_of_a_network() -> None:
    plan = subprocess.run(
        ["make", "--dry-run", "audit"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout
    assert re.search(rf"\.ci/audit\.py .* \|\| test \$\? -eq {AUDIT.NOT_RUN}$", plan, re.MULTILINE)
