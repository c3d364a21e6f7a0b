from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import asyncpg
from fastapi import Request
from redis.asyncio import Redis

from domain.shared.clock import Clock
from runtime.origins import OwnOrigins
from runtime.settings import Settings
from runtime.tokens import AccessTokens
from write_api.dispatch import Dispatcher
from write_api.identity.api_token_sign_in import ApiTokenSignIn
from write_api.identity.own_password import OwnPassword
from write_api.identity.password_resets import PasswordResets
from write_api.identity.password_sign_in import PasswordSignIn
from write_api.identity.sso.sign_on import SingleSignOn
from write_api.persistence.access import AccessRecords
from write_api.persistence.unit_of_work import UnitOfWorkFactory
from write_api.tickets.attachment_uploads import AttachmentUploads
from write_api.tickets.presence import PresenceBoard


@dataclass(frozen=True)
class Services:
    """What one process of the command API is made of. Lives from start-up to shutdown, in the lifespan's state."""

    settings: Settings
    pool: asyncpg.Pool[asyncpg.Record]
    redis: Redis
    access: AccessRecords
    clock: Clock
    tokens: AccessTokens
    own_origins: OwnOrigins
    api_tokens: ApiTokenSignIn
    unit_of_work: UnitOfWorkFactory
    dispatch: Dispatcher
    password_sign_in: PasswordSignIn
    single_sign_on: SingleSignOn
    own_password: OwnPassword
    password_resets: PasswordResets
    attachment_uploads: AttachmentUploads
    presence: PresenceBoard


def services_of(request: Request) -> Services:
    # Not `request.state`, which is made anew for every request object and looks names up by itself.
    return cast(Services, request.scope["state"]["services"])
