"""What a person, or with --json a program, gets to see of a command."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stack import messages
from stack.doctor import Finding
from stack.errors import StackError
from stack.ports import Ports
from stack.progress import AsJsonLines, OnTerminal, Progress
from stack.status import StackStatus

STATE_STYLES = {"ready": "green", "not ready": "yellow", "stopped": "red"}


class Report(Protocol):
    @property
    def progress(self) -> Progress: ...

    def failed(self, problem: StackError) -> None: ...

    def ready(
        self, ports: Ports, data_dir: Path, *, demo: bool, detached: bool, sso: bool = False, frontend: bool = False
    ) -> None: ...

    def already_running(self, status: StackStatus) -> None: ...

    def stopped(self, labels: Sequence[str], data_dir: Path) -> None: ...

    def status(self, status: StackStatus) -> None: ...

    def findings(self, findings: Sequence[Finding]) -> None: ...


def choose(as_json: bool) -> Report:
    return JsonReport() if as_json else TerminalReport()


@contextmanager
def errors_shown(report: Report) -> Iterator[None]:
    try:
        yield
    except StackError as problem:
        report.failed(problem)
        sys.exit(1)


class TerminalReport:
    def __init__(self) -> None:
        self._errors = Console(stderr=True)
        self._out = Console(highlight=False)
        self.progress: Progress = OnTerminal(self._errors)

    def failed(self, problem: StackError) -> None:
        if problem.details:
            self._errors.print(Text(problem.details, style="dim"), soft_wrap=True)
        self._errors.print(Text(problem.problem, style="bold red"), soft_wrap=True)
        self._errors.print(Text(problem.fix), soft_wrap=True)

    def ready(
        self, ports: Ports, data_dir: Path, *, demo: bool, detached: bool, sso: bool = False, frontend: bool = False
    ) -> None:
        text = messages.ready_text(ports, data_dir, demo=demo, detached=detached, sso=sso, frontend=frontend)
        print(text, flush=True)

    def already_running(self, status: StackStatus) -> None:
        print(f"Tidedesk is already running since {status.started_at}; `tidedesk down` stops it.")
        self.status(status)

    def stopped(self, labels: Sequence[str], data_dir: Path) -> None:
        print(f"Stopped: {', '.join(labels)}." if labels else f"Nothing is running in {data_dir}.")

    def status(self, status: StackStatus) -> None:
        table = Table(box=None, pad_edge=False)
        for column in ("service", "state", "pid", "address"):
            table.add_column(column, overflow="fold")
        for service in status.services:
            state = Text(service.state, style=STATE_STYLES[service.state])
            address = f"{service.address or ''}{f'  ({service.reason})' if service.reason else ''}"
            table.add_row(service.name, state, str(service.pid or ""), Text(address))
        self._out.print(table)

    def findings(self, findings: Sequence[Finding]) -> None:
        table = Table(box=None, pad_edge=False, show_header=False)
        for finding in findings:
            mark = Text("ok", style="green") if finding.ok else Text("problem", style="bold red")
            table.add_row(mark, finding.name, Text(finding.detail, overflow="fold"))
            if finding.fix:
                table.add_row("", "", Text(finding.fix, style="bold", overflow="fold"))
        self._out.print(table)


class JsonReport:
    def __init__(self) -> None:
        self._lines = AsJsonLines(sys.stdout)
        self.progress: Progress = self._lines

    def failed(self, problem: StackError) -> None:
        self._lines.emit({"event": "error", "problem": problem.problem, "fix": problem.fix, "details": problem.details})

    def ready(
        self, ports: Ports, data_dir: Path, *, demo: bool, detached: bool, sso: bool = False, frontend: bool = False
    ) -> None:
        logins: dict[str, object] = {"logins": messages.DEMO_LOGINS, "password": messages.DEMO_PASSWORD} if demo else {}
        addresses = messages.addresses(ports)
        if not frontend:
            del addresses["frontend"]
        if sso:
            addresses["sso_login"] = messages.login_address(ports)
        else:
            del addresses["keycloak"]
        self._lines.emit({"event": "ready", "addresses": addresses, "data_dir": str(data_dir), **logins})

    def already_running(self, status: StackStatus) -> None:
        self._lines.emit({"event": "already_running", **status.as_json()})

    def stopped(self, labels: Sequence[str], data_dir: Path) -> None:
        self._lines.emit({"event": "stopped", "services": list(labels), "data_dir": str(data_dir)})

    def status(self, status: StackStatus) -> None:
        self._lines.emit(status.as_json())

    def findings(self, findings: Sequence[Finding]) -> None:
        self._lines.emit(
            {"ok": all(finding.ok for finding in findings), "findings": [asdict(finding) for finding in findings]}
        )
