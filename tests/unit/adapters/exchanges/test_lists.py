"""Each form of list: what is written is read back, what is broken is named with its place, and nothing else is lost by it."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.adapters.exchanges import READERS, WRITERS
from haechi.domain.bank import Signal, SignalType
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, ListFormat, RefusedRow

PDQ, MD5, VIDEO_MD5, SHA256, VPDQ = (
    SignalType.PDQ,
    SignalType.MD5,
    SignalType.VIDEO_MD5,
    SignalType.SHA256,
    SignalType.VPDQ,
)
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20)
TIMES = st.integers(0, 2**53)


def hashes(*kinds):
    return st.sampled_from(kinds).flatmap(
        lambda kind: st.binary(min_size=kind.size, max_size=kind.size).map(lambda value: Signal(kind, value))
    )


def facts(**known):
    return st.fixed_dictionaries({}, optional=known)


@st.composite
def ncmec(draw):
    kind = draw(st.sampled_from(["image", "video"]))
    withdrawn = draw(st.booleans())
    kinds = (MD5, PDQ) if kind == "image" else (VIDEO_MD5,)
    signals = () if withdrawn else tuple(draw(st.lists(hashes(*kinds), min_size=1, max_size=3)))
    member, name = str(draw(st.integers(0, 999))), draw(WORDS)
    told = draw(facts(member_name=WORDS, classification=WORDS, modified=WORDS)) | {"member": member, "id": name}
    return ListedRow(f"{member}/{kind}/{name}", signals, withdrawn, told)


@st.composite
def stopncii(draw):
    signal = draw(hashes(PDQ, VIDEO_MD5))
    status = draw(st.sampled_from(["Active", "Received", "Withdrawn", "Deleted"]))
    name = {PDQ: "ImagePDQ", VIDEO_MD5: "VideoMD5"}[signal.type]
    told = {"modified": draw(TIMES), "status": status}
    return ListedRow(f"{name}:{signal.value.hex()}", (signal,), status in ("Withdrawn", "Deleted"), told)


@st.composite
def threatexchange(draw):
    name = str(draw(st.integers(1, 10**15)))
    if draw(st.booleans()):
        return ListedRow(name, (), is_withdrawn=True)
    tags = st.lists(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), min_size=1, max_size=3).map(",".join)
    told = draw(facts(modified=TIMES, status=WORDS.filter(str.isalnum), tags=tags))
    return ListedRow(name, (draw(hashes(PDQ, MD5, VIDEO_MD5, SHA256)),), facts=told)


@st.composite
def tech_against_terrorism(draw):
    signal = draw(hashes(PDQ, MD5, VIDEO_MD5, SHA256))
    told = draw(facts(ideology=WORDS, modified=WORDS))
    if signal.type in (MD5, VIDEO_MD5):
        told |= {"file_type": "video/mp4" if signal.type is VIDEO_MD5 else "image/png"}
    return ListedRow(f"{signal.type.value}:{signal.value.hex()}", (signal,), draw(st.booleans()), told)


@st.composite
def plain(draw):
    if draw(st.booleans()):
        signal = draw(hashes(PDQ, MD5, VIDEO_MD5, SHA256))
        return ListedRow(f"{signal.type.value}:{signal.value.hex()}", (signal,))
    frame = st.builds(
        Signal, st.just(VPDQ), st.binary(min_size=32, max_size=32), st.integers(0, 100), st.floats(0, 1e6)
    )
    return ListedRow("", tuple(draw(st.lists(frame, min_size=1, max_size=4))))


STRATEGIES = {
    ListFormat.NCMEC_XML: ncmec(),
    ListFormat.STOPNCII_JSON: stopncii(),
    ListFormat.THREATEXCHANGE_JSON: threatexchange(),
    ListFormat.THREATEXCHANGE_CSV: threatexchange(),
    ListFormat.TECH_AGAINST_TERRORISM_JSON: tech_against_terrorism(),
    ListFormat.PLAIN: plain(),
}


def read(form, data):
    return list(READERS[form](io.BytesIO(data)))


def written(form, rows):
    stream = io.BytesIO()
    WRITERS[form](rows, stream)
    return stream.getvalue()


@pytest.mark.parametrize("form", ListFormat)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_written_is_read_back(form, data):
    rows = data.draw(st.lists(STRATEGIES[form], max_size=6))
    found = read(form, written(form, rows))
    if form is ListFormat.PLAIN:
        assert [one.signals for one in found] == [one.signals for one in rows]
    else:
        assert found == rows


@pytest.mark.parametrize("form", ListFormat)
@settings(max_examples=40)
@given(data=st.data())
def test_a_list_that_breaks_off_gives_the_rows_before_and_says_so(form, data):
    rows = data.draw(st.lists(STRATEGIES[form], min_size=3, max_size=3))
    whole = written(form, rows)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        found = read(form, whole[:cut])
    except HashListRefusedError:
        return
    good = [one for one in found if isinstance(one, ListedRow)]
    if form is not ListFormat.PLAIN and form is not ListFormat.THREATEXCHANGE_CSV:
        assert good == rows[: len(good)]
    assert len(good) >= 2 or found == good or isinstance(found[-1], RefusedRow)


HEX = "0123456789abcdef" * 4
BROKEN = {
    ListFormat.NCMEC_XML: (
        (
            "<queryResult><images>"
            "<image><member id='1'/><id>a</id><fingerprints><pdq>zz</pdq></fingerprints></image>"
            "<image><member id='1'/><id>b</id><fingerprints><pdna>00</pdna></fingerprints></image>"
            "<image><member id='1'/><fingerprints/></image>"
            f"<image><member id='1'/><id>c</id><fingerprints><PDQ>{HEX}</PDQ></fingerprints></image>"
            "</images></queryResult>"
        ),
        ["hash", "type", "id"],
    ),
    ListFormat.STOPNCII_JSON: (
        (
            '{"count":5,"hashRecords":[{"signalType":"ImagePDQ","hashValue":"00"},{"signalType":"VideoTMK"},7,{"a":},'
            f'{{"signalType":"ImagePDQ","hashValue":"{HEX}"}}]}}'
        ),
        ["hash", "type", "form", "form"],
    ),
    ListFormat.THREATEXCHANGE_JSON: (
        (
            '[{"id":1,"type":"HASH_PDQ","indicator":5},{"id":2,"type":"URI"},{"type":"HASH_PDQ"},"x",'
            f'{{"id":4,"type":"HASH_PDQ","indicator":"{HEX}"}}]'
        ),
        ["hash", "type", "id", "form"],
    ),
    ListFormat.THREATEXCHANGE_CSV: (
        f"id,indicator,type\n1,zz,HASH_PDQ\n2,,URI\n3,4\n\n4,{HEX},HASH_PDQ\n",
        ["hash", "type", "form"],
    ),
    ListFormat.TECH_AGAINST_TERRORISM_JSON: (
        (
            '[{"algorithm":"SHA-1","hash_digest":"00"},{"algorithm":"PDQ"},{"algorithm":"PDQ","deleted":"no"},'
            f'{{"algorithm":"PDQ","hash_digest":"{HEX}"}}]'
        ),
        ["type", "hash", "form"],
    ),
    ListFormat.PLAIN: (f"# note\npdq zz\nphotodna 00\n\npdq {HEX}\n", ["hash", "type"]),
}


@pytest.mark.parametrize("form", ListFormat)
def test_a_broken_row_is_named_with_its_place_and_the_others_are_taken(form):
    text, problems = BROKEN[form]
    found = read(form, text.encode())
    bad = [one for one in found if isinstance(one, RefusedRow)]
    assert [one.problem for one in bad] == problems
    assert all(one.place for one in bad)
    (good,) = [one for one in found if isinstance(one, ListedRow)]
    assert good.signals == (Signal(PDQ, bytes.fromhex(HEX)),)


@pytest.mark.parametrize("form", ListFormat)
@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\0\0", b"{}", b"<html/>", b"hello\nthere\n"])
def test_what_is_no_list_is_refused(form, data):
    with pytest.raises(HashListRefusedError):
        read(form, data)


def test_a_document_type_is_refused_before_it_expands_anything():
    bomb = b'<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><queryResult>&b;</queryResult>'
    with pytest.raises(HashListRefusedError) as refused:
        read(ListFormat.NCMEC_XML, bomb)
    assert refused.value.facts["problem"] == "document-type"


def test_a_deep_document_is_refused():
    with pytest.raises(HashListRefusedError) as refused:
        read(ListFormat.NCMEC_XML, b"<queryResult>" + b"<images>" * 100)
    assert refused.value.facts["problem"] == "too-deep"


@pytest.mark.parametrize(
    "long", ["[" + '"0123456789",' * 200_000 + "0]", "{{{{}}}}", '{"a":' + "[" * 40 + "]" * 40 + "}"]
)
def test_a_long_or_deep_record_is_passed_over_and_the_next_one_is_read(long):
    good = json.dumps({"id": 1, "type": "HASH_PDQ", "indicator": HEX})
    found = read(ListFormat.THREATEXCHANGE_JSON, f'{{"data":[{long},{good}]}}'.encode())
    assert isinstance(found[0], RefusedRow)
    assert isinstance(found[-1], ListedRow)


def test_a_text_without_end_ends_the_list():
    found = read(ListFormat.THREATEXCHANGE_JSON, b'[{"a":"' + b"x" * (2 << 20) + b'"}]')
    assert [one.problem for one in found] == ["cut"]


def test_an_entry_is_read_where_the_reference_client_reads_it():
    text = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">
  <images count="2" maxTimestamp="2017-10-24T15:10:00Z">
    <image><member id="42">Example Member</member><timestamp>2017-10-24T15:00:00Z</timestamp><id>image1</id>
      <classification>A1</classification><fingerprints><md5>a0000000000000000000000000000000</md5>
      <sha1>b0</sha1><pdna>zz</pdna></fingerprints></image>
    <deletedImage><member id="43">Other</member><id>image4</id><timestamp>2017-10-24T14:55:00Z</timestamp></deletedImage>
  </images>
  <videos count="1" maxTimestamp="2017-10-24T15:10:00Z">
    <video><member id="42">Example Member</member><timestamp>2017-10-24T15:00:00Z</timestamp><id>video1</id>
      <fingerprints><md5>b0000000000000000000000000000000</md5></fingerprints></video>
  </videos>
  <paging><next>/v2/entries?from=2017&amp;start=2001</next></paging>
</queryResult>"""
    image, deleted, video = read(ListFormat.NCMEC_XML, text.encode())
    assert (image.source, image.signals[0].type, image.facts["classification"]) == ("42/image/image1", MD5, "A1")
    assert (deleted.source, deleted.is_withdrawn) == ("43/image/image4", True)
    assert (video.source, video.signals[0].type) == ("42/video/video1", VIDEO_MD5)


def test_a_list_is_read_as_it_comes():
    class Endless(io.RawIOBase):
        record = json.dumps({"id": 1, "type": "HASH_PDQ", "indicator": HEX}).encode() + b","

        def __init__(self):
            self.asked = 0

        def read(self, size=-1):
            self.asked += 1
            return b"[" if self.asked == 1 else (self.record * (size // len(self.record)) if self.asked < 9 else b"")

    stream = Endless()
    found = READERS[ListFormat.THREATEXCHANGE_JSON](stream)
    next(found)
    assert stream.asked < 9
