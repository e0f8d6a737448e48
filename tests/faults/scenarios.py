"""Everything that is done while system calls fail: each prepares a vault once and then does one thing to a copy."""

from faults.back_up_scenarios import OF_BACK_UPS
from faults.evidence_scenarios import OF_EVIDENCE
from faults.vault_scenarios import ENDLESS, OF_VAULTS

SCENARIOS = {one.name: one for one in (*OF_VAULTS, *OF_EVIDENCE, *OF_BACK_UPS)}
__all__ = ["ENDLESS", "SCENARIOS"]
