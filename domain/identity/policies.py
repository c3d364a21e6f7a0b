from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from domain.identity.errors import OwnPasswordProtected, OwnRightsProtected
from domain.shared.actor import Actor, Role

OWN_FIELDS = frozenset({"name", "locale"})
# What an agent may change of a customer; the organization decides whose tickets the customer sees.
CUSTOMER_FIELDS = frozenset({"name", "locale"})


def may_create_user(actor: Actor, role: Role) -> bool:
    """Agents add customers; only admins add colleagues."""
    return actor.is_admin or (actor.is_staff and role is Role.CUSTOMER)


def may_change_user(actor: Actor, user_id: UUID, role: Role, fields: Collection[str]) -> bool:
    """`role` is the one that the user to be changed has now."""
    if actor.is_admin:
        return True
    allowed: frozenset[str] = OWN_FIELDS if actor.user_id == user_id else frozenset()
    if actor.is_staff and role is Role.CUSTOMER:
        allowed |= CUSTOMER_FIELDS
        if may_manage_organizations(actor):
            allowed |= {"organization_id"}
    return set(fields) <= allowed


def refuse_losing_own_rights(actor: Actor, user_id: UUID, changes: Mapping[str, object]) -> None:
    if actor.user_id != user_id:
        return
    if changes.get("role", actor.role) != actor.role:
        raise OwnRightsProtected("/role")
    if changes.get("active", True) is False:
        raise OwnRightsProtected("/active")


def refuse_own_password(actor: Actor, user_id: UUID) -> None:
    """Admins set passwords of others. For the own one a session, which may have been left open, is no proof."""
    if actor.user_id == user_id:
        raise OwnPasswordProtected


def may_read_people(actor: Actor) -> bool:
    """Lists and pickers of users, groups and organizations."""
    return actor.is_staff


def may_manage_groups(actor: Actor) -> bool:
    return actor.is_admin


def may_manage_organizations(actor: Actor) -> bool:
    """Themselves, and who belongs to them: not for who sees some tickets only, as an organization may share all its."""
    return actor.sees_every_ticket


def may_move_tickets(actor: Actor) -> bool:
    """All tickets of an organization at once: it changes who sees them."""
    return actor.is_admin


def may_manage_sessions(actor: Actor, user_id: UUID) -> bool:
    """See where this user is signed in, and end it."""
    return actor.is_admin or actor.user_id == user_id


def may_manage_api_tokens(actor: Actor, user_id: UUID) -> bool:
    """See and revoke those of this user. Making one is for the user alone."""
    return actor.is_admin or actor.user_id == user_id
