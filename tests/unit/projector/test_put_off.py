from __future__ import annotations

from dataclasses import dataclass, field

from aiokafka import TopicPartition

from projector.kafka.put_off import PUT_OFF_S, PutOff, go_back

ONE, TWO = TopicPartition("changes", 1), TopicPartition("changes", 2)


@dataclass(frozen=True)
class Read:
    offset: int


@dataclass
class Group:
    """As aiokafka's consumer, which refuses to hear of partitions that it does not have."""

    assigned: set[TopicPartition] = field(default_factory=lambda: {ONE, TWO})
    positions: dict[TopicPartition, int] = field(default_factory=dict)
    paused: set[TopicPartition] = field(default_factory=set)
    at: float = 0.0

    def assignment(self) -> frozenset[TopicPartition]:
        return frozenset(self.assigned)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        assert partition in self.assigned
        self.positions[partition] = offset

    def pause(self, *partitions: TopicPartition) -> None:
        assert set(partitions) <= self.assigned
        self.paused.update(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        assert set(partitions) <= self.assigned
        self.paused.difference_update(partitions)


POLLED = {ONE: [Read(4), Read(5)], TWO: [Read(8)]}


def test_goes_back_to_the_first_record_of_what_it_still_has() -> None:
    member = Group(assigned={TWO})
    assert go_back(member, POLLED) == [TWO]
    assert member.positions == {TWO: 8}


def test_a_partition_rests_for_a_moment_and_the_others_do_not() -> None:
    member = Group()
    put_off = PutOff(member, lambda: member.at)
    assert put_off.pause_s == float("inf")
    put_off.put_off({ONE: POLLED[ONE]})
    assert member.positions == {ONE: 4} and member.paused == {ONE}
    assert put_off.pause_s == PUT_OFF_S
    member.at += PUT_OFF_S / 2
    put_off.resume_due()
    assert member.paused == {ONE}
    member.at += PUT_OFF_S
    assert put_off.pause_s == 0.0
    put_off.resume_due()
    assert member.paused == set()
    assert put_off.pause_s == float("inf")


def test_what_was_lost_meanwhile_is_not_resumed() -> None:
    member = Group()
    put_off = PutOff(member, lambda: member.at)
    put_off.put_off(POLLED)
    member.assigned.remove(ONE)
    member.at += 2 * PUT_OFF_S
    put_off.resume_due()
    assert member.paused == {ONE}
    assert put_off.pause_s == float("inf")
