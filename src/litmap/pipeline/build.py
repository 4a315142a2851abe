"""Make and publish a build: passages, vectors, words, then topics, map, summaries and the papers'
own references.

It depends on its `BuildInputs` and on the build before: nothing is asked of the network, nothing
written to the catalogue.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap import builds, keywords, references, stores, topics
from litmap.errors import DamagedBuild, LitmapError, NoLibrary
from litmap.models import MARKS_PREFIX
from litmap.paths import LibraryPaths
from litmap.pipeline.analysis import PreviousLook, analyse
from litmap.pipeline.index_writers import write_citing_words, write_keywords, write_vectors
from litmap.pipeline.inputs import BuildInputs
from litmap.pipeline.kept_vectors import read_vector
from litmap.pipeline.passages import Key, Source, additions, wanted_sources
from litmap.pipeline.report import Progress, quiet, timed

if TYPE_CHECKING:
    from litmap.models import Vectors

logger = logging.getLogger(__name__)

CITING_VERSION = "1"
"""Raised with every change of what a build says of its citing sentences."""
SOURCES_AT_ONCE = 64
"""Sources whose vectors are asked for at once: a store elsewhere answers each question in some
milliseconds."""
KEPT_BUILDS = 2
"""Builds that stay: the current one, and the one before for readers that still hold it."""


@dataclass
class BuildReport:
    """What came of it, for the report: counts, seconds by step, and titles of works that are new,
    changed or gone.
    """

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class BuildPlan:
    """What a build of `inputs` would hold (`wanted`), and how it comes about from `base`, the build
    to go on from.

    `state` is a digest of what topics, map and summaries depend on beside the passages. With
    `is_fresh` nothing that was made before is taken over, but texts and vectors.
    """

    inputs: BuildInputs
    base: builds.Build | None
    wanted: Mapping[Key, Source]
    added: Sequence[Key]
    removed: Sequence[Key]
    state: str
    is_fresh: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the current build is that already."""
        if self.base is None or self.added or self.removed or self.has_other_store:
            return False
        return bool(self.base.facts.get("state") == self.state)

    @property
    def has_other_model(self) -> bool:
        """Whether the base holds another model's vectors."""
        if self.base is None:
            return False
        return bool(self.base.facts.get("model_key") != self.inputs.encoder.key)

    @property
    def has_other_store(self) -> bool:
        """Whether the base's vectors stand elsewhere than the new build's will."""
        if self.base is None:
            return False
        return not self.inputs.store.holds(stores.place_of(self.base.facts))

    def changes(self) -> dict[str, list[str]]:
        """Titles of works that are new, changed or gone since the base."""
        before = {s.work for s in self.base.sources} if self.base else set()
        now = {work for work, _ in self.wanted}
        added = {work for work, _ in self.added if work}
        removed = {work for work, _ in self.removed if work}
        named = {"new": added - before, "changed": added & before, "gone": removed - now}
        titles = {**self.inputs.former_titles, **self.inputs.titles}
        return {what: sorted(titles.get(w, w) for w in ids) for what, ids in named.items() if ids}


@contextmanager
def plan_build(inputs: BuildInputs, *, fresh: bool = False) -> Iterator[BuildPlan]:
    """The plan of a build; with `fresh` nothing is taken over from the current one."""
    wanted = wanted_sources(inputs)
    if inputs.kept_notes or not inputs.notes_were_read:
        wanted |= kept_note_sources(inputs)
    base = None if fresh else open_current(inputs.paths)
    try:
        prints = {key: source.fingerprint for key, source in wanted.items()}
        added, removed = builds.plan(base, prints)
        yield BuildPlan(inputs, base, wanted, added, removed, _state(inputs), fresh)
    finally:
        if base is not None:
            base.close()


def make_build(
    inputs: BuildInputs, *, progress: Progress = quiet, fresh: bool = False
) -> BuildReport:
    """Publish a build of exactly these inputs, unless the current one is that already.

    Raises `LibraryError` on a full disk; the old build then goes on serving. Raises `PdfError` for
    a damaged text.
    """
    report = BuildReport()
    with plan_build(inputs, fresh=fresh) as plan:
        report.changes = plan.changes()
        if plan.is_current and plan.base is not None:
            logger.info("build: %s is up to date", plan.base.id)
            inputs.store.announce(stores.place_of(plan.base.facts))  # it was killed before, maybe
            passages = plan.base.count
            report.counts = {"passages": passages, "new_passages": 0, "build": plan.base.id}
            return report
        if plan.has_other_model and plan.base is not None:
            report.counts["model_before"] = plan.base.facts.get("model", "")
        build_id = _write(plan, report, progress)
    with builds.open_build(inputs.paths) as build:
        inputs.store.announce(stores.place_of(build.facts))
        report.counts |= {"passages": build.count, "build": build_id}
    _prune(inputs.paths)
    logger.info("build: %s holds %d passages", build_id, report.counts["passages"])
    return report


