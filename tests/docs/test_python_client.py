"""What of the Python client follows from the documents was written from those that are committed."""

from __future__ import annotations

import inspect
import re

import pytest

import tidedesk_client.types
from documentation.contract import read
from documentation.openapi import operations
from documentation.python_client.annotations import Annotations
from documentation.python_client.files import FOLDERS, PACKAGE, files
from tests.support.imports import ROOT
from tidedesk_client import AsyncClient, Client

OPERATIONS = [(api, one) for api in ("command", "query") for one in operations(read(api) or {})]
GUIDE = (ROOT / "docs" / "how-to" / "use-the-python-client.md").read_text(encoding="utf-8")


def test_the_generator_writes_what_is_committed() -> None:
    committed = {
        str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in (PACKAGE / folder).glob("*.py")
    }
    assert committed == files(), "run make clients"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_every_operation_has_its_method(kind: type[Client] | type[AsyncClient]) -> None:
    desk = kind("http://commands.test", "http://queries.test")
    for _, one in OPERATIONS:
        method = getattr(getattr(desk, one.tag), one.id)
        path_parameters = re.findall(r"{(\w+)}", one.path)
        assert list(inspect.signature(method).parameters)[: len(path_parameters)] == path_parameters
        assert method.__doc__


def test_all_types_are_told() -> None:
    assert {"Ticket", "TicketStatus", "Problem", "SignedIn"} <= set(tidedesk_client.types.__all__)


ANNOTATIONS = Annotations({"Status": {"enum": ["new", "open"]}, "Ticket": {"type": "object", "properties": {}}})


@pytest.mark.parametrize(
    ("schema", "received", "sent"),
    [
        ({"type": "string", "format": "uuid"}, "str", "str"),
        ({"type": ["string", "null"]}, "str | None", "str | None"),
        ({"type": ["null", "null"]}, "None", "None"),
        ({"type": "array", "items": {"type": "integer"}}, "list[int]", "Sequence[int]"),
        ({"type": "object"}, "dict[str, Any]", "Mapping[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]", "Mapping[str, float]"),
        ({"anyOf": [{"allOf": [{"$ref": "#/x/Ticket"}]}, {"type": "null"}]}, "Ticket | None", "Ticket | None"),
        ({"enum": ["new", "open"]}, "Status", "Status"),
        ({"enum": ["a"]}, 'Literal["a"]', 'Literal["a"]'),
        ({"const": "Bearer", "type": "string"}, 'Literal["Bearer"]', 'Literal["Bearer"]'),
        ({"type": "string", "format": "binary"}, "bytes", "bytes"),
        ({}, "Any", "Any"),
    ],
)
def test_a_schema_is_an_annotation(schema: dict[str, object], received: str, sent: str) -> None:
    assert (ANNOTATIONS.received(schema), ANNOTATIONS.sent(schema)) == (received, sent)


def test_an_annotation_names_schemas() -> None:
    assert ANNOTATIONS.names('Mapping[str, Ticket | Literal["Status"]] | None') == {"Ticket"}


def test_what_the_guide_calls_is_there() -> None:
    groups = {name: type(group) for name, group in vars(Client("http://a.test", "http://b.test")).items()}
    named = re.findall(r"desk\.(\w+)\.(\w+)\(", GUIDE)
    assert len(named) >= 6
    assert [f"{group}.{name}" for group, name in named if not hasattr(groups[group], name)] == []
