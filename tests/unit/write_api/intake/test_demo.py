from __future__ import annotations

from datetime import datetime, timezone

import pytest

from domain.knowledge.translation import TranslationStatus
from domain.shared.ids import uuid7
from write_api.intake.demo.content import DemoContent
from write_api.intake.demo.documents import demo_document
from write_api.intake.demo.people import DemoPeople
from write_api.intake.demo.tickets import demo_tickets

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=timezone.utc)


@pytest.fixture
def content() -> DemoContent:
    return DemoContent(seed=42, now=NOW)


def test_the_same_seed_makes_the_same_tickets(content: DemoContent) -> None:
    first, second = (
        [(t.id, t.subject, t.status, t.created_at) for t in demo_tickets(content, range(60))] for _ in range(2)
    )
    other = [t.subject for t in demo_tickets(DemoContent(seed=43, now=NOW), range(60))]

    assert first == second
    assert [subject for _, subject, _, _ in first] != other


def test_every_scenario_reaches_its_status_and_has_no_open_placeholder(content: DemoContent) -> None:
    scenarios = content.ticket_scenarios
    for index, ticket in enumerate(demo_tickets(content, range(len(scenarios)))):
        assert ticket.status.value == scenarios[index]["status"]
        texts = [ticket.subject, *(message.body for message in ticket.pull_new_messages())]
        assert not any("{" in text for text in texts), texts


def test_speaks_several_languages(content: DemoContent) -> None:
    assert {"en", "de", "fr", "es", "ja"} <= {ticket.locale for ticket in demo_tickets(content, range(60))}


def test_nothing_happens_in_the_future(content: DemoContent) -> None:
    assert all(ticket.updated_at <= NOW for ticket in demo_tickets(content, range(200)))


def test_documents_have_the_state_and_locales_that_were_written(content: DemoContent) -> None:
    reader_guide, *others = [demo_document(content, index) for index in range(len(content.document_scenarios))]

    assert set(reader_guide.translations) == {"en", "de", "fr"}
    assert all(one.status is TranslationStatus.PUBLISHED for one in reader_guide.translations.values())
    assert {one.translation().status for one in others} >= {TranslationStatus.DRAFT, TranslationStatus.IN_REVIEW}


def test_ids_look_like_uuid7_and_differ_by_seed(content: DemoContent) -> None:
    made = content.id("user", "somebody")

    assert made.version == uuid7().version == 7
    assert made.variant == uuid7().variant
    assert made != DemoContent(seed=1, now=NOW).id("user", "somebody")


def test_the_demo_customer_has_tickets(content: DemoContent) -> None:
    customer = DemoPeople.of(content).customers[0][0]

    assert sum(ticket.requester_id == customer for ticket in demo_tickets(content, range(40))) >= 10
