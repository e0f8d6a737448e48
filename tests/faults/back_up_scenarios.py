"""Backing up and restoring."""

import shutil
from pathlib import Path
from typing import Any

from drawn_vault import PASSPHRASE, TOOLS, check, opened, quiet
from faults.scenario import Scenario, Tell, filled, log_is_as_long, size
from haechi.adapters.vault_folder.back_ups import DiskBackUps
from haechi.domain.errors import BackUpMissingError
from haechi.flows.back_up import back_up
from haechi.flows.restore import restore
from haechi.ports.back_ups import Copies
from haechi.ports.keys import GivenKey


def _back_up(folder: Path, tell: Tell) -> None:
    with opened(folder / "vault") as vault:
        made = back_up(vault, folder / "backs", back_ups=DiskBackUps(), keep=2, progress=quiet)
        tell("copy", made.copy.number)
        tell("log", size(vault))


def _backed_up(folder: Path, told: dict[str, Any]) -> str | None:
    try:
        found = DiskBackUps().copies(folder / "backs")
    except BackUpMissingError:
        found = Copies([], {})
    copies = found.readable
    if found.unreadable:
        return f"a copy stands there that cannot be read: {found.unreadable}"
    if told.get("copy", 0) > max((copy.number for copy in copies), default=0):
        return "an acknowledged copy is gone"
    if wrong := [DiskBackUps().check(folder / "backs", copy, lambda *_: None) for copy in copies]:
        return None if not any(wrong) else f"a copy stands there that is not whole: {wrong}"
    return log_is_as_long(folder, told)


def _back_up_again(folder: Path) -> str | None:
    _back_up(folder, lambda *_: None)
    check(folder / "vault")
    shutil.rmtree(folder / "restored", ignore_errors=True)
    _restore(folder, lambda *_: None)
    return None if check(folder / "restored").items == 4 else "a restored vault lacks something"


def _before_restore(folder: Path) -> None:
    filled(folder)
    _back_up(folder, lambda *_: None)


def _restore(folder: Path, tell: Tell) -> None:
    given = GivenKey(PASSPHRASE)
    restore(TOOLS, folder / "backs", folder / "restored", given, back_ups=DiskBackUps(), number=None, progress=quiet)
    tell("restored", 1)


def _restored(folder: Path, told: dict[str, Any]) -> str | None:
    if (folder / "restored").exists():
        with opened(folder / "restored"):
            pass
        return None if check(folder / "restored").items == 4 else "a restored vault lacks something"
    return "the restored vault is gone" if "restored" in told else None


def _restore_again(folder: Path) -> str | None:
    if not (folder / "restored").exists():
        _restore(folder, lambda *_: None)
    return _backed_up(folder, {})


OF_BACK_UPS = (
    Scenario("back-up", filled, _back_up, _backed_up, _back_up_again),
    Scenario("restore", _before_restore, _restore, _restored, _restore_again),
)
