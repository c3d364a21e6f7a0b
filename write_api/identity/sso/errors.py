from __future__ import annotations

from domain.shared.errors import NotFound
from runtime.problems import ErrorItem, ProblemError


class SsoProviderNotFound(NotFound):
    code = "sso.provider_not_found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no provider {name}. GET /v1/sso lists those that there are.")


def provider_unavailable(label: str) -> ProblemError:
    return ProblemError(
        503,
        "sso.provider_unavailable",
        f"{label} does not answer at the moment. Try again shortly, or sign in another way.",
        headers={"Retry-After": "5"},
        extensions={"provider": label},
    )


def provider_failed(label: str) -> ProblemError:
    """It answered, and not as a provider may. Why is in the log: to a stranger it would tell too much."""
    return ProblemError(
        502,
        "sso.provider_failed",
        f"What {label} answered cannot be trusted, so nobody was signed in. Start again; tell an admin if it stays so.",
        extensions={"provider": label},
    )


def sign_in_unknown() -> ProblemError:
    """Of a state that nobody began, that was used, or that another browser began."""
    return ProblemError(
        400,
        "sso.state_unknown",
        "This sign-in was not begun in this browser, took too long, or is over already. Start again.",
        errors=[ErrorItem("sso.state_unknown", "No sign-in is under way with it.", parameter="state")],
    )


def refused_by_provider(label: str, error: str) -> ProblemError:
    return ProblemError(
        403,
        "sso.refused_by_provider",
        f"{label} did not let you in ({error}). Start again, or sign in another way.",
        extensions={"provider": label},
    )


def return_elsewhere() -> ProblemError:
    message = "Name a path of ours such as /tickets, or an address of a page that the settings allow."
    return ProblemError(
        422,
        "sso.return_to_refused",
        "After signing in it would lead elsewhere; see errors.",
        errors=[ErrorItem("sso.return_to_refused", message, parameter="return_to")],
    )
