"""The manifest: what an index consists of at the moment. Two copies are written by turns, so that one is always whole."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from haechi.adapters.index.durable import put_file

NAMES = ("manifest-0.json", "manifest-1.json")
_FORMAT = "haechi-index"
_VERSION = 1
_DIGEST = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of an index. Generations count up; the copy with the higher one counts."""

    generation: int
    permutation: str
    segments: tuple[str, ...]
    first_log: int
    """Log files with lower numbers are in segments."""
    next_file: int
    number: int
    """The number of the last record of the log when this was written."""
    withdrawn: str | None
    damaged: tuple[str, ...]


def read_manifests(folder: Path) -> tuple[list[Manifest], list[str]]:
    """Return the whole copies, newest first, and the names of those that are damaged."""
    found, damaged = [], []
    for name in NAMES:
        try:
            found.append(_parsed((folder / name).read_bytes()))
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError):
            damaged.append(name)
    return sorted(found, key=lambda one: -one.generation), damaged


def write_manifest(folder: Path, manifest: Manifest) -> Manifest:
    """Write the next generation in the place of the older copy, and return it."""
    following = replace(manifest, generation=manifest.generation + 1)
    line = json.dumps({"format": _FORMAT, "version": _VERSION, **asdict(following)}, sort_keys=True).encode()
    digest = hashlib.sha256(line).hexdigest().encode()
    put_file(folder / NAMES[following.generation % 2], line + b"\n" + digest + b"\n")
    return following


def _parsed(content: bytes) -> Manifest:
    line, digest = content.split(b"\n")[:2]
    if hashlib.sha256(line).hexdigest().encode() != digest:
        message = "the digest is another one"
        raise ValueError(message)
    facts = json.loads(line)
    if (facts.pop("format"), facts.pop("version")) != (_FORMAT, _VERSION):
        message = "another format"
        raise ValueError(message)
    return Manifest(**{**facts, "segments": tuple(facts["segments"]), "damaged": tuple(facts["damaged"])})
