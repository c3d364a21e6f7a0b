"""Filters of tickets, as lists, searches and counts take them."""

from __future__ import annotations

from typing import Annotated, List, Literal, Optional

from fastapi import Depends
from fastapi import Query as Parameter

from runtime.search.filters import Filters

Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
Type = Literal["question", "incident", "problem", "task"]
Person = Parameter(max_length=64, description="An id, `me` or `none`; several mean any of them")
Body = Parameter(max_length=64, description="An id or `none`; several mean any of them")
Tag = Parameter(max_length=255, description="Tickets with any of these tags")
Time = Parameter(max_length=40, description="RFC 3339, or a date", examples=["2026-01-31T09:30:00Z"])


# Async, because the framework runs others in a thread.
async def ticket_filters(
    status: Annotated[Optional[List[Status]], Parameter()] = None,
    priority: Annotated[Optional[List[Priority]], Parameter()] = None,
    type: Annotated[Optional[List[Type]], Parameter()] = None,
    tag: Annotated[Optional[List[str]], Tag] = None,
    locale: Annotated[Optional[List[str]], Parameter(max_length=35)] = None,
    assignee: Annotated[Optional[List[str]], Person] = None,
    requester: Annotated[Optional[List[str]], Person] = None,
    group: Annotated[Optional[List[str]], Body] = None,
    organization: Annotated[Optional[List[str]], Body] = None,
    created_after: Annotated[Optional[str], Time] = None,
    created_before: Annotated[Optional[str], Time] = None,
    updated_after: Annotated[Optional[str], Time] = None,
    updated_before: Annotated[Optional[str], Time] = None,
) -> Filters:
    values = {
        "status": status,
        "priority": priority,
        "type": type,
        "tag": tag,
        "locale": locale,
        "assignee": assignee,
        "requester": requester,
        "group": group,
        "organization": organization,
    }
    times = {
        "created_after": created_after,
        "created_before": created_before,
        "updated_after": updated_after,
        "updated_before": updated_before,
    }
    return Filters({name: asked for name, asked in values.items() if asked}, times)


TicketFilters = Annotated[Filters, Depends(ticket_filters)]
