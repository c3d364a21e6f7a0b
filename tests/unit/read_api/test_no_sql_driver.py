from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_the_query_api_imports_no_sql_driver() -> None:
    """In a process of its own: the tests themselves have loaded one."""
    script = "import sys, read_api.main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    root = Path(__file__).parents[3]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    loaded = set(run.stdout.split())
    assert "read_api" in loaded
    assert loaded.isdisjoint({"asyncpg", "sqlalchemy", "psycopg", "psycopg2", "alembic"})
