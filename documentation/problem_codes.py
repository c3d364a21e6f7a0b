"""Every code that a problem, or one of its `errors`, can have: read from the sources, so that none is forgotten."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import domain
import read_api
import runtime
import write_api
from domain.shared.errors import DomainError
from runtime.validation import CODES, INVALID, WRONG_TYPE
from write_api.http.errors import ERRORS

UNAUTHORIZED = 401
UNPROCESSABLE = 422
# Of these calls, where the code stands, and the status if the call does not say it.
CALLS = {
    "ProblemError": (1, None),
    "unauthorized": (1, UNAUTHORIZED),
    "invalid_parameter": (1, UNPROCESSABLE),
    "ErrorItem": (0, None),
    "_refused": (1, UNPROCESSABLE),
    "InvalidQuery": (0, UNPROCESSABLE),
}
QUERY_PREFIX = "query."
# The import's reasons for leaving a line out; they are in its report, not in an answer.
IMPORT_PREFIX = "import."


def problem_codes() -> dict[str, set[int]]:
    """With the statuses each comes with; none for one that is only within `errors`."""
    found: dict[str, set[int]] = {"authentication.required": {UNAUTHORIZED}}
    for code in (*CODES.values(), WRONG_TYPE, INVALID):
        found.setdefault(code, set())
    for code, status in (*_of_the_domain(), *_of_calls()):
        found.setdefault(code, set()).update(() if status is None else {status})
    return {code: found[code] for code in sorted(found) if not code.startswith(IMPORT_PREFIX)}


def _of_the_domain() -> Iterator[tuple[str, int | None]]:
    for package in (domain, write_api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # It is the process itself.
            if module.name != "write_api.main":
                importlib.import_module(module.name)
    for error in _below(DomainError):
        base = next((one for one in error.__mro__ if one in ERRORS), None)
        if base is not None and not error.__subclasses__():
            yield error.code, _status(error, base)


def _status(error: type[DomainError], base: type[Exception]) -> int:
    """The table's functions take an error; its own constructor may want more than is known here."""
    bare = error.__new__(error)
    DomainError.__init__(bare, "")
    vars(bare)["current_version"] = 1
    return ERRORS[base](bare).status


def _below(root: type[DomainError]) -> Iterator[type[DomainError]]:
    for found in root.__subclasses__():
        yield found
        yield from _below(found)


def _of_calls() -> Iterator[tuple[str, int | None]]:
    for package in (write_api, read_api, runtime):
        for path in sorted(Path(package.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                    yield from _of_call(node, node.func.id)


def _of_call(call: ast.Call, name: str) -> Iterator[tuple[str, int | None]]:
    place, status = CALLS[name]
    code = _constant(call, place)
    if not isinstance(code, str):
        return
    own_status = _constant(call, 0) if name == "ProblemError" else status
    yield (QUERY_PREFIX + code if name == "InvalidQuery" else code), own_status if isinstance(own_status, int) else None


def _constant(call: ast.Call, place: int) -> object:
    argument = call.args[place] if len(call.args) > place else None
    return argument.value if isinstance(argument, ast.Constant) else None
