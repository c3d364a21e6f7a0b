"""The documents themselves: what Postgres makes, what the mapping says, what the stores give back."""

from __future__ import annotations

from uuid import UUID

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.shared.ids import uuid7
from projector.bootstrap import Projector
from projector.projections.registry import PROJECTIONS
from projector.targets import current_targets
from projector.verify.content import digest_of
from projector.verify.elasticsearch import expected_documents, stored_by_id
from read_models.model import SUM_FIELDS
from read_models.registry import READ_MODELS
from tests.integration.projector.office import Office
from tests.support.world import World

# Everything that Postgres can store: no NUL, no lone surrogates.
storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60)
awkward = st.sampled_from(
    ['"', "\\", "\\u0000", "\x01\x1f\x7f", "\u2028", "é", "e\u0301", "🦊", '", "digest": "', "</script>"]
)

ONE_OF_EACH = (
    "INSERT INTO ticket_fields (id, key, label, type, version, created_at, updated_at)"
    " VALUES (gen_random_uuid(), 'k', 'K', 'text', 1, now(), now())",
    "INSERT INTO groups (id, name, version, created_at, updated_at) VALUES (gen_random_uuid(), 'G', 1, now(), now())",
    "INSERT INTO organizations (id, name, version, created_at, updated_at)"
    " VALUES (gen_random_uuid(), 'O', 1, now(), now())",
    "INSERT INTO categories (id, version, created_at, updated_at) VALUES (gen_random_uuid(), 1, now(), now())",
    "INSERT INTO attachment_files (storage_key, created_at) VALUES (repeat('a', 64), now())",
    "INSERT INTO attachments (id, owner_id, file_name, media_type, size_bytes, sha256, storage_key, message_id,"
    " attached_at, version, created_at, updated_at) SELECT gen_random_uuid(), author_id, 'a.png', 'image/png', 1,"
    " sha256(''), repeat('a', 64), id, now(), 2, now(), now() FROM messages",
    "UPDATE messages SET attachment_count = 1",
    "INSERT INTO views (id, owner_id, name, query, sort, shared_with, version, created_at, updated_at)"
    " SELECT gen_random_uuid(), id, 'V', '{}', 'number', 'me', 1, now(), now() FROM users LIMIT 1",
    "INSERT INTO document_votes (id, document_id, locale, helpful, comment, version, created_at, updated_at)"
    " SELECT gen_random_uuid(), id, 'de', false, 'And the drum?', 1, now(), now() FROM documents",
)


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(storable | awkward, min_size=1, max_size=30))
async def test_the_digest_of_what_elasticsearch_holds_is_the_one_that_postgres_computed(
    world: World, projector: Projector, texts: list[str]
) -> None:
    ids = [uuid7() for _ in texts]
    await world.pool.executemany(
        "INSERT INTO ticket_fields (id, key, label, type, options, version, created_at, updated_at)"
        " VALUES ($1, $2, $3, 'choice', $4, 1, now(), now())",
        [(id_, f"k{id_}", text[:30], [text]) for id_, text in zip(ids, texts)],
    )
    await world.pool.executemany(
        "INSERT INTO outbox (shard, aggregate_type, aggregate_id, aggregate_version, event_type)"
        " VALUES (0, 'ticket_field', $1, 1, 'Test')",
        [(id_,) for id_ in ids],
    )
    await projector.drain_all()
    projection = PROJECTIONS["catalog"]
    expected = await expected_documents(world.pool, projection, ids)
    (index,) = [t.index_name for t in await current_targets(world.pool) if t.projection == "catalog"]
    stored = await stored_by_id(projector.elasticsearch, index, [(str(id_), 100) for id_ in ids])
    assert {id_: document.digest for id_, document in stored.items()} == {
        id_: document.digest for id_, document in expected.items()
    }
    for row in await world.pool.fetch(projection.source_sql, ids, True):
        source = row["source"].decode()
        assert digest_of(source) == orjson.loads(source)["digest"] == expected[row["document_id"]].digest
        assert orjson.loads(source)["options"] == [texts[ids.index(row["aggregate_id"])]]


async def test_documents_have_the_fields_of_their_mappings(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    await office.open_ticket(agent.id, body="It prints *stripes*.")
    await office.publish(agent.id)
    for insert in ONE_OF_EACH:
        await office.pool.execute(insert)
    for name, model in READ_MODELS.items():
        projection = PROJECTIONS[name]
        ids = [row["id"] for row in await office.pool.fetch(projection.keys_sql, UUID(int=0), None, 100)]
        rows = await office.pool.fetch(projection.source_sql, ids, True)
        written = set().union(*(orjson.loads(row["source"]) for row in rows)) - {"digest"}
        # Filled by `copy_to` while indexing.
        copied = {field for field in model.fields if field.endswith("_all")}
        assert written - set(SUM_FIELDS) == set(model.fields) - copied
        for row in rows:
            source, stored = orjson.loads(row["source"]), orjson.loads(row["stored"])
            assert stored == {field: value for field, value in source.items() if field not in model.index_only}


async def test_a_missing_aggregate_has_no_source(fresh_projector: Projector) -> None:
    nobody = uuid7()
    for projection in PROJECTIONS.values():
        (row,) = await fresh_projector.pool.fetch(projection.source_sql, [nobody], True)
        assert (row["aggregate_id"], row["source"], row["stored"]) == (nobody, None, None)


async def test_a_deleted_document_is_taken_from_every_locale_it_was_in(
    fresh_projector: Projector, office: Office
) -> None:
    agent = await office.hire()
    document = await office.publish(agent.id)
    await fresh_projector.drain_all()
    await office.pool.execute("DELETE FROM document_translations WHERE document_id = $1", document.id)
    await office.pool.execute("DELETE FROM documents WHERE id = $1", document.id)
    for name in ("documents", "document_drafts"):
        rows = await fresh_projector.pool.fetch(PROJECTIONS[name].source_sql, [document.id], True)
        assert [(row["document_id"], row["source"]) for row in rows] == [(f"{document.id}:de", None)]


async def test_a_language_without_an_analyzer_is_searched_as_it_is(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id)
    for locale, field in (("pt-BR", "pt"), ("tlh", "und"), (None, "und")):
        await office.pool.execute("UPDATE tickets SET locale = $2 WHERE id = $1", ticket.id, locale)
        (row,) = await fresh_projector.pool.fetch(PROJECTIONS["tickets"].source_sql, [ticket.id], False)
        assert list(orjson.loads(row["source"])["public_text"]) == [field]


async def test_a_message_has_html_only_where_there_is_markdown(fresh_projector: Projector, office: Office) -> None:
    agent = await office.hire()
    ticket = await office.open_ticket(agent.id, body="It prints *stripes*.\nAlways.")
    await office.reply(ticket.id, agent.id, "Which colour?")
    await fresh_projector.drain_all()
    index = f"/{fresh_projector.namespace}-tickets/_doc/{ticket.id}"
    stored = (await fresh_projector.elasticsearch.call("GET", index))["_source"]["messages"]
    assert [message.get("html") for message in stored] == ["<p>It prints <em>stripes</em>.<br>\nAlways.</p>", None]
    by_id = await fresh_projector.elasticsearch.call("POST", f"/{fresh_projector.namespace}-messages/_search", {})
    html = {hit["_id"]: hit["_source"].get("html") for hit in by_id["hits"]["hits"]}
    assert html == {message["id"]: message.get("html") for message in stored}
