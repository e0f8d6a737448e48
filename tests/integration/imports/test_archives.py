"""Exports inside zip archives, honest and hostile: what is good arrives as from a folder, what is bad is named."""

import hashlib
import struct
import tracemalloc
import zipfile
import zlib
from dataclasses import replace

import pytest

from drawn.changes import jpeg
from drawn.hostile import PASSWORD, SMALL, draw_archives
from drawn.scenes import scene
from drawn.telegram_writer import chat_header, text_fields, write_chat
from drawn_files import zipped
from haechi.adapters.media import snapshot
from haechi.domain.errors import ArchiveDamagedError, EncryptedArchiveError, ExportChangedError
from haechi.flows import receive
from integration.imports.vaults import VaultAt, records

TOP = "채팅 내보내기/"
PHOTOS = ("photos/사진_1.jpg", "photos/photo_2@01-10-2026_12-00-02.jpg", "photos/photo_3.jpg")


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """A small export: three pictures, one of them sent twice, and one that is only named."""
    folder = tmp_path_factory.mktemp("small") / "ChatExport_2026-10-01"
    (folder / "photos").mkdir(parents=True)
    for number, name in enumerate(PHOTOS):
        (folder / name).write_bytes(jpeg(scene(number, SMALL)))
    names = [*PHOTOS, PHOTOS[0], "photos/missing.jpg"]
    messages = [
        {
            "id": number,
            "type": "message",
            "date": f"2026-10-01T12:00:{number:02}",
            "date_unixtime": str(1790823600 + number),
            "from": "라떼한잔",
            "from_id": "user6120447731",
            "photo": name,
            "width": 640,
            "height": 480,
            **text_fields(f"{number}번"),
        }
        for number, name in enumerate(names, 1)
    ]
    with (folder / "result.json").open("wb") as out:
        write_chat(out, chat_header(name="작은 방", type="private_group", id=4200000002), messages)
    return folder


@pytest.fixture(scope="module")
def archives(tmp_path_factory, export):
    folder = tmp_path_factory.mktemp("archives")
    return folder, {one.path: one for one in draw_archives(folder, export)}


@pytest.fixture(scope="module")
def as_folder(tmp_path_factory, export):
    """What the same export brings when it is imported as a folder."""
    vault = VaultAt(tmp_path_factory.mktemp("vaults") / "vault")
    vault.take(export)
    return brought(vault)


def brought(vault: VaultAt, top: str = "") -> dict[str, object]:
    """Return messages and items of a vault, their paths as seen from the export's own folder."""
    found = records(vault)
    own = {
        "rooms": found["rooms"],
        # When a name was seen rests on the date of the export, which its folder's name tells.
        "accounts": [(one.key, [name.name for name in one.names], one.messages) for one in found["accounts"]],
    }
    own["items"] = sorted((path.removeprefix(top), *rest) for path, *rest in found["items"])
    own["messages"] = [
        (
            replace(message, media=tuple(stripped(one, top) for one in message.media)),
            [(stripped(one, top), path and path.removeprefix(top)) for one, path in media],
        )
        for message, media in found["messages"]
    ]
    return own


def stripped(reference, top):
    return replace(reference, path=reference.path and reference.path.removeprefix(top))


def told(done) -> dict[str, set[str]]:
    """Return the codes of an import's warnings by path."""
    codes = {}
    for warning in done.warnings:
        codes.setdefault(warning.path, set()).add(warning.code)
    return codes


def without(everything: dict[str, object], *paths: str) -> dict[str, object]:
    return {**everything, "items": [row for row in everything["items"] if row[0] not in paths]}


def holds_nothing(vault: VaultAt) -> bool:
    with vault.opened() as opened:
        ledger = opened._vault.ledger  # noqa: SLF001 - the test looks below the flows
        return not list(ledger.imports(opened.cases()[0].case_id))


def members_of(export):
    return [(TOP + path.relative_to(export).as_posix(), path.read_bytes()) for path in sorted(export.rglob("*.*"))]


@pytest.mark.parametrize("name", ["cp949.zip", "nfd.zip"])
def test_an_export_in_an_archive_brings_what_its_folder_brings(vault, archives, as_folder, name):
    done = vault.take(archives[0] / name)

    assert brought(vault, TOP) == as_folder
    assert done.messages == 5
    assert not any("refused" in code for codes in told(done).values() for code in codes)
    vault.verify()


