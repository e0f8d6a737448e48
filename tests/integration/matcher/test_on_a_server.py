"""Two machines with an index each, on one PostgreSQL catalogue."""

from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted
from hashes import md5, new, numbers, pdq, query
from postgres_server import postgres_server


def test_machines_on_one_server_find_what_the_other_added_and_nothing_it_withdrew(tmp_path):
    def found(matcher, number):
        return numbers(matcher.look_up([query(pdq(number), md5(number))], depicted=Depicted.ADULT)[0])

    with postgres_server() as url:
        one, other = (open_matcher(tmp_path / name, catalogue_url=url) for name in ("one", "other"))
        one.add_bank("A", Depicted.ADULT, by="me")
        one.add_contents("A", [new(pdq(number)) for number in range(5)], by="me")
        other.follow()
        assert [found(other, number) for number in range(5)] == [[1], [2], [3], [4], [5]]
        other.withdraw("A", 2, by="me")
        assert found(one, 1) == []
        other.close()
        one.add_content("A", new(pdq(7)), by="me")
        one.close()
        with open_matcher(tmp_path / "other", catalogue_url=url) as again:
            assert (found(again, 7), found(again, 1), again.index_status().rows) == ([6], [], 5)
