"""A shortlist saves comparisons where it finds the photo, and none where it does not or only points to one."""

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from drawn_tracer import MARK, DrawnTracer, numbers_of
from drawn_tracer import traced as traced_by
from drawn_vault import make, opened, sealed_case, take
from haechi.adapters.tracing.models import models
from haechi.bootstrap.tracing import trace
from haechi.domain.case import CustodyMode
from haechi.domain.evidence import Role
from haechi.domain.likelihood import Against
from haechi.domain.trace import Outcome
from haechi.flows import compare_with_gallery, shortlist
from haechi.ports.tracer import Compared, FacePair, Glanced
from integration.imports.vaults import VaultAt, quiet

OWN = (0, 1, 17, 30)
STRANGER, HOST = 21, 22


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shortlisted")
    (folder / "own").mkdir()
    (folder / "found").mkdir()
    for seed in OWN:
        (folder / "own" / f"own-{seed}.jpg").write_bytes(jpeg(person(seed).rgb))
    for name, donor in (("used", 0), ("absent", STRANGER)):
        (folder / "found" / f"{name}.jpg").write_bytes(jpeg(composite(donor, HOST, Treatment(width=150)).rgb))
    made = VaultAt(folder / "vault", mode=CustodyMode.SEALED)
    made.take(folder / "own", role=Role.OWN_PHOTO)
    made.take(folder / "found")
    return made


def traced(vault):
    """Trace anew; return by file name each answer and with how many photos it was compared in full."""
    with vault.opened() as opened:
        case = opened.cases()[0]
        names = {item.item_id: item.path.removesuffix(".jpg") for item in opened.unlocked.ledger.items(case.case_id)}
        found = trace(opened, case, [], is_again=True, progress=quiet)
        glanced = {names[item]: count for item, count in found.glanced.items()}
        kept = {
            names[one.item]: opened.unlocked.ledger.latest_trace(case.case_id, one.item).record.gallery
            for one in found.answers
        }
    answers = {names[one.item]: one.faces[0] for one in found.answers}
    first = {name: names[face.groups[0].best.photo] for name, face in answers.items() if face.groups}
    assert glanced == {name: one.photos - one.compared for name, one in kept.items() if one.compared < one.photos}
    return answers, kept, first


def test_what_is_found_at_a_glance_is_compared_with_few_and_what_is_not_with_all(vault, monkeypatch):
    whole, every, first = traced(vault)
    assert {one.compared for one in every.values()} == {len(OWN)}
    monkeypatch.setattr(compare_with_gallery, "LEAST", 1)
    monkeypatch.setattr(shortlist, "FACES", 1)
    monkeypatch.setattr(shortlist, "SCENES", 1)
    some, few, again = traced(vault)
    assert few["used"].compared < len(OWN) == few["absent"].compared == few["used"].photos
    assert again["used"] == first["used"] == "own-0"
    assert some["used"].outcome is whole["used"].outcome is Outcome.MADE_FROM
    assert (some["used"].compared, some["used"].needed) == (whole["used"].compared, whole["used"].needed)
    assert some["absent"] == whole["absent"]


def test_of_what_nothing_was_kept_everything_is_compared_at_once(vault, monkeypatch):
    monkeypatch.setattr(compare_with_gallery, "LEAST", 1)
    monkeypatch.setattr(shortlist, "FACES", 1)
    monkeypatch.setattr("haechi.flows.keep_features.KeptFeatures.of", lambda *_, **__: None)
    _, kept, first = traced(vault)
    assert {one.compared for one in kept.values()} == {len(OWN)}
    assert first["used"] == "own-0"


class Misled(DrawnTracer):
    """At a glance the photo "b" is the most promising; compared, it fits so well that it is pointed to, and "a" better."""

    def glance(self, rows, questioned):
        for key, photo in rows:
            promising = int(photo.features[len(MARK) * 20 :].startswith(b"b"))
            yield key, tuple(Glanced((float(promising),), promising) for _ in questioned)

    def compare(self, rows, *, with_whole=True):
        rows = list(rows)
        for (key, photo, _), (_, found) in zip(rows, super().compare(rows, with_whole=with_whole), strict=True):
            is_misleading = photo.features[len(MARK) * 20 :].startswith(b"b")
            pairs = (FacePair(0, 0, False, fitting(1.5)),)  # noqa: FBT003
            yield key, tuple(Compared(pairs) if is_misleading else one for one in found)


def fitting(log10):
    """Return numbers that have this ratio."""
    model, least, most = models()[Against.OTHER_OCCASION], 0.0, 1.0
    for _ in range(30):
        middle = (least + most) / 2
        least, most = (middle, most) if model.exact(numbers_of(middle)) < log10 else (least, middle)
    return numbers_of(most)


@pytest.mark.parametrize(("own", "outcome", "first"), [("b", Outcome.POINTS_TO, "b"), ("ab", Outcome.MADE_FROM, "a")])
def test_a_photo_that_is_only_pointed_to_does_not_end_the_search(tmp_path, monkeypatch, own, outcome, first):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        case = sealed_case(vault)
        take(vault, case, files=[(name, name.encode() * 40) for name in [*own, "x"]], role=Role.OWN_PHOTO)
        take(vault, case, files=[("found", b"a" * 50)])
        traced_by(vault, case, Misled())  # keeps what is glanced at
        monkeypatch.setattr(compare_with_gallery, "LEAST", 1)
        monkeypatch.setattr(shortlist, "FACES", 1)
        monkeypatch.setattr(shortlist, "SCENES", 1)
        found = traced_by(vault, case, Misled(), is_again=True)
        names = {item.item_id: item.path for item in vault.ledger.items(case.case_id)}
    [face] = found.answers[0].faces
    assert (face.outcome, names[face.groups[0].best.photo]) == (outcome, first)
