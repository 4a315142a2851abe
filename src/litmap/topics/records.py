"""What filing takes and returns: one record for a work's text, one for the whole result, one for
each finding.
"""

from __future__ import annotations

from dataclasses import dataclass

from litmap.models import Filing, HeadingPath, Theme, Topic

MAX_MISSING = 20
"""Missing works that are kept of one heading."""


@dataclass(frozen=True, slots=True)
class PaperText:
    """The text of one work. `body` is the paper's text ('' where there is no PDF); `context` is
    what the notes say of it; `year` its year of publication; `has_pdf` whether its PDF is in the
    library.
    """

    id: str
    title: str
    abstract: str = ""
    body: str = ""
    context: str = ""
    year: int | None = None
    has_pdf: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at in the outline. `kind` is one of 'misfit', 'near-duplicate',
    'two-subjects', 'thin' and 'new-topic'. `evidence` is a sentence a person can judge; `works` are
    those it is about; `proposal` is a heading to move them to, or to merge with (None where there
    is none).
    """

    kind: str
    heading: HeadingPath | None
    evidence: str
    works: tuple[str, ...] = ()
    proposal: HeadingPath | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one heading holds. `tightness` is the mean cosine of its works with their centroid;
    `nearest` the heading whose centroid is closest and `distance` 1 minus their cosine; `central`
    the most central works, best first. Cosines are of vectors from which the mean of all works is
    taken, so that 0 means 'no closer than chance'. `missing` are at most `MAX_MISSING` of
    `missing_count`.
    """

    heading: HeadingPath
    works: int
    with_pdf: int
    years: tuple[int, int] | None
    tightness: float
    nearest: HeadingPath | None
    distance: float
    central: tuple[str, ...]
    missing: tuple[tuple[str, int], ...] = ()
    missing_count: int = 0


@dataclass(frozen=True, slots=True)
class FilingResult:
    """Topics (headings first, then emergent ones), one filing a work in the order given, findings,
    coverage, and the themes of the headings.
    """

    topics: tuple[Topic, ...]
    filings: tuple[Filing, ...]
    findings: tuple[Finding, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    themes: tuple[Theme, ...] = ()
