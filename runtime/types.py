"""Field types for what strangers send."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConstrainedInt, EmailStr, PydanticValueError, StrictStr, validator
from pydantic.datetime_parse import parse_datetime
from pydantic.errors import DictError, NoneIsNotAllowedError
from pydantic.fields import ModelField

Model = TypeVar("Model", bound=BaseModel)
MAX_BIGINT = 2**63 - 1
# What lies beyond could not be told in every zone.
LAST_YEAR = 9998
MAX_EMAIL_LENGTH = 254


class NulInText(PydanticValueError):
    code = "text.nul"
    msg_template = "a NUL character cannot be stored"


class SurrogateInText(PydanticValueError):
    code = "text.surrogate"
    msg_template = "half a surrogate pair is not text"


class NotOneAddress(PydanticValueError):
    code = "email"
    msg_template = "must be one e-mail address of at most 254 characters, without a name"


def checked_text(text: str) -> str:
    if "\x00" in text:
        raise NulInText
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise SurrogateInText from error
    return text


class SafeStr(StrictStr):
    """Text that Postgres stores and JSON carries. Limit it by `Field(..., min_length=, max_length=)`."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[..., Any]]:
        yield from super().__get_validators__()  # type: ignore[misc]
        yield checked_text


class Moment(datetime):
    """A time that names its zone, as RFC 3339 writes it. A number could be seconds or anything else."""

    @classmethod
    def __get_validators__(cls) -> Iterator[Callable[..., Any]]:
        yield _written_as_text
        yield parse_datetime
        yield _in_a_zone


def _written_as_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("must be an RFC 3339 time such as 2031-03-01T08:00:00Z")
    return value


def _in_a_zone(value: datetime) -> datetime:
    if value.tzinfo is None or value.year > LAST_YEAR:
        raise ValueError(f"must name its zone, such as Z or +01:00, and lie before the year {LAST_YEAR + 1}")
    return value


class BigInt(ConstrainedInt):
    """A JSON integer (not true, not 5.0, not "5") that fits into a Postgres bigint. Subclass to narrow ge and le."""

    strict = True
    ge = -(2**63)
    le = MAX_BIGINT


class Version(BigInt):
    ge = 1


class EmailAddress(EmailStr):
    @classmethod
    def __get_validators__(cls) -> Generator[Callable[..., Any], None, None]:
        yield cls.check_shape
        yield from super().__get_validators__()

    @classmethod
    def check_shape(cls, value: Any) -> str:
        # Before the pattern of pydantic 1.10.7, which takes quadratic time on long input (CVE-2024-3772).
        if not isinstance(value, str) or len(value) > MAX_EMAIL_LENGTH or "<" in value:
            raise NotOneAddress
        return checked_text(value)


class StrictModel(BaseModel):
    """A request body: an object, unknown fields are refused."""

    class Config:
        extra = "forbid"
        anystr_strip_whitespace = False

    @classmethod
    def validate(cls: type[Model], value: Any) -> Model:
        # pydantic 1 would take a list of pairs for an object, and [] for {}.
        if not isinstance(value, (dict, cls)):
            raise DictError()
        return super().validate(value)

    def said(self) -> dict[str, Any]:
        """What the caller sent, without null. Not `dict()`, which takes longer than the validation: bodies are flat."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


class PatchModel(StrictModel):
    """A JSON Merge Patch: each field is `Optional[...] = None`; `clearable` names those that null may clear."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    @validator("*", pre=True)
    def _null_clears(cls, value: Any, field: ModelField) -> Any:
        if value is None and field.name not in cls.clearable:
            raise NoneIsNotAllowedError()
        return value

    def changes(self) -> dict[str, Any]:
        """What the caller sent, null included, and nothing else."""
        return {name: value for name, value in self.__dict__.items() if name in self.__fields_set__}
