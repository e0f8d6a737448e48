"""Checks anchors: checkpoints over a beginning of the log, what authorities stamped, and what witnesses cosigned."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from haechi.adapters.packets.stamp_check import MOST_BYTES, read_stamp, stamp_fault
from haechi.adapters.packets.verifier_log import CheckedLog, single_note
from haechi.adapters.packets.verifier_rows import COUNT, DIGEST, OpenTables
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.cosignature import (
    CosignatureError,
    Verifiers,
    read_cosignature,
    witness_key,
)
from haechi.domain.der import DerError
from haechi.domain.merkle import Frontier
from haechi.domain.note import COSIGNATURE_ED25519, NoteError, NoteKey, SignatureLine, signature_lines
from haechi.domain.policy import Policy
from haechi.ports.packets import Claim, Expected, Finding
from haechi.ports.signer import VerifySignature

_ANCHOR = re.compile(r"A-[0-9]{4,9}")
_WITNESSES = "seal/witnesses.txt"
_PRINTABLE = re.compile(rb"(?:[!-~]+\n)+")


@dataclass(frozen=True, slots=True)
class _Row:
    size: str
    kind: str
    file: str
    name: str
    at: str
    key: str


@dataclass(slots=True)
class _Anchor:
    rows: list[_Row] = field(default_factory=list)
    note: bytes | None = None
    text: str = ""
    """The text of the note, once its form and signature hold."""
    checkpoint: Checkpoint | None = None


class AnchorCheck:
    """The checks of one packet's anchors. `claims` are what they prove, `noted` the ML-DSA-44 cosignatures that hold."""

    def __init__(self, tables: OpenTables, log: CheckedLog, expected: Expected, verifiers: Verifiers) -> None:
        self._tables = tables
        self._log = log
        self._expected = expected
        self._verifiers = verifiers
        self._verify: VerifySignature = verifiers[COSIGNATURE_ED25519]
        self._anchors: dict[str, _Anchor] = {}
        self._keys: dict[tuple[str, bytes], NoteKey] = {}
        self._forked: set[str] = set()
        self._is_counted = False
        self._claims: list[Claim] = []
        self.noted: list[Claim] = []

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Stamps, then cosignatures, each by time, name, certificate and size."""

        def order(claim: Claim) -> tuple[bool, int, str, str, int]:
            told = claim.facts
            certificate = str(told.get("certificate", ""))
            return claim.code != "stamp", int(told["at"]), str(told["name"]), certificate, int(told["entries"])

        return tuple(sorted(self._claims, key=order))

    def counts(self, claim: Claim) -> bool:
        """Say whether a claim is other than a stamp by an authority that the checker does not rely on."""
        named = self._expected.authorities
        return claim.code != "stamp" or not named or claim.facts["certificate"] in named

    def check(self) -> Iterator[Finding]:
        """Yield what is wrong with the anchors, and whether they are those that the checker relies on."""
        yield from self._read_rows()
        yield from self._read_witnesses()
        for number, anchor in self._anchors.items():
            yield from self._check_checkpoint(number, anchor)
        yield from self._check_roots()
        for number, anchor in self._anchors.items():
            for row in anchor.rows:
                if row.kind == "stamp":
                    yield from self._check_stamp(anchor, row)
            if self._log.key is not None and anchor.checkpoint is not None:
                yield from self._check_cosignatures(number, anchor)
        if self._expected.authorities and not self._is_counted:
            yield Finding("authority-other", "authority")
        if self._expected.policy is not None and not self._is_quorum(self._expected.policy):
            yield Finding("quorum", "policy")

    def _read_rows(self) -> Iterator[Finding]:
        seen: set[tuple[str, ...]] = set()
        for number, cells in self._tables.rows("anchors"):
            anchor, size, kind, file, name, at, _, key = cells
            row = _Row(size, kind, file, name, at, key)
            once = (file,) if kind == "stamp" else (anchor, at, key)
            if not _is_row(anchor, row) or once in seen:
                yield Finding("csv-form", f"meta/anchors.csv:{number}")
                continue
            seen.add(once)
            self._anchors.setdefault(anchor, _Anchor()).rows.append(row)
            stem = f"seal/anchors/{anchor}"
            self._tables.named |= {f"{stem}.checkpoint", f"{stem}.cosignatures"}
            if kind == "stamp":
                self._tables.named |= {file.removesuffix("tsr") + ending for ending in ("tsq", "tsr", "pem")}
        yield from self._tables.taken()

    def _read_witnesses(self) -> Iterator[Finding]:
        content = self._tables.bag.read(_WITNESSES)
        if isinstance(content, Finding):
            yield content
        if not isinstance(content, bytes):
            return
        lines = content.decode("ascii", "replace").splitlines()
        try:
            keys = [witness_key(line) for line in lines]
        except NoteError:
            keys = []
        is_whole = _PRINTABLE.fullmatch(content) and [key.vkey for key in keys] == lines
        if not is_whole or len(set(lines)) != len(lines):
            yield Finding("witness-form", _WITNESSES)
            return
        self._keys = {(key.name, key.key_id): key for key in keys}

    def _check_checkpoint(self, number: str, anchor: _Anchor) -> Iterator[Finding]:
        path, key = f"seal/anchors/{number}.checkpoint", self._log.key
        content = self._tables.bag.read(path)
        if isinstance(content, Finding):
            yield content
        anchor.note = content if isinstance(content, bytes) else None
        if key is None:
            return
        said = None if anchor.note is None else single_note(anchor.note, key.name, key.public, self._verify)
        is_fit = said is not None and said[1].size <= len(self._log.entries)
        if said is None or not is_fit or {row.size for row in anchor.rows} != {str(said[1].size)}:
            yield Finding("anchor-form", path)
            return
        anchor.text, anchor.checkpoint = said

    def _check_roots(self) -> Iterator[Finding]:
        frontier = Frontier()
        held = [(one.checkpoint, number) for number, one in self._anchors.items() if one.checkpoint is not None]
        for checkpoint, number in sorted(held, key=lambda one: one[0].size):
            frontier = frontier.append(one.leaf for one in self._log.entries[frontier.size : checkpoint.size])
            if frontier.root() != checkpoint.root:
                self._forked.add(number)
                yield Finding("anchor-root", f"seal/anchors/{number}.checkpoint")

    def _check_stamp(self, anchor: _Anchor, row: _Row) -> Iterator[Finding]:
        files = [self._small(row.file.removesuffix("tsr") + ending) for ending in ("tsq", "tsr", "pem")]
        query, reply, pem = files
        try:
            stamp = read_stamp(query or b"", reply or b"", pem or b"")
        except DerError:
            yield Finding("stamp-form", row.file)
            return
        if (row.at, row.key) != (str(stamp.reply.at), stamp.certificate):
            yield Finding("stamp-form", row.file)
            return
        code = stamp_fault(stamp, anchor.note or b"")
        if code is not None:
            yield Finding(code, row.file)
        elif stamp.certificate in self._expected.authorities:
            self._is_counted = True
        self._claim("stamp", anchor, stamp.reply.at, row.name, {"certificate": stamp.certificate})

    def _small(self, path: str) -> bytes | None:
        if self._tables.bag.present.get(path, MOST_BYTES + 1) > MOST_BYTES:
            return None
        content = self._tables.bag.read(path)
        return content if isinstance(content, bytes) else None

    def _check_cosignatures(self, number: str, anchor: _Anchor) -> Iterator[Finding]:
        path = f"seal/anchors/{number}.cosignatures"
        lines = self._lines(path)
        rows = {(row.key, row.name, row.at) for row in anchor.rows if row.kind == "cosignature"}
        if lines is None:
            if rows or path in self._tables.bag.present:
                yield Finding("cosignature", path)
            return
        try:
            held = [one for line in lines if (one := self._cosigned(line, anchor)) is not None]
        except CosignatureError:
            yield Finding("cosignature", path)
            return
        if {(key.vkey, key.name, str(at)) for key, at in held} != rows:
            yield Finding("cosignature", path)
            return
        for key, at in dict.fromkeys(held):  # a line may stand there twice
            self._claim("cosignature", anchor, at, key.name, {})

    def _lines(self, path: str) -> Sequence[SignatureLine] | None:
        content = self._tables.bag.read(path)
        try:
            return signature_lines(content.decode()) if isinstance(content, bytes) else None
        except (NoteError, UnicodeDecodeError):
            return None

    def _cosigned(self, line: SignatureLine, anchor: _Anchor) -> tuple[NoteKey, int] | None:
        """Return key and time of an Ed25519 cosignature that holds. Raises `CosignatureError` when it does not."""
        key = self._keys.get((line.name, line.key_id))
        if key is None:
            return None
        if key.kind == COSIGNATURE_ED25519:
            return key, read_cosignature(line, anchor.text, key, self._verifiers).at
        if key.kind in self._verifiers:
            try:
                at = read_cosignature(line, anchor.text, key, self._verifiers).at
            except CosignatureError:
                return None
            size = anchor.checkpoint.size if anchor.checkpoint is not None else 0
            self.noted.append(Claim("cosignature-mldsa44", {"entries": size, "at": at, "name": key.name}))
        return None

    def _is_quorum(self, policy: Policy) -> bool:
        """Say whether witnesses of the policy, by its own keys for them, cosigned the newest anchor as it asks."""
        held = [
            (one.checkpoint.size, int(number.partition("-")[2]), number, one)
            for number, one in self._anchors.items()
            if one.checkpoint is not None and number not in self._forked
        ]
        if not held or (policy.logs and self._log.key not in [one.key for one in policy.logs]):
            return False
        _, _, number, newest = max(held, key=lambda one: one[:2])
        witnesses = {one.key: one.name for one in policy.witnesses if one.key.kind == COSIGNATURE_ED25519}
        lines = self._lines(f"seal/anchors/{number}.cosignatures") or ()
        return policy.is_reached(
            name for key, name in witnesses.items() if any(self._is_by(line, newest.text, key) for line in lines)
        )

    def _is_by(self, line: SignatureLine, text: str, key: NoteKey) -> bool:
        try:
            return line.is_by(key) and bool(read_cosignature(line, text, key, self._verifiers))
        except CosignatureError:
            return False

    def _claim(self, code: str, anchor: _Anchor, at: int, name: str, more: Mapping[str, str]) -> None:
        size = anchor.checkpoint.size if anchor.checkpoint is not None else 0
        self._claims.append(Claim(code, {"entries": size, "at": at, "name": name, **more}))


def _is_row(anchor: str, row: _Row) -> bool:
    if not _ANCHOR.fullmatch(anchor) or not COUNT.fullmatch(row.size) or not COUNT.fullmatch(row.at):
        return False
    if row.kind == "stamp" and DIGEST.fullmatch(row.key):
        return re.fullmatch(rf"seal/anchors/{anchor}\.[1-9][0-9]{{0,3}}\.tsr", row.file) is not None
    return row.kind == "cosignature" and row.file == f"seal/anchors/{anchor}.cosignatures"
