"""One answer as a page: both files, the claims and their ratios, what was drawn, the conditions, and the method."""

import base64
from collections.abc import Mapping, Sequence

from haechi.adapters.renderer.blocks import Cell, digest, line
from haechi.adapters.renderer.telling import Telling
from haechi.adapters.renderer.trace_rates import rates_in_a_line
from haechi.domain.likelihood import Against, Ratio, Strength
from haechi.domain.trace import FaceAnswer, FaceFit, Outcome, Scene
from haechi.domain.trace_drawing import FaceDrawing, Grid, Picture
from haechi.domain.trace_exhibit import ShownTrace, TracePage
from haechi.domain.trace_tiles import Cell as Square
from haechi.domain.trace_tiles import Tile, count

_FURTHEST = 3.0
"""Powers of ten beyond which the distance to the next photo is told as "more than"."""
_MOST_ALIKE = 4
_SQUARES = (Square.KEPT, Square.REPLACED, Square.UNKNOWN)
_NAMES = {Square.KEPT: "kept", Square.REPLACED: "replaced", Square.UNKNOWN: "unknown"}
_WHY = ("mode", "age", "not-enclosed", "measures-otherwise")


def trace_page(telling: Telling, trace: ShownTrace, page: TracePage) -> Mapping[str, object]:
    """Return what the template prints of one answer."""
    say = telling.say
    drawing = page.drawing
    face = None if drawing is None else drawing.face
    return {
        "above": f"{say('trace.found')} {trace.exhibit} · {say('trace.own')} {_photo(telling, trace, page.photo)}",
        "title": outcome_of(telling, page),
        "files": [[say("trace.found"), _found(telling, trace, page)], [say("trace.own"), _own(telling, trace, page)]],
        "claims": None if page.fit is None else _claims(telling, page.fit),
        "pictures": _pictures(telling, face),
        "tiles": _tiles(telling, () if page.face_answer is None else page.face_answer.tiles),
        "map": None if drawing is None or drawing.scene is None else _map(telling, drawing.scene),
        "conditions": {"title": say("trace.conditions"), "rows": _conditions(telling, trace, page)},
        "notes": _notes(telling, page),
        "shows": [say(code) for code in _shows(page)],
        "method": _method(telling, trace, weighs=page.face is not None),
    }


def outcome_of(telling: Telling, page: TracePage, *, is_short: bool = False) -> str:
    """Return what the page's answer says, in words."""
    table = telling.say.table
    answer = page.face_answer
    if answer is not None:
        return table[f"traced.list-{answer.outcome.value}" if is_short else f"traced.{answer.outcome.value}"]
    scene = Scene.LOOK if page.scene is None else page.scene.scene
    if is_short:
        return table[f"traced.{scene.value}"]
    return telling.say("traced.whole" if scene is Scene.SAME_SCENE else "traced.whole-look")


def ratio(telling: Telling, one: Ratio) -> tuple[str, str]:
    """Return the number, and what it means in the words of the guideline."""
    say = telling.say
    times = one.value if one.log10 >= 0 else 1 / one.value
    number = f"{times:,.0f}" if times >= 10 else f"{times:.1f}"  # noqa: PLR2004 -- two digits
    words = say.table[f"traced.{one.strength.value}"]
    if one.strength is not Strength.NONE:
        words = say("traced.for" if one.supports_this_photo else "traced.against", words=words)
    return say("traced.at-least" if one.is_capped else "traced.times", number=number), words


def _photo(telling: Telling, trace: ShownTrace, photo: str) -> str:
    number = {str(one): number for one, number in trace.numbers.items()}.get(photo)
    return number or telling.say("trace.not-told")


def _found(telling: Telling, trace: ShownTrace, page: TracePage) -> list[tuple[str, Cell]]:
    say, answer = telling.say, page.answer
    rows: list[tuple[str, Cell]] = [
        (say("column.exhibit"), [line(trace.exhibit, "m")]),
        (say("trace.sha"), digest(answer.digest)),
        (say("trace.size"), [line(say("trace.size-value", width=answer.width, height=answer.height))]),
    ]
    if answer.at_ms is not None:
        rows.append((say("trace.at"), [line(say("trace.at-value", seconds=f"{answer.at_ms / 1000:.1f}"))]))
    if page.face is not None:
        told = say(
            "trace.face-value",
            number=page.face + 1,
            all=len(answer.faces),
            width=f"{answer.faces[page.face].face.width:.0f}",
        )
        rows.append((say("trace.face"), [line(told)]))
    return rows