@pytest.mark.parametrize("name", ["slip.zip", "link.zip", "bomb.zip"])
def test_a_member_that_attacks_is_named_and_costs_nothing_else(vault, archives, as_folder, name):
    folder, about = archives

    done = vault.take(folder / name)

    bad = {path: codes for path, codes in told(done).items() if codes & about[name].codes}
    assert len(bad) == (4 if name == "slip.zip" else 1)
    assert brought(vault, TOP) == as_folder
    assert not list(folder.parent.rglob("escaped*"))
    vault.verify()


def test_overlapping_members_are_named_and_cost_nothing_else(tmp_path, vault, export, as_folder):
    path = zipped(tmp_path / "export.zip", *members_of(export), ("a/one", bytes(5000)), ("a/two", b"y" * 50))
    written = bytearray(path.read_bytes())
    last = written.rindex(b"PK\x01\x02")
    first = written.rindex(b"PK\x01\x02", 0, last)
    start = struct.unpack_from("<I", written, first + 42)[0]
    struct.pack_into("<I", written, last + 42, start + 4)  # its data now lies inside the other's
    path.write_bytes(written)

    done = vault.take(path)

    assert {"overlapping-entries"} in told(done).values()
    everything = brought(vault, TOP)
    assert [row for row in as_folder["items"] if row not in everything["items"]] == []
    assert everything["messages"] == as_folder["messages"]


def test_a_cut_archive_is_refused_before_anything_is_written(vault, archives):
    with pytest.raises(ArchiveDamagedError) as refused:
        vault.take(archives[0] / "cut.zip")

    assert refused.value.facts["reason"] == "cut"
    assert holds_nothing(vault)


@pytest.mark.parametrize("password", [None, "wrong", PASSWORD])
def test_an_archive_in_a_cipher_that_cannot_be_read_is_refused_before_anything_is_written(vault, archives, password):
    with pytest.raises(EncryptedArchiveError) as refused:
        vault.take(archives[0] / "encrypted.zip", password=password)

    assert refused.value.facts["method"] == "aes"
    assert holds_nothing(vault)


@pytest.mark.parametrize("spelling", ["utf-8", "cp949"])
def test_an_encrypted_archive_opens_with_its_password_however_windows_spelled_it(
    tmp_path, vault, export, as_folder, spelling
):
    path = encrypted(tmp_path / "export.zip", members_of(export), PASSWORD.encode(spelling))
    for password in (None, "틀린 암호"):
        with pytest.raises(EncryptedArchiveError) as refused:
            vault.take(path, password=password)
        assert refused.value.facts["method"] == "zipcrypto"
    assert holds_nothing(vault)

    vault.take(path, password=PASSWORD)

    assert brought(vault, TOP) == as_folder


@pytest.mark.parametrize("number", [9, 93], ids=["Deflate64", "Zstandard"])
def test_a_compression_that_cannot_be_read_is_named_and_costs_nothing_else(tmp_path, vault, export, as_folder, number):
    path = zipped(tmp_path / "export.zip", *members_of(export))
    written = bytearray(path.read_bytes())
    bad = written.rindex(PHOTOS[2].encode()) - 46 - len(TOP.encode())
    struct.pack_into("<H", written, bad + 10, number)
    path.write_bytes(written)

    done = vault.take(path)

    assert told(done)[TOP + PHOTOS[2]] == {"compression-unsupported"}
    assert brought(vault, TOP)["items"] == without(as_folder, PHOTOS[2])["items"]
    vault.verify()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_STORED])
def test_other_compressions_are_read(tmp_path, vault, export, as_folder, method):
    vault.take(zipped(tmp_path / "export.zip", *members_of(export), method=method))

    assert brought(vault, TOP) == as_folder


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, zipfile.ZIP_DEFLATED])
def test_a_bomb_that_declares_to_be_small_never_fills_the_memory(tmp_path, vault, method):
    path = zipped(tmp_path / "bomb.zip", ("bomb.jpg", bytes(200 << 20)), ("fine.txt", b"x"), method=method)
    written = bytearray(path.read_bytes())
    struct.pack_into("<I", written, written.index(b"PK\x01\x02") + 24, 5 << 20)
    path.write_bytes(written)
    tracemalloc.start()

    done = vault.take(path)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 << 20
    assert told(done) == {"bomb.jpg": {"damaged-in-archive"}}
    assert [item[0] for item in records(vault)["items"]] == ["fine.txt"]


def test_an_archive_in_the_archive_is_digested_and_not_opened(tmp_path, vault, export):
    inner = zipped(tmp_path / "inner.zip", *members_of(export)).read_bytes()

    done = vault.take(zipped(tmp_path / "outer.zip", ("inner.zip", inner), ("photo.jpg", jpeg(scene(1, SMALL)))))

    assert done.messages == 0
    digests = {path: digest for path, digest, *_ in records(vault)["items"]}
    assert digests["inner.zip"] == hashlib.sha256(inner).hexdigest()
    assert set(digests) == {"inner.zip", "photo.jpg"}


