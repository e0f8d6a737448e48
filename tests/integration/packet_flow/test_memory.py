"""What a packet of many messages takes: the plan itself, and little beside it."""

import tracemalloc

from drawn_vault import make, message, opened, sealed_case, take
from haechi.adapters.index.memory import MemoryIndex
from haechi.domain.packet import Selection
from haechi.flows.plan_packet import plan_packet


def test_the_messages_of_a_whole_case_are_never_held_beside_the_plan_of_it(tmp_path):
    make(tmp_path / "vault")
    with opened(tmp_path / "vault") as vault:
        case = sealed_case(vault)
        take(vault, case, [message(number, f"{number}") for number in range(1_000)], window=500)

        def planned():
            return plan_packet(
                case,
                Selection(),
                ledger=vault.ledger,
                index=MemoryIndex(),
                log_signer=vault.log_signer,
                packet_signer=vault.packet_signer,
                origin=vault.origin,
                haechi_version="1",
                with_own_photos=False,
            )

        planned()  # what is imported and compiled once is no part of it
        tracemalloc.start()
        plan = planned()
        held, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(plan.messages) == 1_000
    assert most < 2.25 * held
