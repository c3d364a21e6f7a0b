from __future__ import annotations

from dataclasses import dataclass

from domain.tickets.attachment_rules import AttachmentRules
from domain.tickets.attachments import Attachment
from write_api.context import Context
from write_api.dispatch import Handlers
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWork
from write_api.tickets.commands import BeginUpload, UploadAttachment


@dataclass(frozen=True)
class AttachmentHandlers:
    rules: AttachmentRules

    async def begin_upload(self, command: BeginUpload, unit: UnitOfWork, context: Context) -> Outcome:
        usage = await unit.attachments.usage_of(context.actor)
        self.rules.refuse_too_large(command.announced_bytes)
        # An empty file, too, is told so at once where there is no room for any.
        self.rules.refuse_beyond_quota(max(1, command.announced_bytes), usage)
        await unit.attachment_files.expect(command.storage_key, context.at)
        return await unit.commit(Outcome(200, {"room_bytes": self.rules.room_bytes(usage)}))

    async def upload_attachment(self, command: UploadAttachment, unit: UnitOfWork, context: Context) -> Outcome:
        attachment = Attachment.upload(
            command.file,
            owner=context.actor,
            storage_key=command.storage_key,
            usage=await unit.attachments.usage_to_add_to(context.actor),
            rules=self.rules,
            at=context.at,
        )
        await unit.attachments.add(attachment)
        shown = {
            "id": attachment.id,
            "file_name": attachment.file_name,
            "media_type": attachment.media_type,
            "size_bytes": attachment.size_bytes,
            "sha256": attachment.sha256.hex(),
        }
        # No version and no token to wait for: it can be read once it hangs on a message, which has both.
        return await unit.commit(Outcome(201, shown, f"/v1/attachments/{attachment.id}"))

    @property
    def by_command(self) -> Handlers:
        return {BeginUpload: self.begin_upload, UploadAttachment: self.upload_attachment}
