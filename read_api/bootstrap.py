"""The composition root: everything the query API works with is made here, once per process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

from read_api.audit import routes as audit
from read_api.early import ask_early
from read_api.events import routes as events
from read_api.events.log import EventLog
from read_api.events.tail import Tail, connect_tail
from read_api.freshness import FreshnessReader, Refresher
from read_api.identify import Identifier
from read_api.identity import routes as identity
from read_api.knowledge import exports as document_exports
from read_api.knowledge import routes as knowledge
from read_api.labels import LabelReader
from read_api.operations import routes as operations
from read_api.paging import Pager
from read_api.search import routes as search
from read_api.search.parameters import parameter_problem, query_problem
from read_api.search.people import Namesakes
from read_api.services import Services
from read_api.slots import Slots
from read_api.snapshots import Snapshots
from read_api.stores.es import SearchStore
from read_api.stores.redis import LookupStore
from read_api.tickets import attachments
from read_api.tickets import exports as ticket_exports
from read_api.tickets import presence
from read_api.tickets import routes as tickets
from read_api.tickets.lane import TicketLane
from read_api.tickets.questions import Questions
from read_api.views import routes as views
from read_models.keys import Keys
from runtime.api_tokens import ApiTokenUses, KnownApiTokens
from runtime.app import build_api
from runtime.cursors import CursorCodec
from runtime.files.choose import open_file_store
from runtime.health import Check
from runtime.metrics import new_registry
from runtime.presence import PresenceKeys
from runtime.redis_line import RedisLine, connect_redis_line
from runtime.search.filters import InvalidParameter
from runtime.search.grammar import InvalidQuery
from runtime.settings import Settings
from runtime.store_metrics import StoreMetrics
from runtime.tasks import cancel_all
from runtime.tokens import READ_API, AccessTokens
from runtime.tracing.export import open_tracing

ROUTERS = (
    ticket_exports.router,
    document_exports.router,
    tickets.router,
    views.router,
    attachments.router,
    presence.router,
    knowledge.router,
    search.router,
    identity.router,
    operations.router,
    audit.router,
    events.router,
)
DESCRIPTION = "Lists, searches and single documents. Every answer says how fresh it is, and can wait for a write."


def create_app(settings: Settings) -> FastAPI:
    redis, api_tokens = connect_redis_line(settings), KnownApiTokens()
    registry, tracing = new_registry(), open_tracing(settings, "read_api")
    StoreMetrics(registry).watch_line(redis)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Services]]:
        services = make_services(settings, redis, api_tokens)
        tail_redis = connect_tail(settings)
        streams = Keys(settings.namespace).events, PresenceKeys(settings.namespace).changes
        tail = Tail(tail_redis, *streams, services.events, settings.events_kept)
        reading = asyncio.create_task(tail.run())
        try:
            yield {"services": services}
        finally:
            await cancel_all([reading])
            await tail_redis.aclose()
            await services.files.aclose()
            await services.search.close()
            await redis.aclose()
            if tracing is not None:
                await tracing.aclose()

    return build_api(
        "Tidedesk query API",
        settings,
        lifespan,
        ROUTERS,
        {InvalidQuery: query_problem, InvalidParameter: parameter_problem},
        # With one of the two stores gone the other still answers a part.
        [
            Check("elasticsearch", _search_answers, required=False),
            Check("redis", _lookup_answers, required=False),
        ],
        description=DESCRIPTION,
        redis=redis,
        audience=READ_API,
        api_tokens=api_tokens,
        lane=TicketLane(),
        also_ask=ask_early,
        success_headers={"GET": ("Freshness",)},
        registry=registry,
        tracing=tracing,
    )


def make_services(settings: Settings, redis: RedisLine, api_tokens: KnownApiTokens) -> Services:
    store = SearchStore(
        settings.elasticsearch_url,
        settings.namespace,
        connections=settings.elasticsearch_pool_max,
        timeout_s=settings.elasticsearch_timeout_ms / 1000,
    )
    snapshots = Snapshots(store)
    lookup = LookupStore(redis, settings.namespace)
    return Services(
        search=store,
        lookup=lookup,
        identifier=Identifier(AccessTokens(settings), api_tokens, ApiTokenUses(redis, settings.namespace), lookup),
        freshness=FreshnessReader(lookup),
        refresher=Refresher(store, snapshots.outdate),
        labels=LabelReader(lookup, store),
        pager=Pager(store, snapshots, CursorCodec(settings.cursor_secret.get_secret_value())),
        namesakes=Namesakes(store),
        list_questions=Questions(),
        search_questions=Questions(),
        files=open_file_store(settings),
        events=EventLog(settings.events_kept),
        event_streams=Slots(
            "event streams",
            "events.too_many_streams",
            per_caller=settings.event_streams_per_caller,
            in_all=settings.event_streams_max,
        ),
        exports=Slots(
            "exports", "export.too_many", per_caller=settings.exports_per_caller, in_all=settings.exports_max
        ),
        heartbeat_s=settings.event_heartbeat_s,
    )


async def _search_answers(request: Request) -> None:
    await request.state.services.search.ping()


async def _lookup_answers(request: Request) -> None:
    await request.state.services.lookup.ping()
