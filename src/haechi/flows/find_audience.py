"""Find a post or a list of viewers that was recorded by its identifier."""

from haechi.domain.case import CaseId
from haechi.domain.errors import AudienceMissingError
from haechi.flows.open_vault import OpenVault
from haechi.ports.audience_records import ListRecord, PostRecord


def find_audience(vault: OpenVault, case: CaseId, name: str) -> PostRecord | ListRecord:
    """Return the post or list of this identifier. Raises `AudienceMissingError`."""
    for post in vault.ledger.posts(case):
        if post.post_id == name:
            return post
    for one in vault.ledger.viewer_lists(case):
        if one.list_id == name:
            return one
    raise AudienceMissingError(name=name)
