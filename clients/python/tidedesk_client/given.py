"""What a caller left out is not sent, which is something else than null."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final


class NotGiven(Enum):
    """An enum of one, which type checkers can tell from every value."""

    NOT_GIVEN = "not given"


NOT_GIVEN: Final = NotGiven.NOT_GIVEN


def given(**values: Any) -> dict[str, Any]:
    """A body in JSON's own types: what a caller passed as a tuple or a frozen mapping is sent, too."""
    return {name: _plain(value) for name, value in values.items() if value is not NOT_GIVEN}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(one) for one in value]
    return value
