"""Posts and who could see them: recorded with the log, taken in whole or not at all, told with gaps, and erased with their photo."""

import json
import shutil
from datetime import datetime
from random import Random

import pytest
from sqlalchemy import text

from decrypted_pages import decrypted_pages
from drawn_vault import ROOM, account, check, make, message, opened, sealed_case, take
from haechi.adapters.containers import open_container
from haechi.adapters.importers.audience import read_lists
from haechi.adapters.importers.audience.reader import read
from haechi.domain.audience import Circle, Interval, Place, Word
from haechi.domain.errors import (
    AudienceMissingError,
    AudienceRefusedError,
    CustodyBrokenError,
    SelectionUnknownError,
)
from haechi.domain.evidence import Role
from haechi.domain.membership import RoomRow, members_seen
from haechi.domain.message import MessageKind
from haechi.domain.room import RoomKey
from haechi.domain.vault import Operation
from haechi.domain.written_time import written_span
from haechi.flows.erase import Doomed, ask, erase, foresee
from haechi.flows.import_viewers import Told, import_viewers
from haechi.flows.record_post import record_post
from haechi.flows.record_viewers import record_viewers
from haechi.flows.show_audience import show_audience

SINCE, POSTED, DOWNLOAD = 1_714_000_000, 1_714_500_000, 1_717_200_000
AT = Interval(POSTED, POSTED + 1)
PLACE = Place("instagram", "drawn.owner", Circle.FOLLOWERS)
AS_OF = Interval(DOWNLOAD, DOWNLOAD + 60)
OWN = "media/posts/202405/1.jpg"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    path = tmp_path_factory.mktemp("filled") / "v"
    make(path)
    with opened(path) as vault:
        case = sealed_case(vault)
        take(vault, case, files=[(OWN, b"own" * 9), ("media/posts/202405/2.jpg", b"two" * 9)], role=Role.OWN_PHOTO)
        come = {"kind": MessageKind.SERVICE, "label": "나"}
        rows = [
            message(1, "a", sender=account(1), at=POSTED - 50, label="가"),
            message(2, "b", sender=account(2), at=POSTED - 40, label="나"),
            message(3, "", sender=account(2), at=POSTED + 9, facts={"action": "remove_members", "members": ["나"]}, **come),
            message(4, "", sender=account(1), at=POSTED + 20, kind=MessageKind.SERVICE, label="가",
                    facts={"action": "invite_members", "members": ["다", "라"]}),
        ]  # fmt: skip
        take(vault, case, rows, files=[("found.png", b"found" * 9)])
    return path


@pytest.fixture
def path(filled, tmp_path):
    return shutil.copytree(filled, tmp_path / "v")


def case_of(vault):
    return vault.ledger.cases()[0]


def item(vault, path=OWN):
    return next(one for one in vault.ledger.items(case_of(vault).case_id) if one.path == path).item_id


def post(vault, place=PLACE, **more):
    return record_post(vault, case_of(vault), item(vault), place, **{"posted": AT, "removed_at": None, **more})


def took(vault, tmp_path, told, **files):
    folder = tmp_path / "lists"
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content))
    lists = read_lists(open_container(folder), run=read)
    return import_viewers(vault, case_of(vault), lists, told, span=lambda one: written_span(one, datetime.timestamp))


def table(vault, tmp_path, told, content):
    path = tmp_path / "table.csv"
    path.write_text(content)
    lists = read_lists(open_container(path), run=read)
    return import_viewers(vault, case_of(vault), lists, told, span=lambda one: written_span(one, datetime.timestamp))


def follower(name, since=SINCE):
    return {"string_list_data": [{"href": "", "value": name, "timestamp": since}]}


def kinds(path):
    with pytest.raises(CustodyBrokenError) as caught:
        check(path)
    return [one["kind"] for one in caught.value.facts["findings"]]


def test_a_downloaded_list_tells_of_its_moment_and_leaves_a_gap_before_it(path, tmp_path):
    with opened(path) as vault:
        post(vault)
        told = Told("instagram", "drawn.owner", as_of=AS_OF, is_complete=True)
        taken = took(vault, tmp_path, told, followers_1=[follower("b"), follower("a", since=0)], followers_2=[follower("c", POSTED + 1)])  # fmt: skip
        assert (taken.lists, taken.is_complete) == (((Circle.FOLLOWERS, 3),), True)
        (shown,) = show_audience(vault, case_of(vault))
    assert shown.accounts == ("a", "b", "c")
    assert shown.at_posting == ("b",)
    assert not shown.is_complete_then
    assert shown.gaps == (Interval(POSTED, DOWNLOAD), Interval(DOWNLOAD + 60, None))
    assert shown.audience.at(DOWNLOAD) == ("a", "b", "c")
    check(path)


