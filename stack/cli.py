from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Optional

import typer

from stack import doctor as checks
from stack import migrating, reports, servers
from stack.errors import StackError
from stack.layout import Layout
from stack.ports import DEFAULT_PORT_BASE, Ports
from stack.privileges import ServerUser
from stack.reports import errors_shown
from stack.services import ALL
from stack.state import Busy, State, exclusive
from stack.status import read_status
from stack.supervisor import Supervisor, interruptible, running, take_down
from write_api.backup import cli as backup
from write_api.intake import cli as intake

FOUND_A_PROBLEM = 1

DataDir = Annotated[
    Optional[Path],
    typer.Option("--data-dir", help="Where all state is kept.", show_default=".tidedesk in the checkout"),
]
PortBase = Annotated[
    Optional[int],
    typer.Option("--port-base", help="The write API's port; every other follows.", show_default="8000"),
]
Json = Annotated[bool, typer.Option("--json", help="JSON lines on the standard output.")]

app = typer.Typer(
    help="Run Tidedesk on this machine: real Postgres, Redis and Elasticsearch, without Docker.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.command(epilog="Example: tidedesk up --port-base 9000 --data-dir /tmp/second --detach")
def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return when everything is ready.")] = False,
    data_dir: DataDir = None,
    port_base: PortBase = None,
    demo: Annotated[bool, typer.Option("--demo/--no-demo", help="Demo data, into an empty database only.")] = True,
    ephemeral: Annotated[bool, typer.Option("--ephemeral", help="Quick and not crash-safe, for tests.")] = False,
    sso: Annotated[bool, typer.Option("--sso", help="With Keycloak, to sign in by single sign-on.")] = False,
    frontend: Annotated[bool, typer.Option("--frontend/--no-frontend", help="The pages, built where npm is.")] = True,
    as_json: Json = False,
) -> None:
    """Start everything, and keep it running until Ctrl-C."""
    report = reports.choose(as_json)
    with errors_shown(report):
        layout = Layout.at(data_dir)
        layout.create()
        ports = _ports(layout, port_base)
        demo = demo and os.environ.get("TIDEDESK_ENVIRONMENT") != "production"
        try:
            with exclusive(layout.lock_file):
                if _all_running(layout, ports):
                    report.already_running(read_status(layout))
                else:
                    supervisor = Supervisor(
                        layout, ports, report.progress, ephemeral=ephemeral, demo=demo, sso=sso, frontend=frontend
                    )

                    def say_ready() -> None:
                        pages = supervisor.has_frontend
                        report.ready(ports, layout.data_dir, demo=demo, detached=detach, sso=sso, frontend=pages)

                    _run(supervisor, say_ready, detach)
        except Busy:
            if not _all_running(layout, ports):
                raise
            report.already_running(read_status(layout))


@app.command(epilog="Example: tidedesk down --data-dir /tmp/second")
def down(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Stop everything; the data stays."""
    report = reports.choose(as_json)
    with errors_shown(report):
        layout = Layout.at(data_dir)
        report.stopped(take_down(layout), layout.data_dir)


@app.command(epilog="Example: tidedesk status --json")
def status(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Show what runs and where. The exit code is 0 when all of it is ready, else 1."""
    report = reports.choose(as_json)
    with errors_shown(report):
        found = read_status(Layout.at(data_dir))
        report.status(found)
    raise typer.Exit(0 if found.is_whole else FOUND_A_PROBLEM)


@app.command(epilog="Example: tidedesk doctor --port-base 9000")
def doctor(data_dir: DataDir = None, port_base: PortBase = None, as_json: Json = False) -> None:
    """Look for what could keep the stack from running, each with its fix. The exit code is 1 if there is anything."""
    report = reports.choose(as_json)
    with errors_shown(report):
        findings = checks.examine(Layout.at(data_dir), port_base)
        report.findings(findings)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else FOUND_A_PROBLEM)


@app.command(epilog="Example: tidedesk setup")
def setup(as_json: Json = False) -> None:
    """Fetch the servers and build the plugin; done already, it returns at once."""
    report = reports.choose(as_json)
    with errors_shown(report):
        servers.build(report.progress.note)
        servers.unpack(ServerUser.choose(), report.progress.note)


intake.register(app)
backup.register(app)
migrating.register(app)


def main() -> None:
    app()


def _ports(layout: Layout, port_base: int | None) -> Ports:
    """A data folder keeps its ports until it is told others."""
    saved = State.load(layout.state_file)
    return Ports(port_base or (saved.port_base if saved else DEFAULT_PORT_BASE))


def _all_running(layout: Layout, wanted: Ports) -> bool:
    found = running(layout)
    saved = State.load(layout.state_file)
    if found and saved and saved.port_base != wanted.base:
        raise StackError(
            f"Tidedesk is already running here, from port {saved.port_base}.",
            "Stop it first with `tidedesk down`, or use another --data-dir.",
        )
    return len(found) == len(ALL)


def _run(supervisor: Supervisor, say_ready: Callable[[], None], detach: bool) -> None:
    try:
        with interruptible():
            supervisor.start()
            say_ready()
            if detach:
                supervisor.let_go()
            else:
                supervisor.watch()
    except (KeyboardInterrupt, StackError) as ending:
        supervisor.stop()
        if isinstance(ending, StackError):
            raise
