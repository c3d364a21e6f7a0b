"""A provider of single sign-on beside the stack, to try it with and for tests: Keycloak in its development mode."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from runtime.saved_environment import PROJECT
from stack import servers, toolchain
from stack.credentials import Credentials, write_private
from stack.layout import STACK, Layout
from stack.messages import DEMO_PASSWORD
from stack.ports import HOST, Ports, require_free
from stack.privileges import ServerUser
from stack.processes import Launch, ManagedProcess
from stack.progress import Progress
from stack.services import KEYCLOAK

REALM = "tidedesk"
# What its placeholders stand for comes in by the environment, here as with Docker.
REALM_FILE = PROJECT / "deploy" / "keycloak" / f"{REALM}-realm.json"
CLIENT_ID = "tidedesk"
PROVIDER = "keycloak"
ADMIN = "admin"
# Its first start compiles what it is configured for; half a minute on two quiet cores.
DEADLINE_S = 240.0
JAVA_HEAP = "-Xms64m -Xmx512m"


@dataclass(frozen=True)
class Keycloak:
    folder: Path
    ports: Ports
    user: ServerUser
    credentials: Credentials

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.ports.keycloak}"

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/{REALM}"

    @property
    def client_secret(self) -> str:
        return self._secret("client")

    @property
    def admin_password(self) -> str:
        return self._secret("admin")

    def provider(self) -> dict[str, Any]:
        """As TIDEDESK_SSO_PROVIDERS takes it."""
        return {
            "name": PROVIDER,
            "label": "Keycloak",
            "issuer": self.issuer,
            "client_id": CLIENT_ID,
            "client_secret": self.client_secret,
            "role_claim": "roles",
            "roles": {"desk-admin": "admin", "desk-agent": "agent"},
            "group_claim": "groups",
        }

    def prepare(self, archive: Path) -> None:
        """Unpacked once per data folder: it writes beside its programs."""
        unpack(archive, self._programs)
        imported = self._programs / "data" / "import"
        shutil.rmtree(imported, ignore_errors=True)
        imported.mkdir(parents=True)
        # Only where there is no such realm yet: what was changed by hand stays.
        write_private(imported / REALM_FILE.name, json.dumps(self._realm(), indent=2))
        self.user.own_tree(self.folder)

    def launch(self) -> Launch:
        environment = {
            "PATH": f"{os.environ.get('PATH', '')}:/usr/bin:/bin",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "JAVA_HOME": str(toolchain.java_home()),
            "JAVA_OPTS_KC_HEAP": JAVA_HEAP,
            "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self.admin_password,
            **self._placeholders(),
        }
        command = [
            str(self._programs / "bin" / "kc.sh"),
            "start-dev",
            f"--http-host={HOST}",
            f"--http-port={self.ports.keycloak}",
            f"--hostname={self.url}",
            "--import-realm",
        ]
        return Launch(command, environment, self.folder, self.user)

    def is_ready(self) -> bool:
        try:
            with httpx.Client(trust_env=False, timeout=3.0) as client:
                answer = client.get(f"{self.issuer}/.well-known/openid-configuration")
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK

    @property
    def _programs(self) -> Path:
        return self.folder / "server"

    def _realm(self) -> dict[str, Any]:
        """With more people than the one who may change it."""
        realm: dict[str, Any] = json.loads(REALM_FILE.read_text())
        (admin,) = realm["users"]
        people = json.loads((STACK / "keycloak_people.json").read_text())
        realm["users"] += [{**person, "credentials": admin["credentials"]} for person in people]
        return realm

    def _placeholders(self) -> dict[str, str]:
        own, frontend = (f"http://{HOST}:{port}" for port in (self.ports.write_api, self.ports.frontend))
        return {
            "REALM_CLIENT_SECRET": self.client_secret,
            "REALM_PASSWORD": DEMO_PASSWORD,
            "REALM_CALLBACK": f"{own}/v1/sso/{PROVIDER}/callback",
            "REALM_RETURN_TO": f"{own}/*##{frontend}/*",
        }

    def _secret(self, purpose: str) -> str:
        """Derived, so that a data folder of an earlier version has it, too."""
        key = self.credentials.token_secret.encode()
        return hmac.new(key, f"keycloak {purpose}".encode(), hashlib.sha256).hexdigest()


def unpack(archive: Path, programs: Path) -> None:
    """Unless it is there, whole."""
    if programs.is_dir():
        return
    draft = programs.with_name("unpacking")
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(draft)
    (root,) = draft.iterdir()
    root.rename(programs)
    draft.rmdir()
    (programs / "bin" / "kc.sh").chmod(0o755)


class KeycloakProcess:
    def __init__(self, layout: Layout, ports: Ports, credentials: Credentials, progress: Progress) -> None:
        user = ServerUser.choose()
        self.keycloak = Keycloak(layout.store_folder(KEYCLOAK.name, user), ports, user, credentials)
        self.process = ManagedProcess(KEYCLOAK, layout)
        self._ports = ports
        self._progress = progress

    def launch(self) -> None:
        if self.process.is_alive():
            return
        require_free({"Keycloak": self._ports.keycloak}, base=self._ports.base)
        self.keycloak.prepare(servers.fetch_keycloak(self._progress.note))
        self.process.start(self.keycloak.launch())

    def wait(self) -> None:
        with self._progress.step(f"Keycloak on port {self._ports.keycloak}"):
            self.process.wait_until(self.keycloak.is_ready, deadline_s=DEADLINE_S)
