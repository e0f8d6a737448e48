"""What an import brings into the vault, seen from outside: messages, accounts, versions, copies, and what it reports."""

import shutil

import pytest

from drawn.hostile import draw_hostile_export
from drawn.telegram_writer import chat_header, text_fields, write_chat
from haechi.domain.errors import CustodyBrokenError, PathMissingError, UnknownExportError
from haechi.domain.evidence import Role
from integration.imports.vaults import quiet, records


def ledger_of(opened):
    return opened._vault.ledger, opened.cases()[0].case_id  # noqa: SLF001 - the test looks below the flows


def test_every_message_and_every_byte_is_accounted_for(vault, drawn, export_a):
    done = vault.take(export_a)

    assert done.messages == drawn[1].messages[export_a.name]
    assert done.new_messages == done.messages
    assert done.unparsed_bytes == 0
    with vault.opened() as opened:
        ledger, case = ledger_of(opened)
        [part] = [part for record in ledger.imports(case) for part in ledger.parts(record.import_id)]
        assert part.accounting.is_complete
        assert part.accounting.size == (export_a / "result.json").stat().st_size


def test_importing_the_same_export_again_adds_no_message(vault, export_a):
    first = vault.take(export_a)
    before = records(vault)["messages"]

    again = vault.take(export_a)

    assert (again.new_messages, again.new_versions, again.gone) == (0, 0, 0)
    assert again.known_messages == first.messages
    assert len(records(vault)["messages"]) == len(before)
    vault.verify()


def test_a_later_export_adds_versions_and_what_is_gone(vault, drawn, export_a, export_a_later):
    truth = drawn[1]
    vault.take(export_a)

    later = vault.take(export_a_later)

    assert later.gone == len(truth.gone) > 0
    with vault.opened() as opened:
        ledger, case = ledger_of(opened)
        assert {int(one.message_id) for one in ledger.gone(case)} == set(truth.gone)
        texts = {}
        for stored in ledger.messages(case):
            texts.setdefault(stored.message.message_id, set()).add(stored.message.text)
    rewritten = {int(number) for number, versions in texts.items() if len(versions) > 1}
    assert set(truth.rewritten) <= rewritten


def test_one_number_keeps_both_its_names_and_one_name_stays_two_accounts(vault, drawn, export_a, export_a_later):
    vault.take(export_a)
    vault.take(export_a_later)

    with vault.opened() as opened:
        ledger, case = ledger_of(opened)
        names = {account.key.value: [name.name for name in account.names] for account in ledger.accounts(case)}
    for number, bore in drawn[1].people.items():
        assert [name for name in names[number] if name in bore] == bore
    shared = {name for number in drawn[1].people for name in names[number]}
    assert any(sum(name in bore for bore in names.values()) == 2 for name in shared)


def test_copies_are_found_and_nothing_else_is_grouped(vault, drawn, export_a, export_b, own_photos):
    vault.take(export_a)
    vault.take(export_b)
    vault.take(own_photos, role=Role.OWN_PHOTO)
    truth = {}
    for one in drawn[1].shown:
        truth.setdefault(one.path, set()).add(one.source)

    with vault.opened() as opened:
        groups = opened.match(opened.cases()[0], progress=quiet)

    pictures = [[sighting for sighting in group.sightings if sighting.path in truth] for group in groups]
    for seen in pictures:
        assert set.intersection(*(truth[sighting.path] for sighting in seen)), [sighting.path for sighting in seen]
    findable = {"resized", "recompressed", "mirrored", "turned", "upside-down", "bordered", "letterboxed", "brighter"}
    grouped = {sighting.path for seen in pictures for sighting in seen}
    own = {one.source for one in drawn[1].shown if one.export == own_photos.name}
    missed = {
        one.path
        for one in drawn[1].shown
        if one.export in {export_a.name, export_b.name} and one.source in own and one.change in findable
    } - grouped
    assert not missed


def test_own_photos_keep_when_they_were_taken_and_where_only_in_private(vault, own_photos):
    vault.take(own_photos, role=Role.OWN_PHOTO)

    with vault.opened() as opened:
        ledger, case = ledger_of(opened)
        items = list(ledger.items(case))
    assert all(item.role is Role.OWN_PHOTO for item in items)
    assert all(item.examined.capture.taken_at.endswith("+09:00") for item in items)
    assert any("latitude" in item.examined.capture.private for item in items)


def test_bad_files_are_named_and_cost_nothing_else(tmp_path, vault):
    hostile = draw_hostile_export(tmp_path / "ChatExport_2026-10-01")

    done = vault.take(hostile.folder)

    told = {}
    for warning in done.warnings:
        told.setdefault(warning.path, set()).add(warning.code)
    for bad in hostile.bad:
        assert told.get(bad.path, set()) & bad.codes, (bad.about, told.get(bad.path))
    assert done.messages == hostile.messages
    assert "truncated" in done.flags
    with vault.opened() as opened:
        ledger, case = ledger_of(opened)
        read = {item.path for item in ledger.items(case) if item.examined.fingerprints}
    assert set(hostile.good) <= read
    vault.verify()


def test_an_export_that_changed_since_an_interrupted_import_is_imported_anew(tmp_path, vault, export_a):
    export = tmp_path / "ChatExport_2026-10-04"
    shutil.copytree(export_a, export)

    class StoppedError(Exception):
        pass

    def interrupt(stage: str, _done: int, _total: int | None) -> None:
        if stage == "reading":
            raise StoppedError

    with vault.opened() as opened, pytest.raises(StoppedError):
        opened.import_export(export, case=opened.cases()[0], progress=interrupt)
    with (export / "result.json").open("wb") as out:
        header = chat_header(name="사진 산책", type="private_supergroup", id=1873300412)
        write_chat(out, header, [{"id": 1, "type": "message", "date": "2026-10-01T00:00:00", **text_fields("하나")}])

    done = vault.take(export)

    assert not done.resumed
    assert done.messages == 1
    vault.verify()


def test_a_mistyped_path_imports_nothing(tmp_path, vault):
    with pytest.raises(PathMissingError):
        vault.take(tmp_path / "nothing-here")

    assert records(vault)["items"] == []


def test_an_empty_folder_is_refused_by_name(tmp_path, vault):
    (tmp_path / "papers" / "older").mkdir(parents=True)

    with pytest.raises(UnknownExportError) as refused:
        vault.take(tmp_path / "papers")

    assert refused.value.facts["path"] == "papers"


def test_a_changed_message_is_found_by_verify(vault, export_a):
    vault.take(export_a)
    with vault.opened() as opened:
        ledger, _ = ledger_of(opened)
        with ledger._engine.connect() as connection:  # noqa: SLF001 - an insider with the key
            connection.exec_driver_sql("UPDATE messages SET text = 'something else' WHERE number = 7")
            connection.connection.commit()

    with pytest.raises(CustodyBrokenError):
        vault.verify()
