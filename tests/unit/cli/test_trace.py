"""What the screen says of a trace: nothing is said of photos that were only glanced at."""

import pytest

from haechi.cli.trace import _tell_answer
from haechi.domain.evidence import ItemId, Sha256
from haechi.domain.trace import Answer, FaceAnswer, Outcome, SeenFace, WholeFit
from haechi.language import Language, use

FACE = FaceAnswer(SeenFace(100, 1, 0), Outcome.NONE_FOUND, (), (), compared=5, needed=100)


def told(capsys, *scenes, is_partial=False):
    answer = Answer(ItemId("found"), Sha256("a" * 64), None, 400, 400, (FACE,), scenes)
    _tell_answer(answer, {}, is_partial=is_partial)
    return "".join(capsys.readouterr().out.split())


@pytest.fixture(autouse=True)
def _in_korean():
    use(Language.KO)


def test_that_no_photo_overlaps_is_said_only_where_all_were_laid_on_the_picture(capsys):
    assert "겹치는내사진은찾지못했습니다" in told(capsys)
    assert "겹치는내사진은찾지못했습니다" not in told(capsys, is_partial=True)


def test_that_a_picture_overlaps_is_told_without_a_ratio(capsys):
    scene = WholeFit(ItemId("p"), is_mirrored=False, inliers=90, spread=0.5, kept=0.6, replaced=0.3, unknown=0.1)
    assert "비율이없습니다" in told(capsys, scene)
