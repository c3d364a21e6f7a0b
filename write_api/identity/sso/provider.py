"""One OpenID Connect provider: where it is, which keys it has, and what it says of somebody."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from domain.identity.single_sign_on import Claims, SsoRules
from domain.shared.actor import Role
from domain.shared.clock import Clock
from runtime.sso_providers import SsoProvider
from write_api.identity.sso.endpoints import Endpoints, document_of
from write_api.identity.sso.http import ProviderHttp
from write_api.identity.sso.id_token import Expected, Untrusted, header_of, verified_claims

# Long enough to ask seldom, short enough that a key that was taken away does not count for long.
KEPT_FOR_S = 3_600.0
# Whoever sends tokens with invented keys makes us ask no more often.
ASK_AGAIN_AFTER_S = 10.0


@dataclass(frozen=True)
class Proven:
    claims: Claims
    id_token: str


class Provider:
    def __init__(
        self,
        config: SsoProvider,
        client: httpx.AsyncClient,
        clock: Clock,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self._http = ProviderHttp(client, config.shown_label)
        self._clock = clock
        self._now_s = monotonic_s
        self._endpoints: Endpoints | None = None
        self._keys: dict[str | None, Mapping[str, Any]] = {}
        self._endpoints_at = self._keys_at = float("-inf")

    @property
    def rules(self) -> SsoRules:
        config = self.config
        return SsoRules(
            label=config.shown_label,
            provider=config.name,
            email_domains=frozenset(config.email_domains),
            makes_users=config.creates_users,
            default_role=Role(config.default_role),
            roles={value: Role(role) for value, role in config.roles.items()},
            gives_groups=bool(config.group_claim),
        )

    async def login_url(self, *, state: str, nonce: str, verifier: str, redirect_uri: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.config.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        return _with_query((await self._discovered()).authorization, asked)

    async def logout_url(self, id_token: str, return_to: str) -> str | None:
        """Where the session at the provider ends, if it has such a place."""
        place = (await self._discovered()).end_session
        if place is None:
            return None
        asked = {
            "id_token_hint": id_token,
            "client_id": self.config.client_id,
            "post_logout_redirect_uri": return_to,
        }
        return _with_query(place, asked)

    def require_issuer(self, said: str | None) -> None:
        """RFC 9207: an answer of another provider that was led here is not taken for one of this."""
        if said is not None and said != self.config.issuer:
            self._http.distrust("answer of another issuer")

    async def prove(self, *, code: str, nonce: str, verifier: str, redirect_uri: str) -> Proven:
        """Raises ProblemError."""
        given = await self._exchanged(code, verifier, redirect_uri)
        id_token, access_token = given.get("id_token"), given.get("access_token")
        if not isinstance(id_token, str):
            self._http.distrust("no id_token")
        expected = Expected(
            self.config.issuer,
            self.config.client_id,
            nonce,
            access_token if isinstance(access_token, str) else None,
            self._clock.now().timestamp(),
        )
        try:
            claims = verified_claims(id_token, await self._key(header_of(id_token).get("kid")), expected)
        except Untrusted as reason:
            self._http.distrust(str(reason))
        return Proven(self._claims_of(claims), id_token)

    async def _exchanged(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        config = self.config
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        secret = config.client_secret.get_secret_value()
        if not secret:
            form["client_id"] = config.client_id
        place = (await self._discovered()).token
        return await self._http.post(place, form, (config.client_id, secret) if secret else None)

    def _claims_of(self, claims: Mapping[str, Any]) -> Claims:
        config, email, name = self.config, claims.get("email"), claims.get("name")
        return Claims(
            issuer=config.issuer,
            subject=claims["sub"],
            email=email if isinstance(email, str) else None,
            email_verified=claims.get("email_verified", config.email_is_verified) is True,
            name=name if isinstance(name, str) else None,
            roles=_values_at(claims, config.role_claim),
            groups=_meaning(_values_at(claims, config.group_claim), config.groups),
        )

    async def _discovered(self) -> Endpoints:
        if self._endpoints is None or self._now_s() - self._endpoints_at > KEPT_FOR_S:
            document = await self._http.get(document_of(self.config))
            # Whoever answers there, it is the issuer's document or none.
            if document.get("issuer") != self.config.issuer:
                self._http.distrust("its document is of another issuer")
            found = Endpoints.named_in(document, self.config)
            if found is None:
                self._http.distrust("its document names no usable address")
            self._endpoints, self._endpoints_at = found, self._now_s()
        return self._endpoints

    async def _key(self, kid: object) -> Mapping[str, Any]:
        wanted = kid if isinstance(kid, str) else None
        age_s = self._now_s() - self._keys_at
        if age_s > KEPT_FOR_S or (wanted not in self._keys and age_s > ASK_AGAIN_AFTER_S):
            keys = (await self._http.get((await self._discovered()).keys)).get("keys")
            self._keys = {
                key.get("kid"): key for key in (keys if isinstance(keys, list) else []) if isinstance(key, dict)
            }
            self._keys_at = self._now_s()
        if wanted not in self._keys:
            raise Untrusted("unknown kid")
        return self._keys[wanted]


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with_query(place: str, asked: Mapping[str, str]) -> str:
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def _meaning(groups: frozenset[str], names: Mapping[str, str]) -> frozenset[str]:
    if not names:
        return groups
    known = {value.removeprefix("/"): name for value, name in names.items()}
    return frozenset(known[value] for value in groups if value in known)


def _values_at(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """A name in full first, as some are addresses with dots; then step by step."""
    if not path:
        return frozenset()
    value: Any = claims.get(path)
    if value is None:
        value = claims
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
    values = value if isinstance(value, list) else [value]
    # Keycloak writes groups as paths.
    return frozenset(text.removeprefix("/") for text in values if isinstance(text, str))
