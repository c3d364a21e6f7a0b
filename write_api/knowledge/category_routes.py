from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from runtime.json_body import StrictJSONRoute
from write_api.http.commands import Changing, Creating
from write_api.http.documentation import changed, created, removed
from write_api.http.schemas import Saved
from write_api.knowledge.commands import ChangeCategory, CreateCategory, DeleteCategory
from write_api.knowledge.schemas import ChangeCategoryBody, CreateCategoryBody

router = APIRouter(prefix="/v1/categories", tags=["knowledge"], route_class=StrictJSONRoute)


@router.post("", status_code=201, response_model=Saved, responses=created(409))
async def create_category(body: CreateCategoryBody, send: Creating) -> Response:
    """Adds a category, at the top or below another one."""
    return await send(CreateCategory(body.names, body.parent_id, body.position))


@router.patch("/{category_id}", response_model=Saved, responses=changed(409))
async def change_category(category_id: UUID, body: ChangeCategoryBody, send: Changing) -> Response:
    """Renames, translates, orders or moves a category with all below it."""
    return await send(ChangeCategory(category_id, body.changes()))


@router.delete("/{category_id}", status_code=204, responses=removed(409))
async def delete_category(category_id: UUID, send: Changing) -> Response:
    """Only an empty category can be deleted."""
    return await send(DeleteCategory(category_id))
