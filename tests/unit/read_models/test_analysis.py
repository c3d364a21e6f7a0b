from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from read_models.analysis import LANGUAGES
from read_models.documents import DOCUMENT_DRAFTS, DOCUMENTS
from read_models.model import ReadModel
from read_models.registry import READ_MODELS
from read_models.tickets import TICKETS


def fields(properties: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, field in properties.items():
        if "properties" in field:
            yield from fields(field["properties"], f"{path}{name}.")
        else:
            yield f"{path}{name}", field


@pytest.mark.parametrize("model", [TICKETS, DOCUMENTS, DOCUMENT_DRAFTS], ids=lambda model: model.name)
def test_fields_of_one_language_are_indexed_without_lengths(model: ReadModel) -> None:
    of_languages = [
        field for path, field in fields(model.fields) if "." in path and path.rpartition(".")[2] in LANGUAGES
    ]
    assert of_languages and all(field["norms"] is False for field in of_languages)


def test_what_all_tickets_have_keeps_its_lengths_and_what_some_have_does_not() -> None:
    assert "norms" not in TICKETS.fields["public_all"] and "norms" not in TICKETS.fields["subject"]
    assert TICKETS.fields["internal_all"]["norms"] is False


@pytest.mark.parametrize("model", READ_MODELS.values(), ids=lambda model: model.name)
def test_every_similarity_that_a_field_names_is_in_the_settings(model: ReadModel) -> None:
    body = model.index_body()
    named = {field["similarity"] for _, field in fields(body["mappings"]["properties"]) if "similarity" in field}
    assert named <= body["settings"]["similarity"].keys()
