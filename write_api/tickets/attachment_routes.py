from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.response_headers import references
from write_api.http.commands import Uploading
from write_api.http.documentation import Responses
from write_api.http.responses import respond
from write_api.services import services_of
from write_api.tickets.schemas import AttachmentUploaded

PATH = "/v1/attachments"
MAX_NAME_LENGTH = 1_024

router = APIRouter(prefix=PATH, tags=["tickets"], route_class=StrictParametersRoute)

FileName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        description="What the file is called; of a path the last part counts",
        examples=["stripes.png"],
    ),
]
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file itself, uncompressed and in no envelope",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_UPLOADED: Responses = {
    201: {"headers": references(("Location", "Idempotency-Replayed"))},
    **problem_responses(408),
}


@router.post("", status_code=201, response_model=AttachmentUploaded, responses=_UPLOADED, openapi_extra=_FILE)
async def upload_attachment(request: Request, file_name: FileName, upload: Uploading) -> Response:
    """Takes a file, to be named in the `attachment_ids` of a new message or ticket within a day, once, by its uploader.

    What it is decides its content, not its name or Content-Type. Pages, SVG images and programs are not taken.
    """
    return respond(await services_of(request).attachment_uploads.receive(upload, file_name))
