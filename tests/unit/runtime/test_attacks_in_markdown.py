"""Whatever is written into a document or a message, what readers get cannot run, load or pretend anything."""

from __future__ import annotations

import json
import secrets

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.markdown import render, render_message
from runtime.plain_html import plain_html
from tests.support.data import NAUGHTY, XSS, attack_strings
from tests.support.harmless import faults

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><button>Sign in</button></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "javascript:alert(1)",
    "JaVaScRiPt&colon;alert(1)",
    "\x01javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    "//evil.example/x.js",
    "https://evil.example/tracker.gif",
    '"onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "]]><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "</textarea></title><script>alert(1)</script>",
    "expression(alert(1))",
    "{{constructor.constructor('alert(1)')()}}",
    "\u202egnp.exe",
)
# Every place of Markdown that takes a stranger's text.
PLACES = (
    "{}",
    "# {}",
    "[x]({})",
    "[x](<{}>)",
    "![x]({})",
    "![{}](https://example.com/a.png)",
    '[x](https://example.com "{}")',
    "[{}](https://example.com)",
    "<{}>",
    "[x]: {}\n\n[x]",
    "`{}`",
    "```{}\nx\n```",
    "```\n{}\n```",
    "| {} |\n|:-:|\n| {} |",
    "> {}\n\n1. {}",
    "**{}** ~~{}~~",
)
texts = st.text(st.sampled_from("ab \n\t<>&\"'`*_~[]()!#:/\\=-+1.|;\x00\u202e😀"), max_size=60)


def placed(attack: str) -> list[str]:
    return [place.replace("{}", attack) for place in PLACES]


def shown(body: str) -> str:
    """As the query API answers a message."""
    return render_message(body) or plain_html(body)


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_survives_in_any_place(attack: str) -> None:
    for text in placed(attack):
        assert faults(render(text).html) == [], text
        assert faults(shown(text)) == [], text


@attack_strings
@pytest.mark.timeout(300)
def test_no_known_attack_survives_in_any_place() -> None:
    attacks = [json.loads(line)["payload"] for line in XSS.read_text(encoding="utf-8").splitlines()]
    attacks += json.loads(NAUGHTY.read_text(encoding="utf-8"))
    assert len(attacks) > 3_000
    survived = {}
    for attack in dict.fromkeys(attacks):
        # Messages go through the same parser and cleaner.
        found = {attack: faults(shown(attack)), **{text: faults(render(text).html) for text in placed(attack)}}
        survived.update({text: said for text, said in found.items() if said})
    assert survived == {}


@given(texts)
@example("[x](javascript:alert(1))")
def test_nothing_that_can_be_written_becomes_more_than_text_and_links(text: str) -> None:
    assert faults(render(text).html) == []
    assert faults(shown(text)) == []
    assert faults(plain_html(text)) == []


@pytest.mark.parametrize(
    "html",
    [
        *("<script>x</script>", "<p onclick=x>x</p>", '<a href="javascript:x" rel="noopener nofollow">x</a>'),
        *('<a href="java&#10;script:x" rel="noopener nofollow">x</a>', '<a href="https://e.com">x</a>'),
        *('<a href="//e.com" rel="noopener nofollow">x</a>', "<img src=x>", "<p>x", "x</p>", "<!-- x -->", "<p"),
        *('<p style="x">x</p>', "<style>x</style>", "<svg></svg>", "<?x?>", "<!doctype html>", "<p a a>x</p>"),
        *('<a href="data:x" rel="noopener nofollow">x</a>', '<code class="x">x</code>', "<em><p></em></p>"),
    ],
)
def test_an_attack_would_be_seen(html: str) -> None:
    assert faults(html)


@given(texts.filter(lambda text: text.strip()))
def test_a_message_without_markdown_keeps_every_word_and_line(text: str) -> None:
    if render_message(text) is None:
        assert plain_html(text).count("<br>") + plain_html(text).count("<p>") >= 1
        for word in text.split():
            assert word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in plain_html(text)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Hello,\n\nit is broken.\nPlease help.", "<p>Hello,</p>\n<p>it is broken.<br>\nPlease help.</p>"),
        ("a < b & c > d", "<p>a &lt; b &amp; c &gt; d</p>"),
        ("It is *really*\nbroken", "<p>It is <em>really</em><br>\nbroken</p>"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"),
        ("3 - 1 = 2, snake_case stays", "<p>3 - 1 = 2, snake_case stays</p>"),
        (r"not \*emphasised\*", "<p>not *emphasised*</p>"),
        ("[x]: https://example.com", "<p>[x]: https://example.com</p>"),
        ("   \n\n ", "<p></p>"),
    ],
)
def test_messages_read_as_people_mean_them(body: str, html: str) -> None:
    assert shown(body) == html


def test_plain_text_is_not_stored_twice() -> None:
    assert render_message("Hello,\n\nit is broken, as of 10.5 (the new one) - see below!") is None
    assert render_message("one_word and 5 > 3") is None


def test_a_message_that_is_too_long_to_read_costs_no_time() -> None:
    assert render_message("- a\n" * 5_000) is None
    marker = secrets.token_hex(4)
    assert plain_html(f"<b>{marker}</b>" * 20_000).count(f"&lt;b&gt;{marker}") == 20_000
