"""The English catalogue: gather the Korean sentences of the source, keep their English, compile what the program reads.

`python tools/catalogue.py` rewrites `haechi.po` and `haechi.mo` and lists what has no English yet.
Dates in the catalogue are fixed, so that the same words give the same bytes.
"""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parents[1] / "src" / "haechi"
PO = SOURCE / "language" / "locales" / "en" / "LC_MESSAGES" / "haechi.po"
MO = PO.with_suffix(".mo")
MARKS = {"_": None, "korean": None}
FIXED = datetime(2026, 1, 1, tzinfo=UTC)


def sentences() -> list[str]:
    """Return every marked Korean sentence, once, in the order of the source."""
    found = [row for name in ("cli", "language", "web") for row in extract_from_dir(str(SOURCE / name), keywords=MARKS)]
    return list(dict.fromkeys(row[2] for row in found if isinstance(row[2], str) and row[2]))


def merged() -> Catalog:
    """Return the catalogue of today's sentences with the English that is known."""
    known = read_po(io.BytesIO(PO.read_bytes())) if PO.exists() else Catalog()
    catalogue = Catalog(
        locale="en", project="haechi", version="", header_comment="# English for haechi's Korean sentences.",
        creation_date=FIXED, revision_date=FIXED, last_translator="", language_team="", fuzzy=False,
    )  # fmt: skip
    for sentence in sentences():
        old = known.get(sentence)
        catalogue.add(sentence, str(old.string) if old and old.string else "")
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Return the text that translators edit."""
    written = io.BytesIO()
    write_po(written, catalogue, width=120, no_location=True)
    return written.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    """Return what the program reads."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def main() -> None:
    """Rewrite both files."""
    catalogue = merged()
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(catalogue))
    MO.write_bytes(as_mo(catalogue))
    missing = [message.id for message in catalogue if message.id and not message.string]
    print(f"{len(catalogue)} sentences, {len(missing)} without English")
    for sentence in missing:
        print(f"  {sentence}")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
