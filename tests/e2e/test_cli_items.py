"""`haechi items` tells the numbers that other commands ask for, and of whose word a name is nothing more."""

import json

from drawn_vault import PASSPHRASE, make, opened, sealed_case, take
from haechi.cli import run
from haechi.domain.evidence import Role


def test_own_photos_and_what_was_found_are_listed_with_their_numbers(tmp_path, capsys):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        case = sealed_case(vault)
        take(vault, case, files=[("found.png", b"found" * 9), ("b\x1b[31mad.png", b"bad" * 9)])
        take(vault, case, files=[("may.png", b"may" * 9)], role=Role.OWN_PHOTO)
        numbers = {one.path: one.item_id for one in vault.ledger.items(vault.ledger.cases()[0].case_id)}
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    options = ["--vault", str(tmp_path / "v"), "--passphrase-file", str(tmp_path / "passphrase")]

    assert run(["items", *options]) == 0
    shown = capsys.readouterr().out
    assert shown.index("may.png") < shown.index(numbers["may.png"]) < shown.index("found.png")
    assert "\x1b[31m" not in shown

    assert run(["items", "--own", "--json", *options]) == 0
    [only] = json.loads(capsys.readouterr().out)["items"]
    assert (only["item"], only["role"], only["claimed_path"]) == (numbers["may.png"], "own-photo", "may.png")
