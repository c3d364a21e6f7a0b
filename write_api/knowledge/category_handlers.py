from __future__ import annotations

from uuid import UUID

from domain.knowledge.category import Category
from domain.knowledge.errors import CategoryForbidden
from domain.knowledge.policies import may_manage_categories
from domain.shared.values import to_optional_uuid
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.knowledge.commands import ChangeCategory, CreateCategory, DeleteCategory
from write_api.persistence.failures import unknown_reference
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork


async def create_category(command: CreateCategory, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    category = Category.create(
        names=command.names,
        at=context.at,
        parent_id=command.parent_id,
        ancestor_ids=await _line_of(command.parent_id, unit),
        position=command.position,
    )
    await unit.categories.add(category)
    return await unit.commit(Outcome.created(category, f"/v1/categories/{category.id}"))


async def change_category(command: ChangeCategory, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    ancestor_ids: list[UUID] = []
    levels_below = 0
    parent_id = to_optional_uuid(command.changes.get("parent_id"), "/parent_id")
    if parent_id is not None:
        ancestor_ids = await _line_of(parent_id, unit)
        levels_below = await unit.categories.levels_below(command.category_id)
    category = await unit.categories.get(command.category_id)
    context.expect_version_of(category)
    category.change(command.changes, at=context.at, ancestor_ids=ancestor_ids, levels_below=levels_below)
    await unit.categories.save(category)
    return await unit.commit(Outcome.changed(category))


async def delete_category(command: DeleteCategory, unit: UnitOfWork, context: Context) -> Outcome:
    _refuse_others(context)
    category = await unit.categories.get(command.category_id)
    context.expect_version_of(category)
    category.delete(
        has_children=await unit.categories.has_children(category.id),
        has_documents=await unit.categories.has_documents(category.id),
        at=context.at,
    )
    await unit.categories.save(category)
    return await unit.commit(Outcome.removed(category))


async def _line_of(parent_id: UUID | None, unit: UnitOfWork) -> list[UUID]:
    if parent_id is None:
        return []
    await unit.categories.lock_tree()
    ancestor_ids = await unit.categories.ancestor_ids(parent_id)
    if not ancestor_ids:
        raise unknown_reference("parent_id")
    return ancestor_ids


def _refuse_others(context: Context) -> None:
    if not may_manage_categories(context.actor):
        raise CategoryForbidden("Only agents and admins arrange the categories.")


HANDLERS: Handlers = {
    CreateCategory: create_category,
    ChangeCategory: change_category,
    DeleteCategory: delete_category,
}
