from __future__ import annotations

import hashlib
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.actor import Actor, Role
from domain.shared.ids import uuid7
from domain.tickets.attachment_rules import AttachmentRules, Usage
from domain.tickets.attachments import Attachment, attach_to
from domain.tickets.errors import (
    AttachmentEmpty,
    AttachmentQuotaExceeded,
    AttachmentTooLarge,
    AttachmentTypeNotAllowed,
    AttachmentUnknown,
)
from domain.tickets.inspection import FileFacts, Inspection
from domain.tickets.media_types import HEAD_BYTES, KNOWN
from domain.tickets.messages import Message, Visibility
from tests.support.files import HTML, PNG, POLYGLOT, PROGRAM, SVG
from tests.unit.domain.builders import NOW, actor, later, pulled

RULES = AttachmentRules(limit_bytes=10_000, user_quota_bytes=30_000, organization_quota_bytes=50_000)
OWNER = actor(Role.CUSTOMER)


def inspected(
    *chunks: bytes, name: str = "a.png", room_bytes: int = 30_000, rules: AttachmentRules = RULES
) -> FileFacts:
    inspection = Inspection(name, rules, room_bytes)
    for chunk in chunks:
        inspection.take(chunk)
    return inspection.finish()


def uploaded(owner: Actor = OWNER, usage: Usage = Usage(), size_bytes: int = 100) -> Attachment:
    facts = FileFacts("a.png", "image/png", size_bytes, hashlib.sha256(PNG).digest())
    return Attachment.upload(facts, owner=owner, storage_key="k", usage=usage, rules=RULES, at=NOW)


def message_with(*attachment_ids: UUID) -> Message:
    return Message(uuid7(), 2, OWNER.user_id, Visibility.PUBLIC, "See there", NOW, attachment_ids)


def test_a_file_is_looked_at_as_it_comes() -> None:
    facts = inspected(PNG[:3], PNG[3:], b"x" * HEAD_BYTES, b"y")
    whole = PNG + b"x" * HEAD_BYTES + b"y"
    assert facts == FileFacts("a.png", "image/png", len(whole), hashlib.sha256(whole).digest())


@given(st.binary(min_size=1, max_size=9_000), st.lists(st.integers(0, 9_000), max_size=8))
def test_how_a_file_is_cut_makes_no_difference(tail: bytes, cuts: list[int]) -> None:
    content = PNG + tail
    places = sorted({0, len(content), *(cut for cut in cuts if cut < len(content))})
    pieces = [content[start:end] for start, end in zip(places, places[1:])]
    assert inspected(*pieces) == inspected(content)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(AttachmentEmpty):
        inspected()


def test_a_file_is_refused_with_the_first_byte_too_many() -> None:
    inspection = Inspection("a.png", RULES, room_bytes=30_000)
    inspection.take(PNG + bytes(10_000 - len(PNG)))
    with pytest.raises(AttachmentTooLarge) as refused:
        inspection.take(b"x")
    assert refused.value.details == {"limit_bytes": 10_000}
    with pytest.raises(AttachmentQuotaExceeded) as refused_quota:
        inspected(PNG, room_bytes=len(PNG) - 1)
    assert refused_quota.value.details == {"room_bytes": len(PNG) - 1}


@pytest.mark.parametrize(("content", "told"), [(HTML, "an HTML page"), (SVG, "an SVG image"), (PROGRAM, "not known")])
@pytest.mark.parametrize("more", [b"", b" " * HEAD_BYTES])
def test_what_is_not_allowed_is_refused_by_its_name(content: bytes, told: str, more: bytes) -> None:
    with pytest.raises(AttachmentTypeNotAllowed, match=told):
        inspected(content, more)


def test_it_is_refused_before_it_has_all_come() -> None:
    inspection = Inspection("a.png", RULES, room_bytes=30_000)
    with pytest.raises(AttachmentTypeNotAllowed):
        inspection.take(HTML + b" " * HEAD_BYTES)


def test_a_polyglot_becomes_a_file_of_one_kind() -> None:
    facts = inspected(POLYGLOT, name="page.html")
    assert (facts.media_type, facts.file_name) == ("image/gif", "page.html.gif")


def test_rules_may_allow_less_but_never_what_a_browser_would_run() -> None:
    limits = {"limit_bytes": 10_000, "user_quota_bytes": 10_000, "organization_quota_bytes": 10_000}
    narrow = AttachmentRules.allowing(["application/pdf"], **limits)
    with pytest.raises(AttachmentTypeNotAllowed, match="image/png"):
        inspected(PNG, rules=narrow)
    assert AttachmentRules.allowing([], **limits).media_types == KNOWN
    with pytest.raises(ValueError, match="image/svg"):
        AttachmentRules.allowing(["image/svg+xml", "image/png"], **limits)


@given(
    st.integers(0, 40_000),
    st.one_of(st.none(), st.integers(0, 60_000)),
    st.integers(1, 10_000),
)
def test_nothing_goes_beyond_either_quota(user_bytes: int, organization_bytes: int | None, size_bytes: int) -> None:
    usage = Usage(user_bytes, organization_bytes)
    fits = user_bytes + size_bytes <= 30_000 and (organization_bytes or 0) + size_bytes <= 50_000
    assert (size_bytes <= RULES.room_bytes(usage)) is fits
    if fits:
        assert uploaded(usage=usage, size_bytes=size_bytes).size_bytes == size_bytes
    else:
        with pytest.raises(AttachmentQuotaExceeded):
            uploaded(usage=usage, size_bytes=size_bytes)


def test_an_upload_is_told_in_history_without_where_it_lies() -> None:
    attachment = uploaded()
    (event,) = attachment.pull_events()
    assert event.event_type() == "AttachmentUploaded"
    assert event.data() == {
        "file_name": "a.png",
        "media_type": "image/png",
        "size_bytes": 100,
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }
    assert attachment.is_waiting and attachment.owner_id == OWNER.user_id


def test_a_message_takes_what_it_names() -> None:
    first, second = uploaded(), uploaded()
    message, ticket_id = message_with(first.id, second.id), uuid7()
    known = {second.id: second, first.id: first}
    assert attach_to(ticket_id, message, known, by=OWNER, at=later()) == [first, second]
    assert (first.message_id, first.attached_at, first.is_waiting) == (message.id, later(), False)
    assert pulled(first) == ["AttachmentUploaded", "AttachmentAttached"]


@pytest.mark.parametrize("by", [actor(Role.CUSTOMER), actor(Role.AGENT), actor(Role.ADMIN)])
def test_nobody_attaches_the_upload_of_somebody_else(by: Actor) -> None:
    attachment = uploaded()
    with pytest.raises(AttachmentUnknown):
        attach_to(uuid7(), message_with(attachment.id), {attachment.id: attachment}, by=by, at=NOW)
    assert attachment.is_waiting


def test_each_can_be_attached_once_and_unknown_ones_not_at_all() -> None:
    used, fine = uploaded(), uploaded()
    attach_to(uuid7(), message_with(used.id), {used.id: used}, by=OWNER, at=NOW)
    for wrong in (used.id, uuid7()):
        known = {used.id: used, fine.id: fine}
        with pytest.raises(AttachmentUnknown) as refused:
            attach_to(uuid7(), message_with(fine.id, wrong), known, by=OWNER, at=NOW)
        assert refused.value.pointer == "/attachment_ids/1"
        fine = uploaded()
