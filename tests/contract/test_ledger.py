"""What every ledger does: versions, sources, accounts, rooms, and what disappeared between exports."""

import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drawn_vault import PASSPHRASE, ROOM, TOOLS, account, make, message, numbered, opened, take
from haechi.domain.account import AccountKey, AccountName, KeyStrength
from haechi.domain.case import Age, Case, CaseId, CustodyMode
from haechi.domain.custody import Draft, EntryType, replay
from haechi.domain.evidence import Capture, EvidenceItem, Examined, ItemId, MediaKind, Role, Sha256
from haechi.domain.fingerprint import Fingerprint, Region, Symmetry
from haechi.domain.message import MediaReference, MediaStatus
from haechi.domain.room import Room, RoomKey
from haechi.domain.warning import ReadWarning
from haechi.ports.blobs import Blob

CASE = Case(CaseId("c" * 32), "사건", CustodyMode.REFERENCE_ONLY, Age.UNKNOWN, "")
OTHER = Case(CaseId("d" * 32), "다른 사건", CustodyMode.REFERENCE_ONLY, Age.UNKNOWN, "")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "vault"
    make(path)
    with opened(path) as vault, vault.ledger.begin() as writer:
        writer.add_case(CASE, [])
        writer.add_case(OTHER, ["age1reader"])
    return path


