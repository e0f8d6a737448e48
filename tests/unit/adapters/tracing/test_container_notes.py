"""Notes in pictures' files are read as their word; hostile ones cost nothing and say nothing."""

import io
import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from haechi.adapters.tracing.container import container_facts
from haechi.adapters.tracing.container_notes import read_iptc, read_xmp, shown_text

COMFY = json.dumps({"3": {"class_type": "KSampler"}, "4": {"class_type": "LoadImage", "inputs": {"image": "her.jpg"}}})
WEB_UI = "a secret prompt\nSteps: 20, Sampler: Euler a, Seed: 1, Mask blur: 4"
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="{tool}" {more}
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" xmlns:dcterms="http://purl.org/dc/terms/">
<rdf:Seq><rdf:li stEvt:action="created"/><rdf:li><stEvt:action>saved</stEvt:action></rdf:li></rdf:Seq>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def xmp(tool="Drawn Editor", more=""):
    return XMP.format(tool=tool, more=more).encode()


def told(kind="PNG", **how):
    target = io.BytesIO()
    Image.new("RGB", (40, 30), (9, 120, 40)).save(target, kind, **how)
    return [fact for fact in container_facts(target.getvalue(), f"image/{kind.lower()}") if fact[0] != "jpeg"]


def texts(**rows):
    notes = PngImagePlugin.PngInfo()
    for key, text in rows.items():
        notes.add_text(key, text, zip=len(text) > 60)
    return told(pnginfo=notes)


def exif(tag, value, folder=None):
    made = Image.Exif()
    (made.get_ifd(folder) if folder else made)[tag] = value
    return made


@pytest.mark.parametrize(
    ("rows", "key", "program", "takes"),
    [
        ({"parameters": "a secret prompt"}, "parameters", "stable-diffusion-web-ui", False),
        ({"parameters": WEB_UI}, "parameters", "stable-diffusion-web-ui", True),
        ({"parameters": '{"sui_image_params": {}}'}, "parameters", "swarmui", False),
        ({"prompt": COMFY}, "prompt", "comfyui", True),
        ({"workflow": '{"nodes": []}'}, "workflow", "comfyui", False),
        ({"fooocus_scheme": "fooocus", "parameters": "{}"}, "fooocus_scheme", "fooocus", False),
        ({"invokeai_metadata": "{}"}, "invokeai_metadata", "invokeai", False),
        ({"Software": "NovelAI", "Comment": "{}"}, "Software", "novelai", False),
    ],
)
def test_notes_of_generators_are_told_by_their_key_and_program_alone(rows, key, program, takes):
    facts = [facts for code, facts in texts(**rows) if code == "generator-note"]
    assert facts == [{"key": key, "consistent_with": program, "takes_a_picture": takes}]
    assert "secret" not in repr(facts)
    assert "her.jpg" not in repr(facts)


def test_a_key_of_the_files_own_making_is_not_repeated():
    rows = {f"Somebody Kim {number}": f'{{"class_type": {number}}}' for number in range(40)}
    facts = [facts for code, facts in texts(**rows) if code == "generator-note"]
    assert facts == [{"key": "text", "consistent_with": "comfyui", "takes_a_picture": False}]


def test_a_note_of_nobody_in_particular_is_not_told():
    assert texts(prompt="a word", Title="a title") == []


@pytest.mark.parametrize("how", [("UNICODE\0", "utf-16-be"), ("UNICODE\0", "utf-16-le"), ("ASCII\0\0\0", "ascii")])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_settings_in_the_user_comment_of_exif_are_found(how, kind):
    head, encoding = how
    comment = exif(0x9286, head.encode() + WEB_UI.encode(encoding), 0x8769)
    assert told(kind, exif=comment) == [
        (
            "generator-note",
            {"key": "exif:UserComment", "consistent_with": "stable-diffusion-web-ui", "takes_a_picture": True},
        )
    ]


def test_settings_that_comfyui_writes_into_webp_are_found():
    codes = [code for code, _ in told("WEBP", exif=exif(0x0110, f"prompt:{COMFY}"))]
    assert "generator-note" in codes


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_the_program_and_the_history_of_xmp_are_told(kind):
    how = {"xmp": xmp()}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_itxt("XML:com.adobe.xmp", xmp().decode())
        how = {"pnginfo": notes}
    facts = dict(told(kind, **how))
    assert facts == {"declares-software": {"name": "Drawn Editor"}, "edit-history": {"steps": 2}, "notes-kept": {"kinds": "XMP"}}  # fmt: skip


def test_credentials_that_lie_elsewhere_are_told_and_not_fetched():
    more = 'dcterms:provenance="https://example.invalid/x"'
    assert ("credentials-elsewhere", {}) in told("JPEG", xmp=xmp(more=more))


def iptc(**rows):
    notes = b"".join(struct.pack(">BBBH", 0x1C, 2, int(key[1:]), len(text)) + text for key, text in rows.items())
    block = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(notes)) + notes + b"\0" * (len(notes) % 2)
    segment = b"Photoshop 3.0\0" + block
    target = io.BytesIO()
    Image.new("RGB", (40, 30)).save(target, "JPEG")
    content = target.getvalue()
    return content[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def test_iptc_notes_of_a_platform_are_told_as_reported_by_others():
    facts = dict(container_facts(iptc(d40=b"FBMD01000abc", d65=b"Drawn Program"), "image/jpeg"))
    assert facts["platform-note"] == {"consistent_with": "facebook-instagram", "verified": False}
    assert facts["declares-software"] == {"name": "Drawn Program"}
    assert facts["notes-kept"] == {"kinds": "IPTC"}


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=40)), max_size=20))
def test_iptc_is_read_as_it_was_written(rows):
    written = b"".join(struct.pack(">BBBH", 0x1C, 2, key, len(text)) + text for key, text in rows)
    expected = {}
    for key, text in rows:
        expected.setdefault(key, []).append(text)
    assert read_iptc(written) == expected


def test_a_document_type_in_xmp_is_refused_before_its_entities():
    bomb = b'<!DOCTYPE x [<!ENTITY a "' + b"a" * 99 + b'"><!ENTITY b "' + b"&a;" * 99 + b'">]>' + xmp("&b;")
    assert read_xmp(bomb) == {}


def test_xmp_as_deep_as_anybody_likes_is_left_where_it_is():
    assert read_xmp(b"<a>" * 100_000) == {}


def test_a_chunk_that_unpacks_to_more_than_a_megabyte_says_nothing():
    assert texts(parameters=" " * (3 << 20) + '"LoadImage') == []


@given(st.text(max_size=300))
def test_a_strangers_text_becomes_one_printable_line(text):
    shown = shown_text(text)
    assert shown is None or (shown.isprintable() and 0 < len(shown) <= 100)


@given(st.binary(max_size=200))
def test_damaged_notes_say_nothing_worse(noise):
    assert isinstance(read_xmp(noise), dict)
    assert isinstance(read_iptc(b"\x1c\x02" + noise), dict)
