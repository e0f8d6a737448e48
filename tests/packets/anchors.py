"""Packets whose anchors, cosignatures, witnesses or policy are not what they must be."""

import base64
from dataclasses import replace
from pathlib import Path

from drawn.packet_plan import ORIGIN, WITNESSES, Key
from haechi.domain.anchor import Cosignature
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import cosign
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey
from packets.files import codes
from packets.parts import (
    AT,
    OTHER,
    Case,
    edited,
    flipped,
    good,
    lines,
    note,
    planned,
    put,
    removed,
    rich,
    signed,
)

EARLY, LATE = "seal/anchors/A-0001", "seal/anchors/A-0002"
TABLE = "meta/anchors.csv"
CENTRE, LAWYERS = (key for key, _ in WITNESSES)
UNNAMED, UNNAMED_KEY = NoteKey("unnamed.invalid", Key("unnamed").public, COSIGNATURE_ED25519), Key("unnamed")
POLICY = f"""# C2SP tlog-policy
log {rich().plan.log_vkey}
witness centre {CENTRE.vkey}
witness lawyers {LAWYERS.vkey}
witness unnamed {UNNAMED.vkey}
"""
GROUPS = {
    "both": "group both all centre lawyers\n",
    "most": "group most 2 centre lawyers unnamed\n",
    "every": "group pair any centre lawyers\ngroup every 2 pair unnamed\n",
}


def only_checkpoint(packet: Path) -> None:
    """Leave of an anchor the checkpoint alone, and of its rows none."""
    for place in (packet / "seal/anchors").glob("A-0001.*"):
        if not place.name.endswith(".checkpoint"):
            place.unlink()
    lines(TABLE, lambda rows: [row for row in rows if not row.startswith(b"A-0001")])(packet)
    edited("bag-info.txt", "anchors=6", "anchors=4")(packet)


def cosigned(key: NoteKey, signer: Key, text: str, at: int) -> Cosignature:
    return Cosignature(key.name, key.vkey, cosign(text, key, signer.sign, at=at), at)


def forked(target: Path) -> None:
    """An anchor whose checkpoint the log's key signed, and others cosigned, but of another log."""
    _, late = rich().plan.anchors
    text = Checkpoint(ORIGIN, 10, bytes(32)).text()
    at = int(AT.timestamp())
    fork = replace(late, note=note(10, bytes(32)), stamps=(), cosignatures=(cosigned(*WITNESSES[0], text, at),))
    planned(anchors=(fork,))(target)


def unnamed_line(packet: Path) -> None:
    text = (packet / f"{LATE}.checkpoint").read_text(encoding="utf-8").partition("\n\n")[0] + "\n"
    lines(f"{LATE}.cosignatures", lambda rows: [*rows, cosign(text, UNNAMED, UNNAMED_KEY.sign, at=9).encode()])(packet)


def quantum_line(packet: Path) -> None:
    blob = base64.b64encode(b"\x01\x02\x03\x04" + bytes(8 + 2420)).decode()
    lines(f"{LATE}.cosignatures", lambda rows: [*rows, f"\u2014 witness.invalid/centre {blob}\n".encode()])(packet)


def wrong_signature(packet: Path) -> None:
    rows = (packet / f"{LATE}.cosignatures").read_text(encoding="utf-8").splitlines()
    name, _, blob = rows[0].rpartition(" ")
    value = bytearray(base64.b64decode(blob))
    value[40] ^= 1
    rows[0] = f"{name} {base64.b64encode(value).decode()}"
    (packet / f"{LATE}.cosignatures").write_text("\n".join([*rows, ""]), encoding="utf-8")


def wrong_third(packet: Path) -> None:
    """Repeat a witness's line with another time, which it did not sign."""
    rows = (packet / f"{LATE}.cosignatures").read_text(encoding="utf-8").splitlines()
    name, _, blob = rows[0].rpartition(" ")
    value = bytearray(base64.b64decode(blob))
    value[11] ^= 1
    rows.append(f"{name} {base64.b64encode(value).decode()}")
    (packet / f"{LATE}.cosignatures").write_text("\n".join([*rows, ""]), encoding="utf-8")


def at_time(at: int):
    """Return what has a witness say another time, which it did sign, in its line and in the table."""

    def put_back(packet: Path) -> None:
        (key, signer), place = WITNESSES[0], packet / f"{LATE}.cosignatures"
        text = (packet / f"{LATE}.checkpoint").read_text(encoding="utf-8").partition("\n\n")[0]
        value = key.key_id + at.to_bytes(8, "big") + signer.sign(f"cosignature/v1\ntime {at}\n{text}\n".encode())
        line = f"\u2014 {key.name} {base64.b64encode(value).decode()}\n"
        place.write_bytes(line.encode() + b"".join(place.read_bytes().splitlines(keepends=True)[1:]))
        edited(TABLE, "centre,1795143660", f"centre,{at}")(packet)

    return put_back


