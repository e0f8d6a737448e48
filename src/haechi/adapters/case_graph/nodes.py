"""Nodes of CASE 1 and UCO 1 as JSON-LD: identifiers that are the same on every run, typed values, files.

Names are those of the ontologies (caseontology.org, unifiedcyberontology.org). Every node has an identifier of its own that
ends in a UUID, and a hash method is a plain string: a literal of `HashNameVocab` does not conform.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from haechi.domain.canonical import Json

CONTEXT: Mapping[str, str] = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_BASE = "https://haechi.invalid/case/"
"""A name below `.invalid` (RFC 6761) leads nowhere: nobody is asked for a node."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Node = dict[str, Json]


class FileFacts(NamedTuple):
    """What is told of a file. `path` is where it lay or lies, None when it has no place of its own."""

    name: str
    sha256: str
    size: int
    mime: str | None = None
    path: str | None = None
    width: int | None = None
    height: int | None = None


class Nodes:
    """Makes the nodes of one packet. Equal packets give equal identifiers (UUID version 5, RFC 9562)."""

    def __init__(self, packet_id: str) -> None:
        self._space = uuid.uuid5(uuid.NAMESPACE_URL, f"{_BASE}{packet_id}")

    def ref(self, kind: str, *names: str | int) -> Node:
        """Return the reference to the node of this kind and these names."""
        # As hexadecimal, because a name may hold half a surrogate pair, which has no UTF-8.
        told = "/".join(str(one).encode("utf-8", "surrogatepass").hex() for one in names)
        return {"@id": f"{_BASE}{kind}-{uuid.uuid5(self._space, f'{kind}/{told}')}"}

    def node(self, ref: Node, kind: str, members: Mapping[str, Json]) -> Node:
        """Return a node of the ontology's class `kind`; a member that is None or empty is left out."""
        return {**ref, "@type": kind} | {name: value for name, value in members.items() if value not in (None, [])}

    def file(self, number: str, facts: FileFacts) -> Node:
        """Return the file that has this number, or this path, in the packet."""
        digest = self.node(
            self.ref("hash", number),
            "uco-types:Hash",
            {
                "uco-types:hashMethod": "SHA256",
                "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": facts.sha256},
            },
        )
        facets = [
            self.node(
                self.ref("file-facet", number),
                "uco-observable:FileFacet",
                {
                    "uco-observable:fileName": facts.name,
                    "uco-observable:filePath": facts.path,
                    "uco-observable:sizeInBytes": facts.size,
                },
            ),
            self.node(
                self.ref("content-data-facet", number),
                "uco-observable:ContentDataFacet",
                {
                    "uco-observable:hash": [digest],
                    "uco-observable:mimeType": facts.mime,
                    "uco-observable:sizeInBytes": facts.size,
                },
            ),
        ]
        if facts.width and facts.height:
            size = {"uco-observable:pictureHeight": facts.height, "uco-observable:pictureWidth": facts.width}
            facets.append(self.node(self.ref("picture-facet", number), "uco-observable:RasterPictureFacet", size))
        return self.node(self.ref("file", number), "uco-observable:File", {"uco-core:hasFacet": [*facets]})

    def relationship(self, source: Node, target: Node, kind: str) -> Node:
        """Return a directed relationship of two observables."""
        return self.node(
            self.ref("relationship", kind, str(source["@id"]), str(target["@id"])),
            "uco-observable:ObservableRelationship",
            {
                "uco-core:source": source,
                "uco-core:target": target,
                "uco-core:kindOfRelationship": kind,
                "uco-core:isDirectional": True,
            },
        )


def moment(at: str) -> Node:
    """Return a time that is written as RFC 3339."""
    return {"@type": "xsd:dateTime", "@value": at}


def instant(microseconds: int) -> Node | None:
    """Return a unix time, or None when no calendar has it: an export may claim any number."""
    try:
        told = (_EPOCH + timedelta(microseconds=microseconds)).isoformat()
    except OverflowError:
        return None
    return moment(told.replace("+00:00", "Z"))
