"""Files that hang on messages. Who may see the ticket and the message may have the file, and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Dict, Optional, Union

import structlog
from fastapi import APIRouter, Header, Response
from starlette.responses import StreamingResponse

from read_api.downloads import INERT, asked_part, content_disposition
from read_api.reading import IfNoneMatch, Reading, SignedInReading
from read_api.tickets.reader import ticket
from read_api.tickets.visibility import sees_message
from read_models.attachments import ATTACHMENTS
from runtime.etag import none_match
from runtime.files.store import FileMissing
from runtime.parameters import StrictParametersRoute
from runtime.problem_schema import problem_responses
from runtime.problems import ProblemError
from runtime.response_headers import references
from runtime.search.fields import is_id

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictParametersRoute)

RangeHeader = Annotated[
    Optional[str],
    Header(alias="Range", description="bytes=<first>-<last>: only these; one range", examples=["bytes=0-"]),
]
IfRangeHeader = Annotated[
    Optional[str], Header(alias="If-Range", description="The ETag that the range belongs to, else all is sent")
]
_HEADERS = ("ETag", "Content-Disposition")
_FILE: Dict[str, Any] = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
_ANSWERS: Dict[Union[int, str], Dict[str, Any]] = {
    200: {"description": "The file", "headers": references(_HEADERS), **_FILE},
    206: {"description": "A part of it", "headers": references((*_HEADERS, "Content-Range")), **_FILE},
    304: {"description": "If-None-Match names this file"},
    **problem_responses(416),
}


@router.get(
    "/attachments/{attachment_id}",
    operation_id="download_attachment",
    response_class=Response,
    responses=_ANSWERS,
)
async def download_attachment(
    reading: SignedInReading,
    attachment_id: str,
    range_: RangeHeader = None,
    if_range: IfRangeHeader = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The file of a message that the caller sees, to be saved under its name. Never shown in the place of a page."""
    attachment = await visible_attachment(reading, attachment_id)
    tag, size_bytes = f'"{attachment["sha256"]}"', attachment["size_bytes"]
    headers = {
        **INERT,
        **await reading.freshness_headers(),
        "ETag": tag,
        "Content-Disposition": content_disposition(attachment["file_name"]),
    }
    if not none_match(if_none_match, tag):
        return Response(status_code=304, headers=headers)
    part = asked_part(range_, if_range, tag, size_bytes)
    try:
        pieces = await reading.services.files.open(attachment["storage_key"], part.first, part.last)
    except FileMissing:
        log.error("attachment_file_missing", attachment_id=attachment_id)
        raise ProblemError(
            404, "attachment.file_missing", "The file of this attachment is no longer in the store. Tell an operator."
        ) from None
    headers |= {"Content-Length": str(part.size_bytes), "Content-Type": attachment["media_type"]}
    if not part.is_whole:
        headers["Content-Range"] = part.content_range
    return StreamingResponse(pieces, 200 if part.is_whole else 206, headers)


async def visible_attachment(reading: Reading, attachment_id: str) -> Mapping[str, Any]:
    stored = (
        await reading.services.search.get(ATTACHMENTS.name, attachment_id.lower()) if is_id(attachment_id) else None
    )
    if stored is None or not sees_message(reading.caller, stored.source):
        raise _not_found()
    try:
        await ticket(reading, stored.source["ticket_id"])
    except ProblemError as refused:
        if refused.status != 404:
            raise
        # In the same words as for one that never was.
        raise _not_found() from None
    return stored.source


def _not_found() -> ProblemError:
    return ProblemError(404, "attachment.not_found", "There is no such attachment, or you may not see it.")
