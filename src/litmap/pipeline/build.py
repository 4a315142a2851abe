"""Make and publish a build: passages, vectors, words, then topics, map, summaries and the papers' own references."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litmap import builds, keywords, references, summaries, topics
from litmap.catalogue.entries import Entry
from litmap.errors import DamagedBuild, NoLibrary
from litmap.models import Note
from litmap.paths import LibraryPaths
from litmap.pipeline.analysis import enrich
from litmap.pipeline.embedder import Embedder
from litmap.pipeline.index_writers import write_keywords, write_vectors
from litmap.pipeline.passages import Key, Source, additions
from litmap.pipeline.reading_list import Identify
from litmap.pipeline.report import Progress, timed
from litmap.protocols import Encoder

KEPT_BUILDS = 2
"""Builds that stay: the current one, and the one before for readers that still hold it."""


@dataclass
class BuildReport:
    """What came of it, for the report."""

    counts: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)


def make_build(
    paths: LibraryPaths,
    entries: Sequence[Entry],
    notes: Sequence[Note],
    texts: Mapping[str, tuple[str, str, int]],
    wanted: Mapping[Key, Source],
    embedder: Embedder,
    *,
    facts: Mapping[str, Any],
    progress: Progress,
    fresh: bool = False,
    identify: Identify | None = None,
) -> BuildReport:
    """Publish a build of exactly the `wanted` sources, unless the current one is that already.

    `identify` gives identifiers for works of the reading list.
    Raises `LibraryError` on a full disk; the old build then goes on serving.
    """
    made = BuildReport()
    base = None if fresh else _current(paths)
    state = _state(entries, notes, texts, facts)
    try:
        add, remove = builds.plan(base, {key: source.fingerprint for key, source in wanted.items()})
        titles = {e.work.id: e.work.title for e in entries}
        made.changes = _changes(base, wanted, add, remove, titles)
        if base is not None and not add and not remove and base.facts.get("state") == state:
            made.counts = {"passages": len(base.rows), "new_passages": 0, "build": base.id}
            return made
        made.counts |= _other_model(base, embedder)
        anew = "another model: all is embedded anew; " if made.counts else ""
        progress(
            "build", 0, 0, f"{anew}{len(add)} sources new or changed, {len(remove)} gone or changed"
        )
        with builds.BuildWriter(paths, base=base) as writer:
            changes = writer.update(additions(wanted[key] for key in add), remove)
            with timed(made.seconds, "vectors"):
                write_vectors(writer, changes, embedder, titles, anew="model_before" in made.counts)
            with timed(made.seconds, "keywords"):
                write_keywords(writer, changes, titles)
            enrich(paths, writer, entries, notes, texts, embedder, made.seconds, progress, identify)
            kept = {**facts, "state": state, "model_key": embedder.encoder.key}
            with timed(made.seconds, "publish"):
                build_id = writer.publish(kept)
        made.counts["new_passages"] = len(changes.added)
    finally:
        if base is not None:
            base.close()
    with builds.open_build(paths) as build:
        made.counts |= {"passages": len(build.rows), "build": build_id}
    builds.prune_builds(paths, KEPT_BUILDS)
    return made


def built_with(paths: LibraryPaths) -> str:
    """The name of the model of the current build; '' where there is none."""
    base = _current(paths)
    if base is None:
        return ""
    with base:
        return str(base.facts.get("model") or "")


def _other_model(base: builds.Build | None, embedder: Embedder) -> dict[str, Any]:
    """For the report: the model of the base where it is another one."""
    if base is None or base.facts.get("model_key") == embedder.encoder.key:
        return {}
    return {"model_before": base.facts.get("model", "")}


def kept_notes(paths: LibraryPaths, encoder: Encoder) -> dict[Key, Source]:
    """The notes' passages of the current build, for a build made while the notes themselves are out of reach."""
    base = _current(paths)
    if base is None:
        return {}
    with base:
        if base.facts.get("model_key") != encoder.key:
            return {}
        return {
            (s.work, s.source): _kept(base, s) for s in base.sources if s.source.startswith("note:")
        }


def _kept(base: builds.Build, source: builds.SourceRows) -> Source:
    chunks = [p.chunk for p in base.passages(range(source.first, source.first + source.count))]
    return Source(source.work, source.source, source.fingerprint, lambda: chunks)


def _current(paths: LibraryPaths) -> builds.Build | None:
    """The build to go on from; a damaged one is not gone on from."""
    try:
        return builds.open_build(paths)
    except (NoLibrary, DamagedBuild):
        return None


def _state(
    entries: Sequence[Entry],
    notes: Sequence[Note],
    texts: Mapping[str, tuple[str, str, int]],
    facts: Mapping[str, Any],
) -> str:
    """A digest of everything the build's topics, map and summaries depend on besides its passages."""
    made_by = {
        "topics": topics.VERSION,
        "summaries": summaries.VERSION,
        "references": references.VERSION,
    }
    made_by["keywords"] = str(keywords.FORMAT)
    digest = hashlib.sha256(json.dumps({**facts, **made_by}, sort_keys=True).encode())
    for note in notes:
        digest.update(f"{note.path}\0{note.sha256}\0".encode("utf-8", "replace"))
    for entry in entries:
        work = entry.work
        pdf = entry.pdf.sha256 if entry.pdf else ""
        places = [(m.note, m.heading) for m in entry.mentions]
        digest.update(
            repr(
                (work.id, work.title, work.abstract, work.year, pdf, texts.get(pdf), places)
            ).encode("utf-8", "replace")
        )
    return digest.hexdigest()[:32]


def _changes(
    base: builds.Build | None,
    wanted: Mapping[Key, Source],
    add: Sequence[Key],
    remove: Sequence[Key],
    titles: Mapping[str, str],
) -> dict[str, list[str]]:
    """Titles of works that are new, changed or gone since the base."""
    before = {s.work for s in base.sources} if base else set()
    now = {key[0] for key in wanted}
    new = {work for work, _ in add if work and work not in before}
    changed = {work for work, _ in add if work and work in before}
    gone = {work for work, _ in remove if work and work not in now}
    named = {"new": new, "changed": changed, "gone": gone}
    return {what: sorted(titles.get(w, w) for w in works) for what, works in named.items() if works}
