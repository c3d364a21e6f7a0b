"""How many tickets there are by status: from counters where those are kept, else counted by Elasticsearch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from read_api.labels import Labels
from read_api.reading import Reading
from read_api.tickets.queries import counts_body
from read_models.tickets import TICKETS
from runtime.errors import StoreUnavailable
from runtime.search.ticket_fields import STATUSES

log = structlog.get_logger(__name__)
ByStatus = dict[str, int]
# dimension:value -> status -> tickets
Counted = dict[str, ByStatus]
ALL = "all:-"
MINE = "mine"
UNASSIGNED = "assignee:none"


async def counts(reading: Reading) -> dict[str, Any]:
    # The counters count every ticket.
    counted = await _from_counters(reading) if reading.caller.sees_every_ticket else None
    complete = True
    if counted is None:
        await reading.searchable(TICKETS.name)
        found = await reading.services.search.search(TICKETS.name, counts_body(reading.caller))
        counted, complete = _from_aggregations(found.aggregations), found.complete
    group_ids = [name.partition(":")[2] for name in counted if name.startswith("group:") and name != "group:none"]
    labels = await reading.services.labels.read({("group", group_id) for group_id in group_ids})
    return {
        "all": _shown(counted.get(ALL, {})),
        "mine": _shown(counted.get(MINE, {})),
        "unassigned": _shown(counted.get(UNASSIGNED, {})) if reading.caller.is_staff else None,
        "groups": _groups(counted, sorted(group_ids), labels) if reading.caller.is_staff else None,
        "complete": complete and labels.complete,
    }


async def _from_counters(reading: Reading) -> Counted | None:
    try:
        counters = await reading.services.lookup.counters()
    except StoreUnavailable as failure:
        log.warning("counts_from_elasticsearch", reason=str(failure))
        return None
    if counters is None:
        return None
    counted: Counted = {}
    for name, number in counters.items():
        place, _, status = name.rpartition(":")
        counted.setdefault(place, {})[status] = number
    counted[MINE] = counted.get(f"assignee:{reading.caller.user_id}", {})
    return counted


def _from_aggregations(aggregations: Mapping[str, Any]) -> Counted:
    counted = {ALL: _buckets(aggregations), MINE: _buckets(aggregations["mine"])}
    if "groups" in aggregations:
        counted[UNASSIGNED] = _buckets(aggregations["unassigned"])
        counted |= {f"group:{bucket['key']}": _buckets(bucket) for bucket in aggregations["groups"]["buckets"]}
    return counted


def _buckets(aggregation: Mapping[str, Any]) -> ByStatus:
    return {bucket["key"]: bucket["doc_count"] for bucket in aggregation["by_status"]["buckets"]}


def _shown(by_status: Mapping[str, int]) -> dict[str, Any]:
    numbers = {status: max(0, by_status.get(status, 0)) for status in STATUSES}
    return {"total": sum(numbers.values()), "by_status": numbers}


def _groups(counted: Counted, group_ids: list[str], labels: Labels) -> list[dict[str, Any]]:
    return [
        {"group": labels.reference("group", group_id), **_shown(counted[f"group:{group_id}"])} for group_id in group_ids
    ]
