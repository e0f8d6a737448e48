"""What is destroyed cannot be brought back, not even by who has the key and the original file; the log stays whole."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import unicodedata
from contextlib import suppress
from pathlib import Path

import pytest

from decrypted_pages import decrypted_pages
from drawn_vault import ROOM, account, check, make, message, opened, sealed_case, take
from haechi.adapters.ledger import place as ledger_place
from haechi.adapters.ledger.migrate import rewrite
from haechi.adapters.packets.deletion_certificate import write_certificate
from haechi.domain.account import AccountName
from haechi.domain.custody import Draft, EntryType, commitment, open_record
from haechi.domain.derivative import Derivative, DerivativeId, Region
from haechi.domain.errors import (
    DeletionChangedError,
    DiskFullError,
    PacketExistsError,
    SelectionUnknownError,
    VaultReadOnlyError,
)
from haechi.domain.evidence import Sha256
from haechi.domain.merkle import Tree, includes
from haechi.domain.recipient import Transfer, TransferForm
from haechi.domain.room import Room
from haechi.domain.vault import Operation
from haechi.flows.certify_deletion import certify_deletion
from haechi.flows.erase import Doomed, ask, erase, foresee
from haechi.flows.open_vault import finish_erasing

REASON = "당사자의 요청"
SECRET = b"drawn secret picture " * 30


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A vault with a case of two imports, and another case that holds the same picture."""
    path = tmp_path_factory.mktemp("filled") / "v"
    make(path)
    with opened(path) as vault:
        case, other = sealed_case(vault, "사건-하나"), sealed_case(vault, "사건-둘")
        room = Room(ROOM, "x", (AccountName("방-이름-하나", 1, 2),), ("https://link-one.example",))
        first = [
            message(number, f"비밀-글-{number}", sender=account(number % 3), label="가명-하나") for number in range(9)
        ]
        take(vault, case, first, files=[("secret-name.png", SECRET), ("kept.png", b"kept" * 50)], rooms=[room])
        later = [
            message(number, f"비밀-글-{number}", sender=account(number % 3), label="가명-하나") for number in (1, 2, 30)
        ]
        take(vault, case, later, files=[("again.png", b"kept" * 50)])
        take(vault, other, [message(1, "다른 사건의 글")], files=[("same.png", SECRET)])
    return path


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "v")


def case_of(vault, name="사건-하나"):
    return next(case for case in vault.ledger.cases() if case.name == name)


def item_at(vault, name):
    case = case_of(vault)
    return next(item for item in vault.ledger.items(case.case_id) if item.path == name)


def destroy(vault, doomed, reason=REASON):
    return erase(vault, doomed, ask(vault, doomed, foresee(vault, doomed), reason=reason), None)


def wide(text):
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def clear_pages(path):
    with opened(path, operation=Operation.READ) as vault:
        key = vault.tools.keys.database_key(vault.master)
    return b"".join(decrypted_pages(path / "ledger.db", key))


def test_nothing_is_gone_when_it_is_only_shown_what_would_go(path):
    before = {place: place.read_bytes() for place in path.rglob("*") if place.suffix == ".age"}
    with opened(path) as vault:
        size = vault.ledger.log_head().frontier.size
        for doomed in (Doomed(case_of(vault).case_id), Doomed(case_of(vault).case_id, import_id=1)):
            assert foresee(vault, doomed).entries
        assert vault.ledger.log_head().frontier.size == size
    assert check(path).erased == 0
    assert {place: place.read_bytes() for place in path.rglob("*") if place.suffix == ".age"} == before


def test_after_an_item_is_destroyed_the_log_verifies_and_still_includes_its_entry(path):
    with opened(path) as vault:
        item = item_at(vault, "secret-name.png")
        at = vault.ledger.item_entry(item.item_id)
        raw = next(vault.ledger.entries(at, at + 1))
        old = vault.ledger.opening(at)
        done = destroy(vault, Doomed(case_of(vault).case_id, (item.item_id,)))
        assert vault.ledger.opening(at) is None
        assert next(vault.ledger.entries(at, at + 1)) == raw
        leaves = list(vault.ledger.leaves(2**62))
        tree = Tree(leaves)
        assert all(includes(tree.root(), tree.size, n, leaves[n], tree.inclusion(n)) for n in done.erased.entries)
    assert check(path).erased == len(done.erased.entries) == 2
    # Who has the very file and the vault's key lacks the salt: no page holds it, and the digest alone opens nothing.
    clear = clear_pages(path)
    committed = bytes.fromhex(json.loads(raw.raw)["commit"])
    assert commitment(old.salt, hashlib.sha256(SECRET).hexdigest()) == committed
    assert committed.hex().encode() in clear
    assert old.salt not in clear