@pytest.fixture
def vault(template, tmp_path):
    shutil.copytree(template, tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        yield vault


@pytest.fixture(scope="module")
def fresh(template, tmp_path_factory):
    """Return a function that opens a new copy of the empty vault, for one example of a property each."""
    place = tmp_path_factory.mktemp("fresh")

    def copy():
        shutil.rmtree(place / "vault", ignore_errors=True)
        shutil.copytree(template, place / "vault")
        return opened(place / "vault", PASSPHRASE)

    return copy


def stored(vault, case=CASE):
    return list(vault.ledger.messages(case.case_id))


def keys(vault):
    return [(one.message.message_id, one.message.text, len(one.sources)) for one in stored(vault)]


def test_a_message_comes_back_as_it_was_given(vault):
    given_message = message(
        5,
        "안녕",
        label="이름",
        reply_to="4",
        media=(MediaReference("photos/a.jpg", MediaStatus.PRESENT, path="photos/a.jpg", claimed_size=7),),
        named=((account(1), "이름"), (account(2), None)),
        links=("https://t.example/x",),
        flags=("repaired",),
        facts={"reactions": [{"emoji": "\ud83d", "count": 2}], "unknown": None},
        edited_at=9,
    )
    take(vault, CASE, [given_message])
    assert [one.message for one in stored(vault)] == numbered([given_message])


@pytest.mark.parametrize("text", ["\0", "\ud800", "\ufffe{", "a\0b\udfff", "\u2028"])
def test_text_that_no_database_likes_is_kept(vault, text):
    take(vault, CASE, [message(1, text, label=text)])
    assert stored(vault)[0].message.text == text
    assert vault.ledger.accounts(CASE.case_id)[0].names[0].name == text


def test_the_same_export_twice_adds_sources_and_no_messages(vault):
    export = [message(1, "가"), message(2, "나")]
    take(vault, CASE, export)
    take(vault, CASE, export)
    assert keys(vault) == [("1", "가", 2), ("2", "나", 2)]
    assert vault.ledger.message_count() == 2


def test_another_meaning_under_one_key_is_a_version(vault):
    take(vault, CASE, [message(1, "처음"), message(2, "나")])
    take(vault, CASE, [message(1, "고침", at=1_999_999_999), message(2, "나")])
    assert keys(vault) == [("1", "처음", 1), ("1", "고침", 1), ("2", "나", 2)]
    assert vault.ledger.message_count(CASE.case_id) == 2


def test_a_reference_resolves_to_the_item_of_its_own_import(vault):
    reference = MediaReference("photos/a.jpg", MediaStatus.PRESENT, path="photos/a.jpg")
    export = [message(1, media=(reference,))]
    numbers = [take(vault, CASE, export, files=[("photos/a.jpg", content)]) for content in (b"one", b"two")]
    items = {item.item_id: item.import_id for item in vault.ledger.items(CASE.case_id)}
    assert [items[item] for _, item in stored(vault)[0].media] == numbers


def test_cases_do_not_share_messages_rooms_or_accounts(vault):
    take(vault, CASE, [message(1, "가")])
    take(vault, OTHER, [message(1, "가")])
    for case in (CASE, OTHER):
        assert [len(one.sources) for one in stored(vault, case)] == [1]
        assert [one.messages for one in vault.ledger.accounts(case.case_id)] == [1]
        assert [one.messages for one in vault.ledger.rooms(case.case_id)] == [1]


def test_a_name_is_seen_when_the_export_was_made_that_writes_it(vault):
    for day, name in (("1970-01-02", "가"), ("1970-01-03", "나"), ("1970-01-05", "가")):
        take(vault, CASE, [message(1, label=name, at=10)], exported_at=day)
    [only] = vault.ledger.accounts(CASE.case_id)
    assert only.names == (AccountName("가", 86_400, 4 * 86_400), AccountName("나", 2 * 86_400, 2 * 86_400))


def test_one_name_used_by_two_accounts_stays_two_accounts(vault):
    take(vault, CASE, [message(1, sender=account(1), label="김"), message(2, sender=account(2), label="김")])
    assert [(one.key.value, one.messages) for one in vault.ledger.accounts(CASE.case_id)] == [
        ("user1", 1),
        ("user2", 1),
    ]


def test_a_label_means_nobody_outside_its_room(vault):
    label = AccountKey("telegram", "label:김", KeyStrength.LABEL)
    rooms = (ROOM, RoomKey("telegram", "channel78"))
    take(vault, CASE, [message(1, sender=label, label="김", room=room) for room in rooms])
    found = {one.key for one in vault.ledger.accounts(CASE.case_id)}
    assert len(found) == 2
    assert {one.message.sender for one in stored(vault)} == found


def test_rooms_gather_names_and_links_over_exports(vault):
    one = Room(ROOM, "private_supergroup", (AccountName("방", 5, 9),), ("https://t.example/+a",))
    other = Room(ROOM, None, (AccountName("새 방", 20, 30), AccountName("방", 1, 7)), ("https://t.example/+b",))
    take(vault, CASE, rooms=[one])
    take(vault, CASE, rooms=[other])
    assert vault.ledger.rooms(CASE.case_id) == [
        Room(
            ROOM,
            "private_supergroup",
            (AccountName("방", 1, 9), AccountName("새 방", 20, 30)),
            ("https://t.example/+a", "https://t.example/+b"),
        )
    ]


def gone(vault):
    return [(one.message_id, one.last_import, one.first_import_without) for one in vault.ledger.gone(CASE.case_id)]


def texts(*numbers):
    return [message(number) for number in numbers]


def test_what_a_later_export_lacks_inside_its_range_is_gone(vault):
    first = take(vault, CASE, texts(1, 2, 3, 4, 5))
    second = take(vault, CASE, texts(2, 4))
    assert gone(vault) == [("3", first, second)]


def test_what_lies_outside_a_later_export_is_not_gone(vault):
    take(vault, CASE, texts(1, 2, 3))
    take(vault, CASE, texts(3, 4, 5))
    assert gone(vault) == []


def test_an_export_of_only_my_messages_shows_nothing_gone(vault):
    take(vault, CASE, texts(1, 2, 3))
    take(vault, CASE, texts(1, 3), flags=["only_my_messages_suspected"])
    assert gone(vault) == []


def test_the_order_of_exports_is_when_they_were_made(vault):
    newer = take(vault, CASE, texts(1, 3), exported_at="2026-03-01")
    older = take(vault, CASE, texts(1, 2, 3), exported_at="2026-02-01T10:00:00")
    assert gone(vault) == [("2", older, newer)]


def test_what_comes_back_and_goes_again_is_gone_twice(vault):
    numbers = [take(vault, CASE, texts(*found)) for found in ((1, 2, 3), (1, 3), (1, 2, 3), (1, 3))]
    assert gone(vault) == [("2", numbers[0], numbers[1]), ("2", numbers[2], numbers[3])]


exports = st.lists(st.dictionaries(st.integers(1, 8), st.sampled_from("가나"), min_size=1), min_size=1, max_size=4)


@settings(max_examples=20)
@given(exports)
def test_overlapping_exports_agree_with_the_definition(fresh, drawn):
    """Versions, sources and disappearances, computed over again from the exports as plain sets."""
    with fresh() as vault:
        numbers = [
            take(vault, CASE, [message(key, text) for key, text in sorted(export.items())], window=3)
            for export in drawn
        ]
        versions: dict[tuple[str, str], int] = {}
        for export in drawn:
            for key, text in sorted(export.items()):
                versions[str(key), text] = versions.get((str(key), text), 0) + 1
        assert {(key, text): count for key, text, count in keys(vault)} == versions
        assert [key for key, _, _ in keys(vault)] == sorted(key for key, _ in versions)
        expected = set()
        for key in range(1, 9):
            last = None
            for at, export in enumerate(drawn):
                if key in export:
                    last = at
                elif last is not None and min(export) <= key <= max(export):
                    expected.add((str(key), numbers[last], numbers[at]))
                    last = None
        assert set(gone(vault)) == expected


@settings(max_examples=20)
@given(st.permutations(range(3)), exports.filter(lambda drawn: len(drawn) == 3))
def test_disappearances_do_not_depend_on_the_order_of_import(fresh, order, drawn):
    made = [f"2026-0{at + 1}-01" for at in range(3)]

    def found(places):
        with fresh() as vault:
            number_of = {
                take(vault, CASE, [message(key, text) for key, text in drawn[at].items()], exported_at=made[at]): at
                for at in places
            }
            return {(key, number_of[last], number_of[without]) for key, last, without in gone(vault)}

    assert found(order) == found(range(3))


@settings(max_examples=20)
@given(st.lists(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("가나다")), min_size=1), min_size=1, max_size=5))
def test_every_name_of_every_account_is_kept(fresh, days):
    """Each export is made on a day of its own, from 2 January 1970 on."""
    with fresh() as vault:
        seen: dict[tuple[str, str], list[int]] = {}
        for day, sights in enumerate(days, 1):
            drawn = [message(number, sender=account(who), label=name) for number, (who, name) in enumerate(sights)]
            take(vault, CASE, drawn, window=3, exported_at=f"1970-01-0{day + 1}")
            for who, name in sights:
                seen.setdefault((f"user{who}", name), []).append(day * 86_400)
        found = {
            (one.key.value, name.name): (name.first_seen, name.last_seen)
            for one in vault.ledger.accounts(CASE.case_id)
            for name in one.names
        }
        assert found == {key: (min(times), max(times)) for key, times in seen.items()}


