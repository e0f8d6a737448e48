"""Copies: which pictures are linked, by which method, and what groups the links make."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.adapters.index.memory import MemoryIndex
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.fingerprint import Fingerprint, Region, Symmetry
from haechi.domain.match import Method, Pair, Sighting, best_pair, group, same_video, turned_back
from haechi.flows.find_copies import picture_pairs, video_pairs

BASES = (bytes(32), bytes([255] * 32), bytes(range(32)))


@st.composite
def hashes(draw, regions=(Region.WHOLE, Region.TRIMMED), symmetries=tuple(Symmetry)):
    value = int.from_bytes(draw(st.sampled_from(BASES)))
    for bit in draw(st.sets(st.integers(0, 255), max_size=40)):
        value ^= 1 << bit
    return Fingerprint(
        value.to_bytes(32),
        draw(st.sampled_from((49, 50, 100))),
        draw(st.sampled_from(symmetries)),
        draw(st.sampled_from(regions)),
    )


PRINTS = st.lists(hashes(), max_size=5).map(tuple)
FRAMES = st.lists(hashes((Region.FRAME,), (Symmetry.UPRIGHT,)), max_size=4).map(tuple)
NAMES = st.sampled_from("abcdefgh").map(lambda letter: Sha256(letter * 64))


def sighting(item, digest, at=None, *, own=False, room="channel1", message="1"):
    return Sighting(ItemId(item), Sha256(digest), own, at, room, "user1", message, f"{item}.jpg")


@st.composite
def seen(draw):
    digests = draw(st.lists(NAMES, min_size=1, max_size=12))
    times = [draw(st.none() | st.integers(0, 3)) for _ in digests]
    return [sighting(str(number), digest, at) for number, (digest, at) in enumerate(zip(digests, times, strict=True))]


PAIRS = st.lists(st.builds(lambda a, b: Pair(*sorted((a, b)), Method.SIMILAR, 3), NAMES, NAMES), max_size=10)


@given(PRINTS, PRINTS)
def test_a_link_is_the_same_from_either_side(left, right):
    there, back = best_pair(Sha256("a"), left, Sha256("b"), right), best_pair(Sha256("b"), right, Sha256("a"), left)
    assert there == back


@given(PRINTS, PRINTS)
def test_pictures_of_low_quality_are_never_compared(left, right):
    poor = [Fingerprint(one.value, 49, one.symmetry, one.region) for one in left]
    assert best_pair(Sha256("a"), poor, Sha256("b"), right) is None


@given(st.sampled_from(Symmetry))
def test_a_turn_and_what_undoes_it_belong_together(symmetry):
    assert turned_back(turned_back(symmetry)) is symmetry


@given(st.dictionaries(NAMES, PRINTS, max_size=5))
def test_the_index_only_finds_sooner_what_the_definition_says(prints):
    names = sorted(prints)
    defined = [
        pair
        for place, left in enumerate(names)
        for right in names[place + 1 :]
        if (pair := best_pair(left, prints[left], right, prints[right]))
    ]
    assert list(picture_pairs(prints, MemoryIndex())) == defined


@given(st.dictionaries(NAMES, FRAMES, max_size=5))
def test_videos_that_share_no_frame_need_no_comparison(videos):
    names = sorted(videos)
    defined = [
        (left, right, bits)
        for place, left in enumerate(names)
        for right in names[place + 1 :]
        if (bits := same_video(videos[left], videos[right])) is not None
    ]
    assert [(pair.left, pair.right, pair.bits) for pair in video_pairs(videos, MemoryIndex())] == defined


@given(FRAMES, FRAMES)
def test_two_videos_are_the_same_from_either_side(left, right):
    assert same_video(left, right) == same_video(right, left)


@given(seen(), PAIRS)
def test_groups_are_what_the_links_connect(sightings, pairs):
    near = {one.digest: {one.digest} for one in sightings}
    for _ in near:
        for pair in pairs:
            if pair.left in near and pair.right in near:
                joined = near[pair.left] | near[pair.right]
                near |= dict.fromkeys(joined, joined)
    expected = {frozenset(one.item_id for one in sightings if one.digest in connected) for connected in near.values()}
    found = group(sightings, pairs)
    assert {frozenset(s.item_id for s in one.sightings) for one in found} == {one for one in expected if len(one) > 1}
    assert [one.number for one in found] == list(range(1, len(found) + 1))


@given(st.data())
def test_groups_and_their_order_do_not_depend_on_the_order_of_records(data):
    sightings, pairs = data.draw(seen()), data.draw(PAIRS)
    shuffled = group(data.draw(st.permutations(sightings)), data.draw(st.permutations(pairs)))
    assert shuffled == group(sightings, pairs)


def test_the_first_of_a_group_is_never_her_own_photo_where_another_is():
    rows = [sighting("own", "d", 1, own=True), sighting("found", "d", 5)]
    (found,) = group(rows, [])
    assert [one.is_own_photo for one in found.sightings] == [True, False]
    assert found.first.item_id == "found"


def test_a_group_of_her_own_photos_alone_begins_with_the_earliest():
    (found,) = group([sighting("b", "d", 7, own=True), sighting("a", "d", 2, own=True)], [])
    assert found.first.item_id == "a"


def test_what_has_no_time_stands_last():
    (found,) = group([sighting("unknown", "d"), sighting("known", "d", 9)], [])
    assert [one.item_id for one in found.sightings] == ["known", "unknown"]
