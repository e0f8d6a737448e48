"""A list is taken into a bank: again, changed, broken, withdrawn, and given out."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from brute_index import BruteIndex
from haechi.bootstrap.matcher import ListFormat
from haechi.bootstrap.matcher_opening import open_matcher
from haechi.domain.bank import Depicted, Tier
from haechi.domain.errors import BankMissingError, HashListRefusedError, PathMissingError, TargetExistsError
from hashes import md5, new, numbers, pdq, query


def listed(tmp_path, records, name="list.json") -> Path:
    path = tmp_path / name
    path.write_text(json.dumps({"data": records}), encoding="utf-8")
    return path


def record(number, signal=None, **more):
    signal = signal or pdq(number)
    return {"id": str(number), "type": "HASH_PDQ", "indicator": signal.value.hex(), "status": "MALICIOUS"} | more


def take(matcher, path, form=ListFormat.THREATEXCHANGE_JSON, bank="ADULTS", **more):
    return matcher.import_list(path, form, bank, **({"tier": Tier.WORKER_VERIFIED, "by": "me"} | more))


def found(matcher, *signals):
    return numbers(matcher.look_up([query(*signals)], depicted=Depicted.ADULT)[0])


def test_a_list_taken_again_changes_nothing(matcher, tmp_path):
    path = listed(tmp_path, [record(number) for number in range(1, 30)])
    first, second = take(matcher, path), take(matcher, path)
    assert (first.added, first.refused, first.is_whole, first.quarantine) == (29, 0, True, None)
    assert (second.added, second.replaced, second.unchanged) == (0, 0, 29)
    assert matcher.sizes()["ADULTS"] == 29
    (content,) = [one for one in matcher.contents("ADULTS") if one.source == "threatexchange-json:7"]
    assert (content.tier, content.claimed_facts) == (Tier.WORKER_VERIFIED, {"status": "MALICIOUS"})


def test_a_row_replaces_the_one_before_it_and_a_deletion_takes_it_back(matcher, tmp_path):
    take(matcher, listed(tmp_path, [record(1), record(2), record(3)]))
    changed = [record(1, pdq(9)), {"id": "2", "should_delete": True}, {"id": "77", "should_delete": True}]
    report = take(matcher, listed(tmp_path, changed))
    assert (report.added, report.replaced, report.withdrawn) == (0, 1, 1)
    assert [bool(found(matcher, pdq(number))) for number in (1, 2, 3, 9)] == [False, False, True, True]
    assert take(matcher, listed(tmp_path, [record(2)])).added == 1


def test_of_several_rows_of_one_name_the_last_counts(matcher, tmp_path):
    report = take(matcher, listed(tmp_path, [record(1), record(1, pdq(5)), record(1, pdq(6))]))
    assert (report.added, matcher.sizes()["ADULTS"]) == (1, 1)
    assert found(matcher, pdq(6))


def test_what_a_curator_withdrew_does_not_come_back_with_the_list(matcher, tmp_path):
    path = listed(tmp_path, [record(1), record(2)])
    take(matcher, path)
    matcher.withdraw("ADULTS", 1, by="curator", reason="false alarm")
    report = take(matcher, path)
    assert (report.added, report.kept_out, report.unchanged) == (0, 1, 1)
    assert found(matcher, pdq(1)) == []


def test_broken_rows_are_put_aside_with_their_place_and_the_others_are_taken(matcher, tmp_path):
    path = listed(tmp_path, [record(1), record(2, indicator="zz"), {"id": "3", "type": "URI"}, record(4)])
    report = take(matcher, path)
    assert (report.added, report.refused) == (2, 2)
    lines = [json.loads(line) for line in Path(report.quarantine).read_text().splitlines()]
    assert [(line["place"], line["problem"]) for line in lines] == [("record 2", "hash"), ("record 3", "type")]
    assert [(one.place, one.problem) for one in report.first_refused] == [("record 2", "hash"), ("record 3", "type")]
    assert Path(report.quarantine).stat().st_mode & 0o777 == 0o600


def test_a_list_that_breaks_off_is_taken_as_far_as_it_goes_and_goes_on_when_it_is_whole(matcher, tmp_path):
    path = listed(tmp_path, [record(number) for number in range(1, 9)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    cut = take(matcher, path)
    assert (cut.is_whole, cut.first_refused[-1].problem) == (False, "cut")
    assert 0 < cut.added < 8
    path.write_bytes(whole)
    rest = take(matcher, path)
    assert (rest.added + cut.added, rest.unchanged, rest.is_whole) == (8, cut.added, True)


def test_rows_near_an_innocent_picture_are_held_and_named(matcher, tmp_path):
    matcher.add_content("INNOCENT", new(pdq(1)), by="me")
    report = take(matcher, listed(tmp_path, [record(1, pdq(1, off=30)), record(2)]))
    assert (report.added, report.held) == (2, 1)
    (line,) = [json.loads(line) for line in Path(report.quarantine).read_text().splitlines()]
    assert line["problem"] == "near-innocent"
    assert found(matcher, pdq(1, off=30)) == []


def test_a_long_list_is_taken_in_bounded_transactions(matcher, tmp_path):
    lines = "".join(f"md5 {number:032x}\n" for number in range(3_500))
    path = tmp_path / "list.txt"
    path.write_text(lines, encoding="utf-8")
    assert take(matcher, path, ListFormat.PLAIN).added == 3_500
    told = [line.facts["contents"] for line in matcher.audit() if line.action == "import-list"]
    assert told == [500, 1_000, 1_000, 1_000]


def test_what_is_no_list_is_refused_with_its_path(matcher, tmp_path):
    path = tmp_path / "list.xml"
    path.write_text("<html/>")
    with pytest.raises(HashListRefusedError) as refused:
        take(matcher, path, ListFormat.NCMEC_XML)
    assert refused.value.facts["path"] == str(path)
    with pytest.raises(PathMissingError):
        take(matcher, tmp_path / "none")
    with pytest.raises(BankMissingError):
        take(matcher, path, bank="NONE")


@pytest.mark.parametrize("form", ListFormat)
def test_a_bank_given_out_and_taken_elsewhere_finds_the_same(matcher, tmp_path, clock, form):
    matcher.add_contents(
        "ADULTS", [new(pdq(number), md5(number), note="secret") for number in range(1, 9)], by="someone"
    )
    matcher.withdraw("ADULTS", 3, by="me")
    matcher.change_content("ADULTS", 4, disabled_until="2027-01-01T00:00:00Z", by="me")
    path = tmp_path / "out"
    matcher.export_list("ADULTS", form, path, by="me")
    text = path.read_text()
    assert "secret" not in text
    assert "someone" not in text
    assert pdq(3).value.hex() not in text
    with open_matcher(tmp_path / "other", index=BruteIndex(), now=clock) as other:
        other.add_bank("B", Depicted.ADULT, by="me")
        report = take(other, path, form, bank="B")
        assert (report.refused, report.is_whole) == (0, True)
        assert [bool(found(other, pdq(number))) for number in range(1, 9)] == [True, True, False, False] + [True] * 4


def test_nothing_is_written_over(matcher, tmp_path):
    path = tmp_path / "out"
    path.write_text("mine")
    with pytest.raises(TargetExistsError):
        matcher.export_list("ADULTS", ListFormat.PLAIN, path, by="me")
    with pytest.raises(PathMissingError):
        matcher.export_list("ADULTS", ListFormat.PLAIN, tmp_path / "none" / "out", by="me")
    assert (path.read_text(), sorted(one.name for one in tmp_path.iterdir())) == ("mine", ["matcher", "out"])


def test_a_row_of_another_tier_is_a_change(matcher, tmp_path):
    path = listed(tmp_path, [record(1)])
    take(matcher, path)
    assert take(matcher, path, tier=Tier.POLICE).replaced == 1
    assert replace(matcher.contents("ADULTS")[-1]).tier is Tier.POLICE
