"""Links: which of a message's are the platform's own, and what a room's message links look like."""

import pytest

from haechi.domain.link import message_link_form, platform_links
from haechi.domain.room import RoomKey


def test_only_the_platforms_own_links_are_kept_each_once_as_written():
    links = [
        "https://t.me/+AbC",
        "T.ME/room/12",
        "https://example.org/t.me/x",
        "t.me/+AbC d",
        "https://t.me/+AbC",
        "t.me/\n",
    ]
    assert platform_links(links) == ("https://t.me/+AbC", "T.ME/room/12")


@pytest.mark.parametrize(
    ("key", "form"),
    [
        ("channel1234", "https://t.me/c/1234/"),
        ("migrated:channel1234", None),
        ("chat55", None),
        ("user77", None),
        ("label:channel1", None),
    ],
)
def test_only_channels_and_supergroups_have_message_links(key, form):
    assert message_link_form(RoomKey("telegram", key)) == form


def test_another_platforms_channel_has_no_link_of_this_one():
    assert message_link_form(RoomKey("other", "channel1234")) is None
