"""`python -m tests.faults.doomed_projector --point bulk --after 3`: the real projector, with an end in sight."""

from __future__ import annotations

import argparse
import asyncio

from projector import worker
from runtime.logging import configure_logging
from runtime.settings import read_settings
from tests.faults.doom import doom_arguments, doom_of

POINTS = ("claim", "version", "read", "bulk", "redis", "before_commit", "commit")
# From the outbox into Kafka, and between the commit and the offsets.
KAFKA_POINTS = ("publish", "acked", "moved", *POINTS, "offsets")


def main() -> None:
    parser = argparse.ArgumentParser()
    doom_arguments(parser)
    settings = read_settings()
    configure_logging(settings, "projector")
    asyncio.run(worker.run(settings, doom_of(parser.parse_args()).reached))


if __name__ == "__main__":
    main()