def test_a_download_is_never_whole_for_the_time_before_it(path, tmp_path):
    with opened(path) as vault:
        post(vault)
        told = Told("instagram", "drawn.owner", as_of=AS_OF, is_complete=True, between=Interval(SINCE, DOWNLOAD))
        took(vault, tmp_path, told, followers_1=[follower("b", POSTED + 9)])
        (shown,) = show_audience(vault, case_of(vault))
    assert not shown.is_complete_then
    assert shown.gaps[0] == Interval(POSTED, DOWNLOAD)


def test_nothing_is_known_of_the_future(path, tmp_path):
    place = Place("kakaotalk", "room", Circle.CHAT)
    content = "account,from,until\na,2024-04-01,2099-01-01\nb,2090-01-01,2098-01-01\n"
    with opened(path) as vault:
        now = int(datetime.fromisoformat(vault.tools.now().at).timestamp())
        record_post(vault, case_of(vault), item(vault), place, posted=AT, removed_at=now + 3_000)
        whole = Told("kakaotalk", "room", Circle.CHAT, is_complete=True, between=Interval(SINCE, 1 << 32))
        taken = table(vault, tmp_path, whole, content)
        (shown,) = show_audience(vault, case_of(vault))
        with pytest.raises(AudienceRefusedError):
            record_post(vault, case_of(vault), item(vault), place, posted=AT, removed_at=now + 200_000)
    assert [(one.place, one.problem) for one in taken.refused] == [("entry 2", "times")]
    assert now <= shown.audience.post.removed_at <= now + 60
    assert max(one.during.end for one in shown.audience.viewers) <= now + 60


def test_a_list_of_which_only_the_day_is_known_is_whole_at_no_moment(path, tmp_path):
    with opened(path) as vault:
        post(vault)
        day = Interval(DOWNLOAD, DOWNLOAD + 86400)
        taken = took(vault, tmp_path, Told("instagram", "drawn.owner", as_of=day, is_complete=True), followers_1=[follower("a")])  # fmt: skip
        (shown,) = show_audience(vault, case_of(vault))
    assert not taken.is_complete
    assert shown.audience.known == ()
    assert shown.audience.viewers[0].during == Interval(SINCE, DOWNLOAD + 1)


def test_a_list_with_unreadable_entries_is_taken_and_not_called_whole(path, tmp_path):
    with opened(path) as vault:
        told = Told("instagram", "drawn.owner", as_of=AS_OF, is_complete=True)
        taken = took(vault, tmp_path, told, followers_1=[follower("a"), follower("b c"), follower("d")])
        assert (taken.lists, taken.refused_count, taken.is_complete) == (((Circle.FOLLOWERS, 2),), 1, False)


def test_a_list_is_not_recorded_twice(path, tmp_path):
    with opened(path) as vault:
        told = Told("instagram", "drawn.owner", as_of=AS_OF)
        for _ in range(2):
            took(vault, tmp_path, told, followers_1=[follower("a")])
        assert len(vault.ledger.viewer_lists(case_of(vault).case_id)) == 1


