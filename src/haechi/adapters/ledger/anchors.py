"""Anchors: authorities, witnesses, the outbox, stamps and cosignatures."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from haechi.adapters.ledger.reading import Reading, add, sound_rows
from haechi.adapters.ledger.schema import anchor_requests, anchors, authorities, cosignatures, stamps, witnesses
from haechi.domain.anchor import Anchor, AnchorKind, Authority, Cosignature, Request, RequestState, Stamp, Witness
from haechi.domain.evidence import Sha256


class ReadsAnchors(Reading):
    """Reads anchors."""

    @sound_rows()
    def authorities(self) -> Sequence[Authority]:
        """Return the time-stamping authorities by name."""
        return [
            Authority(row.name, row.url, Sha256(row.certificate), row.chain, row.policy)
            for row in self._rows(select(authorities).order_by(authorities.c.name))
        ]

    @sound_rows()
    def witnesses(self) -> Sequence[Witness]:
        """Return the witnesses by name."""
        return [
            Witness(row.name, row.url, tuple(row.vkeys))
            for row in self._rows(select(witnesses).order_by(witnesses.c.name))
        ]

    @sound_rows()
    def anchors(self) -> Sequence[Anchor]:
        """Return all anchors with what came back for them, oldest first."""
        with self._transaction() as connection:
            heads = connection.execute(select(anchors).order_by(anchors.c.number)).all()
            stamped = connection.execute(select(stamps).order_by(stamps.c.at, stamps.c.authority)).all()
            signed = connection.execute(
                select(cosignatures).order_by(cosignatures.c.at, cosignatures.c.witness, cosignatures.c.vkey)
            ).all()
        return [
            Anchor(
                row.number,
                row.size,
                row.note,
                tuple(
                    Stamp(
                        one.authority,
                        bytes(one.query),
                        bytes(one.reply),
                        one.chain,
                        one.at,
                        one.serial,
                        Sha256(one.certificate),
                        one.expires_at,
                    )
                    for one in stamped
                    if one.anchor == row.number
                ),
                tuple(
                    Cosignature(one.witness, one.vkey, one.line, one.at) for one in signed if one.anchor == row.number
                ),
            )
            for row in heads
        ]

    @sound_rows()
    def requests(self) -> Sequence[Request]:
        """Return the outbox, by anchor, kind and name."""
        keys = anchor_requests.c.anchor, anchor_requests.c.kind, anchor_requests.c.name
        return [
            Request(
                row.anchor,
                AnchorKind(row.kind),
                row.name,
                RequestState(row.state),
                row.tries,
                row.problem,
                row.tried_at,
            )
            for row in self._rows(select(anchor_requests).order_by(*keys))
        ]


class WritesAnchors:
    """Writes anchors in the transaction of its connection."""

    _connection: Connection

    def set_authority(self, authority: Authority) -> None:
        """Add an authority, or replace the one of this name."""
        self.remove_authority(authority.name)
        values = {name: getattr(authority, name) for name in ("name", "url", "certificate", "chain", "policy")}
        self._connection.execute(insert(authorities).values(**values))

    def remove_authority(self, name: str) -> None:
        """Forget the authority of this name; its stamps stay."""
        self._connection.execute(delete(authorities).where(authorities.c.name == name))

    def set_witness(self, witness: Witness) -> None:
        """Add a witness, or replace the one of this name."""
        self.remove_witness(witness.name)
        self._connection.execute(
            insert(witnesses).values(name=witness.name, url=witness.url, vkeys=list(witness.vkeys))
        )

    def remove_witness(self, name: str) -> None:
        """Forget the witness of this name; its cosignatures stay."""
        self._connection.execute(delete(witnesses).where(witnesses.c.name == name))

    def add_anchor(self, *, size: int, note: str) -> int:
        """Add an anchor without any answer and return its number."""
        return add(self._connection, insert(anchors).values(size=size, note=note))

    def set_request(self, request: Request) -> None:
        """Add a line to the outbox, or replace the one with the same anchor, kind and name."""
        self._connection.execute(
            delete(anchor_requests).where(
                anchor_requests.c.anchor == request.anchor,
                anchor_requests.c.kind == request.kind.value,
                anchor_requests.c.name == request.name,
            )
        )
        self._connection.execute(
            insert(anchor_requests).values(
                anchor=request.anchor,
                kind=request.kind.value,
                name=request.name,
                state=request.state.value,
                tries=request.tries,
                problem=request.problem,
                tried_at=request.tried_at,
            )
        )

    def add_stamp(self, anchor: int, stamp: Stamp) -> None:
        """Keep a stamp of an anchor."""
        names = ("authority", "query", "reply", "chain", "at", "serial", "certificate", "expires_at")
        self._connection.execute(insert(stamps).values(anchor=anchor, **{name: getattr(stamp, name) for name in names}))

    def add_cosignature(self, anchor: int, cosignature: Cosignature) -> None:
        """Keep a cosignature of an anchor."""
        names = ("witness", "vkey", "line", "at")
        self._connection.execute(
            insert(cosignatures).values(anchor=anchor, **{name: getattr(cosignature, name) for name in names})
        )
