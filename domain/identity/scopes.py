from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from domain.identity.errors import NoScopes
from domain.shared.errors import json_pointer
from domain.shared.values import to_enum


class Scope(str, Enum):
    """What an API token may be used for, of all that its user may do; `read` and `write` are all of their kind."""

    READ = "read"
    WRITE = "write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    # Users, groups and organizations.
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"


def clean_scopes(values: Iterable[object]) -> frozenset[Scope]:
    scopes = frozenset(to_enum(Scope, value, json_pointer("scopes", index)) for index, value in enumerate(values))
    if not scopes:
        raise NoScopes
    return scopes
