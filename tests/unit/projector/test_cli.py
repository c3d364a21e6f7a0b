from __future__ import annotations

import pytest
from typer.testing import CliRunner

from projector.cli import app
from projector.rebuild.commands import GROUPS
from read_models.registry import READ_MODELS


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["rebuild", "tikets"], "There is no read model 'tikets'"),
        (["dead", "replay"], "--all"),
        (["dead", "replay", "3", "--all"], "--all"),
        (["dead", "replay", "three"], "three"),
        (["verify", "--fix"], "--fix"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_right(arguments: list[str], advice: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert advice in result.output


def test_documents_are_the_published_ones_and_their_drafts() -> None:
    assert GROUPS == {"all": list(READ_MODELS), "documents": ["documents", "document_drafts"]}
