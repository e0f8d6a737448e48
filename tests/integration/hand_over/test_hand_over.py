"""Closing a packet for somebody: what was shown leaves, whole or not at all, and only the recipient can open it."""

import csv
import errno
import hashlib
import io
import json
import os
import subprocess
import sys
import unicodedata
import zipfile

import pyrage
import pytest
import pyzipper

from drawn_vault import quiet
from file_sizes import no_file_larger_than
from haechi.adapters.envelopes import (
    AesZipEnvelope,
    AgeEnvelope,
    PublicKeys,
    aes_zip,
    age_zip,
    packet_contents,
    placing,
)
from haechi.domain.errors import (
    DiskFullError,
    EnvelopeBrokenError,
    HandOverRefusedError,
    PacketBrokenError,
    PacketExistsError,
    PacketOtherError,
    PacketUnreadableError,
    PathMissingError,
)
from haechi.domain.receipt import Receipt
from haechi.domain.recipient import Recipient, TransferForm
from haechi.flows.hand_over import hand_over, handed_over, look_into
from haechi.flows.manage_recipients import add_recipient
from haechi.flows.verify import verify
from haechi.flows.verify_packet import PacketVerdict
from haechi.ports.packets import Finding
from stock_programs import needed

PASSPHRASE = "서로 상관없는 낱말 여럿을 잇다"
CANARY = b"CANARY of a drawn exhibit "


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def table(*rows) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode()


@pytest.fixture
def packet(tmp_path):
    """A small bag with what the preview reads; whether it verifies is asked of the real verifier elsewhere."""
    payload = {
        "data/evidence/E-0001.jpg": CANARY * 4000,
        "data/evidence/E-0002.png": os.urandom(3_000_000),
        "data/report/report.pdf": b"%PDF-1.7 drawn",
    }
    tags = {
        "bagit.txt": b"BagIt-Version: 1.0\n",
        "bag-info.txt": b"External-Identifier: HP-0123456789ab\nPayload-Oxum: 1.1\n",
        "meta/exhibits.csv": table(
            ["exhibit", "sha256", "entry", "file", "role"],
            ["E-0001", "", 1, "data/evidence/E-0001.jpg", "found"],
            ["E-0002", "", 2, "data/evidence/E-0002.png", "own-photo"],
            ["E-0003", "", 3, "", "found"],
        ),
        "meta/messages.csv": table(
            ["room", "message_id", "text"], ["r", "1", "글"], ["'=r", "'-2", ""], ["r", "3", "줄\n바꿈"]
        ),
        "meta/derivatives.csv": table(
            ["derivative", "sha256", "source_exhibit"],
            ["D-0001", "d1", "E-0001"],
            ["D-0002", "d2", ""],
            ["D-0003", "d3", "E-0003"],
            ["D-0004", "d4", ""],
        ),
        "meta/accounts.csv": table(["account", "name"], ["user1", "초록우산"], ["user2", ""]),
        "verify/verify.sh": b"#!/bin/bash\n",
    }
    tags["manifest-sha256.txt"] = "".join(f"{sum_of(c)}  {p}\n" for p, c in sorted(payload.items())).encode()
    tags["tagmanifest-sha256.txt"] = "".join(f"{sum_of(c)}  {p}\n" for p, c in sorted(tags.items())).encode()
    tags["tagmanifest-sha256.txt.sig"] = b"drawn signature\n"
    for path, content in (payload | tags).items():
        place = tmp_path / "packet" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return tmp_path / "packet"


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def verdict(*findings):
    return PacketVerdict(findings, is_pinned=True, signer=None, proven=(), not_counted=(), not_proven=(), noted=())


def close(vault, packet, target, envelope, *, name="경찰서", age=None, contents=None, progress=quiet):
    contents = contents or packet_contents(packet, redacted={})
    to = Recipient(name, age, None)
    return hand_over(vault, contents, target, recipient=to, envelope=envelope, actor="person", progress=progress)


