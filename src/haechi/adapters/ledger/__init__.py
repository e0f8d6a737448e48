"""The ledger in SQL: SQLCipher in a vault on one machine; the same schema serves PostgreSQL."""

from haechi.adapters.ledger.ledger import SqlLedger
from haechi.adapters.ledger.place import create_ledger, open_ledger

__all__ = ["SqlLedger", "create_ledger", "open_ledger"]
