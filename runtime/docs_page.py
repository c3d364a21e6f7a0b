"""The interactive documentation: a page without a script of its own, that loads two files known by their hashes."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.responses import HTMLResponse

VERSION = "5.35.0"
SOURCE = f"https://cdn.jsdelivr.net/npm/swagger-ui-dist@{VERSION}"
# Of the files as they were published: a browser takes no other ones.
SCRIPT_HASH = "sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9"
STYLE_HASH = "sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I"
PATHS = ("/docs", "/docs/start.js")

# Styles are also set by the script, one element at a time.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; "
    f"script-src 'self' {SOURCE}/swagger-ui-bundle.js; style-src 'unsafe-inline' {SOURCE}/swagger-ui.css; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tidedesk API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{SOURCE}/swagger-ui.css" integrity="{STYLE_HASH}" crossorigin="anonymous">
</head>
<body>
<div id="documentation"></div>
<script src="{SOURCE}/swagger-ui-bundle.js" integrity="{SCRIPT_HASH}" crossorigin="anonymous"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
_START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#documentation", deepLinking: true});\n'

router = APIRouter(tags=["operations"])


@router.get("/docs", include_in_schema=False)
async def documentation() -> HTMLResponse:
    return HTMLResponse(_PAGE)


@router.get("/docs/start.js", include_in_schema=False)
async def documentation_script() -> Response:
    return Response(_START, media_type="text/javascript")
