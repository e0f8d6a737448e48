"""Packets whose shown messages or redacted copies are not what they are said to be; all are signed again by their own key."""

import base64
from pathlib import Path

from drawn.packet_plan import ORIGIN, make_rich_plan
from packets.files import codes
from packets.parts import OTHER, Case, edited, flipped, note, planned, put, removed, rich, signed, write

TABLE, DERIVATIVES = "meta/disclosed.csv", "meta/derivatives.csv"
SPAN, PROOF = "data/messages/M-0002.json", "seal/messages/M-0002.tlog-proof"
COPY = "data/derivatives/D-0001.png"


def root() -> bytes:
    return rich().plan.disclosed[0].log.root


def noted(text: str):
    """Return what puts another signed note below the proof."""

    def change(packet: Path) -> None:
        place = packet / PROOF
        place.write_bytes(place.read_bytes().partition(b"\n\n")[0] + b"\n\n" + text.encode())

    return change


def signed_twice() -> str:
    text = note(40, root(), name=f"{ORIGIN}/messages/5")
    return text + text.rpartition("\n\n")[2]


def under_log_checkpoint(packet: Path) -> None:
    noted((packet / "seal/checkpoint").read_text(encoding="utf-8"))(packet)


def salt(change):
    """Return what writes another salt into the proof."""

    def put_back(packet: Path) -> None:
        rows = (packet / PROOF).read_text(encoding="utf-8").split("\n")
        rows[1] = "extra " + base64.b64encode(change(base64.b64decode(rows[1][6:]))).decode()
        (packet / PROOF).write_text("\n".join(rows), encoding="utf-8")

    return put_back


def exchanged(packet: Path) -> None:
    one, other = ((packet / f"data/messages/M-000{number}.json").read_bytes() for number in (1, 2))
    (packet / "data/messages/M-0001.json").write_bytes(other)
    (packet / "data/messages/M-0002.json").write_bytes(one)


def opening_gone(packet: Path) -> None:
    place = packet / "seal/openings.json"
    kept = [row.rstrip(b",\n") for row in place.read_bytes().splitlines()[1:-1] if b'"entry":8,' not in row]
    place.write_bytes(b"[\n" + b",\n".join(kept) + b"\n]\n")


def of_messages(count: int, shown: tuple[int, ...]):
    return lambda target: write(make_rich_plan(shown=shown, messages=count), target)


