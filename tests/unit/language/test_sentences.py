"""Every code has a sentence in both languages, and what is known of a fault stands in it."""

import importlib.util
import json
import re
from pathlib import Path

import pytest

from haechi.domain import errors
from haechi.domain.case import Age, CustodyMode
from haechi.domain.errors import HaechiError
from haechi.domain.fingerprint import Symmetry
from haechi.domain.match import Group, Method, Pair, Sighting
from haechi.domain.warning import ReadWarning as Warned
from haechi.language import Language, use, words
from haechi.language.errors import ERRORS, tell
from haechi.language.findings import tell as tell_finding
from haechi.language.warnings import WARNINGS, by_code

ROOT = Path(__file__).resolve().parents[3]
HANGUL = re.compile(r"[가-힣]")


@pytest.fixture(params=list(Language))
def language(request):
    use(request.param)
    yield request.param
    use(Language.KO)


@pytest.fixture(scope="module")
def catalogue():
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "tools" / "catalogue.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def every_error():
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, HaechiError)]


def fields(text):
    return set(re.findall(r"\{(\w+)", text))


def test_the_catalogue_has_english_for_every_sentence_and_nothing_else(catalogue):
    merged = catalogue.merged()
    assert not [message.id for message in merged if message.id and not message.string]
    assert catalogue.PO.read_bytes() == catalogue.as_po(merged), "run python tools/catalogue.py"


def test_the_compiled_catalogue_is_that_of_the_text(catalogue):
    assert catalogue.MO.read_bytes() == catalogue.as_mo(catalogue.merged()), "run python tools/catalogue.py"


def test_the_english_names_the_same_facts_as_the_korean(catalogue):
    differing = {m.id for m in catalogue.merged() if m.id and fields(m.id) != fields(m.string)}
    assert not differing


def test_no_english_sentence_is_left_in_korean(catalogue):
    assert not [m.string for m in catalogue.merged() if m.id and HANGUL.search(m.string)]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.code)
def test_every_error_says_what_happened_and_what_to_do(kind, language):
    assert kind.code in ERRORS
    what, remedy = tell(kind(reason="minor"))
    assert bool(HANGUL.search(what + remedy)) == (language is Language.KO)
    families = {HaechiError, errors.NotFoundError, errors.UnsupportedError, errors.ConflictError}
    assert remedy or kind in families


@pytest.mark.usefixtures("language")
def test_an_error_names_its_facts():
    what, _remedy = tell(errors.VaultMissingError(path="/somewhere"))
    assert what.endswith("/somewhere")


@pytest.mark.usefixtures("language")
def test_the_facts_of_an_error_choose_the_closer_sentence():
    minor, unknown = (tell(errors.ModeRefusedError(mode="sealed", reason=why)) for why in ("minor", "age-unknown"))
    assert minor != unknown
    broken, remedy = tell(errors.CustodyBrokenError(kind="entry-link", place=17))
    assert "17" in broken
    assert remedy == tell(errors.CustodyBrokenError(kind="something new", place=17))[1]


@pytest.mark.usefixtures("language")
def test_an_error_of_a_plugin_is_told_by_its_family():
    class StrangeError(errors.UnavailableError):
        code = "strange"

    assert tell(StrangeError()) == tell(errors.UnavailableError())


@pytest.mark.usefixtures("language")
def test_every_value_has_words():
    for mode in CustodyMode:
        assert words.mode(mode)
    for age in Age:
        assert words.age(age)
    for method in Method:
        for symmetry in Symmetry:
            told = words.pair(Pair("a", "b", method, 12, symmetry))
            assert ("12" in told) == (method is not Method.EXACT)


@pytest.mark.usefixtures("language")
def test_a_group_names_each_way_once_with_its_largest_distance():
    seen = tuple(
        Sighting(str(n), str(n), is_own_photo=False, seen_at=n, room="r", account="a", message_id="1", path="p")
        for n in range(3)
    )
    pairs = (Pair("0", "1", Method.SIMILAR, 4), Pair("1", "2", Method.SIMILAR, 20), Pair("0", "2", Method.EXACT, 0))
    exact, similar = words.ways(Group(1, seen, pairs))
    assert "SHA-256" in exact
    assert "20" in similar


@pytest.mark.usefixtures("language")
def test_warnings_are_gathered_by_code_with_their_places():
    code = next(iter(WARNINGS))
    warnings = [Warned(code, "result.json", "byte 1204"), Warned(code, "result.json", "message 7"), Warned("new-code")]
    known, unknown = by_code(warnings)
    assert known.count == len(known.places) == 2
    assert "1,204" in known.places[0]
    assert "new-code" in unknown.what
    assert unknown.places == ()


@pytest.mark.usefixtures("language")
def test_a_flag_of_a_whole_part_is_told_once_and_an_error_code_by_its_sentence():
    flag, refused = by_code([Warned("archive-encrypted", "a.zip")], ["crlf"])
    assert {flag.places, refused.places} == {(), ("a.zip",)}


@pytest.mark.usefixtures("language")
def test_a_finding_names_its_place():
    assert "data/x" in tell_finding("file-changed", "data/x")
    assert "brand-new" in tell_finding("brand-new", "data/x")


def test_sentences_fit_into_json_and_print_without_markup():
    for sentence in ERRORS.values():
        assert json.loads(json.dumps(sentence.what)) == sentence.what
        assert not re.search(r"\[/?[a-z]+\]", sentence.what + sentence.remedy)
