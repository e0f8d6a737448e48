"""A packet as it is written: accepted by every verifier and by stock programs, the same bytes every time."""

import ast
import csv
import errno
import hashlib
import io
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from haechi.adapters.packets import tables
from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.case import CustodyMode
from haechi.domain.errors import CustodyBrokenError, DiskFullError, PacketExistsError, PacketUnreadableError
from haechi.domain.sshkey import key_fingerprint
from haechi.ports.packets import FINDING_CODES

DOCS = Path(__file__).resolve().parents[3] / "docs" / "formats" / "packet.md"


def content(folder: Path) -> dict[str, tuple[bytes, int, int]]:
    return {
        place.relative_to(folder).as_posix(): (
            place.read_bytes() if place.is_file() else b"", place.stat().st_mode, int(place.stat().st_mtime)
        )
        for place in sorted(folder.rglob("*"))
    }  # fmt: skip


def table(packet: Path, name: str) -> list[dict[str, str]]:
    with (packet / "meta" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_an_untouched_packet_passes(packet, verify):
    assert verify(packet).findings == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 9])
def test_a_packet_of_any_size_passes(make, verify, tmp_path, count):
    make(count).write(tmp_path / "packet")
    assert verify(tmp_path / "packet").findings == []


def test_a_reference_only_packet_has_no_exhibit_file_and_still_passes(make, verify, tmp_path):
    make(mode=CustodyMode.REFERENCE_ONLY).write(tmp_path / "packet")
    assert not (tmp_path / "packet/data/evidence").exists()
    assert (tmp_path / "packet/seal/proofs/E-0004.tlog-proof").exists()
    assert verify(tmp_path / "packet").findings == []


def test_a_reference_only_plan_that_names_a_file_is_refused_before_a_byte_is_read(make, tmp_path):
    made = make().with_plan(mode=CustodyMode.REFERENCE_ONLY)
    with pytest.raises(ValueError, match="E-0001"):
        made.write(tmp_path / "packet", open_exhibit=lambda _: pytest.fail("opened"))
    assert list(tmp_path.iterdir()) == []


def test_the_same_plan_gives_the_same_bytes_modes_and_times(make, tmp_path):
    old = os.umask(0o077)
    first = make().write(tmp_path / "first")
    os.umask(0)
    second = make().write(tmp_path / "elsewhere")
    os.umask(old)
    assert first == second
    assert content(tmp_path / "first") == content(tmp_path / "elsewhere")


def test_the_returned_digest_is_that_of_the_tag_manifest(make, tmp_path):
    digest = make().write(tmp_path / "packet")
    assert digest == hashlib.sha256((tmp_path / "packet/tagmanifest-sha256.txt").read_bytes()).hexdigest()


def test_only_the_owner_may_read_a_packet(packet):
    assert {mode & 0o077 for _, mode, _ in content(packet).values()} == {0}


