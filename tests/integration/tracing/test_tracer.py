"""Workers look and compare: the same numbers whoever does it, hostile files cost one answer, and nothing is believed."""

import io
import math
import zlib
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from drawn.composites import Treatment
from drawn.credentials import ISSUER, signed
from drawn_faces import composite, jpeg, person
from haechi.adapters.media.snapshot import take
from haechi.adapters.tracing.tracer import PoolTracer
from haechi.bootstrap.tracing import TASK
from haechi.ports.tracer import GLANCE_BYTES, Compared, Remake

FILES = {"donor": (0, None), "other": (21, None), "composite": (0, 1)}


@pytest.fixture(scope="module")
def tracer():
    made = PoolTracer(TASK, 1)
    yield made
    made.close()


def rgb_of(name):
    donor, host = FILES[name]
    return person(donor).rgb if host is None else composite(donor, host, Treatment(width=150)).rgb


def looked(tracer, *files):
    snapshots = [take(io.BytesIO(file)) for file in files]
    found = [one for _, one in tracer.look(enumerate(snapshots))]
    for one in snapshots:
        one.close()
    return found


def stills_of(tracer):
    return [one.stills[0] for one in looked(tracer, *(jpeg(rgb_of(name)) for name in FILES))]


@pytest.fixture(scope="module")
def stills(tracer):
    return stills_of(tracer)


def compared(tracer, stills):
    donor, other, made = stills
    rows = [("donor", donor, [made]), ("other", other, [made])]
    return {name: found[0] for name, found in tracer.compare(rows)}


def test_one_worker_and_two_give_the_same_numbers(tracer, stills):
    pair = PoolTracer(TASK, 2)
    try:
        again = stills_of(pair)
        assert again == stills
        assert compared(pair, again) == compared(tracer, stills)
        rows = list(enumerate(stills))
        assert list(pair.glance(rows, stills)) == list(tracer.glance(rows, stills))
    finally:
        pair.close()


def test_the_donor_fits_before_another_photo(tracer, stills):
    found = compared(tracer, stills)
    third = {name: one.faces[0].numbers["third"] for name, one in found.items()}
    assert third["donor"] > third["other"] + 0.15


def test_a_grey_jpeg_is_compared_as_well(tracer, stills):
    grey = np.repeat(rgb_of("donor").mean(2, keepdims=True), 3, 2).astype(np.uint8)
    made = stills[2]
    photo = looked(tracer, jpeg(grey))[0].stills[0]
    [(_, found)] = tracer.compare([("grey", photo, [made])])
    assert found[0].faces[0].numbers["third"] > 0.7


def test_a_picture_beside_none_questioned_has_nothing_to_compare(tracer, stills):
    assert list(tracer.compare([("a", stills[0], [])])) == [("a", ())]


def png(width, height):
    """Return a grey PNG of one shade, however large, in a few kilobytes."""

    def chunk(kind, body):
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width + 1)) for _ in range(height)) + packer.flush()
    head = width.to_bytes(4) + height.to_bytes(4) + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_one_pixel_and_a_hundred_million_are_looked_into(tracer):
    one, many = looked(tracer, png(1, 1), png(10_000, 10_000))
    assert (one.stills[0].width, one.stills[0].faces) == (1, ())
    assert (many.stills[0].width, many.stills[0].faces) == (10_000, ())


def test_more_pixels_than_are_decoded_are_refused_by_name(tracer):
    [found] = looked(tracer, png(10_001, 10_000))
    assert not found.stills
    assert found.findings[0][0] == "too-many-pixels"


@pytest.mark.parametrize("file", [b"", b"no picture at all", b"\xff\xd8\xff" + b"x" * 100])
def test_what_is_no_picture_yields_a_finding(tracer, file):
    [found] = looked(tracer, file)
    assert not found.stills
    assert found.findings


@pytest.mark.parametrize(
    "task", ["says_nothing", "says_too_much", "says_infinity", "says_words", "says_a_face_that_is_not", "dies"]
)
def test_a_worker_that_was_taken_over_is_not_believed(tmp_path, task):
    (tmp_path / "hostile_tracing.py").write_text(HOSTILE)
    tracer = PoolTracer(f"hostile_tracing:{task}", 1, paths=[str(tmp_path)])
    try:
        [found] = looked(tracer, jpeg(rgb_of("donor")))
        assert not found.stills or all(math.isfinite(face.width) for one in found.stills for face in one.faces)
        assert found.findings or task == "says_nothing"
    finally:
        tracer.close()


