"""Which language is spoken: what was asked, then the setting, then the locale, and Korean when none of them is known."""

import pytest

from haechi.language import Language, _, choose, current, use


@pytest.mark.parametrize(
    ("asked", "environment", "language"),
    [
        (None, {}, "ko"),
        (None, {"LANG": "C.UTF-8"}, "ko"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "ko_KR.UTF-8", "HAECHI_LANG": "en"}, "en"),
        (None, {"LANG": "en_GB", "LC_ALL": "ko_KR"}, "ko"),
        ("en", {"HAECHI_LANG": "ko"}, "en"),
        ("EN-us", {}, "en"),
        ("xx", {"HAECHI_LANG": "en"}, "en"),
        ("english", {"LANG": "fr_FR"}, "ko"),
    ],
)
def test_the_nearest_known_wish_wins(asked, environment, language):
    assert choose(asked, environment) == language


def test_the_same_sentence_is_said_in_either_language():
    use(Language.KO)
    korean = _("금고: {path}", path="a")
    use(Language.EN)
    english = _("금고: {path}", path="a")
    use(Language.KO)
    assert (korean, english, current()) == ("금고: a", "Vault: a", Language.KO)
