"""Packets whose log, openings, exhibits or tables are not what they must be; all are signed again by their own key."""

import base64
import re
from pathlib import Path

from drawn.packet_plan import ORIGIN, make_rich_plan
from haechi.domain.case import CustodyMode
from haechi.domain.note import NoteKey
from packets.files import codes
from packets.parts import LOG, OTHER, Case, edited, flipped, lines, note, planned, put, removed, signed, write

DEEP = '{"이름":"방"}'
ENTRIES, CHECKPOINT, OPENINGS = "seal/entries.jsonl", "seal/checkpoint", "seal/openings.json"
PROOF = "seal/proofs/E-0002.tlog-proof"


def proofs_follow(packet: Path) -> None:
    """Put the checkpoint as it now is below every exhibit's proof, as whoever changed it would."""
    text = (packet / CHECKPOINT).read_bytes()
    for place in sorted((packet / "seal/proofs").iterdir()):
        place.write_bytes(place.read_bytes().partition(b"\n\n")[0] + b"\n\n" + text)


def checkpoint(change):
    """Return what makes another checkpoint of the text and signature lines of this one."""

    def put_back(packet: Path) -> None:
        place = packet / CHECKPOINT
        place.write_text(change(place.read_text(encoding="utf-8")), encoding="utf-8")
        proofs_follow(packet)

    return put_back


def extended(text: str) -> str:
    """Return the checkpoint with a further line of text, signed again."""
    body = text.partition("\n\n")[0] + "\nanother line\n"
    key = NoteKey(ORIGIN, LOG.public)
    blob = base64.b64encode(key.key_id + LOG.sign(body.encode())).decode()
    return f"{body}\n\u2014 {ORIGIN} {blob}\n"


def unknown_line(text: str) -> str:
    return text + "\u2014 somebody.invalid " + base64.b64encode(b"1234" + bytes(64)).decode() + "\n"


def second_wrong_line(text: str) -> str:
    key = NoteKey(ORIGIN, LOG.public)
    return text + f"\u2014 {ORIGIN} " + base64.b64encode(key.key_id + bytes(64)).decode() + "\n"


def hash_flipped(packet: Path) -> None:
    rows = (packet / PROOF).read_text(encoding="utf-8").split("\n")
    value = bytearray(base64.b64decode(rows[3]))
    value[0] ^= 1
    rows[3] = base64.b64encode(value).decode()
    (packet / PROOF).write_text("\n".join(rows), encoding="utf-8")


def without_bytes(target: Path) -> None:
    write(make_rich_plan(mode=CustodyMode.REFERENCE_ONLY), target)


def of_exhibits(count: int):
    return lambda target: write(make_rich_plan(count), target)


def openings_dropped(needle: bytes):
    """Return what drops the opening of one entry and keeps the array an array."""

    def change(packet: Path) -> None:
        kept = [row.rstrip(b",\n") for row in (packet / OPENINGS).read_bytes().splitlines()[1:-1] if needle not in row]
        (packet / OPENINGS).write_bytes(b"[\n" + b",\n".join(kept) + b"\n]\n")

    return change


