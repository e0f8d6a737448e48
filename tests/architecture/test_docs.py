"""The manual builds without a complaint and, once built, asks no other host for anything."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
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
