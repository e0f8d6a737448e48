"""Every class of byte in a vault, flipped: found each time, and the file named that is hit. Header and checkpoint: `test_damage`."""

import hashlib
import random
import shutil

import pytest

from drawn_vault import TOOLS, check, message, opened, quiet, sealed_case, take
from haechi.adapters.blobs import new_identity, recipient_of
from haechi.domain.anchor import Cosignature, Stamp
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import CustodyBrokenError, VaultDamagedError
from haechi.domain.vault import Operation
from haechi.flows.anchor import answer_record
from haechi.flows.set_readers import set_readers
from haechi.flows.verify import Outside, verify
from ledger_pages import PAGE, RESERVED, kinds

WAL_HEADER, FRAME_HEADER = 32, 24  # https://www.sqlite.org/fileformat2.html#walformat
CHUNK = 64 * 1024 + 16  # of an age payload: bytes and tag


def findings(path, outside=None):
    """Return everything that verifying finds; what does not even open is found as `damaged`."""
    try:
        with opened(path, operation=Operation.CHECK) as vault:
            verify(vault, quiet, outside=outside)
    except CustodyBrokenError as error:
        return list(error.facts["findings"])
    except VaultDamagedError as error:
        return [{"kind": "damaged", "place": error.facts["part"], "item": None}]
    return []


def flip(place, at, bit=1):
    with place.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ bit]))


def change(path, statement, *values):
    """Change the ledger behind the vault's back, as somebody who has the key can."""
    with (
        opened(path) as vault,
        vault.ledger._engine.connect().execution_options(haechi_write=True) as connection,  # noqa: SLF001
        connection.begin(),
    ):
        connection.exec_driver_sql(statement, values)


@pytest.fixture
def large(path):
    """A vault whose ledger has pages of every kind: enough rows for inner pages, long ones, and a table that was dropped."""
    with opened(path) as vault:
        files = [(f"f{number}.png", bytes([number]) * 90) for number in range(12)]
        texts = [message(number, f"긴 글 {number} " + "가" * 40) for number in range(200, 460)]
        take(vault, sealed_case(vault), texts, files=files, window=60)
    change(path, "CREATE TABLE gone_again (a)")
    change(
        path,
        "INSERT INTO gone_again WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60) "
        "SELECT randomblob(900) FROM n",
    )
    change(path, "DROP TABLE gone_again")
    return path


def page_kinds(path):
    with opened(path, operation=Operation.READ) as vault:
        key = TOOLS.keys.database_key(vault.master)
        with vault.ledger._engine.connect() as connection:  # noqa: SLF001 - the roots are below the ledger
            query = "SELECT rootpage, name FROM sqlite_master WHERE rootpage > 0"
            roots = dict(map(tuple, connection.exec_driver_sql(query)))
    return kinds(path / "ledger.db", key, roots)


def test_a_flip_in_every_part_of_every_kind_of_page_is_found(large):
    rng = random.Random(11)
    by_kind = {}
    for number, (kind, _) in page_kinds(large).items():
        by_kind.setdefault(kind, []).append(number)
    assert set(by_kind) == {
        "header", "interior table", "interior index", "leaf table", "leaf index", "overflow", "free",
    }  # fmt: skip
    whole = (large / "ledger.db").read_bytes()
    assert not findings(large)
    for kind, numbers in by_kind.items():
        number = rng.choice(numbers)
        # Its first byte (in the first page: the salt), its body, the IV, the checksum's first and last byte.
        for at in (0, rng.randrange(16, PAGE - RESERVED), PAGE - RESERVED, PAGE - 64, PAGE - 1):
            flip(large / "ledger.db", (number - 1) * PAGE + at, 1 << rng.randrange(8))
            found = findings(large)
            assert found, (kind, number, at)
            assert found[0]["kind"] in {"page", "damaged"}, (kind, number, at)
            assert found[0]["kind"] == "damaged" or f"page {number}" in found[0]["place"], (kind, number, at)
            (large / "ledger.db").write_bytes(whole)


