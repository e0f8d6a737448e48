"""What was traced goes into a packet: numbers always, maps where bytes are kept, pictures only when asked for and logged."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from haechi.adapters.renderer.typst_renderer import TypstRenderer
from haechi.bootstrap.packets import build_packet
from haechi.bootstrap.tracing import trace
from haechi.cli import run
from haechi.domain.case import CustodyMode
from haechi.domain.errors import PicturesRefusedError
from haechi.domain.evidence import Role
from haechi.domain.packet import Selection
from haechi.flows.build_packet import Built
from integration.imports.vaults import PASSPHRASE, VaultAt, quiet
from packets.verifiers import VERIFIERS, Asked

IMAGE = re.compile(rb"/Subtype\s*/Image\b")
REASON = "담당 수사관이 보여 달라고 함"


@dataclass(frozen=True)
class Packet:
    path: Path
    built: Built

    @property
    def told(self):
        return json.loads((self.path / "data" / "traces" / "exhibit.json").read_bytes())

    def images(self):
        return [len(IMAGE.findall(one.read_bytes())) for one in sorted((self.path / "data" / "traces").glob("*.pdf"))]

    def files(self):
        return {str(one.relative_to(self.path)): one.read_bytes() for one in self.path.rglob("*") if one.is_file()}


def pack(vault, target, selection=None, **more):
    with vault.opened() as opened:
        case = opened.cases()[0]
        built = build_packet(opened, case, target, selection=selection or Selection(), progress=quiet, **more)
    return Packet(target, built)


@pytest.fixture(scope="module", autouse=True)
def _no_report():
    """Leave out the report, which takes three quarters of a packet's time and is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TypstRenderer, "render", lambda _renderer, _plan: {})
        yield


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    for name in ("own", "found"):
        (folder / name).mkdir()
    (folder / "own" / "may.jpg").write_bytes(jpeg(person(0).rgb))
    (folder / "own" / "june.jpg").write_bytes(jpeg(person(30).rgb))
    (folder / "found" / "used.jpg").write_bytes(jpeg(composite(0, 22, Treatment(width=150)).rgb))
    (folder / "found" / "absent.jpg").write_bytes(jpeg(composite(21, 22, Treatment(width=150)).rgb))
    return folder


def traced(pictures, path, mode):
    vault = VaultAt(path, mode=mode)
    vault.take(pictures / "own", role=Role.OWN_PHOTO)
    vault.take(pictures / "found")
    sources = () if mode.keeps_bytes else (pictures / "own", pictures / "found")
    with vault.opened() as opened:
        trace(opened, opened.cases()[0], [], sources=sources, progress=quiet)
    return vault


@pytest.fixture(scope="module")
def sealed(pictures, tmp_path_factory):
    return traced(pictures, tmp_path_factory.mktemp("sealed") / "vault", CustodyMode.SEALED)


@pytest.fixture(scope="module")
def plain(sealed, tmp_path_factory):
    return pack(sealed, tmp_path_factory.mktemp("plain") / "packet")


