from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from uuid import UUID


class Voters:
    """Knows a voter again without knowing who it is: nothing is kept but a keyed digest, another one for each document.

    A stranger is an address on one day: whoever comes back tomorrow, or from elsewhere, has another vote.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def vote_id(self, document_id: UUID, user_id: UUID | None, network: str, at: datetime) -> UUID:
        who = f"stranger {network} {at.date()}" if user_id is None else f"user {user_id}"
        digest = hmac.new(self._key, f"vote on {document_id} by {who}".encode(), hashlib.sha256).digest()
        return UUID(bytes=digest[:16], version=5)
