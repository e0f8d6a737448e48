"""Checkpoints and tlog-proof files."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haechi.domain.checkpoint import Checkpoint, CheckpointError, proof_text

ROOT = base64.b64encode(bytes(32)).decode()


@given(
    st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), min_size=1),
    st.integers(0, 10**19 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_writing_and_reading_are_inverse(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_the_text_has_three_lines():
    assert Checkpoint("origin", 70_000, bytes(32)).text() == f"origin\n70000\n{ROOT}\n"


def test_lines_after_the_root_are_left_to_those_who_know_them():
    assert Checkpoint.parse(f"origin\n1\n{ROOT}\nextension\n").size == 1


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", f"\n1\n{ROOT}\n", f"o\n01\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n+1\n{ROOT}\n", f"o\n1.0\n{ROOT}\n",
        f"o\n\n{ROOT}\n", f"o\n1\n{ROOT}", "o\n1\n\n", "o\n1\nAAAA\n", "o\n1\n*\n", f"o\n\u0661\n{ROOT}\n", "o\n1\n",
        f"o\n{'9' * 20}\n{ROOT}\n",
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_a_checkpoint_is_refused(text):
    with pytest.raises(CheckpointError):
        Checkpoint.parse(text)


def test_a_proof_file_has_the_lines_of_the_specification():
    text = proof_text(7, [bytes(32), b"\xff" * 32], "origin\n9\nroot\n\n\u2014 sig\n", extra=b"salt")
    ones = base64.b64encode(b"\xff" * 32).decode()
    head = f"c2sp.org/tlog-proof@v1\nextra c2FsdA==\nindex 7\n{ROOT}\n{ones}\n\n"
    assert text == head + "origin\n9\nroot\n\n\u2014 sig\n"


def test_a_proof_file_without_extra_leaves_the_line_out():
    assert proof_text(0, [], "note\n") == "c2sp.org/tlog-proof@v1\nindex 0\n\nnote\n"
