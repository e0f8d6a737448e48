"""Back-ups: copies of a vault in another folder, each complete, sharing the sealed files that did not change.

A back-up holds nothing that the vault does not: the ledger is encrypted by the same key and the blobs are the same files, so it opens
with the passphrase or recovery key that the vault had then. Its manifest finds accidents; what finds attacks is the log inside.
Format: docs/formats/back-up.md.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from haechi.domain.canonical import Json, canonical
from haechi.domain.evidence import Sha256

FORMAT = "haechi-back-up"
VERSION = 1
FILES = ("checkpoint", "haechi.vault", "ledger.db")
"""What each copy has of its own; the blobs lie in one pool beside the copies."""
_HEX = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"[0-9a-f]{16,64}")


class ManifestError(ValueError):
    """The text is no manifest of a back-up, or not in the one form a manifest has."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file's digest and its size in bytes."""

    digest: Sha256
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one copy consists of. `made_at` is UTC (RFC 3339), `log_size` the entries of the log in it.

    `erasures` is how often something had been destroyed in the vault: a copy with fewer still has what is to be gone.
    """

    vault_id: str
    made_at: str
    log_size: int
    erasures: int
    files: Mapping[str, KeptFile]
    blobs: Mapping[str, KeptFile]

    def text(self) -> bytes:
        """Return the manifest as RFC 8785 JSON and a line break."""
        members: dict[str, Json] = {
            "format": FORMAT,
            "version": VERSION,
            "vault_id": self.vault_id,
            "made_at": self.made_at,
            "log_size": self.log_size,
            "erasures": self.erasures,
            "files": _records(self.files),
            "blobs": _records(self.blobs),
        }
        return canonical(members) + b"\n"

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        """Return the manifest in `text`. Raises `ManifestError`; no name in the result leads out of a back-up's folder."""
        try:
            members = json.loads(text)
            if members["format"] != FORMAT or members["version"] != VERSION:
                raise ManifestError
            manifest = cls(
                str(members["vault_id"]),
                str(members["made_at"]),
                int(members["log_size"]),
                int(members["erasures"]),
                {name: _kept(one) for name, one in members["files"].items()},
                {name: _kept(one) for name, one in members["blobs"].items()},
            )
            is_canonical = manifest.text() == text
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise ManifestError from error
        are_names_safe = sorted(manifest.files) == sorted(FILES) and all(map(_BLOB.fullmatch, manifest.blobs))
        if not are_names_safe or not is_canonical:
            raise ManifestError
        return manifest


def _records(files: Mapping[str, KeptFile]) -> dict[str, Json]:
    return {name: {"sha256": one.digest, "size": one.size} for name, one in files.items()}


def _kept(record: Mapping[str, object]) -> KeptFile:
    digest, size = record["sha256"], record["size"]
    if not isinstance(digest, str) or not _HEX.fullmatch(digest) or type(size) is not int or size < 0:
        raise ManifestError
    return KeptFile(Sha256(digest), size)
