"""What Redis is told about who is signed in, for the query API, which has nobody else to ask. Postgres is the truth."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LIVE, ENDED = b"1", b"0"


@dataclass(frozen=True)
class CredentialKeys:
    namespace: str

    def session(self, digest: str) -> str:
        """String: LIVE or ENDED, for as long as one of its access tokens may be good. If missing, it has ended."""
        return f"{self.namespace}:session:{digest}"

    @property
    def vouched_for(self) -> str:
        """String: the run id of the Redis server whose sessions were compared with Postgres since it started.

        One that was started anew may have forgotten the last second, and with it that a session has ended: until
        the projector has compared them, nothing that it says of sessions counts.
        """
        return f"{self.namespace}:credentials"

    @property
    def vouching(self) -> str:
        """String: the name of the comparison that is going on."""
        return f"{self.namespace}:credentials:by"


def digest_of(credential: str) -> str:
    """Ids of sessions, and less so anything that signs in, are not there to be read in a dump of Redis."""
    return hashlib.sha256(credential.encode(errors="replace")).hexdigest()
