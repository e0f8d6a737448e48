#!/usr/bin/env python3
"""The whole of haechi on a drawn case: `make demo`, or `python3 tools/dev.py demo`.

Draws two chat rooms and a gallery, then does with the real program what a person would do: create, import, match, anchor,
packet; one of the found pictures is traced to a photo of hers. Two time-stamping authorities and a witness run on this machine for it. Then the packet's own `verify.sh` checks it,
one byte is flipped, and the same check has to say no; an older copy of the vault is put back, and the comparison with a
checkpoint kept elsewhere has to say no. Nothing leaves this machine. All of it lies in `demo-output/`, which each run makes anew.
"""

import argparse
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.rule import Rule
from rich.status import Status
from rich.text import Text

from drawn.album import MADE_FROM_HERS, MADE_FROM_OTHERS
from drawn.authority import Authority, drawn_identity, serving
from drawn.case import EXPORT_A, EXPORT_B, OWN_PHOTOS, THUMBNAIL, Truth, draw_case
from drawn.recall import Recall, recall

ROOT = Path(__file__).resolve().parent.parent
MARK = ".haechi-demo"  # only a folder that holds this file is ever removed
CASE = "drawn"
WIDTH, INDENT = 80, 4
STEPS = 13
VKEY = re.compile(r"^\s*(\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)$", re.MULTILINE)
SHOWING = {"made-from", "this-or-sitting"}
STOCK = "/usr/local/bin:/usr/bin:/bin"
NEEDED = ("awk", "bash", "basenc", "openssl", "ssh-keygen", "sha256sum")
CHANGES = {
    "as-is": ("그대로", "as it was"),
    "recompressed": ("다시 압축", "recompressed"),
    "resized": ("크기 줄임", "resized"),
    "stretched": ("비율 바꿈", "stretched"),
    "brighter": ("밝게", "brighter"),
    "grey": ("흑백", "grey"),
    "cropped-3": ("3% 자름", "cropped 3 %"),
    "cropped-10": ("10% 자름", "cropped 10 %"),
    "cropped-25": ("25% 자름", "cropped 25 %"),
    "mirrored": ("좌우 뒤집음", "mirrored"),
    "turned": ("90도 돌림", "turned by 90°"),
    "upside-down": ("거꾸로", "upside down"),
    "caption-above": ("위에 자막", "caption above"),
    "caption-below": ("아래에 자막", "caption below"),
    "written-over": ("사진 위 글자", "text over it"),
    "bordered": ("테두리", "bordered"),
    "letterboxed": ("위아래 검은 띠", "letterboxed"),
    "screenshot": ("화면 캡처", "screenshot"),
}


