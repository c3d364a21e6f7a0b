"""A Dockerfile as its instructions, for rules about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    name: str
    text: str
    # The number of the stage it belongs to; FROM begins one.
    stage: int


def instructions(path: Path) -> list[Instruction]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not re.match(r"\s*(#|$)", line)]
    found: list[Instruction] = []
    stage = -1
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, text = line.strip().partition(" ")
        stage += name.upper() == "FROM"
        found.append(Instruction(name.upper(), " ".join(text.split()), stage))
    return found


def last(found: list[Instruction], name: str) -> Instruction:
    return [instruction for instruction in found if instruction.name == name][-1]
