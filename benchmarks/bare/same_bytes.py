"""A bare FastAPI application that answers the bytes it was given: the most that this framework can do."""

import os
from pathlib import Path

import orjson
from fastapi import FastAPI, Request, Response

ANSWERS = "BENCH_ANSWERS"


def create_app() -> FastAPI:
    """Answers by path, and by path with its query, from the JSON file that the environment names."""
    answers: dict[str, str] = orjson.loads(Path(os.environ[ANSWERS]).read_bytes())
    bodies = {path: body.encode() for path, body in answers.items()}
    app = FastAPI()

    @app.get("/readyz")
    async def ready() -> str:
        return "ok"

    @app.get("/v1/tickets/{ticket_id}")
    async def by_id(ticket_id: str) -> Response:
        return Response(bodies[f"/v1/tickets/{ticket_id}"], media_type="application/json")

    @app.get("/v1/tickets")
    async def page(request: Request) -> Response:
        query = request.scope["query_string"].decode()
        return Response(bodies[f"/v1/tickets?{query}"], media_type="application/json")

    return app
