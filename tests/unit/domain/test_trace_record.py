"""A trace's record: what is read back is what was written, and nothing else is read."""

import copy
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.domain.canonical import canonical, read_canonical
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.likelihood import Against, Ratio
from haechi.domain.trace import Answer, Bound, DonorGroup, FaceAnswer, FaceFit, Gate, Outcome, SeenFace, WholeFit
from haechi.domain.trace_record import (
    ComparedGallery,
    TraceRecord,
    TraceRecordError,
    gallery_digest,
    without_fractions,
)
from haechi.domain.trace_tiles import Cell, Tile

DIGEST = Sha256("ab" * 32)
number = st.floats(-1e6, 1e6, allow_nan=False)
share = st.floats(0, 1)


def ratios():
    return st.builds(Ratio, st.floats(-2, 3), st.booleans())


fits = st.builds(
    FaceFit,
    photo=st.sampled_from(["p1", "p2", "p3"]).map(ItemId),
    is_mirrored=st.booleans(),
    rank=number,
    other_occasion=ratios(),
    same_sitting=ratios(),
    gates=st.lists(st.sampled_from(Gate), max_size=2).map(tuple),
    numbers=st.dictionaries(st.sampled_from(["third", "residual", "tiles"]), number),
)
said = st.just((Cell.UNKNOWN,)) | st.tuples(
    st.sampled_from([Cell.KEPT, Cell.REPLACED]), st.integers(-1000, 1000), st.integers(0, 10_000)
)
faces = st.builds(
    FaceAnswer,
    face=st.builds(SeenFace, number, share, share),
    outcome=st.sampled_from(Outcome),
    gates=st.lists(st.sampled_from(Gate), max_size=2).map(tuple),
    groups=st.lists(st.builds(DonorGroup, st.lists(fits, min_size=1, max_size=2).map(tuple)), max_size=2).map(tuple),
    compared=st.integers(0, 10**6),
    needed=st.integers(0, 10**6),
    runner_up=st.none() | number,
    margin=st.none() | number,
    share=st.none() | share,
    bound=st.none() | st.builds(Bound, share, share, st.none() | share, st.none() | st.integers(1, 100)),
    tiles=st.dictionaries(st.tuples(st.integers(0, 25), st.integers(0, 25)), said, max_size=4).map(
        lambda grid: tuple(Tile(*place, *one) for place, one in grid.items())
    ),
)
answers = st.builds(
    Answer,
    item=st.just(ItemId("item")),
    digest=st.just(DIGEST),
    at_ms=st.none() | st.integers(0, 10**9),
    width=st.integers(1, 10**5),
    height=st.integers(1, 10**5),
    faces=st.lists(faces, max_size=2).map(tuple),
    scenes=st.lists(
        st.builds(WholeFit, st.just(ItemId("p9")), st.booleans(), st.integers(0, 9999), share, share, share, share),
        max_size=1,
    ).map(tuple),
    findings=st.just((("jpeg", {"quality": 90, "progressive": False, "note": None, "tables": "표준"}),)),
)


def record(told):
    named = {fit.photo for one in told for face in one.faces for group in face.groups for fit in group.fits}
    named |= {fit.photo for one in told for fit in one.scenes}
    return TraceRecord(
        item=ItemId("item"),
        digest=DIGEST,
        method="haechi-trace/1; opencv 5",
        models={Against.OTHER_OCCASION: DIGEST, Against.SAME_SITTING: DIGEST},
        gallery=ComparedGallery(12, DIGEST, 10, {"not-at-hand": 2}),
        answers=tuple(told),
        photos=dict.fromkeys(named, DIGEST),
        validation={"v": 1, "faces": {"first": 0.997, "bins": [1, 0.5]}},
    )


@given(st.lists(answers, max_size=2))
@settings(max_examples=60)
def test_a_record_is_read_back_from_its_canonical_bytes(told):
    written = record(told).to_json()
    again = TraceRecord.from_json(read_canonical(canonical(written)))
    assert again == record(told).rounded()
    assert again.to_json() == written
    for one, other in zip(told, again.answers, strict=True):
        for face, read in zip(one.faces, other.faces, strict=True):
            assert read.face.width == pytest.approx(face.face.width, abs=5e-7)
            assert read.outcome is face.outcome


FACE = FaceAnswer(
    SeenFace(150.0, 0.9, 0.4),
    Outcome.MADE_FROM,
    (),
    (DonorGroup((FaceFit(ItemId("p1"), False, 3.1, Ratio(3.0, True), Ratio(0.4), (), {"third": 0.97}),)),),  # noqa: FBT003
    10,
    100,
    0.1,
    3.0,
    0.9,
    Bound(0.98, 0.95, None, 90),
    (Tile(0, 0, Cell.KEPT, 990, 3), Tile(1, 0, Cell.REPLACED, -20, 10_000)),
)
SCENE = WholeFit(ItemId("p2"), False, 44, 0.3, 0.5, 0.2, 0.3)  # noqa: FBT003
WHOLE = record(
    [Answer(ItemId("item"), DIGEST, None, 400, 300, (FACE,), (SCENE,), (("jpeg", {"quality": 90}),))]
).to_json()


