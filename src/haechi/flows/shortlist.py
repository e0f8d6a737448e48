"""Choose which photos of a large gallery are compared in full first, from a glance at each of them.

A glance costs a twentieth of a comparison and orders the photos; it is never an answer. Where the photos that it put first do
not settle what a still was made from, all others are compared after all. Where they do, the shortlist costs what would have been
found among the photos that were only glanced at: a better runner-up, more members of the leading group, photos that lie in
the picture as a whole.
"""

from collections.abc import Mapping, Sequence

from haechi.domain.evidence import ItemId
from haechi.domain.trace import Answer, Outcome, Scene, face_gates
from haechi.ports.tracer import Glanced, Still

LEAST = 300
"""Photos up to which all are compared: they take a few seconds."""
FACES, SCENES = 64, 24
"""Photos that each face, and each whole picture, is compared with first, at the least."""
_FACE_SHARE, _SCENE_SHARE = 50, 200
"""One in so many photos of a gallery where that is more."""


def shortlist(glances: Mapping[ItemId, Sequence[Glanced]], stills: Sequence[Still]) -> frozenset[ItemId]:
    """Return the photos to be compared in full first: of each still those that fit each face and the whole picture best."""
    chosen: set[ItemId] = set()
    faces = max(FACES, len(glances) // _FACE_SHARE)
    scenes = max(SCENES, len(glances) // _SCENE_SHARE)
    for at, still in enumerate(stills):
        for face in range(len(still.faces)):
            fits = {photo: row[at].faces[face] for photo, row in glances.items() if row[at].faces}
            chosen.update(_best(fits, faces))
        chosen.update(_best({photo: row[at].whole for photo, row in glances.items()}, scenes))
    return frozenset(chosen)


def is_settled(answer: Answer) -> bool:
    """Say whether nothing is left to be looked for: every face that can be evaluated has its photo, or else the picture has.

    What only points to a photo settles nothing, nor does "this or another shot of the sitting": the other may be among the rest.
    """
    faces = [one for one in answer.faces if not face_gates(one.face)]
    if not faces:
        return any(one.scene is Scene.SAME_SCENE for one in answer.scenes)
    return all(one.outcome is Outcome.MADE_FROM for one in faces)


def _best(values: Mapping[ItemId, float], count: int) -> list[ItemId]:
    return sorted(values, key=lambda photo: (-values[photo], photo))[:count]
