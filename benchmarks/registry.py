"""The figures in the order in which they run and stand in the table."""

from __future__ import annotations

from benchmarks.figures import (
    burst,
    busy_rebuild,
    create_ticket,
    drift,
    fan_out,
    guessing,
    kafka,
    list_growth,
    outbox_cost,
    read_rates,
    rebuild,
    relay,
    search_latency,
    searchable,
)
from benchmarks.harness.figure import Figure

FIGURES: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        rebuild.FIGURE,
        busy_rebuild.FIGURE,
        relay.FIGURE,
        kafka.FIGURE,
        searchable.FIGURE,
        burst.FIGURE,
        fan_out.FIGURE,
        drift.FIGURE,
        create_ticket.FIGURE,
        outbox_cost.FIGURE,
        read_rates.FIGURE,
        guessing.FIGURE,
        list_growth.DEPTH,
        list_growth.GROWTH,
        search_latency.FIGURE,
        rebuild.MEMORY,
    )
}
