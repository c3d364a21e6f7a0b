from __future__ import annotations

import subprocess
from pathlib import Path

from stack import messages
from stack.ports import Ports
from write_api.intake.demo.people import DEMO_PASSWORD, LOGINS

DATA_DIR = Path("/var/lib/tidedesk")


def test_the_demo_logins_are_those_that_are_seeded() -> None:
    assert set(messages.DEMO_LOGINS) <= set(LOGINS)
    assert messages.DEMO_PASSWORD == DEMO_PASSWORD


def test_it_prints_addresses_logins_and_an_example() -> None:
    text = messages.ready_text(Ports(9000), DATA_DIR, demo=True, detached=False)
    for expected in ("http://127.0.0.1:9000", "http://127.0.0.1:9001", "agent@example.com", "curl", "Ctrl-C stops it"):
        assert expected in text


def test_without_demo_data_no_login_is_printed() -> None:
    text = messages.ready_text(Ports(9000), DATA_DIR, demo=False, detached=True)
    assert "@example.com" not in text
    assert "`tidedesk down` stops it" in text


def test_a_shell_can_read_the_example() -> None:
    subprocess.run(["/bin/sh", "-n"], input=messages.example(Ports(9000)), text=True, check=True)


def test_the_pages_come_first_where_they_are() -> None:
    ports = Ports(9000)
    shown = messages.ready_text(ports, DATA_DIR, demo=True, detached=False, frontend=True)
    addresses = [line.split()[-1] for line in shown.splitlines() if "http://" in line]
    assert addresses[:2] == ["http://127.0.0.1:9002", "http://127.0.0.1:9002/desk"]
    assert "9002" not in messages.ready_text(ports, DATA_DIR, demo=True, detached=False)
