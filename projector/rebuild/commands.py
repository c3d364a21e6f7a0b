"""`projector rebuild|pause|resume|rollback|forget`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from projector.bootstrap import Projector
from projector.command_line import PROBLEM, WRONG_USE, AsJson, with_projector
from projector.projections.registry import PROJECTIONS
from projector.rebuild import progress
from projector.rebuild.rebuild import rebuild
from projector.rebuild.rollback import Rollback, forget_kept
from projector.rebuild.switch import is_at_work
from runtime.long_work import LongWork, print_json

# What people mean by a name that stands for several read models.
GROUPS = {"all": list(PROJECTIONS), "documents": ["documents", "document_drafts"]}

app = typer.Typer()
Model = Annotated[str, typer.Argument(help=f"all, {', '.join(PROJECTIONS)}")]


def _named(model: str) -> list[str]:
    names = GROUPS.get(model) or [model]
    if names[0] not in PROJECTIONS:
        typer.echo(f"There is no read model {model!r}. Use all, {', '.join(PROJECTIONS)}.", err=True)
        raise typer.Exit(WRONG_USE)
    return names


@app.command("rebuild")
def rebuild_models(
    model: Model = "all",
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted rebuild stopped.")] = False,
    as_json: AsJson = False,
) -> None:
    """Builds read models anew beside the live ones, checks them, and switches over.

    Searches go on meanwhile, and so do changes: they are written to both indices. While live changes wait, it goes
    slower by itself; `projector pause` stops it for as long as you like. The old index is kept for
    `projector rollback` until the next rebuild or `projector forget`.
    """
    names = _named(model)
    with LongWork(as_json) as work:

        async def build(projector: Projector) -> list[dict[str, Any]]:
            await projector.ensure_targets()
            results = await rebuild(projector, names, work.update, resume)
            return [
                {
                    "projection": result.projection,
                    "index": result.index_name,
                    "documents": result.documents,
                    "refused": result.refused,
                }
                for result in results
            ]

        results = with_projector(build)
    for result in results:
        if as_json:
            print_json(result)
        else:
            typer.echo(f"{result['projection']}: {result['documents']:,} documents in {result['index']}")


@app.command("pause")
def pause(model: Model) -> None:
    """Lets a rebuild wait until `projector resume`, also after a restart. Changes still go to both indices."""

    async def pause_all(projector: Projector) -> list[str]:
        return [name for name in _named(model) if await progress.pause(projector.pool, name)]

    paused = with_projector(pause_all)
    typer.echo(f"Paused: {', '.join(paused)}." if paused else "There is no rebuild to pause.", err=not paused)
    raise typer.Exit(0 if paused else PROBLEM)


@app.command("resume")
def resume_paused(model: Model) -> None:
    """Lets a paused rebuild go on."""

    async def resume_all(projector: Projector) -> dict[str, bool]:
        resumed = [name for name in _named(model) if await progress.unpause(projector.pool, name)]
        return {name: await is_at_work(projector.pool, name) for name in resumed}

    resumed = with_projector(resume_all)
    for name, goes_on in resumed.items():
        advice = "goes on" if goes_on else f"has nobody at it: run `projector rebuild {name} --resume`"
        typer.echo(f"{name} {advice}.")
    if not resumed:
        typer.echo("There is no paused rebuild.", err=True)
        raise typer.Exit(PROBLEM)


@app.command("rollback")
def roll_back(model: Model, as_json: AsJson = False) -> None:
    """Goes back to the index that served before the last rebuild. Nothing that was written since is lost.

    What changed meanwhile is first put right in the kept index and checked. The index that served until now is kept
    in its place, so a second rollback undoes the first. Run it again after an interruption: it goes on.
    """
    with LongWork(as_json) as work:

        async def go_back(projector: Projector) -> list[dict[str, Any]]:
            await projector.ensure_targets()
            found = []
            for name in _named(model):
                index_name, written = await Rollback(projector, PROJECTIONS[name], work.update).run()
                found.append({"projection": name, "index": index_name, "brought_up_to_date": written})
            return found

        results = with_projector(go_back)
    for result in results:
        if as_json:
            print_json(result)
        else:
            typer.echo(
                f"{result['projection']}: {result['index']} serves,"
                f" {result['brought_up_to_date']:,} documents were brought up to date"
            )


@app.command("forget")
def forget(model: Model) -> None:
    """Drops the index that was kept for `projector rollback`, to free its disk space."""

    async def forget_all(projector: Projector) -> list[str]:
        found = [await forget_kept(projector, name) for name in _named(model)]
        return [index_name for index_name in found if index_name is not None]

    dropped = with_projector(forget_all)
    typer.echo(f"Dropped: {', '.join(dropped)}." if dropped else "No earlier index is kept.")
