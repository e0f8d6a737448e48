"""The ledger's revisions, forward only; run by `haechi.adapters.ledger.migrate`."""
