"""A drawn set: the photo that was used comes first, what was not used is not named, and of photos nothing is written in clear."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from haechi.bootstrap.tracing import forget, trace
from haechi.domain.case import CustodyMode
from haechi.domain.errors import SelectionUnknownError, TraceRefusedError
from haechi.domain.evidence import Role
from haechi.domain.trace import Outcome, Scene
from integration.imports.vaults import VaultAt, quiet

OWN = (0, 1, 17, 30)
STRANGER, HOST = 21, 22


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """Return a folder with her own drawn photos, and one with what was found."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "own").mkdir()
    (folder / "found").mkdir()
    for seed in OWN:
        (folder / "own" / f"own-{seed}.jpg").write_bytes(jpeg(person(seed).rgb))
    (folder / "own" / "own-0-again.jpg").write_bytes(jpeg(person(0).rgb, 85))  # the same exposure, saved twice
    made = {
        "used": composite(0, HOST, Treatment(width=150)),
        "mirrored": composite(17, HOST, Treatment(width=170, mirror=True, quality=60)),
        "absent": composite(STRANGER, HOST, Treatment(width=150)),
        "small": composite(1, HOST, Treatment(width=110, screenshot=0.45)),
    }
    two = composite(17, HOST, Treatment(width=190)).rgb, composite(0, HOST, Treatment(width=150)).rgb
    (folder / "found" / "two.jpg").write_bytes(jpeg(np.hstack([cv2.resize(one, (960, 1280)) for one in two])))
    for name, shade in (("black", 0), ("grey", 128)):
        (folder / "found" / f"{name}.jpg").write_bytes(jpeg(np.full((300, 400, 3), shade, np.uint8)))
    for name, one in made.items():
        (folder / "found" / f"{name}.jpg").write_bytes(jpeg(one.rgb))
    (folder / "found" / "faceless.jpg").write_bytes(jpeg(person(30).rgb[900:, :]))
    return folder


def vault_with(pictures, path, mode):
    vault = VaultAt(path, mode=mode)
    vault.take(pictures / "own", role=Role.OWN_PHOTO)
    vault.take(pictures / "found")
    return vault


def traced(vault, names=(), **more):
    with vault.opened() as opened:
        case = opened.cases()[0]
        ids = {item.path: item.item_id for item in opened.unlocked.ledger.items(case.case_id)}
        found = trace(opened, case, [ids[f"{name}.jpg"] for name in names], progress=quiet, **more)
        paths = {item: path.removesuffix(".jpg") for path, item in ids.items()}
    return found, {paths[one.item]: one for one in found.answers}, paths


@pytest.fixture(scope="module")
def sealed(pictures, tmp_path_factory):
    vault = vault_with(pictures, tmp_path_factory.mktemp("sealed") / "vault", CustodyMode.SEALED)
    return vault, traced(vault)


def groups_of(answer, paths):
    return [[paths[fit.photo] for fit in group.fits] for face in answer.faces for group in face.groups]


def test_the_photo_that_was_used_comes_first_with_its_twin_as_one_group(sealed):
    _, (_, answers, paths) = sealed
    face = answers["used"].faces[0]
    assert face.outcome in (Outcome.MADE_FROM, Outcome.POINTS_TO)
    assert sorted(groups_of(answers["used"], paths)[0]) == ["own-0", "own-0-again"]


def test_a_mirrored_face_is_traced_and_told_as_mirrored(sealed):
    _, (_, answers, paths) = sealed
    face = answers["mirrored"].faces[0]
    assert groups_of(answers["mirrored"], paths)[0] == ["own-17"]
    assert face.groups[0].best.is_mirrored


def test_of_two_faces_each_is_traced_to_its_own_photo(sealed):
    _, (_, answers, paths) = sealed
    larger, smaller = answers["two"].faces
    assert larger.face.width > smaller.face.width
    assert [one.outcome for one in (larger, smaller)] == [Outcome.MADE_FROM] * 2
    assert paths[larger.groups[0].best.photo] == "own-17"
    assert {paths[fit.photo] for fit in smaller.groups[0].fits} == {"own-0", "own-0-again"}


@pytest.mark.parametrize("name", ["black", "grey"])
def test_a_picture_of_one_shade_is_answered_and_names_no_photo(sealed, name):
    _, (found, answers, _) = sealed
    assert (answers[name].faces, answers[name].scenes) == ((), ())
    assert not found.unread


def test_what_this_photo_could_reach_is_told_beside_what_is_reached(sealed):
    _, (_, answers, _) = sealed
    for name in ("used", "mirrored"):
        bound = answers[name].faces[0].bound
        assert bound.quality == 90
        assert bound.best_other < bound.reached - 0.2
        assert bound.reached < bound.possible <= 1
    for name in ("absent", "small"):
        [face] = answers[name].faces
        assert (face.groups, face.bound, face.tiles) == ((), None, ())


