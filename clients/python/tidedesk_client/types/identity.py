"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from typing import Literal, TypedDict

from .shared import Named

Role = Literal["admin", "agent", "customer"]
# What an API token may be used for, of all that its user may do; `read` and `write` are all of their kind.
Scope = Literal[
    "read", "write", "tickets:read", "tickets:write", "documents:read", "documents:write", "users:read", "users:write"
]
# Which tickets an agent sees. Admins see all of them, customers their own: for them it says nothing.
TicketAccess = Literal["all", "groups"]
TicketMoveState = Literal["running", "finished"]


class ApiTokenItem(TypedDict):
    created_at: str
    expires_at: str
    # How the token ends
    hint: str
    id: str
    # To the minute, and a minute or two late
    last_used_at: str | None
    name: str
    scopes: list[Scope]
    # As whom it acts
    user_id: str


class ApiTokenList(TypedDict):
    items: list[ApiTokenItem]
    next: None
    prev: None


class ApiTokenMade(TypedDict):
    created_at: str
    expires_at: str
    # How the token ends
    hint: str
    id: str
    # To the minute, and a minute or two late
    last_used_at: str | None
    name: str
    scopes: list[Scope]
    # Send it as Authorization: Bearer <token> to both APIs
    token: str
    # As whom it acts
    user_id: str


class Group(TypedDict):
    created_at: str
    description: str
    id: str
    name: str
    updated_at: str
    version: int


class GroupList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[Group]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class Organization(TypedDict):
    created_at: str
    domains: list[str]
    id: str
    name: str
    # Its members see one another's tickets
    shares_tickets: bool
    updated_at: str
    version: int


class OrganizationList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[Organization]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None


class ResetRequested(TypedDict):
    """Says nothing of whether anybody has this address."""

    # Seconds for which a link works
    expires_in: int


class SessionItem(TypedDict):
    created_at: str
    current: bool
    expires_at: str
    id: str
    ip_address: str
    last_used_at: str
    user_agent: str


class SessionList(TypedDict):
    items: list[SessionItem]
    next: None
    prev: None


class SignedIn(TypedDict):
    # Send it as Authorization: Bearer <access_token> to both APIs
    access_token: str
    # Seconds until the access token expires
    expires_in: int
    # Seconds until the session ends if it is not refreshed
    refresh_expires_in: int
    # For one POST /v1/sessions/refresh
    refresh_token: str
    session_id: str
    token_type: Literal["Bearer"]


class SignedInBrowser(TypedDict):
    """The tokens are in cookies."""

    # Send it as X-CSRF-Token with everything but GET; also in a cookie
    csrf_token: str
    # Seconds until a refresh is needed
    expires_in: int
    # Seconds until the session ends if it is not refreshed
    refresh_expires_in: int
    session_id: str
    token_type: Literal["Cookie"]


class SsoLogoutPlace(TypedDict):
    # Where the session at the provider ends; null if there is none
    redirect_to: str | None


class SsoProviderItem(TypedDict):
    # What a button says
    label: str
    # Where the button leads
    login: str
    name: str


class SsoProviderList(TypedDict):
    items: list[SsoProviderItem]
    next: None
    prev: None


class TicketMoveProgress(TypedDict):
    finished_at: str | None
    id: str
    moved: int
    # Whose tickets they were
    organization_id: str
    started_at: str
    # finished: all are committed; searches show them shortly after
    status: TicketMoveState
    to: str | None
    # How many there were at the start; some may be deleted meanwhile
    total: int
    updated_at: str


class User(TypedDict):
    active: bool
    created_at: str
    email: str
    groups: list[Named]
    id: str
    locale: str | None
    name: str
    organization: Named | None
    # admin, agent or customer
    role: str
    # Of agents: all, or groups for those who see only tickets of their groups
    ticket_access: str
    updated_at: str
    # The ETag begins with it; send that as If-Match to change the user
    version: int


class UserList(TypedDict):
    """What every list has around its `items`."""

    # false: a store was away or slow, so items or names may be missing
    complete: bool
    items: list[User]
    # Cursor of the next page; null: this is the last
    next: str | None
    # Cursor of the previous page; null: this is the first
    prev: str | None
