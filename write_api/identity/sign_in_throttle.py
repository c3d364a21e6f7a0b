"""Holds guessers up without locking anybody out: who signs in from where they did before counts on their own."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.problems import ProblemError
from runtime.rate_limit import Decision, Policy, RateLimiter
from runtime.settings import Settings


class SignInThrottle:
    """Each try counts, as nobody knows beforehand which ones fail. Without Redis the process counts by itself."""

    def __init__(self, limiter: RateLimiter, settings: Settings) -> None:
        self._limiter = limiter
        self._enabled = settings.rate_limit_enabled
        self._own = Policy("sign-in-own", settings.sign_in_tries_per_minute)
        self._account = Policy("sign-in-account", settings.sign_in_tries_per_minute)
        self._strangers = Policy("sign-in-strangers", settings.sign_in_strangers_per_minute)

    async def refusal(self, account: str, network: str, *, network_known: bool) -> ProblemError | None:
        if self._enabled:
            for policy, who in self._buckets(account, network, network_known):
                decision = await self._limiter.take(policy, who)
                if not decision.allowed:
                    return _too_many(decision)
        return None

    def _buckets(self, account: str, network: str, network_known: bool) -> Iterator[tuple[Policy, str]]:
        if network_known:
            yield self._own, f"{account}:{network}"
        else:
            # One account from everywhere, then every account from everywhere: a guesser has many addresses.
            yield self._account, account
            yield self._strangers, "all"


def _too_many(decision: Decision) -> ProblemError:
    return ProblemError(
        429,
        "session.too_many_tries",
        f"There were too many tries to sign in. Try again in {decision.reset_s} s, or from where you usually do.",
        headers={"Retry-After": str(decision.reset_s)},
        extensions={"retry_after_s": decision.reset_s},
    )
