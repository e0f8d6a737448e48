"""Packets whose files, manifests or signature are not what they must be."""

import base64
import os
import shutil
from pathlib import Path

from drawn.packet_sample import resign
from packets.parts import (
    OTHER,
    SIGNER,
    Case,
    changed,
    edited,
    flipped,
    good,
    lines,
    put,
    removed,
    sealed,
    signed,
    signer_of,
    tagged,
)

PICTURE = "data/evidence/E-0001.png"
MANIFEST, TAG, SIGNATURE = "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig"


def renamed(packet: Path) -> None:
    (packet / PICTURE).rename(packet / "data/evidence/E-0001.jpg")


def linked(packet: Path) -> None:
    (packet / PICTURE).unlink()
    (packet / PICTURE).symlink_to("E-0002.png")


def linked_folder(packet: Path) -> None:
    (packet / "seal/messages").rename(packet / "seal/elsewhere")
    (packet / "seal/messages").symlink_to("elsewhere")


def pipe(packet: Path) -> None:
    (packet / PICTURE).unlink()
    os.mkfifo(packet / PICTURE)


def swapped(packet: Path) -> None:
    first, second = (packet / f"data/evidence/E-000{number}.png" for number in (1, 2))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


def of_other_packet(packet: Path) -> None:
    """Take the signature that the same key made over another packet."""
    other = packet.with_name("other")
    good(other)
    put("note.txt", "other")(other)
    resign(other, SIGNER)
    shutil.copy(other / SIGNATURE, packet / SIGNATURE)
    shutil.rmtree(other)


def by_other(packet: Path) -> None:
    resign(packet, OTHER)


def unsigned(packet: Path) -> None:
    """Make manifests and Payload-Oxum anew without having the key."""
    signature, allowed = ((packet / name).read_bytes() for name in (SIGNATURE, "allowed_signers"))
    resign(packet, SIGNER)
    (packet / SIGNATURE).write_bytes(signature)
    (packet / "allowed_signers").write_bytes(allowed)


def one_line(rows: list[bytes]) -> list[bytes]:
    return [rows[0], b"".join(row.rstrip(b"\n") for row in rows[1:-1]) + b"\n", rows[-1]]


def codes(*names: str) -> frozenset[str]:
    return frozenset(names)


def not_reduced(packet: Path) -> None:
    """Add the order of Ed25519's group to S, which changes no equation."""
    first, *middle, last, end = (packet / SIGNATURE).read_bytes().split(b"\n")
    blob = base64.b64decode(b"".join(middle))
    number = int.from_bytes(blob[-32:], "little") + (1 << 252) + 27742317777372353535851937790883648493
    text = base64.b64encode(blob[:-32] + number.to_bytes(32, "little"))
    pieces = [text[at : at + 70] for at in range(0, len(text), 70)]
    (packet / SIGNATURE).write_bytes(b"\n".join([first, *pieces, last, end]))


