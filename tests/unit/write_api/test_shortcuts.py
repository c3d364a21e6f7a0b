"""Which commands go past the framework's solver. That both ways answer alike is what the integration tests show."""

from __future__ import annotations

from write_api.bootstrap import ROUTERS
from write_api.http.route import CommandRoute


def test_what_is_asked_most_takes_the_shortcut() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, CommandRoute)]
    short = {route.name for route in routes if route.shortcut() is not None}
    assert {"open_ticket", "add_message"} <= short
    # These need a header in every request.
    assert not short & {"change_ticket", "change_ticket_status", "delete_ticket"}