@pytest.mark.filterwarnings("ignore")
def test_the_bagit_validator_of_the_library_of_congress_accepts_it(packet):
    import bagit

    bag = bagit.Bag(str(packet))
    assert bag.validate()
    assert bag.version == "1.0"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_commands_of_the_readme_accept_the_packet_as_they_stand(rich, rich_written, program, language, tmp_path):
    for name in ("ssh-keygen", "openssl", "sha256sum"):
        program(name)
    text = (rich / f"verify/README.{language}.txt").read_text(encoding="utf-8")
    part = text[text.index("\n3. ") :]
    commands = re.findall(r"(?m)^ {4,6}((?:sha256sum|ssh-keygen|head|tail|openssl|date|tac|\{) .*)$", part)
    assert len(commands) == 13
    stamped = next(row["at"] for row in table(rich, "anchors") if row["file"] == "seal/anchors/A-0001.1.tsr")
    script = "set -e\n" + "\n".join(commands).replace(" /tmp/", f" {tmp_path}/").replace(
        "-attime N", f"-attime {stamped}"
    )
    done = subprocess.run(["bash", "-c", script], cwd=rich, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert key_fingerprint(rich_written[0].signer.public) in done.stdout
    assert "Signature Verified Successfully" in done.stdout
    assert (done.stdout + done.stderr).count("Verification: OK") == 2


@pytest.mark.parametrize(
    "command", [["bash", "verify/verify.sh"], ["sh", "verify/verify.sh"], [sys.executable, "verify/verify.py"]]
)
@pytest.mark.parametrize("place", ["/", "verify", "."])
def test_the_travelling_verifiers_run_from_any_folder(packet, command, place, program):
    for one in ("openssl", "ssh-keygen") if command[1].endswith(".sh") else ():
        program(one)
    run = [command[0], packet / command[1]] if place == "/" else [command[0], os.path.relpath(command[1], place)]
    done = subprocess.run(run, cwd=packet / place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "PASS"
    assert "지문" in done.stdout


def test_the_shell_verifier_runs_no_program_but_those_it_names(packet, tmp_path, program):
    coreutils = [
        "basenc",
        "base64",
        "cat",
        "cut",
        "dirname",
        "head",
        "mkdir",
        "mktemp",
        "od",
        "paste",
        "rm",
        "sha256sum",
        "sort",
    ]
    stock = [*coreutils, "awk", "split", "tail", "tr", "wc", "yes", "bash", "openssl", "ssh-keygen"]
    for name in stock:
        (tmp_path / name).symlink_to(program(name))
    done = subprocess.run(
        [program("bash"), packet / "verify/verify.sh"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [["bash", "verify/verify.sh"], [sys.executable, "verify/verify.py"]])
@pytest.mark.parametrize("options", [["--signer", "SHA256:short"], ["--other"], ["."], ["/nowhere"]])
def test_a_question_that_cannot_be_asked_is_neither_pass_nor_fail(packet, command, options, tmp_path):
    run = [command[0], packet / command[1], *options]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "PASS" not in done.stdout


def test_the_temporary_folder_of_the_shell_verifier_is_removed(packet, tmp_path, program):
    for one in ("openssl", "ssh-keygen"):
        program(one)
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "TMPDIR": str(tmp_path / "tmp")}
    subprocess.run(["bash", packet / "verify/verify.sh"], env=environment, capture_output=True, check=True)
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_folder_that_is_no_packet_is_unreadable(verifiers, tmp_path):
    with pytest.raises(PacketUnreadableError):
        verifiers["haechi"](tmp_path)


def test_an_existing_target_is_never_touched(make, tmp_path):
    (tmp_path / "packet").mkdir()
    with pytest.raises(PacketExistsError):
        make().write(tmp_path / "packet")
    assert list((tmp_path / "packet").iterdir()) == []
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_leaves_nothing_behind(make, tmp_path, number):
    class Full(io.RawIOBase):
        def read(self, _=-1):
            raise OSError(number, os.strerror(number))

    with pytest.raises(DiskFullError):
        make().write(tmp_path / "packet", open_exhibit=lambda _: Full())
    assert list(tmp_path.iterdir()) == []


def test_an_exhibit_that_is_not_what_was_sealed_is_refused(make, tmp_path):
    with pytest.raises(CustodyBrokenError) as error:
        make().write(tmp_path / "packet", open_exhibit=lambda _: io.BytesIO(b"other bytes"))
    assert error.value.facts == {"kind": "exhibit", "place": "E-0001"}
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_does_not_fit_its_checkpoint_is_refused(make, tmp_path):
    made = make()
    with pytest.raises(CustodyBrokenError):
        made.with_plan(entries=made.plan.entries[:-1]).write(tmp_path / "packet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../report.pdf", "보고서.pdf", ".hidden", "a b.pdf"])
def test_a_document_whose_name_would_leave_its_folder_is_refused(make, tmp_path, name):
    with pytest.raises(ValueError, match="data/report/"):
        make().write(tmp_path / "packet", documents={name: b""})
    assert list(tmp_path.iterdir()) == []


def test_a_large_exhibit_is_copied_in_bounded_memory(make, tmp_path):
    big = bytes(40_000_000)
    made = make(1, picture=lambda _: big)
    tracemalloc.start()
    made.write(
        tmp_path / "packet",
        open_exhibit=lambda _: (tmp_path / "big").open("rb") if (tmp_path / "big").write_bytes(big) else None,
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000


def test_no_cell_can_be_taken_for_a_formula_and_every_text_comes_back(packet, written):
    rows = table(packet, "accounts")
    assert all(row["name"][:1] not in "=+-@" for row in rows)
    names = [account.names[0].name.replace("\n", "\u240a") for account in written[0].plan.accounts]
    assert [re.sub("^'", "", row["name"]) for row in rows] == names


def test_a_message_keeps_its_line_breaks(packet):
    assert table(packet, "messages")[0]["text"] == "'=1+1\n둘째 줄 0"


def test_tables_open_as_korean_in_excel(packet):
    raw = (packet / "meta/accounts.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfplatform,account,")
    assert raw.count(b"\r\n") == raw.count(b"\n")


@pytest.mark.parametrize("name", ["\ud800", "\0", "\x7f", "", "\r", "\u2028", '"', "\uff1d1"])
def test_any_name_is_told_in_a_packet_that_passes(make, verify, tmp_path, name):
    account = Account(AccountKey("telegram", "user1", KeyStrength.ID), (AccountName(name, 10**18, -(10**18)),))
    make().with_plan(accounts=(account,)).write(tmp_path / "packet")
    assert verify(tmp_path / "packet").findings == []
    assert len(table(tmp_path / "packet", "accounts")) == 1


def test_every_finding_has_a_row_in_the_manual():
    manual = DOCS.read_text(encoding="utf-8").partition("## What is proven")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", manual, re.MULTILINE) == list(FINDING_CODES)


def test_the_travelling_program_is_written_for_python_3_8(packet):
    ast.parse((packet / "verify/verify.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_the_manual_lists_every_column_of_every_table():
    text = DOCS.read_text(encoding="utf-8")
    for name, columns in tables.COLUMNS.items():
        assert f"`{name}.csv`: {', '.join(columns)}" in re.sub(r"\s*\n  ", " ", text)
