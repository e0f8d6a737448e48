"""Redacted derivatives in a vault: named after their source, sealed, logged, and the original untouched."""

import base64
import hashlib
import json

import pytest

from drawn_vault import check, message, opened, quiet, take
from haechi.adapters.blobs import recipient_of
from haechi.adapters.media.redactor import WorkerRedactor
from haechi.domain.case import Age, CustodyMode
from haechi.domain.custody import commitment
from haechi.domain.derivative import MessageField, Region, derivative_record, taken_out
from haechi.domain.errors import CustodyBrokenError, RedactionRefusedError, SealedForOthersError, SelectionUnknownError
from haechi.flows.open_case import change_mode
from haechi.flows.redact import redact
from haechi.flows.redact_message import redact_message
from haechi.flows.set_readers import set_readers
from haechi.flows.verify import verify
from integration.hand_over.conftest import QUOTED, png

BOXES = (Region(40, 30, 100, 60), Region(0, 0, 5, 5))
KEY = ("channel77", "6")


@pytest.fixture(scope="module")
def redactor():
    redactor = WorkerRedactor()
    yield redactor
    redactor.close()


def content_of(vault, case, derivative) -> bytes:
    blob = vault.ledger.blob(case.case_id, derivative.digest)
    with vault.blobs.open(blob, identity=vault.reader_identity) as stream:
        return stream.read()


def picture(vault, case, redactor, *, regions=BOXES, reason="제삼자의 얼굴"):
    item = next(iter(vault.ledger.items(case.case_id)))
    return redact(vault, case, item.item_id, regions=regions, reason=reason, redactor=redactor, actor="person")


def without(vault, case, *fields, key=KEY, reason="이름을 가림"):
    own = recipient_of(vault.reader_identity)
    return redact_message(vault, case, key, fields=fields, reason=reason, own_reader=own, actor="person")


def entry_at(vault, index):
    return json.loads(next(vault.ledger.entries(index, index + 1)).raw)


def test_a_derivative_names_its_source_what_was_done_and_why(vault, case, redactor):
    made = picture(vault, case, redactor)
    source = next(iter(vault.ledger.items(case.case_id)))
    assert vault.ledger.derivatives(case.case_id) == [made]
    assert made.source_entry == vault.ledger.item_entry(source.item_id)
    assert made.source_commit == entry_at(vault, made.source_entry)["commit"]
    opening, entry = vault.ledger.opening(made.entry), entry_at(vault, made.entry)
    assert (entry["type"], entry["item"], entry["case"]) == ("derive", made.derivative_id, case.case_id)
    assert entry["commit"] == commitment(opening.salt, opening.digest).hex()
    assert opening.subject == derivative_record(
        source_entry=made.source_entry, source_commit=made.source_commit, digest=made.digest, method=made.method,
        regions=BOXES, fields=(), reason="제삼자의 얼굴",
    )  # fmt: skip
    assert hashlib.sha256(content_of(vault, case, made)).hexdigest() == made.digest
    assert made.method.startswith("black-rectangles/1; pillow ")


def test_the_original_is_as_it_was(vault, case, redactor):
    def original():
        items = list(vault.ledger.items(case.case_id))
        blobs = [vault.ledger.blob(case.case_id, one.digest) for one in items]
        files = [vault.blobs.sealed_digest(one.name) for one in blobs]
        return items, blobs, files, [entry.raw for entry in vault.ledger.entries(0, size)]

    size = vault.ledger.log_head().frontier.size
    before = original()
    picture(vault, case, redactor)
    without(vault, case, MessageField.SENDER)
    assert original() == before


def test_a_vault_with_derivatives_verifies(vault, case, redactor):
    picture(vault, case, redactor)
    without(vault, case, MessageField.TEXT)
    assert verify(vault, quiet).blobs == 4


def test_no_byte_of_a_derivative_lies_on_disk_in_the_clear(vault, case, redactor, tmp_path):
    made = content_of(vault, case, picture(vault, case, redactor))
    pieces = [made[at : at + 32] for at in range(0, len(made) - 32, 4096)]
    for file in (one for one in (tmp_path / "vault").rglob("*") if one.is_file()):
        content = file.read_bytes()
        assert not any(piece in content for piece in pieces)


def test_the_same_copy_made_twice_is_two_records_of_one_blob(vault, case, redactor):
    one, two = picture(vault, case, redactor), picture(vault, case, redactor, reason="다시")
    assert one.digest == two.digest
    assert one.derivative_id != two.derivative_id
    assert vault.ledger.derivatives(case.case_id) == [one, two]
    verify(vault, quiet)


def test_a_reference_only_case_refuses_a_picture_and_writes_nothing(text_only, redactor, tmp_path):
    case = text_only.ledger.cases()[0]
    with pytest.raises(RedactionRefusedError) as raised:
        picture(text_only, case, redactor)
    assert raised.value.facts["reason"] == "reference-only"
    assert list((tmp_path / "text" / "blobs").rglob("*.age")) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"regions": ()}, "nothing-chosen"), ({"reason": " "}, "reason-missing"), ({"regions": (Region(479, 0, 2, 1),)}, "outside")],
)  # fmt: skip
def test_what_cannot_be_painted_is_refused_and_not_logged(vault, case, redactor, change, reason):
    size = vault.ledger.log_head().frontier.size
    with pytest.raises(RedactionRefusedError) as raised:
        picture(vault, case, redactor, **change)
    assert raised.value.facts["reason"] == reason
    assert vault.ledger.log_head().frontier.size == size


