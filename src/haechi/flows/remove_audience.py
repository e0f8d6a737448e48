"""Remove a post or a list of viewers that was recorded: the ledger is rewritten, so that no page holds it any more."""

from haechi.domain.case import Case
from haechi.domain.errors import AudienceMissingError
from haechi.flows.open_vault import UNSCRUBBED, OpenVault, finish_erasing
from haechi.flows.record_audience import note_removal
from haechi.ports.audience_records import ListRecord, PostRecord


def find_audience(vault: OpenVault, case: Case, name: str) -> PostRecord | ListRecord:
    """Return the post or list of this identifier. Raises `AudienceMissingError`."""
    for post in vault.ledger.posts(case.case_id):
        if post.post_id == name:
            return post
    for one in vault.ledger.viewer_lists(case.case_id):
        if one.list_id == name:
            return one
    raise AudienceMissingError(name=name)


def remove_audience(vault: OpenVault, case: Case, name: str) -> PostRecord | ListRecord:
    """Remove it; the log keeps that there was one and no more. Raises `AudienceMissingError`."""
    found = find_audience(vault, case, name)
    with vault.ledger.begin() as writer:
        if isinstance(found, PostRecord):
            writer.remove_post(name)
        else:
            writer.remove_viewer_list(name)
        writer.set_secret(UNSCRUBBED, b"1")
        note_removal(vault, writer, case, name)
    vault.checkpoint()
    finish_erasing(vault.ledger)  # where there is no room for it, the next opening for writing does it
    return found
