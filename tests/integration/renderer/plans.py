"""Plans drawn by code: an invented, harmless quarrel about club photographs, at any size."""

import base64
import hashlib
from dataclasses import replace

from drawn.packet_plan import make_rich_plan
from haechi.domain.account import Account, AccountKey, AccountName, KeyStrength
from haechi.domain.case import CustodyMode
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import Draft, Entry, EntryType, LogHead, Opening, RecordedTime
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting
from haechi.domain.note import NoteKey
from haechi.domain.packet import Exhibit, PacketMessage, PacketPlan, SourceExport, TimelineEvent, exhibit_number
from haechi.domain.room import Room, RoomKey

START = 1_772_323_200  # 2026-03-01 00:00 UTC
HOUR = 3_600
ORIGIN = "haechi.example/log/7f3a"
ROOM_NAMES = ("사진 동호회 나눔방", "봄나들이 준비 모임", "3학년 졸업앨범 편집부", "공지 채널")
PEOPLE = ("별빛산책", "초록우산", "느린거북이", "Mina K.", "달토끼", "가람")
LINES = (
    "지난주에 찍은 사진 올립니다. 원본은 제 컴퓨터에 있어요.",
    "이 사진 어디서 났어요? 제 앨범에만 있던 건데요.",
    "밝기만 조금 고쳤습니다.",
    "여기 링크로 들어오면 다 볼 수 있어요 https://t.me/+abcdEFGHijklMNOPqrstUVWXyz0123456789",
    "",
)


def digest_of(text: str) -> Sha256:
    return Sha256(hashlib.sha256(text.encode()).hexdigest())


def room_key(index: int) -> str:
    return f"channel{1_500_000_000 + 7 * index}"


def account_key(index: int) -> str:
    return f"user{5_100_000_000 + 31 * index}"


def drawn_rooms(count: int) -> tuple[Room, ...]:
    return tuple(
        Room(
            RoomKey("telegram", room_key(index)),
            ("private_supergroup", "private_group", "public_channel")[index % 3],
            (
                AccountName(ROOM_NAMES[index % 4] + (f" {index}" if index > 3 else ""), START, START + 40 * HOUR),
                *((AccountName("사진 동호회 (새 이름)", START + 50 * HOUR, START + 90 * HOUR),) if index == 0 else ()),
            ),
            ("https://t.me/+Hq3kd92kXmZlNTQ1",) if index % 2 == 0 else (),
            messages=900 - 5 * index,
        )
        for index in range(count)
    )


def drawn_accounts(count: int) -> tuple[Account, ...]:
    known = tuple(
        Account(
            AccountKey("telegram", account_key(index), KeyStrength.ID),
            (
                AccountName(PEOPLE[index % 6] + (f"{index}" if index > 5 else ""), START, START + 60 * HOUR),
                *((AccountName("별빛🌟산책", START + 61 * HOUR, START + 90 * HOUR),) if index == 0 else ()),
            ),
            messages=max(0, 700 - 90 * index),
        )
        for index in range(count)
    )
    return (
        *known,
        Account(AccountKey("telegram", "label:가람", KeyStrength.LABEL), (AccountName("가람", START, None),), 3),
    )


def drawn_log(captures: int) -> tuple[tuple[Entry, ...], LogHead]:
    head, entries = LogHead(), []
    kinds = [EntryType.CREATE, EntryType.KEY, EntryType.CASE, EntryType.SEAL, *[EntryType.CAPTURE] * captures]
    kinds += [EntryType.WINDOW, EntryType.IMPORT, EntryType.MATCH]
    for index, kind in enumerate(kinds):
        at = f"2026-03-20T05:{index // 60 % 60:02d}:{index % 60:02d}.{index:06d}Z"
        recorded = RecordedTime(at, "Asia/Seoul", 9 * HOUR, "system clock; /etc/localtime")
        entry, head = head.append(Draft(kind, "person", recorded, counts={"n": index}))
        entries.append(entry)
    return tuple(entries), head


