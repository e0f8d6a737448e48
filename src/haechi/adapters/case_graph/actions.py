"""What was done, as investigative actions: the custody log entry by entry, what outsiders confirmed, and this packet."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from haechi.adapters.case_graph.nodes import FileFacts, Node, Nodes, instant, moment
from haechi.domain.anchor import Anchor
from haechi.domain.canonical import Json
from haechi.domain.packet import PacketPlan, anchor_number

_ACTION = "case-investigation:InvestigativeAction"
_DONE: Mapping[str, str] = {
    "create": "The vault was made.",
    "key": "A key was added, changed or taken away.",
    "case": "The case was opened or its custody mode set.",
    "capture": "A file was read for the first time and its SHA-256 computed.",
    "seal": "Every file of an export was recorded with its SHA-256 before any of it was parsed.",
    "window": "A run of messages was parsed and recorded.",
    "import": "An import was finished.",
    "match": "Copies were looked for.",
    "export": "A packet was made.",
    "verify": "The vault was checked.",
    "anchor": "A checkpoint of the log was confirmed from outside.",
    "derive": "A redacted copy was made.",
    "transfer": "A packet was encrypted for a recipient.",
    "receive": "A recipient's signed receipt came back.",
    "share": "Hashes were written into a file for others.",
    "delete": "Records and keys were destroyed; their entries stay.",
    "role": "A person who may open the vault was added or taken away.",
    "back-up": "A copy of the vault was made.",
    "restore": "The vault was put back from a copy.",
    "trace": "A file was compared with the person's own photos.",
    "audience": "Where a photo was posted, or who could see it, was recorded.",
}


def tool(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    """Yield the program: without a version for the log's entries, which do not all tell it, and as it made this packet."""
    yield nodes.node(nodes.ref("tool"), "uco-tool:Tool", {"uco-core:name": "Haechi"})
    yield nodes.node(
        nodes.ref("tool", plan.haechi_version),
        "uco-tool:Tool",
        {"uco-core:name": "Haechi", "uco-tool:version": plan.haechi_version},
    )


def log_actions(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    """Yield an action for each entry of the log, and a person, known by a role alone, for each who acts in it."""
    results: dict[int, list[Json]] = {}
    sources: dict[int, list[Json]] = {}
    for exhibit in plan.exhibits:
        results.setdefault(exhibit.entry, []).append(nodes.ref("provenance", exhibit.number))
    for shown in plan.derivatives:
        results.setdefault(shown.derivative.entry, []).append(nodes.ref("provenance", shown.number))
        if shown.exhibit is not None:
            sources.setdefault(shown.derivative.entry, []).append(nodes.ref("provenance", shown.exhibit))
    actors: set[str] = set()
    for entry in plan.entries:
        told = json.loads(entry.raw)
        actor, kind, at = str(told["actor"]), str(told["type"]), moment(str(told["at"]))
        if actor not in actors:
            actors.add(actor)
            yield nodes.node(nodes.ref("person", actor), "uco-identity:Person", {"uco-core:name": actor})
        yield nodes.node(
            nodes.ref("action", entry.index),
            _ACTION,
            {
                "uco-core:name": f"{entry.index} {kind}",
                "uco-core:description": _DONE.get(kind, kind),
                "uco-action:startTime": at,
                "uco-action:endTime": at,
                "uco-action:performer": nodes.ref("person", actor),
                "uco-action:instrument": nodes.ref("tool"),
                "uco-action:object": sources.get(entry.index),
                "uco-action:result": results.get(entry.index),
                "case-investigation:wasInformedBy": nodes.ref("action", entry.index - 1) if entry.index else None,
            },
        )


def outside_actions(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    """Yield who stamped or cosigned a checkpoint, by role and key, what they did, and the files of it."""
    known: set[str] = set()
    for position, anchor in enumerate(plan.anchors, 1):
        number = anchor_number(position)
        note = anchor.note.encode()
        path = f"seal/anchors/{number}.checkpoint"
        yield _file(nodes, path, note)
        for who, role, action in _confirmed(nodes, anchor, number):
            if who not in known:
                known.add(who)
                told = {"uco-core:name": role, "uco-core:description": who}
                yield nodes.node(nodes.ref("organization", who), "uco-identity:Organization", told)
            yield from action


def _confirmed(nodes: Nodes, anchor: Anchor, number: str) -> Iterator[tuple[str, str, list[Node]]]:
    """Yield who, by key; as what; and the nodes of what was done, for each stamp and each cosignature."""
    about: dict[str, Json] = {
        "uco-action:object": [nodes.ref("file", f"seal/anchors/{number}.checkpoint")],
        "case-investigation:wasInformedBy": nodes.ref("action", anchor.size - 1) if anchor.size else None,
    }
    for place, stamp in enumerate(anchor.stamps, 1):
        who = f"signing certificate SHA-256 {stamp.certificate}"
        path = f"seal/anchors/{number}.{place}.tsr"
        at = instant(stamp.at)
        action = nodes.node(
            nodes.ref("action", number, "stamp", place),
            _ACTION,
            {
                "uco-core:name": f"{number} stamp",
                "uco-core:description": f"A time stamp (RFC 3161) over the log's first {anchor.size} entries.",
                "uco-action:startTime": at,
                "uco-action:endTime": at,
                "uco-action:performer": nodes.ref("organization", who),
                "uco-action:result": [nodes.ref("file", path)],
                **about,
            },
        )
        yield who, "time-stamping authority", [_file(nodes, path, stamp.reply), action]
    for one in anchor.cosignatures:
        at = instant(one.at * 1_000_000)
        action = nodes.node(
            nodes.ref("action", number, "cosignature", one.vkey, one.at),
            _ACTION,
            {
                "uco-core:name": f"{number} cosignature",
                "uco-core:description": f"A witness saw the log of {anchor.size} entries grow from what it saw before.",
                "uco-action:startTime": at,
                "uco-action:endTime": at,
                "uco-action:performer": nodes.ref("organization", one.vkey),
                **about,
            },
        )
        yield one.vkey, "witness", [action]


def packet_action(nodes: Nodes, plan: PacketPlan) -> Node:
    """Return the making of this packet. Its own entry in the log comes after those that the packet shows."""
    last = plan.entries[-1].index if plan.entries else None
    return nodes.node(
        nodes.ref("action", "packet"),
        _ACTION,
        {
            "uco-core:name": "packet",
            "uco-core:description": f"This packet, {plan.packet_id}, was made from the log as it stood then.",
            "uco-action:startTime": moment(plan.as_of),
            "uco-action:instrument": nodes.ref("tool", plan.haechi_version),
            "case-investigation:wasInformedBy": None if last is None else nodes.ref("action", last),
        },
    )


def _file(nodes: Nodes, path: str, content: bytes) -> Node:
    name = path.rpartition("/")[2]
    return nodes.file(path, FileFacts(name, hashlib.sha256(content).hexdigest(), len(content), path=path))
