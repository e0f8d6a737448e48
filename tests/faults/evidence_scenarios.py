"""Importing, packing and destroying."""

import json
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

from drawn_vault import CHEAP, PASSPHRASE, check, opened, quiet
from faults.scenario import Scenario, Tell, filled, log_is_as_long, size
from haechi import bootstrap
from haechi.adapters.keys import MasterKeySlots
from haechi.adapters.machine import system_randomness
from haechi.adapters.renderer.typst_renderer import TypstRenderer
from haechi.bootstrap.packets import build_packet
from haechi.domain.case import Age, CustodyMode
from haechi.domain.packet import Selection
from haechi.flows.erase import Doomed, ask, erase, foresee


def _export(folder: Path, *, files: int, messages: int) -> None:
    (folder / "export" / "files").mkdir(parents=True)
    for number in range(files):
        (folder / "export" / "files" / f"{number}.txt").write_text(f"{number} " * 2_000)
    rows = [
        {"id": number, "type": "message", "date": "2026-10-01T12:00:00", "text": f"{number} 말"}
        for number in range(1, messages + 1)
    ]
    chat = {"name": "방", "type": "private_group", "id": 42, "messages": rows}
    if messages:
        (folder / "export" / "result.json").write_text(json.dumps(chat, ensure_ascii=False, indent=1), "utf-8")


def _empty_sealed(folder: Path) -> None:
    bootstrap.create_vault(folder / "vault", passphrase=PASSPHRASE, keys=MasterKeySlots(system_randomness, cost=CHEAP))
    with bootstrap.open_vault(folder / "vault", PASSPHRASE) as vault:
        vault.open_case("사건", mode=CustodyMode.SEALED, age=Age.ADULT, consent="동의")


def _before_seal(folder: Path) -> None:
    _empty_sealed(folder)
    _export(folder, files=3, messages=0)


def _before_import(folder: Path) -> None:
    _empty_sealed(folder)
    _export(folder, files=2, messages=30)


def _import(folder: Path, tell: Tell) -> None:
    with bootstrap.open_vault(folder / "vault", PASSPHRASE, workers=1) as vault:

        def progress(_stage: str, _done: int, _total: int | None) -> None:
            now = vault.status()
            tell("log", now.log_size)
            tell("items", now.items)
            tell("messages", now.messages)

        vault.import_export(folder / "export", case=vault.cases()[0], progress=progress)
        progress("", 0, None)


def _imported(folder: Path, told: dict[str, Any]) -> str | None:
    with bootstrap.open_vault(folder / "vault", PASSPHRASE) as vault:
        now = vault.status()
    for name, kept in (("log", now.log_size), ("items", now.items), ("messages", now.messages)):
        if kept < told.get(name, 0):
            return f"{name}: {kept}, acknowledged {told[name]}"
    return None


def _import_again(folder: Path) -> str | None:
    with bootstrap.open_vault(folder / "vault", PASSPHRASE) as vault:
        before = vault.status()
    if (before.imports, before.unfinished_imports) != (1, 0):
        _import(folder, lambda *_: None)
    check(folder / "vault")
    with bootstrap.open_vault(folder / "vault", PASSPHRASE) as vault:
        now = vault.status()
    files = len(list((folder / "export").rglob("*.*")))
    # A file that could not be read the first time is a warning and no item.
    return None if (now.imports, now.unfinished_imports) == (1, 0) and now.items <= files else f"{now}"


def _before_packet(folder: Path) -> None:
    """Make one packet, and with it the key that signs documents: that takes seconds and is no file's doing."""
    filled(folder)
    _pack(folder, lambda *_: None)
    shutil.rmtree(folder / "packet")


def _pack(folder: Path, tell: Tell) -> None:
    # Typesetting goes on in another process and writes no file; a second for each of thousands of runs is too much.
    with (
        patch.object(TypstRenderer, "render", lambda *_: {}),
        bootstrap.open_vault(folder / "vault", PASSPHRASE) as vault,
    ):
        built = build_packet(vault, vault.cases()[0], folder / "packet", selection=Selection(), progress=quiet)
        tell("packet", built.digest)
        tell("log", vault.status().log_size)


def _packed(folder: Path, told: dict[str, Any]) -> str | None:
    if (folder / "packet").exists():
        if found := bootstrap.verify_packet(folder / "packet", signer=None).findings:
            return f"a packet stands there that does not verify: {found}"
    elif "packet" in told:
        return "the packet that was acknowledged is not there"
    return log_is_as_long(folder, told)


def _pack_again(folder: Path) -> str | None:
    if not (folder / "packet").exists():
        _pack(folder, lambda *_: None)
    check(folder / "vault")
    return _packed(folder, {})


def _delete(folder: Path, tell: Tell, *, whole: bool) -> None:
    with opened(folder / "vault") as vault:
        case = vault.ledger.cases()[0].case_id
        items = () if whole else (next(vault.ledger.items(case)).item_id,)
        doomed = Doomed(case, items)
        deletion = ask(vault, doomed, foresee(vault, doomed), reason="그린 이유")
        tell("deleted", erase(vault, doomed, deletion, None).entry.index)
        tell("log", size(vault))


def _delete_item(folder: Path, tell: Tell) -> None:
    _delete(folder, tell, whole=False)


def _delete_case(folder: Path, tell: Tell) -> None:
    _delete(folder, tell, whole=True)


def _deleted(folder: Path, told: dict[str, Any]) -> str | None:
    found = log_is_as_long(folder, told)
    check(folder / "vault")
    with opened(folder / "vault") as vault:
        if "deleted" in told and vault.ledger.opening(told["deleted"]) is None:
            return "an acknowledged deletion is not in the log"
        blobs, known = set(vault.blobs.names()), set(vault.ledger.blob_names())
    return found or (f"{blobs} on the disk, {known} known" if blobs != known else None)


def _delete_item_again(folder: Path) -> str | None:
    _delete_item(folder, lambda *_: None)
    return _deleted(folder, {})


def _delete_case_again(folder: Path) -> str | None:
    with opened(folder / "vault") as vault:
        is_left = bool(vault.ledger.cases())
    if is_left:
        _delete_case(folder, lambda *_: None)
    with opened(folder / "vault") as vault:
        assert not vault.ledger.cases()
        assert vault.ledger.secret("unscrubbed") != b"1"
    return _deleted(folder, {})


OF_EVIDENCE = (
    Scenario("seal", _before_seal, _import, _imported, _import_again),
    Scenario("import", _before_import, _import, _imported, _import_again),
    Scenario("packet", _before_packet, _pack, _packed, _pack_again),
    Scenario("delete-item", filled, _delete_item, _deleted, _delete_item_again),
    Scenario("delete-case", filled, _delete_case, _deleted, _delete_case_again),
)
