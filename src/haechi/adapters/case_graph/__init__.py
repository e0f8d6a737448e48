"""A packet's case as a CASE/UCO graph."""

from haechi.adapters.case_graph.graph import JsonLdGraph

__all__ = ["JsonLdGraph"]
