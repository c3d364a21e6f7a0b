"""Partitions that a member has to leave for a moment, because somebody else has their shards; the others go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from aiokafka import TopicPartition

# A member that has just lost a partition ends its batch within a few tenths; one that sleeps keeps its shards for 20 s.
PUT_OFF_S = 0.2


class Record(Protocol):
    @property
    def offset(self) -> int: ...


class Member(Protocol):
    """Of a group, as aiokafka's consumer is."""

    def assignment(self) -> frozenset[TopicPartition]: ...

    def seek(self, partition: TopicPartition, offset: int) -> None: ...

    def pause(self, *partitions: TopicPartition) -> None: ...

    def resume(self, *partitions: TopicPartition) -> None: ...


def go_back(member: Member, polled: Mapping[TopicPartition, Sequence[Record]]) -> list[TopicPartition]:
    """These records are next again; answers the partitions that are still this member's."""
    assigned = member.assignment()
    kept = [partition for partition in polled if partition in assigned]
    for partition in kept:
        member.seek(partition, polled[partition][0].offset)
    return kept


class PutOff:
    def __init__(self, member: Member, now: Callable[[], float] = time.monotonic) -> None:
        self._member = member
        self._now = now
        self._until: dict[TopicPartition, float] = {}

    def put_off(self, polled: Mapping[TopicPartition, Sequence[Record]]) -> None:
        kept = go_back(self._member, polled)
        self._member.pause(*kept)
        self._until.update(dict.fromkeys(kept, self._now() + PUT_OFF_S))

    def resume_due(self) -> None:
        """Who lost a partition has nothing to resume: whoever gets it begins without pauses."""
        now, assigned = self._now(), self._member.assignment()
        due = {partition for partition, until in self._until.items() if until <= now}
        self._member.resume(*due & assigned)
        for partition in due:
            del self._until[partition]

    @property
    def pause_s(self) -> float:
        """Until the next one is due, if any is put off."""
        return max(0.0, min(self._until.values(), default=float("inf")) - self._now())
