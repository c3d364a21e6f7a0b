"""What Postgres writes as JSON by hand, for whatever people can write."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from projector.bootstrap import Projector
from projector.projections.registry import PROJECTIONS
from projector.verify.content import digest_of
from runtime.markdown import render_message
from tests.integration.projector.office import Office
from tests.integration.projector.test_documents import awkward, storable
from tests.support.world import World

marked_up = st.sampled_from(['*"a"*', "**\\\\**", "`</script>`", "[a](https://example.com/?a=1&b=%22)", "> \u2028 *é*"])
texts = st.lists(storable | awkward | marked_up, min_size=1, max_size=4).map(" ".join).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(subject=texts, body=texts)
async def test_whatever_is_written_arrives_as_it_was_written(
    world: World, projector: Projector, subject: str, body: str
) -> None:
    office = Office(world.pool)
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id, " ".join(subject.split()) or "?", body)
    written = await world.pool.fetchrow("SELECT id, body FROM messages WHERE ticket_id = $1", ticket.id)
    assert written is not None
    of_ticket = await document(projector, "tickets", ticket.id)
    of_message = await document(projector, "messages", written["id"])
    assert of_ticket["subject"] == ticket.subject
    assert (of_message["body"], of_message.get("html")) == (written["body"], render_message(written["body"]))
    (shown,) = of_ticket["messages"]
    assert {name: value for name, value in of_message.items() if name in shown} == shown


async def document(projector: Projector, model: str, aggregate_id: UUID) -> dict[str, Any]:
    (row,) = await projector.pool.fetch(PROJECTIONS[model].source_sql, [aggregate_id], True)
    source = row["source"].decode()
    built: dict[str, Any] = orjson.loads(source)
    assert digest_of(source) == built["digest"]
    return built
