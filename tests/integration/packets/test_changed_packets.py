"""Whatever is done to a packet, each verifier says no and says where."""

import base64
import os
import random
import shutil
from pathlib import Path

import pytest

from haechi.adapters.packets.sshsig import allowed_signers
from haechi.domain.sshkey import key_fingerprint

SAMPLES = [
    "bagit.txt", "bag-info.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt", "tagmanifest-sha256.txt.sig",
    "allowed_signers", "data/evidence/E-0002.png", "data/report/report.pdf", "seal/checkpoint", "seal/entries.jsonl",
    "seal/openings.json", "seal/proofs/E-0001.tlog-proof", "seal/log-key.txt", "seal/log-key.pem", "meta/exhibits.csv",
    "meta/messages.csv", "meta/custody.csv", "meta/accounts.csv", "verify/verify.sh", "verify/README.ko.txt",
]  # fmt: skip


def flip(place: Path, at: int) -> None:
    content = bytearray(place.read_bytes())
    content[at % len(content)] ^= 1
    place.write_bytes(content)


def edit(place: Path, old: str, new: str) -> None:
    content = place.read_bytes()
    assert old.encode() in content
    place.write_bytes(content.replace(old.encode(), new.encode(), 1))


def entries_of(packet: Path) -> list[bytes]:
    return (packet / "seal/entries.jsonl").read_bytes().splitlines(keepends=True)


def put_entries(packet: Path, lines: list[bytes]) -> None:
    (packet / "seal/entries.jsonl").write_bytes(b"".join(lines))


def spread(names):
    """Return each verifier with each name, but verify.sh, which takes most of a second, with each fifth."""
    return [
        (one, name)
        for at, name in enumerate(names)
        for one in ("verify.py", "haechi", "verify.sh")
        if one != "verify.sh" or at % 5 == 0
    ]


@pytest.mark.parametrize(("one", "path"), spread(SAMPLES))
def test_one_flipped_bit_in_any_file_is_noticed_and_named(packet, verifiers, one, path):
    flip(packet / path, len(path) * 7)
    found = verifiers[one](packet)
    assert found.code == 1
    # A manifest is named by its signature: which of its lines was changed shows in the files that no longer fit.
    named = {path, "tagmanifest-sha256.txt.sig"} if path == "tagmanifest-sha256.txt" else {path}
    assert {place.partition(":")[0] for _, place in found.findings} & named


@pytest.mark.parametrize(("one", "path"), spread(SAMPLES[::3]))
def test_a_missing_file_is_named(packet, verifiers, one, path):
    (packet / path).unlink()
    assert ("file-missing", path) in verifiers[one](packet).findings


@pytest.mark.parametrize("path", ["data/evidence/E-0009.png", "note.txt", "seal/proofs/E-0009.tlog-proof", ".hidden"])
def test_an_added_file_is_named(packet, verify, path):
    (packet / path).write_bytes(b"added")
    assert ("file-added", path) in verify(packet).findings


def test_a_renamed_file_is_named_under_both_names(packet, verify):
    (packet / "data/evidence/E-0001.png").rename(packet / "data/evidence/E-0001.jpg")
    found = verify(packet).findings
    assert {("file-missing", "data/evidence/E-0001.png"), ("file-added", "data/evidence/E-0001.jpg")} <= set(found)


@pytest.mark.parametrize("name", ["line\nbreak \x1b[31mred", "그림.png"])
def test_a_name_that_could_trouble_a_terminal_is_printed_in_safe_characters(packet, verify, name):
    (packet / "data" / name).write_bytes(b"")
    [(code, place)] = verify(packet).findings
    assert code == "file-added"
    assert place == "data/" + "".join(
        c if c.isascii() and (c.isalnum() or c in "-._") else "".join(f"%{b:02X}" for b in c.encode()) for c in name
    )


def test_an_added_folder_is_named_and_not_entered(packet, verify):
    (packet / "data/more/inner").mkdir(parents=True)
    (packet / "data/more/file").write_bytes(b"")
    assert verify(packet).findings == [("directory-added", "data/more")]


@pytest.mark.parametrize("path", ["data/evidence/E-0001.png", "seal/checkpoint", "manifest-sha256.txt", "bag-info.txt"])
def test_a_link_in_place_of_a_file_is_refused_even_when_it_leads_to_the_right_bytes(packet, verify, path, tmp_path):
    (packet / path).rename(tmp_path / "elsewhere")
    (packet / path).symlink_to(tmp_path / "elsewhere")
    assert {("link", path), ("file-missing", path)} <= set(verify(packet).findings)


def test_a_folder_that_is_a_link_is_not_followed(packet, verify, tmp_path):
    (packet / "seal").rename(tmp_path / "seal")
    (packet / "seal").symlink_to(tmp_path / "seal")
    assert {("link", "seal"), ("file-missing", "seal/checkpoint")} <= set(verify(packet).findings)