def drawn_exhibit(position: int, *, sealed: bool) -> Exhibit:
    own = position % 10 == 0
    # Every fourth has the bytes of the one before it, every third is a changed copy of one before.
    digest = digest_of(f"picture {position - 1 if position % 4 == 0 else position}")
    examined = Examined(
        MediaKind.VIDEO if position % 13 == 0 else MediaKind.IMAGE,
        "video/mp4" if position % 13 == 0 else "image/jpeg",
        1080,
        1350,
        capture=Capture(taken_at="2025-10-03T14:22:10+09:00", zone_source="exif-offset", model="X") if own else None,
    )
    item = EvidenceItem(
        ItemId(f"item{position}"),
        1,
        f"photos/photo_{position}@01-03-2026_12-00-00.jpg",
        digest,
        120_345 + 977 * position,
        Role.OWN_PHOTO if own else Role.FOUND,
        examined,
        sealed,
    )
    seen = () if own else ((room_key(position % 2), f"{position}", account_key(position % 3), START + position * HOUR),)
    file = f"data/evidence/{exhibit_number(position)}.jpg" if sealed else None
    group = (position - 1) // 5 + 1 if position % 5 else None
    return Exhibit(exhibit_number(position), item, 3 + position, Opening(bytes(32), digest), seen, file, group)


def drawn_groups(exhibits: tuple[Exhibit, ...]) -> tuple[Group, ...]:
    groups = []
    for number in sorted({exhibit.group for exhibit in exhibits if exhibit.group is not None}):
        members = [exhibit for exhibit in exhibits if exhibit.group == number]
        sightings = tuple(
            Sighting(
                one.item.item_id,
                one.item.digest,
                one.item.role is Role.OWN_PHOTO,
                one.sightings[0][3] if one.sightings else None,
                one.sightings[0][0] if one.sightings else None,
                one.sightings[0][2] if one.sightings else None,
                one.sightings[0][1] if one.sightings else None,
                one.item.path,
            )
            for one in members
        )
        first = members[0].item.digest
        methods = (Method.SIMILAR, Method.TURNED, Method.TRIMMED)
        pairs = tuple(
            Pair(first, one.item.digest, methods[index % 3], 4 + 6 * index, list(Symmetry)[4 if index % 3 == 1 else 0])
            for index, one in enumerate(members[1:])
            if one.item.digest != first
        )
        groups.append(Group(number, sightings, pairs))
    return tuple(groups)


def drawn_message(index: int, exhibits: int) -> PacketMessage:
    position = index + 1
    carries = position <= exhibits and position % 10 != 0
    return PacketMessage(
        room=room_key(index % 2),
        message_id=f"{position}",
        kind="media" if carries else "text",
        sender=account_key(index % 3),
        sender_label=PEOPLE[index % 3],
        time_as_written="2026-03-01T21:00:00",
        sent_at=START + position * HOUR // 4,
        zone_source="epoch",
        edited_at=START + position * HOUR if index % 17 == 3 else None,
        text=LINES[index % len(LINES)],
        reply_to=f"{index}" if index % 11 == 5 else None,
        flags=(),
        exhibits=(exhibit_number(position),) if carries else (),
        facts={},
        source=f"result.json:{1200 + index * 330}-{1500 + index * 330}",
        versions=2 if index % 17 == 3 else 1,
        gone_between=("2026-03-10", "2026-03-18") if index % 29 == 7 else None,
    )


SERVICE = (
    ("room-created", {"title": ROOM_NAMES[0]}),
    ("invited", {"members": ["초록우산", "달토끼"]}),
    ("joined", {"inviter": "별빛산책"}),
    ("pinned", {"text": "사진은 여기에 모아 주세요"}),
    ("ttl-set", {"seconds": 86_400}),
    ("screenshot-taken", {}),
    ("media-posted", {"exhibits": ["E-0001", "E-0002"], "text": LINES[0], "message": "17"}),
    ("message-edited", {"text": LINES[2], "message": "18"}),
    ("message-gone", {"message": "8", "last_export": "2026-03-10", "first_export_without": "2026-03-18"}),
    ("name-changed", {"from": "별빛산책", "to": "별빛🌟산책"}),
    ("something-new", {"whatever": 3}),
)


