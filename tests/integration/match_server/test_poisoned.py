"""A list made to slow everybody down: a hundred thousand contents of one picture, with the program's own index."""

import pytest

from haechi.bootstrap.matcher import NewContent, Query
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, Signal, SignalType, Tier
from haechi.flows.bank_content import MOST_ALIKE

COPIES = 100_000
VALUE = bytes(range(32))


@pytest.fixture
def matcher(tmp_path):
    with open_matcher(tmp_path / "m") as opened:
        opened.add_bank("FLOODED", Depicted.ADULT, by="test")
        yield opened


def test_a_list_of_a_hundred_thousand_copies_floods_no_lookup(matcher, tmp_path):
    from haechi.domain.hash_list import ListFormat

    (tmp_path / "list").write_text(f"pdq {VALUE.hex()}\n" * COPIES, encoding="ascii")
    matcher.import_list(tmp_path / "list", ListFormat.PLAIN, "FLOODED", tier=Tier.SELF_ASSERTED, by="test")
    (answer,) = matcher.look_up([Query.of(Signal(SignalType.PDQ, VALUE))], depicted=Depicted.ADULT)
    assert 1 <= len(answer.hits) <= MOST_ALIKE
    assert matcher.index_status().rows <= MOST_ALIKE


def test_contents_alike_beyond_the_bound_are_held_for_a_curator(matcher):
    new = [NewContent((Signal(SignalType.PDQ, VALUE),), Tier.SELF_ASSERTED)] * (MOST_ALIKE + 50)
    added = matcher.add_contents("FLOODED", new, by="test")
    assert sum(one.held is None for one in added) <= MOST_ALIKE
    assert matcher.index_status().rows <= MOST_ALIKE
