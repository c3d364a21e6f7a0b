from __future__ import annotations

import pytest

from domain.shared.ids import uuid7
from write_api.persistence.sql import (
    FEW_ROWS,
    Fragment,
    RowsStatement,
    compose,
    delete_versioned,
    insert_rows,
    select_all,
    update_versioned,
)
from write_api.persistence.tables.identity import refresh_tokens
from write_api.persistence.tables.outbox import outbox
from write_api.persistence.tables.tickets import ticket_fields, tickets
from write_api.persistence.write_plan import WritePlan

COLUMNS = "id, key, label, type, options, active, version, created_at, updated_at"


def test_statements_name_every_column() -> None:
    assert select_all(ticket_fields) == f"SELECT {COLUMNS} FROM ticket_fields"
    insert = insert_rows(ticket_fields)
    assert insert.many.text == (
        f"INSERT INTO ticket_fields ({COLUMNS})"
        f" SELECT {COLUMNS} FROM json_populate_recordset(NULL::ticket_fields, $1::json)"
    )
    assert insert.few[0].text == (f"INSERT INTO ticket_fields ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")


def test_few_rows_have_parameters_of_their_own_and_many_are_one() -> None:
    insert = insert_rows(ticket_fields, ("id", "key"))
    rows = [{"id": number, "key": "a"} for number in range(FEW_ROWS + 1)]
    fragment, arguments = insert.of(rows[:2])
    assert fragment.text == "INSERT INTO ticket_fields (id, key) VALUES ($1, $2), ($3, $4)"
    assert (fragment.parameter_count, arguments) == (4, [0, "a", 1, "a"])
    assert insert.of(rows) == (insert.many, [rows])


def test_what_a_row_does_not_name_is_null() -> None:
    assert insert_rows(ticket_fields, ("id", "key")).of([{"key": "a"}])[1] == [None, "a"]


def test_bytes_are_spelled_as_text() -> None:
    assert "($1::text::bytea, $2)" in insert_rows(refresh_tokens, ("token_hash", "session_id")).few[0].text


def test_an_insert_may_leave_columns_to_the_server() -> None:
    assert "(id, " not in insert_rows(outbox).many.text
    assert insert_rows(ticket_fields, ("id", "key")).many.text.startswith(
        "INSERT INTO ticket_fields (id, key) SELECT id, key"
    )


def test_an_insert_may_say_what_happens_on_a_conflict() -> None:
    insert = insert_rows(ticket_fields, on_conflict="DO NOTHING")
    assert all(fragment.text.endswith("ON CONFLICT DO NOTHING") for fragment in (*insert.few, insert.many))


def test_an_update_leaves_what_is_fixed_and_checks_the_version() -> None:
    update = update_versioned(tickets)
    assert set(update.columns) == {column.name for column in tickets.columns} - {"id", "created_at"}
    count = len(update.columns)
    assert update.fragment.text.startswith("UPDATE tickets SET number = $1, subject = $2, ")
    assert f"WHERE id = ${count + 1} AND version = ${count + 2}" in update.fragment.text
    assert update.fragment.parameter_count == count + 2
    assert update.fragment.must_match and delete_versioned(tickets).must_match


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
    insert = RowsStatement(("n",), (), Fragment("INSERT INTO a SELECT $1", 1))
    change = Fragment("UPDATE b SET x = $2 WHERE id = $1 RETURNING id", 2, must_match=True)
    assert plan.is_empty
    plan.insert(insert, {"n": 1})
    plan.execute(change, "id", "x")
    plan.insert(insert, {"n": 2}, {"n": 3})
    sql, arguments = plan.statement()
    assert sql == compose((insert.many, change))
    assert arguments == [[{"n": 1}, {"n": 2}, {"n": 3}], "id", "x"]


def test_no_rows_are_no_statement() -> None:
    plan = WritePlan()
    plan.insert(insert_rows(ticket_fields))
    assert plan.is_empty


def test_a_plan_takes_each_aggregate_once() -> None:
    plan = WritePlan()
    aggregate_id = uuid7()
    plan.saves_once(aggregate_id)
    plan.saves_once(uuid7())
    with pytest.raises(RuntimeError, match=str(aggregate_id)):
        plan.saves_once(aggregate_id)
