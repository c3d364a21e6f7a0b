"""The pages as a whole: they build without a warning and without a network, and what they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.serving import UVICORN_OPTIONS
from runtime.settings import Settings
from tests.architecture.test_readme import faults_of, typed_commands
from tests.architecture.test_security_page import functions_in
from tests.support.imports import ROOT

PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md"))
}
GUIDES = {name: text for name, text in PAGES.items() if re.match(r"docs/(how-to|tutorial|explanation)/", name)}
SEVERAL_MACHINES = PAGES["docs/how-to/run-on-several-machines.md"]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(home|root|Users|work|mnt)/\w")
LOADED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"']?(https?:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # Whatever would go out ends here at once.
    nowhere = {name: "http://127.0.0.1:9" for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")}
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert built.returncode == 0, built.stderr
    return folder


def html(site: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(site.rglob("*.html")):
        yield str(path.relative_to(site)), path.read_text(encoding="utf-8")


def test_every_page_is_built_and_generated_ones_too(site: Path) -> None:
    built = {name for name, _ in html(site)}
    assert {name.removeprefix("docs/").removesuffix(".md") + ".html" for name in PAGES} <= built
    assert {"reference/settings.html", "reference/command-api.html", "reference/problem-codes.html"} <= built


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    assert [name for name, text in html(site) if LOADED.search(text)] == []


def test_no_page_names_a_folder_of_a_machine(site: Path) -> None:
    assert [name for name, text in html(site) if MACHINE_PATHS.search(text)] == []


@pytest.mark.parametrize("name", GUIDES)
def test_commands_that_a_guide_shows_exist(name: str) -> None:
    blocks = "\n".join(re.findall(r"^ *```sh\n(.*?)^ *```", GUIDES[name], re.MULTILINE | re.DOTALL))
    assert [
        fault
        for line in typed_commands(blocks.replace(".venv/bin/", ""))
        for fault in faults_of(line.partition("|")[0])
    ] == []


@pytest.mark.parametrize("name", GUIDES)
def test_files_and_settings_that_a_guide_names_exist(name: str) -> None:
    named = re.findall(
        r"`((?:domain|write_api|read_models|read_api|projector|tests|stack)/[\w/.]+?)(?:::(\w+))?`", GUIDES[name]
    )
    for path, function in named:
        assert (ROOT / path).exists(), path
        assert not function or function in functions_in(path), function
    for variable in re.findall(r"TIDEDESK_([A-Z0-9_]+)", GUIDES[name]):
        assert variable.lower() in Settings.__fields__, variable


def test_every_invariant_has_its_test() -> None:
    rows = re.findall(
        r"^\| (I\d+) \|.*`tests/.+::test_\w+` \|$", PAGES["docs/explanation/version-rule.md"], re.MULTILINE
    )
    assert rows == [f"I{number}" for number in range(1, 11)]


def manifests() -> list[dict[str, Any]]:
    (text,) = re.findall(r"```yaml\n(.*?)```", SEVERAL_MACHINES, re.DOTALL)
    return list(yaml.safe_load_all(text))


def test_the_manifests_make_settings_that_production_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        name: value
        for one in manifests()
        for name, value in {**one.get("data", {}), **one.get("stringData", {})}.items()
    }
    assert all(isinstance(value, str) for value in values.values())
    for name in [name for name in os.environ if name.startswith("TIDEDESK_")]:
        monkeypatch.delenv(name)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.is_production
    assert settings.trusted_proxies == ("10.0.0.0/8",)


def test_the_manifests_start_our_processes_and_ask_their_probes() -> None:
    containers = [
        container
        for one in manifests()
        if one["kind"] in ("Deployment", "Job")
        for container in one["spec"]["template"]["spec"]["containers"]
    ]
    assert [container["name"] for container in containers] == ["migration", "projector", "read-api"]
    for container in containers[1:]:
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_uvicorn_is_started_with_our_options() -> None:
    assert " ".join(UVICORN_OPTIONS) in SEVERAL_MACHINES
