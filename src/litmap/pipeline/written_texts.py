"""What a language model writes for the build that was just published: summaries of its papers and
headings, labels of its topics, as the settings want.

The build has the papers' own words already, so that a failing or hostile model costs only its own
texts. Each answer is kept as it comes: what was asked once is not asked again, wherever a run ends.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from litmap import builds
from litmap.errors import LitmapError, WebError
from litmap.language_models.configured import is_reachable, model_endpoint, open_model
from litmap.language_models.kept_answers import remove_unused
from litmap.language_models.writer import Writer
from litmap.language_models.written_texts import Subject, WrittenTexts, build_subjects
from litmap.models import Problem

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.pipeline.context import RunContext
    from litmap.protocols import Encoder

logger = logging.getLogger(__name__)

MAX_FAILURES = 3
"""Failures in a row after which a model is left alone until the next refresh."""
OF_ONE_TEXT = frozenset({400, 413, 422})
"""What a server answers that will not have this text, as it is too long, but may have the next."""


def write_texts(context: RunContext, encoder: Encoder, entries: Sequence[Entry]) -> None:
    """Have the language model of the settings write what it has not written yet; its failures are
    noted in the report.
    """
    settings, report = context.settings, context.report
    try:
        if not is_reachable(settings):
            return
        by_id = {entry.work.id: entry for entry in entries}
        texts = WrittenTexts.open(settings, context.paths.written, by_id, lambda: encoder)
        with builds.open_build(context.paths) as build:
            subjects = build_subjects(build, settings)
        try:
            _write_missing(context, encoder, by_id, [s for s in subjects if not texts.is_asked(s)])
        finally:
            report.counts["written"] = texts.count(subjects)  # looks at each answer in use
        remove_unused(context.paths.written)
    except LitmapError as error:
        logger.warning("no text is written: %s", error)
        report.problems.append(Problem("language model", error.message))


def _write_missing(
    context: RunContext, encoder: Encoder, by_id: Mapping[str, Entry], missing: Sequence[Subject]
) -> None:
    """Ask for each of these texts. Raises `WebError` after so many failures in a row that the model
    seems to be out of order, and as `open_model`.
    """
    if not missing:
        return
    failures = 0
    settings = context.settings
    with open_model(settings) as model:
        origin = model_endpoint(settings).origin
        writer = Writer(model, encoder, by_id, kept=context.paths.written, origin=origin)
        for number, subject in enumerate(missing, 1):
            try:
                _write(writer, subject)
                failures = 0
            except WebError as error:
                failures += error.status not in OF_ONE_TEXT
                if failures == MAX_FAILURES:
                    left = len(missing) - number + failures
                    why = f"{failures} failures in a row; {left} texts wait for the next refresh"
                    raise WebError(f"{error.message} ({why})", subject=origin) from error
                context.report.problems.append(Problem(subject.title, error.message))
            context.progress("write", number, len(missing), subject.title)


def _write(writer: Writer, subject: Subject) -> None:
    if subject.is_label:
        writer.label(subject.title, subject.sources)
    else:
        writer.write(subject.task, subject.title, subject.sources, count=subject.count)
