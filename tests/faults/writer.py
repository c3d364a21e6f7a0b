"""Clients that never lose patience: what was not answered is asked again, under the same Idempotency-Key."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import httpx

from runtime.tasks import cancel_all
from tests.faults.commands import Command, Desk, is_refusal
from tests.faults.pace import lasting
from tests.faults.scale import Scale

ANSWER_TIMEOUT_S = 10.0
REPEAT_PAUSE_S = 0.2
# A store that is away for its whole fault, and a busy machine.
PATIENCE_S = 240.0
# Try again: nothing was done, or another request under the same key is still at it.
LATER = frozenset({429, 503})
LATER_CODES = frozenset({"idempotency.in_flight", "conflict.contention"})


class Writer:
    def __init__(self, url: str, desk: Desk, scale: Scale) -> None:
        self._url = url
        self._desk = desk
        self._scale = scale
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._keys = 0

    def start(self) -> None:
        """Also after `stop`."""
        self._stopping = False
        self._tasks = [asyncio.create_task(self._write()) for _ in range(self._scale.clients)]

    def require_alive(self) -> None:
        for task in self._tasks:
            if task.done():
                task.result()

    async def stop(self) -> None:
        """Each client still gets the answer to its last command."""
        self._stopping = True
        await asyncio.gather(*self._tasks)

    async def cancel(self) -> None:
        await cancel_all(self._tasks)

    async def _write(self) -> None:
        async with httpx.AsyncClient(base_url=self._url, timeout=ANSWER_TIMEOUT_S) as client:
            while not self._stopping:
                await self.send(client, self._desk.next())
                await lasting(self._scale.pause_s)

    async def send(self, client: httpx.AsyncClient, command: Command) -> None:
        ledger = self._desk.ledger
        if command.deletes is not None:
            ledger.deletes_sent.add(command.deletes)
        answer, repeats = await self._answer(client, command)
        if answer.is_success:
            command.done(answer.json() if answer.content else {})
        elif answer.status_code == 404 and command.deletes is not None and repeats:
            # Our own first attempt, which was not answered, or another client's.
            command.done({})
        elif is_refusal(answer):
            ledger.refusals += 1
            self._forget(command, answer)
        else:
            raise AssertionError(f"{command.method} {command.path} {command.body}: {answer} {answer.text}")

    async def _answer(self, client: httpx.AsyncClient, command: Command) -> tuple[httpx.Response, int]:
        """And how often the command was repeated."""
        headers = {**command.caller.headers, "If-Match": "*"} if self._builds_on(command) else command.caller.headers
        if command.has_key:
            self._keys += 1
            headers = {**headers, "Idempotency-Key": f"{self._desk.tag}-{self._keys}"}
        give_up, repeats = time.monotonic() + PATIENCE_S, 0
        while True:
            try:
                answer = await client.request(command.method, command.path, json=command.body, headers=headers)
                if answer.status_code not in LATER and not self._is_for_later(answer):
                    return answer, repeats
                last = f"{answer} {answer.text}"
            except httpx.TransportError as error:
                last = repr(error)
            if time.monotonic() > give_up:
                raise AssertionError(f"{command.method} {command.path} got no answer in {PATIENCE_S} s: {last}")
            repeats += 1
            self._desk.ledger.repeats += 1
            await lasting(REPEAT_PAUSE_S)

    @staticmethod
    def _builds_on(command: Command) -> bool:
        return command.method != "POST" or not command.path.endswith(("tickets", "users", "groups", "documents"))

    @staticmethod
    def _is_for_later(answer: httpx.Response) -> bool:
        return answer.status_code == 409 and answer.json().get("code") in LATER_CODES

    def _forget(self, command: Command, answer: httpx.Response) -> None:
        """A document whose status another client changed is left to that client."""
        parts = command.path.split("/")
        if parts[2] == "documents" and len(parts) > 3 and answer.status_code != 412:
            self._desk.documents.pop(UUID(parts[3]), None)
