"""What the OpenAPI documents promise, the running APIs keep: generated requests, checked answers."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from read_api.bootstrap import create_app as create_read_app
from runtime.settings import Settings
from tests.api.targets import aim
from write_api.bootstrap import create_app as create_write_app

# A few each are quick, and the same in every run: a new failure comes from a change, not from luck. `make fuzz` asks
# for many, each time other ones.
ASKED_FOR = os.environ.get("TIDEDESK_TEST_API_EXAMPLES")
EXAMPLES = int(ASKED_FOR or "6")
# What is asked here is what comes, not how soon: two thousand examples are also asked on machines that are busy.
ANSWER_TIMEOUT_S = 300
CONFIG = {
    "checks": {
        # Which ids exist, and which names are taken, no schema tells.
        "positive_data_acceptance": {"enabled": False},
        # RFC 6585 made 428 for exactly this.
        "missing_required_header": {"expected-statuses": ["400", "401", "422", "428"]},
        # The usual ones, and what is told that is too long to be looked at: a body, or a header.
        "negative_data_rejection": {
            "expected-statuses": [
                *("400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "431", "503")
            ]
        },
    }
}
write_api = schemathesis.openapi.from_dict(
    create_write_app(Settings(environment="test")).openapi(), config=schemathesis.Config.from_dict(CONFIG)
)
read_api = schemathesis.openapi.from_dict(
    create_read_app(Settings(environment="test")).openapi(), config=schemathesis.Config.from_dict(CONFIG)
)
bounded = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=ASKED_FOR is None, suppress_health_check=list(HealthCheck)
)


@write_api.parametrize()
@bounded
def test_the_write_api_keeps_its_promises(
    case: Case[Any],
    write_url: str,
    admin_headers: dict[str, str],
    leavers: dict[str, dict[str, str]],
    targets: dict[str, str],
) -> None:
    check(case, write_url, leavers.get(case.operation.path, admin_headers), targets)


@read_api.parametrize()
@bounded
def test_the_read_api_keeps_its_promises(
    case: Case[Any], read_url: str, admin_headers: dict[str, str], targets: dict[str, str]
) -> None:
    check(case, read_url, admin_headers, targets)


def check(case: Case[Any], base_url: str, headers: dict[str, str], targets: dict[str, str]) -> None:
    aim(case, targets)
    response = case.call(base_url=base_url, headers=headers, timeout=ANSWER_TIMEOUT_S)
    # What is no HTTP at all, such as control characters in a header, the server refuses before there is a request.
    if response.content != b"Invalid HTTP request received.":
        case.validate_response(response)
