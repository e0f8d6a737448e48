"""The report as a reader gets it: pages, facts in both languages, and what the files claim to be."""

import io
import re
from dataclasses import replace
from functools import cache

import pypdf
import pypdfium2
import pytest

from haechi.adapters.renderer.confirmation import list_digest
from haechi.adapters.renderer.typst_renderer import TypstRenderer
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import open_record
from haechi.domain.sshkey import key_fingerprint

REPORTS = ("report.pdf", "report.en.pdf")
PAPERS = ("hash-confirmation.pdf", "hash-confirmation.en.pdf")
FIRST_SECTION = {"report.pdf": "차례", "report.en.pdf": "Contents"}


@cache
def pages_of(document: bytes) -> list[str]:
    # pdfium writes a hyphen at the end of a line as U+FFFE.
    return [page.get_textpage().get_text_range().replace("\ufffe", "-") for page in pypdfium2.PdfDocument(document)]


def text_of(document: bytes) -> str:
    """Return the whole text without blanks: lines end where the column does."""
    return re.sub(r"\s", "", "".join(pages_of(document)))


def test_there_is_a_report_and_a_paper_to_sign_in_each_language(documents):
    assert set(documents) == {*REPORTS, *PAPERS}


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_names_what_the_plan_holds(documents, plan, name):
    text = text_of(documents[name])
    missing = [
        fact
        for fact in (
            plan.packet_id,
            plan.case_name.replace(" ", ""),
            key_fingerprint(plan.signer_public),
            Checkpoint.parse(plan.checkpoint.partition("\n\n")[0] + "\n").root.hex(),
            plan.log_vkey,
            plan.sources[0].seal_digest,
            list_digest(plan.exhibits),
            "2026-03-0110:00:00",  # 01:00 UTC in the plan's zone
            "UTC+09:00",
            "10/256",
            *(exhibit.number for exhibit in plan.exhibits),
            *(exhibit.item.digest for exhibit in plan.exhibits),
            *(account.key.value for account in plan.accounts),
            *(room.key.value for room in plan.rooms),
            *(link for room in plan.rooms for link in room.links),
            *(code for source in plan.sources for code in source.warnings),
        )
        if fact not in text
    ]
    assert not missing


def test_both_languages_tell_the_same_facts(documents):
    # Numbers, identifiers and digests, as far as they do not depend on a sentence's wording or a page's length.
    fact = re.compile(r"E-\d{4}|user\d+|channel\d+|[0-9a-f]{32}|\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2}|\d+/256")
    korean, english = (sorted(fact.findall("\n".join(pages_of(documents[name])))) for name in REPORTS)
    assert korean == english


@pytest.mark.parametrize("name", [*REPORTS, *PAPERS])
def test_every_page_has_its_number_and_the_packets(documents, plan, name):
    pages = pages_of(documents[name])
    for number, text in enumerate(pages, 1):
        assert f"{number} / {len(pages)}" in text
        assert plan.packet_id in text


@pytest.mark.parametrize("name", REPORTS)
def test_a_packet_of_twenty_exhibits_has_a_report_of_at_most_thirteen_pages(plans, name):
    documents = TypstRenderer().render(plans.drawn_plan(exhibits=20, messages=300, events=60))
    assert len(pages_of(documents[name])) <= 13


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("case", ["documents", "large_documents", "hostile_documents", "widest"])
def test_the_summary_is_one_page(request, plans, case, name):
    if case == "widest":
        plan = plans.drawn_plan(rooms=60, accounts=60)
        wide = tuple(replace(one, names=(replace(one.names[0], name="W" * 90, last_seen=None),)) for one in plan.rooms)
        people = tuple(
            replace(
                one, key=replace(one.key, value="label:" + "😀" * 40), names=(replace(one.names[0], name="😀" * 90),)
            )
            for one in plan.accounts
        )
        plan = replace(plan, rooms=wide, accounts=people, case_name="한" * 300, zone="Z" * 80, packet_id="P" * 80)
        document = TypstRenderer().render(plan)[name]
    else:
        document = request.getfixturevalue(case)[name]
    pages = pages_of(document)
    assert "SHA256:" in pages[0]
    assert FIRST_SECTION[name] in pages[1].splitlines()[:4]


def test_long_lists_on_the_summary_are_cut_and_counted(large_documents):
    first = pages_of(large_documents["report.en.pdf"])[0]
    assert "54 more" in first
    assert "55 more" in first


@pytest.mark.parametrize("name", [*REPORTS, *PAPERS])
def test_the_files_say_they_are_archivable_and_accessible(documents, name):
    reader = pypdf.PdfReader(io.BytesIO(documents[name]))
    described = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", described)
    assert re.search(r"<pdfaid:conformance>A</pdfaid:conformance>", described)
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", described)
    assert reader.trailer["/Root"]["/Lang"] == ("en" if ".en." in name else "ko")
    assert reader.metadata.creation_date_raw.startswith("D:20260320060405")
    assert reader.metadata.title


def test_the_same_plan_gives_the_same_bytes(documents, plan):
    assert TypstRenderer().render(plan) == documents


