from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any
from uuid import UUID

import certifi
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError
from pydantic import ValidationError

from projector.kafka.consume import commit
from projector.kafka.link import KafkaLink
from projector.kafka.records import Change, NotOurs, parse
from projector.relay.claim import BACKGROUND_LANE, LIVE_LANE
from tests.unit.runtime.api import settings_of

ROOT_ID = UUID("01970000-0000-7000-8000-00000000000b")
ACCOUNT = {"kafka_username": "desk", "kafka_password": "pearl"}


def test_a_record_leads_to_its_row() -> None:
    change = parse(str(ROOT_ID).encode(), b'{"id": 7, "anything": "else"}')
    assert change == Change(7, ROOT_ID)
    assert change.shard == 11


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (None, b'{"id": 7}'),
        (b"ticket", b'{"id": 7}'),
        (b"\xff", b'{"id": 7}'),
        (str(ROOT_ID).encode(), None),
        (str(ROOT_ID).encode(), b"{"),
        (str(ROOT_ID).encode(), b"[]"),
        (str(ROOT_ID).encode(), b"{}"),
        (str(ROOT_ID).encode(), b'{"id": "7"}'),
    ],
)
def test_a_record_of_somebody_else_is_told_apart(key: bytes | None, value: bytes | None) -> None:
    with pytest.raises(NotOurs):
        parse(key, value)


def test_namespaces_and_lanes_have_topics_and_groups_of_their_own() -> None:
    names = [
        name
        for namespace in ("desk", "other")
        for lane in (LIVE_LANE, BACKGROUND_LANE)
        for link in [KafkaLink(settings_of(namespace=namespace))]
        for name in (link.topic(lane), link.group(lane))
    ]
    assert len(set(names)) == len(names) == 8
    assert names[0] == "desk.changes"


def test_a_plain_connection_has_no_account() -> None:
    options = KafkaLink(settings_of(kafka_servers=("a:1", "b:2"), **ACCOUNT)).options()
    assert options["bootstrap_servers"] == ["a:1", "b:2"]
    assert not {"ssl_context", "sasl_plain_username", "sasl_plain_password"} & options.keys()


def test_tls_checks_who_answers() -> None:
    options = KafkaLink(settings_of(kafka_security="SASL_SSL", kafka_ca_file=certifi.where(), **ACCOUNT)).options()
    context = options["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert (options["sasl_mechanism"], options["sasl_plain_username"], options["sasl_plain_password"]) == (
        "SCRAM-SHA-512",
        "desk",
        "pearl",
    )


def test_a_file_of_certificates_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        KafkaLink(settings_of(kafka_security="SSL", kafka_ca_file=str(tmp_path / "none.pem"))).options()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"transport": "pigeon"}, "transport"),
        ({"kafka_servers": ()}, "host:port"),
        ({"kafka_servers": ("kafka",)}, "host:port"),
        ({"kafka_servers": ("kafka:9092", "http://kafka:9092")}, "host:port"),
        ({"kafka_partitions": 17}, "kafka_partitions"),
        ({"kafka_security": "SASL_SSL"}, "needs kafka_username and kafka_password"),
        ({"kafka_security": "SASL_PLAINTEXT", "kafka_username": "desk"}, "needs kafka_username and kafka_password"),
    ],
)
def test_what_cannot_work_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings_of(**changes)


def test_brokers_come_comma_separated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEDESK_KAFKA_SERVERS", "kafka-1.example.com:9092, [::1]:9093")
    assert settings_of().kafka_servers == ("kafka-1.example.com:9092", "[::1]:9093")
    assert settings_of(kafka_password="pearl").redacted()["kafka_password"] == "********"


class Member:
    """Of a group whose coordinator is away: `commit` fails, or never ends."""

    def __init__(self, failure: Exception | None = None) -> None:
        self._failure = failure
        self.wanted: dict[TopicPartition, int] = {}

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        self.wanted = offsets
        if self._failure is not None:
            raise self._failure
        await asyncio.Event().wait()


@pytest.mark.parametrize("member", [Member(), Member(CommitFailedError())])
async def test_a_member_goes_on_without_having_committed(member: Member) -> None:
    partition = TopicPartition("changes", 3)
    records = [ConsumerRecord("changes", 3, offset, 0, 0, None, None, None, 0, 0, ()) for offset in (7, 8)]
    await asyncio.wait_for(commit(member, {partition: records}, 0.01), 10)
    assert member.wanted == {partition: 9}
