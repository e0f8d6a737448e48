"""The drawn case: Telegram's layout, names that change hands, and a truth about its pictures that holds."""

import json
from collections import defaultdict
from hashlib import sha256

import pytest
from PIL import ExifTags, Image
from tools.drawn.album import AS_IS, OWN
from tools.drawn.case import EXPORT_A, EXPORT_A_LATER, EXPORT_B, OWN_PHOTOS, THUMBNAIL, draw_case
from tools.drawn.recall import recall

MESSAGES = 500


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "case"
    return folder, draw_case(folder, messages=MESSAGES)


def messages(folder, export):
    return json.loads((folder / export / "result.json").read_bytes())["messages"]


def digest(folder, shown):
    return sha256((folder / shown.export / shown.path).read_bytes()).hexdigest()


def test_the_rooms_hold_the_number_of_messages_asked_for(drawn):
    folder, truth = drawn
    assert {export: len(messages(folder, export)) for export in truth.messages} == truth.messages
    assert truth.messages[EXPORT_A] + truth.messages[EXPORT_B] == MESSAGES


@pytest.mark.parametrize("export", [EXPORT_A, EXPORT_B, EXPORT_A_LATER])
def test_times_and_numbers_only_grow(drawn, export):
    rows = messages(drawn[0], export)
    moments = [int(row["date_unixtime"]) for row in rows]
    numbers = [row["id"] for row in rows]
    assert moments == sorted(moments)
    assert numbers == sorted(set(numbers))


def test_every_medium_that_a_message_names_is_there_or_said_to_be_missing(drawn):
    folder, truth = drawn
    for export in truth.messages:
        named = [row[key] for row in messages(folder, export) for key in ("photo", "file", "thumbnail") if key in row]
        there = {path for path in named if not path.startswith("(")}
        assert len(there) < len(named)
        assert there == {one.path for one in truth.shown if one.export == export}
        assert all((folder / export / path).is_file() for path in there)


def test_one_account_takes_a_new_name_and_another_takes_the_old_one(drawn):
    folder, truth = drawn
    names = defaultdict(set)
    for export in (EXPORT_A, EXPORT_B):
        for row in messages(folder, export):
            names[row.get("from_id") or row.get("actor_id")].add(row.get("from") or row.get("actor"))
    assert {account: set(known) for account, known in truth.people.items()} == names
    first, second, _ = truth.people.values()
    assert first[0] == second[1]


def test_the_later_export_lacks_what_is_gone_and_tells_anew_what_was_rewritten(drawn):
    folder, truth = drawn
    early, late = ({row["id"]: row for row in messages(folder, export)} for export in (EXPORT_A, EXPORT_A_LATER))
    assert truth.gone
    assert set(early) - set(late) == set(truth.gone)
    assert {number for number in early.keys() & late.keys() if early[number]["text"] != late[number]["text"]} == set(
        truth.rewritten
    )
    assert truth.rewritten
    assert all(early[number]["date"] == late[number]["date"] for number in early.keys() & late.keys())
    assert len(late) > len(early)


def test_the_same_bytes_always_show_the_same_drawing(drawn):
    folder, truth = drawn
    sources = defaultdict(set)
    for one in truth.shown:
        sources[digest(folder, one)].add(one.source)
    assert all(len(of) == 1 for of in sources.values())


def test_her_own_photos_say_when_they_were_taken_and_posted_ones_do_not(drawn):
    folder, truth = drawn
    for one in truth.shown:
        with (
            Image.open(folder / one.export / one.path) if one.path.endswith(".jpg") else Image.new("L", (1, 1)) as image
        ):
            taken = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.OffsetTimeOriginal)
        is_original = one.export == OWN_PHOTOS or (one.path.startswith("files/") and one.change != THUMBNAIL)
        assert (taken == "+09:00") is is_original


def test_most_of_her_photos_turn_up_changed(drawn):
    changed = {one.source for one in drawn[1].shown if one.export != OWN_PHOTOS and one.change != AS_IS}
    assert len(changed & set(OWN)) >= len(OWN) - 2


def test_recall_counts_what_was_found_and_what_was_mixed_up(drawn):
    folder, truth = drawn
    own = {one.source: one for one in truth.shown if one.export == OWN_PHOTOS}
    copies = [one for one in truth.shown if one.export == EXPORT_A and one.source in ("p13", "p14")]
    right = {"sightings": [{"digest": digest(folder, one)} for one in (own["p13"], copies[0])]}
    wrong = {"sightings": [{"digest": digest(folder, one)} for one in (own["p14"], copies[0])]}
    measured = recall(truth, folder, [right], exports=(EXPORT_A,))
    assert copies[0].source == "p13"
    assert (measured.found.total(), measured.mixed_groups) == (1, 0)
    assert recall(truth, folder, [wrong], exports=(EXPORT_A,)).mixed_groups == 1
    assert recall(truth, folder, [], exports=(EXPORT_A,)).missed == dict(measured.expected)
