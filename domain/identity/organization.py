from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.identity.email import normalise_domain
from domain.identity.errors import TooManyDomains
from domain.identity.events import OrganizationChanged, OrganizationCreated
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField, json_pointer
from domain.shared.ids import uuid7
from domain.shared.text import clean_text, optional_text
from domain.shared.values import to_bool, to_items

MAX_NAME_LENGTH = 200
MAX_DOMAINS = 100
CHANGEABLE = ("name", "domains", "shares_tickets")


@dataclass(kw_only=True, eq=False)
class Organization(Aggregate):
    """A customer's company. If it shares tickets, its people read each other's."""

    aggregate_type = "organization"

    name: str
    domains: tuple[str, ...] = ()
    shares_tickets: bool = False
    external_id: str | None = None

    @classmethod
    def create(
        cls,
        *,
        name: str,
        at: datetime,
        domains: Iterable[str] = (),
        shares_tickets: bool = False,
        external_id: str | None = None,
        id: UUID | None = None,
    ) -> Organization:
        organization = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            name=_clean_name(name),
            domains=_clean_domains(domains),
            shares_tickets=to_bool(shares_tickets, "/shares_tickets"),
            external_id=optional_text(external_id, pointer="/external_id", max_length=255),
        )
        organization.record(
            OrganizationCreated(
                occurred_at=at,
                name=organization.name,
                domains=organization.domains,
                shares_tickets=organization.shares_tickets,
            )
        )
        return organization

    def change(self, changes: Mapping[str, object], *, at: datetime) -> None:
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "name":
                values[name] = _clean_name(value)
            elif name == "domains":
                values[name] = _clean_domains(() if value is None else value)
            elif name == "shares_tickets":
                values[name] = to_bool(value, "/shares_tickets")
            else:
                raise UnknownField(name, CHANGEABLE)
        if changed := self._assign(values):
            self.record(OrganizationChanged(occurred_at=at, changes=changed))


def _clean_name(value: object) -> str:
    return clean_text(value, pointer="/name", max_length=MAX_NAME_LENGTH)


def _clean_domains(values: object) -> tuple[str, ...]:
    items = to_items(values, "/domains")
    domains = tuple(dict.fromkeys(normalise_domain(item, json_pointer("domains", i)) for i, item in enumerate(items)))
    if len(domains) > MAX_DOMAINS:
        raise TooManyDomains(f"An organization has at most {MAX_DOMAINS} domains. Leave some out.", pointer="/domains")
    return domains
