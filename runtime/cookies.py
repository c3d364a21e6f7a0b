"""The cookies a browser is signed in by. By their prefix it takes them from this very host only, and over TLS only.

On a loopback address most browsers take them without TLS, too. Cookies know no ports, so both APIs of a host get them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable

from runtime.problems import ErrorItem, ProblemError

ACCESS = "__Host-tidedesk-access"
REFRESH = "__Host-tidedesk-refresh"
# The one that scripts may read: those of this origin, and of no other.
CSRF = "__Host-tidedesk-csrf"
CSRF_HEADER = "X-CSRF-Token"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

RawHeaders = Iterable[tuple[bytes, bytes]]

_CSRF_HEADER = CSRF_HEADER.lower().encode()


def set_cookie(name: str, value: str, max_age_s: int) -> str:
    """What Set-Cookie says. With a `max_age_s` of 0 it goes."""
    http_only = "" if name == CSRF else " HttpOnly;"
    return f"{name}={value}; Path=/; Max-Age={max_age_s}; Secure;{http_only} SameSite=Lax"


def cookie(headers: RawHeaders, name: str) -> str | None:
    """None also if it is there twice: then one of them is not ours."""
    wanted = name.encode()
    sent = [part.strip() for key, line in headers if key == b"cookie" for part in line.split(b";")]
    values = [value for known, _, value in (part.partition(b"=") for part in sent) if known == wanted]
    return values[0].decode("latin-1") if len(values) == 1 else None


def signs_in_by_cookie(headers: RawHeaders) -> bool:
    """Whether the browser sent what signs in by itself, and no script said who it acts for."""
    sent = list(headers)
    if any(name == b"authorization" for name, _ in sent):
        return False
    return any(cookie(sent, name) is not None for name in (ACCESS, REFRESH))


def require_csrf_token(headers: RawHeaders) -> None:
    """A page of another origin makes the browser send the cookies, but reads none, and sets no such header."""
    sent = list(headers)
    said, known = [value for name, value in sent if name == _CSRF_HEADER], cookie(sent, CSRF)
    if known is None or len(said) != 1 or not hmac.compare_digest(said[0], known.encode("latin-1")):
        item = ErrorItem("csrf.token_wrong", f"Send the value of the cookie {CSRF}.", header=CSRF_HEADER)
        raise ProblemError(
            403, "csrf.token_wrong", "The request does not prove that it is of our pages.", errors=[item]
        )