@pytest.fixture
def killed(path, child):
    """A vault whose process was killed before its write-ahead log was folded into the ledger."""
    child(
        "vault = open_vault(TOOLS, Path(sys.argv[1]), GivenKey(PASSPHRASE))\n"
        "take(vault, vault.ledger.cases()[0], [message(number) for number in range(90, 99)])\n"
        "import os\nos.kill(os.getpid(), 9)",
        path,
    )
    return path


def test_a_flip_in_every_field_of_the_write_ahead_log_is_found(killed, tmp_path):
    """What follows a damaged frame is passed over by SQLite without a word: the checkpoint knows that it was there."""
    log = killed / "ledger.db-wal"
    frames = (log.stat().st_size - WAL_HEADER) // (FRAME_HEADER + PAGE)
    fields = [0, 5, 9, 13, 17, 21, 25, 29]  # magic, version, page size, number, two salts, two checksums
    for frame in (0, frames // 2, frames - 1):
        begin = WAL_HEADER + frame * (FRAME_HEADER + PAGE)
        # Page number, size after commit, two salts, two checksums; the page's first, an inner and its last byte.
        fields += [begin + at for at in (1, 5, 9, 13, 17, 21, 24, 24 + 2000, FRAME_HEADER + PAGE - 1)]
    for at in fields:
        copy = tmp_path / "copy"
        shutil.copytree(killed, copy)
        flip(copy / "ledger.db-wal", at)
        assert findings(copy), at
        shutil.rmtree(copy)
    assert not findings(killed)


def age_parts(content):
    """Return where each part of an age file (https://age-encryption.org/v1) is: name to a byte of it."""
    mac = content.index(b"\n---") + 1
    nonce = content.index(b"\n", mac) + 1
    first = nonce + 16
    chunks = range(first, len(content), CHUNK)
    return {
        "version": 5,
        "stanza type": content.index(b"-> X25519") + 4,
        "stanza argument": content.index(b"-> X25519") + 14,
        "stanza body": content.index(b"\n", content.index(b"-> X25519")) + 7,
        "mac mark": mac + 1,
        "mac": mac + 9,
        "mac end": nonce - 2,
        "line break": nonce - 1,
        "nonce": nonce + 3,
        "first chunk": chunks[0] + 100,
        "first tag": chunks[1] - 1,
        "middle chunk": chunks[1] + 100,
        "last chunk": chunks[-1] + 10,
        "last tag": len(content) - 1,
    }


@pytest.fixture
def exhibit(path):
    """A vault with one exhibit of several chunks: (path, the sealed file, the item)."""
    with opened(path) as vault:
        case = sealed_case(vault)
        content = random.Random(5).randbytes(150_000)
        take(vault, case, files=[("large.mp4", content)])
        digest = hashlib.sha256(content).hexdigest()
        item = next(one.item_id for one in vault.ledger.items(case.case_id) if one.digest == digest)
        name = vault.blobs.name(case.case_id, digest)
    return path, path / "blobs" / name[:2] / f"{name}.age", item


def test_a_flip_in_every_part_of_a_sealed_file_is_found_with_file_and_exhibit(exhibit):
    path, place, item = exhibit
    whole = place.read_bytes()
    expected = [{"kind": "blob", "place": str(place.relative_to(path)), "item": item}]
    for part, at in age_parts(whole).items():
        for bit in (1, 32, 128):
            flip(place, at, bit)
            assert findings(path) == expected, (part, bit)
            place.write_bytes(whole)


def test_a_sealed_file_that_was_cut_or_went_on_is_found(exhibit):
    path, place, item = exhibit
    whole = place.read_bytes()
    start = age_parts(whole)["first chunk"] - 100
    cuts = [b"", whole[:start], whole[: start + CHUNK], whole[:-1], whole + b"\0", whole + whole[start:]]
    for content in cuts:
        place.write_bytes(content)
        assert findings(path) == [{"kind": "blob", "place": str(place.relative_to(path)), "item": item}]


def test_every_damaged_file_is_named_and_not_only_the_first(large):
    places = sorted(large.glob("blobs/*/*.age"))
    for place in places[:3]:
        flip(place, place.stat().st_size - 1)
    places[3].unlink()
    found = findings(large)
    assert [one["place"] for one in found] == [str(place.relative_to(large)) for place in places[:4]]
    assert {one["kind"] for one in found} == {"blob"}
    with opened(large, operation=Operation.READ) as vault:
        items = {one.item_id for case in vault.ledger.cases() for one in vault.ledger.items(case.case_id)}
    assert {one["item"] for one in found} <= items


def test_damaged_files_are_named_beside_a_damaged_log(exhibit):
    path, place, _ = exhibit
    with opened(path, operation=Operation.READ) as vault:
        raw = next(vault.ledger.entries(3)).raw.replace(b'"person"', b'"pers0n"')
    change(path, "UPDATE entries SET raw = ? WHERE number = 3", raw)
    flip(place, place.stat().st_size - 1)
    assert [(one["kind"], one["place"]) for one in findings(path)] == [
        ("entry-leaf", 3),
        ("blob", str(place.relative_to(path))),
    ]


def test_a_flip_in_a_file_that_was_sealed_for_others_is_found_though_nobody_here_can_open_it(path):
    with opened(path) as vault:
        case = sealed_case(vault)
        own, others = recipient_of(vault.reader_identity), [recipient_of(new_identity())]
        set_readers(vault, case, others=others, own=own, write_only=True, actor="person")
        take(vault, case, files=[("theirs.png", b"drawn for others" * 30)])
        item = list(vault.ledger.items(case.case_id))[-1]
        name = vault.blobs.name(case.case_id, item.digest)
    place = path / "blobs" / name[:2] / f"{name}.age"
    found = check(path)
    assert (found.blobs, found.sealed_elsewhere, found.items) == (2, 1, 4)
    expected = [{"kind": "blob", "place": str(place.relative_to(path)), "item": item.item_id}]
    for at in range(0, place.stat().st_size, 61):
        flip(place, at)
        assert findings(path) == expected, at
        flip(place, at)
    place.unlink()
    assert findings(path) == expected


def anchored(path):
    """Write an anchor with a stamp and a cosignature into the vault, as they come in."""
    with opened(path) as vault:
        note = vault.note()
        size = vault.ledger.log_head().frontier.size
        stamp = Stamp("기관", b"query", bytes(range(80)), "chain", 1_790_000_000_000_000, "1", "00" * 32, 2**31)
        one = Cosignature("이웃", "vkey", "— line\n", 1_790_000_000)
        with vault.ledger.begin() as writer:
            number = writer.add_anchor(size=size, note=note)
            writer.add_stamp(number, stamp)
            writer.add_cosignature(number, one)
            record = answer_record(size, stamp, [one], 0)
            writer.append(Draft(EntryType.ANCHOR, "owner", TOOLS.now(), opening=open_record(bytes(32), record)))
    return stamp


def test_every_flipped_byte_of_a_stamp_is_found_even_where_its_signature_does_not_reach(path):
    """A token has bytes that no signature covers; the log has its digest. Here every signature check is satisfied."""
    stamp = anchored(path)
    anything = Outside(check_stamp=lambda _stamp, _note: None)
    assert ("stamp", "anchor 1, 기관") not in {(one["kind"], one["place"]) for one in findings(path, anything)}
    for at in range(0, len(stamp.reply), 9):
        changed = bytearray(stamp.reply)
        changed[at] ^= 1
        change(path, "UPDATE stamps SET reply = ?", bytes(changed))
        assert ("stamp", "anchor 1, 기관") in {(one["kind"], one["place"]) for one in findings(path, anything)}, at


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM stamps", "stamp"),
        ("DELETE FROM cosignatures", "cosignature"),
        ("UPDATE stamps SET authority = '다른'", "stamp"),
        ("UPDATE anchors SET size = size - 1", "anchor"),
        ("UPDATE anchors SET note = replace(note, 'haechi', 'haechj')", "anchor"),
    ],
)
def test_an_anchor_that_lost_or_changed_something_is_found(path, statement, kind):
    anchored(path)
    change(path, statement)
    assert kind in {one["kind"] for one in findings(path, Outside(check_stamp=lambda _stamp, _note: None))}


def test_the_drawn_vaults_are_whole(exhibit):
    assert check(exhibit[0]).blobs == 3
