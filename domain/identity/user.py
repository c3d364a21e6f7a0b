from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.identity.email import normalise_email
from domain.identity.errors import CustomerInGroup, TooManyGroups
from domain.identity.events import (
    UserChanged,
    UserDeactivated,
    UserIdentityLinked,
    UserPasswordChanged,
    UserReactivated,
    UserRegistered,
    UserRoleChanged,
)
from domain.shared.actor import Actor, Role, TicketAccess
from domain.shared.aggregate import Aggregate
from domain.shared.errors import UnknownField
from domain.shared.ids import uuid7
from domain.shared.locale import normalise_optional_locale
from domain.shared.text import clean_text, optional_text
from domain.shared.values import to_bool, to_enum, to_optional_uuid, to_uuids

MAX_NAME_LENGTH = 200
MAX_GROUPS = 100
CHANGEABLE = ("name", "email", "role", "ticket_access", "group_ids", "organization_id", "locale", "active")


@dataclass(kw_only=True, eq=False)
class User(Aggregate):
    """A person. The password's hash is stored beside it and never loaded with it."""

    aggregate_type = "user"

    name: str
    email: str
    role: Role
    ticket_access: TicketAccess = TicketAccess.ALL
    group_ids: frozenset[UUID] = frozenset()
    organization_id: UUID | None = None
    locale: str | None = None
    active: bool = True
    external_id: str | None = None

    @classmethod
    def register(
        cls,
        *,
        name: str,
        email: str,
        at: datetime,
        role: Role | str = Role.CUSTOMER,
        ticket_access: TicketAccess | str = TicketAccess.ALL,
        group_ids: Iterable[UUID] = (),
        organization_id: UUID | None = None,
        locale: str | None = None,
        external_id: str | None = None,
        id: UUID | None = None,
    ) -> User:
        user = cls(
            id=id or uuid7(),
            created_at=at,
            updated_at=at,
            name=_clean_name(name),
            email=normalise_email(email),
            role=to_enum(Role, role, "/role"),
            ticket_access=to_enum(TicketAccess, ticket_access, "/ticket_access"),
            group_ids=_clean_group_ids(group_ids),
            organization_id=organization_id,
            locale=normalise_optional_locale(locale),
            external_id=optional_text(external_id, pointer="/external_id", max_length=255),
        )
        _check_membership(user.role, user.group_ids)
        user.record(
            UserRegistered(
                occurred_at=at,
                name=user.name,
                email=user.email,
                role=user.role,
                group_ids=user.group_ids,
                organization_id=user.organization_id,
            )
        )
        return user

    def actor(self, *, organization_shares_tickets: bool = False) -> Actor:
        return Actor(
            self.id, self.role, self.group_ids, self.organization_id, organization_shares_tickets, self.ticket_access
        )

    def change(self, changes: Mapping[str, object], *, at: datetime) -> None:
        """Takes a JSON Merge Patch."""
        role, group_ids = self.role, self.group_ids
        values: dict[str, object] = {}
        for name, value in changes.items():
            if name == "name":
                values[name] = _clean_name(value)
            elif name == "email":
                values[name] = normalise_email(value)
            elif name == "role":
                values[name] = role = to_enum(Role, value, "/role")
            elif name == "ticket_access":
                values[name] = to_enum(TicketAccess, value, "/ticket_access")
            elif name == "group_ids":
                values[name] = group_ids = _clean_group_ids(value)
            elif name == "organization_id":
                values[name] = to_optional_uuid(value, "/organization_id")
            elif name == "locale":
                values[name] = normalise_optional_locale(value)
            elif name == "active":
                values[name] = to_bool(value, "/active")
            else:
                raise UnknownField(name, CHANGEABLE)
        _check_membership(role, group_ids)
        self._apply(values, at)

    def password_changed(self, *, at: datetime) -> None:
        self.record(UserPasswordChanged(occurred_at=at))

    def link_identity(self, provider: str, issuer: str, subject: str, *, at: datetime) -> None:
        self.record(UserIdentityLinked(occurred_at=at, provider=provider, issuer=issuer, subject=subject))

    def _apply(self, values: dict[str, object], at: datetime) -> None:
        role_before = self.role
        changed = self._assign(values)
        role_change = changed.pop("role", None)
        activity_change = changed.pop("active", None)
        if changed:
            self.record(UserChanged(occurred_at=at, changes=changed))
        if role_change:
            self.record(UserRoleChanged(occurred_at=at, before=role_before, after=self.role))
        if activity_change:
            event = UserReactivated if self.active else UserDeactivated
            self.record(event(occurred_at=at))


def _clean_name(value: object) -> str:
    return clean_text(value, pointer="/name", max_length=MAX_NAME_LENGTH)


def _clean_group_ids(values: object) -> frozenset[UUID]:
    group_ids = to_uuids(() if values is None else values, "/group_ids")
    if len(group_ids) > MAX_GROUPS:
        raise TooManyGroups(f"A user belongs to at most {MAX_GROUPS} groups. Leave some out.", pointer="/group_ids")
    return group_ids


def _check_membership(role: Role, group_ids: frozenset[UUID]) -> None:
    if group_ids and not role.is_staff:
        raise CustomerInGroup
