"""A back-up's manifest by a stranger is refused by its one error, whatever numbers and letters stand in it."""

import json

import pytest

from haechi.domain.back_up import FILES, KeptFile, Manifest, ManifestError

KEPT = KeptFile("0" * 64, 1)
GOOD = Manifest("id", "2026-01-02T03:04:05.000006Z", 1, 0, dict.fromkeys(FILES, KEPT), {"0" * 64: KEPT})


@pytest.mark.parametrize(
    "change",
    [
        {"log_size": float("inf")},
        {"log_size": 2**60},
        {"erasures": float("nan")},
        {"vault_id": "\ud800"},
        {"made_at": None},
        {"files": []},
        {"blobs": {"../../x": {"sha256": "0" * 64, "size": 1}}},
    ],
    ids=str,
)
def test_a_manifest_with_a_wrong_member_is_no_manifest(change):
    members = {**json.loads(GOOD.text()), **change}
    with pytest.raises(ManifestError):
        Manifest.parse(json.dumps(members, separators=(",", ":"), sort_keys=True).encode() + b"\n")


def test_a_manifest_nested_without_end_is_no_manifest():
    with pytest.raises(ManifestError):
        Manifest.parse(b"[" * 100_000)


def test_a_good_manifest_is_read():
    assert Manifest.parse(GOOD.text()) == GOOD
