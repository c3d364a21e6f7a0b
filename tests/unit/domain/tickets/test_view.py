from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from domain.shared.actor import Actor, Role
from domain.shared.errors import UnknownField, WrongValue
from domain.shared.ids import uuid7
from domain.shared.text import TextTooLong
from domain.tickets import policies
from domain.tickets.errors import ViewLimitReached, ViewNotFound, ViewSharingForbidden, ViewSharingInvalid
from domain.tickets.view import MAX_VIEW_NAME_LENGTH, MAX_VIEWS, Sharing, View
from tests.unit.domain.builders import AGENT, NOW, actor, later, pulled

GROUP, ELSEWHERE = uuid7(), uuid7()
OWNER, ADMIN, CUSTOMER = actor(Role.AGENT, AGENT), actor(Role.ADMIN), actor(Role.CUSTOMER)
MEMBER, STRANGER = actor(Role.AGENT, group_ids=frozenset({GROUP})), actor(Role.AGENT)


def view(**changes: Any) -> View:
    said: dict[str, Any] = {"owner_id": AGENT, "owned": 0, "name": " Mine ", "query": {"q": "x"}, "sort": "number"}
    return View.create(**{**said, "at": NOW, **changes})


def shared(sharing: Sharing) -> View:
    return view(shared_with=sharing, group_id=GROUP if sharing is Sharing.GROUP else None)


def test_a_view_is_its_owners_until_it_is_shared() -> None:
    made = view()
    assert (made.name, made.query, made.shared_with, made.group_id) == ("Mine", {"q": "x"}, Sharing.ME, None)
    assert pulled(made) == ["ViewCreated"]
    made.change({"shared_with": "group", "group_id": str(GROUP)}, at=later())
    assert (made.shared_with, made.group_id) == (Sharing.GROUP, GROUP)
    made.change({"name": "Ours", "query": {}, "sort": "-number"}, at=later())
    assert (made.name, made.query, made.sort, made.group_id) == ("Ours", {}, "-number", GROUP)
    made.change({"shared_with": "everybody"}, at=later())
    assert (made.shared_with, made.group_id) == (Sharing.EVERYBODY, None)
    assert pulled(made) == ["ViewChanged"] * 3


def test_what_stays_as_it_is_is_no_change() -> None:
    made = view()
    made.pull_events()
    made.change({"name": "Mine", "query": {"q": "x"}, "sort": "number", "shared_with": "me"}, at=later())
    assert not made.has_changes


def test_a_view_that_is_deleted_says_what_it_was() -> None:
    made = view()
    made.pull_events()
    made.delete(at=later())
    assert made.deleted
    assert [event.data() for event in made.pull_events()] == [{"name": "Mine", "query": {"q": "x"}}]


@pytest.mark.parametrize(("sharing", "group_id"), [("me", GROUP), ("everybody", GROUP), ("group", None)])
def test_a_group_is_named_where_it_is_meant(sharing: str, group_id: UUID | None) -> None:
    with pytest.raises(ViewSharingInvalid):
        view(shared_with=sharing, group_id=group_id)
    with pytest.raises(ViewSharingInvalid):
        view().change({"shared_with": sharing, "group_id": group_id}, at=later())


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(TextTooLong):
        view(name="x" * (MAX_VIEW_NAME_LENGTH + 1))
    with pytest.raises(WrongValue):
        view(shared_with="friends")
    with pytest.raises(UnknownField):
        view().change({"owner_id": ELSEWHERE}, at=later())
    assert view(owned=MAX_VIEWS - 1).name == "Mine"
    with pytest.raises(ViewLimitReached):
        view(owned=MAX_VIEWS)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (OWNER, set(Sharing)),
        (ADMIN, set(Sharing)),
        (MEMBER, {Sharing.GROUP, Sharing.EVERYBODY}),
        (STRANGER, {Sharing.EVERYBODY}),
        (CUSTOMER, set()),
    ],
)
def test_who_sees_and_changes_which_views(who: Actor, seen: set[Sharing]) -> None:
    assert policies.may_keep_views(who) is who.is_staff
    for sharing in Sharing:
        assert policies.may_see_view(who, shared(sharing)) is (sharing in seen)
        assert policies.may_change_view(who, shared(sharing)) is (who in (OWNER, ADMIN))


def test_agents_share_with_their_own_groups_and_admins_with_everybody() -> None:
    for sharing, group_id, member in (
        (Sharing.ME, None, True),
        (Sharing.GROUP, GROUP, True),
        (Sharing.GROUP, ELSEWHERE, False),
        (Sharing.EVERYBODY, None, False),
    ):
        assert policies.may_share_view(MEMBER, sharing, group_id) is member
        assert policies.may_share_view(ADMIN, sharing, group_id)


def test_refusals_say_what_to_do() -> None:
    assert (ViewNotFound(GROUP).details, ViewSharingForbidden().pointer) == ({"view_id": str(GROUP)}, "/shared_with")
    assert "ask an admin" in str(ViewSharingForbidden())
