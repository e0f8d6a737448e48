"""Closing a packet for somebody: what is in it, whose keys are whose, the file that is handed over, and its receipt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from haechi.domain.evidence import Sha256
from haechi.domain.recipient import TransferForm


@dataclass(frozen=True, slots=True)
class EnvelopeFile:
    """One file to hand over: its path there, its size and the SHA-256 that its bytes must have."""

    path: str
    size: int
    digest: Sha256
    open: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True)
class PacketContents:
    """What a packet holds, as its own manifests and tables say. Read it only after the packet was verified.

    `digest` is the SHA-256 of its tag manifest. `evidence` are exhibits whose bytes are in it, `own_photos` those of them
    that are the person's own photos, `unredacted` those of which a redacted copy is in it too, `unredacted_messages` the
    messages of which one is, as `room:number`; `texts` counts messages with words, `names` names of accounts.
    """

    packet_id: str
    digest: Sha256
    files: tuple[EnvelopeFile, ...]
    evidence: tuple[str, ...]
    own_photos: tuple[str, ...]
    unredacted: tuple[str, ...]
    unredacted_messages: tuple[str, ...]
    texts: int
    names: int


class ReadsPackets(Protocol):
    """Reads what a packet holds."""

    def __call__(self, packet: Path, /, *, redacted: Mapping[Sha256, tuple[str, str]]) -> PacketContents:
        """Return the contents. `redacted` has, by digest, of which message (room key, message id) a copy was made.

        Raises `PacketUnreadableError`.
        """


@dataclass(frozen=True, slots=True)
class Closed:
    """A file that was written whole and read back: its size in bytes and its SHA-256."""

    size: int
    digest: Sha256


class Envelope(Protocol):
    """One way to close files for somebody. Nothing is written that is not encrypted."""

    form: TransferForm

    def write(
        self,
        folder: str,
        files: Sequence[EnvelopeFile],
        target: Path,
        *,
        progress: Callable[[int], None],
        record: Callable[[Closed], None],
    ) -> Closed:
        """Write the files, below `folder`, into one file at `target`, which must not exist; read it back.

        It appears whole or not at all, and only after `record` has noted it: what lies ready to leave is in the log.
        `progress` is told how many bytes of the files are through. Raises
        `PacketExistsError`, `PathMissingError`, `DiskFullError`, `HandOverRefusedError` when a file is not what its
        digest says, `EnvelopeBrokenError`.
        """


class RecipientKeys(Protocol):
    """Reads public keys as people send them. Raises `RecipientKeyError`."""

    def age(self, text: str) -> str:
        """Return the age recipient (`age1…`)."""

    def ssh(self, text: str) -> str:
        """Return type and base64 of an SSH public key, without its comment."""

    def fingerprint(self, ssh: str) -> str:
        """Return `SHA256:…` of an SSH public key, as `ssh-keygen -l` prints it."""


class VerifyReceipt(Protocol):
    """Checks an armoured SSH signature over a receipt."""

    def __call__(self, text: bytes, armour: bytes, *, ssh: str, namespace: str) -> None:
        """Raise `ReceiptRefusedError` unless it is by this key, in this namespace, over this text."""


class EncryptFor(Protocol):
    """Encrypts a small record to one age recipient."""

    def __call__(self, content: bytes, recipient: str, /) -> bytes: ...
