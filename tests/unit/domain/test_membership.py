"""Who was in a room, as far as its messages show it: a lower bound that says so."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.audience import Interval
from haechi.domain.membership import RoomRow, members_seen

LEFT = {"action": "remove_members", "members": ["가"]}
ROWS = st.lists(
    st.builds(
        lambda account, at, left: RoomRow(account, at, "가", LEFT if left else {}),
        st.sampled_from("ab"), st.integers(0, 40), st.booleans(),
    ),
    max_size=12,
).map(lambda rows: sorted(rows, key=lambda row: row.at))  # fmt: skip


def wrote(account, at):
    return RoomRow(account, at, "가", {})


def test_an_account_was_there_from_its_first_message_to_its_last():
    members = members_seen([wrote("b", 3), wrote("a", 5), wrote("b", 9)])
    assert members.stays == (("a", Interval(5, 6)), ("b", Interval(3, 10)))


def test_leaving_cuts_the_time_in_two():
    members = members_seen([wrote("a", 3), RoomRow("a", 6, "가", LEFT), wrote("a", 9)])
    assert members.stays == (("a", Interval(3, 6)), ("a", Interval(9, 10)))


def test_who_was_added_or_removed_by_others_is_counted_and_bound_to_no_account():
    facts = {"action": "invite_members", "members": ["나", "다"]}
    members = members_seen([RoomRow("a", 3, "가", facts), RoomRow("a", 4, "가", {**LEFT, "members": ["나"]})])
    assert members.unbound == 3
    assert [account for account, _ in members.stays] == ["a"]


@given(ROWS)
def test_every_sign_lies_in_a_stay_and_no_stay_crosses_a_leaving(rows):
    stays = members_seen(rows).stays
    for row in rows:
        covering = [
            during for account, during in stays if account == row.account and during.start <= row.at < during.end
        ]
        assert bool(covering) or row.facts == LEFT
    for account, during in stays:
        leavings = [row.at for row in rows if row.account == account and row.facts == LEFT]
        first = min(row.at for row in rows if row.account == account)
        assert during.start >= first - 1
        assert all(not during.start < at < during.end - 1 for at in leavings)
