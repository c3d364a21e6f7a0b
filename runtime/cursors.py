from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

MAC_BYTES = 16
# A point-in-time id of Elasticsearch is the longest part; a few shards make a few hundred bytes.
MAX_CURSOR_LENGTH = 8_192


class InvalidCursor(Exception):
    """Not ours, changed, or made for another caller or another query."""


class CursorCodec:
    """Opaque page marks. `binding` names the caller and the query, and is signed but not carried."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def encode(self, payload: dict[str, Any], binding: str) -> str:
        body = json.dumps(payload, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(body, binding) + body).decode().rstrip("=")

    def decode(self, text: str, binding: str) -> dict[str, Any]:
        if len(text) > MAX_CURSOR_LENGTH:
            raise InvalidCursor
        try:
            raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (UnicodeEncodeError, binascii.Error) as error:
            raise InvalidCursor from error
        mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(body, binding)):
            raise InvalidCursor
        payload: dict[str, Any] = json.loads(body)
        return payload

    def _mac(self, body: bytes, binding: str) -> bytes:
        bound = binding.encode("utf-8", "surrogatepass")
        # The length keeps the end of one binding from passing as the start of a body.
        return hmac.new(self._key, len(bound).to_bytes(8, "big") + bound + body, hashlib.sha256).digest()[:MAC_BYTES]
