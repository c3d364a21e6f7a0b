"""Projects what Kafka has with the projector's own consumers, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal

from projector.bootstrap import open_projector
from runtime.logging import configure_logging
from runtime.settings import read_settings


async def consume() -> None:
    async with open_projector(read_settings()) as projector:
        assert projector.kafka is not None
        consumers = projector.consumers(projector.kafka)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, consumers.stop)
        await consumers.run()


if __name__ == "__main__":
    configure_logging(read_settings(), "projector")
    logging.getLogger().setLevel(logging.WARNING)
    asyncio.run(consume())
