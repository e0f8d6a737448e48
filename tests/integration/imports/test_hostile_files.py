"""Two hundred and more hostile files: each is named or refused with a sentence, none hangs or swells, nothing beside it is lost."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drawn.hostile_archives import bad_archives
from drawn.hostile_chats import bad_chats
from drawn.hostile_media import bad_media
from drawn.hostile_names import draw_names
from haechi import language
from haechi.language import Language
from haechi.language.errors import ERRORS
from haechi.language.warnings import WARNINGS

SORTS = ("media", "names", "archives", "chats")
TESTS = Path(__file__).parent.parent.parent
MOST_MIB = 512
SLOWEST_S = 10


def once(sort: str, folder: Path) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent / "tools")])}
    command = [sys.executable, str(Path(__file__).with_name("hostile_once.py")), sort, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    folders = {sort: tmp_path_factory.mktemp(sort) for sort in SORTS}
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(SORTS, pool.map(lambda sort: once(sort, folders[sort]), SORTS), strict=True))


def test_there_are_more_than_two_hundred_and_no_two_have_one_name(tmp_path):
    folder = tmp_path / "names"
    folder.mkdir()
    names = [
        *(one.name for make in (bad_media, bad_archives, bad_chats) for one in make()),
        *(one.about for one in draw_names(folder)),
    ]
    assert len(names) == len(set(names)) >= 200


@pytest.mark.parametrize("sort", SORTS)
def test_each_brings_the_warning_or_the_error_it_should(told, sort):
    wrong = [
        (row["name"], row["wanted"], row["found"])
        for row in told[sort]["told"]
        if not (set(row["wanted"]) & set(row["found"]) if row["wanted"] else sort == "chats" or not row["found"])
    ]
    assert wrong == []


@pytest.mark.parametrize("sort", SORTS)
def test_each_is_received_and_so_is_what_lies_beside_it(told, sort):
    assert [row["name"] for row in told[sort]["told"] if not row["kept"]] == []


@pytest.mark.parametrize("sort", SORTS)
def test_no_process_takes_more_than_512_mib(told, sort):
    assert max(told[sort]["peaks_mib"]) <= MOST_MIB


@pytest.mark.parametrize("sort", SORTS)
def test_none_is_waited_for_longer_than_ten_seconds(told, sort):
    assert told[sort]["slowest_s"] <= SLOWEST_S


@pytest.mark.parametrize("spoken", Language)
def test_every_code_has_a_sentence_in_both_languages(told, spoken):
    codes = {code for sort in SORTS for row in told[sort]["told"] for code in row["found"]}
    known = {**{key.partition("/")[0]: sentence for key, sentence in ERRORS.items()}, **WARNINGS}
    assert codes <= set(known)
    korean = {code: language.fill(known[code].what, {}) for code in codes}
    before = language.current()
    language.use(spoken)
    try:
        told_of = {code: known[code].tell({})[0] for code in codes}
    finally:
        language.use(before)
    assert all(told_of.values())
    assert [code for code, what in told_of.items() if (what == korean[code]) is (spoken is Language.EN)] == []