def drawn_timeline(count: int) -> tuple[TimelineEvent, ...]:
    events = []
    for index in range(count):
        kind, facts = SERVICE[index % len(SERVICE)]
        room = None if kind == "name-changed" else room_key(index % 2)
        told = {"account": account_key(index % 3), **facts}
        events.append(TimelineEvent(None if index == count - 1 else START + index * HOUR // 4, kind, room, told))
    return tuple(events)


def drawn_plan(
    exhibits: int = 40, messages: int = 300, events: int = 44, rooms: int = 2, accounts: int = 4, *, sealed: bool = True
) -> PacketPlan:
    """Return a plan of this size; the same numbers give the same plan."""
    numbered = tuple(drawn_exhibit(position, sealed=sealed) for position in range(1, exhibits + 1))
    entries, head = drawn_log(exhibits)
    key = NoteKey(ORIGIN, hashlib.sha256(b"log").digest())
    text = Checkpoint(ORIGIN, head.frontier.size, head.frontier.root()).text()
    return PacketPlan(
        packet_id="haechi-2026-7f3a-0001",
        case_name="2026년 봄 사진 동호회 사건",
        mode=CustodyMode.SEALED if sealed else CustodyMode.REFERENCE_ONLY,
        as_of="2026-03-20T06:04:05.123456Z",
        zone="Asia/Seoul",
        offset_s=9 * HOUR,
        haechi_version="0.1.0",
        origin=ORIGIN,
        log_vkey=key.vkey,
        checkpoint=f"{text}\n— {ORIGIN} {base64.b64encode(key.key_id + bytes(64)).decode()}\n",
        signer_public=hashlib.sha256(b"packet").digest(),
        entries=entries,
        openings={},
        exhibits=numbered,
        messages=tuple(drawn_message(index, exhibits) for index in range(messages)),
        accounts=drawn_accounts(accounts),
        rooms=drawn_rooms(rooms),
        groups=drawn_groups(numbered),
        timeline=drawn_timeline(events),
        sources=(
            SourceExport(
                1,
                "ChatExport_2026-03-18",
                "telegram-json",
                "2026-03-20T05:00:03.000003Z",
                digest_of("seal"),
                44,
                5_400_321,
                messages,
                0,
                {"media-missing": 2, "unknown-key": 1},
            ),
        ),
    )


HOSTILE = (
    '#read("/etc/passwd")',
    "*bold* _it_ $x^2$ <b>hi</b> @ref `raw` \\ // /* */ ==",
    "가나다라마바사" * 720,
    "user\u202egnp.exe\u202c \u2066iso\u2069 \u200b\u200d\ufeff\u3164끝",
    "\x00\x01\x1b[31m\x7f\r\n\t줄",
    "😀👨‍👩‍👧 שלום مرحبا ไทย हिन्दी ქართული Łódź Ελλάδα Привет",
    "W" * 300,
    "⟨U+1F600⟩ \ud800 \uffff \U0010ffff \ue000",
    "a" + "\u0301\u0316\u20dd" * 60,
    "  앞뒤  공백  ",
    "",
)


def hostile_plan() -> PacketPlan:
    """Return a plan in which every text that a stranger chooses is meant to break the page."""
    plan = drawn_plan(exhibits=len(HOSTILE), messages=len(HOSTILE), events=0)
    return replace(
        plan,
        case_name=HOSTILE[5],
        zone=HOSTILE[1],
        rooms=tuple(
            replace(
                plan.rooms[0],
                key=RoomKey("telegram", f"{room_key(i)}"),
                type=text,
                links=(text,),
                names=(AccountName(text, START, 10**18),),
            )
            for i, text in enumerate(HOSTILE)
        ),
        accounts=tuple(
            Account(AccountKey("telegram", f"label:{text}", KeyStrength.LABEL), (AccountName(text, None, None),), i)
            for i, text in enumerate(HOSTILE)
        ),
        messages=tuple(
            replace(one, text=text, sender=f"label:{text}", sender_label=text, message_id=text[:40], reply_to=text)
            for one, text in zip(plan.messages, HOSTILE, strict=True)
        ),
        timeline=tuple(
            TimelineEvent(
                10**18, text, text, {"account": text, "from": text, "to": text, "text": text, text: [text, {"a": text}]}
            )
            for text in HOSTILE
        ),
        sources=tuple(replace(plan.sources[0], name=text, warnings={text: 1}) for text in HOSTILE),
    )


def proven_plan() -> PacketPlan:
    """Return a plan with proven messages, redacted copies of a file and of a message, anchors, and a deletion."""
    plan = make_rich_plan().plan
    copy = plan.derivatives[0]
    of_message = replace(
        copy,
        number="D-0002",
        exhibit=None,
        file="data/derivatives/D-0002.json",
        derivative=replace(
            copy.derivative,
            source_item=None,
            message=("channel77", "3"),
            regions=(),
            fields=("sender_label", "names"),
            method="fields/1",
            reason="이름을 가림",
            mime="application/json",
        ),
    )
    head = LogHead()
    drafts = [*plan.entries]
    for entry in drafts:
        head = LogHead(head.frontier.append([entry.leaf]), entry.leaf.hex())
    recorded = RecordedTime("2026-11-20T04:00:00.000000Z", "Asia/Seoul", 9 * HOUR, "system clock; TZ")
    entry, _ = head.append(Draft(EntryType.DELETE, "owner", recorded, counts={"entries": 12, "blobs": 3}))
    return replace(
        plan,
        entries=(*plan.entries, entry),
        derivatives=(copy, of_message),
        report_certificate=digest_of("certificate"),
    )