def beyond_the_log(packet: Path) -> None:
    put(f"{LATE}.checkpoint", note(11, bytes(32)))(packet)
    for end in ("1.tsq", "1.tsr", "1.pem", "2.tsq", "2.tsr", "2.pem"):
        removed(f"{LATE}.{end}")(packet)
    lines(
        TABLE, lambda rows: [row.replace(b"A-0002,10,", b"A-0002,11,") for row in rows if b"A-0002,10,stamp" not in row]
    )(packet)
    edited("bag-info.txt", "anchors=6", "anchors=4")(packet)


def quorum(name: str) -> str:
    return f"{POLICY}{GROUPS.get(name, '')}quorum {name}\n"


CASES = (
    Case("no-anchors_pass", "Nobody stamped or cosigned the log.", planned(anchors=(), witnesses=())),
    Case("no-witnesses_pass", "Stamps, but no cosignatures.", planned(anchors=tuple(replace(one, cosignatures=()) for one in rich().plan.anchors), witnesses=())),
    Case("no-stamps_pass", "Cosignatures, but no stamps.", planned(anchors=tuple(replace(one, stamps=()) for one in rich().plan.anchors))),
    Case("cosignature-of-unknown-witness_pass", "A cosignature by a key that nobody named is passed over.", signed(unnamed_line)),
    Case("cosignature-of-other-kind_pass", "A line of a signature that this verifier need not know (ML-DSA-44).", signed(quantum_line)),
    Case("stamp-name-with-apostrophe_pass", "An authority's name as the table has it, with an apostrophe in front: told as it stands there.", signed(edited(TABLE, "authority p384", "'=authority"))),
    Case("quorum-all_pass", "Both witnesses cosigned, as the policy asks.", good, policy=quorum("both")),
    Case("quorum-two-of-three_pass", "Two of three witnesses cosigned, as the policy asks.", good, policy=quorum("most")),
    Case("quorum-none_pass", "A policy that asks for nobody.", good, policy=quorum("none")),
    Case("quorum-not-reached_fail", "One of two groups cosigned, and the policy asks for both.", good, codes("quorum"), policy=quorum("every")),
    Case("quorum-of-older-anchor_fail", "Only the older anchor was cosigned.", signed(lines(f"{LATE}.cosignatures", lambda rows: rows[:1]), lines(TABLE, lambda rows: rows[:-1]), edited("bag-info.txt", "anchors=6", "anchors=5")), codes("quorum"), policy=quorum("both")),
    Case("quorum-without-anchors_fail", "A policy, and nobody cosigned.", planned(anchors=(), witnesses=()), codes("quorum"), policy=quorum("both")),
    Case("policy-of-another-log_fail", "A policy for another log.", good, codes("quorum"), policy=quorum("both").replace(rich().plan.log_vkey, NoteKey("other.invalid", OTHER.public).vkey)),
    Case("quorum-without-log-key_fail", "A policy, and nobody knows the log's key: no cosignature is looked at.", signed(removed("seal/log-key.pem")), codes("file-missing", "quorum"), policy=quorum("both")),
    Case("quorum-and-wrong-line_fail", "Two of three witnesses cosigned, as the policy asks; a third line of a known witness is wrong.", signed(wrong_third), codes("cosignature"), policy=quorum("most")),
    Case("cosignature-at-zero_fail", "A cosignature without a time: C2SP gives zero no meaning.", signed(at_time(0)), codes("cosignature")),
    Case("cosignature-at-zero-and-policy_fail", "The same, and the policy asks for that witness.", signed(at_time(0)), codes("cosignature", "quorum"), policy=quorum("both")),
    Case("policy-without-quorum_misused", "A policy that does not say whom it asks.", good, misused=True, policy=POLICY),
    Case("policy-with-unknown-word_misused", "A policy that cannot be read.", good, misused=True, policy=quorum("both") + "trust everybody\n"),
    Case("policy-with-crlf_misused", "A policy with CRLF lines, which the format does not have.", good, misused=True, policy=quorum("both").replace("\n", "\r\n")),
    Case("policy-cut-short_misused", "A policy whose last line has no end.", good, misused=True, policy=quorum("both")[:-1]),
    Case("policy-with-member-twice_misused", "A witness who would count in two groups.", good, misused=True, policy=quorum("both").replace("quorum", "group more any centre unnamed\nquorum")),
    Case("policy-names-nobody_misused", "A policy whose quorum is not defined.", good, misused=True, policy=quorum("judges")),
    Case("anchor-of-a-fork_fail", "A cosigned checkpoint of another log that the same key signed.", forked, codes("anchor-root")),
    Case("anchor-beyond-the-log_fail", "A checkpoint of more entries than the log has: the log was cut.", signed(beyond_the_log), codes("anchor-form")),
    Case("anchor-signature-wrong_fail", "A checkpoint whose size was edited.", signed(edited(f"{EARLY}.checkpoint", "\n6\n", "\n5\n")), codes("anchor-form", "stamp-imprint")),
    Case("anchor-with-two-lines_fail", "A checkpoint with a second signature line: not the bytes that were stamped.", signed(edited(f"{EARLY}.checkpoint", "\u2014", f"\u2014 x {base64.b64encode(bytes(68)).decode()}\n\u2014")), codes("anchor-form", "stamp-imprint")),
    Case("anchor-size-of-row-edited_fail", "A row with another size than its checkpoint.", signed(edited(TABLE, "A-0001,6,", "A-0001,5,", every=True)), codes("anchor-form")),
    Case("anchor-rows-disagree_fail", "Rows of one anchor with two sizes.", signed(edited(TABLE, "A-0001,6,stamp", "A-0001,5,stamp")), codes("anchor-form")),
    Case("anchor-unlisted_fail", "A checkpoint that no row names.", signed(only_checkpoint), codes("exhibit-unlisted")),
    Case("anchor-file-unlisted_fail", "A stamp that no row names.", signed(put(f"{EARLY}.2.tsr", "x")), codes("exhibit-unlisted")),
    Case("cosignature-wrong_fail", "A witness's line that does not hold.", signed(wrong_signature), codes("cosignature")),
    Case("cosignature-of-other-checkpoint_fail", "A witness's line over the older checkpoint.", signed(lambda packet: put(f"{LATE}.cosignatures", (packet / f"{EARLY}.cosignatures").read_bytes())(packet)), codes("cosignature")),
    Case("cosignature-time-of-row-edited_fail", "A row with another time than the line.", signed(edited(TABLE, "1795136460", "1795136461")), codes("cosignature")),
    Case("cosignature-without-row_fail", "A witness's line that the table leaves out.", signed(lines(TABLE, lambda rows: rows[:-1]), edited("bag-info.txt", "anchors=6", "anchors=5")), codes("cosignature")),
    Case("cosignature-without-line_fail", "A row without its line.", signed(lines(f"{LATE}.cosignatures", lambda rows: rows[:1])), codes("cosignature")),
    Case("cosignatures-missing_fail", "Rows, and no file of cosignatures.", signed(removed(f"{EARLY}.cosignatures")), codes("cosignature")),
    Case("cosignature-malformed_fail", "A line that is none.", signed(lines(f"{LATE}.cosignatures", lambda rows: [*rows, b"- witness AAAA\n"])), codes("cosignature")),
    Case("cosignature-without-end_fail", "A last line without its end.", signed(lines(f"{LATE}.cosignatures", lambda rows: [*rows[:-1], rows[-1][:-1]])), codes("cosignature")),
    Case("cosignature-key-of-row-edited_fail", "A row that names another witness's key.", signed(edited(TABLE, CENTRE.vkey, LAWYERS.vkey)), codes("cosignature")),
    Case("witness-key-wrong-id_fail", "A witness's key whose ID is not its own.", signed(lines("seal/witnesses.txt", lambda rows: [rows[0].replace(b"+", b"+0", 1), *rows[1:]])), codes("witness-form", "cosignature")),
    Case("witness-twice_fail", "A witness who stands there twice.", signed(lines("seal/witnesses.txt", lambda rows: [*rows, rows[0]])), codes("witness-form", "cosignature")),
    Case("witnesses-missing_fail", "Cosignatures, and nobody says by whose keys.", signed(removed("seal/witnesses.txt")), codes("cosignature")),
    Case("anchor-row-of-unknown-kind_fail", "A row that is neither stamp nor cosignature.", signed(edited(TABLE, "A-0001,6,stamp", "A-0001,6,seal")), codes("csv-form", "exhibit-unlisted")),
    Case("anchor-checkpoint-missing_fail", "Stamps and cosignatures of a checkpoint that is not there.", signed(removed(f"{EARLY}.checkpoint")), codes("anchor-form", "stamp-imprint")),
    Case("anchor-checkpoint-bit-flipped_fail", "One bit of a stamped checkpoint.", signed(flipped(f"{EARLY}.checkpoint", -3)), codes("anchor-form", "stamp-imprint")),
)  # fmt: skip
