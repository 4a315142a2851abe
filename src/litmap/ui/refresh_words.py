"""A refresh in words for readers: its stages as it goes, what it did, how long that took. No
Streamlit here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from litmap.ui import formatting

if TYPE_CHECKING:
    from litmap.pipeline.kept_progress import RunProgress, StageProgress

STAGES = {
    "read": ("Reading your notes", "note"),
    "resolve": ("Looking up the works they cite", "citation"),
    "notices": ("Asking for retractions, corrections and new versions", "request"),
    "fetch": ("Looking for free PDFs", "work"),
    "extract": ("Reading the PDFs", "PDF"),
    "embed": ("Preparing passages for search", "passage"),
    "watch": ("Looking for new papers", "listing"),
    "build": ("Building the search index", ""),
    "topics": ("Filing papers under your headings and drawing the map", "paper"),
    "summaries": ("Summarising", "paper"),
    "write": ("Having texts written by your language model", "text"),
}
"""Stage as the refresh names it → what a reader is told, and what is counted."""
TOGETHER = frozenset({"fetch", "extract", "embed"})
"""Stages that go on at once: PDFs are read while others are on their way."""
TELLING = frozenset({"read"})
"""Stages whose last word says what was found."""

TIMES = {
    "notes": ("read",),
    "looking up works": ("resolve", "confirm", "identify"),
    "retractions and corrections": ("notices",),
    "fetching PDFs": ("fetch",),
    "reading PDFs": ("extract", "marks"),
    "preparing search": ("embed", "vectors", "keywords", "publish"),
    "references": ("references", "reading", "citing"),
    "headings and map": ("topics",),
    "summaries": ("summaries",),
    "new papers": ("watch",),
    "news": ("tell", "deliver"),
    "written texts": ("write",),
}
"""What a reader is told → the parts of a refresh whose seconds that is; 'build' is the sum of
some.
"""
SHORTEST_S = 0.1
CHANGES = {"new": "New works", "changed": "Changed works", "gone": "No longer cited"}


@dataclass(frozen=True, slots=True)
class Step:
    """A stage as it is shown: `share` is how far it is from 0 to 1, None where that is not known
    or it is over.
    """

    label: str
    told: str
    is_over: bool
    share: float | None = None


def steps(progress: RunProgress) -> list[Step]:
    """The stages of a refresh that goes on, in the order in which they began."""
    return [_step(stage, progress.last) for stage in progress.stages]


def _step(stage: StageProgress, last: str) -> Step:
    label, unit = STAGES.get(stage.name, (stage.name.capitalize(), ""))
    is_whole = 0 < stage.total <= stage.done
    goes_on = stage.name == last or {stage.name, last} <= TOGETHER
    is_over = not goes_on or is_whole
    text = stage.text if not is_over or stage.name in TELLING else ""
    text = "" if text == f"{unit}s" else text
    told = ", ".join(filter(None, (_counted(stage, unit, is_over=is_over), text)))
    share = None if is_over or not stage.total else stage.done / stage.total
    return Step(label, told, is_over, share)


def _counted(stage: StageProgress, unit: str, *, is_over: bool) -> str:
    """'12 of 28 works', '28 works'; '' where nothing is counted."""
    if not unit or not (stage.done or stage.total):
        return ""
    if stage.total and not is_over:
        return f"{stage.done:,} of {formatting.count(stage.total, unit)}"
    return formatting.count(stage.done, unit)


def what_was_done(counts: Mapping[str, Any]) -> list[str]:
    """Sentences on what a refresh read and found, of the counts of its report."""
    told = [_works(counts), _passages(counts)]
    if "model_before" in counts:
        told.append(
            f"Search uses another model than before ({counts['model_before'] or 'unknown'}), so "
            "all passages were prepared anew."
        )
    if counts.get("marks"):
        marks = formatting.count(counts["marks"], "mark")
        told.append(f"{marks} of yours in PDFs {_are(counts['marks'])} new.")
    told += [_news(counts), _new_papers(counts), _written(counts.get("written") or {})]
    delivered = counts.get("delivered") or {}
    told += [f"{channel} was told {events} of your news." for channel, events in delivered.items()]
    if counts.get("offline"):
        told.append("It was offline: nothing was asked of the network.")
    return [sentence for sentence in told if sentence]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _works(counts: Mapping[str, Any]) -> str:
    if "works" not in counts:
        return ""
    every = int(counts["works"])
    works, places = int(counts.get("cited", every)), int(counts.get("mentions", 0))
    notes = f" of {formatting.count(int(counts['notes']), 'note')}" if "notes" in counts else ""
    where = f"in {formatting.count(places, 'place')}{notes}"
    more = f" You added {formatting.count(every - works, 'other')}." if every > works else ""
    return f"Your notes cite {formatting.count(works, 'work')} {where}.{more}"


def _passages(counts: Mapping[str, Any]) -> str:
    if "passages" not in counts:
        return ""
    new = int(counts.get("new_passages", 0))
    passages = int(counts["passages"])
    told = f"{formatting.count(passages, 'passage')} can be searched"
    if not new or new == passages:
        return f"{told}, {'all' if new else 'none'} of them new."
    return f"{told}, {new:,} of them new."


def _news(counts: Mapping[str, Any]) -> str:
    if "news" not in counts:
        return ""
    if counts["news"] is None:
        return "Your news begin here: from now on changes are told."
    return f"{formatting.count(counts['news'], 'piece')} of news." if counts["news"] else ""


def _new_papers(counts: Mapping[str, Any]) -> str:
    if not counts.get("looked_through"):
        return ""
    new = formatting.count(counts.get("new_papers", 0), "new paper")
    return f"{new} to look at, of {counts['looked_through']:,} looked through."


def _written(written: Mapping[str, Any]) -> str:
    if not written:
        return ""
    texts = int(written["summaries"]) + int(written["labels"])
    of = int(written["of_summaries"]) + int(written["of_labels"])
    return f"{texts} of {formatting.count(of, 'text')} written by {written['by']} are shown."


def how_long(seconds: Mapping[str, float]) -> list[str]:
    """'fetching PDFs 12 s' and so on, in the order of a refresh, what took no time left out."""
    known = {name for parts in TIMES.values() for name in parts} | {"build"}
    groups = TIMES | {name: (name,) for name in seconds if name not in known}
    spent = {words: sum(float(seconds.get(n, 0)) for n in parts) for words, parts in groups.items()}
    return [f"{w} {formatting.duration(s)}" for w, s in spent.items() if s >= SHORTEST_S]


def changes(found: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Titles by what became of their works, in words."""
    return {CHANGES.get(kind, kind.capitalize()): titles for kind, titles in found.items()}
