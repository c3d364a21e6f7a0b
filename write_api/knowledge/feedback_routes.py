from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from runtime.client import client_of
from runtime.json_body import StrictJSONRoute
from runtime.network import network_of
from runtime.problem_schema import problem_responses
from write_api.http.commands import Anybody
from write_api.knowledge.commands import GiveFeedback
from write_api.knowledge.schemas import FeedbackBody

router = APIRouter(prefix="/v1/documents", tags=["knowledge"], route_class=StrictJSONRoute)


@router.post("/{document_id}/feedback", status_code=204, responses=problem_responses(403, 404))
async def give_feedback(document_id: UUID, body: FeedbackBody, request: Request, send: Anybody) -> Response:
    """Says whether an article helped. Readers have one vote each, the newest, also without signing in."""
    network = network_of(client_of(request.scope).ip_address or "unknown")
    return await send(GiveFeedback(document_id, body.helpful, network, body.comment, body.locale))
