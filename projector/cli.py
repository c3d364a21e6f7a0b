"""`projector …`: what an operator asks of it. Exit codes: 0 done, 1 found a problem, 2 wrong use."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated, Any, Optional

import typer

from projector import dead, reports, worker
from projector.bootstrap import Projector
from projector.command_line import PROBLEM, WRONG_USE, AsJson, with_projector
from projector.rebuild.commands import app as rebuild_app
from projector.status import status
from projector.verify import state
from projector.verify.repair import repair
from projector.verify.verify import open_verifier
from projector.verify.versions import raise_versions
from runtime.logging import configure_logging
from runtime.long_work import LongWork, print_json
from runtime.settings import read_settings

app = typer.Typer(help="Carries committed changes into search.", no_args_is_help=True, add_completion=False)
dead_app = typer.Typer(help="Documents that could not be projected.", no_args_is_help=True)
app.add_typer(dead_app, name="dead")
app.add_typer(rebuild_app)


def main() -> None:
    app()


@app.command()
def run() -> None:
    """Projects until it is stopped (SIGINT or SIGTERM)."""
    settings = read_settings()
    configure_logging(settings, "projector")
    # It would log a scheduled job every five seconds.
    logging.getLogger("arq").setLevel(logging.WARNING)
    asyncio.run(worker.run(settings))


@app.command("status")
def show_status(as_json: AsJson = False) -> None:
    """How far projection is, and what is wrong."""
    found = with_projector(status)
    if as_json:
        print_json(found)
    else:
        reports.show_status(found)
    raise typer.Exit(PROBLEM if found["problems"] else 0)


@app.command("verify")
def verify_all(
    repairs: Annotated[bool, typer.Option("--repair", help="Write what differs once more, and nothing else.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Read all contents in Elasticsearch, proven or not.")] = False,
    as_json: AsJson = False,
) -> None:
    """Proves that every document and every Redis entry is what Postgres holds, or says which are not.

    Range by range the digests that Postgres computes from its contents are added up and compared with those in the
    index; only where a sum differs are documents compared. That the contents in the index fit their digests is read
    from the documents themselves: from those that were written since a running projector last proved it of them, or
    from all with --full.
    """
    with LongWork(as_json) as work:

        async def compare(projector: Projector) -> dict[str, Any]:
            unproven = {} if full else (await state.load(projector.redis)).unproven
            verifier = await open_verifier(
                projector, lambda what, checked: work.update(what, "checking", checked, None), unproven
            )
            found = await verifier.run()
            left = await repair(projector, found.differences) if repairs and found.differences else None
            return {
                "checked": found.checked,
                "differences": [difference.describe() for difference in found.differences],
                "remaining": None if left is None else [difference.describe() for difference in left],
            }

        found = with_projector(compare)
    if as_json:
        print_json(found)
    else:
        reports.show_verification(found)
    raise typer.Exit(PROBLEM if found["differences"] else 0)


@app.command("repair-versions")
def repair_versions() -> None:
    """After Postgres was restored from an older backup: lets it draw versions above all that the stores hold."""
    ahead = with_projector(lambda projector: raise_versions(projector.pool, projector.elasticsearch, projector.redis))
    if ahead is None:
        typer.echo("No store is ahead of Postgres.")
        return
    typer.echo(f"{ahead.store} was ahead: {ahead.version}, while Postgres had drawn {ahead.drawn}. Raised.")
    typer.echo("Now put right what was written before or lost since: projector verify --repair")


@dead_app.command("list")
def list_dead(as_json: AsJson = False) -> None:
    """Every dead letter with its reason."""
    letters = with_projector(lambda projector: dead.dead_letters(projector.pool))
    if as_json:
        print_json(letters)
    else:
        reports.show_dead(letters)
    raise typer.Exit(PROBLEM if letters else 0)


@dead_app.command("show")
def show_dead(
    letter_id: Annotated[int, typer.Argument(metavar="ID", help="The letter's id.")], as_json: AsJson = False
) -> None:
    """One dead letter: when, how often and why it failed, and what the document is now."""
    letter = with_projector(lambda projector: dead.dead_letter(projector.pool, letter_id))
    if letter is None:
        typer.echo("There is no such dead letter", err=True)
        raise typer.Exit(PROBLEM)
    if as_json:
        print_json(letter)
    else:
        reports.show_dead_letter(letter)


@dead_app.command("replay")
def replay_dead(
    letter_id: Annotated[Optional[int], typer.Argument(metavar="[ID]", help="One letter, by its id.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All letters.")] = False,
) -> None:
    """Projects dead documents once more. A letter is gone when its document was projected."""
    if (letter_id is None) != every:
        typer.echo("Name one letter by its id, or say --all.", err=True)
        raise typer.Exit(WRONG_USE)
    count = with_projector(lambda projector: dead.replay(projector.pool, letter_id))
    typer.echo(f"{count} tried again" if count else "There is no such dead letter")
    raise typer.Exit(PROBLEM if letter_id is not None and not count else 0)
