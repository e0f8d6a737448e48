"""What the manual and the front page say is what the program does: commands, settings, codes, links, both languages."""

import ast
import importlib.util
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from haechi.cli.app import COMMANDS
from haechi.domain import errors
from haechi.language import Language
from haechi.language.errors import ERRORS
from haechi.language.findings import FINDINGS
from haechi.language.tracing import CONTAINER
from haechi.language.warnings import WARNINGS
from haechi.language.words import SETTINGS, STAGES
from haechi.ports.packets import FINDING_CODES
from haechi.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "haechi"
TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


@pytest.fixture(scope="module")
def reference():
    spec = importlib.util.spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def calls(name):
    """Yield every call in the source of something whose name ends so, with its file."""
    for module in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called.endswith(name):
                    yield module, called, node


@pytest.mark.parametrize("language", list(Language))
def test_the_reference_page_is_what_the_program_says(reference, language):
    written = (ROOT / "docs" / f"reference.{language}.md").read_text(encoding="utf-8")
    assert written == reference.page(language), "run python tools/reference.py"


@pytest.mark.parametrize("language", list(Language))
def test_every_command_setting_and_code_stands_in_the_reference(language):
    page = (ROOT / "docs" / f"reference.{language}.md").read_text(encoding="utf-8")
    assert all(f"### haechi {command}\n" in page for command in COMMANDS)
    assert all(f"`HAECHI_{name.upper()}`" in page for name in Settings.model_fields)
    assert all(f"`{code}`" in page for code in [*ERRORS, *WARNINGS, *FINDINGS])


def test_every_setting_has_words():
    assert set(SETTINGS) == set(Settings.model_fields)


def test_every_finding_of_a_packet_has_a_sentence():
    assert set(FINDING_CODES) == set(FINDINGS)


def test_every_raised_error_gives_the_facts_that_its_sentence_names():
    lacking = set()
    for module, called, node in calls("Error"):
        kind = getattr(errors, called, None)
        if kind is None or any(keyword.arg is None for keyword in node.keywords):
            continue
        named = {keyword.arg for keyword in node.keywords}
        needed = set(re.findall(r"\{(\w+)", ERRORS[kind.code].what + ERRORS[kind.code].remedy))
        if not needed <= named:
            lacking.add(f"{module.relative_to(SOURCE)}:{node.lineno} {called} lacks {sorted(needed - named)}")
    assert not lacking


def test_every_kind_of_broken_custody_has_a_sentence():
    kinds = {
        keyword.value.value
        for _module, _called, node in calls("CustodyBrokenError")
        for keyword in node.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert {f"custody-broken/{kind}" for kind in kinds} <= set(ERRORS)


def test_every_stage_of_work_has_words():
    stages = {
        node.args[0].value
        for _module, called, node in calls("progress")
        if called in {"progress", "_progress"} and node.args and isinstance(node.args[0], ast.Constant)
    }
    assert stages
    assert stages <= set(STAGES)


def test_every_warning_and_flag_in_the_source_has_a_sentence():
    assert "html-beside-json" in warning_codes()
    assert warning_codes() <= {*WARNINGS, *ERRORS, *CONTAINER}


def test_no_sentence_is_kept_for_a_warning_that_nothing_gives():
    source = "".join(path.read_text(encoding="utf-8") for folder in ("adapters", "flows") for path in modules(folder))
    # A file that made a worker fail is reported with the code of that error.
    assert not {code for code in WARNINGS if f'"{code}"' not in source} - set(ERRORS)


def modules(folder):
    return sorted((SOURCE / folder).rglob("*.py"))


def warning_codes():
    """Return the codes that the source gives to warnings, refused members, findings of a file, and flags."""
    codes = set()
    for module in [*modules("adapters"), *modules("flows")]:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="ReadWarning") | ast.Attribute(attr="ReadWarning" | "_warn"), args=[first, *_]
                ):
                    codes.add(first)
                case ast.Call(func=ast.Attribute(attr="append" | "add", value=owner), args=[first]):
                    codes |= {first} if ast.unparse(owner).endswith(("flags", "findings")) else set()
                case ast.Tuple(elts=[first, ast.Dict()]) | ast.List(elts=[first, ast.Dict()]):
                    codes.add(first)
                case ast.keyword(arg="refused", value=value):
                    codes.add(value)
                case ast.Call(
                    func=ast.Name(id="UndecodableError"), keywords=[ast.keyword(arg="code", value=value), *_]
                ):
                    codes.add(value)
    return {code.value for code in codes if isinstance(code, ast.Constant) and isinstance(code.value, str)}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(text):
    prose = re.sub(r"```.*?```", "", text.read_text(encoding="utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", prose)
    broken = [link for link in links if "://" not in link and not (text.parent / unquote(link)).exists()]
    assert not broken


def test_every_guide_is_there_in_both_languages():
    guides = {path.name for path in (ROOT / "docs" / "guide").glob("*.md")}
    assert guides == {
        f"{who}.{lang}.md"
        for who in ("person", "centre", "police", "platform", "tracing", "cluster")
        for lang in Language
    }


def test_every_page_stands_in_the_table_of_contents():
    listed = set(re.findall(r'"([\w./-]+\.md)"', (ROOT / "zensical.toml").read_text(encoding="utf-8")))
    assert listed == {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}


def test_commands_that_the_guides_show_exist():
    shown = {
        match[1]
        for text in TEXTS
        for match in re.finditer(r"^ *\$ (?:\.venv/bin/)?haechi ([a-z-]+)", text.read_text("utf-8"), re.MULTILINE)
    }
    assert shown
    assert shown <= set(COMMANDS)
