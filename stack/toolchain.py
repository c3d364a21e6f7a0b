from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from stack.errors import StackError

# Elasticsearch 8.7 is compiled for 17, and needs the security manager that 24 removed.
JAVA_VERSIONS = range(17, 24)
INSTALLED_JAVAS = Path("/usr/lib/jvm")
INSTALL_JDK = "Install a JDK 17 (on Debian or Ubuntu: apt-get install openjdk-17-jdk-headless) or set JAVA_HOME to one."
INSTALL_MAVEN = "Install Maven (on Debian or Ubuntu: apt-get install maven)."


def java_home() -> Path:
    """The folder of a JDK that can run Elasticsearch and compile the plugin."""
    refused = []
    for home in _candidate_homes():
        version = java_version(home)
        if version in JAVA_VERSIONS and (home / "bin" / "javac").exists():
            return home
        refused.append(f"{home} is {'a runtime without javac' if version in JAVA_VERSIONS else f'version {version}'}")
    if refused:
        raise StackError(f"No JDK from 17 to 23 was found ({'; '.join(refused)}).", INSTALL_JDK)
    raise StackError("No JDK was found.", INSTALL_JDK)


def _candidate_homes() -> list[Path]:
    homes = []
    if os.environ.get("JAVA_HOME"):
        homes.append(Path(os.environ["JAVA_HOME"]))
    for program in ("javac", "java"):
        found = shutil.which(program)
        if found:
            homes.append(Path(found).resolve().parent.parent)
    homes += sorted(INSTALLED_JAVAS.glob("*17*"))
    return [home for home in dict.fromkeys(homes) if (home / "bin" / "java").exists()]


def java_version(home: Path) -> int | None:
    try:
        described = (home / "release").read_text(errors="replace")
    except OSError:
        answer = subprocess.run(
            [str(home / "bin" / "java"), "-version"], capture_output=True, text=True, check=False, timeout=30
        )
        described = answer.stderr
    return parse_java_version(described)


def parse_java_version(described: str) -> int | None:
    found = re.search(r'(?:JAVA_VERSION=|version )"(?:1\.)?(\d+)', described)
    return int(found.group(1)) if found else None


def maven() -> Path:
    found = shutil.which("mvn")
    if not found:
        raise StackError("Maven (mvn) was not found.", INSTALL_MAVEN)
    return Path(found)
