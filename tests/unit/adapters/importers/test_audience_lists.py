"""Lists of who could see, as Instagram hands them out and as tables have them; drawn, and read step by step."""

import csv
import io
import json
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.containers import open_container
from haechi.adapters.importers.audience import lists, read_lists
from haechi.adapters.importers.audience.meta import repaired
from haechi.adapters.importers.audience.reader import read
from haechi.domain.errors import AudienceFileError
from haechi.ports.audience_lists import ListedPost, ListedViewer, ListKind

SINCE = 1_714_500_000


def follower(name, since=SINCE, **more):
    listed = {"href": f"https://www.instagram.com/{name}", "value": name, "timestamp": since}
    return {"title": "", "media_list_data": [], "string_list_data": [listed], **more}


def taken(path):
    return list(read_lists(open_container(path), run=read))


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a file and reads it as a list."""

    def write(content, name="drawn"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return taken(path)[0]

    return write


def reason(file, content):
    with pytest.raises(AudienceFileError) as caught:
        file(content)
    return caught.value.facts["reason"], caught.value.facts["place"]


def test_followers_are_read_with_the_time_since_when(file):
    found = file([follower("drawn.one"), follower("Drawn_Two", since=0)])
    assert found.kind is ListKind.FOLLOWERS
    assert found.viewers == (ListedViewer("drawn.one", SINCE), ListedViewer("drawn_two", None))
    assert found.refused_count == 0


def test_posts_that_have_labels_too_are_read_as_posts(file):
    media = [{"uri": "media/posts/202605/1.jpg", "creation_timestamp": SINCE}]
    found = file([labelled("drawn.one", "Caption", media=media)], "posts_1.json")
    assert found.posts == (ListedPost("media/posts/202605/1.jpg", SINCE),)


def test_a_single_follower_stands_without_brackets(file):
    assert file(follower("drawn.one")).viewers == (ListedViewer("drawn.one", SINCE),)


def test_close_friends_are_known_by_their_root_and_named_in_the_title_where_there_is_no_value(file):
    entry = {
        "title": "drawn.one",
        "string_list_data": [{"href": "https://www.instagram.com/_u/drawn.one", "timestamp": SINCE}],
    }
    found = file({"relationships_close_friends": [entry]})
    assert found.kind is ListKind.CLOSE_FRIENDS
    assert found.viewers == (ListedViewer("drawn.one", SINCE),)


def labelled(name, label="Username", since=SINCE, **more):
    """Draw an entry as downloads of 2026 have them: the link is the one in the profile, and no address of the account."""
    told = [("URL", "https://link.example/drawn.other"), ("Name", "drawn.display"), (label, name)]
    return {
        "timestamp": since,
        "media": [],
        "label_values": [{"label": one, "value": value} for one, value in told],
        "fbid": "10000000000000001",
        **more,
    }


def test_close_friends_of_the_newer_layout_are_read_by_their_label_and_never_by_the_link_in_a_profile(file):
    korean = "사용자 이름".encode().decode("latin-1")
    listed = [labelled("Drawn.One"), labelled("drawn.two", korean, 0), labelled("a b"), labelled("x", since=-1)]
    found = file(listed, "close_friends.json")
    assert found.kind is ListKind.CLOSE_FRIENDS
    assert found.viewers == (ListedViewer("drawn.one", SINCE), ListedViewer("drawn.two", None))
    assert [(one.place, one.problem) for one in found.refused] == [
        ("entry 3", "not-an-account"), ("entry 4", "bad-time"),
    ]  # fmt: skip
    assert file(labelled("drawn.one"), "close_friends_1.json").viewers == (ListedViewer("drawn.one", SINCE),)


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("blocked_profiles.json", "Username", "which-list"),
        ("close_friends.json", "Benutzername", "unknown-language"),
        ("posts_1.json", "Caption", "unknown-layout"),
    ],
)
def test_a_list_of_the_newer_layout_that_does_not_tell_what_it_is_is_refused(file, name, label, expected):
    with pytest.raises(AudienceFileError) as caught:
        file([labelled("drawn.one", label)], name)
    assert caught.value.facts["reason"] == expected


def test_whom_she_follows_is_no_audience(file):
    assert reason(file, {"relationships_following": [follower("drawn.one")]}) == ("following", "")


def test_entries_that_cannot_be_read_are_counted_and_the_others_taken(file):
    odd = [
        {"string_list_data": []},
        follower("a b"),
        follower("drawn.two", since="gestern"),
        follower("x", since=1 << 60),
    ]
    odd[1]["string_list_data"][0]["href"] = "javascript:alert(1)"
    found = file([follower("drawn.one"), *odd, *[follower(f"more{at}") for at in range(5)]])
    assert len(found.viewers) == 6
    assert [(one.place, one.problem) for one in found.refused] == [
        ("entry 2", "unknown-entry"), ("entry 3", "not-an-account"), ("entry 4", "bad-time"), ("entry 5", "bad-time"),
    ]  # fmt: skip
    assert found.refused_count == 4


def test_posts_are_read_with_the_time_of_the_post(file):
    media = [{"uri": "media/posts/202405/1.jpg", "creation_timestamp": SINCE - 9, "title": ""}, {"uri": ""}]
    found = file([{"media": media, "title": "", "creation_timestamp": SINCE}, {"media": media[:1]}])
    assert found.kind is ListKind.POSTS
    assert found.posts == (
        ListedPost("media/posts/202405/1.jpg", SINCE), ListedPost("media/posts/202405/1.jpg", SINCE - 9),
    )  # fmt: skip
    assert [one.place for one in found.refused] == ["entry 1, file 2"]


@given(st.text())
def test_text_whose_bytes_were_written_as_code_points_is_read_as_it_was_meant(text):
    assert (
        repaired(text.encode("utf-8", "surrogatepass").decode("latin-1")) == text
        or "\ud800" <= max(text, default="") <= "\udfff"
    )


def test_a_picture_whose_korean_name_was_written_twice_is_found(file):
    uri = "media/posts/202405/봄.jpg"
    found = file([{"media": [{"uri": uri.encode().decode("latin-1"), "creation_timestamp": SINCE}]}])
    assert found.posts == (ListedPost(uri, SINCE),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_as_spreadsheets_write_it(file, encoding, separator):
    rows = [
        ["계정", "부터", "까지"],
        ["@drawn.one", "2024-05-01", ""],
        [],
        ["그린 이", "", "2024-06-01"],
        ["", "2024-05-01"],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    found = file(text.getvalue().encode(encoding))
    assert found.kind is ListKind.TABLE
    assert found.viewers == (
        ListedViewer("drawn.one", None, "2024-05-01", ""), ListedViewer("그린 이", None, "", "2024-06-01"),
    )  # fmt: skip
    assert [(one.place, one.problem) for one in found.refused] == [("line 5", "not-an-account")]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("empty", "")),
        (b"[]", ("empty", "")),
        (b'[\n{"string_list_data": [', ("not-json", "line 2")),
        (b"[" * 5000, ("not-json", "line 1")),
        (b'{"a": 1}', ("unknown-layout", "")),
        (b"[1, 2]", ("unknown-layout", "")),
        (b"name,when\na,b\n", ("no-header", "line 1")),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ("not-text", "")),
        (b'account\n"' + b"a" * 200_000, ("not-text", "line 2")),
    ],
)
def test_what_is_no_list_is_refused_with_its_place(file, content, expected):
    assert reason(file, content) == expected


def test_a_file_that_is_too_large_is_refused_before_it_is_read(file, monkeypatch):
    monkeypatch.setattr(lists, "MOST_BYTES", 10)
    assert reason(file, b"account\n" + b"a\n" * 9) == ("too-large", "")


@pytest.mark.parametrize(("limit", "most"), [("MOST_BYTES_TOGETHER", 600), ("MOST_ROWS", 4)])
def test_all_files_together_have_a_limit(tmp_path, monkeypatch, limit, most):
    for number in range(3):
        (tmp_path / f"followers_{number}.json").write_text(json.dumps([follower("drawn.one"), follower("drawn.two")]))
    assert len(taken(tmp_path)) == 3
    monkeypatch.setattr(lists, limit, most)
    with pytest.raises(AudienceFileError) as caught:
        taken(tmp_path)
    assert caught.value.facts["reason"] == {600: "together-too-large", 4: "together-too-many"}[most]


def test_only_the_lists_of_a_whole_download_are_read(tmp_path):
    path = tmp_path / "instagram-drawn-2024-06-01.zip"
    folder = "connections/followers_and_following"
    with zipfile.ZipFile(path, "w") as archive:
        for name, told in {
            f"{folder}/followers_1.json": [follower("drawn.one")],
            f"{folder}/followers_2.json": [follower("drawn.two")],
            f"{folder}/following.json": {"relationships_following": [follower("drawn.three")]},
            "your_instagram_activity/media/stories.json": {"ig_stories": []},
        }.items():
            archive.writestr(name, json.dumps(told))
    assert [viewer.account for one in taken(path) for viewer in one.viewers] == ["drawn.one", "drawn.two"]


def test_a_folder_without_lists_is_refused_by_name(tmp_path):
    (tmp_path / "a.txt").write_text("account\na\n")
    with pytest.raises(AudienceFileError) as caught:
        taken(tmp_path)
    assert caught.value.facts["reason"] == "nothing-found"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail_otherwise_than_by_name(content):
    inside, outside = os.pipe()
    os.write(outside, content)
    os.close(outside)
    frames = [frame for frame, _ in read({"most": 1 << 20}, inside)]
    os.close(inside)
    assert "problem" in frames[-1] or "refused" in frames[-1]


def test_a_list_that_the_archive_cannot_give_keeps_the_others_from_looking_whole(tmp_path):
    path = tmp_path / "instagram-drawn-2024-06-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("followers_1.json", json.dumps([follower("drawn.one")]))
        archive.writestr("followers_1 (1).json", json.dumps([follower("drawn.two")]))
    assert [one.path for one in taken(path)] == ["followers_1 (1).json", "followers_1.json"]
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../followers_2.json", json.dumps([follower("drawn.three")]))
    with pytest.raises(AudienceFileError) as caught:
        taken(path)
    assert caught.value.facts["reason"] == "not-opened"
