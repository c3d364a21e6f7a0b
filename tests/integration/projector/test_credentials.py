"""Redis says of sessions what Postgres has, whatever it lost or was not told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.identity.sessions import Session, SessionTerms
from projector.bootstrap import Projector
from projector.credentials import CredentialKeeper
from runtime.credential_keys import ENDED, LIVE, CredentialKeys, digest_of
from runtime.tokens import LEEWAY_S
from tests.integration.projector.office import Office, now
from tests.integration.projector.test_process import process
from tests.support.eventually import eventually

TERMS = SessionTerms(timedelta(hours=1), timedelta(hours=1))
Beside = Callable[[], Awaitable[object]]


class Watched:
    """A pool that lets something happen beside a comparison."""

    def __init__(self, pool: Any, before: Beside | None = None, after: Beside | None = None) -> None:
        self._pool, self._before, self._after = pool, before, after

    async def fetch(self, *arguments: Any) -> Any:
        if self._before is not None:
            await self._before()
        rows = await self._pool.fetch(*arguments)
        if self._after is not None:
            await self._after()
        return rows


class Sessions:
    def __init__(self, projector: Projector, office: Office) -> None:
        self.projector, self.office = projector, office
        self.redis, self.keys = projector.redis.redis, CredentialKeys(projector.namespace)

    async def start(self, *, used_ago: timedelta = timedelta(0)) -> UUID:
        user = await self.office.hire()
        session = Session.start(user_id=user.id, at=now() - used_ago, terms=TERMS)
        async with self.office.unit_of_work() as unit:
            await unit.sessions.add(session)
            await unit.commit()
        return session.id

    async def end(self, session_id: UUID) -> None:
        """In Postgres only."""
        async with self.office.unit_of_work() as unit:
            session = await unit.sessions.get(session_id)
            session.revoke(at=now(), reason="signed_out")
            await unit.sessions.save(session)
            await unit.commit()

    def keeper(self, pool: Any = None) -> CredentialKeeper:
        return CredentialKeeper(pool or self.projector.pool, self.redis, self.projector.settings)

    def key(self, session_id: UUID) -> str:
        return self.keys.session(digest_of(str(session_id)))

    async def said(self, *session_ids: UUID) -> list[bytes | None]:
        return [await self.redis.get(self.key(session_id)) for session_id in session_ids]

    async def is_vouched_for(self) -> bool:
        server: bytes = (await self.redis.info("server"))["run_id"].encode()
        return bool(await self.redis.get(self.keys.vouched_for) == server)


@pytest.fixture
def sessions(fresh_projector: Projector, office: Office) -> Sessions:
    return Sessions(fresh_projector, office)


async def test_an_empty_redis_is_told_everything_and_then_vouched_for(sessions: Sessions) -> None:
    window = timedelta(seconds=sessions.projector.settings.access_token_ttl_s + LEEWAY_S)
    live, ended = await sessions.start(), await sessions.start()
    unused = await sessions.start(used_ago=window + timedelta(seconds=5))
    await sessions.end(ended)
    assert not await sessions.is_vouched_for()
    await sessions.keeper().look()
    # Of a session that was not used for so long there is no access token that is good.
    assert await sessions.said(live, ended, unused) == [LIVE, ENDED, None]
    assert await sessions.is_vouched_for()
    assert 0 < await sessions.redis.ttl(sessions.key(live)) <= window.total_seconds()


async def test_what_a_restarted_redis_forgot_of_an_end_is_told_again(sessions: Sessions) -> None:
    session_id = await sessions.start()
    await sessions.keeper().look()
    await sessions.end(session_id)
    # The last second was lost: the session is live there, and the server is another one.
    assert await sessions.said(session_id) == [LIVE]
    await sessions.redis.set(sessions.keys.vouched_for, "the server before")
    await sessions.keeper().look()
    assert await sessions.said(session_id) == [ENDED]
    assert await sessions.is_vouched_for()


async def test_an_end_that_redis_was_not_told_is_told_in_the_next_look(sessions: Sessions) -> None:
    first, second = await sessions.start(), await sessions.start()
    keeper = sessions.keeper()
    await keeper.look()
    await sessions.end(first)
    await keeper.look()
    assert await sessions.said(first, second) == [ENDED, LIVE]
    # What was told once is not told with every look.
    await sessions.redis.delete(sessions.key(first))
    await keeper.look()
    assert await sessions.said(first) == [None]


async def test_a_redis_that_is_emptied_while_it_is_told_is_not_vouched_for(sessions: Sessions) -> None:
    session_id = await sessions.start()

    async def emptied() -> None:
        await sessions.redis.delete(sessions.keys.vouching, sessions.key(session_id))

    await sessions.keeper(Watched(sessions.projector.pool, after=emptied)).look()
    assert not await sessions.is_vouched_for()
    await sessions.keeper().look()
    assert await sessions.is_vouched_for()
    assert await sessions.said(session_id) == [LIVE]


async def test_a_session_that_ends_meanwhile_is_not_brought_back(sessions: Sessions) -> None:
    session_id = await sessions.start()

    async def ends() -> None:
        await sessions.end(session_id)
        await sessions.redis.set(sessions.key(session_id), ENDED)

    await sessions.keeper(Watched(sessions.projector.pool, after=ends)).look()
    assert await sessions.said(session_id) == [ENDED]


async def test_the_process_keeps_redis_told(fresh_projector: Projector, sessions: Sessions) -> None:
    async with process(fresh_projector.settings):
        await eventually(sessions.is_vouched_for)
        session_id = await sessions.start()
        await sessions.redis.set(sessions.key(session_id), LIVE)
        await sessions.end(session_id)

        async def is_told() -> bool:
            return await sessions.said(session_id) == [ENDED]

        await eventually(is_told, timeout_s=5.0)
        await sessions.redis.delete(sessions.keys.vouched_for, sessions.key(session_id))
        await eventually(sessions.is_vouched_for, timeout_s=5.0)
        assert await is_told()
