"""`tidedesk import` on real support questions and help pages, as far as the data is at hand."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import sys
from pathlib import Path
from typing import Any

from tests.support.data import DATA, real_data
from tests.support.database import ROOT
from tests.support.desk import expect
from tests.support.eventually import eventually
from tests.support.people import People
from tests.support.served import Served
from tests.support.words import word


async def tidedesk(served: Served, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "stack",
        *arguments,
        cwd=ROOT,
        env=served.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def last_line(output: str) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
    return line


def first_lines(name: str, count: int, into: Path) -> tuple[Path, list[dict[str, Any]]]:
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as source:
        lines = list(itertools.islice(source, count))
    path = into / f"{name}.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path, [json.loads(line) for line in lines]


@real_data
async def test_real_tickets_and_documents_are_imported_once_and_found(
    served: Served, people: People, tmp_path: Path
) -> None:
    for kind, count in (("documents", 150), ("tickets", 300)):
        path, records = first_lines(kind, count, tmp_path)
        exit_code, output = await tidedesk(served, "import", kind, str(path), "--json")
        assert exit_code == 0, output
        assert last_line(output)["rejected"] in (0, [])
        exit_code, output = await tidedesk(served, "import", kind, str(path), "--json")
        assert exit_code == 0, output
        assert last_line(output)["created"] == 0, "a second time changes nothing"

    record = max(records, key=lambda one: len(one["messages"]))

    async def is_found() -> bool:
        params: dict[str, str | int] = {"q": f'"{record["subject"]}"', "limit": 100}
        found = expect(await people.agent.read.get("/v1/search/tickets", params=params))
        return record["subject"].strip() in [item["subject"] for item in found["items"]]

    assert await eventually(is_found, timeout_s=60, interval_s=0.2)


async def test_a_bad_line_is_reported_and_the_others_go_on(served: Served, people: People, tmp_path: Path) -> None:
    unique = word()
    good = {
        "external_id": unique,
        "subject": f"Imported {unique}",
        "body": "From elsewhere.",
        "status": "open",
        "tags": [],
        "locale": "en",
        "product": "till",
        "requester": {"name": "Ida Holm", "email": f"{unique}@people.example"},
        "created_at": "2024-05-01T10:00:00Z",
        "messages": [],
    }
    lines = ["not json", json.dumps({**good, "external_id": f"{unique}-2", "subject": ""}), json.dumps(good)]
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    exit_code, output = await tidedesk(served, "import", "tickets", str(path))
    assert exit_code == 1, output
    assert "line 1" in output and "line 2" in output and "line 3" not in output

    async def is_found() -> bool:
        found = expect(await people.agent.read.get("/v1/search/tickets", params={"q": unique}))
        return bool(found["total"]["value"] == 1)

    assert await eventually(is_found, timeout_s=30, interval_s=0.1)


async def test_wrong_use_of_import_says_so(served: Served, tmp_path: Path) -> None:
    for arguments in (("import", "tickets", str(tmp_path / "missing.jsonl")), ("import", "people", "x.jsonl")):
        exit_code, output = await tidedesk(served, *arguments)
        assert exit_code == 2, output
        assert "Traceback" not in output
