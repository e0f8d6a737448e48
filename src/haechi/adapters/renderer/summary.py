"""The first page: everything a desk needs to know, bounded so that it stays one page whatever the case holds."""

from collections.abc import Mapping

from haechi.adapters.renderer.telling import LABEL, Telling
from haechi.domain.sshkey import key_fingerprint

COMMANDS = (
    ("summary.verify-windows", r"powershell -ExecutionPolicy Bypass -File verify\verify.ps1 -Signer SHA256:…"),
    ("summary.verify-linux", "bash verify/verify.sh --signer SHA256:…"),
)
_MOST_ROWS = 6
_MOST_CASE = 60  # half-em cells


def summary(telling: Telling) -> Mapping[str, object]:
    """Return what the summary page shows."""
    say, plan = telling.say, telling.plan
    enclosed = sum(exhibit.file is not None for exhibit in plan.exhibits)
    facts = [
        (say("summary.case"), telling.show(plan.case_name, most=_MOST_CASE)),
        (say("summary.packet"), telling.show(plan.packet_id, most=_MOST_CASE)),
        (say("summary.period"), telling.period()),
        (say("summary.as-of"), f"{telling.recorded(plan.as_of)} {telling.zone}"),
        (say("summary.rooms"), say("summary.count-rooms", count=len(plan.rooms))),
        (say("summary.messages"), say("summary.count-messages", count=len(plan.messages))),
        (
            say("summary.exhibits"),
            say(
                "summary.exhibits-value",
                count=len(plan.exhibits),
                enclosed=enclosed,
                rest=len(plan.exhibits) - enclosed,
            ),
        ),
        (say("summary.groups"), say("summary.groups-value", count=len(plan.groups))),
        (say("summary.mode"), say(f"mode.{plan.mode.value}")),
    ]
    return {
        "title": say("summary.title"),
        "facts": facts,
        "zone": say("doc.zone", offset=telling.zone, zone=telling.show(plan.zone, most=40)),
        "what": [say("summary.what-title"), say("summary.what", version=telling.show(plan.haechi_version, most=24))],
        "rooms": _rooms(telling),
        "accounts": _accounts(telling),
        "asks": [say("summary.asks-title"), say.all_of("ask"), say("summary.asks-note")],
        "verify": {
            "title": say("summary.verify-title"),
            "page": say("summary.verify"),
            "commands": [(say(code), command) for code, command in COMMANDS],
            "key": [say("summary.verify-key"), key_fingerprint(plan.signer_public)],
        },
        "contact": [say("summary.contact-title"), say.all_of("contact")],
    }


def _rooms(telling: Telling) -> Mapping[str, object]:
    rooms = telling.rooms_by_size()
    return {
        "title": telling.say("summary.rooms-title"),
        "none": telling.say("doc.none"),
        "heads": [telling.say(f"column.{code}") for code in ("room", "identity", "messages")],
        "rows": [
            [
                telling.room(room.key.value),
                telling.show(room.key.value, most=LABEL),
                f"{room.messages:,}",
            ]
            for room in rooms[:_MOST_ROWS]
        ],
        "more": _more(telling, len(rooms)),
    }


def _accounts(telling: Telling) -> Mapping[str, object]:
    accounts, totals = telling.accounts_by_presence(), telling.totals()
    return {
        "title": telling.say("summary.accounts-title"),
        "none": telling.say("doc.none"),
        "note": telling.say("summary.accounts-note"),
        "heads": [telling.say(f"column.{code}") for code in ("account", "identity", "exhibits", "messages")],
        "rows": [
            [
                telling.name_of(account),
                telling.show(account.key.value, most=LABEL),
                *(f"{count:,}" for count in totals[account.key.value]),
            ]
            for account in accounts[:_MOST_ROWS]
        ],
        "more": _more(telling, len(accounts)),
    }


def _more(telling: Telling, total: int) -> list[str | None]:
    """Return what to say of the rest when no, one, two … rows are shown: the page may hold fewer than are given."""
    return [telling.say("doc.more", count=total - shown) if total > shown else None for shown in range(_MOST_ROWS + 1)]
