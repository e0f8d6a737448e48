"""What one thing that is done to a vault consists of, while system calls fail, and what somebody beside the person notes of it."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drawn_vault import make, message, opened, sealed_case, take

Tell = Callable[[str, Any], None]


@dataclass(frozen=True)
class Scenario:
    """One thing that is done. `act` works in a copy of the folder that `prepare` filled; `vault` lies in it.

    `holds` says what is missing of what was acknowledged, in a vault that verifies; `again` does it once more, undisturbed.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path, Tell], None]
    holds: Callable[[Path, dict[str, Any]], str | None]
    again: Callable[[Path], str | None]


def acknowledging(path: Path) -> Tell:
    """Return what appends a line to the witness file; `os.write` so that nothing waits in a buffer."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(what: str, value: Any) -> None:
        os.write(descriptor, json.dumps({what: value}).encode() + b"\n")

    return tell


def acknowledged(path: Path) -> dict[str, Any]:
    """Return the last value told of each thing."""
    told: dict[str, Any] = {}
    if path.exists():
        for line in path.read_bytes().split(b"\n")[:-1]:
            told.update(json.loads(line))
    return told


def size(vault) -> int:
    return vault.ledger.log_head().frontier.size


def filled(folder: Path) -> None:
    make(folder / "vault")
    with opened(folder / "vault") as vault:
        case = sealed_case(vault)
        files = [(f"f{number}", f"{number}".encode() * 3_000) for number in range(4)]
        take(vault, case, [message(number, "글") for number in range(20)], files=files)


def log_is_as_long(folder: Path, told: dict[str, Any]) -> str | None:
    with opened(folder / "vault") as vault:
        kept = size(vault)
    return None if kept >= told.get("log", 0) else f"{kept} entries, {told['log']} acknowledged"
