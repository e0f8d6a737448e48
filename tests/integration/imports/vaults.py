"""A vault that opens quickly, what is done with it in tests, and what it holds in the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from haechi import bootstrap
from haechi.adapters.keys.slots import Argon2, MasterKeySlots
from haechi.adapters.machine import system_randomness
from haechi.domain.case import Age, CustodyMode

PYTHON = sys.executable
PASSPHRASE = "a drawn passphrase"
CONSENT = "동의합니다"
QUICK = MasterKeySlots(system_randomness, cost=Argon2(memory_kib=64, passes=1, lanes=1))


def quiet(_stage: str, _done: int, _total: int | None) -> None:
    """Report progress to nobody."""


class VaultAt:
    """A vault on disk with one case, opened anew for each use."""

    def __init__(self, path: Path, *, mode: CustodyMode = CustodyMode.REFERENCE_ONLY) -> None:
        self.path = path
        bootstrap.create_vault(path, passphrase=PASSPHRASE, keys=QUICK)
        age, consent = (Age.ADULT, CONSENT) if mode.keeps_bytes else (Age.UNKNOWN, "")
        with bootstrap.open_vault(path, PASSPHRASE) as vault:
            vault.open_case("사건", mode=mode, age=age, consent=consent)

    @contextmanager
    def opened(self) -> Iterator[bootstrap.OpenVault]:
        with bootstrap.open_vault(self.path, PASSPHRASE) as vault:
            yield vault

    def take(self, export: Path, **more):
        with self.opened() as vault:
            return vault.import_export(export, case=vault.cases()[0], progress=quiet, **more)

    def verify(self):
        with self.opened() as vault:
            return vault.verify(progress=quiet)


def records(vault: VaultAt) -> dict[str, object]:
    """Return everything the case holds that does not depend on when and in how many steps it was imported."""
    with vault.opened() as opened:
        ledger = opened._vault.ledger  # noqa: SLF001 - the test looks below the flows
        case = opened.cases()[0].case_id
        paths = {item.item_id: item.path for item in ledger.items(case)}
        return {
            "messages": [
                (stored.message, tuple((reference, paths.get(item)) for reference, item in stored.media))
                for stored in ledger.messages(case)
            ],
            "items": sorted((item.path, item.digest, item.size, item.examined) for item in ledger.items(case)),
            "accounts": sorted(ledger.accounts(case), key=lambda one: one.key.value),
            "rooms": sorted(ledger.rooms(case), key=lambda one: one.key.value),
            "warnings": [
                sorted((one.code, one.path, one.place) for one in ledger.warnings(record.import_id))
                for record in ledger.imports(case)
            ],
            "parts": [
                (part.path, part.committed, part.accounting, part.flags)
                for record in ledger.imports(case)
                for part in ledger.parts(record.import_id)
            ],
        }
