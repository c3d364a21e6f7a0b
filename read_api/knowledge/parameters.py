"""Filters of documents, as lists and searches take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, List, Literal, Optional

from fastapi import Depends
from fastapi import Query as Parameter

from runtime.search.filters import Filters

State = Literal["draft", "in_review", "approved", "scheduled", "archived", "published"]
Visibility = Literal["public", "customers", "agents", "groups"]
PUBLISHED = "published"


@dataclass(frozen=True)
class DocumentQuestion:
    filters: Filters
    categories: tuple[str, ...]
    # States of what agents work on; empty: what is published.
    draft_states: tuple[str, ...]

    def asked(self) -> dict[str, list[str]]:
        return {**self.filters.asked(), "category": sorted(self.categories), "state": sorted(self.draft_states)}


# Async, because the framework runs others in a thread.
async def document_question(
    locale: Annotated[Optional[List[str]], Parameter(max_length=35)] = None,
    category: Annotated[
        Optional[List[str]], Parameter(max_length=64, description="An id; what is below it counts too")
    ] = None,
    tag: Annotated[Optional[List[str]], Parameter(max_length=255, description="With any of these tags")] = None,
    visibility: Annotated[Optional[List[Visibility]], Parameter()] = None,
    state: Annotated[
        Optional[List[State]],
        Parameter(description="For agents: what is being worked on, in this state. Without it: what is published"),
    ] = None,
    status: Annotated[Optional[List[State]], Parameter(description="The same as state")] = None,
    updated_after: Annotated[Optional[str], Parameter(max_length=40, description="RFC 3339, or a date")] = None,
    updated_before: Annotated[Optional[str], Parameter(max_length=40, description="RFC 3339, or a date")] = None,
) -> DocumentQuestion:
    states = tuple(dict.fromkeys((*(state or ()), *(status or ()))))
    drafts = states if any(asked != PUBLISHED for asked in states) else ()
    values: dict[str, list[str]] = {
        "locale": locale or [],
        "tag": tag or [],
        "visibility": list(visibility or []),
        "status": list(drafts),
    }
    times = {"updated_after": updated_after, "updated_before": updated_before}
    filters = Filters({name: asked for name, asked in values.items() if asked}, times)
    return DocumentQuestion(filters, tuple(category or ()), drafts)


Documents = Annotated[DocumentQuestion, Depends(document_question)]
