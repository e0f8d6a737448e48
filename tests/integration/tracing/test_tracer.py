"""Workers look and compare: the same numbers whoever does it, hostile files cost one answer, and nothing is believed."""

import io
import os
import zlib
from contextlib import contextmanager
from dataclasses import replace

import av
import cv2
import numpy as np
import pytest

from drawn.composites import Treatment
from drawn.credentials import ISSUER, signed
from drawn_faces import composite, jpeg, person
from haechi.adapters.media.snapshot import take
from haechi.adapters.tracing.checked import FACE_NUMBERS, WHOLE_NUMBERS
from haechi.adapters.tracing.sight import packed, see
from haechi.adapters.tracing.tracer import PoolTracer
from haechi.bootstrap.tracing import TASK
from haechi.domain.trace import SeenFace
from haechi.domain.trace_tiles import Cell, count
from haechi.ports.tracer import GLANCE_BYTES, Compared, Detail, Still

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


@contextmanager
def cores(count):
    """Leave this process, and the workers that it starts, so many cores."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[:count])
    try:
        yield len(os.sched_getaffinity(0))
    finally:
        os.sched_setaffinity(0, every)


@pytest.mark.parametrize("count", [1, 2])
def test_one_core_and_two_one_worker_and_two_give_the_same_numbers(tracer, stills, count):
    with cores(count) as given:
        if given < count:
            pytest.skip("one core")
        other = PoolTracer(TASK)  # as many workers as cores
        try:
            again = stills_of(other)
            assert again == stills
            assert compared(other, again) == compared(tracer, stills)
            rows = list(enumerate(stills))
            assert list(other.glance(rows, stills)) == list(tracer.glance(rows, stills))
        finally:
            other.close()


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


def test_a_face_is_found_and_fits_in_a_picture_of_a_hundred_million_pixels(tracer, stills):
    large = np.repeat(np.repeat(rgb_of("composite"), 7, 0), 7, 1)[:10_000, :10_000]
    edges = 10_000 - large.shape[0], 10_000 - large.shape[1]
    large = cv2.copyMakeBorder(large, 0, edges[0], 0, edges[1], cv2.BORDER_CONSTANT, value=(90, 90, 90))
    [found] = looked(tracer, jpeg(large, 70))
    [still] = found.stills
    assert (still.width * still.height, len(still.faces)) == (100_000_000, 1)
    [(_, [with_donor])] = tracer.compare([("donor", stills[0], [still])])
    assert with_donor.faces[0].numbers["third"] > 0.9


def test_every_face_is_compared_with_every_other(tracer):
    one = see(cv2.resize(person(0).rgb, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA))
    four, six = (still_of(replace(one, faces=one.faces * count)) for count in (4, 6))
    [(_, [found])] = tracer.compare([("photo", four, [six])], with_whole=False)
    assert {(pair.questioned, pair.photo) for pair in found.faces} == {(at, to) for at in range(6) for to in range(4)}


def still_of(sight):
    faces = tuple(SeenFace(face.width, face.score, 1.0) for face in sight.faces)
    return Still(None, sight.width, sight.height, faces, packed(sight))


def test_features_of_another_form_are_of_another_method(tracer, monkeypatch):
    monkeypatch.setattr("haechi.adapters.tracing.tracer.VERSION", 9_999)
    other = PoolTracer(TASK, 1)
    other.close()
    assert "; sight 9999;" in other.method != tracer.method


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
        assert not found.stills
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


@pytest.fixture(scope="module")
def liar(tmp_path_factory):
    """Return a tracer whose worker answers with what its first part, or the whole file, says."""
    folder = tmp_path_factory.mktemp("liar")
    (folder / "hostile_parrot.py").write_text(PARROT)
    made = PoolTracer("hostile_parrot:lies", 1, paths=[str(folder)])
    yield made
    made.close()


PARROT = """
import os
from ast import literal_eval
def lies(request, fd):
    start, length = request.get("parts", [[0, 1 << 16]])[0]
    yield literal_eval(os.pread(fd, length, start).decode()), b""
"""
FACE = {name: least for name, (least, _) in FACE_NUMBERS.items()}
WHOLE = {name: most for name, (_, most) in WHOLE_NUMBERS.items()}
SEEN = SeenFace(100.0, 0.9, 0.5)


def told(at=0, to=0, *, whole=None, **numbers):
    return {"faces": [[at, to, False, FACE | numbers]], "whole": [False, WHOLE | (whole or {})]}


@pytest.mark.parametrize(
    ("row", "is_believed"),
    [
        (told(), True),
        (told(1, 2), True),
        (told(2, 0), False),
        (told(0, 3), False),
        (told(-1, 0), False),
        (told(third=1.1), False),
        (told(third=1e6), False),
        (told(coherence=-0.1), False),
        (told(matching=401), False),
        (told(scale=10**400), False),
        (told(middle="1"), False),
        (told(whole={"kept": 1e6}), False),
        (told(whole={"inliers": -1}), False),
        ({"faces": [[0, 0, False, {"third": 1}]], "whole": [False, {}]}, False),
        ({"faces": [[0, 0]], "whole": [False, WHOLE]}, False),
        ({"faces": []}, False),
        ({}, False),
    ],
)
def test_of_a_comparison_only_what_can_be_is_believed(liar, row, is_believed):
    photo, questioned = (Still(None, 9, 9, (SEEN,) * count, repr(row).encode()) for count in (3, 2))
    [(_, found)] = liar.compare([("a", photo, [questioned])])
    assert isinstance(found[0], Compared) is is_believed
    assert is_believed or found == ("worker-crashed", {"reason": "answer"})


@pytest.mark.parametrize(
    ("numbers", "is_believed"),
    [
        ({}, True),
        ({"width": 15.0}, False),
        ({"width": 2e6}, False),
        ({"width": 10**400}, False),
        ({"score": 1.5}, False),
        ({"score": None}, False),
        ({"blur": -1.0}, False),
        ({"blur": 99.0}, False),
    ],
)
def test_of_a_face_only_what_can_be_is_believed(liar, numbers, is_believed):
    face = {"width": 100.0, "score": 0.9, "blur": 0.5} | numbers
    [found] = looked(liar, repr({"at_ms": None, "width": 300, "height": 300, "faces": [face]}).encode())
    assert [one.faces for one in found.stills] == ([(SEEN,)] if is_believed else [])
    assert [code for code, _ in found.findings] == ([] if is_believed else ["worker-crashed"])


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


def test_details_are_the_same_whichever_worker_measures_them(tracer, stills):
    donor, _, made = stills
    rows = [(quality, Detail(donor, 0, made, 0, quality)) for quality in (90, None)]
    found = dict(tracer.detail(rows))
    assert found == dict(tracer.detail(rows))
    assert 0.9 < found[90].possible["coherence"] <= found[None].possible["coherence"] <= 1
    [(_, compared)] = tracer.compare([("donor", donor, [made])])
    numbers = compared[0].faces[0].numbers
    assert (len(found[90].tiles), count(found[90].tiles, Cell.KEPT)) == (numbers["possible"], numbers["matching"])
    [(_, refused)] = tracer.detail([("x", Detail(donor, 7, made, 0, 90))])
    assert refused[0] == "worker-refused"


def test_a_picture_lying_on_its_side_is_compared_as_well(tracer, stills):
    [turned] = looked(tracer, jpeg(np.ascontiguousarray(np.rot90(rgb_of("composite")))))
    [(_, found)] = tracer.compare([("donor", stills[0], turned.stills)])
    assert max(pair.numbers["third"] for pair in found[0].faces) > 0.85
