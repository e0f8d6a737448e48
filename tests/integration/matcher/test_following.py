"""The index follows the catalogue: after a crash, after damage, beside other machines, and whatever fails in between."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brute_index import BruteIndex
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.api_key import ApiRole
from haechi.domain.bank import Depicted
from haechi.domain.errors import (
    BankExistsError,
    BankRefusedError,
    ContentRefusedError,
    FolderReadOnlyError,
    HashRefusedError,
)
from hashes import frames, md5, new, numbers, pdq, query


class Failing(BruteIndex):
    """Takes nothing while it is told to fail."""

    fails = False

    def add(self, rows):
        if self.fails:
            raise BlockingIOError
        super().add(rows)


def found(matcher, number):
    return numbers(matcher.look_up([query(pdq(number))], depicted=Depicted.ADULT)[0])


def test_what_the_index_did_not_take_it_takes_with_the_next_change(tmp_path, clock):
    index = Failing()
    with open_matcher(tmp_path, index=index, now=clock) as matcher:
        matcher.add_bank("A", Depicted.ADULT, by="me")
        index.fails = True
        with pytest.raises(BlockingIOError):
            matcher.add_content("A", new(pdq(1)), by="me")
        assert not matcher.is_current()
        index.fails = False
        matcher.add_content("A", new(pdq(2)), by="me")
        assert (found(matcher, 1), found(matcher, 2), matcher.is_current()) == ([1], [2], True)


def test_an_index_on_disk_goes_on_where_it_was(tmp_path):
    with open_matcher(tmp_path) as matcher:
        matcher.add_bank("A", Depicted.ADULT, by="me")
        matcher.add_contents("A", [new(pdq(number)) for number in range(20)], by="me")
        matcher.withdraw("A", 3, by="me")
        rows = matcher.index_status().rows
    with open_matcher(tmp_path) as matcher:
        assert matcher.index_status().rows == rows == 19
        assert (found(matcher, 1), found(matcher, 2)) == ([2], [])


def test_an_index_that_is_gone_is_built_anew(tmp_path):
    import shutil

    with open_matcher(tmp_path) as matcher:
        matcher.add_bank("A", Depicted.ADULT, by="me")
        matcher.add_contents("A", [new(pdq(1)), new(pdq(2)), new(*frames(3, 4))], by="me")
        matcher.withdraw("A", 2, by="me")
    shutil.rmtree(tmp_path / "index")
    with open_matcher(tmp_path) as matcher:
        assert (found(matcher, 1), found(matcher, 2), matcher.index_status().rows) == ([1], [], 3)


def test_a_damaged_index_is_built_anew_before_anything_is_asked(tmp_path, clock):
    with open_matcher(tmp_path, index=BruteIndex(), now=clock) as matcher:
        matcher.add_bank("A", Depicted.ADULT, by="me")
        matcher.add_content("A", new(pdq(1)), by="me")
    index = BruteIndex(damaged=["segment"])
    with open_matcher(tmp_path, index=index, now=clock) as matcher:
        assert (found(matcher, 1), index.damaged) == ([1], ())


def test_two_machines_on_one_catalogue_follow_each_other(tmp_path, clock):
    here = open_matcher(tmp_path / "here", index=BruteIndex(), now=clock)
    here.add_bank("A", Depicted.ADULT, by="me")
    there = open_matcher(tmp_path / "here", index=BruteIndex(), now=clock)
    here.add_content("A", new(pdq(1)), by="me")
    assert (found(here, 1), found(there, 1), there.is_current()) == ([1], [], False)
    there.follow()
    assert found(there, 1) == [1]
    there.withdraw("A", 1, by="me")
    assert found(here, 1) == []
    here.close()
    there.close()


KILLED = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted
from hashes import new, pdq
with open_matcher(Path(sys.argv[1])) as matcher:
    matcher.add_bank("A", Depicted.ADULT, by="me")
    for number in range(256):
        content = matcher.add_content("A", new(pdq(number)), by="me")
        if number % 3 == 0:
            matcher.withdraw("A", content.number, by="me")
        print(number, flush=True)
"""


@pytest.mark.parametrize("after", [5, 40])
def test_a_kill_loses_nothing_that_was_told_and_brings_nothing_back(tmp_path, after):
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    for line in process.stdout:
        if int(line) == after:
            process.send_signal(signal.SIGKILL)
            break
    told = [after, *(int(line) for line in process.stdout)]
    process.wait()
    process.stdout.close()
    with open_matcher(tmp_path) as matcher:
        for number in range(told[-1] + 1):
            assert found(matcher, number) == ([] if number % 3 == 0 else [number + 1])


