"""Written by `make clients` from docs/openapi. Changes belong there."""

from __future__ import annotations

from ..events import EventStream
from ..request import Request
from ..transport import Transport


class EventsQueries:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def stream_events(
        self,
        *,
        types: str | None = None,
        ticket: str | None = None,
        follow: bool | None = None,
        last_event_id: str | None = None,
        accept_language: str | None = None,
        consistency_token: str | None = None,
        wait_s: int | None = None,
    ) -> EventStream:
        """What changes of the tickets and documents that the caller may see, as server-sent events. Never their
        content.

        `ticket.changed` (opened or changed), `ticket.deleted`, `message.added`, `document.changed`,
        `document.deleted`: read the resource anew, which is then at least as new as the event. An event may come
        twice. `ready` comes first; `resync` says that events may be missing: read anew what you show. `end`: the
        session has ended, sign in again. `presence.changed`, where it is asked for: of the `ticket`, or of those
        that the caller is on; not told afterwards.

        types: Of which resources, comma-separated; presence: who is on tickets, for staff
        ticket: Only of the ticket with this id
        follow: false: the answer ends when all that was kept is sent
        last_event_id: The last id that was heard: what came after it is sent first
        accept_language: Preferred locales
        """
        return self._transport.events(
            Request(
                "query",
                "GET",
                "/v1/events",
                query={"types": types, "ticket": ticket, "follow": follow},
                headers={"Last-Event-ID": last_event_id, "Accept-Language": accept_language},
                awaits_writes=True,
                consistency_token=consistency_token,
                wait_s=wait_s,
            )
        )
