"""Name who may open what a case seals from now on; with `write_only`, this vault is not among them.

Each blob has a key of its own, wrapped for each reader when it is sealed. What is not wrapped for this vault cannot be
opened here by any passphrase. It concerns files only: message texts stay readable in the ledger.
"""

from collections.abc import Sequence

from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.errors import ModeRefusedError, ReadersMissingError
from haechi.flows.keep_features import forget_disallowed
from haechi.flows.open_vault import OpenVault


def set_readers(
    vault: OpenVault, case: Case, *, others: Sequence[str], own: str, write_only: bool, actor: str
) -> tuple[str, ...]:
    """Return the age recipients for what is sealed from now on; what was sealed before stays as it was.

    Raises `ModeRefusedError` for a case that keeps no bytes, `ReadersMissingError` when nobody could open anything.
    """
    if not case.mode.keeps_bytes:
        raise ModeRefusedError(mode=case.mode.value, reason="nothing-sealed")
    readers = tuple(dict.fromkeys([*([] if write_only else [own]), *(one for one in others if one != own)]))
    if not readers or (write_only and own in others):
        raise ReadersMissingError
    subject: Json = {"v": 1, "case": case.name, "readers": list(readers), "write_only": write_only}
    with vault.ledger.begin() as writer:
        writer.set_readers(case.case_id, list(readers))
        writer.append(
            Draft(
                EntryType.CASE,
                actor,
                vault.tools.now(),
                case=case.case_id,
                opening=open_record(vault.tools.randomness(32), subject),
                counts={"readers": len(readers)},
            )
        )
    vault.checkpoint()
    forget_disallowed(vault, case)
    return readers
