from __future__ import annotations

from tests.unit.runtime.api import settings_of
from write_api.bootstrap import create_app

KEY = "Idempotency-Key"


def test_where_a_key_may_be_sent_it_may_be_refused() -> None:
    undocumented = [
        f"{method} {path}"
        for path, item in create_app(settings_of()).openapi()["paths"].items()
        for method, operation in item.items()
        if KEY in [parameter["name"] for parameter in operation.get("parameters", [])]
        and "422" not in operation["responses"]
    ]
    assert undocumented == []
