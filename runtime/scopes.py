"""What the scopes of an API token open. What is not listed here, such as sessions, takes no API token."""

from __future__ import annotations

from collections.abc import Set
from functools import lru_cache

from starlette.types import Scope as AsgiScope

from runtime.bearer import CHALLENGE
from runtime.cookies import SAFE_METHODS
from runtime.problems import ProblemError

READ, WRITE = "read", "write"
TICKETS, DOCUMENTS, USERS = "tickets", "documents", "users"
EVERYTHING = (TICKETS, DOCUMENTS, USERS)
SCOPES = (READ, WRITE, *(f"{resource}:{action}" for resource in EVERYTHING for action in (READ, WRITE)))

# The beginning of a route's template -> what it shows or changes. The longest that fits counts.
ROUTES: dict[str, tuple[str, ...]] = {
    "/v1/tickets": (TICKETS,),
    "/v1/attachments": (TICKETS,),
    "/v1/ticket-fields": (TICKETS,),
    "/v1/ticket-moves": (TICKETS,),
    "/v1/counts": (TICKETS,),
    "/v1/views": (TICKETS,),
    "/v1/search/tickets": (TICKETS,),
    "/v1/documents": (DOCUMENTS,),
    "/v1/categories": (DOCUMENTS,),
    "/v1/search/documents": (DOCUMENTS,),
    "/v1/users": (USERS,),
    "/v1/groups": (USERS,),
    "/v1/organizations": (USERS,),
    "/v1/organizations/{organization_id}/move-tickets": (TICKETS, USERS),
    "/v1/search": (TICKETS, DOCUMENTS),
    "/v1/suggest": (TICKETS, DOCUMENTS),
    "/v1/events": (TICKETS, DOCUMENTS),
    "/v1/projections": EVERYTHING,
    # Of documents of every kind.
    "/v1/dead-letters": EVERYTHING,
    "/v1/rebuilds": EVERYTHING,
    # What happened to anything; only the token of an admin gets so far.
    "/v1/audit": EVERYTHING,
    "/v1/freshness": (),
}
# A token must not make itself stronger, or outlive what its user thinks has ended.
SESSIONS_ONLY = frozenset(
    {
        "/v1/sessions",
        "/v1/sso",
        "/v1/api-tokens",
        "/v1/users/me/password",
        "/v1/users/{user_id}/sessions",
        "/v1/users/{user_id}/api-tokens",
    }
)


def require_scopes(granted: Set[str], asgi: AsgiScope) -> None:
    """Raises where a token with these scopes must not take the route of this request."""
    needed = needed_scopes(asgi["route"].path, asgi["method"])
    if needed is None:
        raise ProblemError(
            403, "api_token.session_needed", "No API token opens this. Sign in, and send the token of the session."
        )
    missing = [scope for scope in needed if scope not in granted and scope.partition(":")[2] not in granted]
    if missing:
        listed = " ".join(missing)
        raise ProblemError(
            403,
            "api_token.scope_missing",
            f"The API token lacks the scope {', '.join(missing)}. Make one that has it.",
            headers={"WWW-Authenticate": f'{CHALLENGE}, error="insufficient_scope", scope="{listed}"'},
            extensions={"missing_scopes": missing},
        )


@lru_cache(maxsize=512)
def needed_scopes(template: str, method: str) -> tuple[str, ...] | None:
    """None: only a session will do."""
    if _longest(template, SESSIONS_ONLY) is not None:
        return None
    listed = _longest(template, ROUTES)
    if listed is None:
        return None
    action = READ if method in SAFE_METHODS else WRITE
    return tuple(f"{resource}:{action}" for resource in ROUTES[listed])


def _longest(template: str, beginnings: Set[str] | dict[str, tuple[str, ...]]) -> str | None:
    fitting = [one for one in beginnings if template == one or template.startswith(f"{one}/")]
    return max(fitting, key=len, default=None)