@pytest.mark.parametrize(
    ("told", "files", "reason"),
    [
        ({"as_of": None}, {"followers_1": [follower("a")]}, "as-of-missing"),
        ({"as_of": Interval(SINCE - 60, SINCE)}, {"close_friends": {"relationships_close_friends": [follower("b")]}, "followers_1": [follower("a", 0), follower("b")]}, "as-of-early"),
        ({"as_of": Interval(1 << 33, (1 << 33) + 60)}, {"followers_1": [follower("a")]}, "in-future"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_and_nothing_is_recorded(path, tmp_path, told, files, reason):
    with opened(path) as vault:
        before = vault.ledger.log_head()
        with pytest.raises(AudienceRefusedError) as caught:
            took(vault, tmp_path, Told("instagram", "drawn.owner", **told), **files)
        assert caught.value.facts["reason"] == reason
        assert vault.ledger.log_head() == before
        assert not vault.ledger.viewer_lists(case_of(vault).case_id)


def test_a_table_tells_times_of_its_own(path, tmp_path):
    place = Place("kakaotalk", "room", Circle.CHAT)
    content = "account,from,until\na,2024-04-01,2024-05-01\nb,2024-04-01,\nc,,2024-05-01\nd,bad,\ne,2024-05-02,2024-05-01\nf,,\n"
    with opened(path) as vault:
        post(vault, place)
        told = Told("kakaotalk", "room", Circle.CHAT, as_of=AS_OF, is_complete=True)
        taken = table(vault, tmp_path, told, content)
        (shown,) = show_audience(vault, case_of(vault))
    assert shown.accounts == ("a", "b", "f")
    assert [(one.place, one.problem) for one in taken.refused] == [
        ("entry 3", "no-from"), ("entry 4", "bad-time"), ("entry 5", "times"),
    ]  # fmt: skip
    with opened(path) as vault, pytest.raises(AudienceRefusedError):
        table(vault, tmp_path, Told("kakaotalk", "room", as_of=AS_OF), content)


def test_posts_of_a_download_are_those_of_her_own_photos_and_recorded_once(path, tmp_path):
    listed = [
        {"media": [{"uri": OWN}, {"uri": "media/posts/202405/9.jpg"}], "creation_timestamp": POSTED},
        {"media": [{"uri": "other/202405/2.jpg"}], "creation_timestamp": POSTED},
    ]
    with opened(path) as vault:
        waiting = took(vault, tmp_path, Told("instagram", "drawn.owner"), posts_1=listed)
        told = Told("instagram", "drawn.owner", Circle.FOLLOWERS)
        first, again = (took(vault, tmp_path, told, posts_1=listed) for _ in range(2))
        (shown,) = show_audience(vault, case_of(vault), {item(vault)})
        assert show_audience(vault, case_of(vault), {item(vault, "found.png")}) == ()
    assert (waiting.posts, waiting.waiting) == (0, 3)
    assert (first.posts, first.without_photo) == (1, 2)
    assert (again.posts, again.known) == (0, 1)
    assert (shown.audience.post.posted, shown.audience.post.word) == (AT, Word.EXPORT)


def test_a_typed_list_holds_until_it_was_typed_and_is_whole_where_she_says_so(path):
    with opened(path) as vault:
        post(vault, removed_at=POSTED + 1000)
        made = record_viewers(
            vault, case_of(vault), ["b", "a", "b"], PLACE, start=POSTED - 5, end=None, is_complete=True
        )
        (shown,) = show_audience(vault, case_of(vault))
    assert made.told.viewers[0].during.end < 1 << 33
    assert shown.at_posting == ("a", "b")
    assert shown.is_complete_then
    assert shown.gaps == ()


def test_a_post_of_which_only_the_day_is_known_leaves_open_who_came_that_day(path):
    day = Interval(POSTED - 1000, POSTED + 85_400)
    with opened(path) as vault:
        post(vault, posted=day)
        case = case_of(vault)
        for name, start, end in (
            ("all", SINCE, day.end),
            ("noon", POSTED, None),
            ("left", SINCE, POSTED),
            ("late", day.end, None),
        ):
            record_viewers(vault, case, [name], PLACE, start=start, end=end, is_complete=name == "all")
        (shown,) = show_audience(vault, case)
    assert shown.audience.post.posted == day
    assert (shown.at_posting, shown.maybe_at_posting) == (("all",), ("left", "noon"))
    assert shown.is_complete_then
    check(path)


def test_a_post_of_today_was_not_made_later_than_now_or_than_its_removal(path):
    with opened(path) as vault:
        now = int(datetime.fromisoformat(vault.tools.now().at).timestamp())
        today = post(vault, posted=Interval(now - 100, now + 80_000)).post
        gone = post(vault, posted=Interval(POSTED, POSTED + 86_400), removed_at=POSTED + 50).post
    assert now < today.posted.end <= now + 60
    assert gone.posted == Interval(POSTED, POSTED + 50)


def test_a_room_shows_who_was_there_and_never_the_whole_list(path):
    with opened(path) as vault:
        post(vault, Place(ROOM.platform, ROOM.value, Circle.CHAT), posted=AT)
        (shown,) = show_audience(vault, case_of(vault))
    assert shown.at_posting == ("user1", "user2")
    assert shown.audience.at_least(POSTED + 10) == ("user1",)
    assert not shown.is_complete_then
    assert shown.unbound == 2
    assert shown.gaps == (Interval(POSTED, None),)


def test_what_cannot_be_is_refused(path):
    with opened(path) as vault:
        case = case_of(vault)
        for photo, more, error in (
            ("nothing", {}, SelectionUnknownError),
            (item(vault, "found.png"), {}, AudienceRefusedError),
            (item(vault), {"removed_at": POSTED}, AudienceRefusedError),
            (item(vault), {"posted": Interval(1 << 33, (1 << 33) + 1)}, AudienceRefusedError),
        ):
            with pytest.raises(error):
                record_post(vault, case, photo, PLACE, **{"posted": AT, "removed_at": None, **more})
        public = Place("instagram", "drawn.owner", Circle.PUBLIC)
        for place, end in ((public, None), (PLACE, POSTED - 1)):
            with pytest.raises(AudienceRefusedError):
                record_viewers(vault, case, ["a"], place, start=POSTED, end=end, is_complete=False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posts SET posted_until = posted_until + 1",
        "UPDATE viewers SET account = 'other'",
        "DELETE FROM viewers",
        "DELETE FROM posts",
        "INSERT INTO known_intervals VALUES ((SELECT number FROM viewer_lists), 9, NULL, NULL)",
    ],
)
def test_a_row_that_was_changed_behind_the_log_is_found(path, statement):
    with opened(path) as vault:
        post(vault)
        record_viewers(vault, case_of(vault), ["a"], PLACE, start=SINCE, end=POSTED, is_complete=False)
        with vault.ledger.begin() as writer:
            writer._connection.execute(text(statement))  # noqa: SLF001 - as somebody with the vault's key could
    assert kinds(path) == ["audience"]


def test_what_was_removed_is_in_no_page_and_the_log_still_verifies(path):
    with opened(path) as vault:
        kept = post(vault)
        made = record_viewers(
            vault, case_of(vault), ["marked-account"], PLACE, start=SINCE, end=POSTED, is_complete=True
        )
        for name in (made.list_id, kept.post_id):
            doomed = Doomed(case_of(vault).case_id, audience=name)
            erase(vault, doomed, ask(vault, doomed, foresee(vault, doomed), reason=""), None)
        with pytest.raises(AudienceMissingError):
            foresee(vault, doomed)
        assert not vault.ledger.posts(case_of(vault).case_id)
        assert not vault.ledger.viewer_lists(case_of(vault).case_id)
        key = vault.tools.keys.database_key(vault.master)
    check(path)
    assert not any(b"marked-account" in page for page in decrypted_pages(path / "ledger.db", key))


@pytest.mark.parametrize("whole", [False, True])
def test_erasing_the_photo_or_the_case_erases_its_audience(path, whole):
    with opened(path) as vault:
        post(vault)
        record_viewers(vault, case_of(vault), ["marked-account"], PLACE, start=SINCE, end=POSTED, is_complete=True)
        doomed = Doomed(case_of(vault).case_id, () if whole else (item(vault),))
        deletion = ask(vault, doomed, foresee(vault, doomed), reason="당사자의 요청")
        rows = erase(vault, doomed, deletion, None).erased.rows
        key = vault.tools.keys.database_key(vault.master)
    assert rows["posts"] == 1
    assert rows.get("viewers", 0) == int(whole)
    check(path)
    assert any(b"marked-account" in page for page in decrypted_pages(path / "ledger.db", key)) is not whole


def test_the_log_tells_no_name_and_no_account(path):
    with opened(path) as vault:
        post(vault)
        record_viewers(vault, case_of(vault), ["marked-account"], PLACE, start=SINCE, end=POSTED, is_complete=True)
    with opened(path, operation=Operation.READ) as vault:
        raw = b"".join(entry.raw for entry in vault.ledger.entries())
        subjects = json.dumps([one.subject for _, one in vault.ledger.openings()])
    assert raw.count(b'"type":"audience"') == 2
    for name in ("marked-account", "drawn.owner", "instagram"):
        assert name.encode() not in raw
        assert name not in subjects


def test_a_room_tells_the_same_as_all_its_messages_would(path):
    facts = {
        "": {},
        "left": {"action": "remove_members", "members": ["가"]},
        "other": {"action": "invite_members", "members": ["나"]},
    }
    dice = Random(7)
    drawn = [
        message(
            number,
            room=RoomKey("telegram", f"channel{room}"),
            sender=account(dice.randrange(3)),
            at=POSTED + number // 2,
            label="가",
            facts=facts[kind],
            kind=MessageKind.SERVICE if kind else MessageKind.TEXT,
        )
        for room in range(100, 140)
        for number, kind in enumerate(dice.choices(list(facts), (6, 1, 1), k=dice.randrange(14)))
    ]
    with opened(path) as vault:
        case = case_of(vault)
        take(vault, case, drawn, window=1000)
        for room in {one.room for one in drawn}:
            rows = [RoomRow(one.sender.value, one.sent_at, "가", one.facts) for one in drawn if one.room == room]
            found = members_seen(vault.ledger.room_rows(case.case_id, room.platform, room.value))
            assert found == members_seen(rows)
