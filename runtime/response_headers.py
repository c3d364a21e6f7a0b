"""The headers of answers, as the OpenAPI documents describe them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

HEADERS: dict[str, tuple[str, str]] = {
    "X-Request-ID": ("Names this request in our logs.", "0190163d8694739b9aadb6ca5a25ae5b"),
    "ETag": (
        "Of a command the version; of a read the version and a digest of the answer. Either goes as If-Match.",
        '"v3"',
    ),
    "Location": ("The address of what was made.", "/v1/tickets/01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11"),
    "Consistency-Token": ("Send it with a query to see this write in its answer.", "dGlja2V0OjAxOTAxNjM5"),
    "Freshness": (
        "How fresh the answer is (RFC 8941 dictionary).",
        'as_of="2026-01-31T12:00:00Z", lag_ms=12, stale=?0',
    ),
    "Preference-Applied": ("Which preference was honoured (RFC 7240).", "wait"),
    "Idempotency-Replayed": ("The stored answer of the first request with this key.", "true"),
    "Link": ("The next and previous page (RFC 8288).", '</v1/tickets?cursor=abc>; rel="next"'),
    "RateLimit": ("What is left now: requests and seconds.", '"read";r=5999;t=1'),
    "RateLimit-Policy": ("How many requests are allowed in how many seconds.", '"read";q=6000;w=60'),
    "Retry-After": ("Seconds to wait before the next try.", "2"),
    "WWW-Authenticate": ("How to authenticate.", 'Bearer realm="tidedesk"'),
    "Content-Disposition": (
        "Always attachment, with the name of the file (RFC 6266).",
        "attachment; filename=\"stripes.png\"; filename*=UTF-8''stripes.png",
    ),
    "Content-Range": ("Which bytes of the file these are (RFC 9110 14.4).", "bytes 0-1023/48213"),
    "Set-Cookie": ("Of a browser: what it is signed in by.", "__Host-tidedesk-access=ey...; Path=/; Secure; HttpOnly"),
    "Allow": ("The methods that this address takes.", "GET, POST"),
}


def components() -> dict[str, Any]:
    return {
        name: {"description": description, "schema": {"type": "string"}, "example": example}
        for name, (description, example) in HEADERS.items()
    }


def references(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
