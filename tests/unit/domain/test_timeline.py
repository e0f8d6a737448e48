"""The dated timeline: which records become a line, and at which time."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.packet import PacketMessage, TimelineEvent
from haechi.domain.timeline import in_order, message_events, name_events, own_photo_events, shortened

PLAIN = {
    "room": "channel1", "kind": "text", "sender": "user1", "sender_label": "초록우산", "zone_source": "epoch",
    "time_as_written": "2026-09-01T12:00:00", "edited_at": None, "text": "", "reply_to": None, "flags": (),
    "exhibits": (), "facts": {}, "source": "result.json:0-9",
}  # fmt: skip


def message(number, **more):
    return PacketMessage(**{**PLAIN, "message_id": str(number), "sent_at": number, **more})


def kinds(*messages):
    return [(one.kind, one.at) for one in message_events(messages)]


def test_a_plain_message_is_no_event():
    assert kinds(message(1, text="안녕하세요")) == []


def test_an_exhibit_and_its_edit_are_events_at_their_own_times():
    assert kinds(message(1, exhibits=("E-0001",), edited_at=9)) == [("media-posted", 1), ("message-edited", 9)]


def test_an_edit_that_only_two_exports_show_stands_at_the_message():
    assert kinds(message(1, versions=2)) == [("message-edited", 1)]


def test_a_service_action_that_is_unknown_is_no_event():
    known, unknown = message(1, facts={"action": "create_group"}), message(2, facts={"action": "boost_apply"})
    assert kinds(known, unknown) == [("room-created", 1)]


def test_a_link_is_told_where_it_was_first_posted_in_each_room():
    links = ("t.me/+abc", "t.me/x/1")
    first, again = message(1, links=links[:1]), message(2, links=links)
    events = message_events([first, again, message(3, links=links[:1], room="user7")])
    assert [(one.at, one.room, one.facts["links"]) for one in events] == [
        (1, "channel1", ["t.me/+abc"]),
        (2, "channel1", ["t.me/x/1"]),
        (3, "user7", ["t.me/+abc"]),
    ]


def test_a_disappearance_stands_at_the_export_that_shows_it():
    (event,) = message_events([message(1, gone_between=("2026-10-01", "2026-10-20"))])
    assert event.kind == "message-gone"
    assert event.at == int(datetime(2026, 10, 20, tzinfo=UTC).timestamp())
    assert event.facts["sent"] == "2026-09-01T12:00:00"


def test_each_later_name_of_an_account_is_a_line_at_its_first_sight():
    names = (AccountName("가", 1, 5), AccountName("나", 6, 7), AccountName("다", None, None))
    account = Account(AccountKey("telegram", "user1", KeyStrength.ID), names)
    told = [(one.at, one.facts["from"], one.facts["to"]) for one in name_events([account])]
    assert told == [(6, "가", "나"), (None, "나", "다")]


def test_a_photo_without_a_zone_is_told_without_an_instant():
    item = EvidenceItem(
        ItemId("1"), 1, "me.jpg", Sha256("a"), 1, Role.OWN_PHOTO,
        Examined(MediaKind.IMAGE, "image/jpeg", capture=Capture(taken_at="2026-01-01T10:00:00")), is_sealed=False,
    )  # fmt: skip
    (event,) = own_photo_events([item, item], {Sha256("a"): "E-0007"})
    assert (event.at, event.facts) == (None, {"exhibits": ["E-0007"], "taken_at": "2026-01-01T10:00:00"})


@given(st.lists(st.none() | st.integers(-5, 5)))
def test_events_stand_by_time_and_keep_their_order_within_a_moment(times):
    events = [TimelineEvent(at, "message", None, {"place": place}) for place, at in enumerate(times)]
    ordered = [(one.at is None, one.at or 0, one.facts["place"]) for one in in_order(events)]
    assert ordered == sorted(ordered)
    assert len(ordered) == len(events)


@given(st.text())
def test_a_text_on_the_timeline_is_one_line_of_at_most_120_characters(text):
    line = shortened(text)
    assert len(line) <= 120
    assert line.splitlines() in ([], [line])
    assert line == " ".join(text.split()) or line.endswith("…")
