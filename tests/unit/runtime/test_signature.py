"""Against the examples that AWS publishes for Signature Version 4 with S3."""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone

import pytest

from runtime.files.signature import EMPTY_SHA256, Signer
from tests.support.s3 import signature_fault

AT = datetime(2013, 5, 24, tzinfo=timezone.utc)
HOST = "examplebucket.s3.amazonaws.com"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNER = Signer("AKIAIOSFODNN7EXAMPLE", SECRET, "us-east-1")
WELCOME = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "content_sha256", "signature"),
    [
        (
            "GET",
            "/test.txt",
            {},
            {"Range": "bytes=0-9"},
            EMPTY_SHA256,
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test$file.text",
            {},
            {"Date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"},
            WELCOME,
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/",
            {"lifecycle": ""},
            {},
            EMPTY_SHA256,
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/",
            {"prefix": "J", "max-keys": "2"},
            {},
            EMPTY_SHA256,
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
    ids=["get_object", "put_object", "get_bucket_lifecycle", "list_objects"],
)
def test_the_published_examples(
    method: str, path: str, query: dict[str, str], headers: dict[str, str], content_sha256: str, signature: str
) -> None:
    signed = SIGNER.signed(method, path, {"Host": HOST, **headers}, at=AT, content_sha256=content_sha256, query=query)
    assert signed["authorization"].endswith(f"Signature={signature}")
    assert signed["x-amz-date"] == "20130524T000000Z"


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(SIGNER)


def test_the_endpoint_of_the_tests_takes_the_published_example_and_nothing_beside_it() -> None:
    signed = {
        "host": HOST,
        "range": "bytes=0-9",
        "x-amz-content-sha256": EMPTY_SHA256,
        "x-amz-date": "20130524T000000Z",
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    }

    def fault(
        method: str = "GET", path: str = "/test.txt", body: bytes = b"", at: datetime = AT, **changes: str
    ) -> str | None:
        return signature_fault(method, path, "", {**signed, **changes}, body, secret=SECRET, now=at)

    assert fault() is None
    assert fault(method="DELETE") == fault(path="/test.text") == fault(range="bytes=0-10") == "wrong signature"
    assert fault(body=b"x") == "another body"
    assert fault(at=datetime(2013, 5, 25, tzinfo=timezone.utc)) == "too old"
    assert fault(authorization="") == "no signature"
