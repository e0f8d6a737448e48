"""Every verifier of packets behind one question: which finding codes, under which expectations?"""

import base64
import csv
import functools
import importlib.resources
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from browser import chromium
from haechi.adapters.packets.verifier import FolderVerifier
from haechi.cli.trouble import UsageError
from haechi.cli.verify_packet import expected_of
from haechi.domain.errors import PacketUnreadableError
from haechi.flows.verify_packet import verify_packet
from stock_programs import needed

VERIFY = Path(str(importlib.resources.files("haechi.adapters.packets"))) / "verify"
BATCH = 20  # packets handed to the browser at once


@dataclass(frozen=True)
class Asked:
    """A packet's folder, and what its checker expects; `policy` is the policy file."""

    packet: Path
    signer: str | None = None
    authorities: tuple[str, ...] = ()
    policy: Path | None = None

    def arguments(self) -> list[str]:
        """Return the options as the programs take them."""
        options = ["--signer", self.signer] if self.signer else []
        for authority in self.authorities:
            options += ["--authority", authority]
        return options + (["--policy", str(self.policy)] if self.policy else [])


NOTHING = frozenset({"nothing-checked"})
OTHER = frozenset({"signer-other", "authority-other", "quorum"})  # all is intact, and by others than were named


def _claims(proven: object, not_counted: object, not_proven: Sequence[str]) -> dict[str, object]:
    return {"proven": proven, "not counted": not_counted, "not proven": list(not_proven)}


@dataclass(frozen=True)
class Said:
    """What a verifier said: its findings, what is proven and not (None where it prints words only), and its words."""

    codes: frozenset[str]
    proven: object = None
    words: str | None = None

    @property
    def verdict(self) -> str:
        if self.codes == NOTHING:
            return "NONE"
        return "FAIL" if self.codes else "PASS"


Verifier = Callable[[Sequence[Asked]], list[Said]]


def _module():
    spec = importlib.util.spec_from_file_location("travelling_verify", VERIFY / "verify.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    csv.field_size_limit(1 << 24)
    return module


def _is_packet(folder: Path) -> bool:
    return any((folder / name).is_file() for name in ("bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"))


def by_python(asked: Sequence[Asked]) -> list[Said]:
    """Ask verify.py, as a module: starting it some hundred times would take a minute."""
    module, said = _module(), []
    for one in asked:
        try:
            signer, authorities, policy = module.options_of(module.parsed([*one.arguments(), str(one.packet)]))
        except module.MisusedError:
            said.append(Said(NOTHING))
            continue
        if not _is_packet(one.packet):
            said.append(Said(NOTHING))
            continue
        check = module.Check(one.packet, signer, authorities, policy)
        check.run()
        codes = frozenset(code for code, _ in check.findings)
        said.append(
            Said(codes, _claims(check.proven(), check.not_counted(), check.not_proven()), _outcome(module.told(check)))
        )
    return said


def _outcome(words: str) -> str:
    """Return what follows the findings: the same words from each verifier that prints them."""
    return words[words.index("\n파일 / files: ") :]


def by_shell(asked: Sequence[Asked]) -> list[Said]:
    """Ask verify.sh, a few at a time."""
    bash = needed("bash")
    for program in ("openssl", "ssh-keygen"):
        needed(program)

    def ask(one: Asked) -> Said:
        done = subprocess.run(
            [bash, VERIFY / "verify.sh", *one.arguments(), one.packet],
            capture_output=True, check=False, cwd="/", timeout=120,
        )  # fmt: skip
        output = done.stdout.decode("utf-8", "replace")
        codes = frozenset(re.findall(r"^  \[!\] (\S+)  ", output, re.MULTILINE))
        if done.returncode == 2:
            return Said(NOTHING)
        assert done.stderr == b"", done.stderr
        assert output.splitlines()[-1] == ("FAIL" if codes else "PASS")
        assert done.returncode == (1 if codes else 0)
        return Said(codes, words=_outcome(output))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(ask, asked))


def _verify_ed25519(public: bytes, signature: bytes, message: bytes, /) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def by_haechi(asked: Sequence[Asked]) -> list[Said]:
    """Ask what `haechi verify-packet` asks."""
    said = []
    for one in asked:
        try:
            expected = expected_of(one.signer, one.authorities, one.policy)
            verdict = verify_packet(one.packet, expected, packets=FolderVerifier({0x04: _verify_ed25519}))
        except (PacketUnreadableError, UsageError):
            said.append(Said(NOTHING))
            continue
        codes = frozenset(one.code for one in verdict.findings)
        told = (
            [{"code": claim.code, **claim.facts} for claim in some] for some in (verdict.proven, verdict.not_counted)
        )
        said.append(Said(codes, _claims(*told, verdict.not_proven)))
    return said


