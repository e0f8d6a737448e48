"""Compare posts and lists of viewers with what `audience` entries committed to."""

from collections.abc import Mapping
from typing import Any

from haechi.domain.audience import list_digest, post_digest
from haechi.domain.custody import EntryType, Opening
from haechi.flows.verify_findings import Findings
from haechi.ports.ledger import VaultLedger


class Audiences:
    """Is shown the log's entries one after the other. In memory stands a digest for each post and each list."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._told: dict[str, str] = {}

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Take the next entry into account. An opening that a deletion took tells of what went with it."""
        if members.get("type") != EntryType.AUDIENCE or opening is None:
            return
        subject: Any = opening.subject
        try:
            self._told[subject["post"] if "post" in subject else subject["list"]] = subject["sha256"]
        except (KeyError, TypeError):
            self._findings.add("entry-form", index)

    def finish(self, ledger: VaultLedger) -> None:
        """Compare with what the ledger has now."""
        for case in ledger.cases():
            for post in ledger.posts(case.case_id):
                self._compare(post.post_id, post_digest(post.post_id, post.salt, post.post))
            for one in ledger.viewer_lists(case.case_id):
                self._compare(one.list_id, list_digest(one.list_id, one.salt, one.told))
        for left in sorted(self._told):
            self._findings.add("audience", left)

    def _compare(self, name: str, digest: str) -> None:
        if self._told.pop(name, None) != digest:
            self._findings.add("audience", name)
