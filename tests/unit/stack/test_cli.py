from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stack.cli import app
from stack.state import State, exclusive

runner = CliRunner()


@pytest.fixture
def data_dir(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.mark.parametrize("command", ["up", "down", "status", "doctor", "seed", "import", "create-admin"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    answer = runner.invoke(app, [command, "--help"])
    assert answer.exit_code == 0
    assert f"Example: tidedesk {command}" in answer.stdout


def test_an_unknown_option_is_wrong_use() -> None:
    assert runner.invoke(app, ["up", "--no-such-option"]).exit_code == 2


def test_the_status_of_a_stopped_stack(data_dir: str) -> None:
    answer = runner.invoke(app, ["status", "--data-dir", data_dir, "--json"])
    assert answer.exit_code == 1
    assert {service["state"] for service in json.loads(answer.stdout)["services"]} == {"stopped"}


def test_the_status_for_people_names_every_service(data_dir: str) -> None:
    shown = runner.invoke(app, ["status", "--data-dir", data_dir]).stdout
    for name in ("postgres", "redis", "elasticsearch", "write_api", "read_api", "projector"):
        assert name in shown


def test_down_with_nothing_running_says_so(data_dir: str) -> None:
    answer = runner.invoke(app, ["down", "--data-dir", data_dir])
    assert answer.exit_code == 0
    assert "Nothing is running" in answer.stdout


def test_an_impossible_port_base_is_one_sentence_and_a_fix(data_dir: str) -> None:
    answer = runner.invoke(app, ["up", "--data-dir", data_dir, "--port-base", "80", "--json"])
    assert answer.exit_code == 1
    error = json.loads(answer.stdout)
    assert error["problem"] == "The port base 80 cannot be used."
    assert "1024" in error["fix"]


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = runner.invoke(app, ["up", "--data-dir", str(tmp_path / "file" / "data"), "--json"])
    assert answer.exit_code == 1
    assert "--data-dir" in json.loads(answer.stdout)["fix"]


def test_a_second_start_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with exclusive(tmp_path / "lock"):
        answer = runner.invoke(app, ["up", "--data-dir", str(tmp_path), "--json"])
    assert answer.exit_code == 1
    assert "Another `tidedesk up`" in json.loads(answer.stdout)["problem"]


def test_the_state_is_read_back_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    State(9000, "2026-01-02T03:04:05+00:00").save(path)
    assert State.load(path) == State(9000, "2026-01-02T03:04:05+00:00")
    path.write_text("{")
    assert State.load(path) is None
