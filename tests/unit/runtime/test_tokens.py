from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from runtime.principal import Principal
from runtime.token_keys import TokenKeys
from runtime.tokens import LEEWAY_S, READ_API, WRITE_API, AccessTokens, InvalidToken
from tests.unit.runtime.api import settings_of

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=timezone.utc)
NOW_S = int(NOW.timestamp())
USER = UUID("01901639-6ff2-7d6c-9a1d-2b1f3c1c9f11")
SESSION = UUID("01901639-6ff2-7d6c-9a1d-2b1f3c1c9f12")
SECRET = b"a secret of the tests, 32 bytes or more"
SETTINGS = settings_of(token_secret=SECRET.decode())
TOKENS = AccessTokens(SETTINGS)

KEY_ID = TokenKeys(SETTINGS).signing.id
HEADER = {"alg": "HS256", "typ": "at+jwt", "kid": KEY_ID}
CLAIMS = {
    **{"iss": "tidedesk", "aud": [WRITE_API, READ_API], "sub": str(USER), "sid": str(SESSION), "role": "agent"},
    **{"iat": NOW_S, "exp": NOW_S + 600, "jti": "1"},
}


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _raw(header: bytes, payload: bytes, key: bytes = SECRET) -> str:
    signed = f"{_part(header)}.{_part(payload)}"
    return f"{signed}.{_part(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"


def _token(header: dict[str, Any] | None = None, key: bytes = SECRET, **claims: Any) -> str:
    changed = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not ...}
    return _raw(json.dumps({**HEADER, **(header or {})}).encode(), json.dumps(changed).encode(), key)


def test_an_issued_token_is_good_for_both_apis() -> None:
    token, expires_in_s = TOKENS.issue(USER, "agent", SESSION, NOW)
    assert expires_in_s == SETTINGS.access_token_ttl_s
    for audience in (WRITE_API, READ_API):
        assert TOKENS.verify(token, audience, NOW) == Principal(USER, "agent", SESSION)


def test_the_hand_made_token_of_these_tests_is_good() -> None:
    assert TOKENS.verify(_token(), READ_API, NOW) == Principal(USER, "agent", SESSION)
    assert TOKENS.verify(_token(aud=WRITE_API), WRITE_API, NOW).user_id == USER


def test_two_tokens_never_have_the_same_jti() -> None:
    assert TOKENS.issue(USER, "agent", SESSION, NOW) != TOKENS.issue(USER, "agent", SESSION, NOW)


def test_clocks_may_differ_by_the_leeway_and_no_more() -> None:
    token, ttl_s = TOKENS.issue(USER, "agent", SESSION, NOW)
    ends_at = NOW + timedelta(seconds=ttl_s + LEEWAY_S)
    for right_time in (ends_at - timedelta(seconds=1), NOW - timedelta(seconds=LEEWAY_S)):
        assert TOKENS.verify(token, READ_API, right_time).user_id == USER
    for wrong_time in (ends_at, NOW - timedelta(seconds=LEEWAY_S + 1)):
        with pytest.raises(InvalidToken):
            TOKENS.verify(token, READ_API, wrong_time)


_PUBLIC_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()

