from __future__ import annotations

from uuid import UUID

from domain.tickets.errors import ViewForbidden, ViewNotFound, ViewSharingForbidden
from domain.tickets.policies import may_change_view, may_keep_views, may_see_view, may_share_view
from domain.tickets.view import View
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork
from write_api.tickets.commands import ChangeView, CreateView, DeleteView
from write_api.tickets.view_query import refuse_meaningless


async def create_view(command: CreateView, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_customers(context)
    owner_id = context.actor.user_id
    view = View.create(
        owner_id=owner_id,
        owned=await unit.views.count_of(owner_id),
        name=command.name,
        query=command.query,
        sort=command.sort,
        shared_with=command.shared_with,
        group_id=command.group_id,
        at=context.at,
    )
    refuse_meaningless(view.query, view.sort)
    _refuse_sharing_elsewhere(view, context)
    await unit.views.add(view)
    return await unit.commit(Outcome.created(view, f"/v1/views/{view.id}"))


async def change_view(command: ChangeView, unit: UnitOfWork, context: Context) -> Outcome:
    view = await _changeable(command.view_id, unit, context)
    shared = view.shared_with, view.group_id
    view.change(command.changes, at=context.at)
    refuse_meaningless(view.query, view.sort)
    # Who left a group may still rename what they once shared with it.
    if shared != (view.shared_with, view.group_id):
        _refuse_sharing_elsewhere(view, context)
    await unit.views.save(view)
    return await unit.commit(Outcome.changed(view))


async def delete_view(command: DeleteView, unit: UnitOfWork, context: Context) -> Outcome:
    view = await _changeable(command.view_id, unit, context)
    view.delete(at=context.at)
    await unit.views.save(view)
    return await unit.commit(Outcome.removed(view))


async def _changeable(view_id: UUID, unit: UnitOfWork, context: Context) -> View:
    _refuse_customers(context)
    view = await unit.views.get(view_id)
    if not may_see_view(context.actor, view):
        raise ViewNotFound(view_id)
    if not may_change_view(context.actor, view):
        raise ViewForbidden("Only its owner and admins change a view. Keep one of your own with the same filters.")
    context.expect_version_of(view)
    return view


def _refuse_customers(context: Context) -> None:
    if not may_keep_views(context.actor):
        raise ViewForbidden("Only agents and admins keep views.")


def _refuse_sharing_elsewhere(view: View, context: Context) -> None:
    if not may_share_view(context.actor, view.shared_with, view.group_id):
        raise ViewSharingForbidden


HANDLERS: Handlers = {
    CreateView: create_view,
    ChangeView: change_view,
    DeleteView: delete_view,
}
