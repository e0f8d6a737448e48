"""A file is what its first bytes say; its name can only be wrong about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.media.kind import UNKNOWN, kind_of, mislabelled
from haechi.domain.evidence import MediaKind


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "image/png"),
        (b"GIF89a\1\0\1\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "image/bmp"),
        (b"II*\0\x08\0\0\0", "image/tiff"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0qt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypM4A \0\0\2\0M4A mp42", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\xf7\x81\1B\xf2\x81\4B\xf3\x81\x08B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x88matroska", "video/x-matroska"),
        (b"RIFF\x24\0\0\0AVI LIST", "video/x-msvideo"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
        (b"OggS\0\2", "audio/ogg"),
        (b"ID3\4\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"PK\3\4\x14\0", "application/zip"),
        (b"BM is how this letter begins", UNKNOWN),
        (b"RIFF", UNKNOWN),
        (b"hello", UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_the_first_bytes_tell_the_kind(head, mime):
    found = kind_of(head)
    assert found.mime == mime
    assert found.kind.value == (mime.split("/")[0] if not mime.startswith("application") else "other")


@given(st.binary(max_size=300))
def test_any_bytes_are_of_some_kind(head):
    assert kind_of(head).kind in MediaKind


@pytest.mark.parametrize(
    ("name", "mime", "claimed"),
    [
        ("photos/a.jpg", "image/jpeg", None),
        ("a.JPEG", "image/jpeg", None),
        ("a.jpg", "image/png", "jpg"),
        ("a.PNG", UNKNOWN, "png"),
        ("a.mov", "video/mp4", None),
        ("jpg", "image/png", None),
        ("result.json", "image/png", None),
        ("", "image/png", None),
    ],
)
def test_an_extension_that_claims_another_kind_is_told(name, mime, claimed):
    found = mislabelled(name, mime)
    assert (found["claimed_extension"] if found else None) == claimed
