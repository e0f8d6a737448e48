"""This machine: its clock and its randomness."""

from haechi.adapters.machine.clock import SystemClock
from haechi.adapters.machine.randomness import system_randomness

__all__ = ["SystemClock", "system_randomness"]
