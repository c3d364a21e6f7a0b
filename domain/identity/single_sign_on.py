"""Who comes in by a provider of identities, and as what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from domain.identity.email import domain_of, normalise_email
from domain.identity.errors import (
    SsoEmailNotAllowed,
    SsoEmailNotVerified,
    SsoNoAccount,
    SsoOtherIdentity,
    SsoUserInactive,
)
from domain.identity.user import MAX_NAME_LENGTH, User
from domain.shared.actor import Role
from domain.shared.errors import ValidationFailed

_RANK = (Role.CUSTOMER, Role.AGENT, Role.ADMIN)


@dataclass(frozen=True)
class Claims:
    """What a provider says of somebody. That it was this provider, and just now, was checked."""

    issuer: str
    # Never given to anybody else by this issuer; an address may be.
    subject: str
    email: str | None = None
    email_verified: bool = False
    name: str | None = None
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SsoRules:
    """What the desk makes of the claims of one provider."""

    # As people know it.
    label: str
    provider: str
    # Whose addresses come in; all if there are none.
    email_domains: frozenset[str] = frozenset()
    makes_users: bool = True
    default_role: Role = Role.CUSTOMER
    # Without any, roles are given here; else the provider gives them anew at each sign-in.
    roles: Mapping[str, Role] = field(default_factory=lambda: MappingProxyType({}))
    gives_groups: bool = False

    def role_of(self, claims: Claims) -> Role | None:
        """The highest that the provider gives; None where it gives none."""
        if not self.roles:
            return None
        given = [self.roles[name] for name in claims.roles if name in self.roles]
        return max(given, key=_RANK.index, default=self.default_role)


@dataclass(frozen=True)
class Admission:
    user: User
    is_new: bool = False
    is_linked_now: bool = False


def admit(
    claims: Claims,
    rules: SsoRules,
    *,
    linked: User | None,
    by_email: User | None,
    issuers_of_by_email: Collection[str] = (),
    group_ids: Iterable[UUID] = (),
    at: datetime,
) -> Admission:
    """`linked` is whom the subject belongs to, `by_email` whom the address does. Raises SsoRefused."""
    _require_domain(claims, rules)
    if linked is not None:
        admission = Admission(linked)
    else:
        email = _verified_email(claims, rules)
        admission = _first_time(claims, rules, email, by_email, issuers_of_by_email, at)
    user = admission.user
    if not user.active:
        raise SsoUserInactive
    _bring_up_to_date(user, claims, rules, frozenset(group_ids), at)
    if admission.is_linked_now:
        user.link_identity(rules.provider, claims.issuer, claims.subject, at=at)
    return admission


def _first_time(
    claims: Claims,
    rules: SsoRules,
    email: str,
    by_email: User | None,
    issuers_of_by_email: Collection[str],
    at: datetime,
) -> Admission:
    if by_email is not None:
        # The provider may have given a deleted person's address to a new one.
        if claims.issuer in issuers_of_by_email:
            raise SsoOtherIdentity(rules.label)
        return Admission(by_email, is_linked_now=True)
    if not rules.makes_users:
        raise SsoNoAccount(rules.label)
    role = rules.role_of(claims) or rules.default_role
    user = User.register(name=_name_of(claims, email), email=email, role=role, at=at)
    return Admission(user, is_new=True, is_linked_now=True)


def _bring_up_to_date(user: User, claims: Claims, rules: SsoRules, group_ids: frozenset[UUID], at: datetime) -> None:
    changes: dict[str, object] = {}
    role = rules.role_of(claims) or user.role
    if role is not user.role:
        changes["role"] = role
    if not role.is_staff:
        if user.group_ids:
            changes["group_ids"] = frozenset()
    elif rules.gives_groups and group_ids != user.group_ids:
        changes["group_ids"] = group_ids
    if changes:
        user.change(changes, at=at)


def _require_domain(claims: Claims, rules: SsoRules) -> None:
    if rules.email_domains and (claims.email is None or domain_of(claims.email) not in rules.email_domains):
        raise SsoEmailNotAllowed(rules.label)


def _verified_email(claims: Claims, rules: SsoRules) -> str:
    if claims.email is None or not claims.email_verified:
        raise SsoEmailNotVerified(rules.label)
    try:
        return normalise_email(claims.email)
    except ValidationFailed:
        raise SsoEmailNotVerified(rules.label) from None


def _name_of(claims: Claims, email: str) -> str:
    # Whatever another system takes for a name.
    printable = "".join(letter if letter.isprintable() else " " for letter in claims.name or "")
    named = " ".join(printable.split())[:MAX_NAME_LENGTH].strip()
    return named or email.partition("@")[0]