def _prune(paths: LibraryPaths) -> None:
    """Delete builds that nobody reads any more, and what stores hold for them alone."""
    before = _places(paths)
    builds.prune_builds(paths, KEPT_BUILDS)
    try:
        stores.prune(before, _places(paths), paths.root)
    except LitmapError as error:
        logger.warning("old builds stay in their store for now: %s", error)


def _places(paths: LibraryPaths) -> list[stores.Place]:
    """Where the vectors of all builds stand, old ones too."""
    return [stores.place_of(facts) for facts in builds.facts_of_all(paths)]


def _write(plan: BuildPlan, report: BuildReport, progress: Progress) -> str:
    """Write and publish the build; its id."""
    inputs, seconds = plan.inputs, report.seconds
    anew = "another model: all is embedded anew; " if plan.has_other_model else ""
    what = f"{len(plan.added)} sources new or changed, {len(plan.removed)} gone or changed"
    progress("build", 0, 0, anew + what)
    logger.info("build: %s%s", anew, what)
    with builds.BuildWriter(inputs.paths, base=plan.base) as writer:
        changes = writer.update(additions(plan.wanted[key] for key in plan.added), plan.removed)
        with timed(seconds, "vectors"):
            place = write_vectors(
                writer,
                changes,
                inputs.embedder,
                inputs.titles,
                anew=plan.has_other_model,
                store=inputs.store,
            )
        with timed(seconds, "keywords"):
            processes = inputs.processes
            write_keywords(writer, changes, inputs.titles, processes=processes)
        with builds.KeptResults(inputs.paths.results) as kept:
            if plan.is_fresh:
                kept.clear()
            bodies = _body_vectors(writer, inputs, place, kept)
            analysis = analyse(inputs, bodies, _previous_look(plan.base), progress, kept)
            kept.prune()
        for name, value in analysis.parts.items():
            writer.write_json(name, value)
        writer.write_json("marks", {w: [asdict(m) for m in ms] for w, ms in inputs.marks.items()})
        with timed(seconds, "citing"):
            write_citing_words(writer, analysis.said)
        seconds |= analysis.seconds
        with timed(seconds, "publish"):
            made = {"state": plan.state, "model_key": inputs.encoder.key}
            where = {stores.FACT: dict(place)} if place else {}
            build_id = writer.publish({**_facts(inputs), **made, **where})
    report.counts["new_passages"] = len(changes.added)
    return build_id


def _body_vectors(
    writer: builds.BuildWriter, inputs: BuildInputs, place: stores.Place, kept: builds.KeptResults
) -> Vectors:
    """float32 (works, dim): the mean of the vectors of each work's passages in the new build, zeros
    without a PDF. What `kept` has is not read again.
    """
    row_of = {e.work.id: i for i, e in enumerate(inputs.entries)}
    pdfs = [s for s in writer.sources if s.work in row_of and _is_pdf(s)]
    kind = f"body {inputs.encoder.key} {place.get('kind', '')}"
    keys = [builds.key_of(kind, source.source, source.fingerprint) for source in pdfs]
    found = {
        key: vector
        for key, value in kept.read(keys).items()
        if len(vector := read_vector(value)) == inputs.encoder.dim
    }
    missing = [(k, s) for k, s in zip(keys, pdfs, strict=True) if k not in found]
    if missing:
        opened = inputs.store.open(stores.StoredBuild(writer.folder, place))
        for begin in range(0, len(missing), SOURCES_AT_ONCE):
            some = dict(missing[begin : begin + SOURCES_AT_ONCE])
            new = dict(zip(some, _means(opened, list(some.values())), strict=True))
            kept.keep({key: mean.astype("<f4").tobytes() for key, mean in new.items()})
            found |= new
    means = np.zeros((len(inputs.entries), inputs.encoder.dim), np.float32)
    for key, source in zip(keys, pdfs, strict=True):
        means[row_of[source.work]] = found[key]
    return means


