from __future__ import annotations

import re

from domain.shared.errors import ValidationFailed
from domain.shared.text import refuse_invalid_characters

MAX_EMAIL_LENGTH = 254
MAX_LOCAL_LENGTH = 64
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]+")


class EmailInvalid(ValidationFailed):
    code = "email.invalid"


class DomainNameInvalid(ValidationFailed):
    code = "domain_name.invalid"


def normalise_email(value: object, pointer: str = "/email") -> str:
    """Lower case as a whole: no mail provider of today tells two people apart by letter case."""
    if isinstance(value, str) and len(value) <= MAX_EMAIL_LENGTH:
        refuse_invalid_characters(value, pointer)
        email = value.strip().lower()
        local, _, domain = email.rpartition("@")
        if len(email) <= MAX_EMAIL_LENGTH and len(local) <= MAX_LOCAL_LENGTH:
            if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain):
                return email
    raise EmailInvalid(
        f"This is not an email address. Write name@example.com, at most {MAX_EMAIL_LENGTH} characters.",
        pointer=pointer,
    )


def domain_of(email: str) -> str:
    return email.strip().lower().rpartition("@")[2]


def normalise_domain(value: object, pointer: str) -> str:
    if isinstance(value, str) and len(value) <= 253 and _DOMAIN.fullmatch(domain := value.strip().lower()):
        return domain
    raise DomainNameInvalid("This is not a domain name. Write it like example.com.", pointer=pointer)
