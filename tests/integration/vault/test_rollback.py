"""What was put back from an earlier time is found: a page, a database, a whole vault, a shorter log, another log."""

import shutil

import pytest
from sqlcipher3 import dbapi2

from drawn_vault import TOOLS, make, message, opened, quiet, sealed_case, take
from haechi.adapters.packets.kept_checkpoint import read_kept_checkpoint
from haechi.domain.anchor import Witness
from haechi.domain.checkpoint import Checkpoint, proof_text
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import CheckpointForeignError, CustodyBrokenError, PathMissingError, VaultDamagedError
from haechi.domain.merkle import Frontier
from haechi.domain.note import ED25519, NoteKey, sign_note
from haechi.domain.vault import Operation
from haechi.flows.ask_witnesses import WitnessSays, ask_witnesses
from haechi.flows.verify import Outside, verify
from haechi.flows.verify_kept import Kept
from ledger_pages import PAGE, page_at, put_page


def check(path, *kept, witnesses=None):
    """Verify the vault against the files at `kept`, and against what witnesses say who are asked through a client."""
    texts = [Kept(place.name, read_kept_checkpoint(place)) for place in kept]
    with opened(path, operation=Operation.CHECK) as vault:
        asked = ask_witnesses(vault, witnesses) if witnesses else ()
        return verify(vault, quiet, outside=Outside(kept=texts, witnesses=asked))


def wrong(path, *kept, witnesses=None):
    """Return all that is found as (kind, place)."""
    try:
        check(path, *kept, witnesses=witnesses)
    except CustodyBrokenError as error:
        return [(one["kind"], one["place"]) for one in error.facts["findings"]]
    except VaultDamagedError as error:
        return [("damaged", error.facts["part"])]
    return []


def grow(path, text="later"):
    with opened(path) as vault:
        files = [(f"{text}{number}.png", f"{text} {number}".encode() * 40) for number in range(6)]
        take(vault, sealed_case(vault), [message(number, text) for number in range(90, 190)], files=files, window=20)
        return vault.note()


def kept_at(place, note):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(note, encoding="utf-8")
    return place


def sqlcipher_finds(path, key):
    """Say whether SQLCipher by itself finds something wrong: its page checksums, and SQLite's check of the structure."""
    connection = dbapi2.connect(path / "ledger.db")
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        sums = connection.execute("PRAGMA cipher_integrity_check").fetchall()
        return bool(sums) or connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]
    except dbapi2.DatabaseError:
        return True
    finally:
        connection.close()


