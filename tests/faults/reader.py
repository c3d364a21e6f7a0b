"""Somebody reads all the time: by id, which brings documents back into Redis, and through search."""

from __future__ import annotations

import asyncio
import random

import httpx

from runtime.tasks import cancel_all
from tests.faults.arena import Arena, Staff
from tests.faults.ledger import Ledger
from tests.faults.pace import lasting

PAUSE_S = 0.1
# A store that is away may be said; anything else unforeseen is a fault of the query API.
EXPECTED = frozenset({200, 404, 410, 503})


class Reader:
    def __init__(self, arena: Arena, staff: Staff, ledger: Ledger, chance: random.Random) -> None:
        self._url = f"http://127.0.0.1:{arena.port + 1}"
        self._headers = staff.agent.headers
        self._ledger = ledger
        self._chance = chance
        self._task: asyncio.Task[None] | None = None
        self.answers = 0
        self.unforeseen: list[str] = []

    def start(self) -> None:
        self._task = asyncio.create_task(self._read())

    async def stop(self) -> None:
        if self._task is not None:
            await cancel_all([self._task])

    async def _read(self) -> None:
        async with httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=30.0) as client:
            while True:
                path = self._path()
                try:
                    answer = await client.get(path)
                    self.answers += 1
                    if not self._is_foreseen(answer):
                        self.unforeseen.append(f"GET {path}: {answer} {answer.text[:300]}")
                except httpx.TransportError:
                    await lasting(PAUSE_S)
                await lasting(PAUSE_S)

    def _is_foreseen(self, answer: httpx.Response) -> bool:
        return answer.status_code in EXPECTED

    def _path(self) -> str:
        ids = self._ledger.ids("ticket")
        if not ids or self._chance.random() < 0.2:
            return "/v1/search?q=about"
        return f"/v1/tickets/{self._chance.choice(ids[-100:])}"
