"""Cases, readers and whom the vault trusts are those that the log committed to: an older or other row is found."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from drawn_vault import PASSPHRASE, TOOLS, check, make, message, opened, quiet, sealed_case, take
from haechi.adapters.blobs import new_identity, recipient_of
from haechi.adapters.envelopes import PublicKeys
from haechi.domain.anchor import Authority, Stamp, Witness
from haechi.domain.case import Age, CustodyMode
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.deletion import Deletion
from haechi.domain.errors import AuthorityUnreachableError, CustodyBrokenError, HaechiError, WrongKeyError
from haechi.domain.note import COSIGNATURE_ED25519, NoteKey
from haechi.domain.vault import Operation
from haechi.flows.add_person import add_person
from haechi.flows.certify_deletion import certify_deletion
from haechi.flows.committed_case import require_committed
from haechi.flows.erase import Doomed, ask, erase, foresee
from haechi.flows.keep_report_key import certificate_of, keep_report_key
from haechi.flows.manage_authorities import add_authority
from haechi.flows.manage_recipients import add_recipient, remove_recipient
from haechi.flows.manage_witnesses import add_witness, set_policy
from haechi.flows.open_case import change_mode
from haechi.flows.remove_person import remove_person
from haechi.flows.set_readers import set_readers
from haechi.flows.status import status
from haechi.flows.verify import Outside, verify

OTHER = recipient_of(new_identity())


def change(vault, *statements):
    """Change rows as somebody with the vault's key could, without a word in the log."""
    with vault.ledger.begin() as writer:
        for one in statements:
            writer._connection.execute(text(one))  # noqa: SLF001 - as above


def kinds(path):
    try:
        check(path)
    except CustodyBrokenError as error:
        return [one["kind"] for one in error.facts["findings"]]
    return []


def own(vault):
    return recipient_of(vault.reader_identity)


def closed_case(vault):
    """A case that kept files until somebody learned that she is a minor."""
    sealed_case(vault)
    more = {"age": Age.MINOR, "consent": "", "reason": "age", "reader": own(vault)}
    return change_mode(vault, "사건", actor="p", mode=CustodyMode.REFERENCE_ONLY, **more)


def write_only_case(vault):
    case = sealed_case(vault)
    set_readers(vault, case, others=[OTHER], own=own(vault), write_only=True, actor="p")
    return case


def trusting(vault):
    """Whom a vault can trust: a recipient, an authority, a witness and a policy."""
    add_recipient(vault, "police", age=OTHER, ssh=None, note="", keys=PublicKeys(), actor="p")
    add_recipient(vault, "gone", age=OTHER, ssh=None, note="", keys=PublicKeys(), actor="p")
    remove_recipient(vault, "gone", actor="p")
    add_authority(vault, Authority("tsa", "http://tsa.invalid", "00" * 32, "pem", None), actor="p")
    add_witness(vault, Witness("w", "http://w.invalid", (WITNESS,)), actor="p")
    set_policy(vault, f"witness one {WITNESS}\nquorum one\n".encode(), actor="p")


class DrawnSigner:
    """Signs nothing: the log commits to the certificate of what was kept."""

    def __init__(self, key):
        self.certificate = certificate_of(key)


def reporting(vault):
    """A vault that has made a report, with a key that is drawn."""
    keep_report_key(vault, new_key=lambda: CERTIFICATE, signer=DrawnSigner)


CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
WITNESS = NoteKey("w.invalid", bytes(32), COSIGNATURE_ED25519).vkey