def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(packet, verify):
    (packet / "data/report/report.pdf").unlink()
    os.mkfifo(packet / "data/report/report.pdf")
    assert ("special-file", "data/report/report.pdf") in verify(packet).findings


@pytest.mark.parametrize(
    ("one", "line"), spread(["../secret", "data/../../secret", "/etc/hostname", "data//x", "data/\\x", "seal/x"])
)
def test_a_manifest_line_that_leads_elsewhere_is_refused(packet, verifiers, one, line):
    manifest = packet / "manifest-sha256.txt"
    number = manifest.read_text().count("\n") + 1
    manifest.write_text(manifest.read_text() + f"{'0' * 64}  {line}\n")
    assert ("manifest-line", f"manifest-sha256.txt:{number}") in verifiers[one](packet).findings


def test_a_file_that_the_manifest_names_twice_is_named(packet, verify):
    manifest = packet / "manifest-sha256.txt"
    manifest.write_text(manifest.read_text() + manifest.read_text().splitlines()[0] + "\n")
    assert ("manifest-duplicate", "data/evidence/E-0001.png") in verify(packet).findings


def test_manifests_made_anew_without_the_key_break_the_signature(packet, verify, written, forge):
    signature = (packet / "tagmanifest-sha256.txt.sig").read_bytes()
    signers = (packet / "allowed_signers").read_bytes()
    flip(packet / "data/evidence/E-0001.png", 40)
    forge(packet, written[0].signer)
    (packet / "tagmanifest-sha256.txt.sig").write_bytes(signature)
    (packet / "allowed_signers").write_bytes(signers)
    assert ("signature", "tagmanifest-sha256.txt.sig") in verify(packet).findings


def test_a_whole_packet_signed_by_another_key_is_noticed_by_the_pin_alone(packet, verify, written, forge, key):
    edit(packet / "data/report/report.pdf", "report", "REPORT")
    forge(packet, key("attacker"))
    assert verify(packet).findings == []
    pin = key_fingerprint(written[0].signer.public)
    assert verify(packet, "--signer", pin).findings == [("signer-other", "allowed_signers")]


def test_the_right_pin_is_content(packet, verify, written):
    assert verify(packet, "--signer", key_fingerprint(written[0].signer.public)).findings == []


def test_the_signature_of_another_packet_does_not_fit(packet, verify, make, tmp_path):
    make(3).write(tmp_path / "other")
    shutil.copy(tmp_path / "other/tagmanifest-sha256.txt.sig", packet)
    assert verify(packet).findings == [("signature", "tagmanifest-sha256.txt.sig")]


def test_a_signature_written_in_another_way_is_refused(packet, verify):
    place = packet / "tagmanifest-sha256.txt.sig"
    lines = place.read_text().splitlines()
    place.write_text("\n".join([lines[0], "".join(lines[1:-1]), lines[-1], ""]))
    assert verify(packet).findings == [("signature", "tagmanifest-sha256.txt.sig")]


def test_a_second_key_among_the_signers_is_refused(packet, verify, key):
    with (packet / "allowed_signers").open("a") as file:
        file.write(allowed_signers(key("attacker").public))
    found = verify(packet).findings
    assert {("signer-form", "allowed_signers"), ("file-changed", "allowed_signers")} <= set(found)


