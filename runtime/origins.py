from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from runtime.problems import ErrorItem, ProblemError
from runtime.settings import Settings


class OwnOrigins:
    """Whose pages may act with the cookies of a browser: our own, and those that the settings name."""

    def __init__(self, settings: Settings) -> None:
        self._named = frozenset((settings.public_url, *settings.cors_origins))
        self._scheme = urlsplit(settings.public_url).scheme

    def refusal(self, headers: Sequence[tuple[bytes, bytes]]) -> ProblemError | None:
        """Browsers say with everything but plain questions where it comes from, so nothing said is wrong, too."""
        said = {name: _all(headers, name) for name in (b"origin", b"host", b"sec-fetch-site")}
        origins, hosts = said[b"origin"], said[b"host"]
        own = self._named.union(f"{self._scheme}://{host}" for host in hosts)
        if len(origins) == 1 and origins[0] in own and "cross-site" not in said[b"sec-fetch-site"]:
            return None
        item = ErrorItem("csrf.origin_refused", "It must be there once, and be one of ours.", header="Origin")
        return ProblemError(
            403, "csrf.origin_refused", "The request was not sent by one of our pages; see errors.", errors=[item]
        )


def _all(headers: Sequence[tuple[bytes, bytes]], wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]
