"""A desk of its own, as `make up` brings it up, for commands that pages tell people to type."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.imports import ROOT

END_OF_STEP = "--- end of step, exit code "


@dataclass(frozen=True)
class Stack:
    data_dir: Path
    port_base: int

    @property
    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TIDEDESK_")}
        return {**inherited, "TIDEDESK_DATA_DIR": str(self.data_dir)}

    def tidedesk(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "stack", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.DEVNULL)

    def type(self, typed: list[str], folder: Path, timeout_s: float) -> list[tuple[str, int]]:
        """What each shows and its exit code, all in one shell; what failed also has what was said on standard error."""
        lines = [f"{self.here(one)}\necho '{END_OF_STEP}'$?\n" for one in typed]
        run = subprocess.run(
            ["bash"],
            input="".join(lines),
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_s,
        )
        outputs = run.stdout.split(END_OF_STEP)
        assert len(outputs) == len(typed) + 1, run.stderr
        shown = [outputs[0], *(output.partition("\n")[2] for output in outputs[1:-1])]
        codes = [int(output.partition("\n")[0]) for output in outputs[1:]]
        return [(output + (run.stderr if code else ""), code) for output, code in zip(shown, codes, strict=True)]

    def here(self, typed: str) -> str:
        return (
            typed.replace("localhost:8000", f"localhost:{self.port_base}")
            .replace("localhost:8001", f"localhost:{self.port_base + 1}")
            .replace(".venv/bin/", f"{Path(sys.executable).parent}/")
        )
