"""What readers say of an article: how many it helped, and what those miss whom it did not help. For agents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from read_api.context import Caller
from read_api.reading import Reading
from read_api.search.runner import Asked, page_of
from read_api.times import utc
from read_models.document_votes import DOCUMENT_VOTES
from runtime.search.sorting import SortKeys

NEWEST_FIRST: SortKeys = (("updated_at", "desc"), ("id", "desc"))


async def feedback_on(
    reading: Reading, document_id: str, locale: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    question = {"document": document_id, "locale": locale}
    asked = Asked("/v1/feedback", DOCUMENT_VOTES.name, _sees_votes, question, NEWEST_FIRST, limit, cursor)
    body = feedback_body(document_id, locale)
    page, _ = await page_of(reading, asked, lambda _: body)
    counts = page.found.aggregations
    return {
        "helpful_yes": counts["yes"]["doc_count"],
        "helpful_no": counts["no"]["doc_count"],
        "items": [_comment(hit["_source"]) for hit in page.hits],
        "next": page.next,
        "prev": page.prev,
        "complete": page.found.complete,
    }


def feedback_body(document_id: str, locale: str | None) -> dict[str, Any]:
    """All votes are counted, those with a comment are listed. Who may see the document was asked before."""
    wanted = {"document_id": document_id, **({"locale": locale} if locale else {})}
    return {
        "query": {"bool": {"filter": [{"term": {name: value}} for name, value in wanted.items()]}},
        "aggs": {"yes": {"filter": {"term": {"helpful": True}}}, "no": {"filter": {"term": {"helpful": False}}}},
        "post_filter": {"term": {"commented": True}},
        "_source": ["id", "locale", "comment", "updated_at"],
        "track_total_hits": False,
    }


def _comment(source: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: source[name] for name in ("id", "locale", "comment")}
    return {**said, "updated_at": utc(source["updated_at"])}


def _sees_votes(caller: Caller, _: Mapping[str, Any]) -> bool:
    return caller.is_staff
