"""Making a packet: whole or not at all, and the same bytes for the same records."""

from itertools import count

import pytest

from file_sizes import no_file_larger_than
from haechi.bootstrap.packets import build_packet
from haechi.cli import run
from haechi.domain.errors import CustodyBrokenError, DiskFullError, PacketExistsError
from integration.imports.vaults import PASSPHRASE, quiet
from integration.packet_flow.conftest import WHOLE, pack


def test_the_same_records_give_the_same_bytes_though_the_first_packet_was_logged(small, tmp_path, capsys):
    (tmp_path / "key").write_text(PASSPHRASE, encoding="utf-8")
    for name in ("one", "two"):
        options = ["--vault", str(small.path), "--passphrase-file", str(tmp_path / "key")]
        assert run(["packet", str(tmp_path / name), *options]) == 0
    capsys.readouterr()
    one, two = ({str(f.relative_to(tmp_path / n)): f.read_bytes() for f in (tmp_path / n).rglob("*") if f.is_file()} for n in ("one", "two"))  # fmt: skip
    assert one == two
    with small.opened() as vault:
        assert vault.status().log_size > len(one["seal/entries.jsonl"].splitlines())


def test_a_vault_that_received_more_gives_another_packet_and_both_hold(small, exports, tmp_path):
    before = pack(small, tmp_path / "before")
    small.take(exports.later)
    after = pack(small, tmp_path / "after")
    assert before.built.packet_id != after.built.packet_id
    assert before.findings() == after.findings() == ()
    assert after.files()["seal/entries.jsonl"].startswith(before.files()["seal/entries.jsonl"])


def test_a_damaged_file_stops_the_packet_and_is_named_by_its_exhibit(small, tmp_path):
    blob = max((small.path / "blobs").rglob("*.age"), key=lambda path: path.stat().st_size)
    content = bytearray(blob.read_bytes())
    content[-1] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(content)
    (tmp_path / "out").mkdir()
    with pytest.raises(CustodyBrokenError) as raised:
        pack(small, tmp_path / "out" / "packet")
    assert raised.value.facts["place"] in {f"E-000{number}" for number in range(1, 5)}
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_an_interrupted_packet_leaves_nothing_and_is_not_in_the_log(small, tmp_path, step):
    (tmp_path / "out").mkdir()
    steps = count()

    def stop(_stage, _done, _total):
        if next(steps) == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pack(small, tmp_path / "out" / "packet", progress=stop)
    assert list((tmp_path / "out").iterdir()) == []
    with small.opened() as vault:
        assert [one for one in vault.unlocked.ledger.entries() if b'"type":"export"' in one.raw] == []


def test_what_a_killed_run_left_in_the_clear_is_removed_by_the_next(small, tmp_path):
    left = tmp_path / "out" / ".packet.abc123.part"
    (left / "data").mkdir(parents=True)
    (left / "data" / "E-0001.jpg").write_bytes(b"drawn")
    pack(small, tmp_path / "out" / "packet")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["packet"]


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_nothing_is_written_over(small, tmp_path, there):
    target = tmp_path / "packet"
    {"file": target.touch, "folder": target.mkdir, "link": lambda: target.symlink_to("nowhere")}[there]()
    with pytest.raises(PacketExistsError):
        pack(small, target)
    assert not list(tmp_path.glob(".packet*"))
    assert target.is_symlink() is (there == "link")


def test_a_disk_that_takes_no_large_file_is_told_and_has_nothing_on_it(small, tmp_path):
    pack(small, tmp_path / "first")  # the vault keeps its report key
    (tmp_path / "out").mkdir()
    with small.opened() as vault, pytest.raises(DiskFullError), no_file_larger_than(20_000):
        build_packet(vault, vault.cases()[0], tmp_path / "out" / "packet", selection=WHOLE, progress=quiet)
    assert list((tmp_path / "out").iterdir()) == []
