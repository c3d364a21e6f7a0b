from __future__ import annotations

from pathlib import Path

import pytest

from stack import toolchain
from stack.errors import StackError


@pytest.mark.parametrize(
    ("described", "version"),
    [
        ('IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\n', 17),
        ('JAVA_VERSION="21"\n', 21),
        ('openjdk version "17.0.15" 2025-04-15', 17),
        ('java version "1.8.0_292"', 8),
        ("nothing of the kind", None),
    ],
)
def test_the_version_of_a_java(described: str, version: int | None) -> None:
    assert toolchain.parse_java_version(described) == version


def make_java(folder: Path, version: str, *, compiler: bool = True) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\n')
    for program in ["java", "javac"] if compiler else ["java"]:
        (folder / "bin" / program).touch(mode=0o755)
    return folder


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(toolchain, "INSTALLED_JAVAS", tmp_path / "no-javas")
    return monkeypatch


def test_java_home_is_used_first(bare_machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = make_java(tmp_path / "jdk", "17.0.1")
    bare_machine.setenv("JAVA_HOME", str(home))
    assert toolchain.java_home() == home


def test_a_java_on_the_path_will_do(bare_machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = make_java(tmp_path / "jdk", "21.0.2")
    bare_machine.setenv("PATH", str(home / "bin"))
    assert toolchain.java_home() == home


def test_without_any_java_it_says_what_to_install(bare_machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(StackError, match="No JDK was found. Install a JDK 17"):
        toolchain.java_home()


@pytest.mark.parametrize("version", ["11.0.2", "25"])
def test_an_unfit_java_is_named(version: str, bare_machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = make_java(tmp_path / "jdk", version)
    bare_machine.setenv("JAVA_HOME", str(home))
    with pytest.raises(StackError, match=f"{home} is version {version.split('.')[0]}"):
        toolchain.java_home()


def test_a_java_without_its_compiler_is_named(bare_machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare_machine.setenv("JAVA_HOME", str(make_java(tmp_path / "jre", "17.0.1", compiler=False)))
    with pytest.raises(StackError, match="runtime without javac"):
        toolchain.java_home()


def test_a_missing_maven_says_what_to_install(bare_machine: pytest.MonkeyPatch) -> None:
    with pytest.raises(StackError, match="apt-get install maven"):
        toolchain.maven()
