from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.shared.errors import Forbidden, NotFound, RuleViolated, TooLarge, UnsupportedContent, ValidationFailed
from domain.tickets.status import TicketStatus


class TicketNotFound(NotFound):
    code = "ticket.not_found"

    def __init__(self, reference: UUID | int | str) -> None:
        super().__init__(
            f"There is no ticket {reference} that you may see. Check the id.", details={"ticket": str(reference)}
        )


class TicketTransitionNotAllowed(RuleViolated):
    code = "ticket.transition_not_allowed"

    def __init__(self, current: TicketStatus, to: TicketStatus, allowed: Iterable[TicketStatus]) -> None:
        names = [status.value for status in allowed]
        way_out = f"It can become: {', '.join(names)}." if names else "No other status is possible from there."
        super().__init__(
            f"The ticket is {current.value} and cannot become {to.value}. {way_out}",
            pointer="/status",
            details={"current": current.value, "requested": to.value, "allowed": names},
        )


class TicketIsClosed(RuleViolated):
    code = "ticket.closed"

    def __init__(self) -> None:
        super().__init__("The ticket is closed, which is final. Open a new ticket and mention this one.")


class TicketWriteForbidden(Forbidden):
    code = "ticket.forbidden"


class InternalNoteForbidden(Forbidden):
    code = "ticket.internal_note_forbidden"

    def __init__(self) -> None:
        super().__init__(
            "Only agents and admins write internal notes. Send the message as public.", pointer="/visibility"
        )


class AssigneeNotAllowed(ValidationFailed):
    code = "ticket.assignee_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "A ticket can be assigned only to an active agent or admin. Choose another person.", pointer="/assignee_id"
        )


class TooManyAttachments(ValidationFailed):
    code = "ticket.too_many_attachments"


class AttachmentUnknown(ValidationFailed):
    code = "attachment.unknown"

    def __init__(self, attachment_id: UUID, pointer: str) -> None:
        super().__init__(
            f"No upload {attachment_id} of yours waits for a message. Each can be attached once, within a day, "
            "by whoever uploaded it. Upload the file again.",
            pointer=pointer,
        )


class AttachmentEmpty(ValidationFailed):
    code = "attachment.empty"

    def __init__(self) -> None:
        super().__init__("The file has 0 bytes. Send its content as the body of the request.")


class AttachmentTooLarge(TooLarge):
    code = "attachment.too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"A file may have {limit_bytes} bytes at most. Send a smaller one, or a link to it.",
            details={"limit_bytes": limit_bytes},
        )


class AttachmentQuotaExceeded(TooLarge):
    code = "attachment.quota_exceeded"

    def __init__(self, room_bytes: int) -> None:
        super().__init__(
            f"Your quota for attachments, or your organization's, has {room_bytes} bytes left, and the file needs "
            "more. Send a smaller one, or ask an admin.",
            details={"room_bytes": room_bytes},
        )


class AttachmentTypeNotAllowed(UnsupportedContent):
    code = "attachment.type_not_allowed"

    def __init__(self, found: str | None, allowed: Iterable[str]) -> None:
        is_what = "of a kind that is not known here" if found is None else found
        super().__init__(
            f"By its content the file is {is_what}, which is not taken. Send another kind, or a ZIP archive of it.",
            details={"allowed": sorted(allowed)},
        )


class CustomFieldUnknown(ValidationFailed):
    code = "custom_field.unknown"


class CustomFieldInvalid(ValidationFailed):
    code = "custom_field.invalid"


class TicketFieldNotFound(NotFound):
    code = "ticket_field.not_found"

    def __init__(self, field_id: UUID) -> None:
        super().__init__(
            f"There is no ticket field {field_id}. Check the id.", details={"ticket_field_id": str(field_id)}
        )


class TicketFieldInvalid(ValidationFailed):
    code = "ticket_field.invalid"


class ViewNotFound(NotFound):
    code = "view.not_found"

    def __init__(self, view_id: UUID) -> None:
        super().__init__(
            f"There is no view {view_id} that you may see. Check the id.", details={"view_id": str(view_id)}
        )


class ViewForbidden(Forbidden):
    code = "view.forbidden"


class ViewSharingForbidden(Forbidden):
    code = "view.sharing_forbidden"

    def __init__(self) -> None:
        super().__init__(
            "You share views with groups that you belong to; only admins share them with everybody, or with other "
            "groups. Choose a group of yours, or ask an admin.",
            pointer="/shared_with",
        )


class ViewSharingInvalid(ValidationFailed):
    code = "view.sharing_invalid"

    def __init__(self) -> None:
        super().__init__(
            "A view that is shared with a group names it in group_id, and no other view has one.", pointer="/group_id"
        )


class ViewQueryInvalid(ValidationFailed):
    code = "view.query_invalid"


class ViewLimitReached(RuleViolated):
    code = "view.limit_reached"

    def __init__(self, max_views: int) -> None:
        super().__init__(
            f"You have {max_views} views already, which is the most. Delete one that you no longer need.",
            details={"max_views": max_views},
        )
