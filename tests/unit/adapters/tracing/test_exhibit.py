"""What is drawn of a comparison: the oval of the face and nothing else of the questioned picture, and maps without pixels."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from drawn.composites import Treatment
from drawn_faces import composite, face_of, person
from haechi.adapters.tracing.drawing import checked_drawing, spans
from haechi.adapters.tracing.exhibit import coarse, draw, oval
from haechi.adapters.tracing.face_view import CROP_FROM
from haechi.adapters.tracing.pair import compare
from haechi.adapters.tracing.register import frame_size, hull
from haechi.adapters.tracing.sight import Sight, see
from haechi.adapters.tracing.tiles import table
from haechi.domain.trace_drawing import OUTSIDE, grid_of
from haechi.domain.trace_tiles import Cell, count, tiles_of

DARK, LIGHT = 60, 180


def limited(view):
    """Return the face with every grey value between two bounds, and black and white stripes all around its oval."""
    y, x = np.indices(view.grey.shape) / view.stored
    across, down = x + CROP_FROM[0], y + CROP_FROM[1]
    is_face = (np.abs(across / 0.46) ** 2.4 + np.abs((down - 0.2) / 0.54) ** 2.4) <= 1
    stripes = np.where((np.indices(view.grey.shape)[1] // 3) % 2, 255, 0)
    inner = (DARK + view.grey.astype(float) * (LIGHT - DARK) / 255).astype(np.uint8)
    return replace(view, grey=np.where(is_face, inner, stripes).astype(np.uint8))


def sight(view):
    whole = see(np.zeros((40, 40), np.uint8)).whole
    return Sight(400, 400, (view,), whole)


@pytest.fixture(scope="module")
def views():
    return face_of(composite(0, 22, Treatment(width=150)).rgb), face_of(person(0).rgb)


def asked(numbers, **more):
    return {"face": 0, "numbers": numbers, "map": False, **more}


@pytest.fixture(scope="module")
def frames(views):
    questioned, photo = limited(views[0]), views[1]
    return list(draw(sight(questioned), sight(photo), asked(compare(questioned, photo).numbers)))


def decoded(picture):
    return cv2.imdecode(np.frombuffer(picture.png, np.uint8), cv2.IMREAD_UNCHANGED)


def test_no_pixel_outside_the_face_is_drawn(frames):
    pictures = checked_drawing(frames, with_pictures=True).face.pictures
    shown = decoded(pictures.questioned)
    assert shown.shape == (pictures.questioned.height, pictures.questioned.width)
    # Black and white stood right beside the oval: neither is anywhere, and the grey around it is flat.
    assert shown.min() >= DARK - 5
    assert shown.max() <= OUTSIDE
    for picture in (decoded(pictures.photo), shown, decoded(pictures.overlay)):
        for line, (first, last) in zip(picture, spans(*picture.shape[::-1]), strict=True):
            assert (line[:first] == OUTSIDE).all()
            assert (line[last:] == OUTSIDE).all()


def test_the_worker_itself_draws_one_oval_of_all_three(views, frames):
    shown = oval(compare(limited(views[0]), views[1]))
    for row, blob in frames[1:]:
        picture = np.frombuffer(blob, np.uint8).reshape(row["height"], row["width"])
        times = len(picture) // len(shown)
        outside = ~np.repeat(np.repeat(shown, times, 0), times, 1)
        assert (picture[outside] == OUTSIDE).all()
        assert (picture[~outside] != OUTSIDE).mean() > 0.9


def test_pictures_come_only_when_they_are_asked_for(views, frames):
    questioned, photo = views
    numbers = compare(questioned, photo).numbers
    rows = list(draw(sight(questioned), sight(photo), asked(numbers, face=None)))
    assert [len(blob) for _, blob in rows] == [0]
    assert checked_drawing(rows, with_pictures=False).face is None
    assert checked_drawing(frames, with_pictures=False).face is None


def test_the_table_has_the_tiles_that_were_counted(views):
    found = compare(*views)
    tiles = tiles_of(table(found.tiles, found.mask, found.scale))
    assert len(tiles) == found.numbers["possible"]
    assert count(tiles, Cell.KEPT) == found.numbers["matching"]
    assert tiles_of([tile.record() for tile in tiles]) == tiles


def test_of_several_faces_in_the_photo_the_recorded_one_is_drawn(views):
    questioned, photo = views
    other = face_of(person(21).rgb)
    both = Sight(400, 400, (other, photo), see(np.zeros((40, 40), np.uint8)).whole)
    numbers = compare(questioned, photo).numbers
    (told, _), *_ = draw(sight(questioned), both, asked(numbers))
    assert told["numbers"] == numbers


@pytest.mark.parametrize("scale", [40.0, 97.5, 192.0])
def test_the_callers_oval_is_that_of_the_comparison(scale):
    width, height = frame_size(scale)
    drawn = np.zeros((height, width), bool)
    for line, (first, last) in enumerate(spans(width, height)):
        drawn[line, first:last] = True
    assert (drawn != hull(scale, (width, height))).mean() < 0.025


def test_what_a_worker_that_was_taken_over_draws_outside_is_cut_away(frames):
    leaked = [(row, blob if not blob else b"\0" * len(blob)) for row, blob in frames]  # a black picture, edge to edge
    pictures = checked_drawing(leaked, with_pictures=True).face.pictures
    for picture in map(decoded, (pictures.photo, pictures.questioned, pictures.overlay)):
        assert (picture[0] == OUTSIDE).all()
        assert (picture[:, 0] == OUTSIDE).all()
        assert (picture == OUTSIDE).mean() > 0.3


def changed(frames, at, **members):
    rows = list(frames)
    rows[at] = ({**rows[at][0], **members}, rows[at][1])
    return rows


@pytest.mark.parametrize(
    ("at", "members"),
    [
        (1, {"width": 481}),
        (1, {"width": -5}),
        (1, {"height": 3}),
        (2, {"picture": "photo"}),
        (2, {"width": True}),
        (0, {"numbers": {}}),
        (0, {"map": ["K", "KK"]}),
        (0, {"map": ["X"]}),
        (0, {"map": ["K" * 25]}),
        (0, {"map": []}),
    ],
)
def test_a_drawing_of_another_form_is_refused(frames, at, members):
    with pytest.raises((ValueError, TypeError, LookupError)):
        checked_drawing(changed(frames, at, **members), with_pictures=True)


def test_a_map_tells_parts_and_not_outlines():
    fine = np.zeros((640, 480), np.uint8)
    fine[:320] = 1
    fine[320:] = 2
    fine[::7, ::5] = 0
    rows = coarse(fine)
    assert len(rows) <= 24
    assert set(rows[0]) == {"K"}
    assert set(rows[-1]) == {"R"}
    fine[:] = 0
    fine[::9, ::9] = 1
    assert set("".join(coarse(fine))) == {"U"}
    assert grid_of(rows).share(Cell.KEPT) in range(45, 56)
