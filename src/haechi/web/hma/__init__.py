"""The paths and shapes of hasher-matcher-actioner 1.1, so that its clients work as they are.

Where it differs from HMA on purpose is in docs/api/match-server.md.
"""
