"""Reports set by Typst: PDF/A-2a and PDF/UA-1, the same bytes on every run, without a network or a temporary file.

The templates and fonts come from installed packages; what the plan holds is handed over in memory, as data that
the template prints and never runs.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from haechi.adapters.renderer.confirmation import confirmation
from haechi.adapters.renderer.sections import sections
from haechi.adapters.renderer.summary import summary
from haechi.adapters.renderer.telling import Telling
from haechi.adapters.renderer.traces import has_pictures, traces
from haechi.adapters.renderer.typesetting import FONT, typeset
from haechi.adapters.renderer.visible import repertoire
from haechi.adapters.renderer.words import LANGUAGES, words
from haechi.domain.packet import PacketPlan

_FILES = {"report": "report", "confirmation": "hash-confirmation"}


class TypstRenderer:
    """Makes a plan's report and hash confirmation, in Korean and in English."""

    def __init__(self) -> None:
        self._repertoire = repertoire(FONT)

    def render(self, plan: PacketPlan) -> Mapping[str, bytes]:
        """Return the documents by file name: Korean without a suffix, English as `.en.pdf`.

        Raises `WorkerCrashedError`, `WorkerTimeoutError`.
        """
        made = datetime.fromisoformat(plan.as_of).astimezone(UTC).replace(microsecond=0)
        documents: dict[str, bytes] = {}
        for language in LANGUAGES:
            telling = Telling(plan, words(language), self._repertoire)
            suffix = "pdf" if language == LANGUAGES[0] else f"{language}.pdf"
            paper = {"confirmation": confirmation(telling, with_annex=True)}
            for name, content in (("report", _report(telling)), ("confirmation", paper)):
                data = {**_frame(telling, name), **content, "date": made.timetuple()[:6]}
                documents[f"{_FILES[name]}.{suffix}"] = typeset(name, data, made=made)
        return documents

    def render_traces(self, plan: PacketPlan) -> Mapping[str, bytes]:
        """Return `exhibit.pdf` and `exhibit.en.pdf`; nothing where nothing was traced.

        Raises `WorkerCrashedError`, `WorkerTimeoutError`.
        """
        if not plan.traces:
            return {}
        made = datetime.fromisoformat(plan.as_of).astimezone(UTC).replace(microsecond=0)
        documents: dict[str, bytes] = {}
        for language in LANGUAGES:
            telling = Telling(plan, words(language), self._repertoire)
            care = "trace.care-pictures" if has_pictures(telling) else "trace.care"
            own = {"title": telling.say("trace.title"), "care": telling.say(care), "date": made.timetuple()[:6]}
            suffix = "pdf" if language == LANGUAGES[0] else f"{language}.pdf"
            documents[f"exhibit.{suffix}"] = typeset(
                "trace", {**_frame(telling, "report"), **traces(telling), **own}, made=made
            )
        return documents


def _report(telling: Telling) -> Mapping[str, object]:
    return {
        "summary": summary(telling),
        "sections": list(sections(telling)),
        "annex": {
            "title": telling.say("section.confirmation"),
            "confirmation": confirmation(telling, with_annex=False),
        },
    }


def _frame(telling: Telling, document: str) -> Mapping[str, object]:
    """Return what stands on every page and in the file's own description."""
    say = telling.say
    packet = telling.show(telling.plan.packet_id, most=60)
    return {
        "language": say.language,
        "title": say(f"doc.{document}"),
        "subtitle": say("doc.subtitle"),
        "packet": say("doc.packet", id=packet),
        "care": say("doc.care"),
        "page": say.table["doc.page"],
        "see": say.table["doc.see"],
        "contents": say("doc.contents"),
        "program": f"Haechi {telling.show(telling.plan.haechi_version, most=24)}",
    }
