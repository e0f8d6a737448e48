"""Compare cases and those whom the vault trusts with what `case` and `key` entries committed to.

An old page put back would otherwise open a mode that was closed, let a reader back in, or send the next packet to an old key.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from haechi.domain.case import CaseId
from haechi.domain.custody import EntryType, Opening
from haechi.flows.committed_case import CommittedCase, follow
from haechi.flows.keep_report_key import REPORT_KEY, certificate_of
from haechi.flows.manage_witnesses import POLICY, policy_text
from haechi.flows.verify_findings import Findings
from haechi.ports.ledger import VaultLedger


class Trust:
    """Is shown the log's entries one after the other. In memory stands the last record of each case and each name.

    `own` is this vault's age recipient.
    """

    def __init__(self, own: str, findings: Findings) -> None:
        self._own = own
        self._findings = findings
        self._cases: dict[str, CommittedCase] = {}
        self._erased: set[str] = set()
        self._turns: dict[str, list[tuple[int, bool]]] = {}
        self._lost: set[str] = set()
        self._named: dict[tuple[str, str], Any] = {}
        self._policy: str | None = None
        self._report: str | None = None

    def take(self, index: int, members: Mapping[str, Any], opening: Opening | None) -> None:
        """Take the next entry into account."""
        kind = members.get("type")
        try:
            if kind == EntryType.CASE:
                self._case(index, members["case"], opening)
            elif kind == EntryType.KEY and opening is not None:
                self._key(opening.subject)
            elif kind in {EntryType.CAPTURE, EntryType.DERIVE} and opening is None:
                case = self._cases.get(members["case"])
                if case is not None and case.excludes(self._own):
                    self._lost.add(members["case"])
        except (KeyError, TypeError, ValueError, AttributeError):
            self._findings.add("entry-form", index)

    def keeps_bytes(self, case: str, otherwise: bool) -> bool:  # noqa: FBT001 - what the ledger says
        """Say whether the case keeps bytes at this point of the log; `otherwise` when the log does not tell any more."""
        told = self._cases.get(case)
        return otherwise if told is None else told.mode.keeps_bytes

    def was_for_others(self, case: str, entry: int | None) -> bool:
        """Say whether bytes that entry `entry` is of (None: no entry is) may be sealed for others only.

        Once an item was erased that was sealed so, its bytes may be another item's too.
        """
        turns = self._turns.get(case, [])
        at = 0 if entry is None else bisect_right(turns, (entry, True))
        return case in self._lost or (at > 0 and turns[at - 1][1])

    def finish(self, ledger: VaultLedger) -> None:
        """Compare with what the ledger has now."""
        known = {case.case_id: case for case in ledger.cases()}
        for case_id, case in known.items():
            told = self._cases.get(case_id)
            if told is None or not told.is_of(case):
                self._findings.add("case", case_id)
            elif not told.has_readers(ledger.readers(CaseId(case_id)), self._own):
                self._findings.add("readers", case_id)
        for gone in self._cases.keys() - known.keys():
            self._findings.add("case", gone)
        self._compare(_now(ledger))
        kept = ledger.secret(POLICY)
        if (None if kept is None else policy_text(kept)) != self._policy:
            self._findings.add("policy", POLICY)
        if certificate_of(ledger.secret(REPORT_KEY)) != self._report:
            self._findings.add("report-key", REPORT_KEY)

    def _compare(self, now: Mapping[tuple[str, str], Any]) -> None:
        for kind, name in sorted(self._named.keys() | now.keys()):
            if self._named.get((kind, name)) != now.get((kind, name)):
                self._findings.add(kind, name)

    def _case(self, index: int, case: str, opening: Opening | None) -> None:
        if opening is None or case in self._erased:
            # Only the erasure of a whole case takes these; whether it was said is decided elsewhere.
            self._erased.add(case)
            self._cases.pop(case, None)
            return
        told = self._cases[case] = follow(self._cases.get(case), opening.subject)
        self._turns.setdefault(case, []).append((index, told.excludes(self._own)))

    def _key(self, subject: Any) -> None:  # noqa: ANN401 - a record as it was read back
        if "recipient" in subject:
            values = None if subject.get("removed") is True else (subject["age"], subject["ssh"], subject["note"])
            self._set("recipient", subject["recipient"], values)
        elif "authority" in subject:
            self._change("authority", subject["authority"], ("url", "certificate", "policy"))
        elif "witness" in subject and "policy" in subject["witness"]:
            self._policy = subject["witness"]["policy"]
        elif "report_certificate" in subject:
            self._report = subject["report_certificate"]
        elif "witness" in subject:
            self._change("witness", subject["witness"], ("url", "vkeys"))

    def _change(self, kind: str, told: Mapping[str, Any], names: tuple[str, ...]) -> None:
        if "removed" in told:
            self._set(kind, told["removed"], None)
        else:
            self._set(kind, told["added"], tuple(told[name] for name in names))

    def _set(self, kind: str, name: str, values: tuple[Any, ...] | None) -> None:
        if values is None:
            self._named.pop((kind, name), None)
        else:
            self._named[kind, name] = values


def _now(ledger: VaultLedger) -> Mapping[tuple[str, str], Any]:
    now: dict[tuple[str, str], Any] = {}
    for recipient in ledger.recipients():
        now["recipient", recipient.name] = (recipient.age, recipient.ssh, recipient.note)
    for authority in ledger.authorities():
        now["authority", authority.name] = (authority.url, authority.certificate, authority.policy)
    for witness in ledger.witnesses():
        now["witness", witness.name] = (witness.url, list(witness.vkeys))
    return now
