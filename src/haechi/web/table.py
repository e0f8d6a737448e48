"""All operations of the server."""

from haechi.web.hma import banks as hma_banks
from haechi.web.hma import contents as hma_contents
from haechi.web.hma import exchanges, hashing, matching, status
from haechi.web.operation import Operation
from haechi.web.pages import operations as pages
from haechi.web.v1 import banks, health, keys, lists, lookups

OPERATIONS: tuple[Operation, ...] = (
    *matching.OPERATIONS,
    *lookups.OPERATIONS,
    *hashing.OPERATIONS,
    *hma_contents.OPERATIONS,
    *hma_banks.OPERATIONS,
    *status.OPERATIONS,
    *banks.OPERATIONS,
    *lists.OPERATIONS,
    *exchanges.OPERATIONS,
    *keys.OPERATIONS,
    *health.OPERATIONS,
    *pages.OPERATIONS,
)
