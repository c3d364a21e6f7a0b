"""The commands people type, on a stack of their own: started, looked at, broken, stopped, started again."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from stack.ports import HOST
from tests.support.free_ports import free_port_base
from tests.support.imports import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SERVICES = {"postgres", "redis", "elasticsearch", "write_api", "read_api", "projector"}


class Commands:
    def __init__(self, data_dir: Path, port_base: int) -> None:
        self.data_dir = data_dir
        self.port_base = port_base

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "stack", *arguments, "--data-dir", str(self.data_dir), "--json"]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        with self.begin(*arguments) as process:
            shown, _ = process.communicate()
        return process.returncode, [json.loads(line) for line in shown.splitlines()]

    def up(self, *arguments: str) -> subprocess.Popen[str]:
        return self.begin("up", "--ephemeral", "--no-frontend", "--port-base", str(self.port_base), *arguments)


@pytest.fixture
def commands() -> Iterator[Commands]:
    """Not in pytest's own folders: those are closed to the user that the servers run as under root."""
    with tempfile.TemporaryDirectory(prefix="tidedesk-up-") as folder:
        os.chmod(folder, 0o711)
        own = Commands(Path(folder) / "data", free_port_base())
        yield own
        own.run("down")


def read_until(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    assert process.stdout is not None
    for line in process.stdout:
        record: dict[str, Any] = json.loads(line)
        if record["event"] == event:
            return record
    raise AssertionError(f"it ended with {process.wait()} before {event!r}")


def states(status: dict[str, Any]) -> dict[str, str]:
    return {service["name"]: service["state"] for service in status["services"]}


def sign_in(address: str) -> httpx.Response:
    login = {"email": "agent@example.com", "password": "tidedesk-demo-2026"}
    return httpx.post(f"{address}/v1/sessions", json=login, trust_env=False)


def test_from_the_first_start_to_the_last_stop(commands: Commands) -> None:
    with commands.up() as foreground:
        ready = read_until(foreground, "ready")
        assert sign_in(ready["addresses"]["write_api"]).status_code == 201

        code, (status,) = commands.run("status")
        assert (code, states(status)) == (0, dict.fromkeys(SERVICES, "ready"))
        code, (second,) = commands.run("up")
        assert (code, second["event"]) == (0, "already_running")

        foreground.send_signal(signal.SIGINT)
        assert foreground.wait() == 0
    code, (status,) = commands.run("status")
    assert (code, states(status)) == (1, dict.fromkeys(SERVICES, "stopped"))

    code, shown = commands.run("up", "--ephemeral", "--no-frontend", "--detach")
    assert (code, shown[-1]["event"]) == (0, "ready")
    assert "Demo data" not in {record.get("step") for record in shown}
    assert sign_in(shown[-1]["addresses"]["write_api"]).status_code == 201
    code, (report,) = commands.run("doctor")
    assert (code, [finding for finding in report["findings"] if not finding["ok"]]) == (0, [])

    code, (stopped,) = commands.run("down")
    assert code == 0 and len(stopped["services"]) == len(SERVICES)


def test_the_end_of_one_process_is_told_and_ends_the_others(commands: Commands) -> None:
    with commands.up("--no-demo") as foreground:
        read_until(foreground, "ready")
        _, (status,) = commands.run("status")
        (projector,) = (service for service in status["services"] if service["name"] == "projector")
        os.kill(projector["pid"], signal.SIGKILL)
        error = read_until(foreground, "error")
        assert error["problem"] == "The projector stopped by itself, killed by SIGKILL."
        assert foreground.wait() == 1
    _, (status,) = commands.run("status")
    assert states(status) == dict.fromkeys(SERVICES, "stopped")


def test_a_taken_port_is_told_before_anything_runs(commands: Commands) -> None:
    with socket.socket() as other:
        other.bind((HOST, commands.port_base + 1))
        other.listen()
        code, shown = commands.run("up", "--no-frontend", "--port-base", str(commands.port_base))
    assert code == 1
    (error,) = (record for record in shown if record["event"] == "error")
    assert error["problem"].startswith(f"Port {commands.port_base + 1}, wanted for the read API, is taken by ")
