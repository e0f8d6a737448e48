"""Witnesses over HTTP: asking them, and being one."""

from haechi.adapters.witness.client import HttpWitnesses

__all__ = ["HttpWitnesses"]