def test_no_page_of_the_ledger_holds_a_destroyed_item(path):
    with opened(path) as vault:
        item = item_at(vault, "secret-name.png")
        blob = vault.ledger.blob(case_of(vault).case_id, item.digest)
        seal = next(o for _, o in vault.ledger.openings() if isinstance(o.subject, dict) and "members" in o.subject)
    # Another item that lies at the same digest in another case is not this one: it goes too, to look for the digest.
    wanted = [b"secret-name.png", blob.wraps[0][1], blob.name.encode(), seal.salt, bytes.fromhex(seal.digest)]
    assert all(one in clear_pages(path) for one in wanted)
    assert blob.name in {place.stem for place in path.rglob("*.age")}
    with opened(path) as vault:
        destroy(vault, Doomed(case_of(vault).case_id, (item.item_id,)))
    clear = clear_pages(path)
    assert [one for one in wanted if one in clear] == []
    assert blob.name not in {place.stem for place in path.rglob("*.age")}
    assert (path / "ledger.db-wal").exists() is False or (path / "ledger.db-wal").stat().st_size == 0


def test_not_even_the_write_ahead_log_of_the_same_run_holds_what_was_destroyed(path):
    with opened(path) as vault:
        key = vault.tools.keys.database_key(vault.master)
        case = sealed_case(vault, "사건-셋")
        take(vault, case, [message(1, "한 번에 넣고 없앤 글")], files=[("one-run.png", b"x")])
        assert b"one-run.png" in b"".join(decrypted_pages(path / "ledger.db", key))
        destroy(vault, Doomed(case.case_id))
        while_open = b"".join(decrypted_pages(path / "ledger.db", key))
    for canary in ("사건-셋", "한 번에 넣고 없앤 글", "one-run.png"):
        assert canary.encode() not in while_open


def test_what_other_items_need_stays(path):
    with opened(path) as vault:
        kept, again = item_at(vault, "kept.png"), item_at(vault, "again.png")
        done = destroy(vault, Doomed(case_of(vault).case_id, (kept.item_id,)))
        assert done.erased.blobs == ()
        blob = vault.ledger.blob(case_of(vault).case_id, again.digest)
        assert vault.blobs.open(blob, identity=vault.reader_identity).read() == b"kept" * 50
        members = vault.ledger.seal_members(1)
        assert [one["sha256"] for one in members] == [hashlib.sha256(SECRET).hexdigest(), None]
        assert "kept" not in json.dumps(members)
        same = next(vault.ledger.items(case_of(vault, "사건-둘").case_id))
        assert same.digest == hashlib.sha256(SECRET).hexdigest()
    assert check(path).items == 3


def test_a_destroyed_import_takes_only_messages_that_no_other_import_has(path):
    with opened(path) as vault:
        case = case_of(vault)
        done = destroy(vault, Doomed(case.case_id, import_id=1))
        assert {stored.message.message_id for stored in vault.ledger.messages(case.case_id)} == {"1", "2", "30"}
        assert [one.import_id for one in vault.ledger.imports(case.case_id)] == [2]
        assert vault.ledger.message_count(case.case_id) == 3
        assert sum(one.messages for one in vault.ledger.accounts(case.case_id)) == 3
        assert vault.ledger.gone(case.case_id) == []
        assert done.erased.rows["messages"] == 7
    assert check(path).messages == 4
    clear = clear_pages(path)
    for canary in ("비밀-글-8", "secret-name.png"):
        assert canary.encode() not in clear