def places(value, path=()):
    """Yield the place of every value below an object or list."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in members:
        yield (*path, name)
        yield from places(one, (*path, name))


def changed(path, what):
    told = copy.deepcopy(WHOLE)
    at = told
    for name in path[:-1]:
        at = at[name]
    what(at, path[-1])
    return told


FREE = ("validation",)
"""What is shipped with the method may have any form."""
ALL = [path for path in places(WHOLE) if path[0] not in FREE and path[:5] != ("answers", 0, "findings", 0, 1)]


@pytest.mark.parametrize("wrong", [None, 1.5, "x" * 2000, True, [], {}, -(2**60)])
def test_a_value_of_another_kind_is_refused_everywhere(wrong):
    allowed = {
        None: ("at_ms", "runner_up", "margin", "share", "bound", "best_other", "quality"),
        True: ("mirrored", "capped"),
        "[]": ("gates", "faces", "findings", "tiles"),
        "{}": ("numbers", "unread", "models"),
    }.get(repr(wrong) if wrong in ([], {}) else wrong, ())
    for path in ALL:
        if path[-1] in allowed:
            continue
        with pytest.raises(TraceRecordError):
            TraceRecord.from_json(changed(path, lambda at, name: at.__setitem__(name, wrong)))


def test_a_member_too_many_or_too_few_is_refused():
    for path in ALL:
        if isinstance(path[-1], int) or path[-2:-1] in (("numbers",), ("unread",), ("models",)):
            continue
        with pytest.raises(TraceRecordError):
            TraceRecord.from_json(changed(path, lambda at, name: at.pop(name)))
        with pytest.raises(TraceRecordError):
            TraceRecord.from_json(changed(path, lambda at, name: at.__setitem__("more", at[name])))


def test_a_photo_that_is_named_has_its_digest_in_the_record():
    for change in (
        lambda at, _: at.__setitem__("photos", {"p1": DIGEST}),
        lambda at, _: at["photos"].__setitem__("p7", DIGEST),
    ):
        with pytest.raises(TraceRecordError):
            TraceRecord.from_json(changed(("photos",), change))


def test_a_deep_record_is_refused_and_costs_no_stack():
    deep = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(TraceRecordError):
        TraceRecord.from_json({**WHOLE, "validation": {"faces": deep}})


def test_the_digest_of_a_gallery_depends_on_the_photos_and_not_on_their_order():
    one, other = Sha256("00" * 32), Sha256("ff" * 32)
    assert gallery_digest([other, one]) == gallery_digest([one, other])
    assert gallery_digest([one, other]) == hashlib.sha256(bytes(32) + b"\xff" * 32).hexdigest()
    assert gallery_digest([one]) != gallery_digest([one, other])


def test_fractions_become_text_and_nothing_else_changes():
    assert without_fractions({"a": [0.97, 1, None, True, "x"]}) == {"a": ["0.97", 1, None, True, "x"]}


@pytest.mark.parametrize(
    ("unread", "is_final"),
    [
        ({}, True),
        ({"undecodable": 3}, True),
        ({"undecodable": 3, "not-at-hand": 1}, False),
        ({"worker-crashed": 1}, False),
    ],
)
def test_a_gallery_is_final_unless_a_photo_may_be_there_the_next_time(unread, is_final):
    assert ComparedGallery(9, DIGEST, 5, unread).is_final is is_final


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("place", ["rank", "log10", "numbers", "width", "margin", "finding"])
def test_what_is_no_number_never_becomes_a_record(odd, place):
    ratio = Ratio(odd if place == "log10" else 1.0)
    fit = FaceFit(
        ItemId("p1"),
        is_mirrored=False,
        rank=odd if place == "rank" else 1.0,
        other_occasion=ratio,
        same_sitting=ratio,
        gates=(),
        numbers={"third": odd if place == "numbers" else 0.5},
    )
    face = FaceAnswer(
        SeenFace(odd if place == "width" else 90.0, 0.9, 0.1),
        Outcome.NOT_ENOUGH,
        (),
        (DonorGroup((fit,)),),
        compared=1,
        needed=10,
        margin=odd if place == "margin" else None,
    )
    findings = (("jpeg", {"quality": odd if place == "finding" else 90}),)
    with pytest.raises(TraceRecordError):
        record([Answer(ItemId("item"), DIGEST, None, 9, 9, (face,), (), findings)]).rounded()