BAD = {
    "signed by another key": _token(key=b"another secret that is long enough too"),
    "signed by the empty key": _token(key=b""),
    "signed by a PEM public key": _token(key=_PUBLIC_KEY.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)),
    "signed by a DER public key": _token(key=_PUBLIC_KEY.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
    "signed by an SSH public key": _token(key=_PUBLIC_KEY.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)),
    "alg none": f"{_part(json.dumps({**HEADER, 'alg': 'none'}).encode())}.{_part(json.dumps(CLAIMS).encode())}.",
    "alg none, signed": _token({"alg": "none"}),
    "alg HS512": _token({"alg": "HS512"}),
    "alg RS256": _token({"alg": "RS256"}),
    "alg is a list": _token({"alg": ["HS256"]}),
    "typ JWT": _token({"typ": "JWT"}),
    "typ of an ID token": _token({"typ": None}),
    "crit": _token({"crit": ["exp"]}),
    "no kid": _token({"kid": None}),
    "unknown kid": _token({"kid": "0" * 16}),
    "kid is a list": _token({"kid": [KEY_ID]}),
    "kid is a path": _token({"kid": "../../dev/null"}),
    "no exp": _token(exp=...),
    "no iat": _token(iat=...),
    "no aud": _token(aud=...),
    "no iss": _token(iss=...),
    "no sub": _token(sub=...),
    "no sid": _token(sid=...),
    "no jti": _token(jti=...),
    "no role": _token(role=...),
    "other aud": _token(aud=["somebody-else"]),
    "aud is null": _token(aud=None),
    "aud is an object": _token(aud={READ_API: 1}),
    "other iss": _token(iss="somebody-else"),
    "expired": _token(exp=NOW_S - LEEWAY_S),
    "exp is text": _token(exp=str(NOW_S + 600)),
    "exp is true": _token(exp=True),
    "exp is a fraction": _token(exp=NOW_S + 600.5),
    "future iat": _token(iat=NOW_S + 3600),
    "future nbf": _token(nbf=NOW_S + 3600),
    "sub is no id": _token(sub="admin"),
    "sub is a number": _token(sub=1),
    "role is a list": _token(role=["admin"]),
    "role with a line break": _token(role="admin\n"),
    "jti is empty": _token(jti=""),
    "claims are a list": _raw(json.dumps(HEADER).encode(), b"[]"),
    "claims are not JSON": _raw(json.dumps(HEADER).encode(), b"{"),
    "claims are not UTF-8": _raw(json.dumps(HEADER).encode(), b"\xff"),
    "header is a list": _raw(b"[]", json.dumps(CLAIMS).encode()),
    "header nests deeply": _raw(b"[" * 2_900, b"{}"),
    "claims nest deeply": _raw(json.dumps(HEADER).encode(), b"[" * 2_900),
    "five parts": _token() + ".a.b",
    "two parts": _token().rpartition(".")[0],
    "empty": "",
    "only dots": "..",
    "not base64": "a.b.c",
    "with a space": _token() + " ",
    "with a line break": _token() + "\n",
    "not ASCII": _token() + "ü",
    "half a surrogate pair": "\ud800.a.b",
    "NUL": "\x00.\x00.\x00",
    "1 MB": "a" * 500_000 + "." + "b" * 500_000 + ".c",
    "too long but signed": _token(padding="x" * 4_096),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_is_refused_by_one_exception(name: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(BAD[name], READ_API, NOW)


def test_changing_any_part_breaks_the_signature() -> None:
    header, claims, signature = _token().split(".")
    other = _part(json.dumps({**CLAIMS, "role": "admin"}).encode())
    with pytest.raises(InvalidToken):
        TOKENS.verify(f"{header}.{other}.{signature}", READ_API, NOW)


def test_a_secret_that_looks_like_json_is_used_as_it_is() -> None:
    secret = json.dumps({"keys": [], "pad": "x" * 32})
    tokens = AccessTokens(settings_of(token_secret=secret))
    token, _ = tokens.issue(USER, "admin", SESSION, NOW)
    assert tokens.verify(token, READ_API, NOW).role == "admin"
    with pytest.raises(InvalidToken):
        TOKENS.verify(token, READ_API, NOW)


@pytest.mark.parametrize("audience", [WRITE_API, READ_API])
def test_a_token_for_one_api_is_refused_by_the_other(audience: str) -> None:
    token, _ = TOKENS.issue(USER, "agent", SESSION, NOW, [audience])
    assert TOKENS.verify(token, audience, NOW).user_id == USER
    (other,) = {WRITE_API, READ_API} - {audience}
    with pytest.raises(InvalidToken, match="wrong aud"):
        TOKENS.verify(token, other, NOW)


def test_a_secret_is_changed_without_signing_anybody_out() -> None:
    old, new = "the old secret of the tests, 32 bytes or more", "the new secret of the tests, 32 bytes or more"
    before = AccessTokens(settings_of(token_secret=old))
    announced = AccessTokens(settings_of(token_secret=old, token_secrets_accepted=[new]))
    changed = AccessTokens(settings_of(token_secret=new, token_secrets_accepted=[old]))
    after = AccessTokens(settings_of(token_secret=new))
    older, newer = (tokens.issue(USER, "agent", SESSION, NOW)[0] for tokens in (before, changed))
    for tokens in (announced, changed):
        assert tokens.verify(older, READ_API, NOW) == tokens.verify(newer, READ_API, NOW)
    assert after.verify(newer, READ_API, NOW).user_id == USER
    for tokens, unknown in ((before, newer), (after, older)):
        with pytest.raises(InvalidToken, match="unknown kid"):
            tokens.verify(unknown, READ_API, NOW)


def test_the_key_that_a_token_names_is_the_one_that_checks_it() -> None:
    other = "another secret of the tests, 32 bytes or more"
    tokens = AccessTokens(settings_of(token_secret=SECRET.decode(), token_secrets_accepted=[other]))
    assert tokens.verify(_token(), READ_API, NOW).user_id == USER
    with pytest.raises(InvalidToken):
        tokens.verify(_token(key=other.encode()), READ_API, NOW)


def test_a_remembered_token_is_looked_at_again_each_time() -> None:
    tokens = AccessTokens(SETTINGS)
    token = _token(aud=READ_API)
    assert tokens.verify(token, READ_API, NOW) is tokens.verify(token, READ_API, NOW)
    with pytest.raises(InvalidToken):
        tokens.verify(token, WRITE_API, NOW)
    with pytest.raises(InvalidToken):
        tokens.verify(token, READ_API, NOW + timedelta(seconds=600 + LEEWAY_S))
    with pytest.raises(InvalidToken):
        tokens.verify(token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), READ_API, NOW)