def test_a_destroyed_case_leaves_only_its_number(path):
    with opened(path) as vault:
        case = case_of(vault)
        salts = [opening.salt for _, opening in vault.ledger.openings()]
        mine = {entry.index for entry in vault.ledger.entries() if json.loads(entry.raw).get("case") == case.case_id}
        windows = [
            w.salts
            for r in vault.ledger.imports(case.case_id)
            for p in vault.ledger.parts(r.import_id)
            for w in vault.ledger.windows(p.part_id)
        ]
        wraps = [vault.ledger.blob(case.case_id, item.digest).wraps[0][1] for item in vault.ledger.items(case.case_id)]
        before = clear_pages_of(vault)
        done = destroy(vault, Doomed(case.case_id))
        assert set(done.erased.entries) == mine
        assert vault.ledger.erased_cases() == [case.case_id]
        assert [one.name for one in vault.ledger.cases()] == ["사건-둘"]
    found = check(path)
    assert (found.erased, found.messages, found.items) == (len(mine), 1, 1)
    clear = clear_pages(path)
    texts = ("사건-하나", "방-이름-하나", "link-one", "가명-하나", "비밀-글", "secret-name", "kept.png", "again.png")
    for wanted in (*(text.encode() for text in texts), *windows, *wraps):
        assert wanted in before
        assert wanted not in clear, wanted[:20]
    kept = [salt for salt in salts if salt in clear]
    assert len(kept) == len(salts) - len(mine)


def clear_pages_of(vault):
    vault.ledger.scrub()
    return b"".join(decrypted_pages(vault.folder.path / "ledger.db", vault.tools.keys.database_key(vault.master)))


def test_a_second_deletion_of_the_rest_names_what_the_first_one_took(path):
    with opened(path) as vault:
        case = case_of(vault)
        first = destroy(vault, Doomed(case.case_id, (item_at(vault, "secret-name.png").item_id,)), reason="첫 이유")
        second = destroy(vault, Doomed(case.case_id))
        assert set(first.erased.entries) <= set(second.erased.entries)
        # What says that the first one happened, and why, is no part of the case: its certificate can still be made.
        assert first.entry.index not in second.erased.entries
        assert vault.ledger.opening(first.entry.index).subject["reason"] == "첫 이유"
    assert check(path).erased == len(second.erased.entries)


def no_room(*_):
    raise DiskFullError(path="x")


def no_memory(*_):
    raise MemoryError


@pytest.mark.parametrize(
    ("step", "fails"),
    [("checkpoint", no_room), ("scrub", no_room), ("scrub", no_memory)],
    ids=["checkpoint", "scrub", "memory"],
)
def test_a_disk_without_room_after_the_commit_leaves_the_rest_for_later(path, monkeypatch, step, fails):
    with monkeypatch.context() as patch:
        with opened(path) as vault:
            target, name = (vault.ledger, "scrub") if step == "scrub" else (vault.folder, "write_checkpoint")
            patch.setattr(target, name, fails)
            done = destroy(vault, Doomed(case_of(vault).case_id, (item_at(vault, "secret-name.png").item_id,)))
        assert not done.is_scrubbed
    assert not set(done.erased.blobs) & {place.stem for place in path.rglob("*.age")}
    with opened(path):
        pass
    assert b"secret-name.png" not in clear_pages(path)
    assert check(path).erased == len(done.erased.entries)


def test_a_ledger_that_somebody_reads_from_is_not_called_rewritten(path):
    with opened(path) as vault:
        reading = vault.ledger.entries()
        next(reading)
        with vault.ledger.begin() as writer:
            writer.set_secret("unscrubbed", b"1")
        is_done = finish_erasing(vault.ledger)
        reading.close()
        assert not is_done
        assert finish_erasing(vault.ledger)


def test_a_ledger_that_cannot_be_rewritten_where_it_lies_says_so_and_spills_nothing_later(path):
    with opened(path) as vault:
        engine = vault.ledger._engine  # noqa: SLF001 - root may write anywhere, so a folder that is not there stands for it
        with pytest.raises(VaultReadOnlyError):
            rewrite(engine, path / "nowhere")
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA temp_store").scalar() == 2  # in memory again


def test_what_is_written_while_the_ledger_is_rewritten_is_encrypted_and_in_the_vault(path, monkeypatch):
    seen: dict[str, bytes] = {}

    def look():
        for link in Path("/proc/self/fd").iterdir():
            with suppress(OSError):
                if "etilqs" in str(name := link.readlink()) and link.stat().st_size > 1 << 20:
                    seen.setdefault(str(name), link.read_bytes())
        return 0

    with opened(path) as vault, vault.ledger.begin() as writer:
        for number in range(100):  # more than the engine keeps in memory
            writer.set_secret(f"drawn {number}", b"canary-secret " * 7_000)
    connect = ledger_place.dbapi2.connect

    def watched(*given, **more):
        connection = connect(*given, **more)
        connection.set_progress_handler(look, 200)
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(ledger_place.dbapi2, "connect", watched)
        with opened(path) as vault:
            vault.ledger.scrub()
    assert [Path(one).parent for one in seen] == [path / "tmp"]
    (content,) = seen.values()
    assert b"canary-secret" not in content
    assert b"CREATE TABLE" not in content
    assert b"canary-secret" in clear_pages(path)