@pytest.mark.parametrize(
    ("prepare", "statement", "kind"),
    [
        (closed_case, "update cases set mode = 'sealed', age = 'adult', consent = '동의'", "case"),
        (closed_case, "delete from cases", "case"),
        (sealed_case, "update cases set consent = 'no'", "case"),
        (write_only_case, "insert into readers select case_id, 1, 'age1other' from cases", "readers"),
        (write_only_case, "delete from readers", "readers"),
        (trusting, "update recipients set age = 'age1other'", "recipient"),
        (trusting, "delete from recipients", "recipient"),
        (trusting, "insert into recipients select 'gone', age, ssh, note from recipients", "recipient"),
        (trusting, "update authorities set policy = '1.2.3'", "authority"),
        (trusting, "update witnesses set url = 'http://other.invalid'", "witness"),
        (trusting, "update secrets set value = x'0a' where name = 'witness-policy'", "policy"),
        (
            reporting,
            f"update secrets set value = x'{CERTIFICATE.replace(b'AAAA', b'AAAB').hex()}' where name = 'report-key'",  # noqa: S608  # drawn
            "report-key",
        ),
        (reporting, "delete from secrets where name = 'report-key'", "report-key"),
        (reporting, "update secrets set value = x'00' where name = 'report-key'", "report-key"),
    ],
)
def test_a_row_that_is_not_what_the_log_committed_to_is_found(tmp_path, prepare, statement, kind):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        prepare(vault)
    assert kinds(tmp_path / "vault") == []
    with opened(tmp_path / "vault") as vault:
        change(vault, "PRAGMA defer_foreign_keys = ON", statement)
    assert kinds(tmp_path / "vault") == [kind]


def test_nothing_is_imported_into_a_case_whose_mode_was_put_back(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        closed = closed_case(vault)
        require_committed(vault.ledger, closed)
        with pytest.raises(CustodyBrokenError) as refused:
            require_committed(vault.ledger, replace(closed, mode=CustodyMode.SEALED))
        assert refused.value.facts["kind"] == "case"


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (["update wraps set recipient = 'age1nobody', wrapped = x'00'"], "readers"),
        (["update items set is_sealed = 0", "delete from wraps", "delete from blobs"], "item"),
        (["update items set path = 'other.png'"], "item"),
        (["update items set size = 1"], "item"),
    ],
)
def test_a_sealed_original_cannot_be_made_to_look_never_kept(tmp_path, statements, kind):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        take(vault, sealed_case(vault), files=[("a.png", b"x" * 900)])
        change(vault, *statements)
        if not list(vault.ledger.blob_names()):
            for name in vault.blobs.names():
                vault.blobs.remove(name)
    assert kinds(tmp_path / "vault") == [kind]


