"""Redis says of sessions what Postgres has, whatever it lost or was not told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.identity.api_token import ApiToken
from domain.identity.sessions import Session, SessionTerms
from domain.shared.ids import uuid7
from projector.api_token_uses import write_down_uses
from projector.bootstrap import Projector
from runtime.api_tokens import hash_of, new_api_token
from runtime.credential_keys import ENDED, LIVE, CredentialKeys, api_token_record, digest_of
from runtime.tokens import LEEWAY_S
from tests.integration.projector.office import Office, now
from tests.integration.projector.test_process import process
from tests.support.eventually import eventually
from write_api.persistence.credential_keeper import CredentialKeeper

TERMS = SessionTerms(timedelta(hours=1), timedelta(hours=1))
Beside = Callable[[], Awaitable[object]]


class Watched:
    """A pool that lets something happen after the first reading of a comparison."""

    def __init__(self, pool: Any, after: Beside) -> None:
        self._pool, self._after = pool, after
        self._happened = False

    async def fetch(self, *arguments: Any) -> Any:
        rows = await self._pool.fetch(*arguments)
        if not self._happened and "FROM api_tokens" in arguments[0]:
            self._happened = True
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

    async def make_token(self, lifetime: timedelta = timedelta(days=1)) -> ApiToken:
        user, secret = await self.office.hire(), new_api_token()
        token = ApiToken.create(
            user_id=user.id,
            name="Report",
            scopes=["read", "tickets:write"],
            token_hash=hash_of(secret),
            hint="",
            at=now() - timedelta(days=2),
            others=0,
            expires_at=now() + lifetime,
        )
        async with self.office.unit_of_work() as unit:
            await unit.api_tokens.add(token)
            await unit.commit()
        return token

    async def revoke(self, token: ApiToken) -> None:
        """In Postgres only."""
        async with self.office.unit_of_work() as unit:
            loaded = await unit.api_tokens.get(token.id)
            loaded.revoke(at=now(), reason="revoked")
            await unit.api_tokens.save(loaded)
            await unit.commit()

    async def tokens_said(self) -> dict[str, Any]:
        found = await self.redis.execute_command("HGETALL", self.keys.api_tokens)  # type: ignore[no-untyped-call]
        return {digest.decode(): orjson.loads(record) for digest, record in found.items()}

    async def live_tokens(self) -> set[str]:
        return {said["id"] for said in (await self.tokens_said()).values()}

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

    await sessions.keeper(Watched(sessions.projector.pool, emptied)).look()
    assert not await sessions.is_vouched_for()
    await sessions.keeper().look()
    assert await sessions.is_vouched_for()
    assert await sessions.said(session_id) == [LIVE]


async def test_a_session_that_ends_meanwhile_is_not_brought_back(sessions: Sessions) -> None:
    session_id = await sessions.start()

    async def ends() -> None:
        await sessions.end(session_id)
        await sessions.redis.set(sessions.key(session_id), ENDED)

    await sessions.keeper(Watched(sessions.projector.pool, ends)).look()
    assert await sessions.said(session_id) == [ENDED]


async def test_api_tokens_are_put_back_as_they_are(sessions: Sessions) -> None:
    live, revoked, expired = [await sessions.make_token(timedelta(days=days)) for days in (1, 1, -1)]
    await sessions.revoke(revoked)
    # Of a file of yesterday: what was revoked since is live there.
    stale = api_token_record(revoked.id, revoked.user_id, ["read"], revoked.expires_at)
    unknown = api_token_record(uuid7(), revoked.user_id, ["write"], revoked.expires_at)
    for digest, record in ((revoked.token_hash.hex(), stale), ("0" * 64, unknown)):
        await sessions.redis.execute_command(  # type: ignore[no-untyped-call]
            "HSET", sessions.keys.api_tokens, digest, record
        )
    await sessions.keeper().look()
    assert await sessions.tokens_said() == {
        live.token_hash.hex(): {
            "id": str(live.id),
            "user_id": str(live.user_id),
            "scopes": ["read", "tickets:write"],
            "expires_at": live.expires_at.timestamp(),
        }
    }
    assert expired.id not in await sessions.live_tokens()
    assert await sessions.redis.ttl(sessions.keys.api_tokens) == -1


async def test_what_redis_was_not_told_of_a_token_is_told_in_the_next_look(sessions: Sessions) -> None:
    keeper = sessions.keeper()
    await keeper.look()
    kept, revoked, expiring = await sessions.make_token(), await sessions.make_token(), await sessions.make_token()
    pool = sessions.projector.pool
    # They were made two days ago; what is told is what changed lately.
    await pool.execute("UPDATE api_tokens SET updated_at = now()")
    await keeper.look()
    assert await sessions.live_tokens() == {str(token.id) for token in (kept, revoked, expiring)}
    await sessions.revoke(revoked)
    await pool.execute("UPDATE api_tokens SET expires_at = now() WHERE id = $1", expiring.id)
    await keeper.look()
    assert await sessions.live_tokens() == {str(kept.id)}


async def test_a_token_that_is_revoked_meanwhile_is_not_brought_back(sessions: Sessions) -> None:
    token = await sessions.make_token()

    async def is_revoked() -> None:
        await sessions.revoke(token)

    await sessions.keeper(Watched(sessions.projector.pool, is_revoked)).look()
    assert await sessions.is_vouched_for()
    assert await sessions.live_tokens() == set()


async def test_without_any_token_nothing_of_an_older_file_stays(sessions: Sessions) -> None:
    record = api_token_record(uuid7(), uuid7(), ["write"], now() + timedelta(days=1))
    await sessions.redis.execute_command(  # type: ignore[no-untyped-call]
        "HSET", sessions.keys.api_tokens, "0" * 64, record
    )
    await sessions.keeper().look()
    assert await sessions.live_tokens() == set()


async def test_many_who_compare_at_once_agree(sessions: Sessions) -> None:
    token, session_id = await sessions.make_token(), await sessions.start()
    await asyncio.gather(*(sessions.keeper().look() for _ in range(8)))
    assert await sessions.is_vouched_for()
    assert await sessions.live_tokens() == {str(token.id)}
    assert await sessions.said(session_id) == [LIVE]
    left = [key async for key in sessions.redis.scan_iter(match=f"{sessions.keys.api_tokens}:*")]
    assert left == []


async def test_uses_of_tokens_are_written_down(sessions: Sessions) -> None:
    token = await sessions.make_token()
    pool, redis, keys = sessions.projector.pool, sessions.redis, sessions.keys
    assert await write_down_uses(pool, redis, keys) == 0

    async def note(key: str, at_s: int) -> None:
        await redis.execute_command("HSET", key, str(token.id), str(at_s))  # type: ignore[no-untyped-call]

    async def written_s() -> float | None:
        async with sessions.office.unit_of_work() as unit:
            used_at = (await unit.api_tokens.last_uses([token.id])).get(token.id)
        return None if used_at is None else used_at.timestamp()

    await note(keys.api_token_uses, 1_800_000_000)
    assert await write_down_uses(pool, redis, keys) == 1
    assert await written_s() == 1_800_000_000
    assert not await redis.exists(keys.api_token_uses, keys.api_token_uses_taken)
    # A process was killed while it wrote, and meanwhile the token was used again.
    await note(keys.api_token_uses_taken, 1_800_000_060)
    await note(keys.api_token_uses, 1_800_000_120)
    assert await write_down_uses(pool, redis, keys) == 1
    assert await written_s() == 1_800_000_060
    assert await write_down_uses(pool, redis, keys) == 1
    assert await written_s() == 1_800_000_120


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
