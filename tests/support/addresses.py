"""Where the stores of this test run are: given by the developer, or started for the run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

STORES_FILE_VARIABLE = "TIDEDESK_TEST_STORES_FILE"
URL_FIELDS = ("database_url", "redis_url", "elasticsearch_url")


@dataclass(frozen=True)
class StoreAddresses:
    database_url: str
    redis_url: str
    elasticsearch_url: str

    def database(self, name: str) -> str:
        return urlunsplit(urlsplit(self.database_url)._replace(path=f"/{name}"))

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> StoreAddresses:
        return cls(**json.loads(text))


def given_addresses(environment: Mapping[str, str] = os.environ) -> StoreAddresses | None:
    """Running stores to use instead of own ones: three variables, or a file of `NAME=value` lines that has them."""
    values = dict(environment)
    prefix = "TIDEDESK_TEST_"
    stores_file = environment.get(STORES_FILE_VARIABLE)
    if stores_file:
        values = _read_variables(Path(stores_file))
        prefix = "TIDEDESK_"
    given = {field: values.get(f"{prefix}{field.upper()}", "") for field in URL_FIELDS}
    if not any(given.values()):
        return None
    missing = [f"{prefix}{field.upper()}" for field, value in given.items() if not value]
    if missing:
        raise ValueError(f"tests on running stores need all three addresses, missing: {', '.join(missing)}")
    return StoreAddresses(**given)


def _read_variables(path: Path) -> dict[str, str]:
    lines = (line.strip().removeprefix("export ") for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}