class StoppedError(Exception):
    """The step `what` did not do what it should; `said` is what it printed."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(what, said)
        self.what, self.said = what, said


class Demo:
    """One run. Each public method is a step; `language` is 0 for Korean and 1 for English."""

    def __init__(self, folder: Path, *, mode: str, language: int) -> None:
        self.folder, self._mode, self._language = folder, mode, language
        self._console = Console(highlight=False, soft_wrap=False)
        self._console.width = min(WIDTH, self._console.width)
        self._started = self._step_at = time.monotonic()
        self._step = 0
        self._case, self._vault, self._packet = folder / "case", folder / "vault", folder / "packet"
        self._key = folder / "passphrase.txt"

    # What it says

    def _say(self, words: tuple[str, str], **facts: object) -> str:
        return words[self._language].format(**facts)

    def _line(self, ko: str, en: str, *, style: str = "", **facts: object) -> None:
        said = self._say((ko, en), **facts)
        self._hanging("· " if said.startswith("· ") else "", said.removeprefix("· "), style=style)

    def _pairs(self, *rows: tuple[tuple[str, str], str]) -> None:
        wide = max(cell_len(name[self._language]) for name, _ in rows) + 2
        for name, value in rows:
            label = name[self._language]
            self._hanging(label + " " * (wide - cell_len(label)), value)

    def _hanging(self, label: str, value: str, *, style: str = "") -> None:
        """Print a label and beside it a text that wraps under itself."""
        beside = cell_len(label)
        lines = Text(value, style=style).wrap(self._console, self._console.width - INDENT - beside)
        for number, line in enumerate(lines):
            line.rstrip()
            start = (label, "dim") if number == 0 else " " * beside
            self._console.print(Text.assemble(" " * INDENT, start, line))

    def _typed(self, command: str) -> None:
        """Show a command as one would type it."""
        self._hanging("$ ", command, style="cyan")

    def _title(self, ko: str, en: str) -> None:
        self._step += 1
        self._step_at = time.monotonic()
        number = Text(f" {self._step}/{STEPS} ", style="bold reverse")
        self._console.print(Text.assemble("\n", number, " ", (self._say((ko, en)), "bold")))

    def _working(self) -> Status:
        """Show that something is under way, where the output is a terminal."""
        return self._console.status(self._say(("하는 중…", "working…")))

    def _took(self) -> None:
        self._line("{s:.1f}초", "{s:.1f} s", style="dim", s=time.monotonic() - self._step_at)

    # How it runs haechi

    def _haechi(self, *words: str, shown: str | None = None, fails: bool = False) -> str:
        """Run one command, show it as one would type it, and return what it printed."""
        self._typed(f"haechi {shown or ' '.join(words)}")
        keyed = (
            ()
            if words[0] == "verify-packet" or words[:2] in {("witness", "keygen"), ("witness", "trust")}
            else ("--vault", str(self._vault), "--passphrase-file", str(self._key))
        )
        # Nobody reads these lines: none of them is to be wrapped.
        environment = os.environ | {"HAECHI_LANG": ("ko", "en")[self._language], "PYTHONUTF8": "1", "NO_COLOR": "1", "COLUMNS": "100000"}  # fmt: skip
        for name in ("HAECHI_VAULT", "HAECHI_CASE"):
            environment.pop(name, None)
        with self._working():
            done = subprocess.run(
                [sys.executable, "-m", "haechi", *words, *keyed],
                cwd=self.folder, env=environment, capture_output=True, encoding="utf-8", errors="replace",
                stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        if bool(done.returncode) is not fails:
            raise StoppedError(words[0], done.stderr or done.stdout)
        return done.stdout

    def _json(self, *words: str, shown: str) -> dict[str, Any]:
        out = self._haechi(*words, "--json", shown=shown)
        try:
            answer: dict[str, Any] = json.loads(out)
        except ValueError:
            raise StoppedError(words[0], out) from None
        return answer

    # The steps

    def draw(self, messages: int) -> Truth:
        """Draw the case."""
        self._title(
            "사건을 그립니다. 실제 사람이나 대화는 하나도 없습니다.", "Draw a case. No real person or message is in it."
        )
        with self._working():
            truth = draw_case(self._case, messages=messages, with_later=False)
        self._key.write_text("그린 사건의 열쇠 네 낱말\n", "utf-8")
        files = sum(1 for one in truth.shown if one.export != OWN_PHOTOS and one.change != THUMBNAIL)
        self._pairs(
            (("대화방", "rooms"), self._say(("2개, 메시지 {n:,}개, 사진과 영상 {f}개", "2, with {n:,} messages, {f} pictures and videos"), n=sum(truth.messages.values()), f=files)),
            (("계정", "accounts"), self._say(("3개. 하나는 이름을 바꾸고, 다른 하나가 그 옛 이름을 씁니다.", "3; one takes a new name, another takes the old one"))),
            (("내 사진", "own photos"), self._say(("{n}장", "{n}"), n=sum(1 for one in truth.shown if one.export == OWN_PHOTOS))),
        )  # fmt: skip
        self._took()
        return truth

    def create(self) -> None:
        """Create the vault and open a case in it."""
        self._title("금고를 만들고 사건을 엽니다.", "Create a vault and open a case in it.")
        self._haechi("create", shown="create --vault vault")
        sealed = self._mode == "sealed"
        words = (
            ("--mode", "sealed", "--age", "adult", "--consent", "drawn, no person")
            if sealed
            else ("--mode", "reference-only", "--age", "unknown")
        )
        self._haechi(
            "case", CASE, *words, shown=f"case {CASE} {' '.join(words[:4])}" + (" --consent …" if sealed else "")
        )
        if sealed:
            self._line("이 사건은 성인의 동의를 적고 사진을 암호화해 보관합니다(sealed). 기본값은 아닙니다: 기본은 reference-only 이고, 나이를 모르면 언제나 그렇습니다. 그때는 사진의 지문만 남습니다.", "This case keeps pictures, encrypted, on an adult's recorded consent (sealed). That is not the default: reference-only is, and always when the age is unknown; then only fingerprints of pictures stay.", style="yellow")  # fmt: skip
        else:
            self._line("기본 방식입니다(reference-only): 사진과 영상은 지문만 남기고 어디에도 저장하지 않습니다.", "This is the default (reference-only): of pictures and videos only fingerprints stay, no byte is written.", style="yellow")  # fmt: skip
        self._took()

    def bring_in(self, path: str, ko: str, en: str, *, own: bool = False) -> dict[str, Any]:
        """Import one export or the gallery."""
        self._title(ko, en)
        words = ("import", str(self._case / path), *(("--as", "own-photos") if own else ()), "--case", CASE)
        done: dict[str, Any] = self._json(*words, shown=f"import {path}" + (" --as own-photos" if own else ""))[
            "imported"
        ]
        rows = [(("파일", "files"), f"{done['items']:,} ({done['size'] / 1e6:.1f} MB)")]
        if not own:
            rows.append((("메시지", "messages"), f"{done['messages']:,}"))
        codes = sorted({warning["code"] for warning in done["warnings"]})
        rows.append((("못 읽은 것", "not read"), ", ".join(codes) or self._say(("없음", "nothing"))))
        self._pairs(*rows)
        self._took()
        return done

    def match(self, truth: Truth) -> tuple[Recall, list[dict[str, Any]]]:
        """Find copies, and compare what was found with what was drawn."""
        self._title("같은 사진을 찾습니다.", "Find where the same picture shows up again.")
        groups: list[dict[str, Any]] = self._json("match", "--case", CASE, shown="match")["groups"]
        measured = recall(truth, self._case, groups, exports=(EXPORT_A, EXPORT_B))
        own = sum(1 for group in groups if any(one["is_own_photo"] for one in group["sightings"]))
        self._pairs(
            (("묶음", "groups"), self._say(("{n}개, 그중 {own}개에 내 사진이 있음", "{n}, of which {own} hold one of her own photos"), n=len(groups), own=own)),
            (("찾은 것", "found"), self._told(measured, found=True)),
            (("못 찾은 것", "missed"), self._told(measured, found=False) or self._say(("없음", "none"))),
            (("잘못 묶은 것", "mistaken"), str(measured.mixed_groups)),
        )  # fmt: skip
        self._took()
        return measured, groups

    def _told(self, measured: Recall, *, found: bool) -> str:
        counts = measured.found if found else measured.missed
        return ", ".join(
            f"{words[self._language]} ({counts[change]})" for change, words in CHANGES.items() if counts.get(change)
        )

    def trace(self, truth: Truth, groups: list[dict[str, Any]]) -> None:
        """Trace two composites; the one with her face has to lead to her photo, the other to none."""
        self._title("어느 내 사진으로 만들어졌는지 봅니다.", "Which of her photos was it made from?")
        self._line("같은 사진 찾기로는 나오지 않는, 그린 얼굴을 다른 그림에 붙인 합성 두 장입니다.", "Two composites that matching cannot find: a drawn face laid on another drawing.", style="yellow")  # fmt: skip
        files = {
            sha256((self._case / EXPORT_A / one.path).read_bytes()).hexdigest(): one
            for one in truth.shown
            if one.export == EXPORT_A and one.source in {MADE_FROM_HERS, MADE_FROM_OTHERS} and one.change != THUMBNAIL
        }
        sightings = [seen for group in groups for seen in group["sightings"]]
        items = {seen["digest"]: seen["item_id"] for seen in reversed(sightings) if seen["digest"] in files}
        names = {seen["item_id"]: seen["path"] for seen in sightings if seen["is_own_photo"]}
        folders = () if self._mode == "sealed" else (OWN_PHOTOS, EXPORT_A)
        where = [word for folder in folders for word in ("--from", str(self._case / folder))]
        shown = " ".join(("trace", *items.values(), *(f"--from {folder}" for folder in folders)))
        told = self._json("trace", *items.values(), *where, "--case", CASE, shown=shown)["traced"]
        rows = []
        for answer in told["answers"]:
            one = files[answer["digest"]]
            fits = [face["groups"][0]["fits"][0] for face in answer["faces"] if face["outcome"] in SHOWING]
            donors = {source for fit in fits for source in (self._drawn(truth, names.get(fit["photo"])),)}
            if donors != ({MADE_FROM_HERS.split("-")[0].replace("c", "p")} if one.source == MADE_FROM_HERS else set()):
                raise StoppedError(shown, json.dumps(answer, ensure_ascii=False))
            rows.append(((one.path, one.path), self._traced(fits, names, told["photos"])))
        if len(rows) != len(files):
            raise StoppedError(shown, json.dumps(told["unread"]))
        self._pairs(*rows)
        self._line("“찾지 못함”은 “진짜 사진”이라는 뜻이 아닙니다.", "“None found” does not mean that a picture is genuine.", style="yellow")  # fmt: skip
        self._took()

    def _drawn(self, truth: Truth, path: str | None) -> str | None:
        """Return the drawing that an own photo shows."""
        return next((one.source for one in truth.shown if one.export == OWN_PHOTOS and one.path == path), None)

    def _traced(self, fits: list[dict[str, Any]], names: dict[str, str], photos: int) -> str:
        if not fits:
            return self._say(("내 사진 {n}장 가운데에는 없음", "none of her {n} photos"), n=photos)
        alone = (
            "{name} 으로 만듦 (다른 사진일 때보다 {r:,.0f}배)",
            "made from {name} ({r:,.0f} times likelier than from another)",
        )
        either = (
            "{name} 이나 같은 자리의 다른 사진으로 만듦 (다른 날 사진일 때보다 {r:,.0f}배)",
            "made from {name} or another of its sitting ({r:,.0f} times likelier than from another day)",
        )
        return self._say(
            either if fits[0]["same_sitting"]["log10"] < 0 else alone,
            name=names[fits[0]["photo"]],
            r=10 ** float(fits[0]["other_occasion"]["log10"]),
        )

    def anchor(self) -> None:
        """Let drawn authorities and a witness say that the log existed, and keep what they saw outside the vault."""
        self._title("바깥에 묻습니다: 기록이 지금 있었는가.", "Ask others: did the log exist now?")
        self._line("그린 시점확인 기관 둘과 증인 하나가 이 컴퓨터에서 답합니다. 진짜 기관이 아닙니다.", "Two drawn time-stamping authorities and one witness answer on this machine. They are no real ones.", style="yellow")  # fmt: skip
        with ExitStack() as served:
            for name in ("drawn-1", "drawn-2"):
                authority = Authority(drawn_identity(name))
                url = served.enter_context(serving(authority))
                leaf, chain = self.folder / f"{name}.pem", self.folder / f"{name}-chain.pem"
                leaf.write_bytes(authority.identity.certificate_pem)
                chain.write_bytes(authority.identity.chain_pem)
                words = ("authority", "add", name, url, "--certificate", str(leaf), "--chain", str(chain))
                self._haechi(*words, shown=f"authority add {name} {url} --certificate {leaf.name} --chain {chain.name}")
            served.enter_context(self._witness())
            told = self._json("anchor", "--yes", shown="anchor")
        self._pairs(
            (("기록", "log"), self._say(("{n:,}줄까지", "up to entry {n:,}"), n=told["size"])),
            (("시점확인", "stamps"), self._answers(told, "stamp")),
            (("증인 서명", "cosignatures"), self._answers(told, "cosignature")),
        )
        shutil.copyfile(self._vault / "checkpoint", self.folder / "checkpoint-kept-elsewhere")
        self._took()

    def _answers(self, told: dict[str, Any], kind: str) -> str:
        if any(one["problem"] for one in told["outcomes"]):
            raise StoppedError(kind, json.dumps(told["outcomes"]))
        return ", ".join(sorted({one["name"] for one in told["outcomes"] if one["kind"] == kind}))

    @contextmanager
    def _witness(self) -> Iterator[None]:
        """Run a witness that knows this vault's log."""
        folder = self.folder / "witness"
        said = self._haechi(
            "witness", "keygen", str(folder), "--name", "witness.invalid/drawn", shown="witness keygen witness --name …"
        )
        keys = VKEY.findall(said)
        (log,) = VKEY.findall(self._haechi("witness", "vkey", shown="witness vkey"))
        self._haechi("witness", "trust", str(folder), log, shown="witness trust witness …")
        command = [sys.executable, "-m", "haechi", "witness", "serve", str(folder), "--port", "0"]
        serving = subprocess.Popen(
            command, cwd=self.folder, env=os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, encoding="utf-8",
        )  # fmt: skip
        try:
            found = re.search(r"http://[0-9.:]+", serving.stdout.readline() if serving.stdout else "")
            if found is None:
                raise StoppedError(command[4], "")
            self._haechi("witness", "add", "drawn", found[0], *keys, shown=f"witness add drawn {found[0]} …")
            yield
        finally:
            serving.terminate()
            serving.communicate()

    def roll_back(self) -> None:
        """Put an older copy of the vault back; only what was kept elsewhere tells."""
        self._title("예전 금고를 도로 갖다 놓아 봅니다.", "Put an older copy of the vault back.")
        self._line("이 사본만 보면 모두 맞습니다. 밖에 적어 둔 서명된 요약과 견주어야 드러납니다.", "By itself the copy is in order. It takes the checkpoint kept elsewhere to see it.")  # fmt: skip
        newer, older = self._vault, self.folder / "vault-before"
        try:
            self._vault = older
            self._haechi("verify", shown="verify --vault vault-before")
            kept = str(self.folder / "checkpoint-kept-elsewhere")
            self._haechi("verify", "--against", kept, shown="verify --vault vault-before --against checkpoint-kept-elsewhere", fails=True)  # fmt: skip
        finally:
            self._vault = newer
        self._line("되돌린 것이 드러났습니다.", "The rollback is found.", style="green")
        self._took()

    def packet(self) -> None:
        """Build the packet."""
        self._title("경찰에 낼 증거 묶음을 만듭니다.", "Build the packet for the police.")
        self._haechi("packet", str(self._packet), "--case", CASE, shown="packet packet")
        size = sum(path.stat().st_size for path in self._packet.rglob("*") if path.is_file())
        self._pairs(
            (("증거", "exhibits"), f"{len(self._rows('exhibits')):,}"),
            (("메시지", "messages"), f"{len(self._rows('messages')):,}"),
            (("크기", "size"), f"{size / 1e6:.1f} MB"),
            (("보고서", "report"), "packet/data/report/" + self._report("report")),
            (("서명할 것", "to sign"), "packet/data/report/" + self._report("hash-confirmation")),
            (("사진 대조", "traced"), "packet/data/traces/" + self._report("exhibit", folder="traces")),
        )
        self._took()

    def _report(self, name: str, *, folder: str = "report") -> str:
        """Return the document's file name in the language in use, as far as the packet has it."""
        wanted = f"{name}.en.pdf" if self._language else f"{name}.pdf"
        found = [path.name for path in (self._packet / "data" / folder).glob(f"{name}*.pdf")]
        return wanted if wanted in found else ", ".join(sorted(found))

    def _where(self) -> str:
        return self.folder.relative_to(ROOT).as_posix() if self.folder.is_relative_to(ROOT) else str(self.folder)

    def _rows(self, table: str) -> list[dict[str, str]]:
        with (self._packet / "meta" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    def check(self) -> None:
        """Let the packet check itself with programs that any desk has."""
        self._title("증거 묶음을 해치 없이 확인합니다.", "Check the packet without haechi.")
        self._verified(self._packet, good=True)
        self._took()

    def damage(self) -> None:
        """Flip one bit in a copy of the packet; every check has to say no."""
        self._title("복사본에서 한 바이트를 바꿔 봅니다.", "Flip one byte in a copy.")
        copy = self.folder / "packet-changed"
        shutil.copytree(self._packet, copy)
        victim = max(
            (path for path in (copy / "data").rglob("*") if path.is_file()),
            key=lambda path: (path.parent.name == "evidence", path.suffix == ".jpg", path.stat().st_size),
        )
        content = bytearray(victim.read_bytes())
        content[len(content) // 2] ^= 1
        victim.chmod(0o600)
        victim.write_bytes(bytes(content))
        self._line(
            "{path}, {n:,}번째 바이트",
            "{path}, byte {n:,}",
            path=victim.relative_to(copy).as_posix(),
            n=len(content) // 2,
        )
        self._verified(copy, good=False)
        self._haechi("verify-packet", str(copy), shown="verify-packet packet-changed", fails=True)
        self._line("haechi verify-packet 도 아니라고 합니다.", "haechi verify-packet says no as well.", style="green")
        self._took()

    def _verified(self, packet: Path, *, good: bool) -> None:
        """Run the packet's `verify.sh` with stock programs, or its `verify.py` where this machine lacks one."""
        missing = [name for name in NEEDED if shutil.which(name, path=STOCK) is None]
        if missing:
            self._line(
                "이 컴퓨터에 {names} 이(가) 없어 verify.py 로 확인합니다.",
                "This machine lacks {names}: checking with verify.py.",
                style="yellow",
                names=", ".join(missing),
            )
        command = [sys.executable, "-I", "verify/verify.py"] if missing else ["bash", "verify/verify.sh"]
        self._typed(f"cd {packet.name} && {'python3' if missing else 'bash'} {command[-1]}")
        done = subprocess.run(
            command, cwd=packet, env={"PATH": STOCK, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
        if done.returncode != (0 if good else 1):
            raise StoppedError(command[-1], done.stdout + done.stderr)
        said = [
            line
            for line in done.stdout.splitlines()
            if line.strip().startswith("[!]") or line.strip() in {"PASS", "FAIL"}
        ]
        for line in said[-4:]:
            self._hanging("", line.strip(), style="green" if good else "red")

    def custody(self) -> dict[str, Any]:
        """Recompute the vault's log."""
        self._title("금고의 기록을 처음부터 다시 계산합니다.", "Recompute the vault's log from its first line.")
        found = self._json("verify", shown="verify")
        self._pairs(
            (("기록", "log"), self._say(("{n:,}줄이 모두 맞음", "{n:,} entries, all correct"), n=found["entries"]))
        )
        self._took()
        return found

    def summary(self, measured: Recall, groups: list[dict[str, Any]], *, language: int) -> None:
        """Say what was found, what not, where it lies, and what comes next."""
        self._language = language
        names = defaultdict(dict)
        for row in self._rows("accounts"):
            if row["name"]:
                names[row["account"]][row["name"]] = None
        shared = {
            name for known in names.values() for name in known if sum(name in other for other in names.values()) > 1
        }
        told = [f"{account}: {' → '.join(known)}" for account, known in names.items() if account.startswith("user")]
        rooms = sum(len({one["room"] for one in group["sightings"] if one["room"]}) > 1 for group in groups)
        expected, found = measured.expected.total(), measured.found.total()
        self._console.print()
        self._console.print(Rule(self._say(("요약", "Summary")), style="bold", align="left"))
        self._pairs(
            (("사본", "copies"), self._say(("그린 사본 {e}개 가운데 {f}개를 찾음, 잘못 묶은 것 {m}개", "{f} of {e} drawn copies found, {m} groups mistaken"), e=expected, f=found, m=measured.mixed_groups)),
            (("", ""), self._say(("못 찾은 것: {what}. 많이 자르거나, 글자 띠를 붙이거나, 화면을 찍은 사진은 지문만으로 찾지 못합니다.", "missed: {what}. A fingerprint does not survive a strong crop, a bar of text or a screenshot."), what=self._told(measured, found=False) or self._say(("없음", "none")))),
            (("두 방 모두", "both rooms"), self._say(("같은 사진이 두 방에 다 나온 것 {n}묶음", "{n} pictures appear in both"), n=rooms)),
            *[(("계정", "accounts") if not number else ("", ""), line) for number, line in enumerate(told)],
            (("", ""), self._say(("“{name}” 은 두 계정이 쓴 이름입니다. 해치는 합치지 않습니다.", "two accounts used the name “{name}”; haechi keeps them apart"), name=", ".join(sorted(shared)) or "-")),
            (("보고서", "report"), f"{self._where()}/packet/data/report/{self._report('report')}"),
            (("서명할 것", "to sign"), f"{self._where()}/packet/data/report/{self._report('hash-confirmation')}"),
            (("사진 대조", "traced"), f"{self._where()}/packet/data/traces/{self._report('exhibit', folder='traces')}"),
            (("걸린 시간", "time"), self._say(("{s:.0f}초", "{s:.0f} s"), s=time.monotonic() - self._started)),
        )  # fmt: skip
        self._console.print(Text("\n" + self._say(("다음에 해 볼 것", "What to do next")), style="bold"))
        self._line(
            "· 보고서를 열어 읽어 보세요. 사진은 들어 있지 않습니다.",
            "· Open the report and read it. It holds no pictures.",
        )
        self._line(
            "· 증거 묶음을 직접 확인: bash {where}/packet/verify/verify.sh",
            "· Check the packet: bash {where}/packet/verify/verify.sh",
            where=self._where(),
        )
        self._line(
            "· 내 것으로 시작: .venv/bin/haechi create --vault ~/haechi",
            "· Start your own: .venv/bin/haechi create --vault ~/haechi",
        )
        if self._mode == "sealed":
            self._line(
                '· 기본 방식으로 다시: make demo ARGS="--mode reference-only"',
                '· The default mode: make demo ARGS="--mode reference-only"',
            )
        self._line(
            "· 기다리지 마세요: 112, 디지털성범죄피해자지원센터(D4U)",
            "· Help in Korea: police 112, the D4U centre",
        )


def run(demo: Demo, *, messages: int, languages: tuple[int, ...]) -> None:
    """Run every step in order."""
    truth = demo.draw(messages)
    demo.create()
    demo.bring_in(EXPORT_A, "첫째 방을 넣습니다.", "Import the first room.")
    demo.bring_in(EXPORT_B, "둘째 방을 넣습니다.", "Import the second room.")
    demo.bring_in(OWN_PHOTOS, "내 사진을 넣습니다.", "Import her own photos.", own=True)
    shutil.copytree(demo.folder / "vault", demo.folder / "vault-before")
    measured, groups = demo.match(truth)
    demo.trace(truth, groups)
    demo.anchor()
    demo.packet()
    demo.check()
    demo.damage()
    demo.roll_back()
    demo.custody()
    for language in languages:
        demo.summary(measured, groups, language=language)


def fresh(folder: Path) -> Path:
    """Return an empty folder; one that an earlier run left is removed, one that holds anything else never."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise StoppedError(str(folder), "비어 있지 않습니다 / is not empty")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder.resolve()


def main() -> int:
    """Read the options and run the demo; a failure is told, not thrown."""
    reader = argparse.ArgumentParser(description="haechi on a drawn case / 그린 사건으로 보는 해치")
    reader.add_argument("--lang", choices=("ko", "en"), help="only this language")
    reader.add_argument("--mode", choices=("sealed", "reference-only"), default="sealed")
    reader.add_argument("--messages", type=int, default=2000)
    reader.add_argument("--output", type=Path, default=ROOT / "demo-output")
    options = reader.parse_args()
    chosen = options.lang or os.environ.get("HAECHI_LANG")
    language = 1 if chosen == "en" else 0
    try:
        demo = Demo(fresh(options.output), mode=options.mode, language=language)
        run(demo, messages=options.messages, languages=(language,) if chosen else (0, 1))
    except StoppedError as error:
        print(f"\n여기서 멈췄습니다. / It stopped here: {error.what}\n{error.said}", file=sys.stderr)
    except OSError as error:
        print(f"\n여기서 멈췄습니다. / It stopped here.\n{error.strerror}: {error.filename}", file=sys.stderr)
    except KeyboardInterrupt:
        print("\n멈췄습니다. / Stopped.", file=sys.stderr)
        return 130
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
