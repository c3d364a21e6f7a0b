"""The audit log: all of it for admins, nothing for anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from tests.integration.read_api.conftest import Library
from tests.integration.read_api.stores import moment

Person = dict[str, Any]


@dataclass(frozen=True)
class Log:
    """What three people did to one ticket and one user."""

    admin: Person
    ticket: Person
    opened: dict[str, Any]
    promoted: dict[str, Any]
    failed: dict[str, Any]

    @property
    def ids(self) -> list[str]:
        """Newest first."""
        return [entry["id"] for entry in (self.failed, self.promoted, self.opened)]


@pytest_asyncio.fixture
async def log(own_library: Library) -> Log:
    shelf = own_library.shelf
    admin = await shelf.user("admin", name="Ada Admin")
    customer = await shelf.user("customer", name="Carla Customer")
    ticket = await shelf.ticket(customer)
    opened = await shelf.event(ticket, "TicketOpened", "public", customer, occurred_at=moment(1), ip_address="::1")
    promoted = await shelf.event(
        customer,
        "UserRoleChanged",
        "internal",
        admin,
        aggregate_type="user",
        occurred_at=moment(2),
        data={"before": "customer", "after": "agent"},
    )
    failed = await shelf.event(
        {"id": None}, "SignInFailed", "internal", {"id": None}, aggregate_type="sign_in", occurred_at=moment(3)
    )
    await shelf.refresh()
    return Log(admin, ticket, opened, promoted, failed)


async def test_an_admin_reads_who_did_what_from_where(own_library: Library, log: Log) -> None:
    answer = await own_library.get(log.admin, "/v1/audit")
    assert [entry["id"] for entry in answer["items"]] == log.ids
    entry = answer["items"][1]
    assert entry["type"] == "UserRoleChanged"
    assert entry["actor"] == {"id": log.admin["id"], "name": "Ada Admin"}
    assert entry["aggregate"] == {
        "type": "user",
        "id": log.promoted["aggregate_id"],
        "version": entry["aggregate"]["version"],
    }
    assert entry["data"] == {"before": "customer", "after": "agent"}
    assert (entry["ip_address"], entry["user_agent"]) == ("192.0.2.1", "curl")
    assert (entry["session_id"], entry["request_id"]) == (log.promoted["session_id"], log.promoted["request_id"])
    assert entry["occurred_at"] == moment(2).replace("+00:00", "Z")


async def test_filters_narrow_it(own_library: Library, log: Log) -> None:
    failed, promoted, opened = log.ids
    for params, expected in (
        ({"actor": "me"}, [promoted]),
        ({"actor": "none"}, [failed]),
        ({"actor": [log.admin["id"], "none"]}, [failed, promoted]),
        ({"aggregate_type": "ticket"}, [opened]),
        ({"aggregate_type": ["ticket", "user"]}, [promoted, opened]),
        ({"aggregate_id": log.ticket["id"]}, [opened]),
        ({"aggregate_id": "none"}, [failed]),
        ({"type": "SignInFailed"}, [failed]),
        ({"ip_address": "::1"}, [opened]),
        ({"occurred_after": moment(1), "occurred_before": moment(3)}, [promoted]),
        ({"sort": "occurred_at"}, [opened, promoted, failed]),
        ({"actor": "me", "type": "TicketOpened"}, []),
    ):
        answer = await own_library.get(log.admin, "/v1/audit", **params)
        assert [entry["id"] for entry in answer["items"]] == expected, params


async def test_pages_hold_every_entry_once_and_lead_back(own_library: Library, log: Log) -> None:
    seen, cursor = [], None
    for _ in log.ids:
        params = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = await own_library.get(log.admin, "/v1/audit", **params)
        seen += [entry["id"] for entry in page["items"]]
        cursor, back = page["next"], page["prev"]
    assert (seen, cursor) == (log.ids, None)
    before = await own_library.get(log.admin, "/v1/audit", limit=1, cursor=back)
    assert [entry["id"] for entry in before["items"]] == [log.ids[1]]
    other_question = await own_library.answer(log.admin, "/v1/audit", limit=1, cursor=back, type="SignInFailed")
    assert other_question.json()["errors"][0]["code"] == "cursor.invalid"


@pytest.mark.parametrize("role", ["agent", "customer"])
async def test_nobody_else_reads_any_of_it(own_library: Library, log: Log, role: str) -> None:
    answer = await own_library.answer(await own_library.shelf.user(role), "/v1/audit", actor="me")
    assert (answer.status_code, answer.json()["code"]) == (403, "audit.forbidden")
    assert "items" not in answer.json()


async def test_strangers_are_asked_to_sign_in(own_library: Library) -> None:
    assert (await own_library.answer(None, "/v1/audit")).status_code == 401


async def test_where_somebody_was_stays_out_of_a_tickets_history(own_library: Library, log: Log) -> None:
    history = await own_library.answer(log.admin, f"/v1/tickets/{log.ticket['id']}/history")
    assert len(history.json()["items"]) == 1
    assert log.opened["session_id"] not in history.text and '"::1"' not in history.text


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("aggregate_type", "secret"),
        ("aggregate_id", "1; DROP TABLE"),
        ("actor", "ada"),
        ("occurred_after", "yesterday-ish"),
        ("sort", "ip_address"),
        ("limit", "101"),
        ("session_id", "01a215be-9bcd-72f3-b833-7f73be1ff0e4"),
    ],
)
async def test_what_makes_no_sense_is_named(own_library: Library, log: Log, parameter: str, value: str) -> None:
    answer = await own_library.answer(log.admin, "/v1/audit", **{parameter: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == parameter