def _means(opened: stores.StoredVectors, sources: Sequence[builds.SourceRows]) -> list[Vectors]:
    """The mean (dim,) of each source's vectors, as a unit vector."""
    rows = [np.arange(s.first, s.first + s.count, dtype=np.int64) for s in sources]
    vectors = opened.vectors(np.concatenate(rows))
    means = [own.mean(axis=0) for own in np.split(vectors, np.cumsum([len(r) for r in rows])[:-1])]
    return [mean / (np.linalg.norm(mean) or 1.0) for mean in means]


def _is_pdf(source: builds.SourceRows) -> bool:
    """Whether a source has passages and is a PDF: no abstract, note or marks."""
    return source.count > 0 and not source.source.startswith(("abstract:", "note:", MARKS_PREFIX))


def _previous_look(base: builds.Build | None) -> PreviousLook:
    if base is None:
        return PreviousLook()
    return PreviousLook(base.read_json("map") or {}, base.read_json("styles") or [])


def _facts(inputs: BuildInputs) -> dict[str, str]:
    facts = {"model": inputs.model, "extractor": inputs.extractor}
    return facts | ({"passage_prompt": inputs.passage_prompt} if inputs.passage_prompt else {})


def built_with(paths: LibraryPaths) -> str:
    """The name of the model of the current build; '' where there is none."""
    base = open_current(paths)
    if base is None:
        return ""
    with base:
        return str(base.facts.get("model") or "")


def open_current(paths: LibraryPaths) -> builds.Build | None:
    """The build to go on from; a damaged one is not gone on from."""
    try:
        return builds.open_build(paths)
    except NoLibrary:
        return None
    except DamagedBuild as error:
        logger.warning("the current build is not gone on from: %s", error)
        return None


# ── notes that were not read for this build ───────────────────────────────────────────────────────
def holds_note_passages(inputs: BuildInputs) -> bool:
    """Whether the notes' passages can be had: from notes that were read, or from the current
    build.
    """
    if inputs.notes_were_read or not inputs.notes:
        return True
    base = open_current(inputs.paths)
    if base is None:
        return False
    with base:
        return bool(base.facts.get("model_key") == inputs.encoder.key)


def kept_note_sources(inputs: BuildInputs) -> dict[Key, Source]:
    """Passages of the current build, of all notes or the kept ones; none of another model's."""
    base = open_current(inputs.paths)
    if base is None:
        return {}
    with base:
        if base.facts.get("model_key") != inputs.encoder.key:
            return {}
        notes = [s for s in base.sources if s.source.startswith("note:")]
        if inputs.notes_were_read:
            notes = [s for s in notes if s.source.removeprefix("note:") in inputs.kept_notes]
        return {(s.work, s.source): _kept(base, s) for s in notes}


def _kept(base: builds.Build, source: builds.SourceRows) -> Source:
    chunks = [p.chunk for p in base.passages(range(source.first, source.first + source.count))]
    return Source(source.work, source.source, source.fingerprint, lambda: chunks)


# ── what a build depends on ───────────────────────────────────────────────────────────────────────
def _state(inputs: BuildInputs) -> str:
    """A digest of everything the build's topics, map and summaries depend on besides its
    passages.
    """
    made_by = {
        "topics": topics.VERSION,
        "summaries": inputs.summariser.version,
        "references": references.VERSION,
        "keywords": str(keywords.FORMAT),
        "citing": CITING_VERSION,
    }
    digest = hashlib.sha256(json.dumps({**_facts(inputs), **made_by}, sort_keys=True).encode())
    for note in inputs.notes:
        digest.update(f"{note.path}\0{note.sha256}\0".encode("utf-8", "replace"))
    for entry in inputs.entries:
        work = entry.work
        pdf = entry.pdf.sha256 if entry.pdf else ""
        text = inputs.texts.get(pdf)
        told = (text.quality, text.reason, text.pages) if text else None
        places = [(m.note, m.heading) for m in entry.mentions]
        depends = (work.id, work.title, work.abstract, work.year, pdf, told, places)
        digest.update(repr(depends).encode("utf-8", "replace"))
        if entry.placed:
            digest.update(repr(("placed", entry.placed)).encode("utf-8", "replace"))
        if marks := inputs.unplaced_marks.get(work.id):
            digest.update(repr((pdf, marks)).encode("utf-8", "replace"))
    return digest.hexdigest()[:32]
