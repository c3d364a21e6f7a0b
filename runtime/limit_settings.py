from __future__ import annotations

from pydantic import BaseSettings, Field


class LimitSettings(BaseSettings):
    """The part of the settings that says how often somebody may ask."""

    rate_limit_enabled: bool = Field(default=True, description="Whether requests are limited at all")
    rate_limit_read_per_minute: int = Field(
        default=6_000, ge=1, le=10_000_000, description="Reads of one signed-in caller"
    )
    rate_limit_write_per_minute: int = Field(default=6_000, ge=1, le=10_000_000, description="Commands of one caller")
    rate_limit_anonymous_per_minute: int = Field(
        default=1_200, ge=1, le=10_000_000, description="Requests of one address"
    )
    rate_limit_login_per_minute: int = Field(
        default=60, ge=1, le=10_000_000, description="Sign-ins tried by one address"
    )

    sign_in_tries_per_minute: int = Field(
        default=10, ge=1, le=10_000_000, description="Sign-ins tried on one account, from known addresses apart"
    )
    sign_in_strangers_per_minute: int = Field(
        default=600, ge=1, le=10_000_000, description="Sign-ins tried in all from addresses not known to the account"
    )
