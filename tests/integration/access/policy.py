"""Who may do what: one row per question, for every route of both APIs, in policy_write.py and policy_read.py.

`@name` stands for an id of the scene (scene.py). Answers, in the order of WHO:
401, 403, 404, 422: refused so. in: let in (2xx, or 409 where only the state is in the way).
shows, hides: let in, and the answer has, or has not, the id of what the row is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

WHO = ("anonymous", "customer", "other", "scoped", "agent", "admin")
EVERYBODY = "in in in in in in"
SIGNED_IN = "401 in in in in in"
STAFF = "401 403 403 in in in"
UNSCOPED = "401 403 403 403 in in"
ADMINS = "401 403 403 403 403 in"


@dataclass(frozen=True)
class Row:
    # As in the OpenAPI document: `write POST /v1/tickets`.
    route: str
    what: str
    answers: str
    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    # What `shows` and `hides` look for.
    about: str = ""

    def with_body(self, body: Any) -> Row:
        return replace(self, body=body)

    def answer_to(self, who: str) -> str:
        return self.answers.split()[WHO.index(who)]


def of_tickets(route: str, in_hands: str, elsewhere: str, **more: Any) -> list[Row]:
    """The customer's ticket: in the scoped agent's group, in another group, and in none."""
    return [
        Row(route, "of the own group", in_hands, {"ticket_id": "@ticket"}, **more),
        Row(route, "of another group", elsewhere, {"ticket_id": "@ticket_elsewhere"}, **more),
        Row(route, "of no group", elsewhere, {"ticket_id": "@ticket_nowhere"}, **more),
        Row(route, "of the own, elsewhere", in_hands, {"ticket_id": "@ticket_assigned"}, **more),
        Row(route, "that is not there", "401 404 404 404 404 404", {"ticket_id": "@nothing"}, **more),
    ]


def of_documents(route: str, **more: Any) -> list[Row]:
    """For the group of the agent and the scoped agent, for another group, and for all agents."""
    refused = "401 403 403"
    return [
        Row(route, "of all agents", f"{refused} in in in", {"document_id": "@document"}, **more),
        Row(route, "of the own group", f"{refused} in in in", {"document_id": "@document_group"}, **more),
        Row(route, "of another group", f"{refused} 404 404 in", {"document_id": "@document_elsewhere"}, **more),
        Row(route, "that is not there", f"{refused} 404 404 404", {"document_id": "@nothing"}, **more),
    ]
