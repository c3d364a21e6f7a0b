from __future__ import annotations

import ipaddress
import os
import re
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, root_validator, validator
from pydantic.fields import ModelField

from runtime.attachment_settings import AttachmentSettings
from runtime.limit_settings import LimitSettings
from runtime.mail_settings import MailSettings
from runtime.network import is_loopback
from runtime.per_model import PARSERS
from runtime.projector_settings import ProjectorSettings
from runtime.redaction import REDACTED, without_password
from runtime.saved_environment import FILE_NAME, PREFIX, default_data_dir, saved_variables
from runtime.sso_providers import SsoProvider

MIN_SECRET_BYTES = 32
# Public, so production refuses them.
DEVELOPMENT_TOKEN_SECRET = "tidedesk-development-token-secret-do-not-use"
DEVELOPMENT_CURSOR_SECRET = "tidedesk-development-cursor-secret-do-not-use"
HOST_NAME = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]")
LIST_FIELDS = {
    "allowed_hosts",
    "cors_origins",
    "attachment_types",
    "token_secrets_accepted",
    "trusted_proxies",
    "kafka_servers",
    *PARSERS,
}


class Settings(AttachmentSettings, LimitSettings, MailSettings, ProjectorSettings):
    """Read from TIDEDESK_<NAME>; lists are comma-separated."""

    environment: Literal["development", "test", "production"] = Field(
        default="development", description="production refuses default secrets and demo data"
    )
    namespace: str = Field(
        default="tidedesk",
        regex=r"^[a-z][a-z0-9_]{0,30}$",
        description="Prefix of every Redis key and Elasticsearch index",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe line logged"
    )
    log_format: Literal["json", "console"] = Field(default="json", description="json for machines, console for people")

    database_url: str = Field(
        default="postgresql://tidedesk@127.0.0.1:8010/tidedesk",
        regex=r"^postgresql://",
        description="Postgres, the truth; as tidedesk_app, which cannot change the audit log",
    )
    migration_database_url: str = Field(
        default="",
        regex=r"^(postgresql://|$)",
        description="The same database as the owner of its tables, for migrations; database_url if empty",
    )
    database_pool_min: int = Field(default=2, ge=0, le=500, description="Connections kept open per process")
    database_pool_max: int = Field(default=16, ge=1, le=500, description="Most connections per process")
    statement_timeout_ms: int = Field(
        default=10_000, ge=100, le=600_000, description="Longest statement of a command, ms"
    )
    redis_url: str = Field(default="redis://127.0.0.1:8011/0", regex=r"^(rediss?|unix)://", description="Redis")
    redis_timeout_ms: int = Field(
        default=1_000, ge=10, le=60_000, description="Connect and answer timeout of Redis, ms"
    )
    redis_pool_max: int = Field(default=64, ge=1, le=10_000, description="Most Redis connections per process")
    elasticsearch_url: str = Field(
        default="http://127.0.0.1:8012",
        regex=r"^https?://[^,\s]+(,\s*https?://[^,\s]+)*$",
        description="Elasticsearch; of a cluster several nodes, separated by commas, each of which can fail",
    )
    elasticsearch_timeout_ms: int = Field(
        default=10_000, ge=100, le=600_000, description="Answer timeout of searches, ms"
    )
    elasticsearch_pool_max: int = Field(
        default=16, ge=1, le=1_000, description="Most Elasticsearch connections per process"
    )
    elasticsearch_shards: tuple[str, ...] = Field(
        default=(), description="Shards of new indices, such as 1,tickets=4; without any, 1. Others: projector rebuild"
    )
    elasticsearch_replicas: tuple[str, ...] = Field(
        default=(), description="Further copies of each shard, such as 1,history=0; without any, 0, as on one machine"
    )
    elasticsearch_allocation: tuple[str, ...] = Field(
        default=(), description="Attributes that nodes need to hold an index, such as tickets=disk:fast"
    )
    elasticsearch_awareness: str = Field(
        default="",
        regex=r"^([A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*)?$",
        description="Attribute of nodes, such as zone, on whose values the copies of a shard are spread",
    )

    public_url: str = Field(
        default="http://127.0.0.1:8000",
        regex=r"^https?://[^/?#@\s]+$",
        description="Origin under which callers reach us, no trailing /",
    )
    public_path: str = Field(
        default="",
        regex=r"^(/[A-Za-z0-9._~-]+)*$",
        description="Beginning of our paths that a proxy takes off, such as /api/commands; no trailing /",
    )
    allowed_hosts: tuple[str, ...] = Field(
        default=("localhost", "127.0.0.1", "[::1]", "testserver"),
        description="Host header values answered, without port",
    )
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Exact origins of browser applications that may call us"
    )
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses or networks of proxies in front of us, whose X-Forwarded-For is believed"
    )
    body_limit_bytes: int = Field(
        default=1_048_576, ge=1_024, le=1_073_741_824, description="Largest request body, bytes"
    )

    token_secret: SecretStr = Field(
        default=DEVELOPMENT_TOKEN_SECRET, description="Signs access tokens, at least 32 bytes"
    )
    token_secrets_accepted: tuple[SecretStr, ...] = Field(
        default=(), description="Secrets whose access tokens are good, too: the next or the last while they are changed"
    )
    token_issuer: str = Field(default="tidedesk", min_length=1, max_length=255, description="iss of access tokens")
    cursor_secret: SecretStr = Field(default=DEVELOPMENT_CURSOR_SECRET, description="Signs cursors, at least 32 bytes")
    access_token_ttl_s: int = Field(default=600, ge=60, le=3_600, description="Lifetime of an access token, s")
    refresh_token_ttl_s: int = Field(
        default=30 * 24 * 3_600, ge=600, le=365 * 24 * 3_600, description="Longest session of a customer, s"
    )
    session_idle_s: int = Field(
        default=7 * 24 * 3_600, ge=60, le=365 * 24 * 3_600, description="A customer's session ends if unused for, s"
    )
    staff_refresh_token_ttl_s: int = Field(
        default=12 * 3_600, ge=600, le=365 * 24 * 3_600, description="Longest session of an agent or admin, s"
    )
    staff_session_idle_s: int = Field(
        default=1_800, ge=60, le=365 * 24 * 3_600, description="An agent's or admin's session ends if unused for, s"
    )
    sessions_per_user: int = Field(
        default=20, ge=1, le=10_000, description="Sessions of one user at a time; one more ends the least used"
    )
    bcrypt_rounds: int = Field(default=12, ge=4, le=18, description="bcrypt cost: each step doubles the time")
    bcrypt_workers: int = Field(default=2, ge=1, le=64, description="Passwords hashed at the same time per process")

    password_pepper: SecretStr = Field(
        default="", description="Key of the password hashes, kept apart from them; without it they have none"
    )

    password_reset_ttl_s: int = Field(
        default=1_800, ge=60, le=86_400, description="How long the link of a password reset works, s"
    )

    sso_providers: tuple[SsoProvider, ...] = Field(
        default=(), description="OpenID Connect providers, as a JSON array; see docs/sign-in.md"
    )
    sso_start_ttl_s: int = Field(
        default=600, ge=60, le=3_600, description="How long signing in at a provider may take, s"
    )

    events_kept: int = Field(
        default=10_000, ge=100, le=1_000_000, description="Changes kept for subscribers who come back, about"
    )
    event_heartbeat_s: int = Field(
        default=15, ge=1, le=300, description="An event stream without events says that it is there, every s"
    )
    event_streams_per_caller: int = Field(
        default=20, ge=1, le=100_000, description="Event streams of one caller at a time, per process"
    )
    event_streams_max: int = Field(default=2_000, ge=1, le=100_000, description="Event streams at a time per process")
    exports_per_caller: int = Field(default=2, ge=1, le=1_000, description="Exports of one caller at a time")
    exports_max: int = Field(default=8, ge=1, le=1_000, description="Exports at a time per process")

    otlp_endpoint: str = Field(
        default="",
        regex=r"^(https?://[^?#\s]*[^/?#\s])?$",
        description="OTLP/HTTP collector of traces, such as http://127.0.0.1:4318, no trailing /; none without it",
    )
    trace_ratio: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Share recorded of the traces that begin here; of its own the caller decides",
    )

    class Config:
        env_prefix = "TIDEDESK_"
        allow_mutation = False
        extra = "forbid"
        validate_all = True

        @classmethod
        def parse_env_var(cls, field_name: str, raw_value: str) -> Any:
            if field_name == "sso_providers" and not raw_value.strip():
                return ()
            if field_name in LIST_FIELDS:
                return [item.strip() for item in raw_value.split(",") if item.strip()]
            return cls.json_loads(raw_value)  # type: ignore[attr-defined]

    @validator("token_secret", "token_secrets_accepted", "cursor_secret", each_item=True)
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(f"must be at least {MIN_SECRET_BYTES} bytes; make one with: openssl rand -base64 48")
        return value

    @validator("allowed_hosts")
    def _some_host(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or any(not HOST_NAME.fullmatch(host) for host in value):
            raise ValueError("must be host names or addresses such as desk.example.com,127.0.0.1,[::1]; no port, no *")
        return tuple(host.lower() for host in value)

    @validator("cors_origins", each_item=True)
    def _exact_origin(cls, value: str) -> str:
        if "*" in value or not value.startswith(("http://", "https://")) or value.count("/") != 2:
            raise ValueError("must be an exact origin such as https://desk.example.com")
        return value

    @validator("trusted_proxies", each_item=True)
    def _some_proxy(cls, value: str) -> str:
        network = ipaddress.ip_network(value, strict=False)
        if network.prefixlen == 0:
            raise ValueError("must name the proxies: everybody else could claim to be anybody")
        return str(network)

    @validator(*PARSERS)
    def _said_of_read_models(cls, value: tuple[str, ...], field: ModelField) -> tuple[str, ...]:
        PARSERS[field.name](value)
        return value

    @validator("sso_providers")
    def _distinct_providers(cls, value: tuple[SsoProvider, ...]) -> tuple[SsoProvider, ...]:
        if len({provider.name for provider in value}) < len(value):
            raise ValueError("each provider needs a name of its own")
        if any(provider.is_plain and not provider.is_local for provider in value):
            raise ValueError("an issuer needs https://, but on this very machine")
        return value

    @root_validator(skip_on_failure=True)
    def _consistent(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["database_pool_min"] > values["database_pool_max"]:
            raise ValueError("database_pool_min must not be above database_pool_max")
        if values["environment"] != "production":
            return values
        used = {name: values[name].get_secret_value() for name in ("token_secret", "cursor_secret")}
        public = [name for name in used if used[name] in (DEVELOPMENT_TOKEN_SECRET, DEVELOPMENT_CURSOR_SECRET)]
        if public:
            raise ValueError(f"production needs its own {' and '.join(public)}; make one with: openssl rand -base64 48")
        # Who comes from elsewhere would be led to their own machine.
        plain = any(provider.is_plain for provider in values["sso_providers"])
        if plain and not is_loopback(urlsplit(values["public_url"]).hostname or ""):
            raise ValueError(
                "production needs https:// for the issuers of sso_providers, unless public_url is local, too"
            )
        if used["token_secret"] == used["cursor_secret"]:
            raise ValueError("token_secret and cursor_secret must differ")
        accepted = [secret.get_secret_value() for secret in values["token_secrets_accepted"]]
        if not {DEVELOPMENT_TOKEN_SECRET, DEVELOPMENT_CURSOR_SECRET, used["cursor_secret"]}.isdisjoint(accepted):
            raise ValueError("token_secrets_accepted must neither have a public secret nor the cursor_secret")
        return values

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    def redacted(self) -> dict[str, Any]:
        """For people to look at: no secret, no password in an address."""
        shown: dict[str, Any] = {}
        for name, value in self.dict().items():
            if isinstance(value, SecretStr):
                shown[name] = REDACTED
            elif name == "sso_providers":
                shown[name] = [{**provider, "client_secret": REDACTED} for provider in value]
            elif isinstance(value, tuple):
                shown[name] = [REDACTED if isinstance(item, SecretStr) else item for item in value]
            else:
                shown[name] = without_password(value) if isinstance(value, str) else value
        return shown


def read_settings() -> Settings:
    """For the entry points: the environment, and for what it does not name the stack that runs here, if any."""
    saved = saved_variables(default_data_dir() / FILE_NAME)
    missing = {name.removeprefix(PREFIX).lower(): value for name, value in saved.items() if name not in os.environ}
    if f"{PREFIX}DATABASE_URL" in os.environ:
        # Whoever names another database means it for the migrations, too.
        missing.pop("migration_database_url", None)
    known: dict[str, Any] = {name: value for name, value in missing.items() if name in Settings.__fields__}
    return Settings(**known)