CASES = (
    Case("good_pass", "The packet that the others are made from.", good),
    Case("good-with-its-signer_pass", "The good packet, and the fingerprint that stands on paper.", good, signer=SIGNER),
    Case("file-added_fail", "A file that no manifest names.", changed(put("note.txt", "added")), codes("file-added")),
    Case("hidden-file-added_fail", "A hidden file that no manifest names.", changed(put(".hidden", "")), codes("file-added")),
    Case("payload-file-added_fail", "A file in data that no manifest names.", changed(put("data/evidence/E-0009.png", "x")), codes("file-added")),
    Case("name-with-escape-sequence_fail", "A file whose name would steer a terminal.", changed(put("data/line\nbreak \x1b[31mred", "")), codes("file-added")),
    Case("name-in-korean_fail", "A file whose name is not of the packet's alphabet.", changed(put("data/그림.png", "")), codes("file-added")),
    Case("folder-added_fail", "A folder that no manifest leads to.", changed(put("data/more/file", "")), codes("directory-added")),
    Case("empty-folder-added_fail", "A folder with nothing in it.", changed(lambda packet: (packet / "meta/more").mkdir()), codes("directory-added")),
    Case("file-missing_fail", "An exhibit was removed.", changed(removed(PICTURE)), codes("file-missing", "oxum")),
    Case("required-file-missing_fail", "A table was removed, and the packet signed again.", signed(removed("meta/anchors.csv")), codes("file-missing", "exhibit-unlisted")),
    Case("case-graph-missing_pass", "The graph for other programs is not required.", signed(lambda packet: (packet / "meta/case-graph.jsonld").unlink(missing_ok=True))),
    Case("exhibit-changed_fail", "One bit of an exhibit turned.", changed(flipped(PICTURE, 40)), codes("file-changed")),
    Case("report-changed_fail", "One bit of the report turned.", changed(flipped("data/report/report.pdf", 9)), codes("file-changed")),
    Case("exhibit-cut-short_fail", "An exhibit lost its end.", changed(lambda packet: os.truncate(packet / PICTURE, 100)), codes("file-changed", "oxum")),
    Case("exhibits-exchanged_fail", "Two exhibits in each other's place.", changed(swapped), codes("file-changed")),
    Case("exhibit-renamed_fail", "An exhibit under another name.", changed(renamed), codes("file-added", "file-missing", "oxum")),
    Case("link-in-place-of-file_fail", "A link that leads to another exhibit.", changed(linked), codes("link", "file-missing", "oxum"), unseen=True),
    Case("link-in-place-of-folder_fail", "A folder that is a link.", changed(linked_folder), codes("link", "directory-added", "file-missing", "proof-missing"), unseen=True),
    Case("pipe-in-place-of-file_fail", "A named pipe that a reader would wait for.", changed(pipe), codes("special-file", "file-missing", "oxum"), unseen=True),
    Case("byte-order-mark-before-bagit_fail", "A byte order mark before the declaration.", signed(edited("bagit.txt", "BagIt", "\ufeffBagIt")), codes("bagit-txt")),
    Case("not-bagit_fail", "Another version in bagit.txt.", signed(edited("bagit.txt", "1.0", "0.9")), codes("bagit-txt")),
    Case("manifest-with-crlf_fail", "A manifest with CRLF lines.", changed(edited(MANIFEST, "\n", "\r\n", every=True), tagged), codes("manifest-form", "file-missing", "directory-added", "exhibit-digest", "derivative-digest", "oxum")),
    Case("manifest-with-capital-digits_fail", "A digest in capitals.", changed(lines(MANIFEST, lambda rows: [rows[0], rows[1].upper().replace(b"DATA/EVIDENCE", b"data/evidence").replace(b"PNG", b"png"), *rows[2:]]), tagged), codes("manifest-line", "file-added", "exhibit-digest", "oxum")),
    Case("manifest-leads-outside_fail", "A manifest that names a file above the packet.", changed(lines(MANIFEST, lambda rows: [*rows, b"0" * 64 + b"  data/../../secret\n"]), tagged), codes("manifest-line")),
    Case("manifest-names-tag-file_fail", "The payload's manifest names a file outside data.", changed(lines(MANIFEST, lambda rows: [*rows, b"0" * 64 + b"  seal/checkpoint\n"]), tagged), codes("manifest-line")),
    Case("manifest-twice-the-same_fail", "A manifest that names a file twice.", changed(lines(MANIFEST, lambda rows: [*rows, rows[0]]), tagged), codes("manifest-duplicate")),
    Case("manifest-without-end_fail", "A manifest whose last line has no end.", changed(lines(TAG, lambda rows: [*rows[:-1], rows[-1][:-1]]), sealed), codes("manifest-form", "file-added", "directory-added", "file-missing", "exhibit-unlisted")),
    Case("oxum-other-size_fail", "Payload-Oxum with another size.", changed(edited("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: 1"), tagged), codes("oxum")),
    Case("oxum-twice_fail", "Two lines of Payload-Oxum.", changed(edited("bag-info.txt", "Payload-Oxum: ", "Payload-Oxum: 1.1\nPayload-Oxum: "), tagged), codes("oxum")),
    Case("signature-changed_fail", "One character of the signature.", changed(edited(SIGNATURE, "\n-----END", "\n\n-----END")), codes("signature")),
    Case("signature-in-one-line_fail", "The right signature, in lines of another length.", changed(lines(SIGNATURE, one_line)), codes("signature")),
    Case("signature-not-reduced_fail", "The right signature written another way, with the group's order added to S (RFC 8032, 5.1.7).", changed(not_reduced), codes("signature")),
    Case("signature-with-crlf_fail", "The right signature, with CRLF lines.", changed(edited(SIGNATURE, "\n", "\r\n", every=True)), codes("signature")),
    Case("signature-of-other-packet_fail", "The same key's signature over another packet.", changed(of_other_packet), codes("signature")),
    Case("signature-missing_fail", "No signature.", changed(removed(SIGNATURE)), codes("file-missing")),
    Case("manifests-made-anew-without-key_fail", "An exhibit and all manifests changed, by somebody without the key.", changed(flipped("data/report/report.pdf", 9), unsigned), codes("signature")),
    Case("signer-mistyped_misused", "A fingerprint whose last character no fingerprint has.", good, signer=signer_of(SIGNER)[:-1] + "9", misused=True),
    Case("signer-without-prefix_misused", "A fingerprint without SHA256: before it.", good, signer=signer_of(SIGNER).removeprefix("SHA256:")[:-1], misused=True),
    Case("resigned-with-other-key_fail", "Made anew by another key, where paper names the first.", changed(by_other), codes("signer-other"), signer=SIGNER),
    Case("resigned-with-other-key_pass", "The same, where nobody compares: this is why somebody must.", changed(by_other)),
    Case("signers-two_fail", "A second key among the signers.", changed(edited("allowed_signers", "\n", "\nx ssh-ed25519 AAAA\n"), tagged), codes("signer-form")),
    Case("signers-other-namespace_fail", "A key that may sign something else.", changed(edited("allowed_signers", "packet@haechi", "file"), tagged), codes("signer-form")),
)  # fmt: skip
