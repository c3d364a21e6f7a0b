from __future__ import annotations

import pytest

from projector.bootstrap import open_projector
from runtime.errors import StoreUnavailable
from tests.integration.projector.office import Office, differences, pending
from tests.support.world import World


async def test_what_was_written_before_the_indices_exist_waits_for_them(fresh_world: World, office: Office) -> None:
    await office.hire()
    async with open_projector(fresh_world.settings) as projector:
        waiting = await pending(projector)
        with pytest.raises(StoreUnavailable, match="no index yet"):
            await projector.drain_all()
        assert await pending(projector) == waiting > 0

        await projector.ensure_targets()
        await projector.fill_redis()
        await projector.drain_all()
        assert await differences(projector) == []