def _own(telling: Telling, trace: ShownTrace, page: TracePage) -> list[tuple[str, Cell]]:
    say = telling.say
    number = trace.numbers.get(page.photo)
    rows: list[tuple[str, Cell]] = [
        (say("column.exhibit"), [line(number, "m")] if number else [line(say("trace.not-told"))])
    ]
    if number:
        rows.append((say("trace.sha"), digest(trace.kept.record.photos[page.photo])))
    answer = page.face_answer
    if answer is not None and len(answer.groups[0].fits) > 1:
        others = [fit.photo for fit in answer.groups[0].fits[1:]]
        told = [trace.numbers[one] for one in others if one in trace.numbers][:_MOST_ALIKE]
        if len(others) > len(told):
            told.append(say("trace.alike-count", count=len(others) - len(told)))
        rows.append((say("trace.alike"), [line(say("trace.alike-value", photos=", ".join(told)))]))
    is_mirrored = page.fit.is_mirrored if page.fit is not None else page.scene is not None and page.scene.is_mirrored
    if is_mirrored:
        rows.append((say("trace.shape"), [line(say("trace.mirrored"))]))
    return rows


def _claims(telling: Telling, fit: FaceFit) -> Mapping[str, object]:
    say = telling.say
    rows = [
        [say("trace.claim-this"), say("trace.claim-other"), *ratio(telling, fit.other_occasion)],
        [say("trace.claim-this"), say("trace.claim-sitting"), *ratio(telling, fit.same_sitting)],
    ]
    return {
        "title": say("trace.claims"),
        "heads": [say("trace.claim"), say("trace.against"), say("trace.ratio"), say("trace.words")],
        "rows": rows,
    }


def _pictures(telling: Telling, face: FaceDrawing | None) -> Mapping[str, object] | None:
    if face is None:
        return None
    say, drawn = telling.say, face.pictures
    shown = (
        (drawn.photo, say("trace.picture-photo")),
        (drawn.questioned, say("trace.picture-questioned")),
        (drawn.overlay, say("trace.picture-overlay")),
    )
    return {
        "title": say("trace.pictures"),
        "shown": [{"svg": _svg(picture), "caption": caption} for picture, caption in shown],
    }


def _svg(picture: Picture) -> str:
    """Return the PNG inside an SVG: the one way to hand bytes to a template that reads no file."""
    size = f'width="{picture.width}" height="{picture.height}"'
    content = base64.b64encode(picture.png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="data:image/png;base64,{content}"/></svg>'
    )


def _tiles(telling: Telling, tiles: Sequence[Tile]) -> Mapping[str, object] | None:
    if not tiles:
        return None
    say = telling.say
    letters = {square: say.table[f"traced.letter-{_NAMES[square]}"] for square in _SQUARES}
    counts = {_NAMES[square]: count(tiles, square) for square in _SQUARES}
    return {
        "title": say("trace.tiles"),
        "alt": say("trace.tiles-alt", all=len(tiles), **counts),
        "columns": 1 + max(tile.column for tile in tiles),
        "rows": 1 + max(tile.row for tile in tiles),
        "tiles": [
            [
                tile.column,
                tile.row,
                tile.cell.value,
                letters[tile.cell],
                "" if tile.correlation is None else f"{tile.correlation / 1000:.2f}",
            ]
            for tile in tiles
        ],
        "legend": [[square.value, say.table[f"traced.tile-{_NAMES[square]}"]] for square in _SQUARES],
    }


def _map(telling: Telling, scene: Grid) -> Mapping[str, object]:
    say = telling.say
    shares = {_NAMES[square]: scene.share(square) for square in _SQUARES}
    return {
        "title": say("trace.map"),
        "alt": say("trace.map-alt", **shares),
        "rows": list(scene.rows),
        "legend": [[square.value, say.table[f"traced.map-{_NAMES[square]}"]] for square in _SQUARES],
    }


def _conditions(telling: Telling, trace: ShownTrace, page: TracePage) -> list[tuple[str, Cell]]:
    say, gallery = telling.say, trace.kept.record.gallery
    answer, fit = page.face_answer, page.fit
    photos = (
        say("trace.gallery-whole", photos=gallery.photos)
        if answer is None
        else say("trace.gallery-value", photos=gallery.photos, compared=answer.compared)
    )
    rows: list[tuple[str, Cell]] = [(say("trace.gallery"), [line(photos)])]
    unread = sum(gallery.unread.values())
    if unread or gallery.glanced:
        rows.append((say("trace.left"), [line(say("trace.left-value", unread=unread, glanced=gallery.glanced))]))
    if answer is not None and fit is not None:
        rows += _of_face(telling, answer, fit, is_partial=gallery.glanced > 0)
    if page.scene is not None:
        whole = page.scene
        told = say(
            "trace.scene-value",
            inliers=whole.inliers,
            kept=round(100 * whole.kept),
            replaced=round(100 * whole.replaced),
            unknown=round(100 * whole.unknown),
        )
        rows.append((say("trace.scene"), [line(told)]))
    return rows


