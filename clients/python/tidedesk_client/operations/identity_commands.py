"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..answers import Answer, Match
from ..given import NOT_GIVEN, NotGiven, given
from ..request import Request, etag_or_none, in_path, key_or_new
from ..transport import Transport
from ..types import (
    ApiTokenItem,
    ApiTokenList,
    ApiTokenMade,
    ResetRequested,
    Role,
    Saved,
    Scope,
    SessionList,
    SignedIn,
    SignedInBrowser,
    SsoLogoutPlace,
    SsoProviderList,
    TicketAccess,
    TicketMoveProgress,
)


class IdentityCommands:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_api_tokens(self) -> Answer[ApiTokenList]:
        """Those of the caller that were not revoked."""
        return self._transport.answer(Request("command", "GET", "/v1/api-tokens"))

    def create_api_token(
        self,
        *,
        name: str,
        scopes: Sequence[Scope],
        expires_at: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[ApiTokenMade]:
        """Makes a token by which a program acts as the caller, within its scopes. It is shown only now.

        scopes: What it may be used for, at most what its user may do; read and write stand for all of their kind
        expires_at: Within 366 days; if left out 90
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/api-tokens",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(name=name, scopes=scopes, expires_at=expires_at),
            )
        )

    def revoke_api_token(self, token_id: str) -> Answer[None]:
        """Ends one of the own tokens; an admin ends anybody's."""
        return self._transport.answer(Request("command", "DELETE", f"/v1/api-tokens/{in_path(token_id)}"))

    def rename_api_token(self, token_id: str, *, name: str) -> Answer[ApiTokenItem]:
        """Gives it another name. Its scopes are final: whoever holds it shall not be able to do more some day."""
        return self._transport.answer(
            Request("command", "PATCH", f"/v1/api-tokens/{in_path(token_id)}", body=given(name=name))
        )

    def create_group(
        self, *, name: str, description: str | None | NotGiven = NOT_GIVEN, idempotency_key: str | None = None
    ) -> Answer[Saved]:
        """A team of agents that tickets can be given to. For admins."""
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/groups",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(name=name, description=description),
            )
        )

    def change_group(
        self,
        group_id: str,
        *,
        if_match: Match,
        description: str | None | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
    ) -> Answer[Saved]:
        """Change Group"""
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/groups/{in_path(group_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(description=description, name=name),
            )
        )

    def create_organization(
        self,
        *,
        name: str,
        domains: Sequence[str] | None | NotGiven = NOT_GIVEN,
        shares_tickets: bool | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[Saved]:
        """A customer's company. If it shares tickets, its people read each other's.

        shares_tickets: Whether its people read each other's tickets
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/organizations",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(name=name, domains=domains, shares_tickets=shares_tickets),
            )
        )

    def change_organization(
        self,
        organization_id: str,
        *,
        if_match: Match,
        domains: Sequence[str] | None | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        shares_tickets: bool | NotGiven = NOT_GIVEN,
    ) -> Answer[Saved]:
        """Change Organization"""
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/organizations/{in_path(organization_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(domains=domains, name=name, shares_tickets=shares_tickets),
            )
        )

    def move_organization_tickets(
        self, organization_id: str, *, to: str | None, idempotency_key: str | None = None
    ) -> Answer[TicketMoveProgress]:
        """Moves all tickets that the organization has now to another one, in the background. For admins.

        Its people stay, and so do tickets that are opened after this. See `Location` for how far it is.

        to: The organization that gets them; null: they belong to none then
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/organizations/{in_path(organization_id)}/move-tickets",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(to=to),
            )
        )

    def request_password_reset(self, *, email: str, idempotency_key: str | None = None) -> Answer[ResetRequested]:
        """Sends a link to the address, if somebody has it. The answer is the same if nobody does."""
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/password-resets",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(email=email),
            )
        )

    def reset_password(self, token: str, *, password: str, idempotency_key: str | None = None) -> Answer[None]:
        """Sets a new password, once, and ends all sessions.

        token: From the link in the mail
        password: Nothing that is easily guessed: not one of the common ones, not made of the name or the email
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                f"/v1/password-resets/{in_path(token)}",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(password=password),
            )
        )

    def list_sessions(self) -> Answer[SessionList]:
        """Where the caller is signed in."""
        return self._transport.answer(Request("command", "GET", "/v1/sessions"))

    def sign_in(
        self,
        *,
        email: str,
        password: str,
        audience: Literal["tidedesk-write-api", "tidedesk-read-api"] | None | NotGiven = NOT_GIVEN,
        mode: Literal["token", "browser"] | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[SignedIn | SignedInBrowser]:
        """Gives an access token for both APIs, and a refresh token for the next one.

        audience: The only API that shall take the access token; without it both do
        mode: browser: the tokens come in cookies that no script can read, not in the body
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/sessions",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(email=email, password=password, audience=audience, mode=mode),
            )
        )

    def end_current_session(self) -> Answer[None]:
        """Signs out. The access token of this request counts no more."""
        return self._transport.answer(Request("command", "DELETE", "/v1/sessions/current"))

    def end_other_sessions(self) -> Answer[None]:
        """Signs out everywhere but here."""
        return self._transport.answer(Request("command", "DELETE", "/v1/sessions/others"))

    def refresh_session(
        self,
        *,
        audience: Literal["tidedesk-write-api", "tidedesk-read-api"] | None | NotGiven = NOT_GIVEN,
        refresh_token: str | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[SignedIn | SignedInBrowser]:
        """Changes a refresh token, once, for a new pair. One that is used again later ends the session.

        audience: The only API that shall take the access token; without it both do
        refresh_token: Without it, the one in the browser's cookie
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/sessions/refresh",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(audience=audience, refresh_token=refresh_token),
            )
        )

    def end_session(self, session_id: str) -> Answer[None]:
        """Ends one of the own sessions; an admin ends anybody's."""
        return self._transport.answer(Request("command", "DELETE", f"/v1/sessions/{in_path(session_id)}"))

    def list_sso_providers(self) -> Answer[SsoProviderList]:
        """Who else signs people in, for the buttons of a login page."""
        return self._transport.answer(Request("command", "GET", "/v1/sso"))

    def sign_out_everywhere(self, *, return_to: str | NotGiven = NOT_GIVEN) -> Answer[SsoLogoutPlace]:
        """Ends the session, and says where the browser goes to end the one at the provider, too; null if there is
        none.

        return_to: Where the provider leads the browser afterwards
        """
        return self._transport.answer(Request("command", "POST", "/v1/sso/logout", body=given(return_to=return_to)))

    def return_from_provider(
        self,
        provider: str,
        *,
        state: str | None = None,
        code: str | None = None,
        error: str | None = None,
        iss: str | None = None,
    ) -> Answer[None]:
        """The provider leads here. Signs the browser in, by cookies, and goes on to where it wanted to go.

        provider: From GET /v1/sso
        """
        return self._transport.answer(
            Request(
                "command",
                "GET",
                f"/v1/sso/{in_path(provider)}/callback",
                query={"state": state, "code": code, "error": error, "iss": iss},
            )
        )

    def sign_in_at_provider(self, provider: str, *, return_to: str | None = None) -> Answer[None]:
        """For a link or a button: leads the browser to the provider, and by it back to the callback.

        provider: From GET /v1/sso
        return_to: Where to go afterwards: a path of ours, or a page of an origin that the settings allow
        """
        return self._transport.answer(
            Request("command", "GET", f"/v1/sso/{in_path(provider)}/login", query={"return_to": return_to})
        )

    def get_ticket_move(self, move_id: str) -> Answer[TicketMoveProgress]:
        """How far a move of tickets is. For admins."""
        return self._transport.answer(Request("command", "GET", f"/v1/ticket-moves/{in_path(move_id)}"))

    def create_user(
        self,
        *,
        email: str,
        name: str,
        group_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        organization_id: str | None | NotGiven = NOT_GIVEN,
        password: str | None | NotGiven = NOT_GIVEN,
        role: Role | NotGiven = NOT_GIVEN,
        ticket_access: TicketAccess | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
    ) -> Answer[Saved]:
        """Registers a person. Agents register customers, admins everybody.

        group_ids: For agents and admins
        password: Nothing that is easily guessed: not one of the common ones, not made of the name or the email
        ticket_access: Of an agent: all tickets, or only those of the own groups beside those assigned to or
            requested by the agent
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/users",
                headers={"Idempotency-Key": key_or_new(idempotency_key)},
                body=given(
                    email=email,
                    name=name,
                    group_ids=group_ids,
                    locale=locale,
                    organization_id=organization_id,
                    password=password,
                    role=role,
                    ticket_access=ticket_access,
                ),
            )
        )

    def change_own_password(
        self,
        *,
        current_password: str,
        password: str,
        audience: Literal["tidedesk-write-api", "tidedesk-read-api"] | None | NotGiven = NOT_GIVEN,
    ) -> Answer[SignedIn | SignedInBrowser]:
        """Changes the own password, who knows the present one. Ends all sessions, and answers with a new one.

        password: Nothing that is easily guessed: not one of the common ones, not made of the name or the email
        audience: The only API that shall take the access token; without it both do
        """
        return self._transport.answer(
            Request(
                "command",
                "POST",
                "/v1/users/me/password",
                body=given(current_password=current_password, password=password, audience=audience),
            )
        )

    def change_user(
        self,
        user_id: str,
        *,
        if_match: Match,
        active: bool | NotGiven = NOT_GIVEN,
        email: str | NotGiven = NOT_GIVEN,
        group_ids: Sequence[str] | None | NotGiven = NOT_GIVEN,
        locale: str | None | NotGiven = NOT_GIVEN,
        name: str | NotGiven = NOT_GIVEN,
        organization_id: str | None | NotGiven = NOT_GIVEN,
        password: str | NotGiven = NOT_GIVEN,
        role: Role | NotGiven = NOT_GIVEN,
        ticket_access: TicketAccess | NotGiven = NOT_GIVEN,
    ) -> Answer[Saved]:
        """Everybody changes the own name and locale, admins change everything. A new password ends all sessions.

        active: false ends all sessions of the user
        password: Nothing that is easily guessed: not one of the common ones, not made of the name or the email
        ticket_access: Of an agent: all tickets, or only those of the own groups beside those assigned to or
            requested by the agent
        """
        return self._transport.answer(
            Request(
                "command",
                "PATCH",
                f"/v1/users/{in_path(user_id)}",
                headers={"If-Match": etag_or_none(if_match)},
                body=given(
                    active=active,
                    email=email,
                    group_ids=group_ids,
                    locale=locale,
                    name=name,
                    organization_id=organization_id,
                    password=password,
                    role=role,
                    ticket_access=ticket_access,
                ),
            )
        )

    def list_api_tokens_of_user(self, user_id: str) -> Answer[ApiTokenList]:
        """Those of a user. For admins, and for the user."""
        return self._transport.answer(Request("command", "GET", f"/v1/users/{in_path(user_id)}/api-tokens"))

    def list_sessions_of_user(self, user_id: str) -> Answer[SessionList]:
        """Where a user is signed in. For admins, and for the user."""
        return self._transport.answer(Request("command", "GET", f"/v1/users/{in_path(user_id)}/sessions"))

    def end_sessions_of_user(self, user_id: str) -> Answer[None]:
        """Signs a user out everywhere. For admins, and for the user."""
        return self._transport.answer(Request("command", "DELETE", f"/v1/users/{in_path(user_id)}/sessions"))
