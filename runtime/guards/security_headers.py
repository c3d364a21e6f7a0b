from __future__ import annotations

from runtime import docs_page

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Answers depend on who asks; a route that may be cached says so itself.
    "Cache-Control": "no-store",
}
NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def security_headers(https_only: bool, *, docs: bool) -> tuple[tuple[bytes, bytes], ...]:
    """As they are sent, where the answer has none of its own by that name."""
    headers = {**HEADERS, "Content-Security-Policy": docs_page.CONTENT_SECURITY_POLICY if docs else NOTHING_RUNS}
    if https_only:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