def test_a_damaged_member_is_named_and_costs_nothing_else(tmp_path, vault, export, as_folder):
    path = zipped(tmp_path / "export.zip", *members_of(export))
    written = bytearray(path.read_bytes())
    start = written.index(PHOTOS[1].encode()) + 500
    written[start : start + 40] = bytes(40)
    path.write_bytes(written)

    done = vault.take(path)

    assert told(done)[TOP + PHOTOS[1]] == {"damaged-in-archive"}
    assert brought(vault, TOP)["items"] == without(as_folder, PHOTOS[1])["items"]


def test_a_name_as_long_as_a_picture_is_not_recorded(tmp_path, vault):
    name = "x" + jpeg(scene(3, SMALL))[:20_000].hex()
    done = vault.take(zipped(tmp_path / "export.zip", (name, b"x"), ("fine.txt", b"x")))

    [bad] = [path for path, codes in told(done).items() if codes == {"name-too-long"}]
    assert bad == f"sha256-{hashlib.sha256(name.encode()).hexdigest()}"
    with vault.opened() as opened:
        ledger = opened._vault.ledger  # noqa: SLF001 - the test looks below the flows
        assert name[:64] not in repr(ledger.seal_members(done.import_id))


def test_a_sealed_member_too_large_to_hold_is_read_again_and_checked(tmp_path, sealed_vault, export, monkeypatch):
    monkeypatch.setattr(snapshot, "HELD", 4096)
    path = zipped(tmp_path / "export.zip", *members_of(export))

    done = sealed_vault.take(path)

    assert told(done)[TOP + PHOTOS[0]] == {"too-large-to-examine"}
    with sealed_vault.opened() as opened:
        case = opened.cases()[0].case_id
        ledger, blobs = opened._vault.ledger, opened._vault.blobs  # noqa: SLF001
        for item in ledger.items(case):
            with blobs.open(ledger.blob(case, item.digest), identity=opened._vault.reader_identity) as stream:  # noqa: SLF001
                assert hashlib.sha256(stream.read()).hexdigest() == item.digest
    sealed_vault.verify()


def test_a_member_that_reads_otherwise_the_second_time_is_not_sealed(tmp_path, sealed_vault, export, monkeypatch):
    path = zipped(tmp_path / "export.zip", *members_of(export), method=zipfile.ZIP_STORED)
    monkeypatch.setattr(snapshot, "HELD", 4096)
    examine = receive.Receiver._examine  # noqa: SLF001

    def and_change(self, items):
        with path.open("r+b") as archive:
            archive.seek(path.read_bytes().index(PHOTOS[0].encode()) + 400)
            archive.write(bytes(40))
        return examine(self, items)

    monkeypatch.setattr(receive.Receiver, "_examine", and_change)

    with pytest.raises(ExportChangedError):
        sealed_vault.take(path)

    assert records(sealed_vault)["items"] == []
    sealed_vault.verify()


def encrypted(path, members, password: bytes):
    """Write a zip in the cipher of PKZIP 2.0 (APPNOTE 6.1), which the standard library reads and cannot write."""
    zipped(path, *((zipfile.ZipInfo(name), zipcrypto(content, password)) for name, content in members))
    written = bytearray(path.read_bytes())
    at = 0
    for name, content in members:
        local = written.index(b"PK\x03\x04", at)
        central = written.rindex(name.encode()) - 46
        at = local + 30 + len(name.encode()) + len(content) + 12
        for place, flags, crc in ((local, 6, 14), (central, 8, 16)):
            written[place + flags] |= 1
            struct.pack_into("<II", written, place + crc, zlib.crc32(content), len(content) + 12)
            struct.pack_into("<I", written, place + crc + 8, len(content))
    path.write_bytes(written)
    return path


def zipcrypto(content: bytes, password: bytes) -> bytes:
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = crc(keys[0], byte)
        keys[1] = ((keys[1] + (keys[0] & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = crc(keys[2], keys[1] >> 24)

    for byte in password:
        update(byte)
    out = bytearray()
    for byte in bytes(11) + struct.pack("<I", zlib.crc32(content))[3:] + content:
        word = keys[2] | 2
        out.append(byte ^ ((word * (word ^ 1)) >> 8 & 0xFF))
        update(byte)
    return bytes(out)


def crc(value: int, byte: int) -> int:
    return TABLE[(value ^ byte) & 0xFF] ^ (value >> 8)


TABLE = [zlib.crc32(bytes([number]), 0xFFFFFFFF) ^ 0xFFFFFFFF for number in range(256)]
