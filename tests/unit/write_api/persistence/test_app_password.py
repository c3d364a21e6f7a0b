"""Where there is no password of another role, none is set, and nobody is asked: at these addresses nobody is."""

from __future__ import annotations

import pytest

from write_api.persistence.app_password import give_password

OWNER = "postgresql://tidedesk:secret@127.0.0.1:9/tidedesk"


@pytest.mark.parametrize(
    "app_url",
    [
        "postgresql://tidedesk_app@127.0.0.1:9/tidedesk",
        "postgresql://127.0.0.1:9/tidedesk",
        # The owner's own, which whoever made the owner has set.
        OWNER,
        OWNER.replace("secret", "another"),
    ],
)
async def test_it_is_left_as_it_is(app_url: str) -> None:
    assert await give_password(OWNER, app_url) is None