def files_of(packet):
    return {str(one.relative_to(packet)): one.read_bytes() for one in packet.rglob("*") if one.is_file()}


def unzipped(archive) -> dict[str, bytes]:
    return {name.removeprefix("HP-0123456789ab/"): archive.read(name) for name in archive.namelist()}


@pytest.fixture(params=["age", "zip"])
def envelope(request, receiver):
    return AgeEnvelope(receiver.age) if request.param == "age" else AesZipEnvelope(PASSPHRASE)


def test_the_preview_names_every_file_and_what_is_in_the_packet(packet):
    contents = packet_contents(packet, redacted={"d2": ("=r", "-2"), "d4": ("r", "4"), "d5": ("r", "1")})
    assert {file.path: file.size for file in contents.files} == {p: len(c) for p, c in files_of(packet).items()}
    assert (contents.evidence, contents.own_photos) == (("E-0001", "E-0002"), ("E-0002",))
    assert contents.unredacted == ("E-0001",)
    assert contents.unredacted_messages == ("=r:-2",)
    assert (contents.texts, contents.names, contents.packet_id) == (2, 1, "HP-0123456789ab")
    assert contents.digest == sum_of((packet / "tagmanifest-sha256.txt").read_bytes())


def test_the_recipient_opens_what_was_in_the_packet_and_nobody_else_does(vault, packet, out, receiver):
    done = close(vault, packet, out / "p.zip.age", AgeEnvelope(receiver.age), age=receiver.age)
    content = done.path.read_bytes()
    assert (done.closed.size, done.closed.digest) == (len(content), sum_of(content))
    clear = pyrage.decrypt(content, [receiver.identity])
    assert unzipped(zipfile.ZipFile(io.BytesIO(clear))) == files_of(packet)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(content, [pyrage.x25519.Identity.generate()])
    assert sorted(one.name for one in out.iterdir()) == ["p.zip.age", "p.zip.age.receipt.txt"]


def test_the_same_packet_is_the_same_zip_whenever_it_is_closed(vault, packet, out, receiver):
    one = close(vault, packet, out / "1", AgeEnvelope(receiver.age))
    os.utime(packet / "bagit.txt", (1, 1))
    two = close(vault, packet, out / "2", AgeEnvelope(receiver.age))
    clear = [pyrage.decrypt(done.path.read_bytes(), [receiver.identity]) for done in (one, two)]
    assert clear[0] == clear[1]


def test_the_zip_opens_with_its_passphrase_and_stays_shut_with_another(vault, packet, out):
    done = close(vault, packet, out / "p.zip", AesZipEnvelope(PASSPHRASE))
    assert done.transfer.form is TransferForm.ZIP
    with pyzipper.AESZipFile(done.path) as archive:
        archive.setpassword(PASSPHRASE.encode())
        assert unzipped(archive) == files_of(packet)
        assert {(one.wz_aes_strength, one.wz_aes_version, one.CRC) for one in archive.infolist()} == {(3, 2, 0)}
        archive.setpassword(b"another passphrase")
        with pytest.raises(RuntimeError):
            archive.read(archive.namelist()[0])
    assert CANARY not in done.path.read_bytes()


def test_a_stock_age_and_a_stock_unzip_read_what_was_closed(vault, packet, out, receiver):
    done = close(vault, packet, out / "p.zip.age", AgeEnvelope(receiver.age))
    clear, key = out / "clear.zip", out / "key"
    key.write_text(f"{receiver.identity}\n")
    clear.write_bytes(subprocess.check_output([needed("age"), "-d", "-i", key, done.path]))
    subprocess.run([needed("unzip"), "-q", str(clear), "-d", str(out / "x")], check=True)
    assert files_of(out / "x" / "HP-0123456789ab") == files_of(packet)
    assert (out / "x" / "HP-0123456789ab" / "verify" / "verify.sh").stat().st_mode & 0o777 == 0o700


