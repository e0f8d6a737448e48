"""Lists of hashes that partners hand in. What is read of one and written again is read the same."""

import io
from collections.abc import Callable, Iterable
from functools import partial

from fuzz.target import Target
from haechi.domain.errors import HashListRefusedError
from haechi.domain.hash_list import ListedRow, ListFormat


def _read(form: ListFormat, data: bytes) -> None:
    from haechi.adapters.exchanges import READERS, WRITERS

    try:
        rows = [one for one in READERS[form](io.BytesIO(data)) if isinstance(one, ListedRow)]
    except HashListRefusedError:
        return
    for row in rows:
        assert row.source
        assert row.is_withdrawn or row.signals
        for signal in row.signals:
            signal.check()
    out = io.BytesIO()
    WRITERS[form](rows, out)
    again = [one for one in READERS[form](io.BytesIO(out.getvalue())) if isinstance(one, ListedRow)]
    assert [one.signals for one in again] == [one.signals for one in rows if one.signals or again]


def _drawn(form: ListFormat) -> Iterable[bytes]:
    from haechi.adapters.exchanges import WRITERS
    from haechi.domain.bank import Signal, SignalType

    films = (Signal(SignalType.VPDQ, bytes(32), 70, 1.5), Signal(SignalType.VPDQ, bytes(32), 80, 2.0))
    told = {"status": "Active", "tags": "a,b", "modified": 7, "classification": "A1", "member_name": "M", "id": "x"}
    rows = [
        ListedRow("7/image/x", (Signal(SignalType.PDQ, bytes(32)),), facts=told),
        ListedRow("7/video/y", (Signal(SignalType.VIDEO_MD5, bytes(16)),)),
        ListedRow("7/image/z", (Signal(SignalType.SHA256, bytes(32)), Signal(SignalType.MD5, bytes(16)))),
        ListedRow("7/image/w", (), is_withdrawn=True),
        ListedRow("8", films),
    ]
    out = io.BytesIO()
    WRITERS[form](rows, out)
    yield out.getvalue()


def _target(form: ListFormat) -> Target:
    run: Callable[[bytes], None] = partial(_read, form)
    return Target(f"list-{form.value}", run, partial(_drawn, form), 8192)


TARGETS = tuple(map(_target, ListFormat))
