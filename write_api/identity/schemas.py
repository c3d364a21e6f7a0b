from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StrictBool

from domain.identity import api_token, group, organization
from domain.identity.email import MAX_EMAIL_LENGTH
from domain.identity.passwords import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from domain.identity.scopes import Scope
from domain.identity.ticket_move import TicketMoveState
from domain.identity.user import MAX_GROUPS, MAX_NAME_LENGTH
from domain.shared.actor import Role, TicketAccess
from domain.shared.locale import MAX_LOCALE_LENGTH
from runtime.types import Moment, PatchModel, SafeStr, StrictModel

# Far over what is accepted: a long one is a wrong one, and only a very long one is refused unread.
MAX_PRESENTED_LENGTH = 4_096
_NEW_PASSWORD: Any = Field(
    None,
    min_length=MIN_PASSWORD_LENGTH,
    max_length=MAX_PASSWORD_LENGTH,
    description="Nothing that is easily guessed: not one of the common ones, not made of the name or the email",
    example="a few words make a good one",
)
_REQUIRED_PASSWORD: Any = Field(
    ...,
    min_length=MIN_PASSWORD_LENGTH,
    max_length=MAX_PASSWORD_LENGTH,
    description=_NEW_PASSWORD.description,
    example="a few words make a good one",
)
# The values of runtime.tokens; a type takes no variables.
Audience = Literal["tidedesk-write-api", "tidedesk-read-api"]
_AUDIENCE: Any = Field(None, description="The only API that shall take the access token; without it both do")
_TICKET_ACCESS = (
    "Of an agent: all tickets, or only those of the own groups beside those assigned to or requested by the agent"
)
_DOMAINS: Any = Field(None, max_items=organization.MAX_DOMAINS, example=["copperkettle.example"])


class SignInBody(StrictModel):
    email: SafeStr = Field(..., max_length=MAX_PRESENTED_LENGTH, example="agent@example.com")
    password: SafeStr = Field(..., max_length=MAX_PRESENTED_LENGTH, example="tidedesk-demo-2026")
    audience: Audience | None = _AUDIENCE
    mode: Literal["token", "browser"] = Field(
        "token", description="browser: the tokens come in cookies that no script can read, not in the body"
    )


class RefreshBody(StrictModel):
    refresh_token: SafeStr | None = Field(
        None, min_length=1, max_length=MAX_PRESENTED_LENGTH, description="Without it, the one in the browser's cookie"
    )
    audience: Audience | None = _AUDIENCE


class RequestResetBody(StrictModel):
    email: SafeStr = Field(..., max_length=MAX_PRESENTED_LENGTH, example="agent@example.com")


class ResetPasswordBody(StrictModel):
    password: SafeStr = _REQUIRED_PASSWORD


class ChangePasswordBody(StrictModel):
    current_password: SafeStr = Field(..., max_length=MAX_PRESENTED_LENGTH)
    password: SafeStr = _REQUIRED_PASSWORD
    audience: Audience | None = _AUDIENCE


class CreateUserBody(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=MAX_NAME_LENGTH, example="Alice Brennan")
    email: SafeStr = Field(..., max_length=MAX_EMAIL_LENGTH, example="alice@copperkettle.example")
    role: Role = Role.CUSTOMER
    ticket_access: TicketAccess = Field(TicketAccess.ALL, description=_TICKET_ACCESS)
    group_ids: list[UUID] | None = Field(None, max_items=MAX_GROUPS, description="For agents and admins")
    organization_id: UUID | None = None
    locale: SafeStr | None = Field(None, max_length=MAX_LOCALE_LENGTH, example="en")
    password: SafeStr | None = _NEW_PASSWORD


class ChangeUserBody(PatchModel):
    """JSON Merge Patch: what is left out stays, null removes."""

    clearable = frozenset({"group_ids", "organization_id", "locale"})

    name: SafeStr | None = Field(None, min_length=1, max_length=MAX_NAME_LENGTH)
    email: SafeStr | None = Field(None, max_length=MAX_EMAIL_LENGTH)
    role: Role | None = None
    ticket_access: TicketAccess | None = Field(None, description=_TICKET_ACCESS)
    group_ids: list[UUID] | None = Field(None, max_items=MAX_GROUPS)
    organization_id: UUID | None = None
    locale: SafeStr | None = Field(None, max_length=MAX_LOCALE_LENGTH)
    active: StrictBool | None = Field(None, description="false ends all sessions of the user")
    password: SafeStr | None = _NEW_PASSWORD


class CreateGroupBody(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=group.MAX_NAME_LENGTH, example="Hardware")
    description: SafeStr | None = Field(None, max_length=group.MAX_DESCRIPTION_LENGTH)


