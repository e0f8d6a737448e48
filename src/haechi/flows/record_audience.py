"""Write posts and lists of viewers into the ledger, each with the entry that commits to it."""

from haechi.domain.audience import Post, ViewerList, list_digest, post_digest
from haechi.domain.canonical import Json
from haechi.domain.case import Case
from haechi.domain.custody import Draft, EntryType, open_record
from haechi.domain.evidence import Sha256
from haechi.flows.open_vault import OpenVault
from haechi.ports.audience_records import ListRecord, PostRecord
from haechi.ports.ledger import LedgerWriter

_ID_BYTES = 16
_SALT_BYTES = 32


def add_post(vault: OpenVault, writer: LedgerWriter, case: Case, post: Post) -> PostRecord:
    """Add a post to the transaction of `writer`."""
    post_id, salt = vault.tools.randomness(_ID_BYTES).hex(), vault.tools.randomness(_SALT_BYTES)
    entry = _append(vault, writer, case, {"post": post_id}, post_digest(post_id, salt, post), counts={"posts": 1})
    record = PostRecord(post_id, case.case_id, salt, entry, post)
    writer.add_post(record)
    return record


def add_list(vault: OpenVault, writer: LedgerWriter, case: Case, told: ViewerList) -> ListRecord:
    """Add a list to the transaction of `writer`."""
    list_id, salt = vault.tools.randomness(_ID_BYTES).hex(), vault.tools.randomness(_SALT_BYTES)
    counts = {"viewers": len(told.viewers), "known": len(told.known)}
    entry = _append(vault, writer, case, {"list": list_id}, list_digest(list_id, salt, told), counts=counts)
    record = ListRecord(list_id, case.case_id, salt, entry, told)
    writer.add_viewer_list(record)
    return record


def _append(
    vault: OpenVault, writer: LedgerWriter, case: Case, name: dict[str, Json], digest: Sha256, *, counts: dict[str, int]
) -> int:
    # The record itself stands in the ledger's tables alone, with its salt: removed there, nothing in the opening tells of it.
    opening = open_record(vault.tools.randomness(_SALT_BYTES), {"v": 1, **name, "sha256": digest})
    draft = Draft(EntryType.AUDIENCE, vault.actor, vault.tools.now(), case=case.case_id, opening=opening, counts=counts)
    return writer.append(draft).index
