from __future__ import annotations

from starlette.responses import Response

from runtime.consistency import ConsistencyToken
from runtime.etag import etag
from write_api.persistence.json import dump_json
from write_api.persistence.outcome import Outcome

# Where nothing had to be written: a transaction that every reader has seen.
NO_TRANSACTION = 0


def respond(outcome: Outcome) -> Response:
    headers: dict[str, str] = {}
    if outcome.location is not None:
        headers["Location"] = outcome.location
    if outcome.aggregate_type is not None and outcome.aggregate_id is not None and outcome.version is not None:
        xid = NO_TRANSACTION if outcome.xid is None else outcome.xid
        token = ConsistencyToken(outcome.aggregate_type, outcome.aggregate_id, outcome.version, xid)
        headers["Consistency-Token"] = token.encode()
        if outcome.status != 204:
            headers["ETag"] = etag(outcome.version)
    if outcome.replayed:
        headers["Idempotency-Replayed"] = "true"
    if outcome.body is None:
        return Response(status_code=outcome.status, headers=headers)
    return Response(dump_json(outcome.body), outcome.status, headers, media_type="application/json")
