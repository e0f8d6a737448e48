"""A shortlist saves comparisons where it finds the photo, and none where it does not: it may cost time, never an answer."""

import pytest

from drawn.composites import Treatment
from drawn_faces import composite, jpeg, person
from haechi.bootstrap.tracing import trace
from haechi.domain.case import CustodyMode
from haechi.domain.evidence import Role
from haechi.domain.trace import Outcome
from haechi.flows import compare_with_gallery, shortlist
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
