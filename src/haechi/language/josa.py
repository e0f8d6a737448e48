"""Korean particles: 을/를, 이/가, 은/는, 으로/로 follow the last sound of the word before them.

A Hangul syllable tells by its final consonant, a number by how it is read, a
Latin word by its likely reading. Where the sound is not known both forms are
written, as official letters do: 을(를).
"""

import re

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_FINALS = 28  # a syllable's number modulo 28 is its final consonant, 0 for none (Unicode Standard, 3.12)
_RIEUL = 8

# How a digit is read: 영 일 이 삼 사 오 육 칠 팔 구. True: a final consonant; "ㄹ" is told apart for 으로/로.
_DIGITS = {
    "0": "ㅇ", "1": "ㄹ", "2": "", "3": "ㅁ", "4": "", "5": "", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ", "9": "",
}  # fmt: skip
_LETTERS = {"L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}  # 엘, 엠, 엔, 알; every other letter's name ends in a vowel
_READ_JO = range(12, 16)  # trailing zeros of numbers whose last word is 조, the one unit that ends in a vowel
_CLOSING = "\"'`\u2019”」』)]}>.,!?…"


def with_particle(word: str, pair: str) -> str:
    """Return `word` with the fitting particle of `pair`, written `form after a consonant/form after a vowel`."""
    after_consonant, after_vowel = pair.split("/")
    final = final_sound(word)
    if final is None:
        return word + _both(after_consonant, after_vowel)
    if not final or (final == "ㄹ" and after_consonant.startswith("으로")):
        return word + after_vowel
    return word + after_consonant


def final_sound(word: str) -> str | None:
    """Return the final consonant of the last syllable as read ("" for none, "ㄹ" exactly), or None when not known."""
    word = word.rstrip(_CLOSING)
    if not word:
        return None
    last = word[-1]
    if _FIRST_SYLLABLE <= ord(last) <= _LAST_SYLLABLE:
        number = (ord(last) - _FIRST_SYLLABLE) % _FINALS
        return "" if number == 0 else "ㄹ" if number == _RIEUL else "ㄱ"
    if number_read := re.search(r"[0-9][0-9,]*$", word):
        return _of_number(number_read[0].replace(",", ""))
    if latin := re.search(r"[A-Za-z]+$", word):
        return _of_latin(latin[0])
    return None


def _of_number(digits: str) -> str:
    zeros = len(digits) - len(digits.rstrip("0"))
    if zeros == len(digits) or zeros == 0:
        return _DIGITS[digits[-1]]
    # 십, 백, 천, 만, 억 and 경 end in a consonant that is not ㄹ.
    return "" if zeros in _READ_JO else "ㄱ"


def _of_latin(word: str) -> str:
    if word.isupper():
        return _LETTERS.get(word[-1], "")
    stem = word.lower()
    if re.search(r"[aeiouy][aeiouy]?le?$|[^aeiouy]le$|ll$", stem):
        return "ㄹ"
    # 텔레그램, 존, 앱, 북, 챗: a nasal, or a stop straight after a short vowel, closes the syllable.
    return "ㄴ" if re.search(r"(m|n|ng|[aeiouy][mn]e|[aeiouy]ck|[aeiouy]([bckpt])\2?)$", stem) else ""


def _both(after_consonant: str, after_vowel: str) -> str:
    if after_consonant.endswith(after_vowel):
        return f"({after_consonant[: -len(after_vowel)]}){after_vowel}"
    return f"{after_consonant}({after_vowel})"
