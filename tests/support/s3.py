"""An S3 endpoint for tests: keeps objects of one bucket in memory, and takes only requests that are signed rightly.

The signature is worked out anew from what arrived on the wire, by the published steps and apart from our own signer.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from aiohttp import web

from tests.support.free_ports import free_port_base

BUCKET, REGION = "desk-files", "eu-central-1"
KEY_ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, "
    r"SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
_MUST_BE_SIGNED = {"host", "x-amz-content-sha256", "x-amz-date"}
LONGEST_AGE = timedelta(minutes=15)
MAX_OBJECT_BYTES = 256 * 1_048_576


@dataclass
class S3Endpoint:
    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    # Answered instead to whatever is signed rightly.
    broken: int | None = None

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.read()
        path, _, query = request.raw_path.partition("?")
        headers = {name.lower(): value for name, value in request.headers.items()}
        fault = signature_fault(request.method, path, query, headers, body)
        if fault is not None:
            self.refused.append(fault)
            return web.Response(status=403)
        if self.broken is not None:
            return web.Response(status=self.broken)
        bucket, _, key = request.path.lstrip("/").partition("/")
        if bucket != BUCKET:
            return web.Response(status=404)
        if request.method == "PUT":
            self.objects[key] = body
            return web.Response()
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return web.Response(status=204)
        return self._read(self.objects.get(key), headers.get("range", ""))

    def _read(self, content: bytes | None, wanted: str) -> web.Response:
        if content is None:
            return web.Response(status=404)
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted)
        if asked is None:
            return web.Response(body=content)
        first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
        if first >= len(content):
            return web.Response(status=416)
        content_range = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        return web.Response(body=content[first : last + 1], status=206, headers=content_range)


def signature_fault(
    method: str,
    raw_path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    *,
    secret: str = SECRET,
    now: datetime | None = None,
) -> str | None:
    """What is wrong with it; None: nothing."""
    said = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if said is None:
        return "no signature"
    key_id, day, region, signed_names, signature = said.groups()
    names = signed_names.split(";")
    if names != sorted(names) or not _MUST_BE_SIGNED <= set(names):
        return f"signs only {signed_names}"
    if key_id != KEY_ID:
        return "unknown key id"
    sha256 = headers["x-amz-content-sha256"]
    if sha256 != hashlib.sha256(body).hexdigest():
        return "another body"
    moment = headers["x-amz-date"]
    age = (now or datetime.now(timezone.utc)) - datetime.strptime(moment, "%Y%m%dT%H%M%S%z")
    if abs(age) > LONGEST_AGE or not moment.startswith(day):
        return "too old"
    canonical_query = "&".join(sorted(pair if "=" in pair else f"{pair}=" for pair in query.split("&") if pair))
    lines = [method, raw_path, canonical_query, *(f"{name}:{headers[name].strip()}" for name in names)]
    request = "\n".join([*lines, "", signed_names, sha256])
    text = f"AWS4-HMAC-SHA256\n{moment}\n{day}/{region}/s3/aws4_request\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = b"AWS4" + secret.encode()
    for part in (day, region, "s3", "aws4_request", text):
        key = hmac.digest(key, part.encode(), "sha256")
    return None if hmac.compare_digest(key.hex(), signature) else "wrong signature"


@asynccontextmanager
async def s3_endpoint() -> AsyncIterator[S3Endpoint]:
    """Served over HTTP, by this process."""
    endpoint, port = S3Endpoint(), free_port_base()
    endpoint.url = f"http://127.0.0.1:{port}"
    application = web.Application(client_max_size=MAX_OBJECT_BYTES)
    application.add_routes([web.route("*", "/{path:.*}", endpoint.answer)])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield endpoint
    finally:
        await runner.cleanup()
