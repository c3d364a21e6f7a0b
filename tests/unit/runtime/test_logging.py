from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from runtime.logging import configure_logging
from runtime.settings import Settings
from tests.support.eventually import eventually
from tests.unit.runtime.api import client_of, make_app


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_each_line_is_one_json_object_with_the_request_id_and_without_secrets() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), "write_api", stream)
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.get_logger("own").info("signed_in", password="hunter2", user="ana")
    logging.getLogger("library").warning("sent %s", "Bearer hunter2")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["event"] == "signed_in" and first["user"] == "ana" and first["level"] == "info"
    assert second["event"] == "sent Bearer ********" and second["logger"] == "library"
    assert first["request_id"] == second["request_id"] == "r-1"
    assert first["process"] == second["process"] == "write_api"
    assert "hunter2" not in stream.getvalue()


def test_tracebacks_are_in_the_line_and_redacted() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), "write_api", stream)
    try:
        raise ValueError("postgresql://desk:hunter2@db/desk")
    except ValueError:
        structlog.get_logger("own").exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"] and "hunter2" not in line


def test_level_and_format_follow_the_settings() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_level="WARNING", log_format="console"), "projector", stream)
    structlog.get_logger("own").info("quiet")
    structlog.get_logger("own").warning("loud", token="hunter2")
    text = stream.getvalue()
    assert "quiet" not in text and "loud" in text and "hunter2" not in text and not text.startswith("{")


def test_libraries_that_repeat_the_access_log_are_quiet() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_level="DEBUG"), "write_api", stream)
    logging.getLogger("uvicorn.access").info("GET /")
    logging.getLogger("elastic_transport.transport").info("POST /_bulk")
    assert stream.getvalue() == ""


async def test_the_access_log_is_written_ready_in_the_form_of_every_other_line() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), "read_api", stream)
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2VjcmV0"
    async with client_of(make_app()) as client:
        await client.get(f"/v1/{secret}", headers={"X-Request-ID": secret})
        await client.get("/livez")

    async def written() -> bool:
        return stream.getvalue().endswith("\n")

    await eventually(written)
    (line,) = map(json.loads, stream.getvalue().splitlines())
    structlog.get_logger("own").info("signed_in")
    other = json.loads(stream.getvalue().splitlines()[-1])
    assert {name: line[name] for name in ("event", "level", "logger", "process", "method", "route", "status")} == {
        **{"event": "request", "level": "info", "logger": "access", "process": "read_api"},
        **{"method": "GET", "route": "unmatched", "status": 404},
    }
    assert line["duration_ms"] > 0 and line["client"] == "127.0.0.1"
    assert other.keys() <= line.keys() | {"request_id"} and len(line["timestamp"]) == len(other["timestamp"])
    assert secret not in stream.getvalue()


async def test_the_last_lines_of_the_access_log_are_written_at_the_end() -> None:
    stream = io.StringIO()
    configure_logging(Settings(), "read_api", stream)
    async with client_of(make_app()) as client:
        await client.get("/v1/things")
        logging.getLogger().handlers[0].close()
        assert json.loads(stream.getvalue())["path"] == "/v1/things"


async def test_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    configure_logging(Settings(log_level="WARNING"), "read_api", stream)
    async with client_of(make_app()) as client:
        await client.get("/v1/things")
    assert stream.getvalue() == ""
