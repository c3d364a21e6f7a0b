"""One fault at a time: somebody writes and reads, the fault strikes, everything stops, the oracle looks."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import oracle
from tests.faults.arena import Arena, Staff, open_arena
from tests.faults.commands import Desk
from tests.faults.evidence import evidence
from tests.faults.ledger import Ledger
from tests.faults.logs import Logs
from tests.faults.pace import lasting
from tests.faults.reader import Reader
from tests.faults.report import Outcome, Report
from tests.faults.scale import Scale
from tests.faults.stack import FaultStack
from tests.faults.watcher import Watcher
from tests.faults.writer import Writer
from tests.support.eventually import eventually

# Verification grows with what was written; a fresh start is cheap.
LARGEST_ARENA_COMMANDS = 6_000
WARM_UP_COMMANDS = 12
WARM_UP_TIMEOUT_S = 60.0


@dataclass
class Run:
    """One fault under way."""

    arena: Arena
    staff: Staff
    scale: Scale
    chance: random.Random
    desk: Desk
    writer: Writer
    watcher: Watcher
    logs: Logs
    outcome: Outcome
    # Events that the fault itself has logged as errors.
    foreseen: tuple[str, ...] = ()

    @property
    def ledger(self) -> Ledger:
        return self.desk.ledger

    def killed(self) -> None:
        self.outcome.kills += 1

    async def lasts(self, duration_s: float) -> None:
        """While it does, nobody gives up."""
        over = time.monotonic() + duration_s
        while (left_s := over - time.monotonic()) > 0:
            self.writer.require_alive()
            await lasting(min(left_s, 0.5))

    async def written(self, count: int) -> None:
        """That many further commands are acknowledged."""
        wanted = self.ledger.commands + count

        async def is_written() -> bool:
            self.writer.require_alive()
            return self.ledger.commands >= wanted

        await eventually(is_written, WARM_UP_TIMEOUT_S)


class Harness:
    """`changes` are settings of all its processes."""

    def __init__(self, stack: FaultStack, scale: Scale, report: Report, results: Path, **changes: Any) -> None:
        self.stack = stack
        self.scale = scale
        self.report = report
        self._results = results
        self._changes = changes
        self._arenas = AsyncExitStack()
        self._current: tuple[Arena, Staff] | None = None
        self._commands = 0

    async def close(self) -> None:
        await self.leave_arena()
        self.report.write(self._results)

    @asynccontextmanager
    async def fault(self, name: str, *, test: str, reading: type[Reader] = Reader) -> AsyncIterator[Run]:
        """Leaves the stack whole, or begins anew with the next fault."""
        chance = random.Random(f"{self.report.seed} {name}")
        outcome, started = Outcome(name, self.report.seed), time.monotonic()
        # Of an earlier run.
        shutil.rmtree(self._evidence_folder(name), ignore_errors=True)
        try:
            run, reader = await self._prepare(outcome, chance, reading)
            try:
                run.writer.start()
                run.watcher.start()
                reader.start()
                await run.written(WARM_UP_COMMANDS)
                yield run
                await self._judge(run, reader)
                outcome.passed = True
            except Exception:
                await self._keep_evidence(name, run.arena)
                raise
            finally:
                await run.writer.cancel()
                await reader.stop()
                await run.watcher.stop()
                outcome.commands, outcome.repeats = run.ledger.commands, run.ledger.repeats
                outcome.looks = run.watcher.looks
                self._commands += outcome.commands
        except Exception as error:
            self._keep_logs(name)
            await self.leave_arena()
            again = f"make faults SEED={self.report.seed} ARGS='-k \"{test}\"'"
            raise AssertionError(f"{name}: {error}\nAgain: {again}") from error
        finally:
            outcome.took_s = time.monotonic() - started
            self.report.add(outcome)

    async def _prepare(self, outcome: Outcome, chance: random.Random, reading: type[Reader]) -> tuple[Run, Reader]:
        if self.stack.has_tiny_queue:
            await self.stack.kill_elasticsearch()
            await self.stack.start_elasticsearch()
        arena, staff = await self._arena()
        await arena.make_whole()
        ledger, tag = Ledger(), f"fault{chance.getrandbits(40):010x}"
        desk = Desk(staff, ledger, tag, random.Random(chance.random()))
        run = Run(
            arena=arena,
            staff=staff,
            scale=self.scale,
            chance=chance,
            desk=desk,
            writer=Writer(arena.write_url, desk, self.scale),
            watcher=Watcher(arena.settings, ledger, random.Random(chance.random())),
            logs=Logs(arena.stack.layout.log("any").parent, arena.settings.namespace),
            outcome=outcome,
        )
        return run, reading(arena, staff, ledger, random.Random(chance.random()))

    async def _arena(self) -> tuple[Arena, Staff]:
        if self._commands > LARGEST_ARENA_COMMANDS:
            await self.leave_arena()
        if self._current is None:
            self._current = await self._arenas.enter_async_context(open_arena(self.stack, **self._changes))
            self._commands = 0
        return self._current

    async def _judge(self, run: Run, reader: Reader) -> None:
        arena, ledger = run.arena, run.ledger
        await arena.make_whole()
        await run.writer.stop()
        quiet_since = time.monotonic()
        async with arena.postgres() as connection:
            wrong = await oracle.acknowledged_is_kept(connection, ledger)
        assert not wrong, f"{len(wrong)} acknowledged commands: {wrong[: oracle.SHOWN]}"
        run.outcome.converged_s = await oracle.converges(arena, quiet_since)
        await reader.stop()
        await run.watcher.stop()
        await oracle.callers_are_answered(run.staff, quiet_since)
        wrong = await oracle.everything_is_found(arena, run.staff, run.desk.tag)
        wrong += await oracle.deleted_stay_deleted(arena, run.staff, ledger.deleted)
        wrong += run.watcher.went_back + reader.unforeseen + run.logs.unforeseen(run.foreseen)
        assert not wrong, f"{len(wrong)} found: {wrong[: oracle.SHOWN]}"

    async def leave_arena(self) -> None:
        self._current = None
        await self._arenas.aclose()

    def _keep_logs(self, name: str) -> None:
        if self._current is None:
            return
        target = self._evidence_folder(name)
        target.mkdir(parents=True, exist_ok=True)
        arena, _ = self._current
        for log in Logs(self.stack.layout.log("any").parent, arena.settings.namespace).files():
            shutil.copy(log, target)

    async def _keep_evidence(self, name: str, arena: Arena) -> None:
        target = self._evidence_folder(name)
        target.mkdir(parents=True, exist_ok=True)
        (target / "postgres.txt").write_text(await evidence(arena))

    def _evidence_folder(self, name: str) -> Path:
        return self._results / f"{name.replace(' ', '-').replace(':', '')}-logs"
