"""The vault's header says what it is, and knows when it changed."""

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.vault_folder.header import read_header, write_header
from haechi.domain.errors import VaultDamagedError, VaultNewerError
from haechi.domain.vault import KNOWN_FEATURES, Operation

SLOTS = ({"kind": "recovery", "kdf": "hkdf-sha256", "nonce": "AA==", "wrapped": "AA=="},)


def test_a_header_comes_back():
    header = read_header(write_header("0" * 32, SLOTS), Operation.WRITE)
    assert header.is_intact
    assert (header.vault_id, header.slots) == ("0" * 32, SLOTS)
    assert {one: frozenset(names) for one, names in header.features.items()} == KNOWN_FEATURES


@given(st.binary(max_size=300))
def test_any_bytes_are_a_header_or_damage(content):
    with suppress(VaultDamagedError, VaultNewerError):
        read_header(content, Operation.READ)


@given(
    st.recursive(
        st.none() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("haechi-vault"),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["format", "version", "vault_id", "features", "slots", "kind", "sum"]), inner
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_header_or_damage(value):
    with suppress(VaultDamagedError, VaultNewerError):
        read_header(json.dumps(value).encode(), Operation.READ)
