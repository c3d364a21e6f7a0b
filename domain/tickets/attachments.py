from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.shared.actor import Actor
from domain.shared.aggregate import Aggregate
from domain.shared.errors import json_pointer
from domain.shared.ids import uuid7
from domain.tickets.attachment_rules import AttachmentRules, Usage
from domain.tickets.errors import AttachmentUnknown
from domain.tickets.events import AttachmentAttached, AttachmentUploaded
from domain.tickets.inspection import FileFacts
from domain.tickets.messages import Message
from domain.tickets.policies import may_attach


@dataclass(kw_only=True, eq=False)
class Attachment(Aggregate):
    """An uploaded file. It waits for the one message that it will hang on, and only its owner can hang it there."""

    aggregate_type = "attachment"

    owner_id: UUID
    # The owner's when it was uploaded: it counts against the quota of both.
    organization_id: UUID | None
    file_name: str
    media_type: str
    size_bytes: int
    sha256: bytes
    # Where its bytes are. Nobody outside gets to see it.
    storage_key: str
    message_id: UUID | None = None
    attached_at: datetime | None = None

    @classmethod
    def upload(
        cls, file: FileFacts, *, owner: Actor, storage_key: str, usage: Usage, rules: AttachmentRules, at: datetime
    ) -> Attachment:
        """`usage`: of which nobody else takes a part until this is saved."""
        rules.refuse_beyond_quota(file.size_bytes, usage)
        attachment = cls(
            id=uuid7(),
            created_at=at,
            updated_at=at,
            owner_id=owner.user_id,
            organization_id=owner.organization_id,
            file_name=file.file_name,
            media_type=file.media_type,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            storage_key=storage_key,
        )
        attachment.record(
            AttachmentUploaded(
                occurred_at=at,
                file_name=file.file_name,
                media_type=file.media_type,
                size_bytes=file.size_bytes,
                sha256=file.sha256.hex(),
            )
        )
        return attachment

    @property
    def is_waiting(self) -> bool:
        return self.message_id is None

    def attach(self, ticket_id: UUID, message: Message, *, at: datetime) -> None:
        self.message_id = message.id
        self.attached_at = at
        self.record(AttachmentAttached(occurred_at=at, ticket_id=ticket_id, message_id=message.id))


def attach_to(
    ticket_id: UUID, message: Message, known: Mapping[UUID, Attachment], *, by: Actor, at: datetime
) -> list[Attachment]:
    """Hangs all that a new message names on it. Of one that cannot be, nobody learns whether it exists."""
    attached = []
    for index, attachment_id in enumerate(message.attachment_ids):
        attachment = known.get(attachment_id)
        if attachment is None or not attachment.is_waiting or not may_attach(by, attachment):
            raise AttachmentUnknown(attachment_id, json_pointer("attachment_ids", index))
        attachment.attach(ticket_id, message, at=at)
        attached.append(attachment)
    return attached
