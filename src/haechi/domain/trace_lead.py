"""To which of her photos a trace leads, and how far: what an audience may be told for."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from haechi.domain.evidence import ItemId
from haechi.domain.trace import POINTING, Answer, Outcome, Scene


class Lead(StrEnum):
    """How far an answer leads to a photo, strongest first."""

    THIS_PHOTO = "this-photo"
    THIS_OR_SITTING = "this-or-sitting"
    """The photo that was used may be another of the same sitting, and may have been posted elsewhere."""
    SAME_PLACE = "same-place"
    """It may be any other that was taken at the same place: only the pictures overlap, and nothing weighs that."""


def leads_of(answers: Iterable[Answer]) -> Mapping[ItemId, Lead]:
    """Return the photos that answers lead to, each with the strongest lead to it.

    These are the leading group of each face. Photos that only lie in a picture as a whole count where no face of the same
    answer leads to a photo.
    """
    found: dict[ItemId, Lead] = {}
    strength = tuple(Lead)
    for answer in answers:
        for photo, lead in _leads(answer):
            found[photo] = min(lead, found.get(photo, lead), key=strength.index)
    return found


def _leads(answer: Answer) -> list[tuple[ItemId, Lead]]:
    faces = [face for face in answer.faces if face.outcome in POINTING and face.groups]
    if not faces:
        return [(fit.photo, Lead.SAME_PLACE) for fit in answer.scenes if fit.scene is Scene.SAME_SCENE]
    return [
        (fit.photo, Lead.THIS_PHOTO if face.outcome is Outcome.MADE_FROM and not fit.gates else Lead.THIS_OR_SITTING)
        for face in faces
        for fit in face.groups[0].fits
    ]
