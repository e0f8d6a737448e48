"""Write-only capture: what is sealed for others cannot be opened here, and can be opened there with stock age."""

import hashlib
import io
import json
import subprocess
import zipfile

import pyrage
import pytest

from drawn_vault import quiet, take
from haechi.adapters.blobs import recipient_of
from haechi.adapters.envelopes import PlainZipEnvelope, encrypt_for
from haechi.domain.case import Age, CustodyMode
from haechi.domain.errors import HandOverRefusedError, ModeRefusedError, ReadersMissingError, SealedForOthersError
from haechi.domain.evidence import ItemId
from haechi.domain.packet import Exhibit
from haechi.domain.recipient import Recipient, TransferForm
from haechi.flows.gather_sealed import MANIFEST, gather_sealed
from haechi.flows.hand_over import hand_over
from haechi.flows.open_case import change_mode
from haechi.flows.require_open import require_open
from haechi.flows.set_readers import set_readers
from integration.hand_over.conftest import png
from stock_programs import needed

CONTENT = png(3)


def seal_for(vault, case, *others, write_only=True):
    own = recipient_of(vault.reader_identity)
    return set_readers(vault, case, others=others, own=own, write_only=write_only, actor="person")


@pytest.fixture
def write_only(vault, case, receiver):
    """The vault after a third picture was sealed for the receiver only."""
    seal_for(vault, case, receiver.age)
    take(vault, case, files=[("c.png", CONTENT)])
    return vault


def last_blob(vault, case):
    return vault.ledger.blob(case.case_id, list(vault.ledger.items(case.case_id))[-1].digest)


def test_what_is_sealed_for_others_is_not_wrapped_for_this_vault(write_only, case, receiver):
    blob = last_blob(write_only, case)
    assert [reader for reader, _ in blob.wraps] == [receiver.age]
    with pytest.raises(SealedForOthersError):
        write_only.blobs.open(blob, identity=write_only.reader_identity)


def test_no_secret_in_the_vault_opens_it(write_only, case):
    blob = last_blob(write_only, case)
    with write_only.blobs.open_sealed(blob.name) as stream:
        sealed = stream.read()
    for content in (sealed, blob.wraps[0][1]):
        with pytest.raises(pyrage.DecryptError):
            pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(write_only.reader_identity)])


def test_the_reader_opens_the_wrap_and_then_the_file_with_stock_age(write_only, case, receiver, tmp_path):
    """The two commands of docs/formats/hand-over.md, with the program that everybody can get."""
    age = needed("age")
    blob = last_blob(write_only, case)
    reader, wrap, key = (tmp_path / name for name in ("reader", "wrap.age", "key"))
    reader.write_text(f"{receiver.identity}\n")
    wrap.write_bytes(blob.wraps[0][1])
    key.write_bytes(subprocess.check_output([age, "-d", "-i", reader, wrap]))
    sealed = tmp_path / "vault" / "blobs" / blob.name[:2] / f"{blob.name}.age"
    assert subprocess.check_output([age, "-d", "-i", key, sealed]) == CONTENT


def test_what_was_sealed_before_stays_readable_and_texts_too(write_only, case):
    first = next(iter(write_only.ledger.items(case.case_id)))
    blob = write_only.ledger.blob(case.case_id, first.digest)
    with write_only.blobs.open(blob, identity=write_only.reader_identity) as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == first.digest
    assert any("글" in stored.message.text for stored in write_only.ledger.messages(case.case_id))


def test_damage_to_what_nobody_here_can_open_still_shows(write_only, case, tmp_path):
    blob = last_blob(write_only, case)
    assert write_only.blobs.sealed_digest(blob.name) == blob.sealed_digest
    place = tmp_path / "vault" / "blobs" / blob.name[:2] / f"{blob.name}.age"
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    assert write_only.blobs.sealed_digest(blob.name) != blob.sealed_digest


def exhibit(vault, number, item):
    entry = vault.ledger.item_entry(ItemId(item.item_id))
    return Exhibit(number, item, entry, vault.ledger.opening(entry), (), f"data/evidence/{number}.png", None)


def test_a_packet_names_every_exhibit_that_this_station_cannot_open(write_only, case):
    exhibits = [
        exhibit(write_only, f"E-000{at}", item) for at, item in enumerate(write_only.ledger.items(case.case_id), 1)
    ]
    own = recipient_of(write_only.reader_identity)
    with pytest.raises(SealedForOthersError) as raised:
        require_open(case.case_id, exhibits, ledger=write_only.ledger, reader=own)
    assert raised.value.facts == {"names": "E-0003"}
    require_open(case.case_id, exhibits[:2], ledger=write_only.ledger, reader=own)