@pytest.fixture
def changed_pages(path):
    """A vault that grew, and every page that changed meanwhile as it was before."""
    grow(path, "before")
    old = path.parent / "old.db"
    shutil.copy(path / "ledger.db", old)
    grow(path, "after")
    numbers = range(1, old.stat().st_size // PAGE + 1)
    pages = {number: page_at(old, number) for number in numbers}
    return {number: page for number, page in pages.items() if page != page_at(path / "ledger.db", number)}


def test_every_old_page_put_back_is_found_though_sqlcipher_misses_some(path, changed_pages):
    """SQLCipher's checksum covers a page and its place, not its time: the log's commitments are what tells."""
    whole = (path / "ledger.db").read_bytes()
    with opened(path, operation=Operation.READ) as vault:
        key = TOOLS.keys.database_key(vault.master)
    missed = []
    for number, page in changed_pages.items():
        put_page(path / "ledger.db", number, page)
        if not sqlcipher_finds(path, key):
            missed.append(number)
        assert wrong(path), number
        (path / "ledger.db").write_bytes(whole)
    assert len(missed) >= 3
    assert not wrong(path)


def test_an_old_database_put_back_is_found_by_the_checkpoint_beside_it(path):
    old = (path / "ledger.db").read_bytes()
    grow(path)
    (path / "ledger.db").write_bytes(old)
    assert "rollback" in dict(wrong(path))


def put_whole_vault_back(path, tmp_path):
    """Put an old copy of the whole folder in the vault's place; return the note that was signed in between."""
    shutil.copytree(path, tmp_path / "copy")
    note = grow(path)
    shutil.rmtree(path)
    shutil.copytree(tmp_path / "copy", path)
    return note


def test_a_whole_vault_put_back_is_found_only_with_a_checkpoint_from_elsewhere(path, tmp_path):
    note = put_whole_vault_back(path, tmp_path)
    assert wrong(path) == []
    ((kind, place),) = wrong(path, kept_at(tmp_path / "kept.txt", note))
    assert kind == "rollback"
    assert place.startswith("kept.txt (")


def test_a_packet_a_proof_and_a_copy_serve_as_checkpoints(path, tmp_path):
    note = put_whole_vault_back(path, tmp_path)
    packet = kept_at(tmp_path / "packet" / "seal" / "checkpoint", note).parents[1]
    copy = kept_at(tmp_path / "copied" / "checkpoint", note).parent
    proof = kept_at(tmp_path / "E-0001.tlog-proof", proof_text(0, [bytes(32)], note, extra=bytes(32)))
    found = wrong(path, packet, copy, proof)
    assert [kind for kind, _ in found] == ["rollback"] * 3
    assert {place.partition(" ")[0] for _, place in found} == {"packet", "copied", "E-0001.tlog-proof"}


def test_checkpoints_that_the_log_continues_are_counted(path, tmp_path):
    with opened(path, operation=Operation.READ) as vault:
        places = [kept_at(tmp_path / f"{size}.txt", vault.note(size)) for size in (0, 1, 5)]
        places.append(kept_at(tmp_path / "last.txt", vault.note()))
    grow(path)
    assert check(path, *places).compared == 4


class Remembering:
    """A witness's answers: what it saw last, as the log had signed it."""

    def __init__(self, note):
        self.note = note
        self.verifiers = {ED25519: TOOLS.verify}

    def latest(self, _witness, _origin):
        return self.note


def with_witness(path):
    with opened(path) as vault, vault.ledger.begin() as writer:
        writer.set_witness(Witness("이웃", "http://127.0.0.1:1", ()))
        told = {"witness": {"added": "이웃", "url": "http://127.0.0.1:1", "vkeys": []}}
        writer.append(Draft(EntryType.KEY, "person", TOOLS.now(), opening=open_record(bytes(32), told)))


def test_a_whole_vault_put_back_is_found_by_a_witness(path, tmp_path):
    with_witness(path)
    note = put_whole_vault_back(path, tmp_path)
    ((kind, place),) = wrong(path, witnesses=Remembering(note))
    assert (kind, place.partition(" ")[0]) == ("rollback", "이웃")


def test_another_log_than_a_witness_saw_is_found(path, tmp_path):
    with_witness(path)
    note = put_whole_vault_back(path, tmp_path)
    grow(path, "forked")
    ((kind, place),) = wrong(path, witnesses=Remembering(note))
    assert (kind, place.partition(" ")[0]) == ("kept-fork", "이웃")


def test_what_a_witness_says_beside_is_handed_on(path):
    with_witness(path)
    assert [one.says for one in check(path, witnesses=Remembering(None)).witnesses] == [WitnessSays.NOTHING]


def drop_last_entry(path):
    """Take the last entry away and sign what is left, as somebody with every key of the vault can."""
    with opened(path) as vault:
        with vault.ledger._engine.connect().execution_options(haechi_write=True) as connection, connection.begin():  # noqa: SLF001
            size = vault.ledger.log_head().frontier.size - 1
            frontier = Frontier().append(vault.ledger.leaves(size))
            *_, previous = vault.ledger.leaves(size)
            for table in ("openings", "entries"):
                connection.exec_driver_sql(f"DELETE FROM {table} WHERE number = ?", (size,))  # noqa: S608 - our own names
            connection.exec_driver_sql(
                "UPDATE head SET size = ?, frontier = ?, previous = ?", (size, frontier.packed(), previous.hex())
            )
        vault.checkpoint()
    return size


def test_a_shorter_log_with_a_new_signature_is_found_with_a_checkpoint_from_elsewhere(path, tmp_path):
    with opened(path) as vault:
        with vault.ledger.begin() as writer:
            writer.append(Draft(EntryType.MATCH, "owner", TOOLS.now(), opening=open_record(bytes(32), {"v": 1})))
        note = vault.note()
    left = drop_last_entry(path)
    assert wrong(path) == []
    assert wrong(path, kept_at(tmp_path / "kept", note)) == [("rollback", f"kept ({left + 1} > {left})")]


def test_a_fork_signed_with_the_vaults_own_keys_is_found_with_a_checkpoint_from_elsewhere(path, tmp_path):
    note = put_whole_vault_back(path, tmp_path)
    grow(path, "forked")
    assert wrong(path) == []
    ((kind, place),) = wrong(path, kept_at(tmp_path / "kept", note))
    assert (kind, place.partition(" ")[0]) == ("kept-fork", "kept")


def test_a_checkpoint_under_this_logs_name_by_another_key_is_a_finding(path, tmp_path):
    with opened(path, operation=Operation.READ) as vault:
        head = vault.ledger.log_head().frontier
        other = TOOLS.signer(bytes(32))
        text = Checkpoint(vault.origin, head.size, head.root()).text()
        note = sign_note(text, NoteKey(vault.origin, other.public), other.sign)
    assert wrong(path, kept_at(tmp_path / "kept", note)) == [("kept-signature", "kept")]


def test_what_is_no_checkpoint_of_this_log_is_refused_and_not_called_damage(path, tmp_path):
    make(tmp_path / "other")
    with opened(tmp_path / "other", operation=Operation.READ) as other:
        foreign = kept_at(tmp_path / "foreign", other.note())
    with opened(path, operation=Operation.READ) as vault:
        cut = kept_at(tmp_path / "cut", vault.note()[:-20])
    for place, reason in ((foreign, "other"), (cut, "form"), (kept_at(tmp_path / "text", "가나다"), "form")):
        with pytest.raises(CheckpointForeignError) as caught:
            check(path, place)
        assert caught.value.facts["reason"] == reason


def test_what_cannot_be_read_as_a_checkpoint_is_refused_before_anything_is_checked(tmp_path):
    (tmp_path / "large").write_bytes(b"a" * (2**20 + 1))
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty folder").mkdir()
    for name in ("large", "binary", "empty folder"):
        with pytest.raises(CheckpointForeignError):
            read_kept_checkpoint(tmp_path / name)
    with pytest.raises(PathMissingError):
        read_kept_checkpoint(tmp_path / "nothing")
