"""How uvicorn serves both APIs: `uvicorn write_api.main:app --port 8000` and these options."""

from __future__ import annotations

UVICORN_OPTIONS = (
    *("--no-access-log", "--no-server-header"),
    # Who is believed about callers is a setting of ours (trusted_proxies).
    "--no-proxy-headers",
    *("--http", "runtime.http_protocol:PatientHttp", "--ws", "none"),
    # Longer than clients and proxies keep a connection: whoever reuses one must not meet its end.
    *("--timeout-keep-alive", "75"),
)