@pytest.mark.parametrize("case", ["documents", "hostile_documents", "large_documents"])
def test_no_picture_is_in_any_document(request, case):
    for document in request.getfixturevalue(case).values():
        assert b"/Subtype /Image" not in document
        assert b"/Subtype/Image" not in document


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_stands_outside_the_margins(documents, hostile_documents, name):
    for document in (documents[name], hostile_documents[name]):
        pdf = pypdfium2.PdfDocument(document)
        for page in pdf:
            page_text = page.get_textpage()
            boxes = [page_text.get_charbox(index) for index in range(page_text.count_chars())]
            assert min(left for left, _, _, _ in boxes) >= 45
            assert max(right for _, _, right, _ in boxes) <= 595.3 - 45


def test_a_large_packet_keeps_every_exhibit_and_event(large_documents, large_plan):
    text = text_of(large_documents["report.pdf"])
    assert not [one.number for one in large_plan.exhibits if one.number not in text or one.item.digest not in text]
    assert text.count("기타(something-new)") == sum(event.kind == "something-new" for event in large_plan.timeline)


def test_what_is_left_out_of_a_large_packet_is_counted(large_documents):
    assert "The other 530 rows are in messages.csv." in re.sub(
        r"\s+", " ", " ".join(pages_of(large_documents["report.en.pdf"]))
    )


def test_an_empty_packet_still_has_a_report(plans):
    empty = replace(
        plans.drawn_plan(exhibits=0, messages=0, events=0, rooms=0, accounts=0),
        accounts=(), timeline=(), sources=(), groups=(),
    )  # fmt: skip
    documents = TypstRenderer().render(empty)
    assert "이증거묶음에는호증이없습니다." in text_of(documents["hash-confirmation.pdf"])
    assert "Noexhibitsarelinkedasthesamepicture." in text_of(documents["report.en.pdf"])


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_to_sign_lists_every_hash_value(large_documents, large_plan, name):
    text = text_of(large_documents[name])
    assert list_digest(large_plan.exhibits) in text
    assert not [one.number for one in large_plan.exhibits if f"{one.number}{one.item.digest}" not in text]
    assert "2013도2511" in text or "2013Do2511" in text


def test_the_paper_to_sign_has_lines_for_both_sides_on_its_first_page(documents):
    first = pages_of(documents["hash-confirmation.pdf"])[0]
    assert first.count("서명 또는 날인") == 2
    assert "제출하는 사람" in first
    assert "제출받는 사람" in first


@pytest.fixture(scope="module")
def proven(plans):
    return plans.proven_plan()


@pytest.fixture(scope="module")
def proven_documents(proven):
    return TypstRenderer().render(proven)


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_tells_who_confirmed_what_is_proven_and_what_was_redacted(proven_documents, proven, name):
    text = text_of(proven_documents[name])
    stamps = [stamp for anchor in proven.anchors for stamp in anchor.stamps]
    told = [
        *(stamp.certificate for stamp in stamps),
        *(one.vkey for anchor in proven.anchors for one in anchor.cosignatures),
        *(one.number for one in proven.disclosed),
        *(one.file for one in proven.disclosed),
        *(one.number for one in proven.derivatives),
        *(one.derivative.digest for one in proven.derivatives),
        "2026-11-2010:00:00",  # the first stamp, in the plan's zone
        "2026-11-2013:00:00",  # the deletion
        "files", "signature", "export-true", "unpinned", "cosignature",
        proven.report_certificate,
    ]  # fmt: skip
    assert not [fact for fact in told if fact not in text]
    assert "unanchored" not in text


@pytest.mark.parametrize("name", PAPERS)
def test_the_paper_to_sign_names_the_certificate_of_its_own_signature(proven_documents, proven, name):
    assert proven.report_certificate in text_of(proven_documents[name])


def test_a_log_that_nobody_confirmed_is_told_so(documents):
    text = text_of(documents["report.en.pdf"])
    assert "Nobodyoutsidehasconfirmedthislog." in text
    assert "unanchored" in text


def test_why_something_was_destroyed_is_told_only_where_the_packet_opens_it(proven, proven_documents):
    deleted = proven.entries[-1].index
    opening = open_record(bytes(32), {"reason": "asked by her"})
    opened = replace(proven, openings={**proven.openings, deleted: opening})
    assert "askedbyher" not in text_of(proven_documents["report.en.pdf"])
    assert "askedbyher" in text_of(TypstRenderer().render(opened)["report.en.pdf"])


def test_of_a_packet_of_few_exhibits_and_many_events_the_timeline_is_printed_in_part(plans):
    text = text_of(TypstRenderer().render(plans.drawn_plan(exhibits=40, events=2_950))["report.en.pdf"])
    assert "Theother2,750rowsareinmessages.csv." in text


def test_a_huge_packet_is_printed_in_part_and_the_rest_counted(plans):
    plan = plans.drawn_plan(exhibits=1_001, messages=1_001, events=400)
    documents = TypstRenderer().render(plan)
    words = re.sub(r"\s+", " ", " ".join(pages_of(documents["hash-confirmation.en.pdf"])))
    assert "The annex lists the first 200 exhibits. The other 801 are in meta/exhibits.csv." in words
    assert list_digest(plan.exhibits) in text_of(documents["hash-confirmation.en.pdf"])
    assert "Theother801rowsareinexhibits.csv." in text_of(documents["report.en.pdf"])
