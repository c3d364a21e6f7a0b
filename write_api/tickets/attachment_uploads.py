from __future__ import annotations

import asyncio
import secrets

import structlog

from domain.shared.errors import DomainError
from domain.tickets.attachment_rules import AttachmentRules
from domain.tickets.inspection import FileFacts, Inspection
from runtime.errors import StoreUnavailable
from runtime.files.store import FileStore
from runtime.problems import ProblemError
from write_api.context import NotSignedIn, Upload
from write_api.dispatch import Dispatcher
from write_api.persistence.outcome import Outcome
from write_api.persistence.unit_of_work import UnitOfWorkFactory
from write_api.tickets.commands import BeginUpload, UploadAttachment

# Twice what nobody guesses; in hexadecimal it is safe wherever it goes.
KEY_BYTES = 32

log = structlog.get_logger(__name__)


class AttachmentUploads:
    """Takes a file from the wire into the store, then its row into Postgres. Holds no connection while it comes in."""

    def __init__(
        self,
        unit_of_work: UnitOfWorkFactory,
        dispatch: Dispatcher,
        files: FileStore,
        rules: AttachmentRules,
        timeout_s: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._dispatch = dispatch
        self._files = files
        self._rules = rules
        self._timeout_s = timeout_s

    async def receive(self, upload: Upload, file_name: str) -> Outcome:
        key = secrets.token_hex(KEY_BYTES)
        begun = await self._dispatch(BeginUpload(key, upload.announced_bytes), upload.command_request)
        assert begun.body is not None
        try:
            file = await self._store(upload, key, Inspection(file_name, self._rules, begun.body["room_bytes"]))
        except BaseException:
            await self._discard(key)
            raise
        try:
            outcome = await self._dispatch(UploadAttachment(key, file), upload.identified(file.sha256))
        except (DomainError, NotSignedIn):
            await self._discard(key)
            raise
        # Of any other failure nobody knows whether it was committed: then the row says what becomes of the file.
        if outcome.replayed:
            # The first upload with this Idempotency-Key has a file of its own.
            await self._discard(key)
        return outcome

    async def _store(self, upload: Upload, key: str, inspection: Inspection) -> FileFacts:
        try:
            return await asyncio.wait_for(self._stream(upload, key, inspection), self._timeout_s)
        except asyncio.TimeoutError:
            detail = f"An upload may take {self._timeout_s} s at most. Try again over a faster connection."
            raise ProblemError(408, "attachment.too_slow", detail, headers={"Connection": "close"}) from None

    async def _stream(self, upload: Upload, key: str, inspection: Inspection) -> FileFacts:
        async with self._files.receive(key) as arriving:
            async for chunk in upload.chunks:
                if chunk:
                    inspection.take(chunk)
                    await arriving.write(chunk)
            file = inspection.finish()
            await arriving.keep()
            return file

    async def _discard(self, key: str) -> None:
        """Best effort: what stays behind is swept later, by its row."""
        try:
            await self._files.delete(key)
            async with self._unit_of_work() as unit:
                await unit.attachment_files.forget(key)
                await unit.commit()
        except StoreUnavailable as error:
            log.info("upload_not_discarded", reason=str(error))
