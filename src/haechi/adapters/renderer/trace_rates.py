"""The validation record as a table: how often the method was wrong when it was measured."""

from collections.abc import Mapping
from typing import Any

from haechi.adapters.renderer.blocks import Cell, line
from haechi.adapters.renderer.telling import Telling
from haechi.domain.canonical import Json


def rates(telling: Telling, record: Mapping[str, Json]) -> Mapping[str, object]:
    """Return title, rows and the note below. A record that lacks a part is told as far as it goes."""
    say = telling.say
    faces, sittings = _part(record, "faces"), _part(record, "sittings")
    rows: list[tuple[str, Cell]] = []
    if faces:
        rows += [
            (
                say("trace.rate-first", album=faces["photos_a_person"]),
                [line(say("trace.rate-percent", share=_percent(faces["first"])))],
            ),
            (
                say("trace.rate-donor"),
                [
                    line(
                        say(
                            "trace.rate-two",
                            first=_percent(faces["donor_above_10"]),
                            second=_percent(faces["donor_above_100"]),
                        )
                    )
                ],
            ),
            (say("trace.rate-wrong"), [line(_bounded(telling, faces))]),
            (
                say("trace.rate-strangers"),
                [line(say("trace.rate-plain", count=faces["strangers_above_100"], all=faces["strangers"]))],
            ),
            (say("trace.rate-absent"), [line(say("trace.rate-percent", share=_percent(faces["absent_above_100"])))]),
        ]
    if sittings:
        rows.append((say("trace.rate-sitting"), [line(_bounded(telling, sittings))]))
        shots = sittings["sitting_shots_together"]
        others = shots["day_above_100"] - shots["this_photo"]
        told = say("trace.rate-of-three", first=shots["this_photo"], second=others, all=shots["all"])
        rows.append((say("trace.rate-together"), [line(told)]))
    if faces:
        used = faces["donors_together"]
        severe = say("trace.rate-plain", count=used["day_above_100"] - used["this_photo"], all=used["all"])
        silent = faces["face_not_found"] + faces["donors_not_evaluated"]
        rows += [
            (say("trace.rate-severe"), [line(severe)]),
            (say("trace.rate-silent"), [line(say("trace.rate-plain", count=silent, all=faces["tried"]))]),
        ]
    about = say(
        "trace.rates-about",
        people=faces.get("people", 0),
        composites=faces.get("donors", 0),
        sitters=sittings.get("people", 0),
    )
    return {"title": say("trace.rates"), "rows": rows, "about": about}


def rates_in_a_line(telling: Telling, record: Mapping[str, Json]) -> str:
    """Return the record in one sentence, for the foot of a page; nothing where it lacks a part."""
    faces, sittings = _part(record, "faces"), _part(record, "sittings")
    if not faces or not sittings:
        return ""
    return telling.say(
        "trace.validation-short",
        first=_percent(faces["first"]),
        wrong=faces["wrong_above_100"],
        photos=faces["wrong_photos"],
        strangers=faces["strangers_above_100"],
        people=faces["strangers"],
        sitting=sittings["wrong_above_100"],
        shots=sittings["wrong_photos"],
    )


def _bounded(telling: Telling, part: Mapping[str, Any]) -> str:
    return telling.say(
        "trace.rate-of",
        count=part["wrong_above_100"],
        all=part["wrong_photos"],
        most=_percent(part["wrong_above_100_at_most"], digits=2),
        amiss=part["people_wrong_above_100"],
        people=part["people"],
        people_most=_percent(part["people_wrong_above_100_at_most"]),
    )


def _part(record: Mapping[str, Json], name: str) -> Mapping[str, Any]:
    """Return a part of the record that has every figure printed here; else nothing."""
    part = record.get(name)
    if not isinstance(part, Mapping):
        return {}
    needed = {
        "people",
        "donors",
        "wrong_above_100",
        "wrong_photos",
        "wrong_above_100_at_most",
        "people_wrong_above_100",
        "people_wrong_above_100_at_most",
    }
    if name == "sittings":
        needed |= {"sitting_shots_together"}
    if name == "faces":
        needed |= {
            "photos_a_person",
            "tried",
            "face_not_found",
            "donors_not_evaluated",
            "donors_together",
            "first",
            "donor_above_10",
            "donor_above_100",
            "strangers",
            "strangers_above_100",
            "absent_above_100",
        }
    return part if needed <= part.keys() else {}


def _percent(value: object, *, digits: int = 1) -> str:
    """Return a share as percent; the record keeps fractions as decimal text."""
    return f"{100 * float(str(value)):.{digits}f}"
