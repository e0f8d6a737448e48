"""An index of hashes that compares all with all, in memory: the definition, for tests of what stands on an index."""

from haechi.domain.fingerprint import distance
from haechi.ports.index import IndexStatus, Near, Neighbours, Row


class BruteIndex:
    """A `HashIndex`. `damaged` is what its status says is damaged."""

    def __init__(self, damaged=()):
        self.kept: dict[Row, None] = {}
        self.damaged = tuple(damaged)
        self.rebuilt = 0

    def add(self, rows):
        self.kept = {**self.kept, **dict.fromkeys(map(Row._make, rows))}

    def withdraw(self, contents):
        gone = set(contents)
        self.kept = {row: None for row in self.kept if row.content not in gone}

    def search(self, values, radii, *, most=100):
        return [self._near(value, radii, most) for value in values]

    def status(self):
        return IndexStatus(len(self.kept), 1, 0, 0, 0, is_merging=False, damaged=self.damaged)

    def rebuild(self, rows):
        self.kept = dict.fromkeys(rows)
        self.damaged = ()
        self.rebuilt += 1

    def close(self):
        pass

    def _near(self, value, radii, most):
        found = sorted(
            (bits, row)
            for row in self.kept
            if row.bank in radii and (bits := distance(value, row.value)) <= radii[row.bank]
        )
        found.sort(key=lambda one: (one[0], one[1].content))
        told = tuple(Near(row.content, row.bank, bits, row.quality, row.value) for bits, row in found[:most])
        return Neighbours(told, len(found) > most)
