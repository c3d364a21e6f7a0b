"""What the code has, the reference explains: a setting, event, command, metric, route or code without words fails."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest
from typer.core import TyperCommand

from documentation import commands, events, metrics, settings
from documentation.event_moments import MOMENTS
from documentation.metric_meanings import MEANINGS
from documentation.openapi import Operation, documents, operations
from documentation.pages import pages
from documentation.problem_advice import ADVICE
from documentation.problem_codes import problem_codes
from domain.shared.events import DomainEvent
from runtime.settings import Settings

OPERATIONS = [(name, operation) for name, document in documents().items() for operation in operations(document)]
METRICS = sorted(
    {metrics.shown_name(one) for registry in metrics.registries().values() for one, _ in metrics.metrics(registry)}
)


@lru_cache(maxsize=None)
def page(name: str) -> str:
    return pages()[f"reference/{name}.md"]


def section(text: str, heading: str) -> str:
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^##? |^### |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no section {heading}"
    return found[1]


@pytest.mark.parametrize("name", Settings.__fields__)
def test_every_setting_has_its_row_and_says_what_it_is(name: str) -> None:
    (row,) = re.findall(rf"^\| `{settings.variable(name)}` \| (.*) \|$", page("settings"), re.MULTILINE)
    assert settings.description(Settings.__fields__[name])
    assert settings.description(Settings.__fields__[name]).partition("|")[0] in row


def test_no_secret_is_shown() -> None:
    assert "do-not-use" not in page("settings")


def test_every_event_says_when_it_happens_and_nothing_else_does() -> None:
    assert set(MOMENTS) == {event.__name__ for event in events.events()}
    assert all(sentence.endswith(".") for sentence in MOMENTS.values())


def test_every_event_belongs_to_one_aggregate() -> None:
    named = [event.__name__ for found in events.by_aggregate().values() for event in found]
    assert sorted(named) == sorted(MOMENTS)


@pytest.mark.parametrize("event", events.events(), ids=lambda event: event.__name__)
def test_every_field_of_an_event_is_shown(event: type[DomainEvent]) -> None:
    shown = section(page("events"), f"### {event.__name__}")
    assert re.findall(r"^\| `(\w+)` \|", shown, re.MULTILINE) == [name for name, _ in events.payload(event)]


@pytest.mark.parametrize(
    ("typed", "command"), list(commands.commands()), ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_command_and_option_is_explained(typed: str, command: TyperCommand) -> None:
    shown = section(page("commands"), f"## {typed}")
    assert command.help and command.help.strip().partition("\n")[0] in shown
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert options <= set(re.findall(r"`(--[a-z-]+)`", shown))


def test_both_programs_are_there() -> None:
    assert {typed.partition(" ")[0] for typed, _ in commands.commands()} == {"tidedesk", "projector"}


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_listed(name: str) -> None:
    assert f"| `{name}` |" in page("metrics")


def test_every_metric_of_ours_says_what_it_means() -> None:
    own = {one.name for registry in metrics.registries().values() for one, _ in metrics.metrics(registry)}
    assert {name for name in own if not name.startswith(metrics.PROCESS_OWN)} == set(MEANINGS)


def test_labels_of_metrics_without_samples_are_known() -> None:
    (labels,) = [
        labels for one, labels in metrics.metrics(metrics.registries()["read_api"]) if one.name == "http_requests"
    ]
    assert labels == ("method", "route", "status")


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=lambda one: getattr(one, "id", one))
def test_every_operation_is_explained(name: str, operation: Operation) -> None:
    shown = section(page(f"{name}-api"), f"### {operation.id}")
    assert f"\n{operation.method.upper()} {operation.path}\n" in shown
    for parameter in operation.content.get("parameters", ()):
        assert f"| `{parameter['name']}` |" in shown


def test_every_problem_code_says_what_to_do_and_no_other_does() -> None:
    assert set(problem_codes()) == set(ADVICE)


@pytest.mark.parametrize("code", sorted(ADVICE))
def test_every_problem_code_is_listed(code: str) -> None:
    assert f"| `{code}` |" in page("problem-codes")


@pytest.mark.parametrize(
    ("code", "statuses"),
    [
        ("ticket.not_found", {404}),
        ("version_mismatch", {412}),
        ("authentication.required", {401}),
        ("query.unknown_field", {422}),
        ("field.required", set()),
        ("idempotency.key_reused", {422}),
    ],
)
def test_codes_of_every_origin_are_found_with_their_status(code: str, statuses: set[int]) -> None:
    assert problem_codes()[code] == statuses
