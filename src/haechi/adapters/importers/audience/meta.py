r"""The lists and posts of an Instagram download ("Download your information", JSON), by their shape wherever that tells.

Lists stand in a bare array, in a bare object, or under a `relationships_…` member; each entry has `string_list_data` with `value`,
`href` and `timestamp` (seconds since when, 0 not known), and newer ones have the name in `title` instead of `value`. Strings
are UTF-8 whose bytes were written as `\u00xx`. Which years a list covers depends on what was ticked when it was asked for, and
does not stand in it.

Downloads of May and August 2026 (from public readers of them and the tests of those; followers stood as before) have close
friends, and in the very same shape accounts that were blocked, restricted, hidden or asked to be followed, as a bare array of
`{"timestamp", "media": [], "label_values": [{"label": "URL", "value"}, {"label": "Name", …}, {"label": "Username", …}], "fbid"}`;
a single entry stands without brackets. So here only the file's name tells which list it is. Labels are in the language of the
account. `URL` is the link that a person has put into their profile, anywhere in the web: it is never read as the account.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from haechi.adapters.importers.audience.problem import ListProblemError, Refused

_CLOSE_FRIENDS = "relationships_close_friends"
_FOLLOWERS = "relationships_followers"
_FOLLOWING = "relationships_following"
_HANDLE = re.compile(r"[A-Za-z0-9._]{1,64}")
_PROFILE = re.compile(r"https?://(?:www\.)?instagram\.com/(?:_u/)?([A-Za-z0-9._]{1,64})/?(?:\?.*)?")
_CLOSE_FRIENDS_FILE = re.compile(r"close_friends(?:_\d{1,4})?\.json")
_USERNAME = frozenset({"username", "사용자 이름"})
"""English as downloads were seen to have it; Korean as Instagram's own pages call it, not seen in a download."""
_LATEST = 4_102_444_800  # the year 2100: what is later is no time in seconds
_LONGEST_PATH = 1000
Rows = Iterator[Sequence[Any] | Refused]


def entries(value: Any, name: str) -> tuple[str, Rows]:  # noqa: ANN401 - any JSON value
    """Return what kind of list the file of this name is, and its rows. Raises `ListProblemError`."""
    if isinstance(value, Mapping):
        if _FOLLOWING in value:
            raise ListProblemError(problem="following")
        for root, kind in ((_CLOSE_FRIENDS, "close-friends"), (_FOLLOWERS, "followers")):
            if isinstance(value.get(root), list):
                return kind, _viewers(value[root])
        value = [value]  # a list of one is written without its brackets
    if not isinstance(value, list):
        raise ListProblemError(problem="unknown-layout")
    if not value:
        raise ListProblemError(problem="empty")
    if _count(value, "label_values") > len(value) // 2 and not any(_has_files(entry) for entry in value):
        return "close-friends", _labelled(value, name)
    if _count(value, "media") > len(value) // 2:
        return "posts", _posts(value)
    if _count(value, "string_list_data") > len(value) // 2:
        return "followers", _viewers(value)
    raise ListProblemError(problem="unknown-layout")


def repaired(text: str) -> str:
    r"""Return text whose UTF-8 bytes were written as `\u00xx` as it was meant; any other text as it is."""
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _count(value: list[Any], name: str) -> int:
    return sum(isinstance(entry, Mapping) and isinstance(entry.get(name), list) for entry in value)


def _has_files(entry: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Say whether an entry is of a post: those of people have the member `media` too, and nothing in it."""
    return isinstance(entry, Mapping) and bool(entry.get("media"))


def _viewers(listed: list[Any]) -> Rows:
    for number, entry in enumerate(listed, 1):
        yield _viewer(entry, f"entry {number}")


def _viewer(entry: Any, place: str) -> Sequence[Any] | Refused:  # noqa: ANN401 - any JSON value
    told = entry.get("string_list_data") if isinstance(entry, Mapping) else None
    if not isinstance(told, list) or not told or not isinstance(told[0], Mapping):
        return Refused(place, "unknown-entry")
    since = _time(told[0].get("timestamp", 0))
    if since is None:
        return Refused(place, "bad-time")
    for name in (told[0].get("value"), entry.get("title"), _handle_of(told[0].get("href"))):
        if isinstance(name, str) and _HANDLE.fullmatch(repaired(name)):
            return name.lower(), since or None, "", ""
    return Refused(place, "not-an-account")


def _labelled(listed: list[Any], name: str) -> Rows:
    """Return the rows of a file of people with labels. Raises `ListProblemError` where it is not known to be of close friends."""
    is_named, is_read = _CLOSE_FRIENDS_FILE.fullmatch(name) is not None, any(map(_labelled_handle, listed))
    if not (is_named and is_read):
        raise ListProblemError(
            problem="which-list" if is_read else "unknown-language" if is_named else "unknown-layout"
        )
    return _labelled_rows(listed)


def _labelled_rows(listed: list[Any]) -> Rows:
    for number, entry in enumerate(listed, 1):
        name = _labelled_handle(entry)
        since = _time(entry.get("timestamp", 0)) if isinstance(entry, Mapping) else None
        if name is None:
            yield Refused(f"entry {number}", "not-an-account")
        elif since is None:
            yield Refused(f"entry {number}", "bad-time")
        else:
            yield name.lower(), since or None, "", ""


def _labelled_handle(entry: Any) -> str | None:  # noqa: ANN401 - any JSON value
    told = entry.get("label_values") if isinstance(entry, Mapping) else None
    for one in told if isinstance(told, list) else ():
        label, value = (one.get("label"), one.get("value")) if isinstance(one, Mapping) else (None, None)
        if not isinstance(label, str) or not isinstance(value, str):
            continue
        if repaired(label).strip().casefold() in _USERNAME and _HANDLE.fullmatch(repaired(value)):
            return repaired(value)
    return None


def _handle_of(href: Any) -> str | None:  # noqa: ANN401 - any JSON value
    found = _PROFILE.fullmatch(href) if isinstance(href, str) and len(href) < _LONGEST_PATH else None
    return found[1] if found else None


def _posts(listed: list[Any]) -> Rows:
    for number, entry in enumerate(listed, 1):
        files = entry.get("media") if isinstance(entry, Mapping) else None
        if not isinstance(files, list):
            yield Refused(f"entry {number}", "unknown-entry")
            continue
        for at, file in enumerate(files, 1):
            yield _post(entry, file, f"entry {number}, file {at}")


def _post(entry: Mapping[str, Any], file: Any, place: str) -> Sequence[Any] | Refused:  # noqa: ANN401 - any JSON value
    uri = file.get("uri") if isinstance(file, Mapping) else None
    if not isinstance(uri, str) or not 0 < len(uri) <= _LONGEST_PATH:
        return Refused(place, "no-file")
    # Of several pictures in one post only each has a time; the post's own is that of their publication.
    at = _time(entry.get("creation_timestamp", file.get("creation_timestamp", 0)))
    return (repaired(uri), at) if at else Refused(place, "bad-time")


def _time(value: Any) -> int | None:  # noqa: ANN401 - any JSON value
    """Return unix seconds, 0 where none are told, None for what is no time."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LATEST:
        return None
    return value
