"""What changes in a vault, by accident or on purpose, is found and named."""

import json
import random
import shutil

import pytest

from drawn_vault import PASSPHRASE, TOOLS, check, message, opened, sealed_case, take
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.derivative import Derivative, derivative_record
from haechi.domain.errors import CustodyBrokenError, HaechiError, VaultDamagedError
from haechi.domain.note import sign_note
from haechi.domain.vault import Operation


def broken(path):
    """Return (kind, place) of what verifying finds first; the place it is refused at when it does not even open."""
    try:
        check(path)
    except CustodyBrokenError as error:
        return error.facts["kind"], error.facts["place"]
    except VaultDamagedError as error:
        return "damaged", error.facts["part"]
    return None


def flip(place, at, bit=1):
    content = bytearray(place.read_bytes())
    content[at] ^= bit
    place.write_bytes(content)


def change(path, statement, *values):
    """Change the ledger behind the vault's back, as somebody who has the key can."""
    with opened(path, operation=Operation.READ) as vault:
        key = TOOLS.keys.database_key(vault.master)
    ledger = TOOLS.open_ledger(path / "ledger.db", key, Operation.WRITE)
    with ledger._engine.connect().execution_options(haechi_write=True) as connection, connection.begin():  # noqa: SLF001
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        assert connection.exec_driver_sql(statement, values).rowcount > 0
    ledger.close()


def test_an_untouched_vault_verifies_and_stays_as_it_is(path):
    before = {place: place.read_bytes() for place in path.rglob("*") if place.is_file()}
    found = check(path)
    assert (found.items, found.messages, found.blobs) == (3, 13, 2)
    assert before == {place: place.read_bytes() for place in path.rglob("*") if place.is_file()}


def test_every_flipped_byte_of_the_header_is_found(path):
    whole = (path / "haechi.vault").read_bytes()
    for at in range(len(whole)):
        flip(path / "haechi.vault", at)
        assert broken(path) in {("header", "haechi.vault"), ("damaged", "haechi.vault")}, at
        (path / "haechi.vault").write_bytes(whole)


def test_a_damaged_slot_leaves_the_other_key_working(tmp_path):
    from drawn_vault import make

    recovery_key = make(tmp_path / "v")
    members = json.loads((tmp_path / "v" / "haechi.vault").read_bytes())
    wrapped = members["slots"][0]["wrapped"]
    content = (tmp_path / "v" / "haechi.vault").read_text()
    (tmp_path / "v" / "haechi.vault").write_text(content.replace(wrapped, wrapped.swapcase()))
    with pytest.raises(VaultDamagedError), opened(tmp_path / "v"):
        pass
    with opened(tmp_path / "v", recovery_key) as vault:
        assert vault.ledger.log_head().frontier.size == 2


def test_every_flipped_byte_of_the_checkpoint_is_found(path):
    whole = (path / "checkpoint").read_bytes()
    for at in range(len(whole)):
        flip(path / "checkpoint", at)
        assert broken(path) == ("checkpoint", "checkpoint"), at
        (path / "checkpoint").write_bytes(whole)


def test_bits_of_the_checkpoint_that_stand_for_nothing_may_not_change_either(path):
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    whole = (path / "checkpoint").read_text(encoding="utf-8")
    last = digits.index(whole[-3])
    assert whole.endswith("=\n")
    for bits in (1, 2, 3):
        (path / "checkpoint").write_text(f"{whole[:-3]}{digits[last ^ bits]}=\n", encoding="utf-8")
        assert broken(path) == ("checkpoint", "checkpoint")