# What somebody who holds the packet's key, but not the log's, would have to get past.
RESEALED = {
    "entry dropped": (lambda p: put_entries(p, [*entries_of(p)[:4], *entries_of(p)[5:]]), "entry-order", "seal/entries.jsonl:5"),
    "last entry dropped": (lambda p: put_entries(p, entries_of(p)[:-1]), "entry-count", "seal/entries.jsonl"),
    "entries swapped": (
        lambda p: put_entries(p, [*entries_of(p)[:3], entries_of(p)[4], entries_of(p)[3], *entries_of(p)[5:]]),
        "entry-order",
        "seal/entries.jsonl:4",
    ),
    "entry edited": (lambda p: edit(p / "seal/entries.jsonl", '"i2"', '"i9"'), "entry-link", "seal/entries.jsonl:6"),
    "last entry edited": (lambda p: edit(p / "seal/entries.jsonl", '{"n":2}', '{"n":3}'), "log-root", "seal/entries.jsonl"),
    "entry appended": (
        lambda p: put_entries(p, [*entries_of(p), entries_of(p)[-1]]), "entry-count", "seal/entries.jsonl"
    ),
    "entry no entry": (lambda p: put_entries(p, [*entries_of(p)[:5], b"[]\n", *entries_of(p)[6:]]), "entry-form", "seal/entries.jsonl:6"),
    "no entries": (lambda p: put_entries(p, []), "entry-count", "seal/entries.jsonl"),
    "entries without end": (lambda p: put_entries(p, [*entries_of(p)[:-1], entries_of(p)[-1][:-1]]), "entry-form", "seal/entries.jsonl"),
    "checkpoint of another size": (lambda p: edit(p / "seal/checkpoint", "\n9\n", "\n8\n"), "checkpoint-signature", "seal/checkpoint"),
    "checkpoint without signature": (
        lambda p: (p / "seal/checkpoint").write_text((p / "seal/checkpoint").read_text().partition("\n\n")[0] + "\n"),
        "checkpoint-form", "seal/checkpoint",
    ),
    "checkpoint no text": (lambda p: (p / "seal/checkpoint").write_bytes(os.urandom(300)), "checkpoint-form", "seal/checkpoint"),
    "log key garbled": (lambda p: (p / "seal/log-key.txt").write_text("x+00000000+AAAA\n"), "log-key", "seal/log-key.txt"),
    "log key of another in PEM": (lambda p: edit(p / "seal/log-key.pem", "VwAyEA", "VwAyEB"), "log-key", "seal/log-key.pem"),
    "opening's digest edited": (
        lambda p: edit(p / "seal/openings.json", '"digest":"1', '"digest":"2'), "opening-wrong", "seal/openings.json:3"
    ),
    "opening's subject edited": (lambda p: edit(p / "seal/openings.json", '"방"', '"문"'), "opening-wrong", "seal/openings.json:2"),
    "opening dropped": (
        lambda p: (p / "seal/openings.json").write_bytes(
            b"".join(line for line in (p / "seal/openings.json").read_bytes().splitlines(keepends=True) if b'"entry":4' not in line)
        ),
        "opening-missing", "E-0002",
    ),
    "openings no JSON": (lambda p: (p / "seal/openings.json").write_bytes(b"[\n{]}\n]\n"), "openings-form", "seal/openings.json:2"),
    "exhibit exchanged": (lambda p: flip(p / "data/evidence/E-0003.png", 60), "exhibit-digest", "data/evidence/E-0003.png"),
    "exhibits' entries crossed": (
        lambda p: edit(p / "meta/exhibits.csv", ",5,data/evidence/E-0003", ",6,data/evidence/E-0003"), "exhibit-digest", "meta/exhibits.csv:4",
    ),
    "exhibit unlisted": (lambda p: (p / "data/evidence/E-0009.png").write_bytes(b"x"), "exhibit-unlisted", "data/evidence/E-0009.png"),
    "proof dropped": (lambda p: (p / "seal/proofs/E-0002.tlog-proof").unlink(), "proof-missing", "E-0002"),
    "proof of another entry": (
        lambda p: shutil.copy(p / "seal/proofs/E-0001.tlog-proof", p / "seal/proofs/E-0002.tlog-proof"),
        "proof-form", "seal/proofs/E-0002.tlog-proof",
    ),
    "proof with another checkpoint": (
        lambda p: edit(p / "seal/proofs/E-0002.tlog-proof", "\n9\n", "\n7\n"), "proof-form", "seal/proofs/E-0002.tlog-proof",
    ),
    "exhibit row garbled": (lambda p: edit(p / "meta/exhibits.csv", "E-0004,", "X-0004,"), "csv-form", "meta/exhibits.csv:5"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "name"), spread(RESEALED))
def test_the_packet_key_alone_does_not_let_one_change_what_the_log_sealed(
    packet, verifiers, written, forge, *, one, name
):
    change, code, place = RESEALED[name]
    change(packet)
    forge(packet, written[0].signer)
    assert (code, place) in verifiers[one](packet).findings


def swap_sibling(packet: Path) -> None:
    place = packet / "seal/proofs/E-0001.tlog-proof"
    lines = place.read_text().split("\n")
    lines[3] = base64.b64encode(bytes(32)).decode()
    place.write_text("\n".join(lines))


