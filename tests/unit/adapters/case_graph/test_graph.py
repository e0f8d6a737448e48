"""The CASE/UCO graph of a packet: it conforms to the ontology, names nobody, and is the same on every run."""

import itertools
import json
import re
import tracemalloc
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from case_utils.case_validate import validate

from drawn.packet_plan import make_plan, make_rich_plan
from haechi.adapters.case_graph import JsonLdGraph
from haechi.domain.custody import Entry
from haechi.domain.evidence import Capture


def graph_of(plan) -> bytes:
    return b"".join(JsonLdGraph().write(plan))


def nodes_of(plan) -> list[dict]:
    return json.loads(graph_of(plan))["@graph"]


def of_type(nodes, name):
    return [one for one in nodes if one["@type"] == name]


def every(value) -> Iterator[dict]:
    """Yield each object in the graph that is a node."""
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from every(one)
    if isinstance(value, dict) and "@id" in value:
        yield value


@pytest.fixture(scope="module")
def plan():
    return make_rich_plan(exhibits=2, shown=(0, 2), messages=3).plan


@pytest.fixture(scope="module")
def nodes(plan):
    return nodes_of(plan)


def conforms(text: bytes, place) -> bool:
    place.write_bytes(text)
    return validate(str(place), inference="none", allow_infos=True).conforms


def test_the_graph_conforms_to_the_ontology(plan, tmp_path):
    assert conforms(graph_of(plan), tmp_path / "graph.jsonld")


@pytest.mark.filterwarnings("ignore")
def test_a_mistyped_class_does_not_conform(plan, tmp_path):
    wrong = graph_of(plan).replace(b'"uco-observable:FileFacet"', b'"uco-observable:FileFacett"', 1)
    assert not conforms(wrong, tmp_path / "graph.jsonld")


def test_every_node_has_an_identifier_of_its_own_that_ends_in_a_uuid(nodes):
    told = [one["@id"] for one in every(nodes) if "@type" in one]
    assert len(told) == len(set(told))
    assert all(uuid.UUID(one[-36:]).version == 5 for one in told)


def test_every_reference_leads_to_a_node(nodes):
    told = {one["@id"] for one in every(nodes) if "@type" in one}
    assert {one["@id"] for one in every(nodes) if "@type" not in one} <= told


def test_the_same_plan_gives_the_same_bytes_and_another_packet_other_identifiers(plan):
    other = replace(plan, packet_id="packet-other")
    assert graph_of(plan) == graph_of(plan)
    mine, theirs = ({one["@id"] for one in every(nodes_of(one)) if "@type" in one} for one in (plan, other))
    assert not mine & theirs


def test_each_exhibit_message_and_copy_has_its_number_and_digest(plan, nodes):
    records = {
        one["case-investigation:exhibitNumber"]: one for one in of_type(nodes, "case-investigation:ProvenanceRecord")
    }
    assert records.keys() == {"E-0001", "E-0002", "M-0001", "M-0002", "D-0001"}
    assert records["D-0001"]["case-investigation:rootExhibitNumber"] == "E-0001"
    files = {one["@id"]: one for one in of_type(nodes, "uco-observable:File")}
    content = files[records["E-0001"]["uco-core:object"]["@id"]]["uco-core:hasFacet"][1]
    assert content["uco-observable:hash"][0]["uco-types:hashValue"]["@value"] == plan.exhibits[0].item.digest


def test_the_log_is_a_chain_of_actions(plan, nodes):
    actions = [
        one
        for one in of_type(nodes, "case-investigation:InvestigativeAction")
        if re.match(r"[0-9]", one["uco-core:name"])
    ]
    assert len(actions) == len(plan.entries)
    for before, after in itertools.pairwise(actions):
        assert after["case-investigation:wasInformedBy"]["@id"] == before["@id"]
    assert "case-investigation:wasInformedBy" not in actions[0]


def test_a_copy_is_tied_to_its_original_and_a_file_to_its_message(nodes):
    kinds = {one["uco-core:kindOfRelationship"] for one in of_type(nodes, "uco-observable:ObservableRelationship")}
    assert {"Redacted_From", "Extracted_From"} <= kinds


def test_names_of_people_and_organisations_stay_out(plan):
    text = graph_of(replace(plan, messages=())).decode()
    names = {name.name for account in plan.accounts for name in account.names}
    assert not [name for name in names if json.dumps(name, ensure_ascii=False) in text]
    assert "authority rsa" not in text
    assert not re.search(r"suspect|offender|perpetrator|victim|guilty", text, re.IGNORECASE)


def test_what_a_pictures_own_metadata_says_stays_out(plan):
    capture = Capture(
        taken_at="2025-01-02T03:04:05", make="DrawnMake", model="DrawnModel", private={"gps": [37.5665, 126.978]}
    )
    first = plan.exhibits[0]
    shown = replace(first, item=replace(first.item, examined=replace(first.item.examined, capture=capture)))
    text = graph_of(replace(plan, exhibits=(shown, *plan.exhibits[1:])))
    assert text == graph_of(plan)


def test_an_account_known_only_by_name_is_no_account(plan):
    from haechi.domain.account import KeyStrength

    weak = tuple(replace(one, key=replace(one.key, strength=KeyStrength.LABEL)) for one in plan.accounts)
    nodes = nodes_of(replace(plan, accounts=weak))
    assert of_type(nodes, "uco-observable:ApplicationAccount") == []
    assert all(
        "uco-observable:from" not in one["uco-core:hasFacet"][0] for one in of_type(nodes, "uco-observable:Message")
    )


def test_half_a_character_and_a_time_outside_the_calendar_are_told_as_far_as_they_can_be(plan):
    odd = replace(plan.messages[0], text="\ud83d", message_id="\ud800", sent_at=10**17)
    (facet,) = of_type(nodes_of(replace(plan, messages=(odd,))), "uco-observable:Message")[0]["uco-core:hasFacet"]
    assert facet["uco-observable:messageText"] == "?"
    assert "uco-observable:sentTime" not in facet


def test_a_long_log_is_written_in_bounded_memory():
    plan = make_plan(1).plan
    entry = plan.entries[1]
    long = replace(plan, entries=tuple(Entry(index, entry.raw) for index in range(3_000)))
    tracemalloc.start()
    try:
        written = sum(map(len, JsonLdGraph().write(long)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert written > 2_000_000
    assert peak < 1_000_000
