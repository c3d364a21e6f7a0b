"""What the settings say about providers of single sign-on."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Extra, Field, SecretStr, root_validator, validator

from runtime.network import is_loopback

RoleName = Literal["admin", "agent", "customer"]
# No number, which some resolvers take for an address.
NAME_OF_A_CONTAINER = re.compile(r"[a-z][a-z0-9_-]*")


class SsoProvider(BaseModel):
    """One OpenID Connect provider. Claims are named by their path: `realm_access.roles`."""

    name: str = Field(regex=r"^[a-z][a-z0-9-]{0,31}$", description="In addresses: /v1/sso/{name}/login")
    label: str = Field(default="", max_length=100, description="What a button says")
    issuer: str = Field(regex=r"^https?://[^?#@\s]+$", description="Exactly as the provider names itself")
    internal_url: str = Field(
        default="",
        regex=r"^(https?://[^/?#@\s]+(/[^?#@\s]*[^/?#@\s])?)?$",
        description="Where we reach the issuer, if not at its name: all that we ask it, we ask there",
    )
    client_id: str = Field(min_length=1, max_length=255)
    client_secret: SecretStr = Field(default="", description="None: a public client, which PKCE alone protects")
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    email_domains: tuple[str, ...] = Field(default=(), description="Whose addresses come in; all if none is named")
    email_is_verified: bool = Field(
        default=False, description="The provider gives out its addresses itself, and does not say email_verified"
    )
    creates_users: bool = Field(default=True, description="Whoever comes for the first time gets an account")
    default_role: RoleName = "customer"
    role_claim: str = Field(default="", max_length=255)
    roles: dict[str, RoleName] = Field(default={}, description="Value of the role claim -> role; the highest counts")
    group_claim: str = Field(default="", max_length=255)
    groups: dict[str, str] = Field(
        default={}, description="Value of the group claim -> name of a group; if empty, alike"
    )

    class Config:
        extra = Extra.forbid
        allow_mutation = False

    @validator("scopes")
    def _openid(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in value:
            raise ValueError("must contain openid")
        return value

    @validator("email_domains", each_item=True)
    def _lower(cls, value: str) -> str:
        return value.strip().lower()

    @validator("internal_url")
    def _near_or_encrypted(cls, value: str) -> str:
        if value.startswith("http://") and not is_near(value):
            raise ValueError("needs https://, but for a name without dots or a private address in a network of ours")
        return value

    @root_validator(skip_on_failure=True)
    def _consistent(cls, values: dict[str, object]) -> dict[str, object]:
        if bool(values["role_claim"]) != bool(values["roles"]):
            raise ValueError("role_claim and roles go together")
        if values["groups"] and not values["group_claim"]:
            raise ValueError("groups needs group_claim")
        return values

    @property
    def shown_label(self) -> str:
        return self.label or self.name

    @property
    def is_plain(self) -> bool:
        """Without TLS, which is for a provider on this very machine."""
        return self.issuer.startswith("http://")

    @property
    def is_local(self) -> bool:
        return is_loopback(urlsplit(self.issuer).hostname or "")


def is_near(url: str) -> bool:
    """On this machine or in a network of ours."""
    host = urlsplit(url).hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return NAME_OF_A_CONTAINER.fullmatch(host) is not None
    return address.is_private and not (address.is_link_local or address.is_unspecified)
