"""The tables of docs/scaling.md."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.results import number
from benchmarks.scaling.inputs import Inputs
from benchmarks.scaling.one_machine import Comparison
from benchmarks.scaling.pipeline import Outcome
from benchmarks.scaling.plan import Plan
from benchmarks.scaling.sizes import Need


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)])


def inputs_table(inputs: Inputs) -> str:
    rows = [(one.name, _value(one.value, one.unit), f"**{one.origin}**", one.source) for one in inputs.all()]
    return table(("input", "value", "is", "from"), rows)


def checks_table(comparisons: Sequence[Comparison]) -> str:
    rows = [
        (
            one.figure,
            f"{number(one.measured)} {one.unit}",
            f"{number(one.simulated)} {one.unit}",
            f"{one.ratio:.2f}",
            "yes" if one.is_input else "no",
        )
        for one in comparisons
    ]
    return table(("figure", "measured", "simulated", "ratio", "was told it"), rows)


def breaks_table(inputs: Inputs, plan: Plan) -> str:
    """What is full first comes first."""
    capacities = sorted(plan.capacities(inputs).items(), key=lambda one: one[1])
    return table(("part", "is full at"), [(name, f"{number(rate)} writes/s") for name, rate in capacities])


def plan_table(inputs: Inputs, plan: Plan, writes_per_s: float) -> str:
    of = plan.capacities(inputs)

    def busy(name: str) -> str:
        return f"{writes_per_s / of[name]:.0%}"

    rows = [
        ("command API", f"{plan.command_processes} processes, a core each", busy("command API")),
        ("Postgres", f"{plan.databases} databases of {plan.database_cores} cores", busy("Postgres")),
        (
            "projector",
            f"{plan.workers} workers for each database: {plan.databases * plan.workers}",
            busy("projector"),
        ),
        (
            "Elasticsearch",
            f"{plan.nodes} nodes of {plan.node_cores} cores, {plan.replicas} replica(s)",
            busy("Elasticsearch"),
        ),
        ("Kafka, where it carries the rows", f"{plan.kafka_partitions} partitions, two for each worker", ""),
    ]
    return table(("part", "needed", "busy"), rows)


def needs_table(needs: Sequence[Need]) -> str:
    return table(("what", "needed", "because"), [(need.what, need.needed, need.because) for need in needs])


def outcomes_table(outcomes: Sequence[tuple[str, Outcome]]) -> str:
    """One line for each run of the simulation."""
    rows = []
    for name, outcome in outcomes:
        fullest = max(outcome.loads, key=lambda part: outcome.loads[part].busy)
        waiting = max(outcome.loads, key=lambda part: outcome.loads[part].waiting_at_end)
        rows.append(
            (
                name,
                f"{fullest}, {outcome.loads[fullest].busy:.0%}",
                f"{number(outcome.loads[waiting].waiting_at_end)} ({waiting})",
                f"{number(outcome.answered_ms(0.5))} / {number(outcome.answered_ms(0.99))} ms",
                f"{number(outcome.searchable_ms(0.5))} / {number(outcome.searchable_ms(0.99))} ms",
                f"{outcome.documents - outcome.searchable:,}",
            )
        )
    return table(
        (
            "simulated",
            "fullest part",
            "most waiting at the end",
            "answered p50 / p99",
            "searchable p50 / p99",
            "not searchable 30 s later",
        ),
        rows,
    )


def _value(value: float, unit: str) -> str:
    if unit == "s" and value < 0.1:
        return f"{number(1_000 * value)} ms"
    return f"{number(value)} {unit}".strip()
