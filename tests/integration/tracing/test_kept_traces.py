"""Traces are recorded and go on where they stopped; what was computed of own photos is kept encrypted, only where it may be."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from decrypted_pages import decrypted_pages
from drawn_tracer import MARK, DrawnTracer, traced
from drawn_vault import PASSPHRASE, TOOLS, check, make, opened, quiet, sealed_case, take
from haechi.adapters.blobs import new_identity, recipient_of
from haechi.adapters.containers import open_container
from haechi.adapters.vault_folder.back_ups import DiskBackUps
from haechi.domain.case import Age, Case, CustodyMode
from haechi.domain.custody import EntryType
from haechi.domain.errors import CustodyBrokenError, DiskFullError, SelectionUnknownError, TraceRefusedError
from haechi.domain.evidence import Role
from haechi.domain.vault import Operation
from haechi.flows import compare_with_gallery, keep_features
from haechi.flows.back_up import back_up
from haechi.flows.erase import Doomed, ask, erase, foresee
from haechi.flows.keep_features import forget_features
from haechi.flows.open_case import change_mode, open_case
from haechi.flows.restore import restore
from haechi.flows.set_readers import set_readers
from haechi.flows.status import status
from haechi.ports.keys import GivenKey
from haechi.ports.tracer import Looked, Still
from integration.vault.canaries import search

OWN = [(f"own-{letter}.jpg", letter.encode() * 40) for letter in "abc"]
FOUND = [(f"found-{letter}.jpg", letter.encode() * 50) for letter in "abx"]


def fill(path, *, mode=CustodyMode.SEALED):
    make(path)
    with opened(path) as vault:
        if mode.keeps_bytes:
            case = sealed_case(vault)
        else:
            case = open_case(vault, "사건", actor="person", mode=mode, age=Age.UNKNOWN, consent="", reader=None)
        take(vault, case, files=OWN, role=Role.OWN_PHOTO)
        take(vault, case, files=FOUND)
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("filled") / "v")


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "v")


def run(path, tracer=None, *, operation=Operation.WRITE, **more):
    """Trace everything of the case; return what was told and what the tracer did."""
    tracer = tracer or DrawnTracer()
    with opened(path, operation=operation) as vault:
        return traced(vault, vault.ledger.cases()[0], tracer, **more), tracer


def rows(path):
    with opened(path, operation=Operation.READ) as vault:
        return list(vault.ledger.traces(vault.ledger.cases()[0].case_id))


def features(path):
    return sorted(one for one in (path / "features").rglob("*") if one.is_file())


def kinds(path):
    with pytest.raises(CustodyBrokenError) as caught:
        check(path)
    return {one["kind"] for one in caught.value.facts["findings"]}


def item(path, name):
    with opened(path, operation=Operation.READ) as vault:
        return next(one for one in vault.ledger.items(vault.ledger.cases()[0].case_id) if one.path == name)


def delete(path, **doomed):
    with opened(path) as vault:
        wanted = Doomed(vault.ledger.cases()[0].case_id, **doomed)
        erased = foresee(vault, wanted)
        return erase(vault, wanted, ask(vault, wanted, erased, reason="요청"), None)


def test_what_is_told_is_what_was_recorded_and_is_told_again_without_looking(path):
    first, tracer = run(path)
    assert (len(tracer.looked), first.recorded, first.earlier) == (6, 3, 0)
    assert [one.record.answers[0] for one in rows(path)] == list(first.answers)
    again, tracer = run(path)
    assert (tracer.looked, tracer.compared, again.recorded, again.earlier) == ([], 0, 0, 3)
    assert again.answers == first.answers
    assert check(path).items == 6


def test_an_entry_tells_that_an_item_was_compared_and_nothing_else(path):
    told, _ = run(path)
    with opened(path, operation=Operation.READ) as vault:
        entries = [one for one in vault.ledger.entries() if b'"type":"trace"' in one.raw]
    assert len(entries) == 3
    for entry, answer in zip(entries, told.answers, strict=True):
        assert answer.item.encode() in entry.raw
        assert b'"counts":{"photos":3,"stills":1}' in entry.raw
        assert answer.digest.encode() not in entry.raw
        assert b"drawn/1" not in entry.raw


def test_again_compares_again_and_both_records_stay(path):
    run(path)
    told, tracer = run(path, is_again=True)
    assert (told.recorded, told.earlier, tracer.compared >= 3) == (3, 0, True)
    assert len(rows(path)) == 6
    with opened(path, operation=Operation.READ) as vault:
        newest = vault.ledger.latest_trace(vault.ledger.cases()[0].case_id, told.answers[0].item)
    assert newest.entry == rows(path)[3].entry


def test_a_new_photo_or_another_method_makes_it_compared_again(path):
    run(path)
    with opened(path) as vault:
        take(vault, vault.ledger.cases()[0], files=[("own-x.jpg", b"x" * 40)], role=Role.OWN_PHOTO)
    told, tracer = run(path)
    assert told.recorded == 3
    assert len(tracer.looked) == 3 + 1  # what was found, and the new photo: the others' features were there
    told, tracer = run(path, DrawnTracer("drawn/2"))
    assert (told.recorded, len(tracer.looked)) == (3, 3 + 4)
    assert len(features(path)) == 4


def test_other_rules_of_concluding_answer_anew_from_the_features_there_are(path, monkeypatch):
    run(path)
    monkeypatch.setattr("haechi.flows.trace.ANSWERS", 9_999)
    told, tracer = run(path)
    assert (told.recorded, told.earlier, len(tracer.looked)) == (3, 0, 3)  # what was found; of her photos all was kept
    assert told.method.tracer.endswith("; answers 9999")


def test_an_interrupted_trace_goes_on_with_the_photos_that_it_had_looked_into(path):
    with pytest.raises(KeyboardInterrupt):
        run(path, DrawnTracer(most=5))  # three found ones, then two photos
    assert rows(path) == []
    told, tracer = run(path)
    assert len(tracer.looked) == 3 + 1
    assert told.recorded == 3


def test_items_that_were_recorded_before_an_interruption_are_not_compared_again(path, monkeypatch):
    monkeypatch.setattr("haechi.flows.trace._BATCH", 1)
    with pytest.raises(KeyboardInterrupt):
        run(
            path, DrawnTracer(most=5)
        )  # one found file, three photos, and the next one, which finds their features there
    assert len(rows(path)) == 2
    done = []
    told, tracer = run(path, progress=lambda _stage, now, total: done.append((now, total)))
    assert (told.earlier, told.recorded, len(tracer.looked)) == (2, 1, 1)
    assert (done[0], done[-1]) == ((6, 9), (9, 9))
    assert done == sorted(done)


def test_a_killed_trace_leaves_a_vault_that_verifies_and_goes_on(path):
    script = f"""
        import os, signal
        from pathlib import Path
        from drawn_tracer import DrawnTracer, traced
        from drawn_vault import opened
        from haechi.flows import keep_features
        class Killed(DrawnTracer):
            def look(self, rows):
                for one in super().look(rows):
                    if len(self.looked) == 6:
                        os.kill(os.getpid(), signal.SIGKILL)
                    yield one
        keep_features._BATCH = 2
        with opened(Path({str(path)!r})) as vault:
            traced(vault, vault.ledger.cases()[0], Killed())
    """
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    told, tracer = run(path)
    assert (told.recorded, len(tracer.looked)) == (3, 3 + 1)
    assert check(path).items == 6
    assert len(features(path)) == 3


def test_a_damaged_or_missing_feature_file_is_computed_again_and_is_no_finding(path):
    first, _ = run(path)
    one, other, _ = features(path)
    one.write_bytes(one.read_bytes()[:-9])
    other.unlink()
    assert check(path).items == 6
    told, tracer = run(path, is_again=True)
    assert len(tracer.looked) == 3 + 2
    assert told.answers == first.answers
    assert len(run(path, is_again=True)[1].looked) == 3


def test_features_never_lie_in_clear_and_go_with_the_photo_and_what_was_said_of_it(path, tmp_path):
    run(path)
    assert len(features(path)) == 3
    photo = item(path, "own-a.jpg")
    wanted = [MARK, photo.digest, bytes.fromhex(photo.digest)]
    assert search(wanted, tmp_path) == []
    with opened(path) as vault:
        key = vault.tools.keys.database_key(vault.master)
        ((_, wrapped),) = vault.ledger.features(vault.ledger.cases()[0].case_id, photo.digest).blob.wraps
    done = delete(path, items=(photo.item_id,))
    assert (done.erased.rows["features"], done.erased.rows["traces"], len(done.erased.features)) == (1, 1, 1)
    assert len(features(path)) == 2
    clear = b"".join(decrypted_pages(path / "ledger.db", key))
    assert photo.digest.encode() not in clear
    assert bytes.fromhex(photo.digest) not in clear
    assert wrapped not in clear
    assert check(path).erased >= 2
    assert {one.record.item for one in rows(path)} == {item(path, f"found-{name}.jpg").item_id for name in "bx"}


def test_a_destroyed_case_leaves_neither_traces_nor_features(path):
    run(path)
    delete(path)
    assert features(path) == []
    check(path)
    with opened(path, operation=Operation.READ) as vault:
        assert (status(vault).features, list(vault.ledger.trace_rows())) == (0, [])


def test_an_erased_found_item_takes_its_trace_along(path):
    run(path)
    delete(path, items=(item(path, "found-a.jpg").item_id,))
    assert len(rows(path)) == 2
    assert len(features(path)) == 3
    check(path)


def test_forgetting_deletes_all_features_and_says_so_in_the_log(path):
    run(path)
    with opened(path) as vault:
        assert (status(vault).features, status(vault).feature_bytes > 0) == (3, True)
        assert forget_features(vault) == 3
        assert forget_features(vault) == 0
        last = list(vault.ledger.entries())[-1]
        assert b'"counts":{"forgotten":3}' in last.raw
        assert vault.ledger.opening(last.index).subject == {"v": 1, "forgot": 3}
        assert status(vault).features == 0
    assert features(path) == []
    check(path)
    assert len(rows(path)) == 3


def test_only_what_was_kept_of_one_photo_or_of_one_case_is_forgotten(path):
    run(path)
    with opened(path) as vault:
        case = vault.ledger.cases()[0]
        named = {one.path: one.item_id for one in vault.ledger.items(case.case_id)}
        assert forget_features(vault, case, [named["own-a.jpg"]]) == 1
        assert forget_features(vault, case, [named["own-a.jpg"]]) == 0
        for name, error in ((named["found-a.jpg"], TraceRefusedError), ("nothing", SelectionUnknownError)):
            with pytest.raises(error):
                forget_features(vault, case, [named["own-b.jpg"], name])
        assert status(vault).features == 2
        assert forget_features(vault, case) == 2
    assert features(path) == []
    check(path)


def test_a_photo_that_could_not_be_read_counts_for_the_items_that_were_to_be_compared_with_it(path, monkeypatch):
    class Blind(DrawnTracer):
        def look(self, rows):
            for key, looked in super().look(rows):
                is_third = bool(looked.stills) and looked.stills[0].features.endswith(b"c" * 40)
                yield key, Looked((), (("undecodable", {}),)) if is_third else looked

    monkeypatch.setattr(compare_with_gallery, "photos_to_compare", lambda gallery, *_: (gallery.items[:2], {}))
    told, _ = run(path, Blind())
    counts = [(one.record.gallery.compared, one.record.gallery.unread) for one in rows(path)]
    assert counts == [(2, {}), (2, {}), (2, {"undecodable": 1})]
    assert [code for _, code in told.unread] == ["undecodable"]
    assert sorted(told.glanced.values()) == [1, 1]


def test_a_back_up_leaves_features_out_and_the_restored_vault_traces(path, tmp_path):
    first, _ = run(path)
    with opened(path) as vault:
        back_up(vault, tmp_path / "b", back_ups=DiskBackUps(), keep=1, progress=quiet)
    new = tmp_path / "new"
    restore(TOOLS, tmp_path / "b", new, GivenKey(PASSPHRASE), back_ups=DiskBackUps(), progress=quiet, number=None)
    assert features(new) == []
    assert check(new).items == 6
    with opened(new, operation=Operation.READ) as vault:
        assert status(vault).features == 0
    told, tracer = run(new, is_again=True)
    assert told.answers == first.answers
    assert len(tracer.looked) == 6


def test_a_full_disk_costs_the_features_and_nothing_else(path):
    first, _ = run(shutil.copytree(path, path.with_name("w")))
    with opened(path) as vault:
        kept = vault.features
        seal, sealed = kept.seal, []

        def full(name, stream, *, readers):
            if sealed:
                raise DiskFullError(path="features")
            sealed.append(name)
            return seal(name, stream, readers=readers)

        kept.seal = full
        told = traced(vault, vault.ledger.cases()[0], DrawnTracer())
    assert (told.is_cache_full, told.kept, told.recorded) == (True, 0, 3)
    assert told.answers == first.answers
    assert features(path) == []  # what was waiting gave its room back


def test_a_log_that_cannot_be_written_is_told_and_the_answer_stands(path, monkeypatch):
    def full(*_):
        raise DiskFullError(path="ledger.db")

    monkeypatch.setattr("haechi.flows.trace.record_traces", full)
    told, _ = run(path)
    assert (told.recorded, told.unrecorded, len(told.answers)) == (0, "disk-full", 3)


def test_reading_only_answers_and_writes_nothing(path):
    before = {one: one.read_bytes() for one in path.rglob("*") if one.is_file() and "ledger.db-" not in one.name}
    told, _ = run(path, operation=Operation.READ)
    assert (told.recorded, told.unrecorded, len(told.answers)) == (0, "read-only", 3)
    assert {one: one.read_bytes() for one in before} == before
    assert not (path / "features").exists()


def test_in_reference_only_nothing_is_kept_of_a_photo_and_a_trace_is_recorded_when_all_were_there(tmp_path):
    path = fill(tmp_path / "v", mode=CustodyMode.REFERENCE_ONLY)
    (tmp_path / "files").mkdir()
    for name, content in (*OWN[:2], *FOUND):
        (tmp_path / "files" / name).write_bytes(content)
    with closing(open_container(tmp_path / "files")) as source:
        told, _ = run(path, sources=[source])
    assert (told.recorded, {code for _, code in told.unread}) == (3, {"not-at-hand"})
    assert not (path / "features").exists()
    assert search([MARK], path) == []
    (tmp_path / "files" / OWN[2][0]).write_bytes(OWN[2][1])
    for recorded in (3, 0):  # a photo was missing: compared again; then nothing was
        with closing(open_container(tmp_path / "files")) as source:
            told, _ = run(path, sources=[source])
        assert told.recorded == recorded


def test_a_photo_that_was_taken_in_without_its_bytes_is_never_kept_later(tmp_path):
    path = fill(tmp_path / "v", mode=CustodyMode.REFERENCE_ONLY)
    with opened(path) as vault:
        case = vault.ledger.cases()[0]
        later = Case(case.case_id, case.name, CustodyMode.SEALED, Age.ADULT, "동의")
        kept = keep_features.KeptFeatures(vault, later, method="m")
        assert not kept.is_allowed  # no reader was ever named
        kept.is_allowed = kept._writes = True  # noqa: SLF001 - as if the mode had been changed since
        own = item_of(vault, "own-a.jpg")
        kept.keep(own, STILL)
        kept.flush()
        assert (kept.kept, vault.ledger.feature_count()) == (0, 0)


def item_of(vault, name):
    return next(one for one in vault.ledger.items(vault.ledger.cases()[0].case_id) if one.path == name)


STILL = Still(None, 1, 1, (), MARK)


@pytest.mark.parametrize("change", ["mode", "readers"])
def test_features_go_as_soon_as_the_case_may_keep_none(path, change):
    run(path)
    with opened(path) as vault:
        case, own = vault.ledger.cases()[0], recipient_of(vault.reader_identity)
        if change == "mode":
            after = {"mode": CustodyMode.REFERENCE_ONLY, "age": Age.MINOR, "consent": ""}
            change_mode(vault, case.name, actor="p", reason="나이", reader=own, **after)
        else:
            other = recipient_of(new_identity())
            set_readers(vault, case, others=[other], own=own, write_only=True, actor="p")
        assert vault.ledger.feature_count() == 0
    assert features(path) == []
    run(path, is_again=True)
    assert features(path) == []
    check(path)


def test_only_own_photos_are_ever_kept(path):
    with opened(path) as vault:
        kept = keep_features.KeptFeatures(vault, vault.ledger.cases()[0], method="m")
        with pytest.raises(ValueError, match=item_of(vault, "found-a.jpg").item_id):
            kept.keep(item_of(vault, "found-a.jpg"), STILL)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM traces WHERE number = 1",
        "UPDATE traces SET item_id = (SELECT item_id FROM items WHERE path = 'found-x.jpg') WHERE number = 1",
        "UPDATE traces SET entry = entry - 1 WHERE number = 1",
        "UPDATE traces SET entry = 3 WHERE number = 2",
    ],
)
def test_a_changed_trace_is_noticed(path, statement):
    run(path)
    with (
        opened(path) as vault,
        vault.ledger._engine.connect().execution_options(haechi_write=True) as connection,  # noqa: SLF001
        connection.begin(),
    ):
        connection.exec_driver_sql(statement)
    assert kinds(path) == {"trace"}


def test_a_changed_answer_is_noticed_as_a_changed_opening(path):
    run(path)
    with (
        opened(path) as vault,
        vault.ledger._engine.connect().execution_options(haechi_write=True) as connection,  # noqa: SLF001
        connection.begin(),
    ):
        connection.exec_driver_sql("UPDATE openings SET subject = replace(subject, 'made-from', 'none-found')")
        connection.exec_driver_sql("UPDATE openings SET subject = replace(subject, 'drawn/1', 'drawn/9')")
    assert kinds(path) == {"opening", "trace"}  # the second names the item that it is about


def test_a_broken_photo_is_told_and_does_not_make_everything_compared_again(path):
    with opened(path) as vault:
        take(vault, vault.ledger.cases()[0], files=[("own-broken.jpg", b"broken" * 9)], role=Role.OWN_PHOTO)
    told, _ = run(path)
    assert [code for _, code in told.unread] == ["undecodable"]
    assert rows(path)[0].record.gallery.unread == {"undecodable": 1}
    assert (rows(path)[0].record.gallery.photos, rows(path)[0].record.gallery.compared) == (4, 3)
    assert run(path)[0].earlier == 3


def test_every_trace_entry_is_of_its_type(path):
    run(path)
    with opened(path, operation=Operation.READ) as vault:
        case = vault.ledger.cases()[0].case_id
        entries = [entry.index for entry, _ in vault.ledger.entries_about(case, EntryType.TRACE)]
    assert [one.entry for one in rows(path)] == entries
