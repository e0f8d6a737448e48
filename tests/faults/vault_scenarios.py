"""Making a vault, writing one small thing, changing its key, bringing it up to date, and writing without an end."""

import os
from pathlib import Path
from typing import Any

from drawn_vault import CHEAP, PASSPHRASE, check, make, message, opened, quiet, sealed_case, take
from faults.scenario import Scenario, Tell, filled, log_is_as_long, size
from haechi import bootstrap
from haechi.adapters.keys import MasterKeySlots
from haechi.adapters.machine import system_randomness
from haechi.domain.errors import WrongKeyError
from haechi.domain.vault import Operation
from haechi.flows.change_keys import change_passphrase
from haechi.flows.verify import verify


def _create(folder: Path, tell: Tell) -> None:
    made = bootstrap.create_vault(
        folder / "vault", passphrase=PASSPHRASE, keys=MasterKeySlots(system_randomness, cost=CHEAP)
    )
    tell("created", made.vault_id)


def _created(folder: Path, told: dict[str, Any]) -> str | None:
    if (folder / "vault").exists():
        check(folder / "vault")
        return None
    return "the vault that was acknowledged is not there" if "created" in told else None


def _create_again(folder: Path) -> str | None:
    if not (folder / "vault").exists():
        _create(folder, lambda *_: None)
    check(folder / "vault")
    return None


def _write_one(folder: Path, tell: Tell) -> None:
    with opened(folder / "vault") as vault:
        before = size(vault)
        case = sealed_case(vault, f"사건 {before}")
        tell("case", case.case_id)
        tell("log", size(vault))


def _case_is_there(folder: Path, told: dict[str, Any]) -> str | None:
    with opened(folder / "vault") as vault:
        if "case" in told and told["case"] not in [case.case_id for case in vault.ledger.cases()]:
            return "an acknowledged case is gone"
    return log_is_as_long(folder, told)


def _write_another(folder: Path) -> str | None:
    _write_one(folder, lambda *_: None)
    check(folder / "vault")
    return None


_NEW = "다른 암호 열두 글자쯤"


def _change_key(folder: Path, tell: Tell) -> None:
    with opened(folder / "vault") as vault:
        change_passphrase(vault, PASSPHRASE, _NEW)
        tell("changed", 1)
        tell("log", size(vault))


def _opens(folder: Path, key: str) -> bool:
    try:
        with opened(folder / "vault", key=key):
            return True
    except WrongKeyError:
        return False


def _key_is_one(folder: Path, told: dict[str, Any]) -> str | None:
    old, new = _opens(folder, PASSPHRASE), _opens(folder, _NEW)
    if "changed" in told and (old or not new):
        return "an acknowledged passphrase does not open the vault, or the one before still does"
    return None if old is not new else f"old {old}, new {new}"


def _change_key_again(folder: Path) -> str | None:
    key = PASSPHRASE if _opens(folder, PASSPHRASE) else _NEW
    with opened(folder / "vault", key=key) as vault:
        change_passphrase(vault, key, "noch ein anderes Wort")
    with opened(folder / "vault", key="noch ein anderes Wort", operation=Operation.CHECK) as vault:
        verify(vault, quiet)
    return None


def _first_revision(folder: Path) -> None:
    """Take a vault back to the ledger's first revision, as a haechi of that time left it."""
    from haechi.adapters.ledger.schema import metadata

    filled(folder)
    later = ("stamps", "cosignatures", "anchor_requests", "anchors", "authorities", "witnesses", "derivatives")
    later = (*later, "recipients", "transfers", "people", "erased_cases", "traces", "features")
    later = (*later, "viewers", "known_intervals", "viewer_lists", "posts")
    assert set(later) <= set(metadata.tables)
    with opened(folder / "vault") as vault, vault.ledger.begin() as writer:
        run = writer._connection.exec_driver_sql  # noqa: SLF001 - no flow goes backwards
        for table in later:
            run(f"DROP TABLE {table}")
        run("ALTER TABLE blobs DROP COLUMN sealed_digest")
        run("UPDATE alembic_version SET version_num = '0001'")


def _migrate(folder: Path, tell: Tell) -> None:
    with opened(folder / "vault") as vault:
        tell("log", size(vault))


def _migrated(folder: Path, told: dict[str, Any]) -> str | None:
    return log_is_as_long(folder, told)


def _migrate_again(folder: Path) -> str | None:
    found = check(folder / "vault")
    return None if found.messages == 20 else f"{found}"


def _case_only(folder: Path) -> None:
    make(folder / "vault")
    with opened(folder / "vault") as vault:
        sealed_case(vault)


def _write_on(folder: Path, tell: Tell) -> None:
    with opened(folder / "vault") as vault:
        case = vault.ledger.cases()[0]
        for turn in range(100_000):
            first = vault.ledger.message_count() + 1_000 * turn
            files = [(f"{turn}.png", os.urandom(3_000))]
            take(vault, case, [message(first + at, "글") for at in range(8)], files=files)
            tell("items", vault.ledger.item_count())
            tell("log", size(vault))


def _items_are_there(folder: Path, told: dict[str, Any]) -> str | None:
    with opened(folder / "vault"):
        pass  # sweeps away the blob that no record came to
    found = check(folder / "vault")
    if found.items < told.get("items", 0) or found.entries < told.get("log", 0):
        return f"{found}, acknowledged {told}"
    return None


ENDLESS = Scenario("endless", _case_only, _write_on, _items_are_there, lambda _: None)


OF_VAULTS = (
    Scenario("create", lambda _: None, _create, _created, _create_again),
    Scenario("checkpoint", filled, _write_one, _case_is_there, _write_another),
    Scenario("key-change", filled, _change_key, _key_is_one, _change_key_again),
    Scenario("migration", _first_revision, _migrate, _migrated, _migrate_again),
)
