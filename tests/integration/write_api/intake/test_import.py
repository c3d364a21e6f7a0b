from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.support.world import World
from write_api.intake.batches import import_lines
from write_api.intake.documents import DocumentImporter
from write_api.intake.lines import JsonLines
from write_api.intake.report import Stored
from write_api.intake.tickets import TicketImporter
from write_api.persistence.unit_of_work import UnitOfWorkFactory

ASKER = {"name": "Ida Holm", "email": "Ida@people.example"}
HELPER = {"name": "Otto Wirth", "email": "otto@people.example"}


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "external_id": f"t-{number}",
        "subject": f"Question {number}",
        "body": "It does not start.",
        "status": "solved",
        "tags": ["windows"],
        "locale": "en-US",
        "product": "till",
        "requester": ASKER,
        "created_at": "2024-05-01T10:00:00Z",
        "messages": [
            {
                "author": HELPER,
                "by_requester": False,
                "visibility": "public",
                "created_at": "2024-05-01T11:00:00Z",
                "body": "Is it plugged in?",
            }
        ],
        **changes,
    }


def page(key: str, locale: str, **changes: Any) -> dict[str, Any]:
    return {
        "external_id": f"{key}:{locale}",
        "translation_key": key,
        "locale": locale,
        "title": "Overview",
        "body": "# Hello\n\nWorld",
        "category": "guides/billing",
        "tags": [],
        "updated_at": "2024-05-01",
        **changes,
    }


async def run(world: World, importer: Any, folder: Path, records: Iterable[object]) -> Stored:
    path = folder / "import.jsonl"
    path.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in records))
    return await import_lines(JsonLines(path), importer, UnitOfWorkFactory(world.pool))


@pytest.fixture
def world(fresh_world: World) -> World:
    return fresh_world


async def test_tickets_come_with_their_thread_and_people(world: World, tmp_path: Path) -> None:
    stored = await run(world, TicketImporter(), tmp_path, [ticket(1), ticket(2)])

    assert (stored.created, stored.rejected) == (2, [])
    row = await world.pool.fetchrow(
        "SELECT t.status, t.tags, t.message_count, t.solved_at, u.email, u.role, t.channel FROM tickets t"
        " JOIN users u ON u.id = t.requester_id WHERE t.external_id = 't-1'"
    )
    assert row is not None
    assert (row["status"], row["tags"], row["message_count"], row["channel"]) == (
        "solved",
        ["windows", "till"],
        2,
        "import",
    )
    assert row["solved_at"] is not None
    assert (row["email"], row["role"]) == ("ida@people.example", "customer")
    assert await world.pool.fetchval("SELECT count(*) FROM users") == 2
    assert await world.pool.fetchval("SELECT role FROM users WHERE email = $1", HELPER["email"]) == "agent"


async def test_importing_again_changes_nothing(world: World, tmp_path: Path) -> None:
    await run(world, TicketImporter(), tmp_path, [ticket(1)])
    events = await world.pool.fetchval("SELECT count(*) FROM domain_events")

    again = await run(world, TicketImporter(), tmp_path, [ticket(1), ticket(2), ticket(2)])

    assert (again.created, again.skipped) == (1, 2)
    assert await world.pool.fetchval("SELECT count(*) FROM domain_events WHERE version = 1") > events
    assert await world.pool.fetchval("SELECT count(*) FROM tickets") == 2


async def test_bad_lines_are_reported_with_number_and_reason_and_the_others_go_on(world: World, tmp_path: Path) -> None:
    records = [
        ticket(1),
        "{broken",
        ticket(2, subject="  "),
        ticket(3, requester=None),
        ticket(4, created_at="soon"),
        ticket(5, body="a\0b"),
        ticket(6),
    ]

    stored = await run(world, TicketImporter(), tmp_path, records)

    assert stored.created == 2
    assert [reject.number for reject in stored.rejected] == [2, 3, 4, 5, 6]
    assert "not JSON" in stored.rejected[0].reason
    assert "requester" in stored.rejected[2].reason


async def test_what_the_store_refuses_keeps_only_its_own_line_out(world: World, tmp_path: Path) -> None:
    await world.pool.execute("ALTER TABLE tickets ADD CONSTRAINT ck_tickets_test CHECK (subject <> 'Question 2')")

    stored = await run(world, TicketImporter(), tmp_path, [ticket(1), ticket(2), ticket(3)])

    assert stored.created == 2
    assert [reject.number for reject in stored.rejected] == [2]
    assert await world.pool.fetchval("SELECT array_agg(external_id ORDER BY external_id) FROM tickets") == [
        "t-1",
        "t-3",
    ]


async def test_locales_of_one_document_meet_across_batches(world: World, tmp_path: Path) -> None:
    first = await run(world, DocumentImporter(), tmp_path, [page("a", "en"), page("b", "en"), page("a", "de")])
    second = await run(
        world, DocumentImporter(), tmp_path, [page("a", "fr"), page("a", "en"), page("b", "en", body="New")]
    )

    assert (first.created, second.created, second.skipped, second.changed) == (3, 1, 1, 1)
    rows = await world.pool.fetch(
        "SELECT d.external_id, d.slug, array_agg(t.locale ORDER BY t.locale) AS locales,"
        " max(t.published_number) AS newest"
        " FROM documents d JOIN document_translations t ON t.document_id = d.id GROUP BY d.id ORDER BY d.external_id"
    )
    assert [tuple(row) for row in rows] == [("a", "overview", ["de", "en", "fr"], 1), ("b", "overview-2", ["en"], 2)]


async def test_category_paths_become_a_tree(world: World, tmp_path: Path) -> None:
    await run(world, DocumentImporter(), tmp_path, [page("a", "en"), page("b", "en", category="guides/api")])

    rows = await world.pool.fetch(
        "SELECT c.external_id, p.external_id AS parent FROM categories c LEFT JOIN categories p ON p.id = c.parent_id"
        " ORDER BY c.external_id"
    )
    assert [tuple(row) for row in rows] == [("guides", None), ("guides/api", "guides"), ("guides/billing", "guides")]
