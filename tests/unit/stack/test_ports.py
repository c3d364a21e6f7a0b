from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.ports import HOST, Ports, another_base, holder_of, is_free, require_free, taken


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_every_port_follows_from_the_base() -> None:
    ports = Ports(9000)
    assert (ports.write_api, ports.read_api, ports.frontend) == (9000, 9001, 9002)
    assert (ports.postgres, ports.redis, ports.elasticsearch) == (9010, 9011, 9012)
    assert ports.elasticsearch_transport == 9013


@pytest.mark.parametrize("base", [0, 80, 65_501, -1])
def test_a_base_without_room_is_refused(base: int) -> None:
    with pytest.raises(StackError, match="1024 to 65500"):
        Ports(base)


def test_a_port_somebody_listens_on_is_not_free(listener: int) -> None:
    assert not is_free(listener)


def test_a_port_nobody_listens_on_is_free() -> None:
    with socket.socket() as server:
        server.bind((HOST, 0))
        port = server.getsockname()[1]
    assert is_free(port)


def test_a_taken_port_is_named_with_its_purpose_its_holder_and_a_way_out(listener: int) -> None:
    with pytest.raises(StackError) as raised:
        require_free({"Postgres": listener}, base=8000)
    own_name = Path(f"/proc/{os.getpid()}/comm").read_text().strip()
    assert raised.value.problem == f"Port {listener}, wanted for Postgres, is taken by {own_name} (pid {os.getpid()})."
    assert raised.value.fix.endswith("tidedesk up --port-base 8100")


def test_free_ports_are_passed_over() -> None:
    require_free({}, base=8000)


def test_without_a_known_holder_the_sentence_still_reads_well() -> None:
    problem = taken("the write API", 8000, base=8000, holder=None)
    assert problem.problem == "Port 8000, wanted for the write API, is taken."


def test_nobody_holds_a_port_nobody_listens_on() -> None:
    with socket.socket() as bound_only:
        bound_only.bind((HOST, 0))
        assert holder_of(bound_only.getsockname()[1]) is None


@pytest.mark.parametrize(("base", "other"), [(8000, 8100), (65_450, 9000)])
def test_the_proposed_base_is_a_possible_one(base: int, other: int) -> None:
    assert another_base(base) == other
    Ports(other)
