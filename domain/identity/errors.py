from __future__ import annotations

from uuid import UUID

from domain.shared.errors import Conflict, Forbidden, NotFound, RuleViolated, ValidationFailed


class UserNotFound(NotFound):
    code = "user.not_found"

    def __init__(self, user_id: UUID | str, pointer: str | None = None) -> None:
        super().__init__(
            f"There is no user {user_id}. Check the id.", pointer=pointer, details={"user_id": str(user_id)}
        )


class EmailTaken(Conflict):
    code = "user.email_taken"

    def __init__(self, email: str) -> None:
        super().__init__(
            f"Another user already has the email {email}. Use that user or another address.", pointer="/email"
        )


class UserForbidden(Forbidden):
    code = "user.forbidden"


class OwnRightsProtected(RuleViolated):
    code = "user.own_rights_protected"

    def __init__(self, pointer: str) -> None:
        super().__init__(
            "Nobody takes the own role away or deactivates themselves, so that an admin always remains. "
            "Ask another admin.",
            pointer=pointer,
        )


class OwnPasswordProtected(RuleViolated):
    code = "user.own_password_protected"

    def __init__(self) -> None:
        super().__init__(
            "The own password is changed with POST /v1/users/me/password, which asks for the present one.",
            pointer="/password",
        )


class CustomerInGroup(RuleViolated):
    code = "user.customer_in_group"

    def __init__(self) -> None:
        super().__init__(
            "Groups are for agents and admins. Leave group_ids empty for a customer.", pointer="/group_ids"
        )


class TooManyGroups(ValidationFailed):
    code = "user.too_many_groups"


class GroupNotFound(NotFound):
    code = "group.not_found"

    def __init__(self, group_id: UUID, pointer: str | None = None) -> None:
        super().__init__(
            f"There is no group {group_id}. Check the id.", pointer=pointer, details={"group_id": str(group_id)}
        )


class OrganizationNotFound(NotFound):
    code = "organization.not_found"

    def __init__(self, organization_id: UUID, pointer: str | None = None) -> None:
        super().__init__(
            f"There is no organization {organization_id}. Check the id.",
            pointer=pointer,
            details={"organization_id": str(organization_id)},
        )


class NameTaken(Conflict):
    code = "name.taken"

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"There already is a {kind} named '{name}'. Choose another name.", pointer="/name")


class TooManyDomains(ValidationFailed):
    code = "organization.too_many_domains"


class TicketMoveNotFound(NotFound):
    code = "ticket_move.not_found"

    def __init__(self, move_id: UUID) -> None:
        super().__init__(
            f"There is no move of tickets {move_id}. Check the id.", details={"ticket_move_id": str(move_id)}
        )


class TicketMoveToItself(ValidationFailed):
    code = "ticket_move.to_itself"

    def __init__(self) -> None:
        super().__init__("The tickets are there already. Name another organization, or null for none.", pointer="/to")


class TicketMoveRunning(RuleViolated):
    code = "ticket_move.running"

    def __init__(self, move_id: UUID) -> None:
        super().__init__(
            f"Tickets are being moved from or to one of these organizations. Wait until move {move_id} is finished.",
            details={"ticket_move_id": str(move_id)},
        )


class SsoRefused(Forbidden):
    """The provider knows who it is, and that person may not come in."""

    code = "sso.refused"


class SsoEmailNotVerified(SsoRefused):
    code = "sso.email_not_verified"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} does not say that your email address is verified, so nobody knows whose account is yours. "
            "Verify it there, then sign in again."
        )


class SsoEmailNotAllowed(SsoRefused):
    code = "sso.email_not_allowed"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"Your email address at {provider} is of a domain that may not sign in here. "
            "Use another account, or ask an admin."
        )


class SsoNoAccount(SsoRefused):
    code = "sso.no_account"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"There is no account for your email address at {provider}, and none is made by signing in. Ask an admin."
        )


class SsoUserInactive(SsoRefused):
    code = "sso.user_inactive"

    def __init__(self) -> None:
        super().__init__("Your account is deactivated. Ask an admin.")


class SsoOtherIdentity(SsoRefused):
    code = "sso.other_identity"

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"The account with your email address belongs to another identity at {provider}. "
            "If the address changed hands, ask an admin to give the older account another one."
        )


class SessionNotFound(NotFound):
    code = "session.not_found"

    def __init__(self, session_id: UUID) -> None:
        super().__init__(
            f"You have no session {session_id}. List your sessions to see their ids.",
            details={"session_id": str(session_id)},
        )


class ApiTokenNotFound(NotFound):
    code = "api_token.not_found"

    def __init__(self, token_id: UUID) -> None:
        super().__init__(
            f"You have no API token {token_id}. List your tokens to see their ids.",
            details={"api_token_id": str(token_id)},
        )


class NoScopes(ValidationFailed):
    code = "api_token.no_scopes"

    def __init__(self) -> None:
        super().__init__("A token without scopes is good for nothing. Name at least one.", pointer="/scopes")


class ApiTokenExpiryInvalid(ValidationFailed):
    code = "api_token.expiry_invalid"

    def __init__(self, max_days: int) -> None:
        super().__init__(
            f"A token ends some day, at most {max_days} days from now. Choose a time between now and then.",
            pointer="/expires_at",
            details={"max_days": max_days},
        )


class TooManyApiTokens(RuleViolated):
    code = "api_token.too_many"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"There are {limit} tokens already, which is all that one user may have. Revoke those not needed.",
            details={"limit": limit},
        )