def test_a_flipped_byte_on_any_page_of_the_ledger_is_found_with_its_page(path):
    size = (path / "ledger.db").stat().st_size
    rng = random.Random(7)
    for page in range(size // 4096):
        whole = (path / "ledger.db").read_bytes()
        flip(path / "ledger.db", page * 4096 + rng.randrange(4096), 1 << rng.randrange(8))
        kind, place = broken(path)
        assert kind in {"page", "damaged"}, page
        if kind == "page":
            assert place.startswith("ledger.db"), page
        (path / "ledger.db").write_bytes(whole)
    assert broken(path) is None


def test_a_flipped_byte_in_any_blob_is_found_with_its_file(path):
    rng = random.Random(7)
    for place in path.glob("blobs/*/*.age"):
        whole = place.read_bytes()
        for at in (*range(0, len(whole), 37), rng.randrange(len(whole)), len(whole) - 1):
            flip(place, at, 1 << rng.randrange(8))
            assert broken(path) == ("blob", str(place.relative_to(path))), at
            place.write_bytes(whole)


def test_a_missing_an_added_and_a_renamed_blob_are_found(path):
    first, second = sorted(path.glob("blobs/*/*.age"))
    added = first.with_name("letter.txt")
    added.write_bytes(b"x")
    assert broken(path) == ("blob-unknown", str(added.relative_to(path)))
    added.unlink()
    first.rename(path / "kept")
    assert broken(path) == ("blob", str(first.relative_to(path)))
    shutil.copy(second, first)
    assert broken(path) == ("blob", str(first.relative_to(path)))
    (path / "kept").replace(first)
    assert broken(path) is None


def test_a_missing_checkpoint_is_found_and_nothing_is_appended_after_it(path):
    (path / "checkpoint").unlink()
    assert broken(path) == ("checkpoint", "checkpoint")
    with pytest.raises(VaultDamagedError), opened(path):
        pass
    with opened(path, operation=Operation.READ) as vault:
        assert vault.ledger.message_count() == 10


def test_an_old_ledger_put_back_is_found_through_the_checkpoint(path):
    old = (path / "ledger.db").read_bytes()
    with opened(path) as vault:
        take(vault, sealed_case(vault), [message(99, "later")])
        old_size = vault.ledger.log_head().frontier.size - 3
    (path / "ledger.db").write_bytes(old)
    assert broken(path) == ("rollback", old_size)
    with pytest.raises(CustodyBrokenError) as caught, opened(path):
        pass
    assert caught.value.facts["kind"] == "rollback"


def test_a_log_that_went_another_way_is_found_through_the_checkpoint(path, tmp_path):
    shutil.copytree(path, tmp_path / "fork")
    for one, text in ((path, "this"), (tmp_path / "fork", "that")):
        with opened(one) as vault:
            take(vault, sealed_case(vault), [message(99, text)])
    shutil.copy(tmp_path / "fork" / "ledger.db", path / "ledger.db")
    assert broken(path)[0] == "log-root"


def test_a_checkpoint_by_another_key_is_found(path):
    with opened(path) as vault:
        head = vault.ledger.log_head().frontier
        other = TOOLS.signer(bytes(32))
        text = Checkpoint(vault.origin, head.size, head.root()).text()
        note = sign_note(text, type(vault.log_key)(vault.origin, other.public), other.sign)
    (path / "checkpoint").write_text(note, encoding="utf-8")
    assert broken(path) == ("checkpoint", "checkpoint")


def test_a_checkpoint_that_lags_behind_is_no_damage(path):
    older = (path / "checkpoint").read_bytes()
    with opened(path) as vault:
        take(vault, sealed_case(vault), [message(99, "later")])
        newer = vault.note()
    (path / "checkpoint").write_bytes(older)
    assert broken(path) is None
    with opened(path):
        pass
    assert (path / "checkpoint").read_text(encoding="utf-8") == newer


def test_a_note_can_be_made_for_every_earlier_size(path):
    from haechi.domain.note import open_note

    with opened(path, operation=Operation.READ) as vault:
        size = vault.ledger.log_head().frontier.size
        for at in range(size + 1):
            signed = Checkpoint.parse(open_note(vault.note(at), vault.log_key, TOOLS.verify))
            assert signed.size == at
        with pytest.raises(IndexError):
            vault.note(size + 1)


def entry_of(path, kind):
    with opened(path, operation=Operation.READ) as vault:
        return next(entry.index for entry in vault.ledger.entries() if json.loads(entry.raw)["type"] == kind)


@pytest.mark.parametrize("at", [0, 3, 7])
def test_a_changed_entry_is_named(path, at):
    with opened(path, operation=Operation.READ) as vault:
        raw = next(vault.ledger.entries(at)).raw.replace(b'"person"', b'"pers0n"')
    change(path, "UPDATE entries SET raw = ? WHERE number = ?", raw, at)
    assert broken(path) == ("entry-leaf", at)


def test_a_changed_entry_with_its_leaf_is_named_by_the_next(path):
    from haechi.domain.merkle import leaf_hash

    with opened(path, operation=Operation.READ) as vault:
        raw = next(vault.ledger.entries(3)).raw.replace(b'"person"', b'"pers0n"')
    change(path, "UPDATE entries SET raw = ?, leaf = ? WHERE number = 3", raw, leaf_hash(raw))
    assert broken(path) == ("entry-link", 4)


def test_a_dropped_entry_is_named(path):
    change(path, "DELETE FROM openings WHERE number = 6")
    change(path, "DELETE FROM entries WHERE number = 6")
    assert broken(path) == ("entry-order", 6)


def test_the_last_entry_dropped_is_found(path):
    with opened(path, operation=Operation.READ) as vault:
        last = vault.ledger.log_head().frontier.size - 1
    change(path, "DELETE FROM openings WHERE number = ?", last)
    change(path, "DELETE FROM entries WHERE number = ?", last)
    assert broken(path) == ("log-head", last)


@pytest.mark.parametrize("column", ["salt", "digest"])
def test_a_changed_opening_is_named(path, column):
    at = entry_of(path, "capture")
    change(path, f"UPDATE openings SET {column} = zeroblob(32) WHERE number = ?", at)  # noqa: S608 - our own names
    assert broken(path) == ("opening", at)


def test_a_changed_record_behind_an_opening_is_named(path):
    at = entry_of(path, "seal")
    change(path, "UPDATE openings SET subject = replace(subject, 'a.png', 'z.png') WHERE number = ?", at)
    assert broken(path) == ("opening", at)


def test_a_destroyed_opening_is_named(path):
    at = entry_of(path, "capture")
    change(path, "DELETE FROM openings WHERE number = ?", at)
    assert broken(path) == ("opening-missing", at)


def item_at(path, number):
    with opened(path, operation=Operation.READ) as vault:
        return list(vault.ledger.items(vault.ledger.cases()[0].case_id))[number].item_id


@pytest.mark.parametrize(
    "statement",
    ["UPDATE items SET digest = zeroblob(32) WHERE item_id = ?", "UPDATE items SET entry = 2 WHERE item_id = ?"],
)
def test_a_changed_item_is_named(path, statement):
    item = item_at(path, 1)
    change(path, statement, item)
    assert broken(path) == ("item", item)


def test_a_deleted_item_is_named(path):
    item = item_at(path, 1)
    change(path, "DELETE FROM items WHERE item_id = ?", item)
    assert broken(path) == ("item", item)


def test_a_seal_record_that_was_changed_is_named(path):
    change(path, "UPDATE members SET record = replace(record, 'a.png', 'z.png') WHERE position = 0")
    assert broken(path) == ("seal", "import 1")


def test_a_changed_message_window_is_named(path):
    import zlib

    change(path, "UPDATE windows SET raw = ? WHERE part_id = 1 AND first = 4", zlib.compress("바뀐 글".encode() * 3))
    assert broken(path)[0] == "page"
    with opened(path, operation=Operation.READ) as vault:
        lengths = next(vault.ledger.windows(1)).lengths
    change(
        path,
        "UPDATE windows SET raw = ?, lengths = (SELECT lengths FROM windows WHERE part_id = 1 AND first = 0) "
        "WHERE part_id = 1 AND first = 4",
        zlib.compress(b"x" * sum(lengths)),
    )
    assert broken(path) == ("window", "import 1, part 1, messages 4-7")


def test_a_dropped_message_window_is_named(path):
    change(path, "DELETE FROM windows WHERE part_id = 1 AND first = 8")
    assert broken(path)[0] == "window"


def test_a_dropped_source_is_named(path):
    change(path, "DELETE FROM sources WHERE part_id = 1 AND ordinal = 3")
    assert broken(path) == ("message", "import 1, part 1, messages 0-3")


def test_a_blob_with_other_content_under_the_right_name_is_named(path):
    """Somebody who has every key seals another picture and writes its wraps into the ledger."""
    import io

    from haechi.adapters.blobs import recipient_of

    with opened(path) as vault:
        case = vault.ledger.cases()[0]
        item = next(vault.ledger.items(case.case_id))
        name = vault.blobs.name(case.case_id, item.digest)
        other = io.BytesIO(bytes(item.size))
        blob = vault.blobs.seal(name, other, readers=[recipient_of(vault.reader_identity)])
    change(path, "UPDATE wraps SET wrapped = ? WHERE name = ?", blob.wraps[0][1], name)
    assert broken(path) == ("exhibit", f"blobs/{name[:2]}/{name}.age")


@pytest.mark.parametrize("where", ["header", "salts"])
def test_damage_to_the_write_ahead_log_is_found(path, tmp_path, where, child):
    """A process is killed before it could fold its log into the ledger, and the log is damaged then."""
    child(
        "vault = open_vault(TOOLS, Path(sys.argv[1]), GivenKey(PASSPHRASE))\n"
        "take(vault, vault.ledger.cases()[0], [message(number) for number in range(90, 99)])\n"
        "import os\nos.kill(os.getpid(), 9)",
        path,
    )
    log = path / "ledger.db-wal"
    assert log.stat().st_size > 0
    shutil.copytree(path, tmp_path / "whole")
    assert broken(tmp_path / "whole") is None
    flip(log, 4 if where == "header" else 32 + 8)
    assert broken(path)[0] == "rollback"


def test_every_error_has_facts_and_no_names(path):
    change(path, "DELETE FROM items WHERE item_id = ?", item_at(path, 0))
    with pytest.raises(HaechiError) as caught:
        check(path)
    assert "a.png" not in str(caught.value)
    assert PASSPHRASE not in str(caught.value)


@pytest.mark.parametrize(("table", "place"), [("rooms", "room 1"), ("accounts", "account 1")])
def test_a_number_of_messages_that_was_changed_is_named(path, table, place):
    change(path, f"UPDATE {table} SET messages = messages + 1")  # noqa: S608 - our own names
    assert broken(path) == ("count", place)


def derived(path):
    """Record a redacted copy of an item as the flow does, without a blob of its own; return its id."""
    with opened(path) as vault:
        case = vault.ledger.cases()[0].case_id
        item = next(vault.ledger.items(case))
        entry = vault.ledger.item_entry(item.item_id)
        commit = json.loads(next(vault.ledger.entries(entry)).raw)["commit"]
        facts = {"source_entry": entry, "source_commit": commit, "digest": item.digest, "method": "drawn"}
        record = derivative_record(**facts, regions=(), fields=("text",), reason="이유")
        with vault.ledger.begin() as writer:
            draft = Draft(
                EntryType.DERIVE, "owner", TOOLS.now(), case=case, item="d" * 32, opening=open_record(bytes(32), record)
            )
            made = Derivative(
                "d" * 32, case, item.item_id, None, entry, commit, writer.append(draft).index, item.digest, item.size,
                "image/png", "drawn", (), ("text",), "이유",
            )  # fmt: skip
            writer.add_derivative(made)
    return made


@pytest.mark.parametrize("column", ["digest", "source_entry", "source_commit"])
def test_a_changed_derivative_is_named(path, column):
    made = derived(path)
    assert broken(path) is None
    value = "source_entry + 1" if column == "source_entry" else "zeroblob(32)"
    change(path, f"UPDATE derivatives SET {column} = {value}")  # noqa: S608 - our own names
    assert broken(path) == ("derivative", made.derivative_id)


def test_a_derivative_that_is_gone_is_named_by_its_entry(path):
    made = derived(path)
    change(path, "DELETE FROM derivatives")
    assert broken(path) == ("derivative", f"entry {made.entry}")
