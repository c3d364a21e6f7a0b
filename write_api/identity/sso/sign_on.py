from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from runtime.settings import Settings
from write_api.identity.sso.errors import SsoProviderNotFound, return_elsewhere
from write_api.identity.sso.provider import Proven, Provider
from write_api.identity.sso.starts import SsoStarts, Start

MAX_RETURN_LENGTH = 2_048
# No second slash and no backslash, which browsers take for one: both would lead to another host.
_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]*")


class SingleSignOn:
    """From our login address to the provider and back, until it is proven who it is."""

    def __init__(self, providers: Iterable[Provider], starts: SsoStarts, settings: Settings) -> None:
        self.providers: Mapping[str, Provider] = {provider.config.name: provider for provider in providers}
        self.starts = starts
        self._public_url = settings.public_url
        self._own_url = f"{settings.public_url}{settings.public_path}"
        self._origins = frozenset(settings.cors_origins)

    def provider(self, name: str) -> Provider:
        """Raises SsoProviderNotFound."""
        found = self.providers.get(name)
        if found is None:
            raise SsoProviderNotFound(name)
        return found

    async def begin(self, name: str, return_to: str, browser: str) -> str:
        """Where the browser goes now."""
        provider = self.provider(name)
        state, start = await self.starts.begin(name, self.own_place(return_to), browser)
        return await provider.login_url(
            state=state, nonce=start.nonce, verifier=start.verifier, redirect_uri=self._callback(name)
        )

    async def finish(self, start: Start, code: str) -> Proven:
        return await self.provider(start.provider).prove(
            code=code, nonce=start.nonce, verifier=start.verifier, redirect_uri=self._callback(start.provider)
        )

    async def logout_url(self, name: str, id_token: str, return_to: str) -> str | None:
        place = self.own_place(return_to)
        absolute = place if place.startswith("http") else f"{self._public_url}{place}"
        found = self.providers.get(name)
        return None if found is None else await found.logout_url(id_token, absolute)

    def own_place(self, return_to: str) -> str:
        """A path of ours, or a page of an origin that the settings allow. Raises ProblemError."""
        if len(return_to) <= MAX_RETURN_LENGTH:
            if _PATH.fullmatch(return_to):
                return return_to
            address = urlsplit(return_to) if re.fullmatch(r"https?://[\x21-\x5b\x5d-\x7e]+", return_to) else None
            if address is not None and f"{address.scheme}://{address.netloc}" in self._origins:
                return return_to
        raise return_elsewhere()

    def _callback(self, name: str) -> str:
        return f"{self._own_url}/v1/sso/{name}/callback"
