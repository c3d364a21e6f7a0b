from __future__ import annotations

import uuid
from typing import Any

import pytest

from runtime.guards.lane import LimitedLane
from runtime.guards.rate_limit import DECISION
from runtime.lane import LaneAnswer, LaneOutcome
from runtime.principal import Principal
from runtime.rate_limit import Policy, RateLimiter
from runtime.redis_line import RedisLine

POLICY = Policy("read", 60)
WHO = Principal(uuid.uuid4(), "agent", uuid.uuid4())


class FixedLane:
    route = "/v1/things/{thing_id}"

    def __init__(self, outcome: LaneOutcome | Exception | None) -> None:
        self.outcome = outcome

    def subject(self, scope: Any) -> str | None:
        return str(scope["path"]) if scope["path"].startswith("/v1/things/") else None

    async def answer(self, *_: object) -> LaneOutcome | None:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def scope_of(**given: Any) -> dict[str, Any]:
    return {"method": "GET", "path": "/v1/things/1", "query_string": b"", "headers": [(b"host", b"x")], **given}


async def answered(scope: dict[str, Any], outcome: LaneOutcome | Exception | None, who: Principal | None = WHO) -> Any:
    limiter = RateLimiter(RedisLine("redis://127.0.0.1:1/0"), "test")
    return await LimitedLane(FixedLane(outcome), limiter, lambda _: who, POLICY).answer(scope)


def outcome(*, allowed: bool = True, answer: bool = True) -> LaneOutcome:
    return LaneOutcome(allowed, 1_000_000, LaneAnswer(200, [(b"etag", b"x")], b"{}") if answer else None)


async def test_its_answer_says_what_is_left() -> None:
    answer = await answered(scope_of(), outcome())
    assert answer.body == b"{}"
    assert dict(answer.headers) == {
        b"etag": b"x",
        b"ratelimit-policy": b'"read";q=60;w=60',
        b"ratelimit": b'"read";r=59;t=1',
    }


@pytest.mark.parametrize("given", [outcome(allowed=False), outcome(answer=False)])
async def test_what_it_counted_is_not_counted_again(given: LaneOutcome) -> None:
    scope = scope_of()
    assert await answered(scope, given) is None
    assert scope[DECISION].allowed is given.allowed


@pytest.mark.parametrize("given", [RuntimeError("broken"), None])
async def test_where_it_fails_the_ordinary_way_counts_and_answers(given: Exception | None) -> None:
    scope = scope_of()
    assert await answered(scope, given) is None and DECISION not in scope


@pytest.mark.parametrize(
    "given",
    [
        *({"method": "HEAD"}, {"path": "/v1/others/1"}, {"query_string": b"a=1"}),
        {"headers": [(b"authorization", b"Bearer a"), (b"authorization", b"Bearer b")]},
        *({"headers": [(name, b"x")]} for name in (b"origin", b"prefer", b"consistency-token", b"expect")),
    ],
)
async def test_other_questions_are_not_for_it(given: dict[str, Any]) -> None:
    assert await answered(scope_of(**given), outcome()) is None


async def test_strangers_go_the_ordinary_way() -> None:
    assert await answered(scope_of(), outcome(), who=None) is None
