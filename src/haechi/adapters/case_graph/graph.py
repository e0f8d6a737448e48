"""The graph of a packet, node by node: nothing in it that the packet's tables do not say, and nobody named as guilty.

What a picture's own metadata claims (place, device, time) is left out, and so are names: accounts stand in it by the
platform's identifier, people and organisations by role and key.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator

from haechi.adapters.case_graph.actions import log_actions, outside_actions, packet_action, tool
from haechi.adapters.case_graph.nodes import CONTEXT, FileFacts, Node, Nodes, instant
from haechi.domain.account import KeyStrength
from haechi.domain.canonical import Json
from haechi.domain.packet import Exhibit, PacketMessage, PacketPlan, ShownDerivative

_PIECE = 1 << 16


class JsonLdGraph:
    """Writes a case as CASE/UCO JSON-LD, a node a line, in memory that does not grow with the nodes."""

    def write(self, plan: PacketPlan) -> Iterator[bytes]:
        """Yield the file in pieces of some 64 kB."""
        nodes = Nodes(plan.packet_id)
        buffer, size = [f'{{"@context":{_json(dict(CONTEXT))},\n"@graph":[\n'], 0
        for text in _lines(nodes, plan):
            buffer.append(text)
            size += len(text)
            if size > _PIECE:
                yield "".join(buffer).encode("utf-8", "replace")
                buffer, size = [], 0
        buffer.append("\n]}\n")
        yield "".join(buffer).encode("utf-8", "replace")  # a lone surrogate cannot be told in UTF-8


def _lines(nodes: Nodes, plan: PacketPlan) -> Iterator[str]:
    yield from _investigation(nodes, plan)
    for node in _all(nodes, plan):
        yield ",\n"
        yield _json(node)


def _investigation(nodes: Nodes, plan: PacketPlan) -> Iterator[str]:
    """Yield the node that holds the case together, in pieces: it refers to every exhibit and every action."""
    head = nodes.node(
        nodes.ref("investigation"),
        "case-investigation:Investigation",
        {
            "uco-core:name": plan.packet_id,
            "uco-core:description": f"What the custody log {plan.origin} says at {len(plan.entries)} entries. "
            "It shows what was received and that it has not changed since; it says of nobody that they did wrong.",
            "case-investigation:focus": "preservation of records of fabricated-imagery abuse",
        },
    )
    yield _json(head)[:-1] + ',"uco-core:object":['
    yield _json(nodes.ref("action", "packet"))
    for ref in _held(nodes, plan):
        yield ","
        yield _json(ref)
    yield "]}"


def _held(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    numbers: tuple[Iterable[Exhibit] | Iterable[ShownDerivative], ...] = (plan.exhibits, plan.derivatives)
    for kind in numbers:
        yield from (nodes.ref("provenance", one.number) for one in kind)
    yield from (nodes.ref("provenance", one.number) for one in plan.disclosed)
    yield from (nodes.ref("action", entry.index) for entry in plan.entries)


def _all(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    yield from tool(nodes, plan)
    yield from log_actions(nodes, plan)
    yield packet_action(nodes, plan)
    yield from outside_actions(nodes, plan)
    yield from _accounts(nodes, plan)
    yield from _messages(nodes, plan)
    carrying = {(one.room, one.message_id) for one in plan.messages if one.exhibits}
    for exhibit in plan.exhibits:
        yield from _exhibit(nodes, exhibit, carrying)
    shown = {exhibit.number for exhibit in plan.exhibits}
    told = {(one.room, one.message_id) for one in plan.messages} if plan.derivatives else set()
    for derivative in plan.derivatives:
        yield from _derivative(nodes, derivative, shown, told)


def _accounts(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    """Yield applications, and the accounts that have an identifier which stays: a name that can be shared is no account."""
    platforms = {one.key.platform for one in plan.accounts} | {one.key.platform for one in plan.rooms}
    for platform in sorted(platforms):
        facet = nodes.node(
            nodes.ref("application-facet", platform),
            "uco-observable:ApplicationFacet",
            {"uco-observable:applicationIdentifier": platform},
        )
        told: dict[str, Json] = {"uco-core:name": platform, "uco-core:hasFacet": [facet]}
        yield nodes.node(nodes.ref("application", platform), "uco-observable:Application", told)
    for account in plan.accounts:
        if account.key.strength is not KeyStrength.ID:
            continue
        key = (account.key.platform, account.key.value)
        facets = [
            nodes.node(
                nodes.ref("account-facet", *key),
                "uco-observable:AccountFacet",
                {"uco-observable:accountIdentifier": account.key.value},
            ),
            nodes.node(
                nodes.ref("application-account-facet", *key),
                "uco-observable:ApplicationAccountFacet",
                {"uco-observable:application": nodes.ref("application", account.key.platform)},
            ),
        ]
        yield nodes.node(
            nodes.ref("account", *key), "uco-observable:ApplicationAccount", {"uco-core:hasFacet": [*facets]}
        )


def _messages(nodes: Nodes, plan: PacketPlan) -> Iterator[Node]:
    platforms = {room.key.value: room.key.platform for room in plan.rooms}
    known = {(one.key.platform, one.key.value) for one in plan.accounts if one.key.strength is KeyStrength.ID}
    shown = {one.number: one for one in plan.disclosed}
    for message in plan.messages:
        platform = platforms.get(message.room)
        sender = (platform or "", message.sender or "")
        facet = nodes.node(
            nodes.ref("message-facet", message.room, message.message_id),
            "uco-observable:MessageFacet",
            {
                "uco-observable:application": nodes.ref("application", platform) if platform else None,
                "uco-observable:from": nodes.ref("account", *sender) if sender in known else None,
                "uco-observable:messageID": message.message_id,
                "uco-observable:messageText": message.text,
                "uco-observable:messageType": message.kind,
                "uco-observable:sentTime": None if message.sent_at is None else instant(message.sent_at * 1_000_000),
                "uco-observable:sessionID": message.room,
            },
        )
        ref = _message(nodes, message)
        yield nodes.node(ref, "uco-observable:Message", {"uco-core:hasFacet": [facet]})
        if message.disclosed is not None:
            one = shown[message.disclosed]
            facts = FileFacts(
                one.file.rpartition("/")[2], hashlib.sha256(one.raw).hexdigest(), len(one.raw), path=one.file
            )
            yield nodes.file(one.number, facts)
            yield _provenance(nodes, one.number)
            yield nodes.relationship(ref, nodes.ref("file", one.number), "Extracted_From")


def _message(nodes: Nodes, message: PacketMessage) -> Node:
    return nodes.ref("message", message.room, message.message_id)


def _exhibit(nodes: Nodes, exhibit: Exhibit, carrying: set[tuple[str, str]]) -> Iterator[Node]:
    item, seen = exhibit.item, exhibit.item.examined
    facts = FileFacts(
        item.path.rpartition("/")[2], item.digest, item.size, seen.mime, exhibit.file, seen.width, seen.height
    )
    yield nodes.file(exhibit.number, facts)
    yield _provenance(nodes, exhibit.number)
    for room, message in dict.fromkeys((room, message) for room, message, _, _ in exhibit.sightings):
        if (room, message) in carrying:
            file = nodes.ref("file", exhibit.number)
            yield nodes.relationship(file, nodes.ref("message", room, message), "Attachment_Of")


def _derivative(
    nodes: Nodes, shown: ShownDerivative, exhibits: set[str], messages: set[tuple[str, str]]
) -> Iterator[Node]:
    one = shown.derivative
    facts = FileFacts(shown.file.rpartition("/")[2], one.digest, one.size, one.mime, shown.file)
    yield nodes.file(shown.number, facts)
    yield _provenance(nodes, shown.number, root=shown.exhibit)
    file = nodes.ref("file", shown.number)
    if shown.exhibit in exhibits:
        yield nodes.relationship(file, nodes.ref("file", str(shown.exhibit)), "Redacted_From")
    elif one.message in messages and one.message is not None:
        yield nodes.relationship(file, nodes.ref("message", *one.message), "Redacted_From")


def _provenance(nodes: Nodes, number: str, *, root: str | None = None) -> Node:
    return nodes.node(
        nodes.ref("provenance", number),
        "case-investigation:ProvenanceRecord",
        {
            "case-investigation:exhibitNumber": number,
            "case-investigation:rootExhibitNumber": root,
            "uco-core:object": nodes.ref("file", number),
        },
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
