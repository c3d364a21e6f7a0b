"""A provider of identities over real HTTP, which can be told to do what no provider may."""

from __future__ import annotations

import base64
import hashlib
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jws
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.support.in_process import listening

CLIENT_ID, CLIENT_SECRET = "tidedesk", secrets.token_urlsafe(16)

Sign = Callable[["OidcProvider", dict[str, Any]], str]


class Key:
    def __init__(self) -> None:
        self.id = secrets.token_hex(8)
        private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
        self.pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        self.public_pem = (
            private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    @property
    def public(self) -> dict[str, Any]:
        return {**jwk.construct(self.public_pem, "RS256").to_dict(), "kid": self.id, "use": "sig"}


def signed(provider: OidcProvider, claims: dict[str, Any]) -> str:
    key = provider.keys[-1]
    token: str = jws.sign(claims, key.pem, headers={"kid": key.id}, algorithm="RS256")
    return token


@dataclass
class OidcProvider:
    """`person` is who sits at the browser; what is in `claims` overrides what the token would say."""

    # What it calls itself, and where it is.
    issuer: str = ""
    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Sign = signed
    keys: list[Key] = field(default_factory=lambda: [Key()])
    metadata: dict[str, Any] = field(default_factory=dict)
    token_answer: Callable[[], Response] | None = None
    key_requests: int = 0
    _codes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def new_person(self, **claims: Any) -> None:
        name = secrets.token_hex(6)
        self.person = {
            "sub": name,
            "email": f"{name}@example.com",
            "email_verified": True,
            "name": "Ines Ruiz",
            **claims,
        }

    def visit(self, location: str) -> str:
        """The browser was led here and the person signed in: the address that it is led to now."""
        asked = dict(parse_qsl(urlsplit(location).query))
        assert location.startswith(f"{self.issuer}/authorize?"), location
        assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = {**asked, "person": dict(self.person)}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.issuer})}"

    async def _describe(self, _: Request) -> Response:
        places = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/logout",
        }
        return JSONResponse({"issuer": self.issuer, **places, **self.metadata})

    async def _send_back(self, request: Request) -> Response:
        """For a real browser: whoever comes is `person`, and is asked nothing."""
        return RedirectResponse(self.visit(f"{self.issuer}/authorize?{request.url.query}"), 303)

    async def _show_keys(self, _: Request) -> Response:
        self.key_requests += 1
        return JSONResponse({"keys": [key.public for key in self.keys]})

    async def _exchange(self, request: Request) -> Response:
        if self.token_answer is not None:
            return self.token_answer()
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self._codes.pop(form["code"], None)
        credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {credentials}"
            or challenge.decode() != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        token = self.sign(self, {**claims, **asked["person"], **self.claims})
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": token})

    async def _log_out(self, request: Request) -> Response:
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/authorize", self._send_back),
                Route("/keys", self._show_keys),
                Route("/token", self._exchange, methods=["POST"]),
                Route("/logout", self._log_out),
            ]
        )


@asynccontextmanager
async def oidc_provider() -> AsyncIterator[OidcProvider]:
    provider = OidcProvider()
    door = socket.create_server(("127.0.0.1", 0))
    provider.issuer = provider.address = f"http://127.0.0.1:{door.getsockname()[1]}"
    async with listening(uvicorn.Config(provider.app, log_config=None, access_log=False), door):
        yield provider