HOSTILE = """
import os
ROW = {"at_ms": None, "width": 10, "height": 10, "faces": []}
def says_nothing(request, fd):
    return iter(())
def says_too_much(request, fd):
    yield {**ROW, "width": 1 << 40}, b""
def says_infinity(request, fd):
    yield {**ROW, "faces": [{"width": float("inf"), "score": 1, "blur": 1}]}, b""
def says_words(request, fd):
    yield {"finding": "rm -rf; \\x1b[2J"}, b""
def says_a_face_that_is_not(request, fd):
    yield {**ROW, "faces": 7}, b""
def dies(request, fd):
    os._exit(9)
    yield
"""


def test_what_a_comparison_says_is_checked(stills, tmp_path):
    (tmp_path / "hostile_comparing.py").write_text(
        "def lies(request, fd):\n    yield {'faces': [[0, 0, False, {'third': 1}]], 'whole': [False, {}]}, b''\n"
    )
    still = stills[0]
    liar = PoolTracer("hostile_comparing:lies", 1, paths=[str(tmp_path)])
    try:
        [(_, found)] = liar.compare([("a", still, [still])])
        assert found[0] == "worker-crashed"
        assert not isinstance(found[0], Compared)
    finally:
        liar.close()


@pytest.mark.parametrize(
    "row", ["[[[0.5, 0.5], 1]]", "[[[float('inf')], 1]]", "[[[0.5], -1]]", "[]", "7", "[[['a'], 1]]"]
)
def test_what_a_glance_says_is_checked(stills, tmp_path, row):
    name = f"hostile_glancing_{zlib.crc32(row.encode())}"
    (tmp_path / f"{name}.py").write_text(f"def lies(request, fd):\n    yield {{'glances': {row}}}, b''\n")
    liar = PoolTracer(f"{name}:lies", 1, paths=[str(tmp_path)])
    try:
        assert [found[0] for _, found in liar.glance([("a", stills[0])], [stills[2]])] == ["worker-crashed"]
    finally:
        liar.close()


def test_a_glance_takes_no_more_of_a_photo_than_its_beginning(tracer, stills):
    heads = [(at, replace(one, features=one.features[:GLANCE_BYTES])) for at, one in enumerate(stills)]
    assert list(tracer.glance(heads, [stills[2]])) == list(tracer.glance(list(enumerate(stills)), [stills[2]]))
    fits = [found[0].faces[0] for _, found in tracer.glance(heads, [stills[2]])]
    assert fits[0] > fits[1]


def film_of(*pictures):
    """Return an MP4 of these pictures, a second each, every one a key frame."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=1)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = 480, 640, "yuv420p", 1
        stream.bit_rate = 8_000_000
        for rgb in pictures:
            frame = av.VideoFrame.from_ndarray(
                cv2.resize(rgb, (480, 640), interpolation=cv2.INTER_AREA), format="rgb24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target.getvalue()


def test_a_films_frames_are_compared_one_by_one(tracer, stills):
    [film] = looked(tracer, film_of(person(17).rgb, person(0).rgb))
    times = [one.at_ms for one in film.stills]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    [(_, found)] = tracer.compare([("donor", stills[0], film.stills)])
    third = [max((pair.numbers["third"] for pair in one.faces), default=0) for one in found]
    assert third.index(max(third)) == len(third) - 1
    assert max(third) > 0.9


def test_credentials_of_pictures_and_films_are_checked_in_the_limited_worker(tracer):
    files = {"image/png": png(40, 30), "video/mp4": film_of(np.full((640, 480, 3), 90, np.uint8))}
    for mime, file in files.items():
        content = signed(file, mime)
        changed = content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]
        whole, other = (dict(one.findings)["content-credentials"] for one in looked(tracer, content, changed))
        assert whole == {"state": "fits", "program": "Drawn Program", "signer": ISSUER}
        assert other["state"] in ("does-not-fit", "unreadable")


def test_what_a_photo_could_reach_is_the_same_whichever_worker_measures_it(tracer, stills):
    donor, _, made = stills
    rows = [(quality, Remake(donor, 0, made, 0, quality)) for quality in (90, None)]
    found = dict(tracer.bound(rows))
    assert found == dict(tracer.bound(rows))
    assert 0.9 < found[90]["coherence"] <= found[None]["coherence"] <= 1
    [(_, refused)] = tracer.bound([("x", Remake(donor, 7, made, 0, 90))])
    assert refused[0] == "worker-refused"


def test_a_picture_lying_on_its_side_is_compared_as_well(tracer, stills):
    [turned] = looked(tracer, jpeg(np.ascontiguousarray(np.rot90(rgb_of("composite")))))
    [(_, found)] = tracer.compare([("donor", stills[0], turned.stills)])
    assert max(pair.numbers["third"] for pair in found[0].faces) > 0.85