def test_it_is_in_the_log_without_a_name_and_in_the_records(vault, packet, out, receiver):
    done = close(vault, packet, out / "p.zip.age", AgeEnvelope(receiver.age), age=receiver.age)
    entry = next(vault.ledger.entries(done.transfer.entry))
    assert json.loads(entry.raw)["type"] == "transfer"
    assert "경찰서".encode() not in entry.raw
    assert done.transfer.digest.encode() not in entry.raw
    told = vault.ledger.opening(done.transfer.entry).subject
    assert (told["to"], told["packet"], told["sha256"]) == ("경찰서", "HP-0123456789ab", done.closed.digest)
    assert vault.ledger.transfers() == [done.transfer]


def test_the_receipt_s_text_lies_beside_it_and_says_how_to_sign(vault, packet, out, receiver):
    done = close(vault, packet, out / "p.zip.age", AgeEnvelope(receiver.age))
    text = done.receipt_path.read_text(encoding="utf-8")
    expected = Receipt(done.transfer.packet_id, done.transfer.digest, done.transfer.transfer_id)
    assert text == expected.text()
    assert Receipt.parse(text) == expected
    assert "ssh-keygen -Y sign -n receipt@haechi" in text


def test_nothing_unencrypted_is_on_the_disk_at_any_step(vault, packet, out, envelope):
    seen = []

    def look(*_report):
        for file in out.iterdir():
            seen.append(file.name)
            assert CANARY not in file.read_bytes()

    close(vault, packet, out / "p", envelope, progress=look)
    assert any(name.endswith(".part") for name in seen)


@pytest.mark.parametrize("there", ["p", "p.receipt.txt"])
def test_nothing_is_written_over(vault, packet, out, receiver, there):
    (out / there).write_text("here before")
    with pytest.raises(PacketExistsError):
        close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert [(one.name, one.read_text()) for one in out.iterdir()] == [(there, "here before")]
    assert vault.ledger.transfers() == []


@pytest.mark.parametrize("room", [0, 1000, 1_500_000, 3_000_000])
def test_a_disk_that_takes_no_large_file_is_told_and_has_nothing_on_it(vault, packet, out, envelope, room):
    with pytest.raises(DiskFullError) as caught, no_file_larger_than(room):
        close(vault, packet, out / "p", envelope)
    assert caught.value.facts["reason"] == "file-size"
    assert list(out.iterdir()) == []
    assert vault.ledger.transfers() == []


def test_a_folder_that_is_not_there_is_named(vault, packet, out, receiver):
    with pytest.raises(PathMissingError):
        close(vault, packet, out / "none" / "p", AgeEnvelope(receiver.age))


def test_a_file_that_changed_since_it_was_looked_at_does_not_leave(vault, packet, out, envelope):
    contents = packet_contents(packet, redacted={})
    (packet / "data/evidence/E-0002.png").write_bytes(b"something else")
    with pytest.raises(HandOverRefusedError) as raised:
        close(vault, packet, out / "p", envelope, contents=contents)
    assert raised.value.facts == {"reason": "changed", "path": "data/evidence/E-0002.png"}
    assert list(out.iterdir()) == []


def test_an_interrupted_hand_over_leaves_nothing_and_is_not_in_the_log(vault, packet, out, receiver):
    def stop(*_report):
        raise KeyboardInterrupt

    size = vault.ledger.log_head().frontier.size
    for envelope in (AgeEnvelope(receiver.age), AesZipEnvelope(PASSPHRASE)):
        with pytest.raises(KeyboardInterrupt):
            close(vault, packet, out / "p", envelope, progress=stop)
    assert list(out.iterdir()) == []
    assert vault.ledger.log_head().frontier.size == size


def test_what_does_not_read_back_as_it_was_written_is_removed(vault, packet, out, envelope, monkeypatch):
    def bad_disk(file):
        file.flush()
        os.pwrite(file.fileno(), b"\0\0\0\0", 5000)
        file.seek(0)

    for module in (age_zip, aes_zip):
        monkeypatch.setattr(module, "settle", bad_disk)
    with pytest.raises(EnvelopeBrokenError):
        close(vault, packet, out / "p", envelope)
    assert list(out.iterdir()) == []


