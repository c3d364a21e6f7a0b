from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stack import toolchain
from stack.errors import StackError
from stack.layout import STACK
from stack.privileges import ServerUser, shared_folder

TARGET = STACK / "target"
STAMP = TARGET / "built-from"
Note = Callable[[str], None]


@dataclass(frozen=True)
class Servers:
    """The unpacked programs; every stack on this machine shares them, none writes into them."""

    folder: Path

    @property
    def elasticsearch(self) -> Path:
        return self.folder / "elasticsearch"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"


def sources_digest() -> str:
    digest = hashlib.sha256()
    for source in [STACK / "pom.xml", *sorted((STACK / "src").rglob("*"))]:
        if source.is_file():
            digest.update(str(source.relative_to(STACK)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def is_built() -> bool:
    return STAMP.exists() and STAMP.read_text() == sources_digest() and (TARGET / "servers").is_dir()


def build(note: Note) -> None:
    """Fetches the servers and compiles the plugin, unless that was done from these very sources."""
    if is_built():
        return
    note("Fetching Elasticsearch and Postgres with Maven, compiling the analysis plugin")
    _run_maven(["package"], "the servers and build the plugin", note)
    STAMP.write_text(sources_digest())


def fetch_keycloak(note: Note) -> Path:
    """Only where single sign-on is wanted; answers the archive."""
    TARGET.mkdir(exist_ok=True)
    # One at a time: a second one would find the archive while the first still writes it.
    with (TARGET / "fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not any(map(zipfile.is_zipfile, (TARGET / "servers").glob("keycloak-*.zip"))):
            note("Fetching Keycloak with Maven")
            _run_maven(["-Psso", "dependency:copy@keycloak"], "Keycloak", note)
    return _fetched("keycloak-*.zip")


def kafka_libraries(user: ServerUser, note: Note) -> Path:
    """Only where Kafka carries the changes; answers the folder of its jars, which the servers' user can read."""
    libraries = TARGET / "servers" / "kafka"
    TARGET.mkdir(exist_ok=True)
    with (TARGET / "fetching").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fetched = libraries / "fetched"
        if not fetched.exists():
            note("Fetching Kafka with Maven")
            _run_maven(["-Pkafka", "dependency:copy-dependencies@kafka"], "Kafka", note)
            fetched.touch()
        if user.may_pass(libraries):
            return libraries
        shared = shared_folder("tidedesk-servers") / f"kafka-{sources_digest()[:16]}"
        if not shared.exists():
            draft = Path(tempfile.mkdtemp(dir=shared.parent, prefix="copying-"))
            shutil.copytree(libraries, draft, dirs_exist_ok=True)
            _make_readable(draft)
            draft.rename(shared)
        return shared


def _run_maven(goals: list[str], what: str, note: Note) -> None:
    home = toolchain.java_home()
    command = [str(toolchain.maven()), "--batch-mode", "--quiet", "-f", str(STACK / "pom.xml"), *goals]
    environment = {**os.environ, "JAVA_HOME": str(home)}
    offline = subprocess.run([*command, "--offline"], env=environment, capture_output=True, check=False)
    if offline.returncode == 0:
        return
    note("Not in the local Maven repository yet: downloading about 150 MB")
    online = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if online.returncode != 0:
        raise StackError(
            f"Maven could not fetch {what}.",
            f"See what it says, then run again: mvn -f {STACK / 'pom.xml'} {' '.join(goals)}",
            details="\n".join((online.stdout + online.stderr).splitlines()[-15:]),
        )


def unpack(user: ServerUser, note: Note) -> Servers:
    """Unpacks what Maven fetched to where the servers' user can read it."""
    mark = sources_digest()[:16]
    parent = TARGET if user.may_pass(TARGET) else shared_folder("tidedesk-servers")
    servers = Servers(parent / f"unpacked-{mark}")
    if servers.folder.exists():
        return servers
    note("Unpacking the servers")
    with tempfile.TemporaryDirectory(dir=parent, prefix="unpacking-") as work:
        draft = Servers(Path(work) / "servers")
        _unpack_elasticsearch(draft)
        _unpack_postgres(draft)
        _make_readable(draft.folder)
        try:
            # in one step, so that a start that was interrupted leaves nothing half unpacked
            draft.folder.rename(servers.folder)
        except OSError:
            if not servers.folder.exists():
                raise
    return servers


def _unpack_elasticsearch(servers: Servers) -> None:
    with tempfile.TemporaryDirectory(dir=servers.folder.parent) as work:
        with zipfile.ZipFile(_fetched("elasticsearch-*.zip")) as archive:
            archive.extractall(work)
        (root,) = Path(work).iterdir()
        servers.folder.mkdir(exist_ok=True)
        root.rename(servers.elasticsearch)
    for program in (servers.elasticsearch / "bin").iterdir():
        program.chmod(0o755)
    shutil.copytree(TARGET / "plugin", servers.elasticsearch / "plugins" / "tidedesk-analysis")


def _unpack_postgres(servers: Servers) -> None:
    servers.postgres.mkdir(parents=True)
    with zipfile.ZipFile(_fetched("postgres-*.jar")) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".txz"))
        with archive.open(name) as stream, tarfile.open(fileobj=stream, mode="r:xz") as inner:
            inner.extractall(servers.postgres)


def _fetched(pattern: str) -> Path:
    found = sorted((TARGET / "servers").glob(pattern))
    if not found:
        STAMP.unlink(missing_ok=True)
        raise StackError(f"{TARGET / 'servers' / pattern} is missing.", "Fetch it again: make setup")
    return found[-1]


def _make_readable(folder: Path) -> None:
    for parent, _, files in os.walk(folder):
        os.chmod(parent, 0o755)
        for name in files:
            path = Path(parent, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
