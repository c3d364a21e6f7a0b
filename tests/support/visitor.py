"""A person with a browser, who is led from page to page and fills in Keycloak's form."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

_FORM = re.compile(r'<form id="kc-form-login"[^>]*action="([^"]+)"')


class Visitor:
    """Follows redirects and keeps the cookies of each host, as a browser does on a loopback address."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._cookies: dict[str, dict[str, str]] = {}

    async def open(self, address: str, form: dict[str, str] | None = None) -> httpx.Response:
        for _ in range(20):
            answer = await self.ask("GET" if form is None else "POST", address, data=form)
            form = None
            if not answer.is_redirect:
                return answer
            address = urljoin(address, answer.headers["Location"])
        raise AssertionError(f"redirects without end: {address}")

    async def ask(self, method: str, address: str, **more: Any) -> httpx.Response:
        jar = self._cookies.setdefault(urlsplit(address).netloc, {})
        headers = {**more.pop("headers", {}), "Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
        answer = await self._http.request(method, address, headers=headers, **more)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            jar[name] = value
            if "Max-Age=0" in line:
                del jar[name]
        self._http.cookies.clear()
        return answer

    def cookies_of(self, address: str) -> dict[str, str]:
        return self._cookies.get(urlsplit(address).netloc, {})


def asks_for_a_password(page: httpx.Response) -> bool:
    return _FORM.search(page.text) is not None


async def sign_in_at_keycloak(visitor: Visitor, page: httpx.Response, name: str, password: str) -> httpx.Response:
    """Answers the page that it leads to."""
    (action,) = _FORM.findall(page.text)
    return await visitor.open(html.unescape(action), {"username": name, "password": password})
