"""Whatever happens to anything of ours can be read in the audit log."""

from __future__ import annotations

from collections.abc import Iterator

from domain.identity import api_token, group, organization, sessions, ticket_move, user
from domain.knowledge import category, document
from domain.operations import operation
from domain.shared.aggregate import Aggregate
from domain.tickets import attachments, custom_fields, ticket, view
from projector.projections.history import HISTORY_PROJECTION
from projector.projections.registry import PROJECTIONS_BY_AGGREGATE
from read_models.history import AUDITED
from tests.support.imports import modules

DOMAIN = (
    *(api_token, group, organization, sessions, ticket_move, user),
    *(category, document, attachments, custom_fields, ticket, view, operation),
)
# Of what no aggregate does: signing in with a wrong password.
OTHERS = {"sign_in"}


def aggregates(base: type[Aggregate] = Aggregate) -> Iterator[type[Aggregate]]:
    for found in base.__subclasses__():
        if found.__module__.startswith("domain."):
            yield found
        yield from aggregates(found)


def test_all_modules_with_aggregates_are_looked_at() -> None:
    known = {module.__name__ for module in DOMAIN}
    with_aggregates = {
        name for name, path in modules().items() if name.startswith("domain.") and "(Aggregate)" in path.read_text()
    }
    assert with_aggregates == known


def test_every_aggregate_has_its_events_in_the_audit_log() -> None:
    types = {aggregate.aggregate_type for aggregate in aggregates()}
    assert types | OTHERS == set(AUDITED)
    assert {name for name in AUDITED if HISTORY_PROJECTION not in PROJECTIONS_BY_AGGREGATE.get(name, ())} == set()
