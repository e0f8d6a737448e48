"""What a message shows: its files, or what is left of them."""

from haechi.adapters.index.memory import MemoryIndex
from haechi.domain.evidence import EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.message import MediaReference, MediaRole, MediaStatus, Message, MessageKind, Span, ZoneSource
from haechi.domain.room import RoomKey
from haechi.flows.find_copies import find_copies, shown_by
from haechi.ports.ledger import StoredMessage

MESSAGE = Message(
    0, Span(0, 1), RoomKey("telegram", "channel1"), "1", MessageKind.MEDIA, "0" * 32, None, None, "", None, None,
    ZoneSource.NONE, None, "",
)  # fmt: skip


def stored(*media):
    rows = tuple(
        (MediaReference("", MediaStatus.PRESENT, role), ItemId(item) if item else None) for role, item in media
    )
    return StoredMessage(1, MESSAGE, (), rows)


def test_a_thumbnail_beside_its_file_is_not_shown():
    assert shown_by(stored((MediaRole.ORIGINAL, "file"), (MediaRole.THUMBNAIL, "small"))) == ("file",)


def test_a_thumbnail_stands_for_a_file_that_did_not_come_along():
    assert shown_by(stored((MediaRole.ORIGINAL, None), (MediaRole.THUMBNAIL, "small"))) == ("small",)


def test_a_message_without_files_shows_nothing():
    assert shown_by(stored((MediaRole.ORIGINAL, None))) == shown_by(stored()) == ()


def test_a_video_that_no_message_shows_is_no_copy_of_anything():
    film = EvidenceItem(
        ItemId("film"),
        1,
        "thumb.mp4",
        Sha256("0" * 64),
        9,
        Role.FOUND,
        Examined(MediaKind.VIDEO, "video/mp4"),
        is_sealed=False,
    )
    assert find_copies({film.item_id: film}, (), index=MemoryIndex()) == ()
