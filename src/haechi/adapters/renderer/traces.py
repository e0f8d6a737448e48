"""The pages on what was traced: one to read the answers by, then one for each answer that points to one of her own photos."""

from collections.abc import Iterator, Mapping, Sequence

from haechi.adapters.renderer.blocks import Cell, line
from haechi.adapters.renderer.telling import Telling
from haechi.adapters.renderer.trace_page import outcome_of, ratio, trace_page
from haechi.adapters.renderer.trace_rates import rates
from haechi.domain.trace import Outcome
from haechi.domain.trace_exhibit import ShownTrace, TracePage

_MOST_ROWS = 200
_ORDER = (Outcome.NOT_ENOUGH, Outcome.NONE_FOUND, Outcome.NOT_EVALUATED)
"""Of several faces and frames without a page, what is told of all of them: the first of these that is among them."""


def traces(telling: Telling) -> Mapping[str, object]:
    """Return what the template prints, without the frame of the page."""
    say = telling.say
    every = [(trace, page) for trace in telling.plan.traces for page in trace.pages]
    return {
        "first": {
            "subtitle": say("trace.subtitle"),
            "list": _list(telling),
            "read": {
                "title": say("trace.read"),
                "texts": [
                    say("trace.read-1"),
                    say("trace.read-2", most=1_000, sitting=100),
                    say("trace.read-3"),
                    say("trace.read-4"),
                ],
            },
            "shows": {
                "title": say("trace.shows"),
                "texts": [say("trace.shows-1"), say("trace.shows-2"), say("trace.shows-again")],
            },
            "not_shows": {
                "title": say("trace.not-shows"),
                "texts": [
                    say("trace.not-shows-1"),
                    say("trace.not-shows-2"),
                    say("trace.not-shows-3"),
                    say("trace.not-shows-4"),
                ],
            },
            "rates": rates(telling, telling.plan.traces[0].kept.record.validation),
        },
        "pages": [trace_page(telling, trace, page) for trace, page in every],
    }


def has_pictures(telling: Telling) -> bool:
    """Whether pixels of pictures are on any page."""
    return any(page.has_pictures for trace in telling.plan.traces for page in trace.pages)


def _list(telling: Telling) -> Mapping[str, object]:
    say = telling.say
    rows = list(_rows(telling))
    rest = len(rows) - _MOST_ROWS
    heads = ("exhibit", "outcome", "photo", "other", "sitting", "page")
    return {
        "title": say("trace.list"),
        "intro": say("trace.list-intro"),
        "heads": [say.table[f"traced.head-{one}"] for one in heads],
        "rows": rows[:_MOST_ROWS],
        "rest": say("trace.list-rest", shown=_MOST_ROWS, rest=rest) if rest > 0 else None,
    }


def _rows(telling: Telling) -> Iterator[Mapping[str, object]]:
    number = 0
    for trace in telling.plan.traces:
        for page in trace.pages:
            yield {"cells": _pointing(telling, trace, page), "page": number}
            number += 1
        if not trace.pages:
            yield {"cells": _silent(telling, trace), "page": None}


def _pointing(telling: Telling, trace: ShownTrace, page: TracePage) -> Sequence[Cell]:
    say, fit = telling.say, page.fit
    photo = trace.numbers.get(page.photo)
    empty: Cell = [line(say("doc.empty"))]
    return [
        [line(trace.exhibit, "m")],
        [line(outcome_of(telling, page, is_short=True))],
        [line(photo, "m")] if photo else [line(say("trace.not-told"), "d")],
        empty if fit is None else [line(ratio(telling, fit.other_occasion)[0])],
        empty if fit is None else [line(ratio(telling, fit.same_sitting)[0])],
    ]


def _silent(telling: Telling, trace: ShownTrace) -> Sequence[Cell]:
    say = telling.say
    answers = trace.kept.record.answers
    found = {face.outcome for answer in answers for face in answer.faces}
    outcome = next((one.value for one in _ORDER if one in found), "no-face")
    told = [line(say.table[f"traced.{outcome}"])]
    faces = sum(len(answer.faces) for answer in answers)
    if len(answers) > 1 or faces > 1:
        told.append(line(say("trace.many", stills=len(answers), faces=faces), "d"))
    empty: Cell = [line(say("doc.empty"))]
    return [[line(trace.exhibit, "m")], told, empty, empty, empty]