def test_the_audit_says_who_did_what_without_a_hash(matcher):
    content = matcher.add_content("ADULTS", new(pdq(1)), by="desk")
    matcher.withdraw("ADULTS", content.number, by="curator", reason="wrong")
    secret = matcher.add_key("desk", ApiRole.MATCHER, lookups_per_minute=60, by="admin")
    lines = [(line.by, line.action) for line in matcher.audit(most=3)]
    assert lines == [("admin", "add-key"), ("curator", "withdraw"), ("desk", "add")]
    told = str(matcher.audit(most=100))
    assert secret not in told
    assert pdq(1).value.hex() not in told


def test_a_key_is_known_by_its_secret_until_it_is_revoked(matcher, tmp_path):
    secret = matcher.add_key("desk", ApiRole.MATCHER, lookups_per_minute=60, by="admin")
    assert matcher.key(secret).name == "desk"
    assert (matcher.key("wrong"), matcher.key(secret * 99), matcher.key("\ud800")) == (None, None, None)
    assert secret.encode() not in (tmp_path / "matcher" / "catalogue.db").read_bytes()
    matcher.revoke_key("desk", by="admin")
    assert matcher.key(secret) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": " "}, "name"), ({"name": "a/b"}, "name"), ({"name": "x" * 65}, "name"), ({"name": "a\n"}, "name"),
        ({"radius": 65}, "radius"), ({"radius": -1}, "radius"), ({"enabled_ratio": 1.1}, "ratio"),
    ],
)  # fmt: skip
def test_a_bank_that_cannot_be_is_refused(matcher, change, problem):
    with pytest.raises(BankRefusedError) as refused:
        matcher.add_bank(**({"name": "B", "depicted": Depicted.ADULT, "by": "me"} | change))
    assert refused.value.facts["problem"] == problem


def test_names_of_banks_are_given_once(matcher):
    with pytest.raises(BankExistsError):
        matcher.add_bank("ADULTS", Depicted.ADULT, by="me")
    assert matcher.change_bank("ADULTS", new_name="B", radius=20, by="me") == matcher.bank("B")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (new(pdq(1), note="x" * 256), ContentRefusedError),
        (new(pdq(1), expires_at="soon"), ContentRefusedError),
        (new(md5(1), *[pdq(1)] * 20_001), ContentRefusedError),
    ],
)
def test_a_content_that_cannot_be_is_refused(matcher, content, error):
    with pytest.raises(error):
        matcher.add_content("ADULTS", content, by="me")
    assert matcher.sizes()["ADULTS"] == 0


def test_a_content_without_hashes_or_with_a_wrong_one_is_refused(matcher):
    from dataclasses import replace

    with pytest.raises(ContentRefusedError):
        matcher.add_content("ADULTS", replace(new(), signals=()), by="me")
    for wrong in (replace(pdq(1), value=b"short"), replace(pdq(1), quality=101)):
        with pytest.raises(HashRefusedError):
            matcher.add_content("ADULTS", new(wrong), by="me")


def test_one_that_only_reads_follows_what_another_process_writes(tmp_path):
    import time

    with open_matcher(tmp_path) as writer:
        writer.add_bank("A", Depicted.ADULT, by="me")
        writer.add_content("A", new(pdq(1)), by="me")
        with open_matcher(tmp_path, read_only=True) as reader:
            assert found(reader, 1) == [1]
            writer.add_content("A", new(pdq(2)), by="me")
            writer.withdraw("A", 1, by="me")
            assert found(reader, 1) == []
            for _try in range(500):
                if found(reader, 2):
                    break
                time.sleep(0.01)
            assert found(reader, 2) == [2]
            with pytest.raises(FolderReadOnlyError):
                reader.add_bank("B", Depicted.ADULT, by="me")


def test_many_threads_find_what_they_added_and_not_what_they_withdrew(tmp_path):
    with open_matcher(tmp_path) as matcher, ThreadPoolExecutor(4) as pool:
        matcher.add_bank("A", Depicted.ADULT, by="me")

        def work(part):
            for number in range(part, 32, 4):
                content = matcher.add_content("A", new(pdq(number)), by=f"thread {part}")
                assert found(matcher, number) == [content.number]
                if number % 2:
                    matcher.withdraw("A", content.number, by=f"thread {part}")
                    assert found(matcher, number) == []
            return part

        assert list(pool.map(work, range(4))) == [0, 1, 2, 3]
        assert (matcher.index_status().rows, matcher.is_current(), matcher.sizes()["A"]) == (16, True, 16)
