"""Who calls, as far as proxies of ours can be believed, and not a word further."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.guards.proxies import MAX_HOPS, TrustedProxies
from runtime.redis_line import RedisLine
from tests.unit.runtime.api import make_app, settings_of

PROXIES = TrustedProxies(["10.0.0.0/8", "192.168.7.7", "fd00::/8"])
PEER = "10.0.0.1"


def seen(peer: str | None, *lines: str, proxies: TrustedProxies = PROXIES) -> str | None:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in lines]
    scope: dict[str, Any] = {"headers": headers, "client": None if peer is None else (peer, 5_000)}
    proxies.reveal(scope)
    return None if scope["client"] is None else scope["client"][0]


@pytest.mark.parametrize(
    ("peer", "lines", "expected"),
    [
        # Whoever is no proxy of ours is who they are, whatever they say.
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("203.0.113.9", [], "203.0.113.9"),
        (PEER, [], PEER),
        (PEER, ["198.51.100.1"], "198.51.100.1"),
        # The proxy adds at the end what it sees; what stood there before came from the caller.
        (PEER, ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        (PEER, ["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
        (PEER, ["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
        (PEER, ["198.51.100.1, 192.168.7.7, 10.2.2.2"], "198.51.100.1"),
        (PEER, ["198.51.100.1:4711"], "198.51.100.1"),
        (PEER, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (PEER, ["2001:DB8::1"], "2001:db8::1"),
        (PEER, ["::ffff:198.51.100.1"], "198.51.100.1"),
        # A call from within: all of it is ours.
        (PEER, ["10.3.3.3"], "10.3.3.3"),
        # What cannot be read, and all before it, says nothing.
        (PEER, ["198.51.100.1, unknown"], PEER),
        (PEER, ["198.51.100.1, <script>, 10.2.2.2"], "10.2.2.2"),
        (PEER, [""], PEER),
        (PEER, ["198.51.100.1, "], PEER),
        (PEER, ["999.1.1.1"], PEER),
        (PEER, ["\xff\xfe"], PEER),
        ("fd00::1", ["198.51.100.1"], "198.51.100.1"),
        (None, ["198.51.100.1"], None),
    ],
)
def test_the_first_that_is_not_ours_counted_from_the_end_is_the_caller(
    peer: str | None, lines: list[str], expected: str | None
) -> None:
    assert seen(peer, *lines) == expected


def test_other_headers_of_that_kind_say_nothing() -> None:
    scope: dict[str, Any] = {
        "client": (PEER, 1),
        "headers": [(b"forwarded", b"for=198.51.100.1"), (b"x-real-ip", b"198.51.100.1"), (b"host", b"x")],
    }
    PROXIES.reveal(scope)
    assert scope["client"] == (PEER, 1)


def test_an_endless_list_is_not_worked_through() -> None:
    assert seen(PEER, "198.51.100.1, " + ", ".join(["10.0.0.2"] * (MAX_HOPS - 1))) == "198.51.100.1"
    assert seen(PEER, "198.51.100.1, " + ", ".join(["10.0.0.2"] * MAX_HOPS)) == "10.0.0.2"


@given(st.lists(st.text(st.sampled_from("0123456789abcdef.:[], x"), max_size=30), max_size=4), st.ip_addresses())
def test_nothing_a_caller_writes_hides_where_it_calls_from(written: list[str], caller: Any) -> None:
    expected = str(caller.ipv4_mapped or caller) if caller.version == 6 else str(caller)
    if seen(expected) == expected and not PROXIES._is_trusted(expected):
        assert seen(PEER, *written, str(caller)) == expected
        assert seen(expected, *written) == expected


async def test_who_forges_the_header_does_not_get_a_new_limit_each_time() -> None:
    quota = {"rate_limit_anonymous_per_minute": 3, "trusted_proxies": ["10.0.0.0/8"]}
    app = make_app(settings_of(**quota), redis=RedisLine("redis://127.0.0.1:1/0"))
    statuses: dict[str, list[int]] = {}
    for peer in ("203.0.113.9", PEER):
        transport = httpx.ASGITransport(app=app, client=(peer, 5_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            for number in range(6):
                # Behind the proxy the forged part stands before what the proxy adds.
                forged = f"198.51.100.{number}" + (", 203.0.113.10" if peer == PEER else "")
                answer = await client.get("/v1/things", headers={"X-Forwarded-For": forged})
                statuses.setdefault(peer, []).append(answer.status_code)
    assert statuses == {"203.0.113.9": [200] * 3 + [429] * 3, PEER: [200] * 3 + [429] * 3}
