"""Commands whose requests are in order go straight to their function: the framework's solver takes longer than it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import Response

from runtime.json_body import Shortcut, StrictJSONRoute, StrictRequest
from write_api.http.commands import PlainSend

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class CommandRoute(StrictJSONRoute):
    """Takes the shortcut where a route wants ids, one body and a `send` that needs no header.

    Whatever is out of the ordinary is left to the framework, which also knows how to say what is wrong.
    """

    def shortcut(self) -> Shortcut | None:
        dependant = self.dependant
        sends = [(found.name, found.call) for found in dependant.dependencies]
        others = (dependant.query_params, dependant.header_params, dependant.cookie_params)
        if len(sends) != 1 or len(dependant.body_params) != 1 or any(others):
            return None
        (send_name, plain_send), (body,) = sends[0], dependant.body_params
        if not isinstance(plain_send, PlainSend) or any(path.type_ is not UUID for path in dependant.path_params):
            return None
        endpoint, model = self.endpoint, cast("type[BaseModel]", body.type_)

        async def answer(request: StrictRequest) -> Response | None:
            if any(name in plain_send.headers for name, _ in request.scope["headers"]):
                return None
            ids = _ids(request.path_params)
            if ids is None:
                return None
            try:
                said = model.validate(request.parsed)
            except (ValueError, TypeError):
                return None
            response = await endpoint(**ids, **{body.name: said, str(send_name): await plain_send(request)})
            return cast(Response, response)

        return answer


def _ids(path_params: Mapping[str, Any]) -> dict[str, UUID] | None:
    if not all(_ID.fullmatch(value) for value in path_params.values()):
        return None
    return {name: UUID(value) for name, value in path_params.items()}