def test_a_whole_packet_of_another_vault_is_refused_and_not_called_changed(vault, packet):
    with pytest.raises(PacketOtherError) as raised:
        look_into(vault, packet, verify=lambda _: verdict(Finding("signer-other", "")), read=packet_contents)
    assert raised.value.facts["reason"] == "vault"


def test_a_packet_that_does_not_verify_is_refused(vault, packet):
    with pytest.raises(PacketBrokenError) as raised:
        look_into(vault, packet, verify=lambda _: verdict(Finding("file-changed", "x")), read=packet_contents)
    assert raised.value.facts == {"findings": 1}
    assert look_into(vault, packet, verify=lambda _: verdict(), read=packet_contents).packet_id == "HP-0123456789ab"


@pytest.mark.parametrize("missing", ["tagmanifest-sha256.txt", "bag-info.txt", "meta/exhibits.csv"])
def test_what_is_no_packet_is_named(packet, missing):
    (packet / missing).unlink()
    with pytest.raises(PacketUnreadableError):
        packet_contents(packet, redacted={})


def test_a_short_passphrase_is_refused():
    with pytest.raises(HandOverRefusedError) as raised:
        AesZipEnvelope("열세 글자 암호입니다!")
    assert raised.value.facts == {"reason": "passphrase-short", "minimum": 14}


def test_a_large_packet_is_closed_in_little_memory(vault, packet, out, receiver):
    """128 MiB go through in well under half of that."""
    import tracemalloc
    from dataclasses import replace

    class Zeros(io.RawIOBase):
        left = 1 << 27

        def read(self, size=-1):
            piece = bytes(min(size, self.left))
            self.left -= len(piece)
            return piece

    contents = packet_contents(packet, redacted={})
    big = replace(
        contents.files[0], path="data/evidence/E-0009.mp4", size=1 << 27, open=Zeros, digest=sum_of(bytes(1 << 27))
    )
    contents = replace(contents, files=(*contents.files, big))
    tracemalloc.start()
    done = close(vault, packet, out / "p", AgeEnvelope(receiver.age), contents=contents)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert done.closed.size > 1 << 27
    assert peak < 48 << 20


def test_a_changed_key_in_the_directory_is_an_entry_that_tells_both(vault, receiver):
    keys = PublicKeys()
    add_recipient(vault, "경찰서", age=receiver.age, ssh=None, note="전화로", keys=keys, actor="person")
    other = str(pyrage.x25519.Identity.generate().to_public())
    changed = add_recipient(vault, "경찰서", age=other, ssh=receiver.ssh, note="", keys=keys, actor="person")
    assert (changed.age, changed.note) == (other, "전화로")
    openings = [vault.ledger.opening(entry.index) for entry in vault.ledger.entries() if b'"type":"key"' in entry.raw]
    assert [one.subject["age"] for one in openings if one and "age" in one.subject] == [receiver.age, other]


def test_the_file_gets_its_name_only_after_the_log_knows_of_it(vault, packet, out, receiver, monkeypatch):
    size = vault.ledger.log_head().frontier.size
    renamed = []
    rename = type(out).rename

    def watched(self, target):
        renamed.append(vault.ledger.log_head().frontier.size)
        return rename(self, target)

    monkeypatch.setattr(type(out), "rename", watched)
    close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert renamed == [size + 1]


def test_a_ledger_that_cannot_be_written_lets_nothing_leave(vault, packet, out, receiver, monkeypatch):
    def full():
        raise DiskFullError(path="ledger.db")

    monkeypatch.setattr(vault.ledger, "begin", full)
    with pytest.raises(DiskFullError):
        close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert list(out.iterdir()) == []


