"""Redis as the read side uses it. Every question of one request that can travel together does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from redis.exceptions import BusyLoadingError, ConnectionError, RedisError, TimeoutError

from read_api.stores.scripts import (
    API_TOKEN_PRINCIPAL,
    COUNTED_DOCUMENT_UNLESS_KNOWN,
    DOCUMENT_WITH_LABELS,
    PRINCIPAL,
)
from read_models.guard import REFILL_SCRIPT, Guard
from read_models.keys import DOCUMENT_TTL_S, Keys
from runtime.access import AccessKeys
from runtime.credential_keys import LIVE, CredentialKeys
from runtime.errors import StoreUnavailable
from runtime.presence import PresenceKeys, Present, people_in
from runtime.principal import Principal
from runtime.rate_limit import Bucket
from runtime.redis_line import Answer, Argument, RedisLine, Script

STORE = "redis"
# After a failure nobody asks again for this long: a frozen Redis must not cost every request its time-out.
PAUSE_AFTER_FAILURE_S = 1.0
LABEL_KINDS_MENTIONED = ("user", "group", "organization", "category")

Label = Mapping[str, Any]
LabelKey = tuple[str, str]


@dataclass(frozen=True)
class PrincipalAnswer:
    live: bool
    # Access records.
    user: Label | None
    organization: Label | None


@dataclass(frozen=True)
class ApiTokenAnswer:
    # None: there is no such token, or no longer.
    grant: Mapping[str, Any] | None
    # Access records.
    user: Label | None
    organization: Label | None


class DocumentAnswer(NamedTuple):
    """A by-id document together with the labels of all that it mentions."""

    source: dict[str, Any] | None
    labels: dict[LabelKey, Label]


class KnownState(NamedTuple):
    """Of a document and the labels it mentions, as somebody remembers them; empty if nobody does."""

    state: bytes = b""
    # `kind:id,kind:id`, in the order of which the state was made.
    mentioned: str = ""


class CountedDocument(NamedTuple):
    allowed: int
    ahead_us: int
    live: bool = False
    # Access records, as they are stored.
    user: bytes | None = None
    organization: bytes | None = None
    # None: everything is as known.
    state: bytes | None = None
    document: DocumentAnswer | None = None


class LookupStore:
    def __init__(self, line: RedisLine, namespace: str, now: Callable[[], float] = time.monotonic) -> None:
        self._line = line
        self._keys = Keys(namespace)
        self._now = now
        self._paused_until = 0.0
        self._principal = line.script(PRINCIPAL)
        self._api_token = line.script(API_TOKEN_PRINCIPAL)
        self._document = line.script(DOCUMENT_WITH_LABELS)
        self._counted = line.script(COUNTED_DOCUMENT_UNLESS_KNOWN)
        self._refill = line.script(REFILL_SCRIPT)
        # As bytes: they are part of every question.
        self._label_keys = tuple(self._keys.labels(kind).encode() for kind in LABEL_KINDS_MENTIONED)
        self._presence = PresenceKeys(namespace)
        self._credentials = CredentialKeys(namespace)
        access = AccessKeys(namespace)
        checked = (self._credentials.vouched_for, access.seal, access.users, access.organizations)
        self._checked_keys = tuple(key.encode() for key in checked)

    def ask_principal(self, who: Principal) -> Answer:
        """Asks without waiting; principal() takes the answer."""
        keys: tuple[Argument, ...] = (self._credentials.session(who.session_digest), *self._checked_keys)
        return self._run(self._principal, keys, who.user_text)

    async def principal(self, asked: Answer) -> PrincipalAnswer:
        said, user, organization = await self._answered(asked)
        return PrincipalAnswer(self._is_live(said), parsed_label(user), parsed_label(organization))

    async def api_token(self, digest: str) -> ApiTokenAnswer:
        keys: tuple[Argument, ...] = (self._credentials.api_tokens, *self._checked_keys)
        said, user, organization = await self._answered(self._run(self._api_token, keys, digest))
        grant = self._checked(said)
        return ApiTokenAnswer(_json(grant or None), parsed_label(user), parsed_label(organization))

    async def document(self, model: str, document_id: str) -> DocumentAnswer:
        keys: tuple[Argument, ...] = (self._keys.document(model, document_id), *self._label_keys)
        return _document(await self._answered(self._run(self._document, keys)))

    async def counted_document(
        self, bucket: Bucket, who: Principal, model: str, aggregate: LabelKey, known: KnownState
    ) -> CountedDocument:
        """principal() and document() in one, and the request is counted; the document only if it is not as known."""
        policy, (aggregate_type, document_id) = bucket.policy, aggregate
        keys: tuple[Argument, ...] = (
            self._keys.document(model, document_id),
            *self._label_keys,
            self._credentials.session(who.session_digest),
            *self._checked_keys,
            bucket.key,
            self._keys.applied(aggregate_type),
        )
        args = (policy.interval_us, policy.capacity_us, who.user_text, document_id, known.state, known.mentioned)
        answer = await self._answered(self._run(self._counted, keys, *args))
        allowed, ahead_us, *found = answer
        if not allowed:
            return CountedDocument(allowed, ahead_us)
        said, user, organization, *document = found
        shown = (document[0], _document(document[1:])) if document else ()
        return CountedDocument(allowed, ahead_us, self._is_live(said), user, organization, *shown)

    async def labels(self, wanted: Iterable[LabelKey]) -> dict[LabelKey, Label | None]:
        by_kind: dict[str, list[str]] = {}
        for kind, label_id in dict.fromkeys(wanted):
            by_kind.setdefault(kind, []).append(label_id)
        # All of them leave in one write, before the first is waited for.
        asked = [self._begin("HMGET", self._keys.labels(kind), *ids) for kind, ids in by_kind.items()]
        found: dict[LabelKey, Label | None] = {}
        for (kind, ids), answer in zip(by_kind.items(), asked, strict=True):
            contents = await self._answered(answer)
            for label_id, content in zip(ids, contents, strict=True):
                found[kind, label_id] = parsed_label(content)
        return found

    async def applied(self, aggregate_type: str, aggregate_id: str) -> Guard | None:
        """How far one aggregate is projected."""
        content = await self._answered(self._begin("HGET", self._keys.applied(aggregate_type), aggregate_id))
        return None if content is None else Guard.parse(content)

    async def refill(self, model: str, document_id: str, aggregate: LabelKey, source: Mapping[str, Any]) -> None:
        """Puts back what was evicted, unless something newer was projected since it was read."""
        keys = (self._keys.applied(aggregate[0]), self._keys.document(model, document_id))
        args = (aggregate[1], source["version"], orjson.dumps(source), DOCUMENT_TTL_S)
        await self._answered(self._run(self._refill, keys, *args))

    async def present(self, ticket_id: str) -> list[Present]:
        """Who is on a ticket."""
        asked = self._begin("TIME"), self._begin("HGETALL", self._presence.places(ticket_id))
        (seconds, microseconds), content = [await self._answered(answer) for answer in asked]
        places = dict(zip(content[::2], content[1::2], strict=True))
        return people_in(places, int(seconds) * 1000 + int(microseconds) // 1000)

    async def counters(self) -> dict[str, int] | None:
        """None while they are incomplete: after a flush, until the projector has filled them again."""
        asked = self._begin("EXISTS", self._keys.filled), self._begin("HGETALL", self._keys.counters)
        filled, content = [await self._answered(answer) for answer in asked]
        if not filled:
            return None
        return {name.decode(): int(number) for name, number in zip(content[::2], content[1::2], strict=True)}

    async def freshness(self) -> dict[str, Any] | None:
        """What the projector last published, and as `labels_changed` the last change of labels before."""
        asked = self._begin("MGET", self._keys.freshness, self._keys.labels_changed)
        content, labels_changed = await self._answered(asked)
        published: dict[str, Any] | None = _json(content)
        return None if published is None else {**published, "labels_changed": labels_changed}

    async def dead_letters(self) -> dict[str, Any] | None:
        published: dict[str, Any] | None = _json(await self._answered(self._begin("GET", self._keys.dead_letters)))
        return published

    async def stored_version(self, model: str, document_id: str) -> int | None:
        """The aggregate's version in the copy by id."""
        content = _json(await self._answered(self._begin("GET", self._keys.document(model, document_id))))
        return None if content is None else int(content["version"])

    async def ping(self) -> None:
        await self._answered(self._begin("PING"))

    def _is_live(self, said: bytes) -> bool:
        return self._checked(said) == LIVE

    def _checked(self, said: bytes) -> bytes:
        """Raises where this Redis, emptied or started anew, may have forgotten what ended or who lost which right."""
        state, voucher, seal = said.rsplit(b":", 2)
        run_id = self._line.run_id
        if not run_id or voucher != run_id:
            raise StoreUnavailable(STORE, "who is signed in was not compared with Postgres yet")
        if seal != run_id:
            raise StoreUnavailable(STORE, "it has not heard yet who may do what")
        return state

    def _begin(self, *arguments: Argument) -> Answer:
        if self._now() < self._paused_until:
            raise StoreUnavailable(STORE, "did not answer a moment ago")
        return self._line.ask(*arguments)

    def _run(self, script: Script, keys: tuple[Argument, ...], *arguments: Argument) -> Answer:
        return self._begin("EVALSHA", script.sha, len(keys), *keys, *arguments)

    async def _answered(self, answer: Answer) -> Any:
        try:
            return await answer
        except (RedisError, OSError) as failure:
            if isinstance(failure, (ConnectionError, TimeoutError, BusyLoadingError, OSError)):
                self._paused_until = self._now() + PAUSE_AFTER_FAILURE_S
            raise StoreUnavailable(STORE, f"{type(failure).__name__}: {failure}") from failure


def _document(answer: list[Any]) -> DocumentAnswer:
    content, *mentioned = answer
    labels = {
        (kind.decode(), label_id.decode()): _parsed(label)
        for kind, label_id, label in zip(mentioned[::3], mentioned[1::3], mentioned[2::3], strict=True)
    }
    return DocumentAnswer(_json(content), labels)


# The same few people and groups are on most answers. Nobody changes what they are given.
_parsed: Callable[[bytes], Label] = lru_cache(maxsize=4_096)(orjson.loads)


def parsed_label(content: bytes | None) -> Label | None:
    return None if content is None else _parsed(content)


def _json(content: bytes | None) -> Any:
    return None if content is None else orjson.loads(content)
