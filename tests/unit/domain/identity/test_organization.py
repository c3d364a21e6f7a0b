from __future__ import annotations

import pytest

from domain.identity.organization import Organization
from domain.shared.errors import DomainError
from tests.unit.domain.builders import NOW, later, pulled


def test_an_organization_is_created() -> None:
    organization = Organization.create(
        name=" Acme ", domains=["Acme.com", "acme.COM", "acme.de"], external_id="o1", at=NOW
    )
    assert (organization.name, organization.domains) == ("Acme", ("acme.com", "acme.de"))
    assert (organization.shares_tickets, organization.external_id) == (False, "o1")
    (event,) = organization.pull_events()
    assert event.event_type() == "OrganizationCreated"
    assert event.data() == {"name": "Acme", "domains": ["acme.com", "acme.de"], "shares_tickets": False}


def test_an_organization_is_changed() -> None:
    organization = Organization.create(name="Acme", domains=["acme.com"], at=NOW)
    organization.pull_events()
    organization.change({"name": "ACME", "domains": None, "shares_tickets": True}, at=later())
    assert (organization.name, organization.domains, organization.shares_tickets) == ("ACME", (), True)
    assert pulled(organization) == ["OrganizationChanged"]
    organization.change({"shares_tickets": True}, at=later(2))
    assert pulled(organization) == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"domains": ["acme.com", "acme"]}, "/domains/1"),
        ({"domains": [f"d{number}.com" for number in range(101)]}, "/domains"),
        ({"shares_tickets": "yes"}, "/shares_tickets"),
        ({"vip": True}, "/vip"),
    ],
)
def test_a_refused_change_changes_nothing(changes: dict[str, object], pointer: str) -> None:
    organization = Organization.create(name="Acme", at=NOW)
    organization.pull_events()
    with pytest.raises(DomainError) as refusal:
        organization.change(changes, at=later())
    assert refusal.value.pointer == pointer
    assert (organization.name, organization.has_changes) == ("Acme", False)
