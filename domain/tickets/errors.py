from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain.shared.errors import Forbidden, NotFound, RuleViolated, ValidationFailed
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
