"""Each thing that can be wrong with messages, derivatives and anchors, alone in a packet that was signed again."""

import base64
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from drawn.packet_plan import LATE, ORIGIN, WITNESSES, Key, make_rich_plan
from drawn.stamps import authority, new_key, stamp
from haechi.adapters.packets.anchor_files import plain_pem
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.disclosure import message_origin
from haechi.domain.note import COSIGNATURE_ED25519, COSIGNATURE_MLDSA44, NoteKey, sign_note
from haechi.ports.packets import FINDING_CODES

LOG = Key("log rich")
CHECKPOINT, COSIGNATURES = "seal/anchors/A-0002.checkpoint", "seal/anchors/A-0002.cosignatures"
STAMP, PROOF, WITNESS_KEYS = "seal/anchors/A-0002.1.tsr", "seal/messages/M-0002.tlog-proof", "seal/witnesses.txt"
RSA = authority("rsa", "authority rsa")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes()
    assert old.encode() in text
    path.write_bytes(text.replace(old.encode(), new.encode(), 1))


def put_stamp(packet: Path, by=RSA, at=LATE, **wrong) -> None:
    """Put another stamp in place of the first one of the newer anchor, told truly in the table."""
    made = stamp(by, (packet / CHECKPOINT).read_bytes(), at, **wrong)
    for ending, content in (("tsq", made.query), ("tsr", made.reply), ("pem", plain_pem(made.chain).encode())):
        (packet / f"seal/anchors/A-0002.1.{ending}").write_bytes(content)
    row = re.compile(rb"(A-0002,[0-9]+,stamp,seal/anchors/A-0002\.1\.tsr,[^,]*),[^\r]*")
    table = packet / "meta/anchors.csv"
    told = rb"\1,%d,,%s" % (int(at.timestamp()), made.certificate.encode())
    table.write_bytes(row.sub(told, table.read_bytes(), count=1))


def put_proof(packet: Path, *, name=None, size=40, key=LOG, salt=None, index=17, more="") -> None:
    """Write the second message's proof anew, one thing of it as told."""
    head, _, note = (packet / PROOF).read_text().partition("\n\n")
    lines = head.split("\n")
    root = base64.b64decode(note.split("\n")[2])
    name = name or message_origin(ORIGIN, 5)
    lines[1] = lines[1] if salt is None else f"extra {base64.b64encode(salt).decode()}"
    lines[2] = f"index {index}"
    made = sign_note(Checkpoint(name, size, root).text(), NoteKey(name, key.public), key.sign)
    (packet / PROOF).write_text("\n".join(lines) + "\n\n" + made + more)


def put_note(packet: Path, *, size=10, root=None, key=LOG, restamp=True, more="") -> None:
    """Write the newer anchor's checkpoint anew, stamped and cosigned again so that nothing else is wrong."""
    root = root or base64.b64decode((packet / CHECKPOINT).read_text().split("\n")[2])
    text = Checkpoint(ORIGIN, size, root).text()
    (packet / CHECKPOINT).write_text(sign_note(text, NoteKey(ORIGIN, key.public), key.sign) + more)
    if restamp:
        note = (packet / CHECKPOINT).read_bytes()
        put_stamp(packet)
        second = stamp(authority("p384", "authority p384"), note, LATE)
        (packet / "seal/anchors/A-0002.2.tsr").write_bytes(second.reply)
        (packet / "seal/anchors/A-0002.2.tsq").write_bytes(second.query)
        at = int(LATE.timestamp()) + 60
        lines = "".join(cosign(text, one, signer.sign, at=at) for one, signer in WITNESSES)
        (packet / COSIGNATURES).write_text(lines)


def put_cosignatures(packet: Path, change) -> None:
    lines = (packet / COSIGNATURES).read_text().splitlines(keepends=True)
    (packet / COSIGNATURES).write_text("".join(change(lines)))


def text_of(packet: Path) -> str:
    return (packet / CHECKPOINT).read_text().partition("\n\n")[0] + "\n"


def cut_row(packet: Path, table: str, start: str) -> None:
    """Take away the first row that begins so, and count anew."""
    place = packet / f"meta/{table}.csv"
    lines = place.read_bytes().splitlines(keepends=True)
    chosen = next(at for at, line in enumerate(lines) if line.startswith(start.encode()))
    place.write_bytes(b"".join(lines[:chosen] + lines[chosen + 1 :]))
    counted(packet, table, -1)


