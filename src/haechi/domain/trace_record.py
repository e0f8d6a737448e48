"""What a trace of one item said, as it is kept: who compared is in the log, this is what was compared, how, and the answer.

The record is what a `trace` entry of the custody log commits to, so that it can be shown later with nothing added and
nothing left out. Canonical JSON has no fractions: what was measured is kept in millionths, and what is told is what is
kept. Layout: docs/formats/custody-log.md.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NewType

from haechi.domain.canonical import SAFE_INTEGER, Json
from haechi.domain.case import CaseId
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Against, Ratio
from haechi.domain.trace import Answer, Bound, DonorGroup, FaceAnswer, FaceFit, Gate, Outcome, SeenFace, WholeFit
from haechi.domain.trace_tiles import tiles_of

TraceNumber = NewType("TraceNumber", int)

VERSION = 1
PASSING = frozenset({"not-at-hand", "sealed-for-others", "too-much-memory", "worker-crashed", "worker-timeout"})
"""Reasons why a photo was not compared that may be gone the next time."""
_PARTS = 1_000_000
_HEX = frozenset("0123456789abcdef")
_MOST_TEXT = 1_000
_MOST_DEPTH = 8


class TraceRecordError(ValueError):
    """The data is not the record of a trace."""


@dataclass(frozen=True, slots=True)
class ComparedGallery:
    """The own photos that an item was compared with.

    `photos` are all of the case's own photos, each file once, and `digest` is over them; `compared` of them were compared
    in full; `unread` counts, by code, those that this item was to be compared with and that could not be looked into.
    """

    photos: int
    digest: Sha256
    compared: int
    unread: Mapping[str, int]

    @property
    def glanced(self) -> int:
        """How many were glanced at only, because the photo was found among others."""
        return self.photos - self.compared - sum(self.unread.values())

    @property
    def is_final(self) -> bool:
        """Whether nothing was left out that may be there the next time."""
        return not PASSING & self.unread.keys()


@dataclass(frozen=True, slots=True)
class TraceRecord:
    """The whole answer for one item: one `Answer` for a picture, one for each frame of a video.

    `method` is what compared, with versions; `models` the digests of the coefficients that weighed; `photos` the digest
    of each own photo that the answers name; `validation` the record of how often the method was wrong, as shipped, with
    fractions as decimal text.
    """

    item: ItemId
    digest: Sha256
    method: str
    models: Mapping[Against, Sha256]
    gallery: ComparedGallery
    answers: tuple[Answer, ...]
    photos: Mapping[ItemId, Sha256]
    validation: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """Return the record as canonical JSON holds it. Raises `TraceRecordError` for a number that is none or without end."""
        return {
            "v": VERSION,
            "item": self.item,
            "sha256": self.digest,
            "method": self.method,
            "models": {against.value: digest for against, digest in self.models.items()},
            "gallery": {
                "photos": self.gallery.photos,
                "sha256": self.gallery.digest,
                "compared": self.gallery.compared,
                "unread": dict(self.gallery.unread),
            },
            "answers": [_answer_told(answer) for answer in self.answers],
            "photos": {photo: digest for photo, digest in self.photos.items()},  # noqa: C416 - dict() keeps the key type
            "validation": without_fractions(self.validation),
        }

    @classmethod
    def from_json(cls, told: object) -> "TraceRecord":
        """Return the record that `told` is. Raises `TraceRecordError` for anything else."""
        try:
            return _record_of(told)
        except TraceRecordError:
            raise
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
            raise TraceRecordError from error

    def rests_on(self) -> tuple[Sha256, str, Mapping[Against, Sha256], Sha256]:
        """Return what decides the answer: the item's bytes, the method, the coefficients and the photos there are."""
        return self.digest, self.method, self.models, self.gallery.digest

    def rounded(self) -> "TraceRecord":
        """Return the record as it is read back: every number in millionths."""
        return TraceRecord.from_json(self.to_json())


@dataclass(frozen=True, slots=True)
class KeptTrace:
    """A record in its place: `entry` is the log entry that commits to it."""

    number: TraceNumber
    case: CaseId
    entry: int
    record: TraceRecord


def gallery_digest(digests: Iterable[Sha256]) -> Sha256:
    """Return the SHA-256 over the digests' 32 bytes each, in ascending order: the same photos give the same."""
    total = hashlib.sha256()
    for digest in sorted(digests):
        total.update(bytes.fromhex(digest))
    return Sha256(total.hexdigest())


def features_key(photo: Sha256, method: str) -> Sha256:
    """Return what stands for the features that one method computed of a photo: SHA-256 of its digest's bytes || method."""
    return Sha256(hashlib.sha256(bytes.fromhex(photo) + method.encode()).hexdigest())