def _of_face(telling: Telling, answer: FaceAnswer, fit: FaceFit, *, is_partial: bool) -> list[tuple[str, Cell]]:
    say, numbers = telling.say, fit.numbers
    gates = say(
        "trace.gates-value",
        width=f"{answer.face.width:.0f}",
        blur=f"{answer.face.blur:.1f}",
        share=f"{100 * numbers['comparable']:.0f}",
        tiles=f"{numbers['tiles']:.0f}",
    )
    tiled = say("trace.tiled-value", possible=round(numbers["possible"]), matching=round(numbers["matching"]))
    return [
        (say("trace.needed"), [line(say("trace.needed-value", times=answer.needed))]),
        (say("trace.runner"), [line(_runner(telling, answer, is_partial=is_partial))]),
        (say("trace.gates"), [line(gates)]),
        (say("trace.tiled"), [line(tiled)]),
        (say("trace.apart"), [line(say("trace.apart-value", share=f"{100 * numbers['residual']:.2f}"))]),
        (say("trace.coherence"), [line(_coherence(telling, answer, fit))]),
    ]


def _coherence(telling: Telling, answer: FaceAnswer, fit: FaceFit) -> str:
    """Return how coherent the tiles are, and what would be possible at this size and quality, where that was measured."""
    say, value = telling.say, f"{fit.numbers['coherence']:.2f}"
    if answer.bound is None:
        return say("trace.coherence-value", value=value)
    return say("trace.coherence-bound", value=value, most=f"{answer.bound.possible:.2f}")


def _runner(telling: Telling, answer: FaceAnswer, *, is_partial: bool) -> str:
    """Return how far the next photo is behind; `is_partial` says that some photos were only glanced at."""
    say = telling.say
    if answer.margin is None:
        told = say("trace.runner-none")
    elif answer.margin >= _FURTHEST:
        told = say("trace.runner-far", times=round(10**_FURTHEST))
    else:
        told = say("trace.runner-value", times=f"{10 ** max(answer.margin, 0):,.0f}")
    return say("trace.runner-among", told=told) if is_partial else told


def _shows(page: TracePage) -> tuple[str, ...]:
    """Return the codes of what this answer shows, and no more than it does."""
    if page.face_answer is None:
        return "trace.shows-scene", "trace.shows-again"
    which = "trace.shows-this" if page.face_answer.outcome is Outcome.MADE_FROM else "trace.shows-sitting"
    return "trace.shows-1", which, "trace.shows-again"


def _notes(telling: Telling, page: TracePage) -> list[str]:
    say, drawing = telling.say, page.drawing
    notes = []
    if page.undrawn in _WHY:
        notes.append(say.table[f"traced.why-{page.undrawn}"])
    elif page.undrawn is not None:
        notes.append(say("traced.why-other", code=telling.show(page.undrawn, most=40)))
    if page.face_answer is not None and page.face_answer.tiles:
        notes.append(say("trace.tiles-note"))
    if drawing is not None and drawing.scene is not None:
        notes.append(say("trace.map-note"))
    if page.face_answer is None:
        notes.append(say("trace.scene-note"))
    elif page.face_answer.outcome is Outcome.POINTS_TO:
        notes.append(say("trace.points-note"))
    elif page.face_answer.outcome is Outcome.THIS_OR_SITTING:
        notes.append(say("trace.sitting-note"))
    return notes


def _method(telling: Telling, trace: ShownTrace, *, weighs: bool) -> Mapping[str, object]:
    """Return how the answer came about. Where nothing was weighed, the coefficients and their rates say nothing of it."""
    say, record = telling.say, trace.kept.record
    rows: list[tuple[str, Cell]] = [
        (say("trace.method-program"), [line(telling.show(record.method, most=120))]),
        (say("trace.method-gallery"), [line(record.gallery.digest, "h")]),
    ]
    for against, code in ((Against.OTHER_OCCASION, "trace.model-other"), (Against.SAME_SITTING, "trace.model-sitting")):
        if weighs and against in record.models:
            rows.append((say(code), [line(record.models[against], "h")]))
    opened = say("trace.method-opened" if trace.opening is not None else "trace.method-closed")
    entry = say("trace.method-entry-value", entry=trace.kept.entry)
    rows.append((say("trace.method-entry"), [line(entry), line(opened, "d")]))
    rates = rates_in_a_line(telling, record.validation) if weighs else None
    note = " ".join(filter(None, (rates, say("trace.method-data"))))
    return {"title": say("trace.method"), "rows": rows, "note": note}
