"""Content Credentials: what was signed and fits, what was changed since, and that nobody is asked about either."""

import io
import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import Image

from drawn.credentials import ISSUER, signed
from haechi.adapters.tracing.container import container_facts
from haechi.adapters.tracing.container_credentials import Credentials, credentials, has_manifest, state_of

FITS = Credentials("fits", "Drawn Program", ISSUER, ("trainedAlgorithmicMedia",))


def picture(kind="JPEG", **how):
    target = io.BytesIO()
    Image.linear_gradient("L").save(target, kind, **how)
    return target.getvalue()


@pytest.fixture(scope="module")
def jpeg():
    return signed(picture(), "image/jpeg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_was_signed_and_not_changed_fits(kind):
    mime = f"image/{kind.lower()}"
    assert credentials(signed(picture(kind), mime), mime) == FITS


def test_what_was_changed_since_does_not_fit(jpeg):
    for place in (len(jpeg) - 30, jpeg.index(b"Drawn Program")):
        changed = bytearray(jpeg)
        changed[place] ^= 1
        assert credentials(bytes(changed), "image/jpeg").state == "does-not-fit"


def test_a_signed_word_counts_only_while_the_signature_fits(jpeg):
    changed = jpeg[:-30] + bytes([jpeg[-30] ^ 1]) + jpeg[-29:]
    for content, where in ((jpeg, "credentials"), (changed, "notes")):
        facts = dict(container_facts(content, "image/jpeg"))
        assert facts["declares-generated"] == {"source": "trainedAlgorithmicMedia", "where": where}


def test_a_manifest_cut_short_or_not_wholly_read_is_told_as_such(jpeg):
    cut = jpeg[: jpeg.index(b"Drawn Program")]
    assert credentials(cut, "image/jpeg").state in ("unreadable", "does-not-fit", "unclear")
    assert credentials(jpeg, "image/jpeg", is_whole=False) == Credentials("unchecked")


def test_a_picture_without_a_manifest_has_none():
    assert credentials(picture(), "image/jpeg") is None
    assert credentials(b"jumb c2pa", "text/plain") is None


def test_a_certificate_that_has_run_out_signed_all_the_same():
    def found(*failed):
        passed = [{"code": "claimSignature.validated"}, {"code": "assertion.dataHash.match"}]
        return state_of({"activeManifest": {"success": passed, "failure": [{"code": code} for code in failed]}})

    assert found("signingCredential.expired", "claimSignature.outsideValidity") == "fits"
    assert found("assertion.dataHash.mismatch") == "does-not-fit"
    assert found("something.new") == "unclear"
    assert state_of({}) == "unclear"


def test_nobody_is_asked_for_a_manifest_that_lies_elsewhere():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003
        xmp = (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description xmlns:dcterms="http://purl.org/dc/terms/" '
            f'dcterms:provenance="http://127.0.0.1:{server.getsockname()[1]}/m"/></rdf:RDF></x:xmpmeta>'
        )
        content = picture(xmp=xmp.encode(), comment=b"jumb c2pa")  # looks as if it had one, so the library is asked
        assert credentials(content, "image/jpeg").state == "unreadable"
        assert ("credentials-elsewhere", {}) in container_facts(content, "image/jpeg")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_library_that_lies_beside_an_export_is_not_loaded(tmp_path):
    real = Path(find_spec("c2pa").submodule_search_locations[0]) / "libs" / "libc2pa_c.so"
    shutil.copy(real, tmp_path)
    program = (
        "from haechi.adapters.tracing.container_credentials import _library; import os;"
        "print(_library().c2pa._lib._name, os.getcwd())"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(real), str(tmp_path)]


def test_a_box_of_another_kind_in_front_hides_no_manifest():
    decoys = b"jumb" + bytes(400)
    assert has_manifest(decoys * 3 + b"jumb" + bytes(20) + b"c2pa", "image/jpeg")
    assert not has_manifest(decoys * 3, "image/jpeg")
