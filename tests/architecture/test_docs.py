"""The manual builds without a complaint, says the same in both languages, and asks no other host for anything."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from haechi.cli import run
from haechi.cli.app import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
KOREAN_GUIDES = sorted((ROOT / "docs" / "guide").glob("*.ko.md"))
WITH_VERBS = ("audience", "authority", "recipient", "witness")
SVG = "http://www.w3.org/2000/svg"  # a name, never fetched


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the manual away from the checkout and return its folder."""
    place = tmp_path_factory.mktemp("manual")
    shutil.copytree(ROOT / "docs", place / "docs")
    shutil.copy(ROOT / "zensical.toml", place)
    build = [sys.executable, "-m", "zensical", "build", "--strict"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    done = subprocess.run(build, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return place / "site"


def pages(site):
    return sorted(site.rglob("*.html"))


def test_every_page_of_the_manual_is_built(site):
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")}
    assert written <= {page.relative_to(site) for page in pages(site)}


def test_guides_have_the_same_sections_in_both_languages():
    for korean in KOREAN_GUIDES:
        levels = [re.findall(r"^(#+) ", page, re.MULTILINE) for page in both(korean)]
        assert levels[0] == levels[1], korean.name


def test_guides_show_the_same_commands_and_options_in_both_languages():
    for korean in KOREAN_GUIDES:
        shown = [set(shown_commands(page)) for page in both(korean)]
        assert shown[0] == shown[1], korean.name


def test_every_option_that_a_guide_or_the_front_page_shows_exists(capsys):
    pages = [*KOREAN_GUIDES, ROOT / "README.md"]
    shown = {one for page in pages for one in shown_commands(page.read_text(encoding="utf-8")) if one[1]}
    assert shown
    for command, options in sorted(shown):
        run([*command.split(), "--help"])
        assert set(options) <= set(capsys.readouterr().out.split()), command


def both(korean):
    """Return the text of a Korean guide and of its English twin."""
    return [
        page.read_text(encoding="utf-8") for page in (korean, korean.with_name(korean.name.replace(".ko.", ".en.")))
    ]


def shown_commands(text):
    """Yield each command that stands in code, with its options: `("witness serve", ("--host",))`."""
    for code in re.findall(r"^ *\$ (.*)$|`([^`]+)`", text, re.MULTILINE):
        words = " ".join(code).split("#")[0].split()
        if words and Path(words[0]).name == "haechi" and words[1:] and words[1] in COMMANDS:
            verb = " ".join(words[1:3] if words[1] in WITH_VERBS and words[2:] else words[1:2])
            yield verb, tuple(sorted(word for word in words if word.startswith("--")))


def test_no_page_loads_anything_from_another_host(site):
    loading = re.compile(r"<(?:script|link|img|iframe|source|video|audio|embed|object)\b[^>]*(?:https?:)?//[^>]*>")
    found = {page.name: loading.findall(page.read_text(encoding="utf-8")) for page in pages(site)}
    assert not {page: tags for page, tags in found.items() if tags}
    styles = "".join(style.read_text(encoding="utf-8") for style in site.rglob("*.css"))
    assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", styles.replace(SVG, ""))


def test_every_page_forbids_its_scripts_to_reach_another_host(site):
    for page in pages(site):
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page.read_text(encoding="utf-8"))
        assert policy, page.name
        assert policy[1].startswith("default-src 'self'")
        assert not re.search(r"https?:|\*", policy[1])
