"""`python -m projector …` as people and scripts run it."""

from __future__ import annotations

from typing import Any

import orjson

from projector.bootstrap import Projector
from projector.targets import current_targets
from tests.integration.projector.office import Office
from tests.support.commands import run_command


async def projector_command(projector: Projector, *arguments: str) -> tuple[int, str, str]:
    return await run_command(projector.settings, "projector", *arguments)


async def answer(projector: Projector, *arguments: str) -> tuple[int, Any]:
    code, output, errors = await projector_command(projector, *arguments, "--json")
    assert output, errors
    return code, orjson.loads(output)


async def test_verify_status_rebuild_and_dead_letters(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    await fresh_projector.drain_all()

    code, verified = await answer(fresh_projector, "verify")
    assert (code, verified["differences"], verified["checked"]["tickets"]) == (0, [], 1)
    assert "Everything equals" in (await projector_command(fresh_projector, "verify"))[1]

    (index,) = [t.index_name for t in await current_targets(fresh_projector.pool) if t.projection == "tickets"]
    await fresh_projector.elasticsearch.call("DELETE", f"/{index}/_doc/{ticket.id}")
    code, verified = await answer(fresh_projector, "verify", "--repair")
    assert (code, len(verified["differences"]), verified["remaining"]) == (1, 1, [])

    code, output, errors = await projector_command(fresh_projector, "rebuild", "tickets", "--json")
    assert code == 0, errors
    assert orjson.loads(output)["documents"] == 1
    assert [orjson.loads(line)["phase"] for line in errors.splitlines()] == ["copying", "checking", "swapping", "done"]

    await office.pool.execute(
        "UPDATE tickets SET custom_fields = jsonb_build_object('k', repeat('x', 40000)) WHERE id = $1", ticket.id
    )
    await office.retitle(ticket.id, "Poison")
    await fresh_projector.drain_all()
    code, status = await answer(fresh_projector, "status")
    assert (code, status["projections"]["tickets"]["dead"]) == (1, 1)
    assert any("dead" in problem.lower() for problem in status["problems"])
    code, letters = await answer(fresh_projector, "dead", "list")
    assert (code, [letter["document_id"] for letter in letters]) == (1, [str(ticket.id)])
    assert (await projector_command(fresh_projector, "dead", "replay", str(letters[0]["id"])))[0] == 0
    assert (await projector_command(fresh_projector, "dead", "replay", "999999"))[0] == 1


async def test_a_store_that_is_away_is_one_sentence(fresh_projector: Projector) -> None:
    away = Projector(
        fresh_projector.settings.copy(update={"database_url": "postgresql://nobody@127.0.0.1:9/none"}),
        fresh_projector.pool,
        fresh_projector.elasticsearch,
        fresh_projector.redis,
        fresh_projector.access,
    )
    code, output, errors = await projector_command(away, "status")
    assert (code, output) == (1, "")
    assert errors.startswith("postgres is not available")
    assert "Traceback" not in errors
