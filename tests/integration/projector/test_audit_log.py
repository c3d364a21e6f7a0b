"""The read model of the audit log: every event, failed sign-ins for as long as they are kept, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from projector.bootstrap import Projector
from projector.rebuild.rebuild import rebuild
from tests.integration.projector.office import Office, differences, found, now
from tests.support.words import word
from write_api.persistence.expiry import forget_expired

EVERYTHING: dict[str, object] = {"match_all": {}}


def quietly(name: str, phase: str, done: int, total: int) -> None:
    pass


async def fail_to_sign_in(office: Office, age: timedelta = timedelta()) -> str:
    """The address it came from, which is another each time."""
    address = word()
    async with office.unit_of_work() as unit:
        await unit.sign_ins.add_failure(
            user_id=None,
            email_digest=b"",
            reason="unknown_account",
            ip_address=address,
            user_agent="curl",
            at=now() - age,
        )
        await unit.commit()
    return address


async def test_it_has_every_event_and_every_failed_sign_in(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.rename(agent.id, "Ada New")
    await office.open_ticket(agent.id)
    await office.publish(agent.id)
    address = await fail_to_sign_in(office)
    await fresh_projector.drain_all()
    written = await office.pool.fetch("SELECT id::text FROM domain_events UNION SELECT id::text FROM sign_in_failures")
    assert sorted(await found(fresh_projector, "history", EVERYTHING)) == sorted(row["id"] for row in written)
    assert len(await found(fresh_projector, "history", {"term": {"ip_address": address}})) == 1
    assert await differences(fresh_projector) == []
    (result,) = await rebuild(fresh_projector, ["history"], quietly)
    assert result.documents == len(written)
    assert await differences(fresh_projector) == []


async def test_it_has_the_texts_that_were_saved(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    document = await office.publish(agent.id, body="Clean the *drum*.")
    async with office.unit_of_work() as unit:
        changed = await unit.documents.get(document.id)
        changed.edit_draft(title="Stripes", body="Call us.", author_id=agent.id, at=now())
        await unit.documents.save(changed)
        await unit.commit()
    await fresh_projector.drain_all()
    answer = await fresh_projector.elasticsearch.call(
        "POST",
        f"/{fresh_projector.namespace}-history/_search",
        {"query": {"term": {"locale": "de"}}, "sort": ["number"], "_source": ["number", "body", "aggregate_id"]},
    )
    assert [hit["_source"] for hit in answer["hits"]["hits"]] == [
        {"number": number, "body": body, "aggregate_id": str(document.id)}
        for number, body in ((1, "Clean the *drum*."), (2, "Call us."))
    ]


async def test_what_is_forgotten_is_forgotten_here_too(fresh_projector: Projector, office: Office) -> None:
    old, young = await fail_to_sign_in(office, timedelta(days=91)), await fail_to_sign_in(office)
    await fresh_projector.drain_all()
    # With the rights of the process, which has no other way to remove anything here.
    assert await forget_expired(fresh_projector.pool) == 1
    await fresh_projector.drain_all()
    assert await found(fresh_projector, "history", {"term": {"ip_address": old}}) == []
    assert len(await found(fresh_projector, "history", {"term": {"ip_address": young}})) == 1
    assert await differences(fresh_projector) == []
