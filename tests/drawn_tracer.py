"""A tracer for drawn files that looks at no pixel: a file is "made from" the photo that has the same first byte."""

from haechi.adapters.media.snapshot import take as take_snapshot
from haechi.adapters.tracing.models import models, validation
from haechi.adapters.tracing.tracer import FACE_NUMBERS
from haechi.domain.trace import SeenFace
from haechi.flows.compare_with_gallery import Means
from haechi.flows.keep_features import KeptFeatures
from haechi.flows.photos_at_hand import PhotosAtHand
from haechi.flows.trace import trace
from haechi.ports.tracer import Compared, FacePair, Looked, Still

MARK = b"features that must never lie in clear "
_FIT = {"third": 0.97, "coherence": 0.99, "top": 0.97, "strong": 0.9, "agreement": 0.9, "fine": 0.9, "middle": 0.95}
_COMMON = {"comparable": 0.9, "tiles": 40.0, "possible": 40.0, "matching": 36.0, "residual": 0.004, "scale": 1.0}


class DrawnTracer:
    """Counts what it looks into and compares; after `most` looks it is interrupted."""

    def __init__(self, method="drawn/1", *, most=None, stop=KeyboardInterrupt):
        self.method = method
        self.looked = []
        self.compared = 0
        self._most = most
        self._stop = stop

    def look(self, rows):
        for key, snapshot in rows:
            if len(self.looked) == self._most:
                raise self._stop
            with snapshot.open() as file:
                content = file.read()
            self.looked.append(key)
            if content.startswith(b"broken"):
                yield key, Looked((), (("undecodable", {}),))
                continue
            yield key, Looked((Still(None, 400, 300, (SeenFace(150.25, 0.9, 0.4),), MARK * 20 + content),))

    def compare(self, rows, *, with_whole=True):  # noqa: ARG002 - the port's signature
        for key, photo, questioned in rows:
            self.compared += 1
            at = len(MARK) * 20
            yield (
                key,
                tuple(
                    Compared((FacePair(0, 0, False, numbers_of(photo.features[at] == one.features[at])),))  # noqa: FBT003
                    for one in questioned
                ),
            )

    def detail(self, rows):
        for key, _ in rows:
            yield key, ("undecodable", {})

    def close(self):
        pass


def numbers_of(fit):
    """Return what is measured of a face that fits this much, from 0 (not at all) to 1 (as the photo that was used)."""
    return dict.fromkeys(FACE_NUMBERS, 0.0) | _COMMON | {name: fit * value for name, value in _FIT.items()}


def traced(vault, case, tracer, chosen=(), *, sources=(), **more):
    """Trace with this tracer; the rest is real."""
    means = Means(
        hand=PhotosAtHand(vault, take=take_snapshot, sources=sources),
        kept=KeptFeatures(vault, case, method=tracer.method),
        tracer=tracer,
        models=models(),
    )
    return trace(
        vault,
        case,
        chosen,
        means=means,
        validation=validation(),
        progress=more.pop("progress", lambda *_: None),
        **more,
    )
