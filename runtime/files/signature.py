"""AWS Signature Version 4 for S3, as published: the secret is never sent, and what is sent cannot be changed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
SERVICE = "s3"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Signer:
    key_id: str
    secret: str = field(repr=False)
    region: str = "us-east-1"

    def signed(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *,
        at: datetime,
        content_sha256: str = EMPTY_SHA256,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, str]:
        """`headers`, which name the host, with those that prove who asks. `path` is not encoded yet."""
        moment = at.strftime("%Y%m%dT%H%M%SZ")
        sent = {
            **{name.lower(): " ".join(value.split()) for name, value in headers.items()},
            "x-amz-content-sha256": content_sha256,
            "x-amz-date": moment,
        }
        names = ";".join(sorted(sent))
        request = "\n".join(
            (
                method,
                encoded_path(path),
                _encoded_query(query or {}),
                *(f"{name}:{sent[name]}" for name in sorted(sent)),
                "",
                names,
                content_sha256,
            )
        )
        scope = f"{moment[:8]}/{self.region}/{SERVICE}/aws4_request"
        text = "\n".join((ALGORITHM, moment, scope, hashlib.sha256(request.encode()).hexdigest()))
        signature = hmac.new(self._key(moment[:8]), text.encode(), hashlib.sha256).hexdigest()
        sent["authorization"] = (
            f"{ALGORITHM} Credential={self.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        return sent

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.secret}".encode()
        for part in (day, self.region, SERVICE, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def encoded_path(path: str) -> str:
    return quote(path, safe="/-_.~")


def _encoded_query(query: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))