def test_the_change_of_readers_is_in_the_log(vault, case, receiver):
    readers = seal_for(vault, case, receiver.age, write_only=False)
    assert readers == (recipient_of(vault.reader_identity), receiver.age)
    entry = list(vault.ledger.entries())[-1]
    assert b'"type":"case"' in entry.raw
    assert vault.ledger.opening(entry.index).subject["readers"] == list(readers)


def test_readers_stay_when_the_case_s_age_or_basis_changes(vault, case, receiver):
    seal_for(vault, case, receiver.age)
    own = recipient_of(vault.reader_identity)
    change_mode(
        vault,
        case.name,
        actor="person",
        mode=CustodyMode.AUTHORITY,
        age=Age.ADULT,
        consent="법",
        reason="r",
        reader=own,
    )
    assert vault.ledger.readers(case.case_id) == [receiver.age]


def test_write_only_without_a_reader_is_refused(vault, case):
    before = vault.ledger.readers(case.case_id)
    for others in ((), (recipient_of(vault.reader_identity),)):
        with pytest.raises(ReadersMissingError):
            seal_for(vault, case, *others)
    assert vault.ledger.readers(case.case_id) == before


def test_a_case_that_keeps_nothing_has_no_readers_to_name(text_only, receiver):
    with pytest.raises(ModeRefusedError):
        seal_for(text_only, text_only.ledger.cases()[0], receiver.age)


def handed(vault, case, receiver, target):
    to = Recipient("경찰서", receiver.age, None)
    contents = gather_sealed(vault, case, to, encrypt=encrypt_for)
    closing = PlainZipEnvelope()
    done = hand_over(
        vault, contents, target, recipient=to, envelope=closing, actor="person", progress=quiet, case=case.case_id
    )
    return contents, done


def test_sealed_files_are_handed_over_as_they_are_and_open_there(write_only, case, receiver, tmp_path):
    contents, done = handed(write_only, case, receiver, tmp_path / "sealed.zip")
    assert (contents.items, contents.left_out, done.transfer.form) == (3, 0, TransferForm.SEALED)
    archive = zipfile.ZipFile(done.path)
    held = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    assert all(content.startswith(b"age-encryption.org/v1") for content in held.values())
    manifest = pyrage.decrypt(held[MANIFEST], [receiver.identity])
    assert hashlib.sha256(manifest).hexdigest() == done.transfer.digest
    for row in json.loads(manifest)["items"]:
        key = pyrage.decrypt(held[f"wraps/{row['blob']}.age"], [receiver.identity]).decode()
        sealed = held[f"blobs/{row['blob']}.age"]
        clear = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(key)])
        assert hashlib.sha256(sealed).hexdigest() == row["sealed_sha256"]
        assert hashlib.sha256(clear).hexdigest() == row["sha256"]
        commit = hashlib.sha256(b"commit/v1\n" + bytes.fromhex(row["salt"] + row["sha256"])).hexdigest()
        assert row["entry"]["commit"] == commit


def test_nothing_but_age_files_leaves_that_way(write_only, case, receiver, tmp_path):
    contents, _ = handed(write_only, case, receiver, tmp_path / "sealed.zip")
    clear = contents.files[0]
    from dataclasses import replace

    with pytest.raises(ValueError, match="blobs/"):
        PlainZipEnvelope().write(
            "x", [replace(clear, open=lambda: io.BytesIO(CONTENT))], tmp_path / "p", progress=print, record=print
        )
    assert not (tmp_path / "p").exists()


def test_what_neither_side_can_open_is_left_out_and_counted(write_only, case, tmp_path):
    from integration.hand_over.conftest import receiver_with

    third = receiver_with(tmp_path / "third")
    contents, _ = handed(write_only, case, third, tmp_path / "sealed.zip")
    assert (contents.items, contents.left_out) == (2, 1)


def test_a_case_without_sealed_files_has_nothing_to_hand_over(text_only, receiver, tmp_path):
    with pytest.raises(HandOverRefusedError) as raised:
        handed(text_only, text_only.ledger.cases()[0], receiver, tmp_path / "p")
    assert raised.value.facts["reason"] == "nothing-sealed"
