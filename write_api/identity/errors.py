from __future__ import annotations

from domain.shared.errors import Conflict, NotFound
from runtime.bearer import unauthorized
from runtime.problems import ErrorItem, ProblemError


class RefreshRepeated(Conflict):
    code = "session.refresh_repeated"

    def __init__(self) -> None:
        super().__init__(
            "This refresh token was used a moment ago, by another tab or a request whose answer was lost. "
            "Use the newer token, or sign in again if you do not have it.",
            pointer="/refresh_token",
        )


class PasswordResetNotFound(NotFound):
    code = "password_reset.not_found"

    def __init__(self) -> None:
        super().__init__("This link is not valid, or no longer: it works once and for a short time. Ask for a new one.")


def credentials_refused() -> ProblemError:
    """One answer for a wrong password, an unknown address and a deactivated user: it tells nobody who exists."""
    return unauthorized("The email or the password is wrong, or the user is deactivated.", "session.credentials_wrong")


def refresh_refused() -> ProblemError:
    return unauthorized("The refresh token is not valid, or no longer. Sign in again.", "session.refresh_refused")


def present_password_wrong() -> ProblemError:
    item = ErrorItem("password.present_wrong", "This is not the password you have now.", pointer="/current_password")
    return ProblemError(
        422,
        "password.present_wrong",
        "The password was not changed: the present one is another. If you do not know it, ask for a reset by mail.",
        errors=[item],
    )


def too_many_passwords() -> ProblemError:
    return ProblemError(
        503,
        "session.too_many_waiting",
        "Too many people sign in at this moment. Try again in a few seconds.",
        headers={"Retry-After": "5"},
    )