ASK = """async (batch) => {
  const said = [];
  for (const one of batch) {
    const files = new Map(Object.entries(one.files).map(([path, text]) => [path, new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))])]));
    const policy = one.policy === null ? null : new Blob([Uint8Array.from(atob(one.policy), (c) => c.charCodeAt(0))]);
    said.push(await window.haechiVerify(files, { ...one, policy }));
  }
  return said;
}"""


def _carried(one: Asked) -> dict[str, object]:
    """Return a packet as it is handed to the page: what a browser sees of a folder that is dropped on it."""

    def text(place: Path) -> str:
        return base64.b64encode(place.read_bytes()).decode()

    names = [
        (place, os.fsencode(place.relative_to(one.packet)).decode("utf-8", "replace"))
        for place in sorted(one.packet.rglob("*"))
    ]
    return {
        "files": {name: text(place) for place, name in names if place.is_file()},
        "folders": [name for place, name in names if place.is_dir()],
        "signer": one.signer,
        "authorities": list(one.authorities),
        "policy": text(one.policy) if one.policy else None,
    }


def by_page(asked: Sequence[Asked]) -> list[Said]:
    """Ask verify.html, opened from the disk as people open it."""
    answers = []
    with chromium() as browser:
        page = browser.new_page()
        page.goto((VERIFY / "verify.html").as_uri())
        for at in range(0, len(asked), BATCH):
            answers += page.evaluate(ASK, [_carried(one) for one in asked[at : at + BATCH]])
    return [_told(answer) for answer in answers]


def _told(answer: dict[str, object] | None) -> Said:
    if answer is None:
        return Said(NOTHING)
    codes = frozenset(one["code"] for one in answer["findings"])
    assert answer["verdict"] == ("FAIL" if codes else "PASS")
    assert answer["intact"] == (codes <= OTHER)
    return Said(codes, _claims(answer["proven"], answer["not_counted"], answer["not_proven"]))


DRIVER = """
public static class Driver {
  public static void Main() {
    System.IO.TextReader input = new System.IO.StreamReader(System.Console.OpenStandardInput(), new System.Text.UTF8Encoding(false));
    for (string line = input.ReadLine(); line != null; line = input.ReadLine()) {
      if (Haechi.Program.Main(line.Split('\\t')) != 2) continue;
      using (System.IO.Stream output = System.Console.OpenStandardOutput()) output.Write(new byte[] { 110, 117, 108, 108, 10 }, 0, 5);
    }
  }
}
"""


def by_powershell(asked: Sequence[Asked]) -> list[Said]:
    """Ask verify.ps1 where PowerShell is, and otherwise the C# in it, which makes every check, through Mono."""
    pwsh = shutil.which("pwsh")
    return [_told(one) for one in (_by_pwsh(pwsh, asked) if pwsh else _by_mono(asked))]


def _by_pwsh(pwsh: str, asked: Sequence[Asked]) -> list[dict[str, object] | None]:
    said = []
    for one in asked:
        done = subprocess.run(
            [pwsh, "-NoProfile", "-File", VERIFY / "verify.ps1", *_ps_arguments(one), "-Json", one.packet],
            capture_output=True, check=False,
        )  # fmt: skip
        said.append(None if done.returncode == 2 else json.loads(done.stdout))
    return said


@functools.cache
def _compiled() -> tuple[Path, tempfile.TemporaryDirectory]:
    """Return the program that is made of verify.ps1's C#, and the folder that goes when this process does."""
    folder = tempfile.TemporaryDirectory()
    text = (VERIFY / "verify.ps1").read_text(encoding="utf-8-sig")
    sources = [Path(folder.name) / name for name in ("verify.cs", "driver.cs")]
    for source, code in zip(sources, (text.split("@'\n", 1)[1].split("\n'@", 1)[0], DRIVER), strict=True):
        source.write_text(code, encoding="utf-8")
    program = Path(folder.name) / "verify.exe"
    # C# 5 is what Windows PowerShell 5.1 compiles.
    options = ["-langversion:5", "-warnaserror", "-main:Driver", "-r:System.Numerics.dll", f"-out:{program}"]
    subprocess.run([needed("mcs"), *options, *sources], check=True)
    return program, folder


def _by_mono(asked: Sequence[Asked]) -> list[dict[str, object] | None]:
    """Ask one process about all of them."""
    runtime = needed("mono")
    lines = ["\t".join([*one.arguments(), "--json", str(one.packet)]) for one in asked]
    done = subprocess.run(
        [runtime, _compiled()[0]], input="\n".join([*lines, ""]).encode(), capture_output=True, check=True
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def _ps_arguments(one: Asked) -> list[str]:
    options = ["-Signer", one.signer] if one.signer else []
    options += ["-Authority", ",".join(one.authorities)] if one.authorities else []
    return options + (["-Policy", str(one.policy)] if one.policy else [])


VERIFIERS: dict[str, Verifier] = {
    "haechi": by_haechi,
    "verify.html": by_page,
    "verify.ps1": by_powershell,
    "verify.py": by_python,
    "verify.sh": by_shell,
}
