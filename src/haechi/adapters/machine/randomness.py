"""The operating system's random generator."""

import secrets


def system_randomness(count: int) -> bytes:
    """Return `count` bytes."""
    return secrets.token_bytes(count)
