from __future__ import annotations

import signal
from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A process of the stack: what it is called and how it likes to be stopped."""

    name: str
    label: str
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 20.0


# SIGINT is Postgres's fast shutdown: open transactions are rolled back instead of waited for.
POSTGRES = Service("postgres", "Postgres", stop_signal=signal.SIGINT)
REDIS = Service("redis", "Redis")
ELASTICSEARCH = Service("elasticsearch", "Elasticsearch", stop_timeout_s=40.0)
# Where npm could build it.
FRONTEND = Service("frontend", "The frontend")
# Only with `tidedesk up --sso`.
KEYCLOAK = Service("keycloak", "Keycloak", stop_timeout_s=40.0)
WRITE_API = Service("write_api", "The write API")
READ_API = Service("read_api", "The read API")
PROJECTOR = Service("projector", "The projector", stop_timeout_s=30.0)

STORES = (POSTGRES, REDIS, ELASTICSEARCH)
OPTIONAL = (KEYCLOAK, FRONTEND)
APPLICATIONS = (WRITE_API, READ_API, PROJECTOR)
ALL = (*STORES, *APPLICATIONS)
