"""What the OpenAPI documents promise, the running APIs keep: generated requests, checked answers."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case

from read_api.bootstrap import create_app as create_read_app
from runtime.settings import Settings
from write_api.bootstrap import create_app as create_write_app

# A few each are quick; more find rarer faults: TIDEDESK_TEST_API_EXAMPLES=200 make test
EXAMPLES = int(os.environ.get("TIDEDESK_TEST_API_EXAMPLES", "6"))
write_api = schemathesis.openapi.from_dict(create_write_app(Settings(environment="test")).openapi())
read_api = schemathesis.openapi.from_dict(create_read_app(Settings(environment="test")).openapi())
# The same requests in every run: a new failure comes from a change, not from luck.
bounded = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@write_api.parametrize()
@bounded
def test_the_write_api_keeps_its_promises(case: Case[Any], write_url: str, admin_headers: dict[str, str]) -> None:
    case.call_and_validate(base_url=write_url, headers=admin_headers)


@read_api.parametrize()
@bounded
def test_the_read_api_keeps_its_promises(case: Case[Any], read_url: str, admin_headers: dict[str, str]) -> None:
    case.call_and_validate(base_url=read_url, headers=admin_headers)