def test_what_was_sealed_for_others_by_the_log_counts_as_sealed_elsewhere(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        case = write_only_case(vault)
        take(vault, case, files=[("a.png", b"x" * 900)])
        set_readers(vault, case, others=[OTHER], own=own(vault), write_only=False, actor="p")
    assert check(tmp_path / "vault").sealed_elsewhere == 1


def test_a_deletion_cannot_take_the_openings_that_say_who_had_to_agree(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        take(vault, sealed_case(vault), [message(1, "hi")])
        add_person(vault, "B", "second passphrase", own_passphrase=PASSPHRASE, own_name="A")
    with opened(tmp_path / "vault") as vault:
        roles = [one.index for one in vault.ledger.entries() if b'"type":"role"' in one.raw]
        case = vault.ledger.cases()[0].case_id
        change(
            vault,
            "delete from openings where number >= (select min(number) from openings where json_extract(subject, '$.person') is not null)",
            "delete from people",
        )
        with vault.ledger.begin() as writer:
            numbers = tuple(sorted({*writer.erase_case(case).entries, *roles}))
            told = Deletion(vault.origin, case, True, numbers, 0, "r", "owner")  # noqa: FBT003 - a record
            writer.append(
                Draft(
                    EntryType.DELETE, "owner", TOOLS.now(), case=case, opening=open_record(bytes(32), told.record(None))
                )
            )
    assert kinds(tmp_path / "vault") == ["opening-missing"] * len(roles)


def test_a_deletion_of_a_case_takes_nothing_of_another(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        take(vault, sealed_case(vault), files=[("a.png", b"x" * 900)])
        case = sealed_case(vault, "또 다른 사건")
        other = [one.index for one in vault.ledger.entries() if b'"type":"seal"' in one.raw]
        change(vault, "delete from openings where json_extract(subject, '$.members') is not null")
        told = Deletion(vault.origin, case.case_id, True, tuple(other), 0, "r", "owner")  # noqa: FBT003 - a record
        with vault.ledger.begin() as writer:
            writer.append(
                Draft(
                    EntryType.DELETE,
                    "owner",
                    TOOLS.now(),
                    case=case.case_id,
                    opening=open_record(bytes(32), told.record(None)),
                )
            )
    assert "opening-missing" in kinds(tmp_path / "vault")


def test_the_certificate_of_an_earlier_deletion_outlives_the_whole_case(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        case = sealed_case(vault)
        take(vault, case, [message(1, "hi")], files=[("a.png", b"x" * 900), ("b.png", b"y" * 900)])
        item = next(vault.ledger.items(case.case_id)).item_id
        done = [
            erase(vault, doomed, ask(vault, doomed, foresee(vault, doomed), reason="r"), None)
            for doomed in (Doomed(case.case_id, (item,)), Doomed(case.case_id))
        ]
        certified = []
        certify_deletion(
            vault, done[0].entry.index, tmp_path / "certificate", write=lambda *told: certified.append(told)
        )
    assert certified
    assert kinds(tmp_path / "vault") == []


def test_somebody_who_was_taken_away_stays_out_with_an_older_header(tmp_path):
    make(tmp_path / "vault")
    header = tmp_path / "vault" / "haechi.vault"
    with opened(tmp_path / "vault") as vault:
        add_person(vault, "B", "second passphrase", own_passphrase=PASSPHRASE, own_name="A")
    old = header.read_bytes()
    with opened(tmp_path / "vault") as vault:
        gone = remove_person(vault, "B")
    header.write_bytes(old)
    with pytest.raises(WrongKeyError) as refused, opened(tmp_path / "vault", "second passphrase"):
        pass
    assert refused.value.facts["reason"] == "removed"
    assert kinds(tmp_path / "vault") == []
    with opened(tmp_path / "vault") as vault, vault.ledger.begin() as writer:
        writer.append(Draft(EntryType.VERIFY, gone.person_id, TOOLS.now()))
    assert kinds(tmp_path / "vault") == ["role"]


def test_a_stamp_that_cannot_be_checked_is_a_finding(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        size = vault.ledger.log_head().frontier.size
        with vault.ledger.begin() as writer:
            number = writer.add_anchor(size=size, note=vault.note())
            writer.add_stamp(number, Stamp("tsa", b"q", b"r", "pem", 0, "1", "00" * 32, 0))

    def busy(*_):
        raise AuthorityUnreachableError(authority="tsa", reason="busy")

    with opened(tmp_path / "vault", operation=Operation.CHECK) as vault, pytest.raises(CustodyBrokenError) as found:
        verify(vault, quiet, outside=Outside(busy))
    assert [one["kind"] for one in found.value.facts["findings"]] == ["stamp"]


@pytest.mark.parametrize(
    "statement",
    [
        "update cases set mode = 'x'",
        "update messages set kind = 'x'",
        "update openings set subject = '{' where subject is not null",
        "update parts set flags = '{'",
        "update entries set raw = '{}' where number = 2",
        "update head set frontier = 1",
        "update openings set subject = null where number = 2",
    ],
)
def test_a_row_that_nothing_can_be_made_of_is_named(tmp_path, statement):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        take(vault, sealed_case(vault), [message(1, "hi")], files=[("a.png", b"x" * 900)])
        change(vault, statement)
        vault._signed = None  # noqa: SLF001 - nothing is signed after this
    with pytest.raises(HaechiError) as found:
        check(tmp_path / "vault")
    assert found.value.facts["kind"] in {"page", "log-head", "opening"}


def test_a_policy_that_the_newest_anchor_does_not_reach_is_told(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        with vault.ledger.begin() as writer:
            writer.add_anchor(size=vault.ledger.log_head().frontier.size, note=vault.note())
        assert status(vault).is_quorum_reached is None
        trusting(vault)
        assert status(vault).is_quorum_reached is False
    assert check(tmp_path / "vault").answered.is_quorum_reached is False
