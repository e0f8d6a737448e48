"""Tells a packet's case as a graph that other forensic tools read."""

from collections.abc import Iterator
from typing import Protocol

from haechi.domain.packet import PacketPlan


class CaseGraph(Protocol):
    """Writes the case as CASE/UCO JSON-LD (docs/formats/case-graph.md)."""

    def write(self, plan: PacketPlan) -> Iterator[bytes]:
        """Yield the file in pieces; equal plans give equal bytes. It says nothing that the packet's tables do not."""
