"""Say what a bank holds as rows of a list: hashes and tier, nothing about who added them or why."""

from collections.abc import Iterator

from haechi.domain.bank import Bank
from haechi.domain.hash_list import ListedRow
from haechi.ports.catalogue import CatalogueReader

_PAGE = 1_000


def export_hash_list(catalogue: CatalogueReader, bank: Bank, *, now: str) -> Iterator[ListedRow]:
    """Yield a row for each content that lookups may report at `now`."""
    after = 0
    while page := catalogue.contents_of(bank.name, after=after, most=_PAGE):
        for content in page:
            if content.is_active(now):
                yield ListedRow(
                    str(content.number), content.signals, facts={"status": "Active", "tags": content.tier.value}
                )
        after = page[-1].number
