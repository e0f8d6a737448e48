"""Back-ups: whole or not there, readable only with the vault's key, checked before and after, and put back on a new machine."""

import os
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_vault import PASSPHRASE, TOOLS, check, make, message, opened, quiet, sealed_case, take
from file_sizes import no_file_larger_than
from haechi.adapters.vault_folder.back_ups import DiskBackUps
from haechi.domain.back_up import FILES, KeptFile, Manifest, ManifestError
from haechi.domain.custody import Draft, EntryType
from haechi.domain.errors import (
    BackUpDamagedError,
    BackUpForeignError,
    BackUpMissingError,
    BackUpPlaceError,
    DiskFullError,
    VaultDamagedError,
    VaultExistsError,
    WrongKeyError,
)
from haechi.flows.back_up import back_up
from haechi.flows.erase import Doomed, ask, erase, foresee
from haechi.flows.restore import restore
from haechi.ports.keys import GivenKey


def saved(path, folder, *, keep=3):
    with opened(path) as vault:
        return back_up(vault, folder, back_ups=DiskBackUps(), keep=keep, progress=quiet)


def back(folder, target, key=PASSPHRASE, number=None):
    return restore(TOOLS, folder, target, GivenKey(key), back_ups=DiskBackUps(), number=number, progress=quiet)


def files(folder):
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_a_restored_vault_verifies_and_says_that_it_was_restored(path, tmp_path):
    before = check(path)
    saved(path, tmp_path / "b")
    back(tmp_path / "b", tmp_path / "new")
    after = check(tmp_path / "new")
    assert (after.messages, after.items, after.blobs) == (before.messages, before.items, before.blobs)
    assert after.entries == before.entries + 1
    with opened(tmp_path / "new") as vault:
        assert b'"type":"restore"' in list(vault.ledger.entries())[-1].raw
    assert b'"type":"back-up"' in _last(path)


def _last(path):
    with opened(path) as vault:
        return list(vault.ledger.entries())[-1].raw


def test_a_vault_is_restored_with_its_recovery_key(tmp_path):
    recovery_key = make(tmp_path / "v")
    saved(tmp_path / "v", tmp_path / "b")
    shutil.rmtree(tmp_path / "v")
    back(tmp_path / "b", tmp_path / "new", recovery_key)
    assert check(tmp_path / "new").entries == 3


def test_nothing_is_written_when_the_key_is_wrong(path, tmp_path):
    saved(path, tmp_path / "b")
    with pytest.raises(WrongKeyError):
        back(tmp_path / "b", tmp_path / "new", "a wrong passphrase")
    assert not (tmp_path / "new").exists()


def test_a_back_up_has_nothing_that_the_vault_does_not_have(path, tmp_path):
    saved(path, tmp_path / "b")
    in_vault = {one.read_bytes() for one in path.rglob("*") if one.is_file()}
    own = [one for one in (tmp_path / "b").rglob("*") if one.is_file() and one.name not in (*FILES, "manifest.json")]
    assert len(own) == 2
    assert all(one.read_bytes() in in_vault for one in own)
    assert all(one.stat().st_mode & 0o077 == 0 for one in (tmp_path / "b").rglob("*"))


def test_a_second_copy_takes_only_what_is_new(path, tmp_path):
    saved(path, tmp_path / "b")
    blobs = {one: one.stat().st_mtime_ns for one in (tmp_path / "b" / "blobs").rglob("*.age")}
    with opened(path) as vault:
        take(vault, vault.ledger.cases()[0], files=[("d.png", b"one more picture")])
    saved(path, tmp_path / "b")
    now = {one: one.stat().st_mtime_ns for one in (tmp_path / "b" / "blobs").rglob("*.age")}
    assert len(now) == len(blobs) + 1
    assert all(now[one] == at for one, at in blobs.items())
    back(tmp_path / "b", tmp_path / "first", number=1)
    back(tmp_path / "b", tmp_path / "second")
    assert check(tmp_path / "second").items == check(tmp_path / "first").items + 1


def test_only_the_newest_copies_are_kept(path, tmp_path):
    for _ in range(4):
        made = saved(path, tmp_path / "b", keep=2)
    assert [copy.number for copy in DiskBackUps().copies(tmp_path / "b").readable] == [3, 4]
    assert made.removed == (2,)


