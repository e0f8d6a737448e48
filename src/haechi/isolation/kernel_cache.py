"""Where compiled kernels are kept: one rule for every process, also for workers that can write nothing.

numba asks a locator for the folder of each function that it compiles. Its own ones want a folder that they can write
to, which a worker never has; `Folder` also accepts one that only holds the code already. `settle` makes numba use it.
This module imports nothing but the standard library.
"""

import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from types import FunctionType
from typing import Self

LOCATOR = f"{__name__}.Folder"
_SETTING = "CACHE_LOCATOR_CLASSES"
_told: list[Path] = []


def settle() -> None:
    """Have numba keep compiled code by the rule of this module. To be called before the first kernel is imported."""
    os.environ["NUMBA_" + _SETTING] = LOCATOR
    config = sys.modules.get("numba.core.config")  # somebody loaded numba before: it has read the environment already
    if config is not None:
        setattr(config, _SETTING, LOCATOR)


def look_in(folder: str | None) -> None:
    """Look for kernels in the folder of a person whose environment this process, being a worker, was not given."""
    if folder is not None:
        _told[:] = [Path(folder)]


def own_folder() -> str | None:
    """Return what a worker has to be told for `look_in`: this person's folder for what can be made again."""
    place = _own_caches()
    return None if place is None else str(place)


def is_compiled(source: str | os.PathLike[str]) -> bool:
    """Say whether kernels of a source file were compiled before: using them takes no more than loading them."""
    home = _home(os.fspath(source))
    return home is not None and _holds_some(home)


def is_at_hand(source: str | os.PathLike[str]) -> bool:
    """Say whether the kernels of a source file were compiled before, or could be kept if they were compiled now."""
    return _home(os.fspath(source)) is not None


class Folder:
    """What numba asks about one function: where its code is kept, and whether its source is still the same."""

    def __init__(self, home: Path, line: int) -> None:
        self._home = home
        self._line = line

    @classmethod
    def from_function(cls, function: FunctionType, source: str) -> Self | None:
        """Return the locator, or None if there is no place: numba then refuses to compile."""
        home = _home(source)
        return None if home is None else cls(home, function.__code__.co_firstlineno)

    def get_cache_path(self) -> str:
        """Return the folder. Its name holds the digest of the source, so what is in it is of this source."""
        return str(self._home)

    def ensure_cache_path(self) -> None:
        """Make the folder. Raises `OSError` where nothing can be written."""
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)

    def get_source_stamp(self) -> str:
        """Return what changes when the source does."""
        return self._home.name

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name in one file apart."""
        return str(self._line)


def _home(source: str) -> Path | None:
    """Return the folder for the kernels of a source file: one that holds some, else the first that can be written."""
    try:
        content = Path(source).read_bytes()
    except OSError:
        return None
    name = f"{Path(source).stem}-{hashlib.sha256(content).hexdigest()[:16]}"
    places = [
        place / name for place in (Path(source).parent / "__pycache__", *_told, _own_caches()) if place is not None
    ]
    held = (place for place in places if _holds_some(place) and _is_ours(place))
    return next(held, None) or next((place for place in places if _can_hold(place)), None)


def _holds_some(place: Path) -> bool:
    return next(place.glob("*.nbi"), None) is not None


def _own_caches() -> Path | None:
    """Return this person's folder for what can be made again, by the custom of the system."""
    try:
        if sys.platform == "win32":
            return Path(os.environ["LOCALAPPDATA"]) / "haechi" / "Cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "haechi"
        named = os.environ.get("XDG_CACHE_HOME", "")
        return (Path(named) if named.startswith("/") else Path.home() / ".cache") / "haechi"
    except (KeyError, RuntimeError):  # no home
        return None


def _can_hold(place: Path) -> bool:
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return False
    return _is_ours(place)


def _is_ours(place: Path) -> bool:
    """Whether nobody else could have put code there: what is in it is run."""
    if not hasattr(os, "getuid"):
        return True
    try:
        found = place.stat()
    except OSError:
        return False
    return found.st_uid in (os.getuid(), 0) and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
