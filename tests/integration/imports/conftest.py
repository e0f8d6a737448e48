"""Drawn exports, and vaults to import them into."""

import pytest

from drawn.case import EXPORT_A, EXPORT_A_LATER, EXPORT_B, OWN_PHOTOS, draw_case
from haechi.domain.case import CustodyMode
from integration.imports.vaults import VaultAt


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """The drawn case, smaller than the demo's: (folder, truth)."""
    folder = tmp_path_factory.mktemp("drawn") / "case"
    return folder, draw_case(folder, messages=500)


@pytest.fixture(scope="session")
def export_a(drawn):
    return drawn[0] / EXPORT_A


@pytest.fixture(scope="session")
def export_b(drawn):
    return drawn[0] / EXPORT_B


@pytest.fixture(scope="session")
def export_a_later(drawn):
    return drawn[0] / EXPORT_A_LATER


@pytest.fixture(scope="session")
def own_photos(drawn):
    return drawn[0] / OWN_PHOTOS


@pytest.fixture
def vault(tmp_path) -> VaultAt:
    return VaultAt(tmp_path / "vault")


@pytest.fixture
def sealed_vault(tmp_path) -> VaultAt:
    return VaultAt(tmp_path / "vault", mode=CustodyMode.SEALED)