@pytest.fixture(scope="module")
def reference(pictures, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    vault = traced(pictures, folder / "vault", CustodyMode.REFERENCE_ONLY)
    return vault, pack(vault, folder / "packet")


def test_a_packet_has_numbers_tiles_and_a_map_and_no_picture(plain):
    assert plain.images() == [0, 0]
    assert (plain.built.traces, plain.built.traced_from, plain.built.trace_pictures) == (2, 1, 0)
    [one] = [row for row in plain.told["traces"] if row["pages"]]
    [page] = one["pages"]
    [face] = one["record"]["answers"][0]["faces"]
    assert face["outcome"] in ("made-from", "points-to")
    assert len(face["tiles"]) == face["groups"][0][0]["numbers"]["possible"] / 1_000_000 > 12
    assert (page["pictures"], page["measured_when_drawn"]) == (False, None)
    assert set("".join(page["map"])) <= set("KRU")


def test_the_record_is_the_one_that_the_log_commits_to(plain):
    openings = {row["entry"]: row for row in json.loads((plain.path / "seal" / "openings.json").read_bytes())}
    for row in plain.told["traces"]:
        assert row["opened"]
        assert openings[row["entry"]]["subject"] == row["record"]


def test_verifiers_accept_it_and_notice_a_change(plain):
    asked = [VERIFIERS[name] for name in ("haechi", "verify.py", "verify.sh")]
    assert [said([Asked(plain.path)])[0].codes for said in asked] == [frozenset()] * 3
    told = plain.path / "data" / "traces" / "exhibit.json"
    before = told.read_bytes()
    try:
        told.write_bytes(before.replace(b"none-found", b"nine-found"))
        for said in asked[:2]:
            assert said([Asked(plain.path)])[0].codes == {"file-changed"}
    finally:
        told.write_bytes(before)


def test_pictures_come_with_a_reason_and_the_log_tells(sealed, tmp_path, capsys):
    first = pack(sealed, tmp_path / "first", pictures_reason=REASON)
    assert first.images() == [3, 3]
    [(page, face)] = [
        (row["pages"][0], row["record"]["answers"][0]["faces"][0]) for row in first.told["traces"] if row["pages"]
    ]
    assert page["measured_when_drawn"] == face["groups"][0][0]["numbers"]
    assert first.built.trace_pictures == 1
    with sealed.opened() as opened:
        ledger = opened.unlocked.ledger
        [*_, last] = ledger.entries()
        entry = json.loads(last.raw)
        assert entry["type"] == "export"
        assert entry["counts"]["trace_pictures"] == 1
        assert ledger.opening(last.index).subject["trace_pictures"] == {"pages": 1, "reason": REASON}
    assert REASON.encode() not in b"".join(first.files().values())
    (tmp_path / "key").write_text(PASSPHRASE, encoding="utf-8")
    options = ["--vault", str(sealed.path), "--passphrase-file", str(tmp_path / "key"), "--lang", "ko"]
    second = tmp_path / "second"
    assert run(["packet", str(second), "--with-trace-pictures", "--reason", REASON, *options]) == 0
    assert "그림이 실린 쪽이 1쪽" in capsys.readouterr().out
    assert Packet(second, first.built).files() == first.files()


def test_a_packet_of_a_part_names_no_photo_that_is_not_in_it(sealed, tmp_path):
    with sealed.opened() as opened:
        items = {item.path: item for item in opened.unlocked.ledger.items(opened.cases()[0].case_id)}
    chosen = Selection(items=frozenset({items["used.jpg"].item_id}))
    part = pack(sealed, tmp_path / "part", chosen, pictures_reason=REASON)
    [row] = part.told["traces"]
    assert row["record"]["photos"] == {}
    assert not row["opened"]
    assert part.images() == [0, 0]
    everything = b"".join(part.files().values())
    assert items["may.jpg"].digest.encode() not in everything
    assert b"may.jpg" not in everything


def test_a_reference_only_packet_has_numbers_and_tiles_and_no_drawing_at_all(reference):
    _, packet = reference
    assert packet.images() == [0, 0]
    [(page, face)] = [
        (row["pages"][0], row["record"]["answers"][0]["faces"][0]) for row in packet.told["traces"] if row["pages"]
    ]
    assert (page["map"], page["pictures"], page["undrawn"]) == (None, False, "mode")
    assert face["tiles"]


def test_pictures_are_refused_with_a_sentence(sealed, reference, tmp_path, capsys):
    (tmp_path / "key").write_text(PASSPHRASE, encoding="utf-8")
    vault, _ = reference
    with pytest.raises(PicturesRefusedError, match="mode"):
        pack(vault, tmp_path / "refused", pictures_reason=REASON)
    options = ["--vault", str(sealed.path), "--passphrase-file", str(tmp_path / "key"), "--lang", "ko"]
    assert run(["packet", str(tmp_path / "none"), "--with-trace-pictures", *options]) == 4
    assert "까닭" in capsys.readouterr().err
    assert run(["packet", str(tmp_path / "none"), "--reason", "a", *options]) == 2
    assert not (tmp_path / "none").exists()
