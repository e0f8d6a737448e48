"""What goes with what when a field is taken out of a message."""

from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.derivative import MessageField, Region, derivative_record, taken_out

chosen = st.sets(st.sampled_from(MessageField))


@given(chosen, chosen)
def test_taking_out_more_takes_out_no_less(one, other):
    assert set(taken_out(one | other)) == set(taken_out(one)) | set(taken_out(other))


@given(st.lists(st.sampled_from(MessageField)))
def test_the_order_of_choosing_makes_no_difference(fields):
    assert taken_out(fields) == taken_out(reversed(fields)) == tuple(sorted(set(taken_out(fields))))


@given(chosen)
def test_what_repeats_a_name_goes_with_the_name(fields):
    assert ({"sender_label", "names"} <= set(taken_out(fields))) is not {"sender_label", "names"}.isdisjoint(
        taken_out(fields)
    )
    assert ({"text", "links"} <= set(taken_out(fields))) is not {"text", "links"}.isdisjoint(taken_out(fields))


def test_a_record_names_source_regions_and_reason():
    record = derivative_record(
        source_entry=3, source_commit="ab", digest="cd", method="m", regions=[Region(1, 2, 3, 4)], fields=[], reason="r"
    )
    assert record["source"] == {"entry": 3, "commit": "ab"}
    assert record["regions"] == [[1, 2, 3, 4]]
