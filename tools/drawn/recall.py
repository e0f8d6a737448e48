"""How much of what was drawn as a copy was found: the groups that `haechi match --json` printed, against the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from .case import OWN_PHOTOS, THUMBNAIL, Truth


@dataclass(frozen=True, slots=True)
class Recall:
    """Of the posted files that show what another file shows: how many stand in one group with such a file."""

    expected: Counter[str]
    """Change → files."""
    found: Counter[str]
    mixed_groups: int
    """Groups that put different drawings together: each would be a mistake."""

    @property
    def missed(self) -> dict[str, int]:
        """Change → files that were not found."""
        return {
            change: count - self.found[change] for change, count in self.expected.items() if count > self.found[change]
        }


def recall(truth: Truth, folder: Path, groups: Iterable[Mapping[str, Any]], *, exports: Iterable[str]) -> Recall:
    """Compare the groups with the truth, for the exports that were imported and her own photos."""
    imported = {*exports, OWN_PHOTOS}
    shown = [one for one in truth.shown if one.export in imported and one.change != THUMBNAIL]
    digests = {one: sha256((folder / one.export / one.path).read_bytes()).hexdigest() for one in shown}
    drawings = defaultdict(set)
    for one in truth.shown:
        drawings[sha256((folder / one.export / one.path).read_bytes()).hexdigest()].add(one.source)
    together: dict[str, list[str]] = {}
    mixed = 0
    for group in groups:
        members = [sighting["digest"] for sighting in group["sightings"]]
        together |= dict.fromkeys(members, members)
        mixed += len(set().union(*(drawings[digest] for digest in members))) > 1
    files = Counter(one.source for one in shown)
    expected, found = Counter[str](), Counter[str]()
    for one, digest in digests.items():
        if one.export == OWN_PHOTOS or files[one.source] == 1:
            continue
        expected[one.change] += 1
        # Being listed twice under one digest counts too: the very file was posted again.
        same = Counter(other for other in together.get(digest, ()) if one.source in drawings[other])
        found[one.change] += sum(same.values()) > 1
    return Recall(expected, found, mixed)
