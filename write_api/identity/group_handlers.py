from __future__ import annotations

from domain.identity.group import Group
from domain.identity.organization import Organization
from domain.identity.policies import may_manage_groups, may_manage_organizations
from domain.shared.errors import Forbidden
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.identity.commands import ChangeGroup, ChangeOrganization, CreateGroup, CreateOrganization
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


async def create_group(command: CreateGroup, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others_groups(context)
    group = Group.create(name=command.name, description=command.description, at=context.at)
    await unit.groups.add(group)
    return await unit.commit(Outcome.created(group, f"/v1/groups/{group.id}"))


async def change_group(command: ChangeGroup, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others_groups(context)
    group = await unit.groups.get(command.group_id)
    context.expect_version_of(group)
    group.change(command.changes, at=context.at)
    await unit.groups.save(group)
    return await unit.commit(Outcome.changed(group))


async def create_organization(command: CreateOrganization, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others_organizations(context)
    organization = Organization.create(
        name=command.name, domains=command.domains, shares_tickets=command.shares_tickets, at=context.at
    )
    await unit.organizations.add(organization)
    return await unit.commit(Outcome.created(organization, f"/v1/organizations/{organization.id}"))


async def change_organization(command: ChangeOrganization, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others_organizations(context)
    organization = await unit.organizations.get(command.organization_id)
    context.expect_version_of(organization)
    organization.change(command.changes, at=context.at)
    await unit.organizations.save(organization)
    return await unit.commit(Outcome.changed(organization))


def _refuse_others_groups(context: Context) -> None:
    if not may_manage_groups(context.actor):
        raise Forbidden("Only admins manage groups. Ask one.")


def _refuse_others_organizations(context: Context) -> None:
    if not may_manage_organizations(context.actor):
        raise Forbidden("Only admins, and agents who see all tickets, manage organizations. Ask one.")


HANDLERS: Handlers = {
    CreateGroup: create_group,
    ChangeGroup: change_group,
    CreateOrganization: create_organization,
    ChangeOrganization: change_organization,
}
