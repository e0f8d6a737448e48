"""verify.html as people use it: opened from the disk in a browser, a folder chosen, an answer read."""

import base64
import hashlib
import re
import tarfile
from pathlib import Path

import pytest

from browser import chromium
from packets.verifiers import VERIFY

CORPUS = Path(__file__).resolve().parents[2] / "packets/corpus.tar.xz"
PAGE = VERIFY / "verify.html"


@pytest.fixture(scope="module")
def packets(tmp_path_factory):
    target = tmp_path_factory.mktemp("packets")
    chosen = ("good_pass", "exhibit-changed_fail")
    with tarfile.open(CORPUS) as archive:
        archive.extractall(target, filter="data", members=[one for one in archive if one.name.split("/")[0] in chosen])
    return target


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser):
    """The page, in a Korean browser of a telephone's width; whatever it asks the network for is noted."""
    context = browser.new_context(locale="ko-KR", viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.asked = []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.problems = []
    opened.on("pageerror", lambda error: opened.problems.append(str(error)))
    opened.on("console", lambda message: opened.problems.append(message.text) if message.type == "error" else None)
    opened.goto(PAGE.as_uri())
    yield opened
    assert opened.asked == [PAGE.as_uri()]
    assert opened.problems == []
    context.close()


def choose(page, packet):
    page.locator("#folder").set_input_files(packet)
    page.wait_for_selector(".verdict")


def test_the_policy_of_the_page_allows_its_own_script_and_style_and_nothing_else():
    text = PAGE.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    for kind in ("script", "style"):
        [inner] = re.findall(f"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


def test_the_page_has_nothing_that_reads_text_as_markup_or_program():
    text = PAGE.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://", text
    )


def test_a_good_packet_passes_and_the_fingerprint_is_asked_to_be_compared(page, packets):
    choose(page, packets / "good_pass")
    said = page.locator("#result").inner_text()
    assert "검증 통과" in said
    assert "지문을 종이와 비교하십시오" in said
    assert page.locator("#live").inner_text() == "검증 통과"


def test_the_fingerprint_that_was_typed_is_compared(page, packets):
    choose(page, packets / "good_pass")
    signer = page.locator(".print").inner_text()
    page.locator("#signer").fill(signer)
    page.get_by_role("button", name="다시 검사").click()
    page.wait_for_selector(".verdict")
    assert "종이의 지문과 같은 열쇠" in page.locator(".verdict").inner_text()
    page.locator("#signer").fill("SHA256:" + "A" * 43)
    page.get_by_role("button", name="다시 검사").click()
    page.wait_for_selector(".verdict.bad")
    assert "signer-other" in page.locator("#result").inner_text()
    assert "온전하지만, 알려 준 열쇠로 서명한 것이 아닙니다" in page.locator(".verdict").inner_text()
    assert "검증되지 않았습니다" not in page.locator("#result").inner_text()


def test_a_mistyped_fingerprint_is_told_before_anything_is_checked(page, packets):
    page.locator("#signer").fill("SHA256:abc")
    page.locator("#folder").set_input_files(packets / "good_pass")
    page.wait_for_selector("#signer-wrong:not([hidden])")
    assert page.locator("#signer").get_attribute("aria-invalid") == "true"
    assert page.locator(".verdict").count() == 0


def test_a_file_that_is_no_policy_is_told_before_anything_is_checked(page, packets, tmp_path):
    (tmp_path / "policy").write_text("garbage\n")
    page.locator("#policy").set_input_files(tmp_path / "policy")
    page.locator("#folder").set_input_files(packets / "good_pass")
    page.wait_for_selector("#policy-wrong:not([hidden])")
    assert "quorum" in page.locator("#policy-wrong").inner_text()
    assert page.locator(".verdict").count() == 0


def test_a_changed_packet_fails_and_says_where(page, packets):
    choose(page, packets / "exhibit-changed_fail")
    said = page.locator("#result").inner_text()
    assert "이 증거 묶음은 검증되지 않았습니다" in said
    assert "file-changed" in said
    assert "data/evidence/E-0001.png" in said


def test_a_folder_that_is_no_packet_is_told_so(page, tmp_path):
    (tmp_path / "note.txt").write_text("x")
    choose(page, tmp_path)
    assert "해치 증거 묶음이 아닙니다" in page.locator("#result").inner_text()


def test_every_word_has_both_languages(page, packets):
    choose(page, packets / "exhibit-changed_fail")
    page.get_by_role("button", name="English").click()
    page.locator("noscript").evaluate("one => one.remove()")  # it says both at once
    said = page.locator("body").inner_text()
    assert "This packet does not verify" in said
    assert "What this page cannot see" in said
    assert not re.search("[가-힣]", said.replace("한국어", ""))
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_page_fits_a_telephone_and_every_control_has_a_name(page, packets):
    choose(page, packets / "good_pass")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for control in page.locator("button, input:not([hidden]), textarea").all():
        assert control.evaluate(
            "one => (one.labels && one.labels.length ? one.labels[0].textContent : one.textContent).trim()"
        )
