"""Makes the public corpus of packets: `python tests/packets/make.py` writes corpus.tar.xz and index.toml beside itself.

Everything in it is drawn by code, with keys and times that never change, so that running this again gives the same
packets. A packet NAME_fail differs from a good one in what its name says and in nothing else: where that
lies inside the signature, the packet is signed again by its own key. NAME_pass must pass. NAME_misused comes with an
option that cannot be read, of which a verifier must say so and check nothing.
"""

import io
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "tools"), str(HERE.parents[1] / "src")]

from packets import anchors, files, log, messages, stamped  # noqa: E402  # the paths above lead there
from packets.parts import Case, signer_of  # noqa: E402

CASES: tuple[Case, ...] = (*files.CASES, *log.CASES, *messages.CASES, *anchors.CASES, *stamped.CASES)
ARCHIVE = HERE / "corpus.tar.xz"
INDEX = HERE / "index.toml"
MADE = 1_795_132_800  # unix seconds: every file's time


def build(case: Case, folder: Path) -> None:
    """Write one packet as `folder`, and what goes with it beside."""
    case.make(folder)
    if case.policy is not None:
        folder.with_name(f"{case.name}.policy").write_bytes(case.policy.encode())


def packed(root: Path) -> bytes:
    """Return all that lies in `root` as an archive that says nothing of this machine."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:xz", format=tarfile.GNU_FORMAT, preset=9) as archive:
        for place in sorted(root.rglob("*"), key=lambda one: one.relative_to(root).as_posix()):
            entry = archive.gettarinfo(place, place.relative_to(root).as_posix())
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime, entry.mode = MADE, 0o755 if entry.isdir() else 0o644
            if entry.isreg():
                with place.open("rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)
    return target.getvalue()


def quoted(text: str) -> str:
    """Return text as a TOML string; nothing here needs more than this."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def index() -> str:
    """Return what each packet is and what a verifier must say of it."""
    lines = ["# Written by make.py. `codes` are the finding codes that a verifier must tell, neither fewer nor more.\n"]
    for case in CASES:
        verdict = "NONE" if case.misused else "FAIL" if case.codes else "PASS"
        lines.append(f"\n[{case.name}]\nwhat = {quoted(case.what)}\nverdict = {quoted(verdict)}\n")
        lines.append(f"codes = [{', '.join(map(quoted, sorted(case.codes)))}]\n")
        if case.signer is not None:
            lines.append(f"signer = {quoted(signer_of(case.signer))}\n")
        if case.authorities:
            lines.append(f"authorities = [{', '.join(map(quoted, case.authorities))}]\n")
        if case.policy is not None:
            lines.append(f"policy = {quoted(case.name + '.policy')}\n")
        if case.unseen:
            lines.append("seen_by_browsers = false\n")
    return "".join(lines)


def main() -> None:
    """Write the corpus."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "corpus"
        root.mkdir()
        for case in CASES:
            build(case, root / case.name)
        ARCHIVE.write_bytes(packed(root))
        shutil.rmtree(root)
    INDEX.write_text(index(), encoding="utf-8")
    print(f"{len(CASES)} packets, {ARCHIVE.stat().st_size} bytes")  # noqa: T201  # a script says what it did


if __name__ == "__main__":
    main()
