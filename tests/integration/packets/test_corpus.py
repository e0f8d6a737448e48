"""The public corpus: each verifier says of each packet what the corpus says, and the corpus is what its script makes."""

import importlib.util
import os
import tarfile
import tomllib
from pathlib import Path

import pytest

import mutate_packets
import sweep_packets
from compare_verifiers import compare
from haechi.ports.packets import FINDING_CODES
from packets.verifiers import NOTHING, VERIFIERS, Asked

CORPUS = Path(__file__).resolve().parents[2] / "packets"
INDEX = tomllib.loads((CORPUS / "index.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The published packets, unpacked."""
    target = tmp_path_factory.mktemp("corpus")
    with tarfile.open(CORPUS / "corpus.tar.xz") as archive:
        archive.extractall(target, filter="tar")
    return target


def asked(corpus: Path, name: str) -> Asked:
    said = INDEX[name]
    policy = corpus / said["policy"] if "policy" in said else None
    return Asked(corpus / name, said.get("signer"), tuple(said.get("authorities", ())), policy)


def can_see(verifier: str, said: dict[str, object]) -> bool:
    """Say whether the verifier can see what is wrong: a browser is told of no link, and Windows has no pipes."""
    if verifier == "verify.ps1":
        return "special-file" not in said["codes"]
    return verifier != "verify.html" or said.get("seen_by_browsers", True)


def few(names: list[str]) -> list[str]:
    """Return packets that show each finding, and some that pass or have a policy.

    verify.sh takes most of a second for a packet, and minutes for all, which `make soak ARGS=corpus` asks it about.
    """
    if os.environ.get("HAECHI_WHOLE_CORPUS"):
        return names
    chosen, shown = (
        {
            "good_pass",
            "no-anchors_pass",
            "quorum-two-of-three_pass",
            "policy-with-crlf_misused",
            "authority-one-of-two_pass",
        },
        set(),
    )
    for name in sorted(names, key=lambda name: -len(INDEX[name]["codes"])):
        if not shown.issuperset(INDEX[name]["codes"]):
            chosen.add(name)
            shown.update(INDEX[name]["codes"])
    return [name for name in names if name in chosen]


@pytest.fixture(scope="module")
def answers(corpus):
    """What each verifier said, asked once for all packets."""
    given = {}

    def of(verifier: str):
        if verifier not in given:
            names = [name for name in INDEX if can_see(verifier, INDEX[name])]
            names = few(names) if verifier == "verify.sh" else names
            said = VERIFIERS[verifier]([asked(corpus, name) for name in names])
            given[verifier] = dict(zip(names, said, strict=True))
        return given[verifier]

    return of


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_each_verifier_finds_in_each_packet_what_is_wrong_and_nothing_else(answers, verifier):
    wrong = {
        name: f"{sorted(said.codes)}, not {INDEX[name]['codes']}"
        for name, said in answers(verifier).items()
        if (said.verdict, said.codes - NOTHING) != (INDEX[name]["verdict"], set(INDEX[name]["codes"]))
    }
    assert wrong == {}


@pytest.mark.parametrize("verifier", sorted(VERIFIERS.keys() - {"verify.py", "verify.sh"}))
def test_each_verifier_proves_the_same_and_nothing_of_a_packet_that_fails(answers, verifier):
    other = answers("verify.py")
    told = {name: said.proven for name, said in answers(verifier).items()}
    assert told == {name: other[name].proven for name in told}
    nothing = {"proven": [], "not counted": [], "not proven": []}
    assert all(told[name] == nothing for name in told if INDEX[name]["verdict"] == "FAIL")


def test_the_shell_tells_the_outcome_in_the_words_of_python(answers):
    # How many findings there are is told too, and one of a broken file may be told where another verifier tells two.
    told = {name: said.words for name, said in answers("verify.sh").items() if INDEX[name]["verdict"] == "PASS"}
    assert told == {name: answers("verify.py")[name].words for name in told}


def test_names_say_what_the_verdict_is(corpus):
    assert len(INDEX) >= 80
    for name, said in INDEX.items():
        assert name.endswith({"PASS": "_pass", "FAIL": "_fail", "NONE": "_misused"}[said["verdict"]])
        assert (said["verdict"] == "FAIL") is bool(said["codes"])
        assert (corpus / name).is_dir()


def test_every_finding_code_has_a_packet_that_shows_it():
    shown = {code for said in INDEX.values() for code in said["codes"]}
    too_large = {"file-too-large", "too-many-files"}  # a packet of that size has no place in a repository
    assert set(FINDING_CODES) - shown == too_large


def test_the_script_makes_the_published_corpus(corpus, tmp_path):
    spec = importlib.util.spec_from_file_location("corpus_make", CORPUS / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.index() == (CORPUS / "index.toml").read_text(encoding="utf-8")
    for case in module.CASES:
        module.build(case, tmp_path / case.name)
        assert content(tmp_path / case.name) == content(corpus / case.name)


def test_randomly_changed_packets_get_the_same_findings_and_claims_from_all():
    told: list[str] = []
    samples = mutate_packets.samples(range(40), 2026)
    tally = compare(samples, sorted(VERIFIERS), shell_every=8, heard=told.append)
    assert tally["FAIL"] + tally["PASS"] == 40, "\n".join(told)
    assert tally["FAIL"] > 20


def test_packets_changed_in_turn_get_the_same_findings_and_claims_from_all(tmp_path):
    told: list[str] = []
    samples = sweep_packets.samples(sweep_packets.PARTS, tmp_path / "good")[::180]
    tally = compare(samples, sorted(VERIFIERS), shell_every=8, heard=told.append)
    assert tally["FAIL"] + tally["PASS"] == len(samples) > 30, "\n".join(told)
    assert min(tally["FAIL"], tally["PASS"]) > 5


def content(folder: Path) -> dict[str, object]:
    """Return everything that lies in a folder."""
    return {
        place.relative_to(folder).as_posix(): place.readlink() if place.is_symlink() else place.read_bytes()
        if place.is_file() else "folder" if place.is_dir() else "special"
        for place in folder.rglob("*")
    }  # fmt: skip