def test_a_disk_without_room_for_the_checkpoint_does_not_take_back_what_the_log_tells_of(
    vault, packet, out, receiver, monkeypatch
):
    def full(_note):
        raise DiskFullError(path="checkpoint")

    with monkeypatch.context() as patch:
        patch.setattr(vault.folder, "write_checkpoint", full)
        done = close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert sum_of(done.path.read_bytes()) == done.closed.digest
    assert vault.ledger.transfers() == [done.transfer]


def test_a_file_that_does_not_get_its_name_after_all_is_withdrawn_in_the_log(vault, packet, out, receiver, monkeypatch):
    def fails(*_):
        raise OSError(errno.EIO, "drawn")

    with monkeypatch.context() as patch:
        patch.setattr(type(out), "rename", fails)
        with pytest.raises(OSError, match="drawn"):
            close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert list(out.iterdir()) == []
    last = list(vault.ledger.entries())[-1]
    (transfer,) = vault.ledger.transfers()
    assert handed_over(vault) == []
    done = close(vault, packet, out / "q", AgeEnvelope(receiver.age))
    assert handed_over(vault) == [done.transfer]
    assert vault.ledger.opening(last.index).subject == {"v": 1, "transfer": transfer.transfer_id, "withdrawn": True}
    verify(vault, quiet)


def test_no_file_stays_of_a_hand_over_that_the_log_withdraws(vault, packet, out, receiver, monkeypatch):
    def fails(_folder):
        raise OSError(errno.EIO, "drawn")

    with monkeypatch.context() as patch:
        patch.setattr(placing, "_sync_folder", fails)
        with pytest.raises(OSError, match="drawn"):
            close(vault, packet, out / "p", AgeEnvelope(receiver.age))
    assert (list(out.iterdir()), handed_over(vault)) == ([], [])


def test_a_passphrase_typed_on_a_mac_opens_the_file_on_other_machines(vault, packet, out):
    done = close(vault, packet, out / "p.zip", AesZipEnvelope(unicodedata.normalize("NFD", PASSPHRASE)))
    with pyzipper.AESZipFile(done.path) as archive:
        archive.setpassword(unicodedata.normalize("NFC", PASSPHRASE).encode())
        assert archive.testzip() is None


KILLED = """
import os, sys
sys.path[:0] = [{tests!r}]
from pathlib import Path
from drawn_vault import opened
from haechi.adapters.envelopes import AgeEnvelope, packet_contents
from haechi.domain.recipient import Recipient
from haechi.flows.hand_over import hand_over

at = int({at})
calls = 0

def killing(name):
    real = getattr(os, name)
    def call(*given, **more):
        global calls
        calls += 1
        if calls == at:
            os.kill(os.getpid(), 9)
        return real(*given, **more)
    setattr(os, name, call)

with opened(Path({vault!r})) as vault:
    for name in ("fsync", "rename", "replace", "unlink"):
        killing(name)
    hand_over(vault, packet_contents(Path({packet!r}), redacted={{}}), Path({target!r}), recipient=Recipient("경찰서", None, None),
              envelope=AgeEnvelope({age!r}), actor="person", progress=lambda *_: None)
"""


def test_a_kill_at_any_step_leaves_no_file_that_the_log_does_not_know(tmp_path, packet, out, receiver):
    from pathlib import Path

    from drawn_vault import make, opened

    make(tmp_path / "killed")
    for at in range(1, 12):
        places = {"vault": str(tmp_path / "killed"), "packet": str(packet), "target": str(out / f"p{at}")}
        tests = str(Path(__file__).parents[2])
        script = KILLED.format(tests=tests, at=at, age=receiver.age, **places)
        ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        with opened(tmp_path / "killed") as vault:
            known = {vault.ledger.opening(one.entry).subject["sha256"] for one in vault.ledger.transfers()}
        lying = {sum_of(one.read_bytes()) for one in out.glob("p*") if not one.name.endswith(".receipt.txt")}
        assert lying <= known
        if ended.returncode == 0:
            break
    assert ended.returncode == 0
    assert at > 3