class ChangeGroupBody(PatchModel):
    """JSON Merge Patch: what is left out stays, null removes."""

    clearable = frozenset({"description"})

    name: SafeStr | None = Field(None, min_length=1, max_length=group.MAX_NAME_LENGTH)
    description: SafeStr | None = Field(None, max_length=group.MAX_DESCRIPTION_LENGTH)


class CreateOrganizationBody(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=organization.MAX_NAME_LENGTH, example="The Copper Kettle")
    domains: list[SafeStr] | None = _DOMAINS
    shares_tickets: StrictBool = Field(False, description="Whether its people read each other's tickets")


class ChangeOrganizationBody(PatchModel):
    """JSON Merge Patch: what is left out stays, null removes."""

    clearable = frozenset({"domains"})

    name: SafeStr | None = Field(None, min_length=1, max_length=organization.MAX_NAME_LENGTH)
    domains: list[SafeStr] | None = _DOMAINS
    shares_tickets: StrictBool | None = None


class MoveTicketsBody(StrictModel):
    to: UUID | None = Field(..., description="The organization that gets them; null: they belong to none then")


class TicketMoveProgress(BaseModel):
    id: UUID
    status: TicketMoveState = Field(..., description="finished: all are committed; searches show them shortly after")
    organization_id: UUID = Field(..., description="Whose tickets they were")
    to: UUID | None
    moved: int = Field(..., ge=0)
    total: int = Field(..., ge=0, description="How many there were at the start; some may be deleted meanwhile")
    started_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class SignedIn(BaseModel):
    access_token: str = Field(..., description="Send it as Authorization: Bearer <access_token> to both APIs")
    token_type: str = Field("Bearer", const=True)
    expires_in: int = Field(..., description="Seconds until the access token expires", example=600)
    refresh_token: str = Field(..., description="For one POST /v1/sessions/refresh")
    refresh_expires_in: int = Field(..., description="Seconds until the session ends if it is not refreshed")
    session_id: UUID


class SignedInBrowser(BaseModel):
    """The tokens are in cookies."""

    token_type: str = Field("Cookie", const=True)
    expires_in: int = Field(..., description="Seconds until a refresh is needed", example=600)
    refresh_expires_in: int = Field(..., description="Seconds until the session ends if it is not refreshed")
    session_id: UUID
    csrf_token: str = Field(..., description="Send it as X-CSRF-Token with everything but GET; also in a cookie")


class SsoProviderItem(BaseModel):
    name: str = Field(..., example="keycloak")
    label: str = Field(..., description="What a button says", example="Company account")
    login: str = Field(..., description="Where the button leads", example="/v1/sso/keycloak/login")


class SsoProviderList(BaseModel):
    items: list[SsoProviderItem]
    next: None = None
    prev: None = None


class SsoLogoutBody(StrictModel):
    return_to: SafeStr = Field("/", max_length=2_048, description="Where the provider leads the browser afterwards")


class SsoLogoutPlace(BaseModel):
    redirect_to: str | None = Field(..., description="Where the session at the provider ends; null if there is none")


class SessionItem(BaseModel):
    id: UUID
    current: bool
    user_agent: str
    ip_address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionList(BaseModel):
    items: list[SessionItem]
    next: None = None
    prev: None = None


class CreateApiTokenBody(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=api_token.MAX_NAME_LENGTH, example="Nightly report")
    scopes: list[Scope] = Field(
        ...,
        min_items=1,
        max_items=len(Scope),
        description="What it may be used for, at most what its user may do; read and write stand for all of their kind",
        example=["tickets:read"],
    )
    expires_at: Moment | None = Field(
        None, description=f"Within {api_token.MAX_LIFETIME.days} days; if left out {api_token.DEFAULT_LIFETIME.days}"
    )


class RenameApiTokenBody(StrictModel):
    name: SafeStr = Field(..., min_length=1, max_length=api_token.MAX_NAME_LENGTH, example="Nightly report")


class ApiTokenItem(BaseModel):
    id: UUID
    user_id: UUID = Field(..., description="As whom it acts")
    name: str
    scopes: list[Scope]
    hint: str = Field(..., description="How the token ends", example="x7Qk")
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(..., description="To the minute, and a minute or two late")


class ApiTokenMade(ApiTokenItem):
    token: str = Field(..., description="Send it as Authorization: Bearer <token> to both APIs", example="tdk_Jm3...")


class ApiTokenList(BaseModel):
    items: list[ApiTokenItem]
    next: None = None
    prev: None = None


class ResetRequested(BaseModel):
    """Says nothing of whether anybody has this address."""

    expires_in: int = Field(..., description="Seconds for which a link works", example=1800)
