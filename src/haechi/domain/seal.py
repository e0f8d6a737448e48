"""The seal record: what lay in an export, to the byte, before any of it was parsed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from haechi.domain.canonical import Json
from haechi.domain.evidence import Sha256


@dataclass(frozen=True, slots=True)
class SealedMember:
    """One member of an export: a file, directory, or something refused.

    `path` is the readable name (NFC, `/`); `raw_name` the name's bytes as stored, in hexadecimal;
    `name_rule` how the name was decoded (`utf-8`, `cp949`, `bytes`). `digest` is None for what
    could not be read or was refused; `refused` then says why (a warning code). `facts` holds what the
    container tells: modification time, zip compressed size, CRC, flags, DOS time, attributes.
    """

    path: str
    raw_name: str
    name_rule: str
    size: int
    digest: Sha256 | None
    refused: str | None = None
    facts: Mapping[str, Json] = field(default_factory=dict)

    def record(self) -> dict[str, Json]:
        """Return the member as it stands in the seal record."""
        return {
            "path": self.path,
            "raw_name": self.raw_name,
            "name_rule": self.name_rule,
            "size": self.size,
            "sha256": self.digest,
            "refused": self.refused,
            "facts": dict(self.facts),
        }


def seal_record(
    *,
    name: str,
    container: str,
    sealed_at: Mapping[str, Json],
    tool: Mapping[str, Json],
    members: Sequence[Mapping[str, Json]],
) -> Json:
    """Return the record that the log commits to.

    `name` is the export as given (last part of its path), `container` is `folder`, `zip` or `file`, `tool` names haechi, its
    version, the importer and the libraries that read it; `members` are records of `SealedMember`, in container order.
    """
    return {
        "v": 1,
        "name": name,
        "container": container,
        "sealed_at": dict(sealed_at),
        "tool": dict(tool),
        "members": [dict(member) for member in members],
    }
