"""The composition root of the command API: the only place that knows which parts there are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import structlog
from fastapi import APIRouter, FastAPI, Request
from redis.asyncio import Redis

from domain.shared.clock import Clock, SystemClock
from domain.tickets.attachment_rules import AttachmentRules
from runtime.api_tokens import ApiTokenUses, KnownApiTokens
from runtime.app import build_api
from runtime.errors import StoreUnavailable
from runtime.files.choose import open_file_store
from runtime.files.store import FileStore
from runtime.health import Check
from runtime.metrics import new_registry
from runtime.origins import OwnOrigins
from runtime.rate_limit import RateLimiter
from runtime.redis import connect_redis
from runtime.redis_line import RedisLine, connect_redis_line
from runtime.settings import Settings, read_settings
from runtime.tasks import cancel_all
from runtime.tokens import WRITE_API, AccessTokens
from runtime.tracing.export import open_tracing
from runtime.tracing.spans import Tracing
from write_api.dispatch import Dispatcher, Handlers
from write_api.http.errors import ERRORS
from write_api.identity import api_token_routes, group_handlers, group_routes, move_handlers, move_routes, reset_routes
from write_api.identity import routes as user_routes
from write_api.identity import session_routes, user_session_routes
from write_api.identity.api_token_handlers import ApiTokenHandlers
from write_api.identity.api_token_sign_in import ApiTokenSignIn
from write_api.identity.handlers import UserHandlers
from write_api.identity.live_credentials import LiveCredentials
from write_api.identity.own_password import OwnPassword
from write_api.identity.password_resets import PasswordResetHandlers, PasswordResets
from write_api.identity.password_sign_in import PasswordSignIn
from write_api.identity.passwords import PasswordHasher
from write_api.identity.session_changes import SessionChanges
from write_api.identity.session_handlers import SessionHandlers
from write_api.identity.session_issuer import SessionIssuer
from write_api.identity.sign_in_handlers import SignInHandlers
from write_api.identity.sign_in_throttle import SignInThrottle
from write_api.identity.sso import routes as sso_routes
from write_api.identity.sso.handlers import SsoHandlers
from write_api.identity.sso.http import open_http
from write_api.identity.sso.provider import Provider
from write_api.identity.sso.sign_on import SingleSignOn
from write_api.identity.sso.starts import SsoStarts
from write_api.knowledge import category_handlers, category_routes, feedback_routes
from write_api.knowledge import handlers as document_handlers
from write_api.knowledge import routes as document_routes
from write_api.knowledge.feedback_handlers import FeedbackHandlers
from write_api.knowledge.voters import Voters
from write_api.mail.mailer import mailer_for
from write_api.metrics import Metrics
from write_api.operations import handlers as operation_handlers
from write_api.operations import rebuild_handlers, rebuild_routes
from write_api.operations import routes as operation_routes
from write_api.persistence.access import AccessRecords
from write_api.persistence.credential_keeper import CredentialKeeper
from write_api.persistence.database import create_pool, pool_use
from write_api.persistence.unit_of_work import UnitOfWorkFactory
from write_api.services import Services, services_of
from write_api.tickets import attachment_routes
from write_api.tickets import field_handlers as ticket_field_handlers
from write_api.tickets import field_routes as ticket_field_routes
from write_api.tickets import handlers as ticket_handlers
from write_api.tickets import presence_routes
from write_api.tickets import routes as ticket_routes
from write_api.tickets import view_handlers, view_routes
from write_api.tickets.attachment_handlers import AttachmentHandlers
from write_api.tickets.attachment_uploads import AttachmentUploads
from write_api.tickets.presence import PresenceBoard
from write_api.wake import ProjectorWake

log = structlog.get_logger(__name__)

DESCRIPTION = """
Every command answers with an `ETag` and a `Consistency-Token`. Hand the token to the query API to read your own write.
"""
# The framework tries them in this order: what is asked for most comes first.
ROUTERS: tuple[APIRouter, ...] = (
    ticket_routes.router,
    document_routes.router,
    session_routes.router,
    sso_routes.router,
    reset_routes.router,
    user_routes.router,
    user_session_routes.router,
    api_token_routes.router,
    group_routes.router,
    move_routes.router,
    category_routes.router,
    feedback_routes.router,
    ticket_field_routes.router,
    view_routes.router,
    attachment_routes.router,
    presence_routes.router,
    operation_routes.router,
    rebuild_routes.router,
)
HANDLERS: Handlers = {
    **group_handlers.HANDLERS,
    **move_handlers.HANDLERS,
    **document_handlers.HANDLERS,
    **category_handlers.HANDLERS,
    **ticket_handlers.HANDLERS,
    **ticket_field_handlers.HANDLERS,
    **operation_handlers.HANDLERS,
    **rebuild_handlers.HANDLERS,
    **view_handlers.HANDLERS,
}


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> FastAPI:
    settings = settings or read_settings()
    redis, redis_line, api_tokens = connect_redis(settings), connect_redis_line(settings), KnownApiTokens()
    registry, tracing = new_registry(), open_tracing(settings, "write_api")
    metrics = Metrics(registry)
    metrics.stores.watch_line(redis_line)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Services]]:
        try:
            async with open_services(settings, redis, clock or SystemClock(), api_tokens, metrics, tracing) as services:
                yield {"services": services}
        finally:
            await redis_line.aclose()
            if tracing is not None:
                await tracing.aclose()

    return build_api(
        "Tidedesk command API",
        settings,
        lifespan,
        ROUTERS,
        ERRORS,
        (Check("postgres", _postgres_answers), Check("redis", _redis_answers, required=False)),
        description=DESCRIPTION.strip(),
        redis=redis_line,
        audience=WRITE_API,
        uploads={attachment_routes.PATH: settings.attachment_limit_bytes},
        api_tokens=api_tokens,
        registry=registry,
        tracing=tracing,
    )


@asynccontextmanager
async def open_services(
    settings: Settings,
    redis: Redis,
    clock: Clock,
    api_tokens: KnownApiTokens | None = None,
    metrics: Metrics | None = None,
    tracing: Tracing | None = None,
) -> AsyncIterator[Services]:
    pool = await _open_pool_even_without_postgres(settings)
    redis_line = connect_redis_line(settings)
    wake = ProjectorWake(redis_line, settings.namespace)
    hasher = PasswordHasher(
        rounds=settings.bcrypt_rounds,
        threads=settings.bcrypt_workers,
        pepper=settings.password_pepper.get_secret_value(),
    )
    files, sso_http = open_file_store(settings), open_http()
    known_api_tokens = api_tokens or KnownApiTokens()
    metrics = metrics or Metrics(new_registry())
    metrics.stores.watch_pool("write_api", lambda: pool_use(pool))
    metrics.stores.watch_line(redis_line)
    services = compose(
        settings, pool, redis, redis_line, clock, wake, hasher, files, known_api_tokens, sso_http, metrics, tracing
    )
    keepers = [
        asyncio.create_task(services.access.keep(pool)),
        asyncio.create_task(CredentialKeeper(pool, redis, settings).keep()),
    ]
    try:
        yield services
    finally:
        await services.password_resets.idle()
        await cancel_all(keepers)
        wake.close()
        await redis_line.aclose()
        hasher.close()
        await files.aclose()
        await sso_http.aclose()
        await pool.close()
        await redis.aclose()


def compose(
    settings: Settings,
    pool: asyncpg.Pool[asyncpg.Record],
    redis: Redis,
    redis_line: RedisLine,
    clock: Clock,
    wake: ProjectorWake,
    hasher: PasswordHasher,
    files: FileStore,
    api_tokens: KnownApiTokens,
    sso_http: httpx.AsyncClient,
    metrics: Metrics,
    tracing: Tracing | None,
) -> Services:
    access = AccessRecords(redis_line, settings.namespace)
    unit_of_work = UnitOfWorkFactory(pool, on_commit=wake, announce=access.announce, tracing=tracing)
    tokens = AccessTokens(settings)
    live_credentials = LiveCredentials(redis, settings)
    limiter = RateLimiter(redis_line, settings.namespace)
    throttle, mailer = SignInThrottle(limiter, settings), mailer_for(settings)
    rules = attachment_rules(settings)
    issuer = SessionIssuer(tokens, settings)
    sessions = SessionChanges(issuer, live_credentials)
    providers = [Provider(config, sso_http, clock) for config in settings.sso_providers]
    password_sign_in = PasswordSignIn(unit_of_work, hasher, throttle, settings, clock)
    handlers = {
        **HANDLERS,
        **UserHandlers(hasher, live_credentials).by_command,
        **ApiTokenHandlers(live_credentials).by_command,
        **SessionHandlers(sessions).by_command,
        **SignInHandlers(sessions).by_command,
        **SsoHandlers(sessions).by_command,
        **PasswordResetHandlers(live_credentials).by_command,
        **AttachmentHandlers(rules).by_command,
        **FeedbackHandlers(Voters(settings.token_secret.get_secret_value())).by_command,
    }
    dispatch = Dispatcher(unit_of_work, handlers, clock, ticket_handlers.READS_AHEAD, metrics=metrics, tracing=tracing)
    return Services(
        settings=settings,
        pool=pool,
        redis=redis,
        access=access,
        clock=clock,
        tokens=tokens,
        own_origins=OwnOrigins(settings),
        api_tokens=ApiTokenSignIn(unit_of_work, api_tokens, ApiTokenUses(redis_line, settings.namespace), clock),
        unit_of_work=unit_of_work,
        dispatch=dispatch,
        password_sign_in=password_sign_in,
        single_sign_on=SingleSignOn(
            providers, SsoStarts(redis, settings.namespace, settings.sso_start_ttl_s), settings
        ),
        own_password=OwnPassword(unit_of_work, password_sign_in, hasher),
        password_resets=PasswordResets(unit_of_work, hasher, limiter, mailer, settings, clock),
        attachment_uploads=AttachmentUploads(
            unit_of_work, dispatch, files, rules, settings.attachment_upload_timeout_s
        ),
        presence=PresenceBoard(redis_line, settings.namespace),
    )


def attachment_rules(settings: Settings) -> AttachmentRules:
    return AttachmentRules.allowing(
        settings.attachment_types,
        limit_bytes=settings.attachment_limit_bytes,
        user_quota_bytes=settings.attachment_user_quota_bytes,
        organization_quota_bytes=settings.attachment_organization_quota_bytes,
    )


async def open_pool(settings: Settings, application_name: str) -> asyncpg.Pool[asyncpg.Record]:
    return await create_pool(
        settings.database_url,
        application_name=application_name,
        min_size=settings.database_pool_min,
        max_size=settings.database_pool_max,
        statement_timeout_ms=settings.statement_timeout_ms,
    )


async def _open_pool_even_without_postgres(settings: Settings) -> asyncpg.Pool[asyncpg.Record]:
    """Whoever starts first need not start again: until Postgres answers, /readyz and the commands say so."""
    try:
        return await open_pool(settings, "write_api")
    except StoreUnavailable as error:
        log.warning("started_without_postgres", reason=str(error))
        return await open_pool(settings.copy(update={"database_pool_min": 0}), "write_api")


async def _postgres_answers(request: Request) -> object:
    return await services_of(request).pool.fetchval("SELECT 1")


async def _redis_answers(request: Request) -> object:
    return await services_of(request).redis.ping()
