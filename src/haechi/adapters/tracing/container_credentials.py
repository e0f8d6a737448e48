"""Content Credentials (C2PA 2.x): whether a file has them, and whether they still fit it. Read by the library `c2pa-python`.

A signature that fits says that the file has not been changed since, and that the key of this certificate signed. Who holds the
key is not checked: no list of trusted signers is shipped, and nobody is asked. So it is "the file declares, signed".

The library is native code, 23 MB, and can fetch manifests and ask about certificates over the network: both are switched off, and
it is loaded only for files that hold a manifest, by the limited worker alone.
"""

import contextlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from haechi.adapters.tracing.container_notes import declared_sources, shown_text

_BMFF = ("image/heic", "image/avif", "video/mp4", "video/quicktime")
_MIMES = ("image/jpeg", "image/png", "image/webp", "image/tiff", "image/gif", *_BMFF)
_MANIFEST_BOX = b"jumb"
_STORE = b"c2pa"
_MOST_BOXES = 64
_BMFF_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The `uuid` box of MP4, HEIC and AVIF files that holds a manifest (C2PA specification, "Embedding manifests into BMFF")."""
HEAD = 1 << 20
"""Bytes from the start of a film within which that box lies, where there is one."""
_SETTINGS = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": False}}
_ABOUT_THE_SIGNER = ("signingCredential.", "timeStamp.", "claimSignature.outsideValidity")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a file's manifest says. `state` is one of

    `fits` (the signature is right and the file is as it was signed), `does-not-fit` (one of both is not), `unclear` (neither can be
    said), `unreadable` and `unchecked` (there is a manifest, and it could not or was not read).
    `program` and `signer` are the file's word; `sources` are what it says of how the picture was made.
    """

    state: str
    program: str | None = None
    signer: str | None = None
    sources: tuple[str, ...] = ()


def credentials(content: bytes, mime: str, *, is_whole: bool = True) -> Credentials | None:
    """Return what the manifest in the file says, None where there is none. Never raises."""
    if not has_manifest(content, mime):
        return None
    library = _library()
    if library is None or not is_whole:
        return Credentials("unchecked")
    try:
        return _read(library, content, mime)
    except Exception:  # noqa: BLE001 -- the library has one class for each of its errors, and ctypes has more
        return Credentials("unreadable")


def has_manifest(content: bytes, mime: str) -> bool:
    """Say whether the file looks as if it held a manifest, from its bytes alone; of a film the first `HEAD` decide."""
    if mime in _BMFF:
        return content.find(_BMFF_UUID, 0, HEAD) >= 0
    place = content.find(_MANIFEST_BOX) if mime in _MIMES else -1
    for _ in range(_MOST_BOXES):  # a box of another kind may lie before
        if place < 0 or content.find(_STORE, place, place + 256) >= 0:
            break
        place = content.find(_MANIFEST_BOX, place + 1)
    return place >= 0 and content.find(_STORE, place, place + 256) >= 0


def state_of(results: Mapping[str, Any]) -> str:
    """Return what the checks of the active manifest come to, whatever the date: a certificate that has run out signed all the same."""
    active = results.get("activeManifest") or {}
    passed, failed = ({str(row["code"]) for row in active.get(kind) or ()} for kind in ("success", "failure"))
    if any(code.endswith((".mismatch", ".missing")) for code in failed):
        return "does-not-fit"
    if "claimSignature.validated" in passed and all(code.startswith(_ABOUT_THE_SIGNER) for code in failed):
        return "fits"
    return "unclear"


@cache
def _library() -> ModuleType | None:
    """Return the package; None where it is missing or does not load.

    It looks for its library in the working directory before its own folder: a file of that name beside somebody's export would
    be run. So its own folder is the working directory while it is loaded.
    """
    spec = find_spec("c2pa")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        return None
    try:
        with contextlib.chdir(Path(places[0]) / "libs"):
            return import_module("c2pa")
    except (ImportError, OSError, RuntimeError):
        return None


def _read(library: ModuleType, content: bytes, mime: str) -> Credentials:
    with (
        library.Context.from_dict(_SETTINGS) as context,
        library.Reader(mime, io.BytesIO(content), context=context) as reader,
    ):
        told = json.loads(reader.json())
    manifest = told["manifests"][told["active_manifest"]]
    state = state_of(told.get("validation_results") or {})
    return Credentials(state, _program(manifest), _signer(manifest), tuple(_sources(manifest)))


def _program(manifest: Mapping[str, Any]) -> str | None:
    made = manifest.get("claim_generator_info") or [{}]
    return shown_text(made[0].get("name")) or shown_text(manifest.get("claim_generator"))


def _signer(manifest: Mapping[str, Any]) -> str | None:
    return shown_text((manifest.get("signature_info") or {}).get("issuer"))


def _sources(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the actions of the active manifest say of how the picture was made."""
    for assertion in manifest.get("assertions") or ():
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in assertion["data"].get("actions") or ():
                yield from declared_sources(str(action.get("digitalSourceType", "")).encode())