def test_what_was_destroyed_in_the_vault_goes_from_the_back_ups_too(path, tmp_path):
    saved(path, tmp_path / "b")
    before = {one.name for one in (tmp_path / "b" / "blobs").rglob("*.age")}
    with opened(path) as vault, vault.ledger.begin() as writer:
        gone = next(vault.ledger.items(vault.ledger.cases()[0].case_id))
        taken = writer.erase_items([gone.item_id])
        writer.append(Draft(EntryType.DELETE, "person", vault.tools.now(), counts={"entries": len(taken.entries)}))
    made = saved(path, tmp_path / "b")
    assert made.outdated == (1,)
    now = {one.name for one in (tmp_path / "b" / "blobs").rglob("*.age")}
    assert (len(taken.blobs), len(now), now < before) == (1, len(before) - 1, True)


def test_a_file_that_was_destroyed_and_put_in_again_is_backed_up_as_it_is_now(path, tmp_path):
    saved(path, tmp_path / "b")
    with opened(path) as vault:
        case = vault.ledger.cases()[0]
        doomed = Doomed(case.case_id, tuple(item.item_id for item in vault.ledger.items(case.case_id)))
        erase(vault, doomed, ask(vault, doomed, foresee(vault, doomed), reason="그린 이유"), None)
        take(
            vault, case, files=[("a.png", b"drawn picture one" * 9)]
        )  # the same bytes: the same name, another identity
    saved(path, tmp_path / "b")
    back(tmp_path / "b", tmp_path / "new")
    assert check(tmp_path / "new").blobs == 1


def test_what_rotted_in_the_pool_is_copied_again_and_rot_in_the_vault_is_not_backed_up(path, tmp_path):
    saved(path, tmp_path / "b")
    pooled = next((tmp_path / "b" / "blobs").rglob("*.age"))
    whole = pooled.read_bytes()
    pooled.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    saved(path, tmp_path / "b")
    assert pooled.read_bytes() == whole
    sealed = next((path / "blobs").rglob("*.age"))
    sealed.write_bytes(sealed.read_bytes()[:-1] + b"x")
    with pytest.raises(VaultDamagedError):
        saved(path, tmp_path / "other")
    assert DiskBackUps().copies(tmp_path / "other").readable == []


@pytest.mark.parametrize("place", ["itself", "inside", "another vault", "other files", "a file", "around"])
def test_a_folder_that_holds_something_else_is_never_taken_for_back_ups(path, tmp_path, place):
    other = tmp_path / "other"
    make(other)
    (tmp_path / "a-file").write_text("one line")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.txt").write_text("ten years")
    folders = {"itself": path, "inside": path / "b", "another vault": other, "other files": tmp_path / "thesis"}
    folders["a file"] = tmp_path / "a-file"
    folder = folders.get(place, tmp_path)
    before = files(tmp_path)
    with pytest.raises(BackUpPlaceError):
        saved(path, folder)
    assert files(tmp_path) == before


def test_a_folder_with_back_ups_of_another_vault_is_refused(path, tmp_path):
    make(tmp_path / "other")
    saved(tmp_path / "other", tmp_path / "b")
    before = files(tmp_path / "b")
    with pytest.raises(BackUpForeignError):
        saved(path, tmp_path / "b")
    assert files(tmp_path / "b") == before


@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_file_is_named_by_checking_and_refused_by_restoring(path, tmp_path, harm):
    saved(path, tmp_path / "b")
    back_ups = DiskBackUps()
    for name in files(tmp_path / "b"):
        whole = (tmp_path / "b" / name).read_bytes()
        if harm == "remove":
            (tmp_path / "b" / name).unlink()
        else:
            changed = whole[:-1] if harm == "cut" else bytes([whole[0] ^ 1]) + whole[1:]
            (tmp_path / "b" / name).write_bytes(changed)
        if not name.endswith("manifest.json"):
            (copy,) = back_ups.copies(tmp_path / "b").readable
            assert back_ups.check(tmp_path / "b", copy, lambda *_: None) == [name]
        with pytest.raises(BackUpDamagedError) as caught:
            back(tmp_path / "b", tmp_path / "new")
        assert caught.value.facts["path"] == name
        assert not (tmp_path / "new").exists()
        (tmp_path / "b" / name).write_bytes(whole)


def test_a_copy_beside_a_damaged_one_is_restored_and_never_in_its_place(path, tmp_path):
    saved(path, tmp_path / "b")
    saved(path, tmp_path / "b")
    (tmp_path / "b" / "copies" / "0002" / "manifest.json").write_bytes(b"{")
    with pytest.raises(BackUpDamagedError) as caught:
        back(tmp_path / "b", tmp_path / "new")
    assert (caught.value.facts["reason"], caught.value.facts["numbers"]) == ("others", "1")
    back(tmp_path / "b", tmp_path / "new", number=1)
    assert check(tmp_path / "new").items == check(path).items


