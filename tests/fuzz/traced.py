"""What tracing reads: what files say of themselves, and what a photo's features look like when somebody has had them."""

import contextlib
import io
import math
from collections.abc import Iterable

from fuzz.target import Target

_MIMES = ("image/jpeg", "image/png", "image/webp", "image/tiff", "image/heic", "video/mp4")


def _container(data: bytes) -> None:
    """Read what a file says of itself; the first byte picks its kind. The caller has to believe every fact of it."""
    from haechi.adapters.tracing.container import MOST_FACTS, container_facts
    from haechi.adapters.tracing.tracer import _code, _facts

    if not data:
        return
    found = container_facts(data[1:], _MIMES[data[0] % len(_MIMES)])
    assert len(found) <= MOST_FACTS
    for code, facts in found:
        assert _code(code) == code
        assert _facts(facts) == facts


def _sight(data: bytes) -> None:
    from haechi.adapters.tracing.sight import SightBrokenError, packed, unpacked

    with contextlib.suppress(SightBrokenError):
        found = unpacked(data)
        assert packed(unpacked(packed(found))) == packed(found)
        assert all(
            0 < number < math.inf
            for number in (found.width, found.height, found.whole.scale, *(one.width for one in found.faces))
        )
        assert all(0 <= one.score <= 1 for one in found.faces)


def _drawn_containers() -> Iterable[bytes]:
    from PIL import Image, PngImagePlugin

    from drawn.credentials import signed

    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Draw Things"/></rdf:RDF></x:xmpmeta>'
    )
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "Steps: 20, Sampler: Euler", zip=True)
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    exif = Image.Exif()
    exif[0x0131] = "Drawn"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + '{"class_type": 1}'.encode("utf-16-le")
    for number, (kind, how) in enumerate(
        (("JPEG", {"xmp": xmp, "exif": exif}), ("PNG", {"pnginfo": text}), ("WEBP", {"exif": exif}), ("TIFF", {}))
    ):
        out = io.BytesIO()
        Image.new("RGB", (16, 16), (200, 90, 20)).save(out, kind, **how)
        yield bytes([number]) + out.getvalue()
        yield bytes([number]) + signed(out.getvalue(), _MIMES[number])


def _drawn_sights() -> Iterable[bytes]:
    import numpy as np

    from haechi.adapters.tracing.face_view import FaceView, Features
    from haechi.adapters.tracing.sight import Sight, packed
    from haechi.adapters.tracing.whole import WholeView

    grey = np.full((4, 5), 7, np.uint8)
    points = Features(np.ones((1, 2), np.float32), np.ones((1, 128), np.uint8))
    five, four = np.ones((5, 2), np.float32), np.ones((4, 2), np.float32)
    face = FaceView(grey, 96, 20.0, 0.5, np.array([[20.0, 0, 1], [0, 20.0, 1]]), five, four, points)
    whole = WholeView(grey, 0.5, points)
    yield from (packed(Sight(8, 9, faces, whole)) for faces in ((), (face,), (face, face)))


TARGETS = (
    Target("container", _container, _drawn_containers, 1 << 15),
    Target("sight", _sight, _drawn_sights, 1 << 13),
)
