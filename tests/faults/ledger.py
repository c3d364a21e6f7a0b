"""What the command API has acknowledged, and what may have been done without an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

TABLES = {
    "ticket": "tickets",
    "document": "documents",
    "user": "users",
    "group": "groups",
    "organization": "organizations",
}


@dataclass
class Ledger:
    # (aggregate type, id) -> the newest acknowledged version.
    versions: dict[tuple[str, UUID], int] = field(default_factory=dict)
    # Every acknowledged (id, version): each has its events.
    saves: set[tuple[UUID, int]] = field(default_factory=set)
    # Message -> its ticket.
    messages: dict[UUID, UUID] = field(default_factory=dict)
    deleted: set[UUID] = field(default_factory=set)
    # Asked for, perhaps done.
    deletes_sent: set[UUID] = field(default_factory=set)
    commands: int = 0
    repeats: int = 0
    refusals: int = 0

    def acknowledge(self, aggregate_type: str, id_: UUID, version: int) -> None:
        self.commands += 1
        key = (aggregate_type, id_)
        self.versions[key] = max(version, self.versions.get(key, 0))
        self.saves.add((id_, version))

    def acknowledge_message(self, message_id: UUID, ticket_id: UUID, version: int) -> None:
        self.acknowledge("ticket", ticket_id, version)
        self.messages[message_id] = ticket_id

    def acknowledge_delete(self, ticket_id: UUID) -> None:
        self.commands += 1
        self.deleted.add(ticket_id)

    def ids(self, aggregate_type: str) -> list[UUID]:
        return [id_ for kind, id_ in self.versions if kind == aggregate_type]