def test_a_back_up_is_made_beside_a_damaged_one_unless_all_are(path, tmp_path):
    saved(path, tmp_path / "b")
    manifest = tmp_path / "b" / "copies" / "0001" / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-1])
    with pytest.raises(BackUpDamagedError):
        saved(path, tmp_path / "b")
    manifest.write_bytes(whole)
    saved(path, tmp_path / "b")
    manifest.unlink()
    made = saved(path, tmp_path / "b")
    assert (made.copy.number, made.removed, made.unreadable) == (3, (), (1,))


def test_a_damaged_copy_that_may_hold_what_was_destroyed_goes(path, tmp_path):
    saved(path, tmp_path / "b")
    saved(path, tmp_path / "b")
    (tmp_path / "b" / "copies" / "0001" / "manifest.json").write_bytes(b"{")
    with opened(path) as vault:
        doomed = Doomed(vault.ledger.cases()[0].case_id)
        erase(vault, doomed, ask(vault, doomed, foresee(vault, doomed), reason="그린 이유"), None)
    made = saved(path, tmp_path / "b")
    assert (made.outdated, made.unreadable) == ((1, 2), ())
    assert [one.name for one in (tmp_path / "b" / "copies").iterdir()] == ["0003"]


def test_a_stick_that_takes_no_large_file_is_named_and_keeps_the_copies_it_has(path, tmp_path):
    saved(path, tmp_path / "b")
    largest = max(one.stat().st_size for one in path.rglob("*") if one.is_file())
    with pytest.raises(DiskFullError) as caught, no_file_larger_than(largest // 2):
        saved(path, tmp_path / "b")
    assert caught.value.facts["reason"] == "file-size"
    assert [copy.number for copy in DiskBackUps().copies(tmp_path / "b").readable] == [1]
    back(tmp_path / "b", tmp_path / "new")


def test_restoring_never_replaces_what_is_there(path, tmp_path):
    saved(path, tmp_path / "b")
    before = {one: one.read_bytes() for one in path.rglob("*") if one.is_file()}
    with pytest.raises(VaultExistsError):
        back(tmp_path / "b", path)
    assert {one: one.read_bytes() for one in path.rglob("*") if one.is_file()} == before


def test_a_folder_without_a_back_up_is_named(tmp_path):
    with pytest.raises(BackUpMissingError):
        back(tmp_path, tmp_path / "new")


def test_what_an_interrupted_run_left_is_removed_by_the_next(path, tmp_path):
    saved(path, tmp_path / "b")
    (tmp_path / "b" / "copies" / ".left").mkdir()
    pooled = next((tmp_path / "b" / "blobs").rglob("*.age"))
    pooled.with_name("x.age.part").write_bytes(b"half")
    saved(path, tmp_path / "b")
    assert not [one for one in files(tmp_path / "b") if one.endswith(".part") or "/." in one]


HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
KEPT = st.builds(KeptFile, HEX, st.integers(0, 2**53 - 1))


@given(
    st.builds(
        Manifest,
        vault_id=HEX,
        made_at=st.just("2026-01-02T03:04:05.000006Z"),
        log_size=st.integers(0, 2**40),
        erasures=st.integers(0, 9),
        files=st.fixed_dictionaries(dict.fromkeys(FILES, KEPT)),
        blobs=st.dictionaries(HEX, KEPT, max_size=5),
    )
)
def test_a_manifest_is_read_back_as_it_was_written(manifest):
    assert Manifest.parse(manifest.text()) == manifest


@pytest.mark.parametrize("name", ["../x", "a/b", "", "ABCDEF0123456789", "x" * 64])
def test_a_manifest_cannot_name_a_file_outside_the_back_up(name):
    kept = KeptFile("0" * 64, 1)
    manifest = Manifest("id", "at", 1, 0, dict.fromkeys(FILES, kept), {name: kept})
    with pytest.raises(ManifestError):
        Manifest.parse(manifest.text())


@given(st.binary(max_size=200))
def test_any_other_bytes_are_no_manifest(text):
    with pytest.raises(ManifestError):
        Manifest.parse(text)


def test_an_empty_case_is_backed_up_too(tmp_path):
    make(tmp_path / "v")
    with opened(tmp_path / "v") as vault:
        take(vault, sealed_case(vault), [message(1, "글")])
    saved(tmp_path / "v", tmp_path / "b")
    back(tmp_path / "b", tmp_path / "new")
    assert check(tmp_path / "new").messages == 1
    assert os.listdir(tmp_path / "b" / "blobs") == []  # noqa: PTH208 - an empty folder
