"""RFC 9457 problem details: what every refusal of both APIs looks like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi.responses import ORJSONResponse

from runtime.redaction import without_secrets
from runtime.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tidedesk:problem:"


@dataclass(frozen=True)
class ErrorItem:
    """One fault. `pointer` leads into the body, `parameter` and `header` name what they say."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None

    def as_dict(self) -> dict[str, str]:
        where = {"pointer": self.pointer, "parameter": self.parameter, "header": self.header}
        present = {name: encodable(value) for name, value in where.items() if value is not None}
        return {**present, "code": self.code, "detail": encodable(self.detail)}


class ProblemError(Exception):
    """Raised anywhere below a route, it becomes the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[ErrorItem] = (),
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
        title: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extensions = dict(extensions or {})
        self.title = title or HTTPStatus(status).phrase

    def body(self, instance: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": encodable(self.detail),
            # The path may be a secret, as that of a link which sets a password.
            "instance": encodable(without_secrets(instance)),
            "code": self.code,
            "request_id": current_request_id(),
        }
        if self.errors:
            body["errors"] = [error.as_dict() for error in self.errors]
        return {**self.extensions, **body}


class ProblemResponse(ORJSONResponse):
    media_type = MEDIA_TYPE


def problem_response(error: ProblemError, instance: str) -> ProblemResponse:
    return ProblemResponse(error.body(instance), status_code=error.status, headers=error.headers)


def encodable(text: str) -> str:
    """Half a surrogate pair that a stranger sent must not break the answer that refuses it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def invalid_parameter(name: str, code: str, detail: str) -> ProblemError:
    return ProblemError(
        422,
        "request.invalid",
        "The request has a parameter that cannot be used; see errors.",
        errors=[ErrorItem(code, detail, parameter=name)],
    )
