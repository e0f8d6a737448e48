"""A disk that fills up during an import: refused by name, the vault still verifies, and with room the import goes on."""

import json

import pytest

pytestmark = pytest.mark.usefixtures("mounts")

IMPORT = """
from integration.imports.vaults import VaultAt, records
from haechi.domain.case import CustodyMode
from haechi.domain.errors import HaechiError
place, export, left, mode = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), CustodyMode(sys.argv[4])
stages = []
def take(vault):
    try:
        with vault.opened() as opened:
            opened.import_export(export, case=opened.cases()[0], progress=lambda stage, *_: stages.append(stage))
    except HaechiError as error:
        print(error.code, stages[-1])
    else:
        print("done")
whole = VaultAt(place.parent / "whole", mode=mode)
take(whole)
vault = VaultAt(place / "v", mode=mode)
with open(place / "ballast", "wb", 0) as ballast:
    try:
        while True:
            ballast.write(bytes(4096))
    except OSError:
        pass
import os
os.truncate(place / "ballast", (place / "ballast").stat().st_size - left)
take(vault)
vault.verify()
print("verified")
(place / "ballast").unlink()
take(vault)
vault.verify()
print(records(vault) == records(whole))
"""


@pytest.fixture
def export(tmp_path):
    """An export of many small files and of more messages than one window takes."""
    folder = tmp_path / "ChatExport_2026-10-01"
    (folder / "files").mkdir(parents=True)
    for number in range(200):
        (folder / "files" / f"{number}.txt").write_text(f"{number}")
    messages = [
        {"id": number, "type": "message", "date": "2026-10-01T12:00:00", "text": f"{number} " + "말" * 100}
        for number in range(1, 4001)
    ]
    chat = {"name": "방", "type": "private_group", "id": 42, "messages": messages}
    (folder / "result.json").write_text(json.dumps(chat, ensure_ascii=False, indent=1), "utf-8")
    return folder


@pytest.mark.parametrize(
    "case",
    [
        (100_000, "reference-only", "receiving"),
        (2_500_000, "reference-only", "reading"),
        (300_000, "sealed", "receiving"),
    ],
)
def test_an_import_goes_on_when_there_is_room_again(tmp_path, child, export, case):
    left, mode, stage = case
    place = tmp_path / "disk"
    place.mkdir()

    told = child(IMPORT, place, export, left, mode, before='mount -t tmpfs -o size=40000k none "$4"')

    assert told.stdout.split() == ["done", "disk-full", stage, "verified", "done", "True"], told.stderr[-3000:]
