"""Every command of both programs, from the programs themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, Union

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

import projector.cli
import stack.cli
from documentation.markdown import code, prose, table

INTRODUCTION = """# Commands

Exit codes: 0 done, 1 found a problem, 2 wrong use. Long work shows its rate and the time left on a terminal; `--json`
prints JSON lines instead. Both programs are in `.venv/bin` after `make setup`. `alembic`, `uvicorn` and `pytest`
are used as everywhere.
"""

Parameter = Union[TyperArgument, TyperOption]


def page() -> str:
    return "\n".join([INTRODUCTION, *(_section(name, command) for name, command in commands())])


def commands() -> Iterator[tuple[str, TyperCommand]]:
    """With the words that are typed, those of groups before their own."""
    for program, app in (("tidedesk", stack.cli.app), ("projector", projector.cli.app)):
        yield from _below(program, get_command(app))


def _below(typed: str, command: Any) -> Iterator[tuple[str, TyperCommand]]:
    if not isinstance(command, TyperGroup):
        yield typed, command
        return
    for name, child in command.commands.items():
        yield from _below(f"{typed} {name}", child)


def parameters(command: TyperCommand) -> list[Parameter]:
    return [one for one in command.params if isinstance(one, (TyperArgument, TyperOption))]


def _section(typed: str, command: TyperCommand) -> str:
    usage = " ".join([typed, *command.collect_usage_pieces(typer.Context(command, info_name=typed))])
    parts = [f"## {typed}\n", f"```text\n{usage}\n```\n", inspect.cleandoc(command.help or "") + "\n"]
    rows = [(_spelling(one), prose(getattr(one, "help", "") or ""), _default(one)) for one in parameters(command)]
    if rows:
        parts.append(table(("argument or option", "what", "default"), rows))
    if command.epilog:
        parts.append(f"```sh\n{command.epilog.removeprefix('Example: ')}\n```\n")
    return "\n".join(parts)


def _spelling(parameter: Parameter) -> str:
    if isinstance(parameter, TyperArgument):
        return code(parameter.metavar or (parameter.name or "").upper())
    return ", ".join(code(name) for name in (*parameter.opts, *parameter.secondary_opts))


def _default(parameter: Parameter) -> str:
    shown = getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        return shown
    if parameter.required:
        return "required"
    value = parameter.default
    if isinstance(value, bool):
        return code(parameter.opts[0]) if value and parameter.secondary_opts else ""
    return "" if value is None or callable(value) else code(value)