def test_an_erasure_that_was_cut_off_is_finished_when_the_vault_is_opened(path, child):
    with opened(path) as vault:
        item = item_at(vault, "secret-name.png")
        names = vault.ledger.blob(case_of(vault).case_id, item.digest).name
    died = child(
        "import os, signal\n"
        "from haechi.flows import erase as flow\n"
        "flow._remove = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with opened(Path(sys.argv[1])) as vault:\n"
        "    doomed = flow.Doomed(sys.argv[2], (sys.argv[3],))\n"
        "    flow.erase(vault, doomed, flow.ask(vault, doomed, flow.foresee(vault, doomed), reason='r'), None)\n",
        path,
        case_id(path),
        item.item_id,
    )
    assert died.returncode == -9, died.stderr
    assert names in {place.stem for place in path.rglob("*.age")}
    with opened(path):
        pass
    assert names not in {place.stem for place in path.rglob("*.age")}
    assert b"secret-name.png" not in clear_pages(path)
    assert check(path).erased == 2


def case_id(path):
    with opened(path, operation=Operation.READ) as vault:
        return case_of(vault).case_id


def test_what_was_not_shown_is_not_destroyed(path):
    with opened(path) as vault:
        case = case_of(vault)
        doomed = Doomed(case.case_id)
        request = ask(vault, doomed, foresee(vault, doomed), reason=REASON)
        take(vault, case, files=[("new.png", b"new")])
        with pytest.raises(DeletionChangedError):
            erase(vault, doomed, request, None)
        with pytest.raises(SelectionUnknownError):
            foresee(vault, Doomed(case.case_id, ("0" * 32,)))
        with pytest.raises(SelectionUnknownError):
            foresee(vault, Doomed(case.case_id, import_id=3))  # the other case's
    assert check(path).erased == 0


def test_an_import_after_a_deletion_in_the_same_run_is_whole(path):
    with opened(path) as vault:
        case = case_of(vault)
        destroy(vault, Doomed(case.case_id, import_id=2))
        destroy(vault, Doomed(case.case_id, import_id=1))
        take(vault, case, [message(number, "새 글") for number in range(5)], files=[("n.png", SECRET)])
        assert sum(one.messages for one in vault.ledger.rooms(case.case_id)) == 5
    assert check(path).items == 2


