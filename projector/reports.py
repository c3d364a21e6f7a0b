"""The commands' answers as people read them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

MOST_SHOWN = 20


def show_status(found: dict[str, Any]) -> None:
    console = Console(emoji=False)
    table = Table(title=f"as of {found['as_of']:%Y-%m-%d %H:%M:%S} UTC, {found['lag_ms']} ms behind")
    for heading in ("read model", "documents", "pending", "retrying", "dead", "oldest", "rebuild"):
        table.add_column(
            heading, justify="right" if heading in ("documents", "pending", "retrying", "dead") else "left"
        )
    for name, state in found["projections"].items():
        live = next((index for index in state["indices"] if index["state"] == "live"), None)
        age_ms, rebuild = state["oldest_pending_age_ms"], state["rebuild"]
        table.add_row(
            name,
            "?" if live is None or live["documents"] is None else f"{live['documents']:,}",
            f"{state['pending']:,}",
            f"{state['retrying']:,}",
            f"{state['dead']:,}",
            "" if age_ms is None else f"{age_ms:,} ms",
            "" if rebuild is None else _rebuild(rebuild),
        )
    console.print(table)
    for move in found["ticket_moves"]:
        console.print(f"moving the tickets of {move['from']}: {move['moved']:,} of {move['total']:,}")
    for by, done in ((found["verification"] or {}).get("passes") or {}).items():
        if done["ended_at"] is not None:
            console.print(f"verified by {by}: {done['checked']:,} until {done['ended_at']:%Y-%m-%d %H:%M:%S}")
    for problem in found["problems"]:
        console.print(f"[bold red]![/] {problem}")


def _rebuild(rebuild: dict[str, Any]) -> str:
    progress = f"{rebuild['phase'].replace('_', ' ')} {rebuild['done']:,} of {rebuild['total']:,}"
    if rebuild["paused_at"]:
        return f"{progress}, paused"
    if rebuild["rate_per_s"] is None:
        return progress
    slowed = ", slowed for live changes" if rebuild["slowed"] else ""
    left_s = int(rebuild["left_s"] or 0)
    return f"{progress}, {rebuild['rate_per_s']:,.0f}/s{slowed}, {left_s // 60}:{left_s % 60:02d} left"


def show_verification(found: dict[str, Any]) -> None:
    console = Console(emoji=False)
    for what, checked in found["checked"].items():
        console.print(f"{what}: {checked:,} checked")
    differences = found["differences"]
    if not differences:
        console.print("Everything equals what Postgres holds.")
        return
    console.print(f"[bold red]{len(differences):,} differences[/]")
    for (store, projection, kind), count in Counter(
        (difference["store"], difference["projection"], difference["kind"]) for difference in differences
    ).items():
        console.print(f"  {store} {projection}: {count:,} {kind}")
    for difference in differences[:MOST_SHOWN]:
        console.print(f"  {difference['kind']}: {difference['projection']} {difference['document_id']}")
    if found["remaining"] is not None:
        console.print(f"{len(differences) - len(found['remaining']):,} repaired, {len(found['remaining']):,} remain")


def show_dead_letter(letter: dict[str, Any]) -> None:
    console = Console(emoji=False)
    for name, value in letter.items():
        console.print(f"[bold]{name}[/]: ", end="")
        console.print(str(value), markup=False, highlight=False)


def show_dead(letters: list[dict[str, Any]]) -> None:
    console = Console(emoji=False)
    if not letters:
        console.print("There are no dead letters.")
        return
    table = Table()
    for heading in ("id", "read model", "document", "attempts", "first failed", "last failed", "reason"):
        table.add_column(heading)
    for letter in letters:
        table.add_row(
            str(letter["id"]),
            letter["projection"],
            letter["document_id"],
            str(letter["attempts"]),
            f"{letter['first_failed_at']:%Y-%m-%d %H:%M:%S}",
            f"{letter['failed_at']:%Y-%m-%d %H:%M:%S}",
            letter["reason"],
        )
    console.print(table)
