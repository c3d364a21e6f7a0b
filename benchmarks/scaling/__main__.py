from __future__ import annotations

from benchmarks.scaling.cli import main

main()
