"""Which addresses of a provider we ask, and to which a browser is led."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from runtime.network import is_loopback
from runtime.sso_providers import SsoProvider

# Nothing that leads out again, however it is spelt.
_BELOW = re.compile(r"/(?!.*\.\.)[A-Za-z0-9._~/-]+(\?[A-Za-z0-9._~&=-]*)?")


@dataclass(frozen=True)
class Endpoints:
    """Browsers are led to the first two, in the name of the issuer. We ask the others, and they stay within."""

    authorization: str
    end_session: str | None
    token: str
    keys: str

    @classmethod
    def named_in(cls, document: Mapping[str, Any], config: SsoProvider) -> Endpoints | None:
        """None where one that we need is missing, or must not be used."""
        authorization = _led_to(document.get("authorization_endpoint"), config)
        token, keys = (_asked_at(document.get(name), config) for name in ("token_endpoint", "jwks_uri"))
        if authorization is None or token is None or keys is None:
            return None
        return cls(authorization, _led_to(document.get("end_session_endpoint"), config), token, keys)


def document_of(config: SsoProvider) -> str:
    return f"{config.internal_url or config.issuer.rstrip('/')}/.well-known/openid-configuration"


def _led_to(place: object, config: SsoProvider) -> str | None:
    """Over TLS, but for a provider on this very machine."""
    try:
        address = urlsplit(place if isinstance(place, str) else "")
    except ValueError:
        return None
    local = config.is_plain and address.scheme == "http" and is_loopback(address.hostname or "")
    return address.geturl() if local or (address.scheme == "https" and address.hostname) else None


def _asked_at(place: object, config: SsoProvider) -> str | None:
    """Where we reach the issuer otherwise than browsers do: there, and nowhere else, whatever its document says."""
    if not config.internal_url:
        return _led_to(place, config)
    for beginning in (config.issuer.rstrip("/"), config.internal_url):
        if isinstance(place, str) and place.startswith(beginning):
            below = place.removeprefix(beginning)
            if _BELOW.fullmatch(below):
                return config.internal_url + below
    return None
