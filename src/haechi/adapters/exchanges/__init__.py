"""Others' lists of hashes, and the partners that hand them out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO

from haechi.adapters.exchanges import ncmec_xml, plain_lines, stopncii_json, tech_against_terrorism, threatexchange
from haechi.adapters.exchanges.asking import Asking
from haechi.adapters.exchanges.local_file import LocalFileClient
from haechi.adapters.exchanges.ncmec import NcmecClient
from haechi.adapters.exchanges.sample import SampleClient
from haechi.adapters.exchanges.stopncii import StopNciiClient
from haechi.adapters.exchanges.threatexchange_api import ThreatExchangeClient
from haechi.domain.hash_list import ListedRow, ListFormat, RefusedRow
from haechi.ports.exchange import ExchangeClient

__all__ = ["READERS", "WRITERS", "Asking", "clients"]

READERS: Mapping[ListFormat, Callable[[BinaryIO], Iterator[ListedRow | RefusedRow]]] = {
    ListFormat.NCMEC_XML: ncmec_xml.read,
    ListFormat.STOPNCII_JSON: stopncii_json.read,
    ListFormat.THREATEXCHANGE_JSON: threatexchange.read_json,
    ListFormat.THREATEXCHANGE_CSV: threatexchange.read_csv,
    ListFormat.TECH_AGAINST_TERRORISM_JSON: tech_against_terrorism.read,
    ListFormat.PLAIN: plain_lines.read,
}
WRITERS: Mapping[ListFormat, Callable[[Iterable[ListedRow], BinaryIO], int]] = {
    ListFormat.NCMEC_XML: ncmec_xml.write,
    ListFormat.STOPNCII_JSON: stopncii_json.write,
    ListFormat.THREATEXCHANGE_JSON: threatexchange.write_json,
    ListFormat.THREATEXCHANGE_CSV: threatexchange.write_csv,
    ListFormat.TECH_AGAINST_TERRORISM_JSON: tech_against_terrorism.write,
    ListFormat.PLAIN: plain_lines.write,
}


def clients(lists: Path | None = None) -> Mapping[str, Callable[..., ExchangeClient]]:
    """Return what makes a client, by name. `lists` is the folder out of which `local_file` reads, resolved; without it, it reads nothing."""
    return {
        "local_file": partial(LocalFileClient, lists),
        "ncmec": NcmecClient,
        "sample": SampleClient,
        "stopncii": StopNciiClient,
        "threatexchange": ThreatExchangeClient,
    }