def test_a_damaged_original_is_named_and_gives_no_copy(vault, case, redactor, tmp_path):
    item = next(iter(vault.ledger.items(case.case_id)))
    name = vault.ledger.blob(case.case_id, item.digest).name
    place = tmp_path / "vault" / "blobs" / name[:2] / f"{name}.age"
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    with pytest.raises(CustodyBrokenError) as raised:
        picture(vault, case, redactor)
    assert raised.value.facts == {"kind": "exhibit", "place": item.item_id}


def test_what_was_sealed_for_others_cannot_be_painted_here(vault, case, redactor, receiver):

    own = recipient_of(vault.reader_identity)
    set_readers(vault, case, others=[receiver.age], own=own, write_only=True, actor="person")
    take(vault, case, files=[("c.png", png(3))])
    item = list(vault.ledger.items(case.case_id))[-1]
    with pytest.raises(SealedForOthersError) as raised:
        redact(vault, case, item.item_id, regions=BOXES, reason="r", redactor=redactor, actor="person")
    assert raised.value.facts == {"names": item.item_id}


@pytest.mark.parametrize("mode", ["vault", "text_only"])
def test_a_message_without_its_sender_says_what_is_missing(mode, request):
    vault = request.getfixturevalue(mode)
    case = vault.ledger.cases()[0]
    made = without(vault, case, MessageField.SENDER)
    content = content_of(vault, case, made)
    record = json.loads(content)
    assert record["removed"] == ["names", "sender", "sender_label"] == list(made.fields)
    assert record["message"]["text"] == QUOTED
    assert not set(record["removed"]) & set(record["message"])
    assert "달토끼".encode() not in content
    assert b"user7" not in content
    assert (made.mime, made.message, made.source_item) == ("application/json", KEY, None)
    verify(vault, quiet)


def test_a_message_s_source_is_the_last_window_of_its_part(vault, case):
    made = without(vault, case, MessageField.TEXT, key=("channel77", "1"))
    windows = [entry.index for entry in vault.ledger.entries() if b'"type":"window"' in entry.raw]
    assert made.source_entry == windows[-1]
    source = entry_at(vault, made.source_entry)
    assert source["commit"] == made.source_commit
    assert source["counts"]["total"] == 6


@pytest.mark.parametrize("field", MessageField)
def test_every_field_takes_out_all_that_repeats_it(vault, case, field):
    canaries = {
        MessageField.TEXT: ("이 사람이", "AbCdEfGh"), MessageField.LINKS: ("AbCdEfGh",), MessageField.SENDER: ("달토끼", "user7"),
        MessageField.SENDER_LABEL: ("달토끼",), MessageField.NAMES: ("달토끼",), MessageField.REPLY: ('"reply_to"',),
        MessageField.MEDIA: ('"media"',), MessageField.TIME: ("2026-01-02", "1760000006"), MessageField.ROOM: ("channel77",),
    }  # fmt: skip
    text = content_of(vault, case, without(vault, case, field)).decode()
    kept = text.partition('"removed"')[0]
    assert not any(canary in kept for canary in canaries[field])
    assert taken_out([field])


def test_a_picture_written_into_a_text_is_not_copied(vault, case):
    take(vault, case, [message(9, "data:image/png;base64,iVBORw0KGgo"), message(10, "A1b/" * 300)])
    for number in ("9", "10"):
        with pytest.raises(RedactionRefusedError) as raised:
            without(vault, case, MessageField.SENDER, key=("channel77", number))
        assert raised.value.facts["reason"] == "embedded-picture"
        without(vault, case, MessageField.TEXT, key=("channel77", number))


def _written(content: bytes) -> dict[str, str]:
    digits = base64.b64encode(content).decode()
    return {
        "lines of 76": base64.encodebytes(content).decode(),
        "lines of 40": "\n".join(digits[at : at + 40] for at in range(0, len(digits), 40)),
        "web alphabet in lines": "\r\n".join(digits.translate(str.maketrans("+/", "-_"))[at : at + 64] for at in range(0, len(digits), 64)),
        "hexadecimal": content.hex(),
        "spaced hexadecimal": content.hex(" "),
        "raw": content.decode("latin-1"),
    }  # fmt: skip


@pytest.mark.parametrize("way", list(_written(b"")))
def test_a_case_that_became_reference_only_gives_no_copy_of_a_picture_in_a_text(vault, case, tmp_path, way):
    take(vault, case, [message(11, _written(png(4))[way])])
    own = recipient_of(vault.reader_identity)
    change_mode(vault, case.name, actor="p", mode=CustodyMode.REFERENCE_ONLY, age=Age.MINOR, consent="", reason="나이", reader=own)  # fmt: skip
    blobs = set((tmp_path / "vault" / "blobs").rglob("*.age"))
    with pytest.raises(RedactionRefusedError) as raised:
        without(vault, vault.ledger.cases()[0], MessageField.SENDER, key=("channel77", "11"))
    assert raised.value.facts["reason"] == "embedded-picture"
    assert set((tmp_path / "vault" / "blobs").rglob("*.age")) == blobs


def test_a_message_that_is_not_there_is_named(vault, case):
    with pytest.raises(SelectionUnknownError) as raised:
        without(vault, case, MessageField.TEXT, key=("channel77", "77"))
    assert raised.value.facts == {"names": "channel77:77"}


def test_derivatives_outlive_closing_the_vault(vault, case, redactor, tmp_path):
    made = picture(vault, case, redactor)
    vault.close()
    with opened(tmp_path / "vault") as again:
        assert again.ledger.derivatives(case.case_id) == [made]
    check(tmp_path / "vault")
