"""Who is meant to read a document."""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from domain.knowledge.errors import DocumentGroupsInvalid
from domain.shared.values import to_uuids

MAX_GROUPS = 100


class DocumentVisibility(str, Enum):
    PUBLIC = "public"
    CUSTOMERS = "customers"
    AGENTS = "agents"
    # Agents of the groups that the document names.
    GROUPS = "groups"


def clean_group_ids(values: object) -> frozenset[UUID]:
    return to_uuids(() if values is None else values, "/group_ids")


def check_groups(visibility: DocumentVisibility, group_ids: frozenset[UUID]) -> None:
    if visibility is not DocumentVisibility.GROUPS and group_ids:
        raise DocumentGroupsInvalid("Only a document with the visibility 'groups' names groups. Leave group_ids out.")
    if visibility is DocumentVisibility.GROUPS and not 1 <= len(group_ids) <= MAX_GROUPS:
        raise DocumentGroupsInvalid(
            f"A document with the visibility 'groups' names at least one group, and at most {MAX_GROUPS}."
        )