def test_a_certificate_is_checked_with_stock_programs_and_a_changed_one_fails(path, tmp_path, program):
    program("openssl")
    bash = program("bash")
    with opened(path) as vault:
        done = destroy(vault, Doomed(case_of(vault).case_id), reason='이유 ","reason":"x" 끝')
        take(vault, case_of(vault, "사건-둘"), files=[("later", b"later")])
        certify_deletion(vault, done.entry.index, tmp_path / "c", write=write_certificate)
        with pytest.raises(PacketExistsError):
            certify_deletion(vault, done.entry.index, tmp_path / "c", write=write_certificate)
        with pytest.raises(SelectionUnknownError):
            certify_deletion(vault, 0, tmp_path / "d", write=write_certificate)

    def told(folder):
        return subprocess.run([bash, folder / "check.sh"], capture_output=True, text=True, check=False)

    good = told(tmp_path / "c")
    assert (good.returncode, good.stdout.splitlines()[-1], good.stderr) == (0, "PASS", "")
    # In both languages, and each value in the same column of a terminal, where a Korean letter is two wide.
    facts = good.stdout.splitlines()[:4]
    assert [fact.split("  ")[0] for fact in facts] == [
        "기록의 이름 / log", "기록의 줄 / entry", "동의한 사람 / approved by", "기록의 열쇠 / log key",
    ]  # fmt: skip
    assert len({wide(fact) - wide(re.split(" {2,}", fact)[1]) for fact in facts}) == 1
    for language in ("ko", "en"):
        text = (tmp_path / "c" / f"certificate.{language}.txt").read_text(encoding="utf-8")
        rows = text.split("\n\n")[2].splitlines()
        assert len(rows) == 10
        assert len({wide(row) - wide(re.split(" {2,}", row.strip(), maxsplit=1)[1]) for row in rows}) == 1
        assert re.search(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC[+]\d\d:\d\d ", text)
    record = json.loads((tmp_path / "c" / "deletion.json").read_bytes())
    assert (record["whole"], record["case"], record["approval"]) == (True, done.deletion.case, None)
    for name in ("deletion.json", "entry.json", "delete.tlog-proof", "log-key.pem"):
        content = (tmp_path / "c" / name).read_bytes()
        for place in (len(content) // 3, len(content) // 2):
            spoilt = shutil.copytree(tmp_path / "c", tmp_path / f"{name}-{place}")
            (spoilt / name).write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
            assert told(spoilt).returncode != 0, (name, place)


def test_a_delete_entry_tells_numbers_only(path):
    with opened(path) as vault:
        done = destroy(vault, Doomed(case_of(vault).case_id))
    told = json.loads(done.entry.raw)
    assert told["type"] == EntryType.DELETE.value
    assert told["counts"] == {"entries": len(done.erased.entries), "blobs": len(done.erased.blobs)}
    assert REASON not in json.dumps(told, ensure_ascii=False)


def test_what_was_made_from_an_item_goes_with_it(path):
    with opened(path) as vault:
        case, item = case_of(vault), item_at(vault, "secret-name.png")
        made = derive(vault, case, item)
        done = destroy(vault, Doomed(case.case_id, (item.item_id,)))
        assert made.entry in done.erased.entries
        assert done.erased.rows["derivatives"] == 1
        assert len(done.erased.blobs) == 2
        assert vault.ledger.derivatives(case.case_id) == []
    assert b"drawn reason" not in clear_pages(path)
    check(path)


def test_what_was_handed_over_of_a_case_is_forgotten_with_it(path):
    with opened(path) as vault:
        mine = [
            hand_over(vault, case_of(vault, name), f"HP-{number}", f"받는이-{number}")
            for number, name in enumerate(("사건-하나", "사건-둘"))
        ]
        done = destroy(vault, Doomed(case_of(vault).case_id))
        assert set(mine[0]) <= set(done.erased.entries)
        assert not set(mine[1]) & set(done.erased.entries)
        assert [one.packet_id for one in vault.ledger.transfers()] == ["HP-1"]
    clear = clear_pages(path)
    assert "받는이-0".encode() not in clear
    assert "받는이-1".encode() in clear


def derive(vault, case, item):
    digest = Sha256(hashlib.sha256(b"redacted").hexdigest())
    blob = vault.blobs.seal(
        vault.blobs.name(case.case_id, digest), io.BytesIO(b"redacted"), readers=vault.ledger.readers(case.case_id)
    )
    source = vault.ledger.item_entry(item.item_id)
    opening = open_record(bytes(32), {"v": 1, "reason": "drawn reason"})
    with vault.ledger.begin() as writer:
        entry = writer.append(Draft(EntryType.DERIVE, "person", vault.tools.now(), case=case.case_id, opening=opening))
        made = Derivative(
            DerivativeId("d1"), case.case_id, item.item_id, None, source, "0" * 64, entry.index, digest, 8,
            "image/png", "drawn/1", (Region(1, 2, 3, 4),), (), "drawn reason",
        )  # fmt: skip
        writer.add_derivative(made)
        writer.add_blob(case.case_id, digest, blob)
    vault.checkpoint()
    return made


def hand_over(vault, case, packet, to):
    """Make the entries of a packet, its transfer and its receipt, and return their numbers."""
    random, now = vault.tools.randomness, vault.tools.now
    with vault.ledger.begin() as writer:
        exported = writer.append(
            Draft(EntryType.EXPORT, "p", now(), case=case.case_id, opening=open_record(random(32), {"packet": packet}))
        )
        told = {"packet": packet, "to": to}
        sent = writer.append(Draft(EntryType.TRANSFER, "p", now(), opening=open_record(random(32), told)))
        back = writer.append(
            Draft(EntryType.RECEIVE, "p", now(), opening=open_record(random(32), {**told, "back": True}))
        )
        writer.add_transfer(Transfer(packet, packet, "0" * 64, to, TransferForm.AGE, now().at, sent.index, None))
        writer.set_receipt(packet, b"receipt", entry=back.index)
    vault.checkpoint()
    return exported.index, sent.index, back.index
