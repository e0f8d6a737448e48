"""The answers of shards made one: what an index with all rows would say."""

from collections.abc import Sequence

from haechi.ports.index import Near, Neighbours


def merged(parts: Sequence[Sequence[Neighbours]], most: int) -> list[Neighbours]:
    """Return one answer a value from each shard's answers to the same values with the same `most`.

    Exact: each shard told its nearest `most`, and the nearest `most` of all are among those. If one left something out, it alone has
    more than `most`. All rows of a content are in one shard, in its order, and sorting keeps that.
    """
    if len(parts) == 1:
        return list(parts[0])
    return [_one(answers, max(0, most)) for answers in zip(*parts, strict=True)]


def _one(answers: Sequence[Neighbours], most: int) -> Neighbours:
    rows = sorted(dict.fromkeys(row for answer in answers for row in answer.rows), key=_nearness)
    return Neighbours(tuple(rows[:most]), len(rows) > most or any(answer.is_truncated for answer in answers))


def _nearness(row: Near) -> tuple[int, int]:
    return row.distance, row.content
