"""Ends, or pauses, the process it runs in when it comes to a named point for the n-th time."""

from __future__ import annotations

import argparse
import os
import signal
from dataclasses import dataclass, field

ACTIONS = {"kill": signal.SIGKILL, "pause": signal.SIGSTOP}


@dataclass
class Doom:
    point: str
    after: int
    action: signal.Signals = signal.SIGKILL
    _seen: int = field(default=0, init=False)

    def at(self, point: str) -> None:
        self._seen += point == self.point
        if point == self.point and self._seen == self.after:
            os.kill(os.getpid(), self.action)

    async def reached(self, point: str) -> None:
        self.at(point)


def doom_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--point", required=True)
    parser.add_argument("--after", type=int, default=1)
    parser.add_argument("--action", choices=ACTIONS, default="kill")


def doom_of(arguments: argparse.Namespace) -> Doom:
    return Doom(arguments.point, arguments.after, ACTIONS[arguments.action])