def counted(packet: Path, table: str, change: int) -> None:
    info = packet / "bag-info.txt"
    found = re.search(rf"{table}=([0-9]+)", info.read_text())
    info.write_text(info.read_text().replace(found[0], f"{table}={int(found[1]) + change}"))


def turned(path: Path, at: int = -1) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


EARLY_END = datetime(2026, 11, 1, tzinfo=UTC)
LATE_START = datetime(2027, 1, 1, tzinfo=UTC)
STRANGER = authority("p256", "stranger")
CHANGES = {
    "message edited": (lambda p: edit(p / "data/messages/M-0002.json", "글", "말"), "proof-wrong", PROOF),
    "message's salt edited": (lambda p: put_proof(p, salt=bytes(16)), "proof-wrong", PROOF),
    "message's salt too long": (lambda p: put_proof(p, salt=bytes(17)), "proof-form", PROOF),
    "message proof of another place": (lambda p: put_proof(p, index=16), "proof-form", PROOF),
    "message proof of another size": (lambda p: put_proof(p, size=41), "proof-form", PROOF),
    "message proof of another log": (
        lambda p: put_proof(p, name=message_origin("haechi-0000000000", 5)), "proof-form", PROOF,
    ),
    "message proof signed under the log's own name": (lambda p: put_proof(p, name=ORIGIN), "proof-form", PROOF),
    "message proof by another key": (lambda p: put_proof(p, key=Key("else")), "proof-form", PROOF),
    "message proof with a second signature": (
        lambda p: put_proof(p, more=(p / COSIGNATURES).read_text().splitlines(keepends=True)[0]), "proof-form", PROOF,
    ),
    "message proof of another part": (
        lambda p: put_proof(p, name=message_origin(ORIGIN, 6)), "window-wrong", "M-0002",
    ),
    "message of another window": (
        lambda p: edit(p / "meta/disclosed.csv", "M-0002,7,", "M-0002,6,"), "window-wrong", "M-0002",
    ),
    "message of an entry that is no window": (
        lambda p: edit(p / "meta/disclosed.csv", "M-0002,7,", "M-0002,3,"), "window-wrong", "M-0002",
    ),
    "message of an entry that is not there": (
        lambda p: edit(p / "meta/disclosed.csv", "M-0002,7,", "M-0002,70,"), "window-wrong", "M-0002",
    ),
    "message proof missing": (lambda p: (p / PROOF).unlink(), "proof-missing", "M-0002"),
    "message file missing everywhere": (
        lambda p: (p / "data/messages/M-0002.json").unlink(), "file-missing", "data/messages/M-0002.json",
    ),
    "message file that no row names": (
        lambda p: (p / "data/messages/M-0009.json").write_bytes(b"{}"), "exhibit-unlisted", "data/messages/M-0009.json",
    ),
    "message proof that no row names": (
        lambda p: shutil.copy(p / PROOF, p / "seal/messages/M-0009.tlog-proof"),
        "exhibit-unlisted", "seal/messages/M-0009.tlog-proof",
    ),
    "message row garbled": (
        lambda p: (edit(p / "meta/disclosed.csv", "M-0003,", "N-0003,"), [(p / one).unlink() for one in (
            "data/messages/M-0003.json", "seal/messages/M-0003.tlog-proof")],
            edit(p / "meta/messages.csv", ",M-0003", ",")),
        "csv-form", "meta/disclosed.csv:4",
    ),
    "message table names one that is not disclosed": (
        lambda p: edit(p / "meta/messages.csv", ",M-0003", ",M-0007"), "csv-row", "meta/messages.csv:4",
    ),
    "derivative exchanged": (
        lambda p: turned(p / "data/derivatives/D-0001.png", 60), "derivative-digest", "D-0001",
    ),
    "derivative's entry not opened": (
        lambda p: (p / "seal/openings.json").write_text(re.sub(
            r",\n[^\n]*\"entry\":8[^\n]*\n", "\n", (p / "seal/openings.json").read_text())),
        "opening-missing", "D-0001",
    ),
    "derivative of another source": (
        lambda p: edit(p / "meta/derivatives.csv", "E-0001,3,", "E-0001,4,"), "derivative-source", "D-0001",
    ),
    "derivative of another commitment": (
        lambda p: edit(p / "meta/derivatives.csv", "E-0001,3,3", "E-0001,3,4"), "derivative-source", "D-0001",
    ),
    "derivative's region edited": (
        lambda p: edit(p / "meta/derivatives.csv", "2 3 10 4", "2 3 10 5"), "derivative-source", "D-0001",
    ),
    "derivative's reason edited": (
        lambda p: edit(p / "meta/derivatives.csv", "'=얼굴", "얼굴"), "derivative-source", "D-0001",
    ),
    "derivative that no row names": (
        lambda p: (p / "data/derivatives/D-0009.png").write_bytes(b"x"), "exhibit-unlisted", "data/derivatives/D-0009.png",
    ),
    "derivative row garbled": (
        lambda p: (cut_row(p, "derivatives", "D-0001"), (p / "data/derivatives/D-0001.png").unlink(),
                   (p / "meta/derivatives.csv").open("ab").write(b"D-1" + b"," * 12 + b"\r\n"),
                   (p / "data/derivatives").rmdir(), counted(p, "derivatives", 1)),
        "csv-form", "meta/derivatives.csv:2",
    ),
    "anchor by another key": (lambda p: put_note(p, key=Key("else")), "anchor-form", CHECKPOINT),
    "anchor with a second signature": (
        lambda p: put_note(p, more=(p / COSIGNATURES).read_text().splitlines(keepends=True)[0]), "anchor-form", CHECKPOINT,
    ),
    "anchor larger than the log": (
        lambda p: (put_note(p, size=11), [edit(p / "meta/anchors.csv", "A-0002,10,", "A-0002,11,") for _ in range(4)]),
        "anchor-form", CHECKPOINT,
    ),
    "anchor's size not as in the table": (
        lambda p: edit(p / "meta/anchors.csv", "A-0002,10,stamp", "A-0002,9,stamp"), "anchor-form", CHECKPOINT,
    ),
    "anchor of a fork": (lambda p: put_note(p, root=bytes(32)), "anchor-root", CHECKPOINT),
    "anchor that no row names": (
        lambda p: shutil.copy(p / CHECKPOINT, p / "seal/anchors/A-0009.checkpoint"),
        "exhibit-unlisted", "seal/anchors/A-0009.checkpoint",
    ),
    "stamp that no row names": (
        lambda p: cut_row(p, "anchors", "A-0002,10,stamp,seal/anchors/A-0002.2.tsr"),
        "exhibit-unlisted", "seal/anchors/A-0002.2.tsr",
    ),
    "anchor row of a third kind": (
        lambda p: (edit(p / "meta/anchors.csv", "A-0001,6,stamp", "A-0001,6,stomp"), [
            (p / f"seal/anchors/A-0001.1.{one}").unlink() for one in ("tsq", "tsr", "pem")]),
        "csv-form", "meta/anchors.csv:2",
    ),
    "stamp's query missing": (lambda p: (p / "seal/anchors/A-0002.1.tsq").unlink(), "stamp-form", STAMP),
    "stamp's reply a page": (lambda p: (p / STAMP).write_bytes(b"<html>502</html>"), "stamp-form", STAMP),
    "stamp's reply with bytes behind": (
        lambda p: (p / STAMP).write_bytes((p / STAMP).read_bytes() + b"\0"), "stamp-form", STAMP,
    ),
    "stamp's reply cut": (lambda p: (p / STAMP).write_bytes((p / STAMP).read_bytes()[:-1]), "stamp-form", STAMP),
    "stamp's reply with a length of two gigabytes": (
        lambda p: (p / STAMP).write_bytes(b"\x30\x84\x80\0\0\0" + bytes(50)), "stamp-form", STAMP,
    ),
    "stamp's reply too large": (lambda p: (p / STAMP).write_bytes(bytes(1 << 17)), "stamp-form", STAMP),
    "stamp's reply of indefinite length": (
        lambda p: (p / STAMP).write_bytes(b"\x30\x80" + (p / STAMP).read_bytes()[4:] + b"\0\0"), "stamp-form", STAMP,
    ),
    "stamp nested without end": (lambda p: (p / STAMP).write_bytes(b"\x30\x80" * 20_000), "stamp-form", STAMP),
    "stamp refused": (lambda p: put_stamp(p, status="rejection"), "stamp-form", STAMP),
    "stamp granted with changes": (lambda p: put_stamp(p, status="granted_with_mods"), "stamp-form", STAMP),
    "stamp of another CMS version": (lambda p: put_stamp(p, cms_version="v1"), "stamp-form", STAMP),
    "stamp with two signers": (lambda p: put_stamp(p, signers=2), "stamp-form", STAMP),
    "stamp hashed with SHA-224": (lambda p: put_stamp(p, hash="sha224"), "stamp-form", STAMP),
    "stamp's time not as in the table": (
        lambda p: edit(p / "meta/anchors.csv", ",1795143600,", ",1795143601,"), "stamp-form", STAMP,
    ),
    "stamp's certificate not as in the table": (
        lambda p: edit(p / "meta/anchors.csv", RSA.certificate + "\r\nA-0002,10,stamp,seal/anchors/A-0002.2",
                       "0" * 64 + "\r\nA-0002,10,stamp,seal/anchors/A-0002.2"), "stamp-form", STAMP,
    ),
    "stamp's PEM with words between": (
        lambda p: edit(p / "seal/anchors/A-0002.1.pem", "-----BEGIN", "subject: x\n-----BEGIN"), "stamp-form", STAMP,
    ),
    "stamp over other bytes": (lambda p: put_stamp(p, reply_over=b"x", query_over=b"x"), "stamp-imprint", STAMP),
    "stamp asked over other bytes": (lambda p: put_stamp(p, query_over=b"x"), "stamp-imprint", STAMP),
    "stamp over a SHA-512": (lambda p: put_stamp(p, imprint_hash="sha512"), "stamp-imprint", STAMP),
    "stamp with another nonce": (lambda p: put_stamp(p, reply_nonce=5), "stamp-nonce", STAMP),
    "stamp without nonce": (lambda p: put_stamp(p, reply_nonce=None), "stamp-nonce", STAMP),
    "stamp asked without nonce": (lambda p: put_stamp(p, reply_nonce=None, query_nonce=None), "stamp-nonce", STAMP),
    "stamp under another policy": (lambda p: put_stamp(p, query_policy="1.2.3.4"), "stamp-nonce", STAMP),
    "stamp signed by another key": (lambda p: put_stamp(p, key=new_key("rsa", "else")), "stamp-signature", STAMP),
    "stamp of another content": (lambda p: put_stamp(p, content_type="data"), "stamp-signature", STAMP),
    "stamp with a digest of something else": (lambda p: put_stamp(p, digest_over=b"x"), "stamp-signature", STAMP),
    "stamp that does not name its signer": (lambda p: put_stamp(p, signer="none"), "stamp-signature", STAMP),
    "stamp that names another signer": (
        lambda p: put_stamp(p, signer_of=STRANGER.chain[0]), "stamp-signature", STAMP,
    ),
    "stamp that names another signer by SHA-1": (
        lambda p: put_stamp(p, signer="v1", signer_of=STRANGER.chain[0]), "stamp-signature", STAMP,
    ),
    "stamp by a web server's certificate": (
        lambda p: put_stamp(p, authority("rsa", "web", purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))),
        "stamp-certificate", STAMP,
    ),
    "stamp by a certificate of two purposes": (
        lambda p: put_stamp(p, authority(
            "rsa", "two", purposes=(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.SERVER_AUTH))),
        "stamp-certificate", STAMP,
    ),
    "stamp by a certificate whose purpose is not critical": (
        lambda p: put_stamp(p, authority("rsa", "weak", is_critical=False)), "stamp-certificate", STAMP,
    ),
    "stamp by a certificate without purpose": (
        lambda p: put_stamp(p, authority("rsa", "none", purposes=())), "stamp-certificate", STAMP,
    ),
    "stamp after the certificate's end": (
        lambda p: put_stamp(p, authority("rsa", "dead", ends=EARLY_END)), "stamp-certificate", STAMP,
    ),
    "stamp before the certificate's beginning": (
        lambda p: put_stamp(p, authority("rsa", "unborn", begins=LATE_START)), "stamp-certificate", STAMP,
    ),
    "stamp under an issuer that is no authority": (
        lambda p: put_stamp(p, authority("rsa", "under leaf", is_ca=False)), "stamp-certificate", STAMP,
    ),
    "stamp without its root": (
        lambda p: (p / "seal/anchors/A-0002.1.pem").write_text(
            "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in RSA.chain[:2])),
        "stamp-certificate", STAMP,
    ),
    "stamp under another authority's issuer": (
        lambda p: (p / "seal/anchors/A-0002.1.pem").write_text(
            "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in (RSA.chain[0], *STRANGER.chain[1:]))),
        "stamp-certificate", STAMP,
    ),
    "cosignature edited": (
        lambda p: put_cosignatures(p, lambda lines: [lines[1], cosign(
            text_of(p) , WITNESSES[0][0], Key("else").sign, at=int(LATE.timestamp()) + 60)]),
        "cosignature", COSIGNATURES,
    ),
    "cosignature line garbled": (lambda p: put_cosignatures(p, lambda lines: [lines[0], "x\n"]), "cosignature", COSIGNATURES),
    "cosignature dropped": (lambda p: put_cosignatures(p, lambda lines: lines[:1]), "cosignature", COSIGNATURES),
    "cosignatures all dropped": (lambda p: (p / COSIGNATURES).unlink(), "cosignature", COSIGNATURES),
    "cosignatures empty": (lambda p: (p / COSIGNATURES).write_bytes(b""), "cosignature", COSIGNATURES),
    "cosignature at another time": (
        lambda p: put_cosignatures(p, lambda _: [cosign(text_of(p), one, key.sign, at=9) for one, key in WITNESSES]),
        "cosignature", COSIGNATURES,
    ),
    "cosignature without row": (
        lambda p: cut_row(p, "anchors", "A-0002,10,cosignature"), "cosignature", COSIGNATURES,
    ),
    "witness key garbled": (
        lambda p: ((p / WITNESS_KEYS).write_text("x+00000000+BAAA\n")), "witness-form", WITNESS_KEYS,
    ),
    "witness named twice": (
        lambda p: (p / WITNESS_KEYS).write_text((p / WITNESS_KEYS).read_text() * 2), "witness-form", WITNESS_KEYS,
    ),
}  # fmt: skip
_BESIDE = {
    # Without the witnesses' keys no cosignature can be checked; a forked checkpoint is not what the proof is of.
    "witness-form": {"cosignature"},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_was_changed_is_named_and_nothing_else(rich, verifiers, rich_written, forge, name):
    change, code, place = CHANGES[name]
    change(rich)
    forge(rich, rich_written[0].signer)
    for one in ("haechi", "verify.py"):
        found = verifiers[one](rich).findings
        assert (code, place) in found
        assert {other for other, _ in found} - _BESIDE.get(code, set()) == {code}


def test_every_new_code_is_brought_about_by_a_change():
    told = {code for _, code, _ in CHANGES.values()} | {"authority-other", "quorum"}
    assert set(FINDING_CODES[FINDING_CODES.index("window-wrong") :]) <= told


def test_an_authority_that_is_none_of_those_relied_on_is_named(rich, verifiers):
    other, nobody = authority("p384", "authority p384").certificate, authority("p256", "nobody").certificate
    for named in ((other,), (RSA.certificate,), (other, nobody)):
        options = [word for one in named for word in ("--authority", one)]
        assert verifiers["haechi"](rich, *options).findings == []
    assert verifiers["haechi"](rich, "--authority", nobody).findings == [("authority-other", "authority")]


def policy(place: Path, quorum: str, *keys: NoteKey, logs: str = "") -> str:
    lines = [f"witness w{at} {key.vkey}" for at, key in enumerate(keys)]
    names = " ".join(f"w{at}" for at in range(len(keys)))
    place.write_text(f"{logs}" + "\n".join(lines) + f"\ngroup all {quorum} {names}\nquorum all\n")
    return str(place)


def test_a_policy_is_met_by_the_newest_anchors_cosignatures_or_told(rich, verifiers, tmp_path):
    ours = [key for key, _ in WITNESSES]
    third = NoteKey("witness.invalid/third", Key("third").public, COSIGNATURE_ED25519)
    log = f"log {NoteKey(ORIGIN, LOG.public).vkey}\n"
    check = verifiers["haechi"]
    assert check(rich, "--policy", policy(tmp_path / "p", "2", *ours, logs=log)).findings == []
    for text in (
        policy(tmp_path / "a", "all", *ours, third),
        policy(tmp_path / "b", "2", *ours, logs=f"log {NoteKey('other', LOG.public).vkey}\n"),
    ):
        assert check(rich, "--policy", text).findings == [("quorum", "policy")]


def test_lines_of_unknown_keys_and_of_ml_dsa_are_passed_over_and_told_when_they_hold(tmp_path, forge):
    from haechi.bootstrap.packets import verify_packet
    from haechi.ports.packets import Expected

    mldsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    key = mldsa.MLDSA44PrivateKey.generate()
    note_key = NoteKey("witness.invalid/late", key.public_key().public_bytes_raw(), COSIGNATURE_MLDSA44)
    made = make_rich_plan()
    made.write(tmp_path / "packet")
    text = (tmp_path / "packet" / CHECKPOINT).read_text().partition("\n\n")[0] + "\n"
    unknown = NoteKey("witness.invalid/unknown", Key("unknown").public, COSIGNATURE_ED25519)
    with (tmp_path / "packet" / COSIGNATURES).open("a") as lines:
        lines.write(cosign(text, note_key, key.sign, at=1_795_143_700))
        lines.write(cosign(text, unknown, Key("someone else").sign, at=1_795_143_700))
    with (tmp_path / "packet" / WITNESS_KEYS).open("a") as keys:
        keys.write(f"{note_key.vkey}\n")
    forge(tmp_path / "packet", made.signer)
    verdict = verify_packet(tmp_path / "packet", Expected())
    assert verdict.findings == ()
    assert [(one.code, one.facts["name"]) for one in verdict.noted] == [("cosignature-mldsa44", note_key.name)]


def test_what_a_good_packet_proves_is_told_in_order(rich, rich_written):
    from haechi.bootstrap.packets import verify_packet
    from haechi.domain.sshkey import key_fingerprint
    from haechi.ports.packets import Expected

    pin = key_fingerprint(rich_written[0].signer.public)
    verdict = verify_packet(rich, Expected(signer=pin))
    told = [(one.code, *(one.facts[name] for name in ("count", "entries", "name") if name in one.facts)) for one in verdict.proven]  # fmt: skip
    assert told == [
        ("files", 56), ("signature",), ("log", 10), ("exhibits", 3), ("messages", 3), ("derivatives", 1),
        ("stamp", 6, "authority rsa"), ("stamp", 10, "authority p384"), ("stamp", 10, "authority rsa"),
        ("cosignature", 6, WITNESSES[0][0].name), ("cosignature", 10, WITNESSES[0][0].name),
        ("cosignature", 10, WITNESSES[1][0].name),
    ]  # fmt: skip
    assert verdict.not_proven == ("author", "served", "export-true", "clock", "unpinned-authority")
    known = Expected(signer=pin, authorities=(RSA.certificate, authority("p384", "authority p384").certificate))
    assert verify_packet(rich, known).not_proven == ("author", "served", "export-true", "clock")


def test_a_packet_that_nobody_outside_was_asked_about_says_so(packet):
    from haechi.bootstrap.packets import verify_packet
    from haechi.ports.packets import Expected

    verdict = verify_packet(packet, Expected())
    assert verdict.not_proven == ("author", "served", "export-true", "clock", "unpinned", "unanchored")


def test_a_changed_packet_proves_nothing(rich):
    from haechi.bootstrap.packets import verify_packet
    from haechi.ports.packets import Expected

    turned(rich / "data/evidence/E-0001.png", 60)
    verdict = verify_packet(rich, Expected())
    assert not verdict.holds
    assert (verdict.proven, verdict.not_proven) == ((), ())


@pytest.mark.parametrize("seed", range(60))
def test_a_stamp_with_one_byte_changed_is_named_or_says_the_same(rich, verifiers, rich_written, forge, seed):
    import random

    place = rich / random.Random(seed).choice([STAMP, STAMP.replace("tsr", "tsq"), STAMP.replace("tsr", "pem")])
    content = bytearray(place.read_bytes())
    content[random.Random(seed).randrange(len(content))] ^= 1 << random.Random(seed).randrange(8)
    place.write_bytes(content)
    forge(rich, rich_written[0].signer)
    found = verifiers["haechi"](rich).findings
    assert {one for _, one in found} <= {STAMP}
    if not found:  # what is not signed and not read: who the CMS says has signed, and the certificates inside it
        import hashlib

        from haechi.adapters.packets.stamp_check import read_stamp

        parts = [(rich / STAMP.replace("tsr", one)).read_bytes() for one in ("tsq", "tsr", "pem")]
        made = read_stamp(*parts)
        assert (made.reply.at, made.certificate) == (int(LATE.timestamp()), RSA.certificate)
        assert made.reply.imprint[1] == hashlib.sha256((rich / CHECKPOINT).read_bytes()).digest()


def test_a_derivatives_record_of_another_form_is_none():
    from haechi.adapters.packets.verifier_derivatives import _redaction

    for record in ({}, {"method": 1}, {"method": "", "reason": "", "regions": [[1]], "fields": []},
                   {"method": "", "reason": "", "regions": [[1, 2, 3, True]], "fields": []},
                   {"method": "", "reason": "", "regions": [], "fields": [1]}):  # fmt: skip
        assert _redaction(record) is None
