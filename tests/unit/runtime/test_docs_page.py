from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx

from runtime.docs_page import SOURCE


class Loaded(HTMLParser):
    """The files that a page loads, with their hashes, and what it would run by itself."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.files: dict[str, str | None] = {}
        self.inline = ""
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in said)
        self._in_script = tag == "script"
        if tag in ("script", "link"):
            self.files[said.get("src") or said.get("href") or ""] = said.get("integrity")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.inline += data.strip()


async def test_it_runs_only_what_it_names_by_hash(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs")
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert "unsafe" not in policy["script-src"] and policy["default-src"] == "'none'"
    loaded = Loaded(answer.text)
    assert loaded.inline == ""
    foreign = {name: integrity for name, integrity in loaded.files.items() if name.startswith("http")}
    assert set(foreign) == {f"{SOURCE}/swagger-ui-bundle.js", f"{SOURCE}/swagger-ui.css"}
    assert all(re.fullmatch(r"sha384-[A-Za-z0-9+/]{64}", integrity or "") for integrity in foreign.values())
    assert re.fullmatch(r".*@\d+\.\d+\.\d+", SOURCE), "no version that moves"
    assert set(policy["script-src"].split()) == {"'self'", f"{SOURCE}/swagger-ui-bundle.js"}


async def test_its_own_script_is_one_and_shows_our_document(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs/start.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "openapi.json" in answer.text
    assert (await client.get("/openapi.json")).status_code == 200


async def test_the_page_is_no_part_of_the_document(client: httpx.AsyncClient) -> None:
    assert not [path for path in (await client.get("/openapi.json")).json()["paths"] if path.startswith("/docs")]
