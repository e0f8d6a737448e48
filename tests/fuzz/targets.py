"""What is fuzzed: each parser of a stranger's bytes as a function of those bytes, which may only refuse in the ways it says.

Anything else that a target raises is a mistake of ours.
"""

from collections.abc import Sequence

from fuzz import audience, handed, imported, kept, listed, sent, traced
from fuzz.target import Target

TARGETS = {
    one.name: one
    for one in (
        *imported.TARGETS,
        *audience.TARGETS,
        *kept.TARGETS,
        *handed.TARGETS,
        *listed.TARGETS,
        *sent.TARGETS,
        *traced.TARGETS,
    )
}

GROUPS: tuple[tuple[str, ...], ...] = (
    ("telegram-json", "sniff", "audience-list", "audience-frames"),
    ("telegram-html",),
    ("zip", "name"),
    ("picture", "exif", "container"),
    ("film",),
    ("worker", "manifest", "back-up", "witness-keys"),
    ("header", "note", "kept-checkpoint", "sheets", "sight"),
    ("blob", "public-key", "receipt", "policy"),
    ("stamp", "authority", "stamp-check", "verify-py-stamp"),
    ("witness", "cosignatures", "verify-py-policy"),
    ("packet", "contents"),
    ("verify-py",),
    ("list-ncmec-xml", "list-stopncii-json", "list-threatexchange-json"),
    ("list-threatexchange-csv", "list-tech-against-terrorism-json", "list-plain", "form"),
)
"""What one process fuzzes where time is short: the first byte of an input picks the target."""


def one_of(names: Sequence[str]) -> Target:
    """Return a target that is the one of these which an input's first byte picks."""
    if len(names) == 1:
        return TARGETS[names[0]]
    targets = [TARGETS[name] for name in names]

    def run(data: bytes) -> None:
        if data:
            targets[data[0] % len(targets)].run(data[1:])

    def seeds():
        for number, target in enumerate(targets):
            yield from (bytes([number]) + seed for seed in target.seeds())

    return Target("+".join(names), run, seeds, 1 + max(target.longest for target in targets))
