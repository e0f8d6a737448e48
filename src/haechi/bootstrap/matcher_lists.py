"""Lists of hashes in files, joined to a matcher."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from haechi.domain.bank import Bank, Tier
from haechi.domain.errors import HashListRefusedError, PathMissingError
from haechi.domain.hash_list import ImportReport, ListFormat
from haechi.flows.export_hash_list import export_hash_list
from haechi.flows.import_hash_list import HashListImport
from haechi.flows.matcher_tools import MatcherTools
from haechi.ports.catalogue import AuditLine

if TYPE_CHECKING:
    from haechi.adapters.exchanges.quarantine import Quarantine

_QUARANTINE = "quarantine"
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]")
_BUFFER = 1 << 20


def import_list(
    tools: MatcherTools, folder: Path, path: Path, form: ListFormat, bank: Bank, *, tier: Tier, by: str
) -> ImportReport:
    """Take a list in a file into a bank."""
    from haechi.adapters.exchanges import READERS

    try:
        stream = path.open("rb", buffering=_BUFFER)
    except OSError as error:
        raise PathMissingError(path=str(path)) from error
    with stream, put_aside(tools, folder, form.value) as refuse:
        taking = HashListImport(tools, bank, name=form.value, tier=tier, by=by, refuse=refuse)
        try:
            taking.take(READERS[form](stream))
        except HashListRefusedError as error:
            raise HashListRefusedError(**{**error.facts, "path": str(path)}) from error
        return replace(taking.report, quarantine=told(refuse))


def export_list(tools: MatcherTools, bank: Bank, form: ListFormat, path: Path, *, by: str) -> int:
    """Write what a bank holds into a new file, which is there when it is whole."""
    from haechi.adapters.exchanges import WRITERS
    from haechi.adapters.exchanges.placing import placed

    with placed(path) as stream:
        count = WRITERS[form](export_hash_list(tools.catalogue, bank, now=tools.now().at), stream)
    with tools.catalogue.begin() as writer:
        facts = {"bank": bank.name, "format": form.value, "rows": count}
        writer.tell(AuditLine(tools.now().at, by, "export-list", facts))
    return count


def told(file: "Quarantine") -> str | None:
    """Return where what was not taken stands, if there is any."""
    return None if file.path is None else str(file.path)


@contextmanager
def put_aside(tools: MatcherTools, folder: Path, what: str) -> Iterator["Quarantine"]:
    """Open the file for what is not taken of a list; it is made with the first row. Of each `what` the newest few are kept."""
    from haechi.adapters.exchanges.quarantine import Quarantine

    at = tools.now().at.replace(":", "").replace(".", "-")
    file = Quarantine(folder / _QUARANTINE, at=at, what=_NO_NAME.sub("_", what), number=tools.randomness(4).hex())
    try:
        yield file
    finally:
        file.close()
