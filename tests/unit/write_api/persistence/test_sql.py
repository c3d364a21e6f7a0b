from __future__ import annotations

import re

import pytest

from domain.shared.ids import uuid7
from write_api.persistence.sql import Fragment, compose, delete_versioned, insert_rows, select_all, update_versioned
from write_api.persistence.tables.outbox import outbox
from write_api.persistence.tables.tickets import ticket_fields, tickets
from write_api.persistence.write_plan import WritePlan

COLUMNS = "id, key, label, type, options, active, version, created_at, updated_at"


def test_statements_name_every_column() -> None:
    assert select_all(ticket_fields) == f"SELECT {COLUMNS} FROM ticket_fields"
    assert insert_rows(ticket_fields).text == (
        f"INSERT INTO ticket_fields ({COLUMNS})"
        f" SELECT {COLUMNS} FROM json_populate_recordset(NULL::ticket_fields, $1::json)"
    )


def test_an_insert_may_leave_columns_to_the_server() -> None:
    assert "(id, " not in insert_rows(outbox).text
    assert insert_rows(ticket_fields, ("id", "key")).text.startswith(
        "INSERT INTO ticket_fields (id, key) SELECT id, key"
    )


def test_an_insert_may_say_what_happens_on_a_conflict() -> None:
    assert insert_rows(ticket_fields, on_conflict="DO NOTHING").text.endswith("ON CONFLICT DO NOTHING")


def test_an_update_leaves_what_is_fixed_and_checks_the_version() -> None:
    update = update_versioned(tickets)
    assigned = set(re.findall(r"(\w+) = changed\.\1", update.text))
    assert assigned == {column.name for column in tickets.columns} - {"id", "created_at"}
    assert "WHERE tickets.id = $2 AND tickets.version = $3" in update.text
    assert update.must_match and delete_versioned(tickets).must_match


def test_fragments_are_composed_with_their_own_parameters() -> None:
    first = Fragment("INSERT INTO a SELECT $1", parameter_count=1)
    second = Fragment("UPDATE b SET x = $2 WHERE id = $1 RETURNING id", parameter_count=2, must_match=True)
    third = Fragment("DELETE FROM c WHERE id = $10", parameter_count=10)
    assert compose((first, second, third)) == (
        "WITH w0 AS (INSERT INTO a SELECT $1),"
        " w1 AS (UPDATE b SET x = $3 WHERE id = $2 RETURNING id),"
        " w2 AS (DELETE FROM c WHERE id = $13)"
        " SELECT pg_current_xact_id()::text AS xid, 1 / ((SELECT count(*) FROM w1) = 1)::int"
    )


def test_where_nothing_must_match_nothing_is_counted() -> None:
    assert compose((Fragment("INSERT INTO a SELECT $1", 1),)).endswith("SELECT pg_current_xact_id()::text AS xid")


def test_a_plan_sends_rows_of_one_table_together_and_in_order() -> None:
    plan = WritePlan()
    insert = Fragment("INSERT INTO a SELECT $1", 1)
    change = Fragment("UPDATE b SET x = $2 WHERE id = $1 RETURNING id", 2, must_match=True)
    assert plan.is_empty
    plan.insert(insert, {"n": 1})
    plan.execute(change, "id", "x")
    plan.insert(insert, {"n": 2}, {"n": 3})
    sql, arguments = plan.statement()
    assert sql == compose((insert, change))
    assert arguments == [[{"n": 1}, {"n": 2}, {"n": 3}], "id", "x"]


def test_no_rows_are_no_statement() -> None:
    plan = WritePlan()
    plan.insert(Fragment("INSERT INTO a SELECT $1", 1))
    assert plan.is_empty


def test_a_plan_takes_each_aggregate_once() -> None:
    plan = WritePlan()
    aggregate_id = uuid7()
    plan.saves_once(aggregate_id)
    plan.saves_once(uuid7())
    with pytest.raises(RuntimeError, match=str(aggregate_id)):
        plan.saves_once(aggregate_id)
