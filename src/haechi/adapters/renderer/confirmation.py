"""The paper to sign: what was captured, its hash values, and lines for both sides (해시값 확인서).

What it asks for follows the line of the Supreme Court of Korea, 2013도2511.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

from haechi.adapters.renderer.blocks import Cell, digest, line, pairs
from haechi.adapters.renderer.telling import MOST_EXHIBITS, Telling
from haechi.domain.checkpoint import Checkpoint
from haechi.domain.custody import EntryType
from haechi.domain.packet import Exhibit, PacketPlan
from haechi.domain.sshkey import key_fingerprint


def confirmation(telling: Telling, *, with_annex: bool) -> Mapping[str, object]:
    """Return the paper. `with_annex` adds the list of all exhibits; without it the report's own list is named."""
    say = telling.say
    return {
        "basis": say("confirmation.basis"),
        "subject": say("confirmation.subject"),
        "facts": pairs(_facts(telling)),
        "capture": say("confirmation.capture"),
        "capturing": _capture(telling),
        "reliability": say("confirmation.reliability"),
        "statements": say("confirmation.statements"),
        "giver": [say("confirmation.giver"), say("confirmation.giver-text")],
        "receiver": [say("confirmation.receiver"), say("confirmation.receiver-text")],
        "choices": [say(f"confirmation.{code}") for code in ("all", "some", "differ")],
        "lines": [say(f"confirmation.{code}") for code in ("name", "role", "date", "signature")],
        "annex": _annex(telling) if with_annex else None,
        "annex_note": None if with_annex else say("confirmation.annex-report"),
    }


def list_digest(exhibits: Iterable[Exhibit]) -> str:
    """Return the SHA-256 (hex) of a line for each exhibit (digest, two spaces, number, LF): it fixes the whole list."""
    lines = (f"{exhibit.item.digest}  {exhibit.number}\n" for exhibit in exhibits)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _facts(telling: Telling) -> list[tuple[str, Cell]]:
    say, plan = telling.say, telling.plan
    checkpoint = Checkpoint.parse(plan.checkpoint.partition("\n\n")[0] + "\n")
    size = sum(exhibit.item.size for exhibit in plan.exhibits)
    enclosed = sum(exhibit.file is not None for exhibit in plan.exhibits)
    facts: list[tuple[str, Cell]] = [
        (say("summary.case"), [line(telling.show(plan.case_name, most=120))]),
        (say("summary.packet"), [line(telling.show(plan.packet_id, most=120), "m")]),
        (say("summary.as-of"), [line(f"{telling.recorded(plan.as_of)} {telling.zone}")]),
        (
            say("confirmation.exhibits"),
            [line(say("confirmation.exhibits-value", count=len(plan.exhibits), size=size, enclosed=enclosed))],
        ),
        (
            say("confirmation.list"),
            [*digest(list_digest(plan.exhibits)), line(say("confirmation.list-note"), "d")],
        ),
        (
            say("custody.root"),
            [
                *digest(checkpoint.root.hex()),
                line(f"{telling.show(checkpoint.origin, most=80)} · {say('custody.size')} {checkpoint.size:,}", "d"),
            ],
        ),
        (say("custody.packet-key"), [line(key_fingerprint(plan.signer_public), "m")]),
    ]
    if plan.report_certificate is not None:
        facts.append((say("custody.report-key"), digest(plan.report_certificate)))
    return facts


def _capture(telling: Telling) -> list[tuple[str, str]]:
    """Return label and value of each line about the capture; an empty value is a line to fill in by hand."""
    say = telling.say
    times = _captured(telling.plan)
    at = telling.range(telling.recorded(times[0]), telling.recorded(times[-1])) if times else say("doc.unknown")
    version = telling.show(telling.plan.haechi_version, most=24)
    return [
        (say("confirmation.captured-by"), ""),
        (say("confirmation.device"), ""),
        (say("confirmation.operator"), ""),
        (say("confirmation.captured-at"), at),
        (say("confirmation.method"), say("confirmation.method-value")),
        (say("confirmation.program"), say("confirmation.program-value", version=version)),
    ]


def _captured(plan: PacketPlan) -> list[str]:
    """Return when the exhibits were captured, earliest first (RFC 3339 in UTC sorts as text)."""
    entries = {exhibit.entry for exhibit in plan.exhibits}
    told = (json.loads(entry.raw) for entry in plan.entries if entry.index in entries)
    return sorted(str(one["at"]) for one in told if one["type"] == EntryType.CAPTURE.value)


def _annex(telling: Telling) -> Mapping[str, object]:
    say = telling.say
    most = telling.most(MOST_EXHIBITS)
    rest = len(telling.plan.exhibits) - most
    return {
        "title": say("confirmation.annex"),
        "heads": [say("column.exhibit"), "SHA-256", say("column.size"), say("column.enclosed")],
        "rows": [
            [
                exhibit.number,
                exhibit.item.digest[:32],
                exhibit.item.digest[32:],
                f"{exhibit.item.size:,}",
                say("doc.empty" if exhibit.file is None else "confirmation.enclosed"),
            ]
            for exhibit in telling.plan.exhibits[:most]
        ],
        "rest": say("confirmation.annex-rest", shown=most, rest=rest) if rest > 0 else None,
        "empty": say("confirmation.annex-empty"),
    }
