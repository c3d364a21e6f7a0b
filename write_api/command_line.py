"""What the commands of the write side have in common."""

from __future__ import annotations

from typing import Annotated, NoReturn

import typer
from rich.console import Console

DONE, FOUND_A_PROBLEM, WRONG_USE = 0, 1, 2

Json = Annotated[bool, typer.Option("--json", help="JSON lines instead of a progress bar.")]


def stop(message: str, code: int) -> NoReturn:
    """Messages hold what people typed: no markup, and no line break that was not theirs."""
    Console(stderr=True).print(message, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)