def forgot_record(features: int) -> dict[str, Json]:
    """Return the record of a `trace` entry without an item: kept features were deleted."""
    return {"v": VERSION, "forgot": features}


def without_fractions(value: object) -> Json:
    """Return JSON data with every fraction as decimal text: `0.97` becomes `"0.97"`.

    Raises `TraceRecordError` for a number that is none or without end.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise TraceRecordError(value)
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): without_fractions(one) for key, one in value.items()}
    if isinstance(value, Sequence):
        return [without_fractions(one) for one in value]
    raise TypeError(type(value).__name__)


def _answer_told(answer: Answer) -> Json:
    return {
        "at_ms": answer.at_ms,
        "width": answer.width,
        "height": answer.height,
        "faces": [_face_told(face) for face in answer.faces],
        "scenes": [_scene_told(fit) for fit in answer.scenes],
        "findings": [[code, without_fractions(facts)] for code, facts in answer.findings],
    }


def _face_told(one: FaceAnswer) -> Json:
    return {
        "face": {"width": _told(one.face.width), "score": _told(one.face.score), "blur": _told(one.face.blur)},
        "outcome": one.outcome.value,
        "gates": [gate.value for gate in one.gates],
        "groups": [[_fit_told(fit) for fit in group.fits] for group in one.groups],
        "compared": one.compared,
        "needed": one.needed,
        "runner_up": None if one.runner_up is None else _told(one.runner_up),
        "margin": None if one.margin is None else _told(one.margin),
        "share": None if one.share is None else _told(one.share),
        "bound": None if one.bound is None else _bound_told(one.bound),
        "tiles": [tile.record() for tile in one.tiles],
    }


def _bound_told(one: Bound) -> Json:
    return {
        "possible": _told(one.possible),
        "reached": _told(one.reached),
        "best_other": None if one.best_other is None else _told(one.best_other),
        "quality": one.quality,
    }


def _fit_told(fit: FaceFit) -> Json:
    return {
        "photo": fit.photo,
        "mirrored": fit.is_mirrored,
        "rank": _told(fit.rank),
        "other_occasion": {"log10": _told(fit.other_occasion.log10), "capped": fit.other_occasion.is_capped},
        "same_sitting": {"log10": _told(fit.same_sitting.log10), "capped": fit.same_sitting.is_capped},
        "gates": [gate.value for gate in fit.gates],
        "numbers": {name: _told(value) for name, value in fit.numbers.items()},
    }


def _scene_told(fit: WholeFit) -> Json:
    return {
        "photo": fit.photo,
        "mirrored": fit.is_mirrored,
        "inliers": fit.inliers,
        "spread": _told(fit.spread),
        "kept": _told(fit.kept),
        "replaced": _told(fit.replaced),
        "unknown": _told(fit.unknown),
    }


def _told(value: float) -> int:
    if not math.isfinite(value):
        raise TraceRecordError(value)
    return round(value * _PARTS)


def _record_of(told: object) -> TraceRecord:
    row = _members(told, {"v", "item", "sha256", "method", "models", "gallery", "answers", "photos", "validation"})
    if row["v"] != VERSION or isinstance(row["v"], bool):
        raise TraceRecordError
    item, digest = ItemId(_text(row["item"])), _digest(row["sha256"])
    gallery = _members(row["gallery"], {"photos", "sha256", "compared", "unread"})
    photos = {ItemId(_text(photo)): _digest(one) for photo, one in _mapping(row["photos"]).items()}
    answers = tuple(_answer(one, item, digest) for one in _list(row["answers"]))
    named = {fit.photo for answer in answers for face in answer.faces for group in face.groups for fit in group.fits}
    named |= {fit.photo for answer in answers for fit in answer.scenes}
    if named != photos.keys():
        raise TraceRecordError
    return TraceRecord(
        item=item,
        digest=digest,
        method=_text(row["method"]),
        models={Against(against): _digest(one) for against, one in _mapping(row["models"]).items()},
        gallery=ComparedGallery(
            photos=_count(gallery["photos"]),
            digest=_digest(gallery["sha256"]),
            compared=_count(gallery["compared"]),
            unread={_text(code): _count(number) for code, number in _mapping(gallery["unread"]).items()},
        ),
        answers=answers,
        photos=photos,
        validation={name: _plain(value) for name, value in _mapping(row["validation"]).items()},
    )


def _answer(told: object, item: ItemId, digest: Sha256) -> Answer:
    row = _members(told, {"at_ms", "width", "height", "faces", "scenes", "findings"})
    findings = []
    for code, facts in (_list(one) for one in _list(row["findings"])):
        findings.append((_text(code), {name: _plain(value) for name, value in _mapping(facts).items()}))
    return Answer(
        item=item,
        digest=digest,
        at_ms=None if row["at_ms"] is None else _count(row["at_ms"]),
        width=_count(row["width"]),
        height=_count(row["height"]),
        faces=tuple(_face(one) for one in _list(row["faces"])),
        scenes=tuple(_scene(one) for one in _list(row["scenes"])),
        findings=tuple(findings),
    )


def _face(told: object) -> FaceAnswer:
    row = _members(
        told,
        {"face", "outcome", "gates", "groups", "compared", "needed", "runner_up", "margin", "share", "bound", "tiles"},
    )
    face = _members(row["face"], {"width", "score", "blur"})
    groups = [tuple(_fit(one) for one in _list(group)) for group in _list(row["groups"])]
    if not all(groups):
        raise TraceRecordError
    return FaceAnswer(
        face=SeenFace(_number(face["width"]), _number(face["score"]), _number(face["blur"])),
        outcome=Outcome(_text(row["outcome"])),
        gates=tuple(Gate(_text(one)) for one in _list(row["gates"])),
        groups=tuple(DonorGroup(fits) for fits in groups),
        compared=_count(row["compared"]),
        needed=_count(row["needed"]),
        runner_up=None if row["runner_up"] is None else _number(row["runner_up"]),
        margin=None if row["margin"] is None else _number(row["margin"]),
        share=None if row["share"] is None else _number(row["share"]),
        bound=None if row["bound"] is None else _bound(row["bound"]),
        tiles=tiles_of(row["tiles"]),
    )


def _bound(told: object) -> Bound:
    row = _members(told, {"possible", "reached", "best_other", "quality"})
    return Bound(
        possible=_number(row["possible"]),
        reached=_number(row["reached"]),
        best_other=None if row["best_other"] is None else _number(row["best_other"]),
        quality=None if row["quality"] is None else _count(row["quality"]),
    )


def _fit(told: object) -> FaceFit:
    row = _members(told, {"photo", "mirrored", "rank", "other_occasion", "same_sitting", "gates", "numbers"})
    return FaceFit(
        photo=ItemId(_text(row["photo"])),
        is_mirrored=_truth(row["mirrored"]),
        rank=_number(row["rank"]),
        other_occasion=_ratio(row["other_occasion"]),
        same_sitting=_ratio(row["same_sitting"]),
        gates=tuple(Gate(_text(one)) for one in _list(row["gates"])),
        numbers={_text(name): _number(value) for name, value in _mapping(row["numbers"]).items()},
    )


def _ratio(told: object) -> Ratio:
    row = _members(told, {"log10", "capped"})
    return Ratio(_number(row["log10"]), _truth(row["capped"]))


def _scene(told: object) -> WholeFit:
    row = _members(told, {"photo", "mirrored", "inliers", "spread", "kept", "replaced", "unknown"})
    return WholeFit(
        photo=ItemId(_text(row["photo"])),
        is_mirrored=_truth(row["mirrored"]),
        inliers=_count(row["inliers"]),
        spread=_number(row["spread"]),
        kept=_number(row["kept"]),
        replaced=_number(row["replaced"]),
        unknown=_number(row["unknown"]),
    )


def _members(told: object, names: set[str]) -> Mapping[str, object]:
    row = _mapping(told)
    if row.keys() != names:
        raise TraceRecordError
    return row


def _mapping(told: object) -> Mapping[str, object]:
    if not isinstance(told, Mapping) or not all(isinstance(name, str) for name in told):
        raise TraceRecordError
    return told


def _list(told: object) -> Sequence[object]:
    if not isinstance(told, list | tuple):
        raise TraceRecordError
    return told


def _text(told: object) -> str:
    if not isinstance(told, str) or not 0 < len(told) <= _MOST_TEXT:
        raise TraceRecordError
    return told


def _digest(told: object) -> Sha256:
    if not isinstance(told, str) or len(told) != 64 or not _HEX.issuperset(told):  # noqa: PLR2004 - SHA-256
        raise TraceRecordError
    return Sha256(told)


def _truth(told: object) -> bool:
    if not isinstance(told, bool):
        raise TraceRecordError
    return told


def _count(told: object) -> int:
    if _whole(told) < 0:
        raise TraceRecordError
    return _whole(told)


def _number(told: object) -> float:
    return _whole(told) / _PARTS


def _whole(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or abs(told) > SAFE_INTEGER:
        raise TraceRecordError
    return told


def _plain(told: object, depth: int = 0) -> Json:
    """Return JSON data without fractions, as deep as such records are."""
    if depth > _MOST_DEPTH:
        raise TraceRecordError
    if told is None or isinstance(told, bool | str):
        return told
    if isinstance(told, Mapping):
        return {name: _plain(one, depth + 1) for name, one in _mapping(told).items()}
    if isinstance(told, list | tuple):
        return [_plain(one, depth + 1) for one in told]
    return _whole(told)