def test_a_face_from_elsewhere_names_no_photo(sealed):
    _, (_, answers, _) = sealed
    assert [face.outcome for face in answers["absent"].faces] in ([Outcome.NONE_FOUND], [Outcome.NOT_ENOUGH])


def test_a_face_that_is_too_small_gets_no_ratio(sealed):
    _, (_, answers, _) = sealed
    assert [face.outcome for face in answers["small"].faces] == [Outcome.NOT_EVALUATED]


def test_a_picture_without_a_face_is_still_laid_on_her_photos(sealed):
    _, (_, answers, paths) = sealed
    answer = answers["faceless"]
    assert not answer.faces
    assert paths[answer.scenes[0].photo] == "own-30"
    assert answer.scenes[0].scene in (Scene.SAME_SCENE, Scene.LOOK)


def test_an_answer_carries_its_method_its_coefficients_and_their_record(sealed):
    _, (found, _, _) = sealed
    assert "opencv" in found.method.tracer
    told = {against.value: digest for against, digest in found.method.models.items()}
    assert found.method.validation["models"] == told


def test_tracing_twice_gives_the_same(sealed):
    vault, (_, answers, _) = sealed
    with vault.opened() as opened:
        assert forget(opened, opened.cases()[0], []) == len(OWN) + 1
    again, told, _ = traced(vault, ["two"], is_again=True)
    assert (again.recorded, again.kept) == (1, len(OWN) + 1)  # nothing was left of the first time
    assert told["two"] == answers["two"]


def test_her_own_photo_is_not_questioned(sealed):
    vault, _ = sealed
    with pytest.raises(TraceRefusedError, match="own-photo"):
        traced(vault, ["own-0"])


def test_an_unknown_number_is_refused(sealed):
    vault, _ = sealed
    with vault.opened() as opened, pytest.raises(SelectionUnknownError):
        trace(opened, opened.cases()[0], ["nothing"], progress=quiet)


def test_without_an_own_photo_nothing_is_compared(pictures, tmp_path):
    vault = VaultAt(tmp_path / "vault", mode=CustodyMode.SEALED)
    vault.take(pictures / "found")
    with pytest.raises(TraceRefusedError, match="gallery-empty"):
        traced(vault)


def files_under(*folders):
    return {
        path: (path.stat().st_size, path.stat().st_mtime_ns)
        for folder in folders
        for path in Path(folder).rglob("*")
        if path.is_file() and "-wal" not in path.name and "-shm" not in path.name
    }


def test_in_reference_only_the_files_are_named_again_and_nothing_is_written(pictures, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    vault = vault_with(pictures, tmp_path / "vault", CustodyMode.REFERENCE_ONLY)
    missing, _, _ = traced(vault, ["used"])
    assert not missing.answers
    assert {code for _, code in missing.unread} == {"not-at-hand"}
    pixels = (pictures / "own" / "own-0.jpg").read_bytes()[2000:2400]
    before = files_under(tmp_path / "vault" / "blobs", tmp_path / "temporary")
    found, answers, paths = traced(vault, ["used"], sources=[pictures])
    assert groups_of(answers["used"], paths)[0][0].startswith("own-0")
    assert not found.unread
    assert files_under(tmp_path / "vault" / "blobs", tmp_path / "temporary") == before
    assert not any(pixels in path.read_bytes() for path in (tmp_path / "vault").rglob("*") if path.is_file())


def test_nothing_but_her_own_photos_is_ever_compared_with(sealed):
    _, (found, _, paths) = sealed
    assert found.photos == len(OWN) + 1
    named = {
        paths[fit.photo] for one in found.answers for face in one.faces for group in face.groups for fit in group.fits
    }
    named |= {paths[fit.photo] for one in found.answers for fit in one.scenes}
    assert named
    assert all(name.startswith("own-") for name in named)


def test_kept_features_give_the_same_answer_as_the_photos_themselves(sealed):
    vault, (first, answers, _) = sealed
    assert (first.recorded, first.kept) == (8, len(OWN) + 1)
    again, told, _ = traced(vault, ["used"], is_again=True)
    assert (again.recorded, again.kept) == (1, 0)
    assert told["used"] == answers["used"]


def test_a_burst_longer_than_what_is_told_is_one_answer(pictures, tmp_path):
    (tmp_path / "own").mkdir()
    small = cv2.resize(person(0).rgb, (480, 640), interpolation=cv2.INTER_AREA)
    for quality in range(80, 96, 2):
        (tmp_path / "own" / f"own-{quality}.jpg").write_bytes(jpeg(small, quality))
    vault = VaultAt(tmp_path / "vault", mode=CustodyMode.SEALED)
    vault.take(tmp_path / "own", role=Role.OWN_PHOTO)
    vault.take(pictures / "found")
    _, answers, paths = traced(vault, ["used"])
    assert len(groups_of(answers["used"], paths)[0]) == 8
    assert answers["used"].faces[0].outcome in (Outcome.MADE_FROM, Outcome.POINTS_TO)
