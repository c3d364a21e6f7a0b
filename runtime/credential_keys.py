"""What Redis is told about who is signed in, for the query API, which has nobody else to ask. Postgres is the truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

LIVE, ENDED = b"1", b"0"


@dataclass(frozen=True)
class CredentialKeys:
    namespace: str

    def session(self, digest: str) -> str:
        """String: LIVE or ENDED, for as long as one of its access tokens may be good. If missing, it has ended."""
        return f"{self.namespace}:session:{digest}"

    @property
    def api_tokens(self) -> str:
        """Hash: digest of an API token that is live -> JSON of its id, user_id, scopes and expires_at (s)."""
        return f"{self.namespace}:api-tokens"

    @property
    def api_token_uses(self) -> str:
        """Hash: id of an API token -> when it was used (s), until that is written to Postgres."""
        return f"{self.namespace}:api-token-uses"

    @property
    def api_token_uses_taken(self) -> str:
        """Hash: those that are being written."""
        return f"{self.namespace}:api-token-uses:taken"

    @property
    def vouched_for(self) -> str:
        """String: the run id of the Redis server whose credentials were compared with Postgres since it started.

        One that was started anew may have forgotten the last second, and with it that a session has ended: until
        they were compared, nothing that it says of who is signed in counts.
        """
        return f"{self.namespace}:credentials"

    @property
    def vouching(self) -> str:
        """String: the name of the comparison that is going on."""
        return f"{self.namespace}:credentials:by"


def digest_of(credential: str) -> str:
    """Ids of sessions, and less so anything that signs in, are not there to be read in a dump of Redis."""
    return hashlib.sha256(credential.encode(errors="replace")).hexdigest()


def api_token_record(token_id: UUID, user_id: UUID, scopes: Iterable[str], expires_at: datetime) -> str:
    """What is said of a live API token."""
    ids = {"id": str(token_id), "user_id": str(user_id)}
    return orjson.dumps({**ids, "scopes": sorted(scopes), "expires_at": expires_at.timestamp()}).decode()