DEEPER = {
    "proof's hash edited": (swap_sibling, "proof-wrong", "seal/proofs/E-0001.tlog-proof"),
    "custody table edited": (lambda p: edit(p / "meta/custody.csv", "02:30:01", "02:30:02"), "csv-row", "meta/custody.csv:10"),
    "custody table cut": (
        lambda p: (p / "meta/custody.csv").write_bytes(b"".join((p / "meta/custody.csv").read_bytes().splitlines(keepends=True)[:-1])),
        "csv-row", "meta/custody.csv:10",
    ),
    "row taken from accounts": (
        lambda p: (p / "meta/accounts.csv").write_bytes(b"".join((p / "meta/accounts.csv").read_bytes().splitlines(keepends=True)[:-1])),
        "csv-count", "meta/accounts.csv",
    ),
    "header edited": (lambda p: edit(p / "meta/rooms.csv", "platform", "platfoRm"), "csv-form", "meta/rooms.csv:1"),
    "cell too many": (lambda p: edit(p / "meta/groups.csv", "1,pair", "1,1,pair"), "csv-form", "meta/groups.csv:4"),
    "exhibit that is none": (lambda p: edit(p / "meta/messages.csv", "E-0001", "E-0077"), "csv-row", "meta/messages.csv:2"),
    "quote left open": (lambda p: edit(p / "meta/messages.csv", '"', ""), "csv-form", "meta/messages.csv:2"),
    "entry not canonical": (lambda p: edit(p / "seal/entries.jsonl", '"v":1}', '"v":1 }'), "entry-form", "seal/entries.jsonl:1"),
}  # fmt: skip


@pytest.mark.parametrize(("one", "name"), spread(DEEPER))
def test_tables_proofs_and_the_form_of_entries_are_looked_at_too(packet, verifiers, written, forge, *, one, name):
    change, code, place = DEEPER[name]
    change(packet)
    forge(packet, written[0].signer)
    assert (code, place) in verifiers[one](packet).findings


HOSTILE = {
    "nested": lambda p: put_entries(p, [b"[" * 60_000 + b"\n"]),
    "nested opening": lambda p: (p / "seal/openings.json").write_bytes(b"[\n" + b'{"a":' * 200_000 + b"\n]\n"),
    "long number": lambda p: (p / "seal/openings.json").write_bytes(b'[\n{"a":' + b"9" * 2_000_000 + b"}\n]\n"),
    "fraction": lambda p: put_entries(p, [b'{"n":1e999,"v":1}\n']),
    "surrogate": lambda p: put_entries(p, [b'{"n":"\\ud800","v":1}\n']),
    "noise": lambda p: [place.write_bytes(os.urandom(5000)) for place in p.rglob("*") if place.suffix in {".jsonl", ".json", ".csv"}],
    "zeros": lambda p: [place.write_bytes(bytes(5000)) for place in p.rglob("*") if place.is_file() and "verify" not in str(place)],
    "empty": lambda p: [place.write_bytes(b"") for place in p.rglob("*") if place.is_file() and "verify" not in str(place)],
    "one giant line": lambda p: (p / "meta/exhibits.csv").write_bytes(b"x" * 20_000_000),
    "size beyond numbers": lambda p: edit(p / "seal/checkpoint", "\n9\n", "\n" + "9" * 400 + "\n"),
    "no UTF-8": lambda p: edit(p / "seal/checkpoint", "\n\n", "\n") or flip(p / "seal/checkpoint", -30),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_nonsense_is_refused_without_falling_over_even_when_it_is_signed(packet, verify, written, forge, name):
    HOSTILE[name](packet)
    forge(packet, written[0].signer)
    assert verify(packet).code == 1


@pytest.mark.parametrize(
    ("one", "content"), spread([b"0" * 5_000_000 + b"\n", b"\0" * 100 + b"\n", b"", b"\xff\n", b"no end", b"\n"])
)
@pytest.mark.parametrize("name", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_manifest_of_nonsense_is_refused(packet, verifiers, one, name, content):
    (packet / name).write_bytes(content)
    assert {("manifest-form", name), ("manifest-line", f"{name}:1")} & set(verifiers[one](packet).findings)


@pytest.mark.parametrize("seed", range(20))
def test_both_programs_agree_on_chance_damage_that_somebody_signed(packet, verifiers, written, forge, seed):
    dice = random.Random(seed)
    files = sorted(place for place in packet.rglob("*") if place.is_file() and place.parent.name != "verify")
    for _ in range(3):
        place = dice.choice(files)
        content = bytearray(place.read_bytes())
        at = dice.randrange(len(content))
        content[at : at + dice.randrange(3)] = dice.choice([b"", b"\n", b'"', b"\0", b"0", b",", dice.randbytes(2)])
        place.write_bytes(content)
    assert sorted(verifiers["verify.py"](packet).findings) == sorted(verifiers["haechi"](packet).findings)
    forge(packet, written[0].signer)
    assert sorted(verifiers["verify.py"](packet).findings) == sorted(verifiers["haechi"](packet).findings)


def test_both_programs_find_exactly_the_same(packet, verifiers, written, forge):
    for change, _, _ in (*RESEALED.values(), *DEEPER.values()):
        shutil.rmtree(packet)
        shutil.copytree(written[1], packet)
        change(packet)
        for is_signed in (False, True):
            if is_signed:
                forge(packet, written[0].signer)
            assert sorted(verifiers["verify.py"](packet).findings) == sorted(verifiers["haechi"](packet).findings)