CASES = (
    Case("no-messages_pass", "No message is shown by itself.", planned(disclosed=(), messages=())),
    Case("no-derivatives_pass", "No redacted copy.", planned(derivatives=())),
    Case("one-of-one-message_pass", "The only message of its export: a proof without hashes.", of_messages(2, (1,))),
    Case("messages-of-a-thousand_pass", "Four of 1,000 messages, the first and the last among them.", of_messages(1000, (0, 511, 512, 999))),
    Case("message-edited_fail", "One bit of a shown message turned, with manifests to fit.", signed(flipped(SPAN, 10)), codes("proof-wrong")),
    Case("messages-exchanged_fail", "Two shown messages in each other's place.", signed(exchanged), codes("proof-wrong")),
    Case("message-missing_fail", "A shown message that is not there.", signed(removed(SPAN)), codes("file-missing")),
    Case("message-unlisted_fail", "A message that no row names.", signed(put("data/messages/M-0009.json", "{}")), codes("exhibit-unlisted")),
    Case("message-proof-missing_fail", "A shown message without its proof.", signed(removed(PROOF)), codes("proof-missing")),
    Case("message-proof-unlisted_fail", "A proof of a message that no row names.", signed(put("seal/messages/M-0009.tlog-proof", "x")), codes("exhibit-unlisted")),
    Case("message-proof-of-other-place_fail", "A proof that speaks of another place.", signed(edited(PROOF, "index 17", "index 16")), codes("proof-form")),
    Case("message-claims-other-place_fail", "Row and proof agree on a place where the message does not stand.", signed(edited(PROOF, "index 17", "index 16"), edited(TABLE, "M-0002,7,17,", "M-0002,7,16,")), codes("proof-wrong")),
    Case("message-place-beyond-the-end_fail", "A place that the tree does not have.", signed(edited(PROOF, "index 17", "index 40"), edited(TABLE, "M-0002,7,17,", "M-0002,7,40,")), codes("proof-wrong")),
    Case("message-salt-edited_fail", "Another salt of the right length.", signed(salt(lambda value: bytes(len(value)))), codes("proof-wrong")),
    Case("message-salt-too-long-and-no-log-key_fail", "A salt of 32 bytes, where the log's key is malformed.", signed(salt(lambda value: value + value), edited("seal/log-key.txt", "+", "+0", every=False)), codes("log-key", "proof-form")),
    Case("message-salt-too-long_fail", "A salt of 32 bytes.", signed(salt(lambda value: value + value)), codes("proof-form")),
    Case("message-note-by-another-key_fail", "The tree's checkpoint, signed by somebody else.", signed(noted(note(40, root(), name=f"{ORIGIN}/messages/5", key=OTHER))), codes("proof-form")),
    Case("message-note-of-the-log_fail", "The log's own checkpoint in place of the message tree's.", signed(under_log_checkpoint), codes("proof-form")),
    Case("message-note-under-the-log-name_fail", "The right size and root, under the log's name.", signed(noted(note(40, root()))), codes("proof-form")),
    Case("message-note-signed-twice_fail", "The tree's checkpoint with its signature line twice: exactly one is asked for.", signed(noted(signed_twice())), codes("proof-form")),
    Case("message-note-with-unknown-line_fail", "The tree's checkpoint with a second signature line, of a key that nobody named.", signed(noted(note(40, root(), name=f"{ORIGIN}/messages/5") + "\u2014 someone AAAAAAAA\n")), codes("proof-form")),
    Case("message-note-of-other-size_fail", "A checkpoint of another size than the row says.", signed(noted(note(39, root(), name=f"{ORIGIN}/messages/5"))), codes("proof-form")),
    Case("message-note-of-other-part_fail", "A checkpoint of another part of the export.", signed(noted(note(40, root(), name=f"{ORIGIN}/messages/6"))), codes("window-wrong")),
    Case("message-tree-that-the-log-does-not-know_fail", "A tree of its own making, signed by the log's key.", signed(noted(note(40, bytes(32), name=f"{ORIGIN}/messages/5"))), codes("window-wrong", "proof-wrong")),
    Case("message-of-earlier-window_fail", "An entry that counts only half of the messages.", signed(edited(TABLE, "M-0002,7,", "M-0002,6,")), codes("window-wrong")),
    Case("message-of-no-window_fail", "An entry that is not of that type.", signed(edited(TABLE, "M-0002,7,", "M-0002,3,")), codes("window-wrong")),
    Case("message-of-entry-beyond-the-log_fail", "An entry that the log does not have.", signed(edited(TABLE, "M-0002,7,", "M-0002,70,")), codes("window-wrong")),
    Case("message-row-with-other-file_fail", "A row that names another message's file.", signed(edited(TABLE, SPAN, "data/messages/M-0001.json")), codes("csv-form", "exhibit-unlisted", "csv-row")),
    Case("message-row-missing_fail", "A table that leaves a shown message out.", signed(edited(TABLE, f"M-0002,7,17,40,{SPAN},channel77,17\r\n", ""), edited("bag-info.txt", "disclosed=3", "disclosed=2")), codes("exhibit-unlisted", "csv-row")),
    Case("message-table-names-unknown-proof_fail", "A message of the table with a number that is none.", signed(edited("meta/messages.csv", "M-0002", "M-0008")), codes("csv-row")),
    Case("derivative-exchanged_fail", "Another picture as the redacted copy, with manifests to fit.", signed(flipped(COPY, 60)), codes("derivative-digest")),
    Case("derivative-unlisted_fail", "A redacted copy that no row names.", signed(put("data/derivatives/D-0009.png", "x")), codes("exhibit-unlisted")),
    Case("derivative-missing_fail", "The redacted copy is not there.", signed(removed(COPY), lambda packet: (packet / "data/derivatives").rmdir()), codes("derivative-digest")),
    Case("derivative-and-opening-missing_fail", "Neither the redacted copy is there nor what opens its entry.", signed(opening_gone, removed(COPY), lambda packet: (packet / "data/derivatives").rmdir()), codes("opening-missing", "derivative-digest")),
    Case("derivative-opening-dropped_fail", "What opens the entry of the copy is gone.", signed(opening_gone), codes("opening-missing")),
    Case("derivative-of-other-source_fail", "A copy that claims another exhibit's entry.", signed(edited(DERIVATIVES, "E-0001,3,", "E-0002,4,")), codes("derivative-source")),
    Case("derivative-other-regions_fail", "A table that tells of other rectangles.", signed(edited(DERIVATIVES, "2 3 10 4", "2 3 10 5")), codes("derivative-source")),
    Case("derivative-other-reason_fail", "A table that gives another reason.", signed(edited(DERIVATIVES, "얼굴", "배경")), codes("derivative-source")),
    Case("derivative-of-other-entry_fail", "A copy that claims the entry of an exhibit.", signed(edited(DERIVATIVES, ",8,data/derivatives", ",3,data/derivatives")), codes("derivative-digest", "derivative-source")),
)  # fmt: skip
