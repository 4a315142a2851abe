"""A reader's thirty weeks: what the notes cite, what appears, what becomes of papers, and all that
has to be told of it. Decided before anything is run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import NamedTuple

from benchmarks.living.invented import OTHERS, SUBJECTS, Press
from tests.scholarly_web import Answer, Fault, ScholarlyWork
from tests.scholarly_web.answers import Question, as_xml
from tests.scholarly_web.works import family, given

START = datetime(2027, 1, 4, 6, tzinfo=UTC)
"""The first refresh. The others follow every week, but some hours later than their time: a laptop
that sleeps, a reader who comes late.
"""
MAX_LATE_HOURS = 9.0
NOTES = {
    "living.md": ("What lives", ("Sleep in hospitals", "Life of the rocky shore")),
    "made.md": (
        "What is made",
        ("Bridges and their wear", "Algorithms on graphs", "Kites and gliders"),
    ),
}
"""Notes with their title and headings."""
CATEGORY = "cs.DS"
OAI, JOURNAL = "oaipmh.arxiv.org", "feeds.example.org"
FEED = f"https://{JOURNAL}/new.rss"
AT_FIRST = 6
"""Works of a heading in the first notes."""
LEAST = 5
"""No heading has fewer later on, but the one that becomes thin."""
SMALL, SMALL_WORKS = "Kites and gliders", 3
CHANGES = {
    "retracted": "Retracted",
    "corrected": "Corrected",
    "concern": "Expression of concern",
    "version": "Newer version",
    "published": "Published",
}
"""What becomes of papers, and how a digest calls it."""
SHOWN = "New paper"
LEFT = "Left the library"


class Told(NamedTuple):
    """One event: the week, the heading, how it is called, the paper ('' for a heading's)."""

    week: int
    heading: str
    label: str
    title: str


class Listed(NamedTuple):
    """A paper that appeared, in the arXiv's list or in the journal's feed."""

    time: datetime
    key: str
    in_feed: bool


@dataclass
class World:
    """All of it, week by week: `advance` goes to the next one. `cited` is where each paper stands
    in the notes; `truth` is all that is to be told until now.
    """

    seed: int
    week: int = 0
    truth: list[Told] = field(default_factory=list)
    works: dict[str, ScholarlyWork] = field(default_factory=dict)
    cited: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: int = 0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.press = Press(self.rng)
        self.time = START
        self._listed: list[Listed] = []
        self._subjects: dict[str, str] = {}
        self._removed: dict[str, str] = {}
        self._since: dict[str, int] = {}
        self._changed: dict[str, set[str]] = {}
        self._open: list[str] = []
        self._missing: dict[str, int] = {}
        for subject in SUBJECTS:
            for number in range(SMALL_WORKS if subject == SMALL else AT_FIRST):
                self._cite(self._new(subject, 2020 + number % 5, on_arxiv=number % 2 == 0), subject)

    # ── weeks ──
    def advance(self) -> None:
        """What happens until the next week's refresh."""
        self.week += 1
        before = self.time
        late = timedelta(hours=self.rng.uniform(0, MAX_LATE_HOURS))
        self.time = START + timedelta(weeks=self.week) + late
        self.faults = []
        self._downloads_work_again()
        if self.rng.random() < 0.12:
            return  # a quiet week
        self._edit_notes()
        self._change_works()
        self._publish(before)

    def _tell(self, label: str, key: str, heading: str = "") -> None:
        self.truth.append(
            Told(self.week, heading or path_of(self.cited[key]), label, self.works[key].title)
        )

    def _new(self, subject: str, year: int, *, on_arxiv: bool) -> str:
        work = self.press.paper(subject, year, on_arxiv=on_arxiv)
        self.works[work.key] = work
        self._subjects[work.key] = subject
        return work.key

    # ── notes ──
    def _cite(self, key: str, heading: str) -> None:
        self.cited[key] = heading
        self._since[key] = self.week

    def _edit_notes(self) -> None:
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            self._add()
        if self.rng.random() < 0.3:
            self._move()
        if self.rng.random() < 0.25:
            self._remove()
        if self._removed and self.rng.random() < 0.3:
            key, heading = self._removed.popitem()
            self._cite(key, heading)  # it is back: no news
        if self.week == 12:
            self._make_thin()

    def _add(self) -> None:
        """A paper comes into the notes: now and then one that was shown as new."""
        if self._open and self.rng.random() < 0.4:
            key = self._open.pop(0)
        else:
            subjects = [s for s in SUBJECTS if s != SMALL and self.press.left(s) > 6]
            if not subjects:
                return
            subject = self.rng.choice(subjects)
            key = self._new(subject, self.rng.randint(2015, 2025), on_arxiv=self.rng.random() < 0.5)
            self._maybe_not_had(key)
        self._cite(key, self._subjects[key])
        self._tell("Added from your notes", key)

    def _maybe_not_had(self, key: str) -> None:
        """Some files are not had at first, and some weeks later they are."""
        if self.rng.random() < 0.25 and not self.works[key].arxiv:
            self._missing[key] = self.week + self.rng.randint(1, 3)
            self._refuse_file(key)

    def _refuse_file(self, key: str) -> None:
        path = re.escape(self.works[key].files[0].removeprefix("https://journal.example.org"))
        self.faults.append(Fault("500", host=r"^journal\.example\.org$", path=f"^{path}$"))

    def _downloads_work_again(self) -> None:
        for key, week in list(self._missing.items()):
            if week > self.week:
                self._refuse_file(key)
            else:
                del self._missing[key]
                if key in self.cited:
                    self._tell("Full text", key)

    def _settled(self, *, from_full: bool = False) -> list[str]:
        """Papers to which nothing happened yet this week; with `from_full` only of headings that
        can lose one.
        """
        counts = {s: list(self.cited.values()).count(s) for s in SUBJECTS}
        return [
            key
            for key, heading in self.cited.items()
            if self._since[key] < self.week and key not in self._missing
            if not from_full or (counts[heading] > LEAST and heading != SMALL)
        ]

    def _move(self) -> None:
        """A line under another heading: no news, but what comes of it stands there from now on."""
        key = self.rng.choice(self._settled(from_full=True) or [""])
        if key:
            others = [s for s in SUBJECTS if s not in {SMALL, self.cited[key]}]
            self._cite(key, self.rng.choice(others))

    def _remove(self) -> None:
        key = self.rng.choice(self._settled(from_full=True) or [""])
        if key:
            self._tell(LEFT, key)
            self._removed[key] = self.cited.pop(key)

    def _make_thin(self) -> None:
        gone = next(key for key, heading in self.cited.items() if heading == SMALL)
        self._tell(LEFT, gone)
        del self.cited[gone]
        self.truth.append(Told(self.week, path_of(SMALL), "Thin heading", ""))

    # ── what becomes of papers ──
    def _change_works(self) -> None:
        for kind in CHANGES:
            if self.rng.random() < 0.22:
                fitting = [k for k in self._settled() if self._may_become(k, kind)]
                if fitting:
                    self._become(self.rng.choice(fitting), kind)

    def _may_become(self, key: str, kind: str) -> bool:
        is_preprint = bool(self.works[key].arxiv)
        changed = self._changed.get(key, set())
        if kind == "version":
            return is_preprint and len(changed) < 2
        return kind not in changed and is_preprint is (kind == "published")

    def _become(self, key: str, kind: str) -> None:
        work = self.works[key]
        notice = f"10.5555/notice.{self.week}.{kind}"
        if kind == "retracted":
            work = replace(work, retraction=notice)
        elif kind == "version":
            newer = f"{work.arxiv}v{work.arxiv_version + 1}"
            ids = tuple((k, newer if k == "arxiv" else v) for k, v in work.ids)
            more = f"{work.abstract} Version {work.arxiv_version + 1} corrects an error."
            work = replace(work, ids=ids, abstract=more)
        elif kind == "published":
            doi = f"10.5555/published.{self.week}"
            work = replace(work, ids=(*work.ids, ("doi", doi)), venue="Journal of Slow Weeks")
        else:
            name = {"corrected": "correction", "concern": "expression_of_concern"}[kind]
            work = replace(work, updates=(*work.updates, (name, notice)))
        self.works[key] = work
        self._changed.setdefault(key, set()).add(kind)
        self._since[key] = self.week
        self._tell(CHANGES[kind], key)

    # ── listings ──
    def leave_out(self, idents: Collection[str]) -> None:
        """New papers that litmap's filing took to fit no heading are not to be told: how good that
        is, `quality.new_papers` measures. They come as 'arxiv:…' and 'doi:…'.
        """
        titles = {
            work.title
            for work in self.works.values()
            if not {f"arxiv:{work.arxiv}", f"doi:{work.doi}"}.isdisjoint(idents)
        }
        kept = [t for t in self.truth if t.label != SHOWN or t.title not in titles]
        self.left_out += len(self.truth) - len(kept)
        self.truth = kept

    def _publish(self, before: datetime) -> None:
        """New papers of the week, which the next refresh is to show, and others that fit nothing."""
        for subject in SUBJECTS:
            if subject != SMALL and self.press.left(subject) > 3 and self.rng.random() < 0.3:
                key = self._list(subject, before)
                self._tell(SHOWN, key, path_of(subject))
                self._open.append(key)
        for other in OTHERS:
            if not self.press.left(other):
                self.press.refill(other)
            self._list(other, before)

    def _list(self, subject: str, before: datetime) -> str:
        in_feed = self.rng.random() < 0.4
        key = self._new(subject, self.time.year, on_arxiv=not in_feed)
        time = before + (self.time - before) * self.rng.random()
        self._listed.append(Listed(time, key, in_feed))
        return key

    def listing(self, question: Question) -> Answer:
        """The answers of arXiv's OAI-PMH and of the journal's feed, as of now."""
        if question.host == JOURNAL:
            return as_xml(self._feed(), kind="application/rss+xml")
        since = question.query.get("from", "")
        return as_xml(_oai([self._oai_item(e) for e in self._on_arxiv(since)]), kind="text/xml")

    def _on_arxiv(self, since: str) -> Iterator[Listed]:
        """What appeared since a day, and what was changed this week."""
        yield from (e for e in self._listed if not e.in_feed and e.time.date().isoformat() >= since)
        for key, changes in self._changed.items():
            if "version" in changes and self._since[key] == self.week:
                yield Listed(datetime(self.works[key].year, 6, 1, tzinfo=UTC), key, in_feed=False)

    def _oai_item(self, listed: Listed) -> str:
        work, day = self.works[listed.key], listed.time.date().isoformat()
        people = "".join(
            f"<author><keyname>{family(n)}</keyname><forenames>{given(n)}</forenames></author>"
            for n in work.authors
        )
        return (
            f"<record><header><identifier>oai:arXiv.org:{work.arxiv}</identifier>"
            f"<datestamp>{day}</datestamp></header><metadata>"
            f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{work.arxiv}</id>'
            f"<created>{day}</created><authors>{people}</authors>"
            f"<title>{escape(work.title)}</title><categories>{CATEGORY}</categories>"
            f"<abstract>{escape(work.abstract)}</abstract></arXiv></metadata></record>"
        )

    def _feed(self) -> str:
        recent = [e for e in self._listed if e.in_feed and e.time > self.time - timedelta(days=30)]
        items = "".join(map(self._feed_item, recent))
        return (
            '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Journal of Slow Weeks</title>{items}</channel></rss>"
        )

    def _feed_item(self, listed: Listed) -> str:
        work = self.works[listed.key]
        people = "".join(f"<dc:creator>{name}</dc:creator>" for name in work.authors)
        return (
            f"<item><title>{escape(work.title)}</title><link>{work.landing}</link>{people}"
            f"<pubDate>{format_datetime(listed.time)}</pubDate>"
            f"<guid>https://doi.org/{work.doi}</guid>"
            f"<description>{escape(work.abstract)}</description></item>"
        )

    # ── the notes ──
    def notes(self) -> Mapping[str, str]:
        """The notes' texts by file name."""
        return {
            name: f"# {title}\n\n" + "\n".join(self._section(heading) for heading in headings)
            for name, (title, headings) in NOTES.items()
        }

    def _section(self, heading: str) -> str:
        own = [key for key, at in self.cited.items() if at == heading]
        return f"## {heading}\n\n" + "".join(f"- {_reference(self.works[k])}\n" for k in own)


def _oai(records: Sequence[str]) -> str:
    listed = f"<ListRecords>{''.join(records)}</ListRecords>"
    none = '<error code="noRecordsMatch">nothing</error>'
    return (
        '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        f"{listed if records else none}</OAI-PMH>"
    )


def _reference(work: ScholarlyWork) -> str:
    """By a link or DOI; every fifth by its words alone."""
    who = ", ".join(f"{family(name)}, {given(name)[0]}." for name in work.authors)
    named = f"{who} ({work.year}). {work.title}. {work.venue}."
    if int(work.key.removeprefix("paper")) % 5 == 0:
        return named
    if work.arxiv:
        return f"[{work.title}](https://arxiv.org/abs/{work.arxiv})"
    return f"{named} https://doi.org/{work.doi}"


def path_of(heading: str) -> str:
    """The heading with its note's title, as a digest writes it."""
    title = next(title for title, headings in NOTES.values() if heading in headings)
    return f"{title} › {heading}"