TABLE = "csv-form"
CASES = (
    Case("entry-dropped_fail", "An entry in the middle of the log is gone.", signed(lines(ENTRIES, lambda rows: rows[:4] + rows[5:])), codes("entry-order", "entry-link", "entry-count", "opening-wrong", "proof-wrong", "csv-row", "window-wrong", "anchor-form", "anchor-root", "derivative-source")),
    Case("log-truncated_fail", "The last entry is gone.", signed(lines(ENTRIES, lambda rows: rows[:-1])), codes("entry-count", "csv-row", "anchor-form")),
    Case("entries-exchanged_fail", "Two entries in each other's place.", signed(lines(ENTRIES, lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]])), codes("entry-order", "entry-link", "log-root", "opening-wrong", "proof-wrong", "csv-row", "anchor-root", "derivative-source")),
    Case("entry-edited_fail", "An entry tells of another actor.", signed(edited(ENTRIES, '"item":"i2"', '"item":"i9"')), codes("entry-link", "log-root", "proof-wrong", "csv-row", "anchor-root")),
    Case("last-entry-edited_fail", "The last entry counts otherwise.", signed(edited(ENTRIES, '"counts":{"n":2}', '"counts":{"n":3}')), codes("log-root", "csv-row", "anchor-root")),
    Case("entry-appended_fail", "The last entry twice.", signed(lines(ENTRIES, lambda rows: [*rows, rows[-1]])), codes("entry-order", "entry-link", "entry-count", "csv-row")),
    Case("entry-not-canonical_fail", "A space in the JSON of the last entry.", signed(edited(ENTRIES, '"counts":{"n":2}', '"counts":{"n": 2}')), codes("entry-form", "log-root", "csv-row", "anchor-root")),
    Case("entry-with-fraction_fail", "A fraction where only whole numbers may stand.", signed(edited(ENTRIES, '"counts":{"n":2}', '"counts":{"n":2.5}')), codes("entry-form", "log-root", "csv-row", "anchor-root")),
    Case("entry-with-member-twice_fail", "A member that stands twice.", signed(edited(ENTRIES, '"counts":{"n":2}', '"counts":{"n":2,"n":2}')), codes("entry-form", "log-root", "csv-row", "anchor-root")),
    Case("entries-without-end_fail", "The last line of the log has no end.", signed(lines(ENTRIES, lambda rows: [*rows[:-1], rows[-1][:-1]])), codes("entry-form", "opening-wrong", "proof-wrong", "csv-row", "window-wrong", "anchor-form", "derivative-source")),
    Case("log-key-wrong-id_fail", "A log key whose ID is not its own.", signed(edited("seal/log-key.txt", "+", "+0", every=False)), codes("log-key")),
    Case("log-key-pem-of-another_fail", "The two files of the log's key differ.", signed(put("seal/log-key.pem", "-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(bytes.fromhex("302a300506032b6570032100") + OTHER.public).decode() + "\n-----END PUBLIC KEY-----\n")), codes("log-key")),
    Case("checkpoint-without-signature_fail", "A checkpoint that nobody signed.", signed(checkpoint(lambda text: text.partition("\n\n")[0] + "\n")), codes("checkpoint-form")),
    Case("checkpoint-of-another-log_fail", "A checkpoint under another name.", signed(checkpoint(lambda _: note(10, bytes(32), name="haechi-other"))), codes("checkpoint-form")),
    Case("checkpoint-by-another-key_fail", "The log's name, another key.", signed(checkpoint(lambda _: note(10, bytes(32), key=OTHER))), codes("checkpoint-form")),
    Case("checkpoint-size-edited_fail", "Another size under the same signature.", signed(checkpoint(lambda text: text.replace("\n10\n", "\n9\n"))), codes("checkpoint-signature")),
    Case("checkpoint-second-line-wrong_fail", "A second line of the log's key that does not hold.", signed(checkpoint(second_wrong_line)), codes("checkpoint-signature")),
    Case("checkpoint-of-a-fork_fail", "A checkpoint of another log that the same key signed.", signed(checkpoint(lambda _: note(10, bytes(32)))), codes("log-root", "proof-wrong")),
    Case("checkpoint-without-end_fail", "The last line of the checkpoint has no end, so no proof holds it.", signed(lines(CHECKPOINT, lambda rows: [*rows[:-1], rows[-1][:-1]])), codes("checkpoint-form", "proof-form")),
    Case("checkpoint-with-unknown-line_pass", "A signature line of a key that nobody named.", signed(checkpoint(unknown_line))),
    Case("checkpoint-with-64-lines_pass", "A further line of text, and as many signature lines as there may be.", signed(checkpoint(lambda text: extended(text) + 63 * unknown_line("")))),
    Case("checkpoint-with-65-lines_fail", "One signature line more than there may be.", signed(checkpoint(lambda text: text + 64 * unknown_line(""))), codes("checkpoint-form")),
    Case("checkpoint-with-extension_pass", "A further line of text, which the signature covers.", signed(checkpoint(extended))),
    Case("opening-digest-edited_fail", "An opening with another digest.", signed(edited(OPENINGS, b'{"digest":"', b'{"digest":"0', every=False), lambda packet: (packet / OPENINGS).write_bytes(re.sub(rb'"digest":"0([0-9a-f]{63})[0-9a-f]"', rb'"digest":"0\1"', (packet / OPENINGS).read_bytes(), count=1))), codes("opening-wrong")),
    Case("opening-subject-edited_fail", "A record that is not what the log is committed to.", signed(edited(OPENINGS, "방", "문")), codes("opening-wrong")),
    Case("opening-dropped_fail", "The opening of an exhibit is gone.", signed(openings_dropped(b'"entry":4,')), codes("opening-missing")),
    Case("opening-twice_fail", "An entry that is opened twice.", signed(lines(OPENINGS, lambda rows: [rows[0], rows[1], *rows[1:]])), codes("openings-form")),
    Case("openings-not-canonical_fail", "Openings with a space.", signed(edited(OPENINGS, '"entry":4,', '"entry": 4,')), codes("openings-form", "opening-missing")),
    Case("openings-not-an-array_fail", "Openings without their bracket.", signed(lines(OPENINGS, lambda rows: rows[:-1])), codes("openings-form", "opening-missing")),
    Case("exhibit-swapped-inside-signature_fail", "Another picture under an exhibit's name, with manifests to fit.", signed(flipped("data/evidence/E-0003.png", 60)), codes("exhibit-digest")),
    Case("exhibit-of-other-entry_fail", "An exhibit that claims another exhibit's entry.", signed(edited("meta/exhibits.csv", ",5,data/evidence/E-0003", ",4,data/evidence/E-0003")), codes("exhibit-digest", "proof-form")),
    Case("exhibit-unlisted_fail", "A file among the exhibits that no row names.", signed(put("data/evidence/E-0009.png", "x")), codes("exhibit-unlisted")),
    Case("exhibit-twice_fail", "A row of the exhibits twice.", signed(lines("meta/exhibits.csv", lambda rows: [*rows, rows[-1]])), codes(TABLE, "csv-count")),
    Case("proof-missing_fail", "No proof for an exhibit.", signed(removed(PROOF)), codes("proof-missing")),
    Case("proof-of-other-entry_fail", "A proof that speaks of another entry.", signed(edited(PROOF, "index 4", "index 3")), codes("proof-form")),
    Case("proof-of-other-checkpoint_fail", "A proof with another checkpoint below.", signed(edited(PROOF, "\n10\n", "\n9\n")), codes("proof-form")),
    Case("proof-of-other-salt_fail", "A proof with another salt.", signed(edited(PROOF, "extra ", "extra AAAA", every=False)), codes("proof-form")),
    Case("proof-hash-edited_fail", "A proof that leads elsewhere.", signed(hash_flipped), codes("proof-wrong")),
    Case("proof-unlisted_fail", "A proof that belongs to no exhibit.", signed(put("seal/proofs/E-0009.tlog-proof", "x")), codes("exhibit-unlisted")),
    Case("table-other-header_fail", "A table with another header.", signed(edited("meta/rooms.csv", "platform", "plattform")), codes(TABLE)),
    Case("table-without-mark_fail", "A table without byte order mark.", signed(edited("meta/accounts.csv", b"\xef\xbb\xbf", b"")), codes(TABLE)),
    Case("table-with-control-character_fail", "A table with a control character.", signed(edited("meta/rooms.csv", "방", "\x07")), codes(TABLE)),
    Case("table-not-utf-8_fail", "A table with a byte that is no UTF-8.", signed(edited("meta/rooms.csv", "방".encode(), b"\xff\xff")), codes(TABLE)),
    Case("table-not-utf-8-at-its-end_fail", "A byte that is no UTF-8 in a table's last row: none of its rows counts, not even one that is wrong.", signed(edited("meta/messages.csv", "E-0001", "E-9999", every=True), lines("meta/messages.csv", lambda rows: [*rows[:-1], rows[-1].replace(b"result", b"r\xffsult")])), codes(TABLE)),
    Case("table-quote-open_fail", "A table with a quote that is never closed.", signed(lines("meta/rooms.csv", lambda rows: [*rows, b'"open\r\n'])), codes(TABLE)),
    Case("table-text-after-quote_fail", "A table with text behind a closing quote.", signed(edited("meta/accounts.csv", '"a,b"', '"a,b"c')), codes(TABLE)),
    Case("table-row-dropped_fail", "A table with a row less than was counted.", signed(lines("meta/accounts.csv", lambda rows: rows[:-1])), codes("csv-count")),
    Case("table-cell-too-many_fail", "A row with a cell too many.", signed(edited("meta/groups.csv", "\r\n", ",\r\n", every=True)), codes(TABLE)),
    Case("table-empty_fail", "A table with nothing in it.", signed(put("meta/groups.csv", "")), codes(TABLE)),
    Case("table-with-lf_pass", "A table with LF lines, as an editor may leave it.", signed(edited("meta/rooms.csv", "\r\n", "\n", every=True))),
    Case("custody-row-edited_fail", "The custody table tells another actor than the log.", signed(edited("meta/custody.csv", "owner", "0wner")), codes("csv-row")),
    Case("custody-row-dropped_fail", "The custody table leaves the last entry out.", signed(lines("meta/custody.csv", lambda rows: rows[:-1]), edited("bag-info.txt", "custody=10", "custody=9")), codes("csv-row")),
    Case("message-exhibits-with-other-space_fail", "Exhibits separated by an ideographic space, not by U+0020.", signed(edited("meta/messages.csv", ",E-0001,", ",E-0001\u3000E-0002,")), codes("csv-row")),
    Case("opening-nested-too-deep_fail", "An opening of 33 arrays and objects within each other.", signed(edited(OPENINGS, DEEP, "[" * 32 + "]" * 32)), codes("openings-form")),
    Case("opening-nested-as-deep-as-may-be_fail", "An opening of 32 arrays and objects within each other: it can be read, and is not what was committed to.", signed(edited(OPENINGS, DEEP, "[" * 31 + "]" * 31)), codes("opening-wrong")),
    Case("message-with-unknown-exhibit_fail", "A message with an exhibit that is none.", signed(edited("meta/messages.csv", ",E-0001,", ",E-0008,")), codes("csv-row")),
    Case("reference-only_pass", "A case that keeps no picture: exhibits are digests alone.", without_bytes),
    Case("one-exhibit_pass", "One exhibit.", of_exhibits(1)),
    Case("eleven-exhibits_pass", "Eleven exhibits.", of_exhibits(11)),
    Case("no-groups-no-rooms_pass", "Tables with nothing but their header.", planned(groups=(), rooms=(), accounts=())),
)  # fmt: skip
