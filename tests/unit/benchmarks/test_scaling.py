"""The plan past one machine: what it is computed from, and that the simulation gives what was measured on one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.harness.results import Results
from benchmarks.scaling import cli, report
from benchmarks.scaling.inputs import Inputs, NotMeasured, inputs_from
from benchmarks.scaling.one_machine import comparisons
from benchmarks.scaling.pipeline import Pipeline
from benchmarks.scaling.plan import OUTBOX_SHARDS, one_of_each, plan_for
from write_api.persistence import outbox

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "scaling.md"
SEED = 1


@pytest.fixture(scope="module")
def results() -> Results:
    return Results.load(cli.COMMITTED)


@pytest.fixture(scope="module")
def inputs(results: Results) -> Inputs:
    return inputs_from(results)


def test_it_gives_what_was_measured_on_one_machine(inputs: Inputs, results: Results) -> None:
    found = comparisons(inputs, results, SEED)
    assert {one.figure: one.ratio for one in found if one.is_input and not 0.93 < one.ratio < 1.07} == {}
    # What it was not told: how long each request took, and how long a search takes to show a write.
    told_by_nobody = [one for one in found if not one.is_input]
    assert len(told_by_nobody) == 4
    assert {one.figure: one.ratio for one in told_by_nobody if not 0.7 < one.ratio < 1.3} == {}


def test_every_document_of_every_write_becomes_searchable(inputs: Inputs) -> None:
    plan = plan_for(inputs, 1_000, 0.6)
    outcome = Pipeline(plan, inputs, SEED).run(1_000, 3.0)
    assert outcome.writes == len(outcome.answered_s) == pytest.approx(3_000, rel=0.1)
    assert outcome.documents == outcome.searchable == len(outcome.searchable_s)
    assert outcome.documents / outcome.writes == pytest.approx(inputs.documents_per_write.value, rel=0.05)
    assert min(outcome.searchable_s) > inputs.batch_s.value


@pytest.mark.parametrize("part", ["command API", "Postgres", "projector", "Elasticsearch"])
def test_each_part_is_as_busy_as_the_plan_says(inputs: Inputs, part: str) -> None:
    plan, writes_per_s = plan_for(inputs, 1_000, 0.6), 1_000
    outcome = Pipeline(plan, inputs, SEED).run(writes_per_s, 5.0)
    planned = writes_per_s / plan.capacities(inputs)[part]
    assert outcome.loads[part].busy == pytest.approx(planned, rel=0.1)
    assert planned <= 0.6 + 1e-9


def test_what_is_full_grows_by_what_it_cannot_do(inputs: Inputs) -> None:
    plan = one_of_each(inputs)
    capacity = plan.capacities(inputs)
    first = min(capacity, key=capacity.__getitem__)
    outcome = Pipeline(plan, inputs, SEED).run(1.3 * capacity[first], 5.0)
    assert first == "command API"
    assert outcome.loads[first].busy == pytest.approx(1.0, abs=0.03)
    assert outcome.loads[first].waiting_at_end == pytest.approx(0.3 * capacity[first] * 5.0, rel=0.15)


def test_a_database_has_no_more_workers_than_shards(inputs: Inputs) -> None:
    plan = plan_for(inputs, 100_000, 0.6)
    assert plan.workers <= OUTBOX_SHARDS == outbox.SHARDS
    assert all(rate * 0.6 >= 100_000 * 0.999 for rate in plan.capacities(inputs).values())


def test_the_same_seed_gives_the_same_run(inputs: Inputs) -> None:
    plan = one_of_each(inputs)
    one, same = (Pipeline(plan, inputs, SEED).run(500, 1.0) for _ in range(2))
    assert one.searchable_s == same.searchable_s
    assert Pipeline(plan, inputs, SEED + 1).run(500, 1.0).searchable_s != one.searchable_s


def test_results_without_a_figure_are_refused_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotMeasured, match="create ticket"):
        inputs_from(Results())
    with pytest.raises(SystemExit) as ended:
        cli.main(["--results", str(tmp_path / "none.json")])
    assert ended.value.code == cli.WRONG_USE
    assert "make bench" in capsys.readouterr().out


def test_the_page_says_what_the_committed_results_give(inputs: Inputs, results: Results) -> None:
    page = PAGE.read_text()
    plan = plan_for(inputs, cli.WRITES_PER_S, cli.HEADROOM)
    for table in (
        report.inputs_table(inputs),
        report.checks_table(comparisons(inputs, results, SEED)),
        report.breaks_table(inputs, one_of_each(inputs)),
        report.plan_table(inputs, plan, cli.WRITES_PER_S),
    ):
        assert table in page


def test_every_input_says_what_it_is(inputs: Inputs) -> None:
    assert {one.origin for one in inputs.all()} == {"measured", "derived", "counted", "assumed"}
    assert [one.name for one in inputs.all() if one.origin != "measured" and not one.source] == []


def test_the_examples_of_the_help_are_taken() -> None:
    assert cli.__doc__ is not None
    examples = re.findall(r"^  python -m benchmarks\.scaling(.*?)  +\S.*$", cli.__doc__, re.MULTILINE)
    assert len(examples) == 6
    for example in examples:
        cli.parser().parse_args(example.split())