def test_a_transaction_that_fails_leaves_nothing(vault):
    before = vault.ledger.log_head()

    def fail():
        with vault.ledger.begin() as writer:
            writer.append(Draft(EntryType.MATCH, "person", vault.tools.now()))
            number = writer.add_import(
                CASE.case_id, source="x", container="file", importer="x", role="found", started_at="x"
            )
            writer.add_part(number, path="x", exported_at=None)
            writer.add_room(CASE.case_id, Room(ROOM, None, (AccountName("이름", 1, 2),)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert vault.ledger.log_head() == before
    assert vault.ledger.imports() == []
    take(vault, CASE, [message(1, sender=account(9))])
    assert [one.names for one in vault.ledger.rooms(CASE.case_id)] == [()]


def test_an_item_comes_back_as_it_was_given(vault):
    examined = Examined(
        MediaKind.VIDEO,
        "video/mp4",
        640,
        480,
        1_500,
        (
            Fingerprint(bytes(32), 90),
            Fingerprint(bytes(range(32)), 51, Symmetry.MIRROR, Region.FRAME, 40),
        ),
        Capture("2026-01-01T00:00:00", make="Kamera", private={"gps": [37, 127]}),
        (("frames-missing", {"count": 2}),),
    )
    with vault.ledger.begin() as writer:
        number = writer.add_import(
            OTHER.case_id, source="x", container="file", importer="x", role="found", started_at="x"
        )
        entry = writer.append(Draft(EntryType.CAPTURE, "person", vault.tools.now()))
        item = EvidenceItem(
            ItemId("i" * 32), number, "사진/a.mp4", Sha256("ab" * 32), 7, Role.OWN_PHOTO, examined, is_sealed=True
        )
        blob = Blob("f" * 64, 7, (("age1reader", b"wrapped"),))
        writer.add_items(OTHER.case_id, [(item, blob, entry.index)])
    assert list(vault.ledger.items(OTHER.case_id)) == [item]
    assert vault.ledger.examined(OTHER.case_id, item.digest) == item
    assert vault.ledger.examined(CASE.case_id, item.digest) is None
    assert vault.ledger.item_entry(item.item_id) == entry.index
    assert vault.ledger.blob(OTHER.case_id, item.digest) == blob
    assert list(vault.ledger.blob_names()) == [blob.name]
    assert vault.ledger.readers(OTHER.case_id) == ["age1reader"]


def test_a_warning_is_recorded_once(vault):
    number = take(vault, CASE)
    found = [ReadWarning("unreadable", "a", "byte 1", {"n": 1}), ReadWarning("unreadable", "a", "byte 2")]
    for _ in range(2):
        with vault.ledger.begin() as writer:
            writer.add_warnings(number, found)
    assert vault.ledger.warnings(number) == found


def test_the_log_replays_to_its_head(vault):
    take(vault, CASE, [message(number) for number in range(9)])
    assert replay(vault.ledger.entries()) == vault.ledger.log_head()
    assert [entry.leaf for entry in vault.ledger.entries()] == list(vault.ledger.leaves(1_000))


def test_reading_goes_on_while_something_is_written(vault):
    take(vault, CASE, [message(number) for number in range(1_200)], window=600)
    reading = vault.ledger.messages(CASE.case_id)
    first = next(reading)
    take(vault, CASE, [message(5_000)])
    assert 1 + sum(1 for _ in reading) == 1_200
    assert first.message.message_id == "0"
    assert TOOLS.folders.header(vault.folder.path, vault.operation).is_intact
