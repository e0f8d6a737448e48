"""Nothing that was put into a vault can be read from its files, and its log tells nothing even when it is shown."""

import json

from drawn_vault import PASSPHRASE, ROOM, account, make, message, opened, sealed_case, take
from haechi.domain.account import AccountName
from haechi.domain.room import Room
from haechi.domain.vault import Operation

CANARIES = ("카나리아-이름", "canary-text-body", "canary/path.png", "canary-link", "사건-카나리아", "동의")


def fill(path, case_name):
    recovery_key = make(path)
    with opened(path) as vault:
        case = sealed_case(vault, case_name)
        room = Room(ROOM, "x", (AccountName("카나리아-이름", 1, 2),), ("https://canary-link.example",))
        export = [
            message(number, "canary-text-body" * 50, sender=account(number), label="카나리아-이름")
            for number in range(30)
        ]
        take(vault, case, export, files=[("canary/path.png", b"canary-picture-bytes" * 400)], rooms=[room])
    return recovery_key


def seen(path):
    """Return everything that lies in the vault's folder: the bytes of each file, and each name."""
    return b"\n".join(
        [str(place).encode() + (place.read_bytes() if place.is_file() else b"") for place in path.rglob("*")]
    )


def test_no_file_of_a_vault_shows_what_was_put_into_it(tmp_path):
    recovery_key = fill(tmp_path / "v", "사건-카나리아")
    with opened(tmp_path / "v", operation=Operation.READ) as vault:
        # Open, so that the write-ahead log and the shared memory beside the ledger are there too.
        secrets = [vault.master, *(vault.ledger.secret(name) for name in ("log-key", "packet-key", "reader-identity"))]
        digests = [item.digest for item in vault.ledger.items(vault.ledger.cases()[0].case_id)]
        bytes_seen = seen(tmp_path / "v")
    for canary in (*CANARIES, "canary-picture-bytes", PASSPHRASE, recovery_key, *digests):
        assert canary.encode() not in bytes_seen, canary
        assert canary.encode("utf-16-le") not in bytes_seen, canary
    for secret in (*secrets, *(bytes.fromhex(digest) for digest in digests)):
        assert secret not in bytes_seen
    assert b"haechi.invalid/" in bytes_seen


def test_the_log_holds_no_name_text_path_or_digest(tmp_path):
    fill(tmp_path / "v", "사건-카나리아")
    with opened(tmp_path / "v", operation=Operation.READ) as vault:
        log = b"\n".join(entry.raw for entry in vault.ledger.entries())
        digests = [opening.digest for _, opening in vault.ledger.openings()]
        vault_id = vault.header.vault_id
    for canary in (*CANARIES, "result.json", "path.png", vault_id, *digests):
        assert canary.encode() not in log, canary
        assert json.dumps(canary)[1:-1].encode() not in log, canary


def test_two_vaults_of_one_content_have_nothing_in_common(tmp_path):
    for name in "vw":
        fill(tmp_path / name, "사건-카나리아")
    one, other = ({place.name for place in (tmp_path / name).glob("blobs/*/*")} for name in "vw")
    assert one
    assert not one & other
    assert (tmp_path / "v" / "ledger.db").read_bytes()[:16] != (tmp_path / "w" / "ledger.db").read_bytes()[:16]


def test_one_file_in_two_cases_has_two_names(tmp_path):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        for name in ("하나", "둘"):
            take(vault, sealed_case(vault, name), files=[("a", b"same bytes")])
        assert len(vault.blobs.names()) == 2
