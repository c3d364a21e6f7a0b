"""Items as lines of JSON or rows of CSV. The last line says whether all of them are there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from pydantic import BaseModel
from pydantic.fields import SHAPE_SINGLETON

from read_api.shapes import Named

# What a spreadsheet takes for the beginning of a formula, also in the width of East Asian letters.
_RUNS = r"=+\-@\uff1d\uff0b\uff0d\uff20"
# Where a cell begins. A spreadsheet that takes semicolons or tabs for separators (in much of Europe it does so unasked)
# begins one behind them; and as our quotes are then within a cell and mean nothing, behind a line break, too.
_CELL = re.compile(rf'^(?=[{_RUNS}\t\r\n])|(?<=[;\t\r\n])(?="*[{_RUNS}])')
# No item begins with these: the first column is an id.
COMPLETE, BROKEN_OFF = "#complete", "#broken-off"


class Format(Protocol):
    extension: str
    media_type: str

    def head(self) -> bytes: ...

    def rows(self, items: Sequence[dict[str, Any]]) -> bytes: ...

    def complete(self, count: int) -> bytes: ...

    def broken_off(self, count: int, code: str) -> bytes: ...


class JsonLines:
    extension = "jsonl"
    media_type = "application/x-ndjson"

    def head(self) -> bytes:
        return b""

    def rows(self, items: Sequence[dict[str, Any]]) -> bytes:
        return b"".join(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE) for item in items)

    def complete(self, count: int) -> bytes:
        return self.rows([{"complete": True, "count": count}])

    def broken_off(self, count: int, code: str) -> bytes:
        return self.rows([{"complete": False, "count": count, "code": code}])


class Csv:
    """RFC 4180. A reference is two columns, its id and its name; what is no single value is JSON."""

    extension = "csv"
    media_type = "text/csv; charset=utf-8"

    def __init__(self, shape: type[BaseModel]) -> None:
        fields = shape.__fields__.items()
        # With whether it is a reference.
        self._columns = [(name, field.type_ is Named and field.shape == SHAPE_SINGLETON) for name, field in fields]

    def head(self) -> bytes:
        names = [[f"{name}_id", name] if named else [name] for name, named in self._columns]
        return _written([[name for of_field in names for name in of_field]])

    def rows(self, items: Sequence[dict[str, Any]]) -> bytes:
        return _written([self._row(item) for item in items])

    def complete(self, count: int) -> bytes:
        return _written([[COMPLETE, count]])

    def broken_off(self, count: int, code: str) -> bytes:
        return _written([[BROKEN_OFF, count, code]])

    def _row(self, item: dict[str, Any]) -> list[Any]:
        cells: list[Any] = []
        for name, named in self._columns:
            value = item[name]
            if named:
                cells += (None, None) if value is None else (value["id"], cell(value["name"]))
            else:
                cells.append(cell(value))
        return cells


def cell(value: Any) -> Any:
    """With an apostrophe in front, a spreadsheet shows what it would run otherwise."""
    if isinstance(value, (list, dict, bool)):
        value = orjson.dumps(value).decode()
    if isinstance(value, str):
        return _CELL.sub("'", value)
    return value


def _written(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
