from __future__ import annotations

import pytest

from domain.identity.group import Group
from domain.shared.errors import DomainError
from tests.unit.domain.builders import NOW, later, pulled


def test_a_group_is_created_and_changed() -> None:
    group = Group.create(name=" Billing ", description="Money", at=NOW)
    assert (group.name, group.description) == ("Billing", "Money")
    assert pulled(group) == ["GroupCreated"]
    group.change({"name": "Invoices", "description": None}, at=later())
    assert (group.name, group.description) == ("Invoices", "")
    (event,) = group.pull_events()
    assert event.data()["changes"] == {
        "name": {"before": "Billing", "after": "Invoices"},
        "description": {"before": "Money", "after": ""},
    }
    group.change({"name": "Invoices"}, at=later(2))
    assert pulled(group) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"name": ""}, "/name"), ({"description": "x" * 2_001}, "/description"), ({"colour": "red"}, "/colour")],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    group = Group.create(name="Billing", at=NOW)
    group.pull_events()
    with pytest.raises(DomainError) as refusal:
        group.change(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (group.name, group.has_changes) == ("Billing", False)
