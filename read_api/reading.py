"""One read request: who asks, which write they wait for, and how the answer says how fresh it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Annotated, Any, Optional
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import Depends, Header, Request, Response

from read_api.context import Caller
from read_api.early import asked_early
from read_api.freshness import is_applied
from read_api.labels import Labels
from read_api.locales import accepted
from read_api.paging import Mark
from read_api.services import Services
from read_api.stores.redis import LabelKey
from runtime.bearer import OptionalBearer, RequiredBearer
from runtime.consistency import ConsistencyToken, parse_prefer_wait
from runtime.etag import etag_of_shown, none_match
from runtime.scopes import require_scopes

JSON = "application/json"

TokenHeader = Annotated[
    Optional[str], Header(alias="Consistency-Token", description="Of a command: the answer is to contain that write")
]
PreferHeader = Annotated[
    Optional[str], Header(alias="Prefer", description="wait=<seconds, at most 5>: how long to wait for that write")
]
IfNoneMatch = Annotated[
    Optional[str], Header(alias="If-None-Match", description="ETags that are known already: the same answer is 304")
]
LanguageHeader = Annotated[Optional[str], Header(alias="Accept-Language", description="Preferred locales")]


@dataclass(frozen=True)
class Reading:
    services: Services
    request: Request
    caller: Caller
    at: datetime
    # Of Accept-Language, best first, then the caller's own.
    locales: Sequence[str]
    token: ConsistencyToken | None = None
    # Whether the token's write is projected.
    applied: bool = False
    # It was asked to wait, and the write is there.
    waited: bool = False

    @property
    def must_refresh(self) -> bool:
        """A search has to show a write that is indexed, but perhaps not yet searchable."""
        return self.token is not None and self.applied

    @property
    def token_text(self) -> str | None:
        return self.token.encode() if self.token is not None and self.applied else None

    async def searchable(self, *models: str) -> None:
        """What the awaited write indexed can be found from here on."""
        if self.must_refresh:
            for model in models:
                await self.services.refresher.refresh(model)

    async def labels(self, wanted: Iterable[LabelKey]) -> Labels:
        """Names as of what was last published; for whoever waits for a write those of now."""
        published = await self.services.freshness.published()
        changed = None if self.token is not None else published.get("labels_changed")
        return await self.services.labels.read(wanted, self.locales, changed=changed)

    async def answer(
        self,
        payload: Mapping[str, Any],
        *,
        version: int | None = None,
        if_none_match: str | None = None,
        mark: Mark | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """`version`: of the one aggregate that is shown; the answer gets an ETag then."""
        sent = {**await self.freshness_headers(mark), **self._links(payload), **(headers or {})}
        content = orjson.dumps(payload)
        if version is not None:
            of_version, modified = version_headers(version, content, if_none_match)
            sent.update(of_version)
            if not modified:
                return Response(status_code=304, headers=sent)
        return Response(content, headers=sent, media_type=JSON)

    async def freshness_headers(self, mark: Mark | None = None) -> dict[str, str]:
        stale = self.token is not None and not self._shown(mark)
        as_of = mark.as_of if mark is not None else None
        freshness = await self.services.freshness.current(self.at, stale=stale, as_of=as_of)
        sent = {"Freshness": freshness.header()}
        if self.waited:
            sent["Preference-Applied"] = "wait"
        return sent

    def _shown(self, mark: Mark | None) -> bool:
        """A later page reads the point in time of the first: it shows the write only if that one waited for it."""
        if mark is not None and mark.pit_id is not None:
            return mark.token is not None and mark.token == self.token_text
        return self.applied

    def _links(self, payload: Mapping[str, Any]) -> dict[str, str]:
        cursors = {name: payload.get(name) for name in ("next", "prev")}
        if not any(cursors.values()):
            return {}
        asked = parse_qsl(self.request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        kept = [pair for pair in asked if pair[0] != "cursor"]
        links = [
            f'<{self.request.scope["path"]}?{urlencode([*kept, ("cursor", cursor)])}>; rel="{name}"'
            for name, cursor in cursors.items()
            if cursor is not None
        ]
        return {"Link": ", ".join(links)}


def version_headers(version: int, content: bytes, if_none_match: str | None) -> tuple[dict[str, str], bool]:
    """Of an answer that shows one aggregate; and whether the caller does not have just this answer already."""
    tag = etag_of_shown(version, content)
    return {"ETag": tag, "Cache-Control": "private, no-cache"}, none_match(if_none_match, tag)


async def optional_reading(
    request: Request,
    bearer: OptionalBearer,
    consistency_token: TokenHeader = None,
    prefer: PreferHeader = None,
    accept_language: LanguageHeader = None,
) -> Reading:
    return await _reading(request, bearer, consistency_token, prefer, accept_language)


async def required_reading(
    request: Request,
    bearer: RequiredBearer,
    consistency_token: TokenHeader = None,
    prefer: PreferHeader = None,
    accept_language: LanguageHeader = None,
) -> Reading:
    return await _reading(request, bearer, consistency_token, prefer, accept_language)


# Signed in or not.
AnyReading = Annotated[Reading, Depends(optional_reading)]
SignedInReading = Annotated[Reading, Depends(required_reading)]


async def _reading(
    request: Request, bearer: str | None, written: str | None, prefer: str | None, accept_language: str | None
) -> Reading:
    services: Services = request.state.services
    at = datetime.now(timezone.utc)
    token = ConsistencyToken.decode(written) if written is not None else None
    wait_s = parse_prefer_wait(prefer)
    caller = await services.identifier.caller(bearer, at, asked_early(request.scope))
    if caller.scopes is not None:
        require_scopes(caller.scopes, request.scope)
    applied = False
    if token is not None:
        applied = await is_applied(services.lookup, token, wait_s or 0)
        # Again: while it waited, the caller may have lost a right, and the write may be about the caller.
        caller = await services.identifier.caller(bearer, at)
    own = (caller.locale,) if caller.locale else ()
    return Reading(
        services=services,
        request=request,
        caller=caller,
        at=at,
        locales=(*accepted(accept_language), *own),
        token=token,
        applied=applied,
        waited=wait_s is not None and applied,
    )
