"""Projects a backlog with the projector's own relay, and tells how long that took until all of it could be searched."""

from __future__ import annotations

import asyncio
import json
import logging
import time

from benchmarks.children.rebuild import cpu_seconds
from projector.bootstrap import open_projector
from read_models.names import alias
from runtime.logging import configure_logging
from runtime.settings import read_settings

LOOK_INTERVAL_S = 0.01
WRITTEN_TO = ("tickets", "messages", "history")


async def measure() -> dict[str, float]:
    async with open_projector(read_settings()) as projector:
        await projector.ensure_targets()
        relay = projector.relay()
        started, cpu_before = time.monotonic(), cpu_seconds()
        running = asyncio.create_task(relay.run())
        while await projector.pool.fetchval("SELECT EXISTS (SELECT 1 FROM outbox)") and not running.done():
            await asyncio.sleep(LOOK_INTERVAL_S)
        relay.stop()
        await running
        names = ",".join(alias(projector.namespace, model) for model in WRITTEN_TO)
        await projector.elasticsearch.call("POST", f"/{names}/_refresh")
        return {"seconds": time.monotonic() - started, "cpu_seconds": cpu_seconds() - cpu_before}


if __name__ == "__main__":
    configure_logging(read_settings(), "projector")
    logging.getLogger().setLevel(logging.WARNING)
    print(json.dumps(asyncio.run(measure())))
