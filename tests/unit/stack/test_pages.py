"""The server of the pages: addresses of the application, files that keep, and who may talk to it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from stack import pages
from tests.support.imports import ROOT


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "main-abc.js").write_text("export {}")
    (tmp_path / "index.html").write_text("<title>Tidedesk</title>")
    return TestClient(pages.pages(tmp_path, 8000, 8001), base_url="http://127.0.0.1:8002")


@pytest.mark.parametrize("path", ["/", "/desk/tickets/12", "/articles/reset-your-password", "/v1.0"])
def test_every_address_of_the_application_is_its_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>Tidedesk</title>")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_files_with_a_hash_in_their_name_are_kept(client: TestClient) -> None:
    assert "immutable" in client.get("/assets/main-abc.js").headers["Cache-Control"]


def test_a_file_of_an_earlier_build_is_not_answered_with_a_page(client: TestClient) -> None:
    assert client.get("/assets/main-old.js").status_code == 404


@pytest.mark.parametrize("path", ["/../pages.py", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc/passwd"])
def test_nothing_else_of_the_machine_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).text in ("<title>Tidedesk</title>", "Not Found")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_apis_are_named_as_the_page_was(client: TestClient, host: str) -> None:
    """Cookies of one name do not go to the other."""
    answer = client.get("/config.json", headers={"Host": f"{host}:8002"})
    assert answer.json() == {"commands_url": f"http://{host}:8000", "queries_url": f"http://{host}:8001"}
    assert f"connect-src 'self' http://{host}:8000 http://{host}:8001;" in answer.headers["Content-Security-Policy"]


def test_another_site_that_points_here_gets_nothing(client: TestClient) -> None:
    assert client.get("/config.json", headers={"Host": "evil.example.com"}).status_code == 400


def test_headers_are_those_of_nginx(client: TestClient) -> None:
    """Only where pictures and answers come from differs: there both APIs are on the same origin."""
    nginx = (ROOT / "deploy" / "frontend" / "nginx.conf").read_text(encoding="utf-8")
    said = {name: value.strip('"') for name, value in re.findall(r"add_header (\S+) (.+) always;", nginx)}
    answer = client.get("/")
    for name in pages.SECURITY_HEADERS:
        assert answer.headers[name] == said[name]
    directives = re.split(r"; ?", said["Content-Security-Policy"])
    shown = re.sub(r" http://127\.0\.0\.1:\d+", "", answer.headers["Content-Security-Policy"])
    assert set(directives) <= set(re.split(r"; ?", shown))
