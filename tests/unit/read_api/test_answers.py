from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from structlog.testing import capture_logs

from read_api.context import Caller
from read_api.operations.freshness import report
from read_api.search.facets import asked_facets
from read_api.search.runner import seen_hits
from read_api.stores.errors import SnapshotGone
from read_api.stores.es import _failure, _found
from read_api.tickets.visibility import sees_ticket
from runtime.consistency import Freshness
from runtime.errors import StoreUnavailable
from runtime.search.filters import InvalidParameter


def test_a_hit_that_must_not_be_seen_is_left_out_and_reported() -> None:
    """The filter of the search decides; should it ever fail, nothing gets out."""
    caller = Caller(user_id="me", role="customer")
    hits = [{"_source": {"requester_id": who, "organization_id": None}} for who in ("me", "somebody else")]
    with capture_logs() as logs:
        assert seen_hits(caller, sees_ticket, hits) == hits[:1]
        assert seen_hits(caller, sees_ticket, hits[:1]) == hits[:1]
    assert [log["log_level"] for log in logs] == ["error"]


@pytest.mark.parametrize(("timed_out", "failed", "complete"), [(False, 0, True), (True, 0, False), (False, 1, False)])
def test_an_answer_that_may_lack_documents_says_so(timed_out: bool, failed: int, complete: bool) -> None:
    answer: dict[str, Any] = {"timed_out": timed_out, "_shards": {"failed": failed}, "hits": {"hits": []}}
    assert _found(answer).complete is complete


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (503, {"type": "x"}, StoreUnavailable),
        (429, {"type": "circuit_breaking_exception"}, StoreUnavailable),
        (500, {"type": "illegal_state_exception"}, StoreUnavailable),
        (504, {"type": "x"}, StoreUnavailable),
        (404, {"type": "index_not_found_exception"}, StoreUnavailable),
        (404, {"type": "x", "caused_by": {"type": "search_context_missing_exception"}}, SnapshotGone),
        (400, {"type": "parsing_exception"}, RuntimeError),
        (403, {"type": "x"}, RuntimeError),
        (404, {"type": "x"}, RuntimeError),
        (502, "<html>", StoreUnavailable),
    ],
)
def test_what_elasticsearch_refuses_is_told_apart(status: int, error: Any, kind: type[Exception]) -> None:
    failure = _failure(status, {"error": error} if isinstance(error, dict) else error)
    assert type(failure) is kind
    assert not isinstance(failure, StoreUnavailable) or failure.store == "elasticsearch"


def test_facets_are_asked_for_by_name() -> None:
    assert asked_facets("tags, status,,tags", ("status", "tags")) == ("tags", "status")
    assert asked_facets(None, ("status",)) == ()
    with pytest.raises(InvalidParameter) as refused:
        asked_facets("secret", ("status",))
    assert refused.value.parameter == "facets"


def test_who_may_not_know_more_learns_only_how_fresh_everything_is() -> None:
    freshness = Freshness(datetime(2026, 1, 1, tzinfo=timezone.utc), 5)
    known = report(freshness, {})
    assert (known["as_of"], known["lag_ms"], known["projections"], known["pending"]) == (
        "2026-01-01T00:00:00Z",
        5,
        None,
        None,
    )
    state = {"pending": 2, "retrying": 0, "oldest_pending_age_ms": None, "dead": 0, "rebuild": None}
    whole = report(freshness, {"projections": {"tickets": state}, "published_at": "2026-01-01T00:00:00+00:00"})
    assert whole["projections"] == [{"name": "tickets", **state}]
    assert whole["oldest_pending_age_ms"] is None
    assert report(Freshness(None, 0, stale=True), {})["as_of"] is None
