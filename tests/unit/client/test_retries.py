from __future__ import annotations

import httpx
import pytest

from tidedesk_client import ProblemError, RetryPolicy
from tidedesk_client.request import Request

READ = Request("query", "GET", "/v1/tickets")


def refused(status: int, retry_after: str | None = None) -> ProblemError:
    return ProblemError(status, {}, {} if retry_after is None else {"Retry-After": retry_after})


def test_pauses_double_up_to_a_limit() -> None:
    policy = RetryPolicy(attempts=9, first_pause_s=1.0, longest_pause_s=5.0, random=lambda: 1.0)
    pauses_s = [policy.after_failure(READ, httpx.ReadTimeout("late"), attempt) for attempt in range(1, 10)]
    assert pauses_s == [1.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0, None]


@pytest.mark.parametrize(
    ("retry_after", "pause_s"), [("2", 2.1), ("0", 0.1), ("5", 5.1), ("6", None), ("soon", 0.1), (None, 0.1)]
)
def test_what_the_server_says_counts(retry_after: str | None, pause_s: float | None) -> None:
    policy = RetryPolicy(first_pause_s=0.2, longest_pause_s=5.0, random=lambda: 0.5)
    assert policy.after_refusal(READ, refused(429, retry_after), 1) == (
        None if pause_s is None else pytest.approx(pause_s)
    )


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422, 500, 502, 504])
def test_other_refusals_are_final(status: int) -> None:
    assert RetryPolicy().after_refusal(READ, refused(status, "1"), 1) is None
