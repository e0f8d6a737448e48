"""Checkpoints (C2SP tlog-checkpoint): what a log says of itself at one size, and the tlog-proof file around it."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from haechi.domain.merkle import HASH_BYTES

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
_LINES = 3  # origin, size, root


class CheckpointError(ValueError):
    """The text is not a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin (the log's name), tree size and root hash."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed: origin, decimal size, base64 root, one a line."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Return the checkpoint in `text`; extension lines after the root are accepted. Raises `CheckpointError`."""
        lines = text.split("\n")
        if len(lines) <= _LINES or lines[-1] or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise CheckpointError(text[:80])
        try:
            root = base64.b64decode(lines[2], validate=True)
        except (ValueError, binascii.Error) as error:
            raise CheckpointError(text[:80]) from error
        if len(root) != HASH_BYTES:
            raise CheckpointError(text[:80])
        return cls(lines[0], int(lines[1]), root)


def proof_text(index: int, proof: Sequence[bytes], note: str, *, extra: bytes | None = None) -> str:
    """Return a `.tlog-proof` file: leaf `index`, its inclusion proof, and the signed checkpoint it leads to.

    `extra` is not authenticated by the file itself; haechi puts the salt of the leaf's commitment there.
    """
    lines = [PROOF_HEADER]
    if extra is not None:
        lines.append(f"extra {base64.b64encode(extra).decode()}")
    lines.append(f"index {index}")
    lines += [base64.b64encode(value).decode() for value in proof]
    return "\n".join(lines) + "\n\n" + note
