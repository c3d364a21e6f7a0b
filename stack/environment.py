from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.credentials import Credentials, write_private
from stack.ports import HOST, Ports

# As people write this machine into the address bar.
PAGE_HOSTS = (HOST, "localhost")

# Where attachments are instead of the folder, if the caller says so: every process has to look in the same place.
BUCKET = tuple(f"TIDEDESK_S3_{name}" for name in ("ENDPOINT", "BUCKET", "REGION", "KEY_ID", "SECRET"))


@dataclass(frozen=True)
class Environment:
    """The settings that the processes of one stack share, as they find them in their environment."""

    ports: Ports
    database_url: str
    migration_database_url: str
    redis_url: str
    elasticsearch_url: str
    credentials: Credentials
    attachment_folder: Path
    # Where mails can be read, unless the caller names a server.
    mail_folder: Path
    sso_providers: tuple[dict[str, Any], ...] = ()
    # Where Kafka carries the changes: the broker, host:port.
    kafka_server: str = ""

    def variables(self) -> dict[str, str]:
        return {
            "TIDEDESK_ENVIRONMENT": os.environ.get("TIDEDESK_ENVIRONMENT", "development"),
            "TIDEDESK_DATABASE_URL": self.database_url,
            "TIDEDESK_REDIS_URL": self.redis_url,
            "TIDEDESK_ELASTICSEARCH_URL": self.elasticsearch_url,
            "TIDEDESK_TOKEN_SECRET": self.credentials.token_secret,
            "TIDEDESK_CURSOR_SECRET": self.credentials.cursor_secret,
            "TIDEDESK_ATTACHMENT_FOLDER": str(self.attachment_folder),
            **{name: os.environ[name] for name in BUCKET if name in os.environ},
            **({"TIDEDESK_SSO_PROVIDERS": json.dumps(self.sso_providers)} if self.sso_providers else {}),
            **self._transport(),
        }

    def _transport(self) -> dict[str, str]:
        if not self.kafka_server:
            return {}
        return {"TIDEDESK_TRANSPORT": "kafka", "TIDEDESK_KAFKA_SERVERS": self.kafka_server}

    def for_tools(self) -> dict[str, str]:
        """For what is typed beside the processes, such as migrations: only they are the owner of the tables."""
        return {**self.variables(), "TIDEDESK_MIGRATION_DATABASE_URL": self.migration_database_url}

    def for_process(self, port: int | None = None) -> dict[str, str]:
        """What the caller has set for other settings stays; the addresses and secrets are this stack's own."""
        own = {"TIDEDESK_PUBLIC_URL": f"http://{HOST}:{port}"} if port is not None else {}
        ports = (self.ports.frontend, self.ports.frontend_dev)
        pages = [f"http://{host}:{port}" for host in PAGE_HOSTS for port in ports]
        others = [os.environ["TIDEDESK_CORS_ORIGINS"]] if os.environ.get("TIDEDESK_CORS_ORIGINS") else []
        allowed = {"TIDEDESK_CORS_ORIGINS": ",".join((*pages, *others))}
        usual = {"TIDEDESK_MAIL_FOLDER": str(self.mail_folder), "TIDEDESK_PAGES_URL": self.ports.pages_url}
        return {**usual, **os.environ, **own, **allowed, **self.variables()}

    def save(self, path: Path) -> None:
        lines = ["# Use it in a shell: set -a; . this-file; set +a"]
        lines += [f"{name}='{value}'" for name, value in self.for_tools().items()]
        write_private(path, "\n".join(lines) + "\n")
