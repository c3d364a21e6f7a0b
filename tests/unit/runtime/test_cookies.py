from __future__ import annotations

import pytest

from runtime.cookies import ACCESS, CSRF, REFRESH, cookie, require_csrf_token, set_cookie, signs_in_by_cookie
from runtime.problems import ProblemError


def headers(*lines: str, **others: str) -> list[tuple[bytes, bytes]]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in others.items()]
    return [*((b"cookie", line.encode()) for line in lines), *named]


def test_a_cookie_is_found_among_others() -> None:
    sent = headers(f"a=1; {ACCESS}=x.y.z; b=2=3", "c=4")
    assert cookie(sent, ACCESS) == "x.y.z"
    assert (cookie(sent, "b"), cookie(sent, "c"), cookie(sent, REFRESH)) == ("2=3", "4", None)
    assert cookie(headers(), ACCESS) is None
    assert cookie(headers(";;=; =x"), ACCESS) is None


@pytest.mark.parametrize("lines", [(f"{ACCESS}=a; {ACCESS}=b",), (f"{ACCESS}=a", f"{ACCESS}=a")])
def test_one_that_is_there_twice_is_not_believed(lines: tuple[str, ...]) -> None:
    assert cookie(headers(*lines), ACCESS) is None


def test_browsers_keep_it_to_this_host_and_to_tls_and_from_scripts() -> None:
    assert set_cookie(ACCESS, "x", 600) == f"{ACCESS}=x; Path=/; Max-Age=600; Secure; HttpOnly; SameSite=Lax"
    assert "HttpOnly" not in set_cookie(CSRF, "x", 600)
    for name in (ACCESS, REFRESH, CSRF):
        assert name.startswith("__Host-")
        assert "Domain" not in set_cookie(name, "x", 1)


def test_only_what_signs_in_counts_and_only_if_nothing_was_said() -> None:
    for name in (ACCESS, REFRESH):
        assert signs_in_by_cookie(headers(f"{name}=x"))
        assert not signs_in_by_cookie(headers(f"{name}=x", authorization="Bearer y"))
    assert not signs_in_by_cookie(headers(f"{CSRF}=x; theme=dark"))


@pytest.mark.parametrize(
    "sent",
    [
        headers(f"{CSRF}=secret"),
        headers(f"{CSRF}=secret", x_csrf_token="other"),
        headers(f"{CSRF}=secret", x_csrf_token=""),
        headers(x_csrf_token="secret"),
        headers(f"{CSRF}=secret; {CSRF}=secret", x_csrf_token="secret"),
        [*headers(f"{CSRF}=secret", x_csrf_token="secret"), (b"x-csrf-token", b"secret")],
    ],
)
def test_who_cannot_read_the_cookie_cannot_say_it(sent: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(ProblemError) as refused:
        require_csrf_token(sent)
    assert (refused.value.status, refused.value.code) == (403, "csrf.token_wrong")


def test_who_says_what_the_cookie_says_is_one_of_ours() -> None:
    require_csrf_token(headers(f"{CSRF}=secret", x_csrf_token="secret"))
