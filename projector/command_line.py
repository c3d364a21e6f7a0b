"""What all commands of `projector` share. Exit codes: 0 done, 1 found a problem, 2 wrong use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from projector import postgres_errors
from projector.bootstrap import Projector, open_projector
from projector.rebuild.switch import RebuildRefused
from projector.sinks.elasticsearch import ElasticsearchRefused
from runtime.errors import StoreUnavailable
from runtime.logging import configure_logging
from runtime.settings import read_settings

PROBLEM = 1
WRONG_USE = 2

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Result = TypeVar("Result")


def with_projector(work: Callable[[Projector], Awaitable[Result]]) -> Result:
    settings = read_settings()
    configure_logging(settings, "projector")
    # The answer is for people; only what is wrong may stand between.
    logging.getLogger().setLevel(logging.WARNING)

    async def call() -> Result:
        async with open_projector(settings) as projector:
            return await work(projector)

    try:
        return asyncio.run(call())
    except (StoreUnavailable, ElasticsearchRefused, RebuildRefused, *postgres_errors.ANY) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(PROBLEM) from error
