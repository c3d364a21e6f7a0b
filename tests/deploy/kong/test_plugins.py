"""The plugins are set up as Kong takes them, and go well with the limits that the APIs have themselves."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from runtime import request_id
from runtime.guards.rate_limit import reading_policy
from runtime.problems import MEDIA_TYPE, TYPE_PREFIX
from runtime.settings import Settings
from tests.deploy.kong.gateway import FILE, configuration, plugins, services
from tests.deploy.kong.plugin_schemas import SCHEMAS, faults


def plugin(name: str, service: str | None = None) -> dict[str, Any]:
    """Its configuration, for everything or for one service."""
    among = configuration()["plugins"] if service is None else services()[service].get("plugins", ())
    (found,) = [one["config"] for one in among if one["name"] == name]
    return dict(found)


def test_kong_knows_every_plugin_and_setting() -> None:
    assert [fault for one in plugins() for fault in faults(one)] == []


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("rate-limits", {}),
        ("rate-limiting", {"limit_by": "ip"}),
        ("rate-limiting", {"minute": 0}),
        ("rate-limiting", {"minute": True}),
        ("rate-limiting", {"minute": 5, "redis_host": "redis"}),
        ("rate-limiting", {"minute": 5, "limit_by": "address"}),
        ("request-size-limiting", {"allowed_payload_size": 1.5}),
        ("request-size-limiting", {"allowed_payload_size": 1, "size_unit": "mb"}),
        ("request-termination", {"status_code": 99}),
        ("request-termination", {"message": "no", "body": "no"}),
    ],
)
def test_a_fault_would_be_seen(name: str, config: dict[str, Any]) -> None:
    assert faults({"name": name, "config": config})


def test_all_schemas_are_used() -> None:
    assert {one["name"] for one in plugins()} == set(SCHEMAS)


def test_bodies_that_the_apis_take_pass_and_much_larger_ones_do_not() -> None:
    """The APIs refuse first, with a problem that says what is too large."""
    settings = Settings()
    for service, limit_bytes in (
        ("commands", settings.body_limit_bytes),
        ("queries", settings.body_limit_bytes),
        ("uploads", settings.attachment_limit_bytes),
    ):
        limit = plugin("request-size-limiting", service)
        assert limit["size_unit"] == "bytes"
        assert limit["allowed_payload_size"] == 2 * limit_bytes


def test_a_file_must_say_how_long_it_is() -> None:
    """To count it Kong would keep all of it."""
    assert plugin("request-size-limiting", "uploads")["require_content_length"] is True
    assert plugin("request-size-limiting", "commands")["require_content_length"] is False


def test_whoever_keeps_to_the_limits_of_the_apis_never_meets_that_of_kong() -> None:
    settings, limit = Settings(), plugin("rate-limiting")
    by_one_user = reading_policy(settings).quota + settings.rate_limit_write_per_minute
    assert limit["minute"] >= 2 * by_one_user
    assert limit["limit_by"] == "ip"
    # Only the APIs say what is left: two numbers would contradict each other.
    assert limit["hide_client_headers"] is True


def test_requests_have_one_name() -> None:
    naming = plugin("correlation-id")
    assert naming["header_name"] == request_id.HEADER
    # The API answers with it, or with another one if it could do harm in a log.
    assert naming["echo_downstream"] is False


def test_what_is_not_there_is_a_problem_like_any_other() -> None:
    ending = plugin("request-termination", "nothing")
    problem = json.loads(ending["body"])
    assert ending["content_type"] == MEDIA_TYPE
    assert problem["status"] == ending["status_code"] == 404
    assert problem["type"] == TYPE_PREFIX + problem["code"] == "urn:tidedesk:problem:route.not_found"
    assert "/api/commands/docs" in problem["detail"] and "/api/queries/docs" in problem["detail"]


def test_who_may_read_answers_is_for_the_apis_to_say() -> None:
    """A second list could allow what the first one refuses; and tokens are looked at where they can be revoked."""
    assert {one["name"] for one in plugins()}.isdisjoint({"cors", "jwt", "key-auth", "basic-auth", "session"})


@pytest.mark.skipif(shutil.which("deck") is None, reason="decK is not installed: apt-get install deck")
def test_deck_finds_it_valid() -> None:
    done = subprocess.run(
        ["deck", "validate", "--state", str(FILE)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
