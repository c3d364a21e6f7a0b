"""The keys that sign access tokens and check them: each has an id, and one algorithm that no token talks it out of."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from jose import jwk

from runtime.settings import Settings

ALGORITHM = "HS256"
# Enough to tell apart the few keys there are; of a secret of 32 bytes it tells nothing that helps.
ID_LENGTH = 16


class TokenKey(NamedTuple):
    id: str
    algorithm: str
    material: Any


class TokenKeys:
    """One signs; others are good for checking, too, so that changing the secret signs nobody out."""

    def __init__(self, settings: Settings) -> None:
        self.signing = _key(settings.token_secret.get_secret_value())
        others = [_key(secret.get_secret_value()) for secret in settings.token_secrets_accepted]
        self._by_id = {key.id: key for key in (*others, self.signing)}

    def find(self, key_id: object) -> TokenKey | None:
        return self._by_id.get(key_id) if isinstance(key_id, str) else None


def _key(secret: str) -> TokenKey:
    key_id = hashlib.sha256(b"tidedesk access token key " + secret.encode()).hexdigest()[:ID_LENGTH]
    # A ready key, as python-jose would try to read a plain string as JSON first.
    return TokenKey(key_id, ALGORITHM, jwk.construct(secret, ALGORITHM))
