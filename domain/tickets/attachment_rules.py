from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.tickets.errors import AttachmentQuotaExceeded, AttachmentTooLarge, AttachmentTypeNotAllowed
from domain.tickets.media_types import KNOWN, MARKUP


@dataclass(frozen=True)
class Usage:
    """Bytes of all that somebody, and everybody of their organization, has uploaded and that is still there."""

    user_bytes: int = 0
    # None: they belong to no organization.
    organization_bytes: int | None = None


@dataclass(frozen=True)
class AttachmentRules:
    limit_bytes: int
    user_quota_bytes: int
    organization_quota_bytes: int
    media_types: frozenset[str] = KNOWN

    @classmethod
    def allowing(cls, media_types: Iterable[str], **limits: int) -> AttachmentRules:
        """Without any named, all are allowed that are known. Those that a browser would run never are."""
        named = frozenset(media_types)
        if unknown := sorted(named - KNOWN):
            known = ", ".join(sorted(KNOWN))
            raise ValueError(f"files of type {', '.join(unknown)} cannot be allowed; those that can are: {known}")
        return cls(**limits, media_types=named or KNOWN)

    def room_bytes(self, usage: Usage) -> int:
        """What is left of the quotas."""
        left = self.user_quota_bytes - usage.user_bytes
        if usage.organization_bytes is not None:
            left = min(left, self.organization_quota_bytes - usage.organization_bytes)
        return max(0, left)

    def refuse_too_large(self, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            raise AttachmentTooLarge(self.limit_bytes)

    def refuse_beyond_quota(self, size_bytes: int, usage: Usage) -> None:
        self.refuse_beyond_room(size_bytes, self.room_bytes(usage))

    def refuse_beyond_room(self, size_bytes: int, room_bytes: int) -> None:
        if size_bytes > room_bytes:
            raise AttachmentQuotaExceeded(room_bytes)

    def refuse_type(self, media_type: str | None) -> str:
        if media_type is None or media_type not in self.media_types:
            raise AttachmentTypeNotAllowed(MARKUP.get(media_type or "", media_type), self.media_types)
        return media_type
