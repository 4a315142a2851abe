"""What of a language model's answer is shown: the sentences that name some of those it was given
and that these bear out (`litmap.claims.borne_out`), and labels of the papers' words.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litmap import writing
from litmap.claims.borne_out import Doubt, doubt_of, is_label
from litmap.models import AnswerPart, Sentence
from litmap.writing import Task, WrittenSentence

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.protocols import Encoder

logger = logging.getLogger(__name__)

MIN_KEPT = 1 / 3
"""Share of a model's sentences that has to be borne out; with fewer nothing is shown."""
_NO_SOURCE = "no sentence that was given is named"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class CheckedText:
    """What stood the checks; `doubts` counts why the rest did not, `refused` says why nothing is
    shown ('' where something is).
    """

    parts: tuple[AnswerPart, ...] = ()
    doubts: Mapping[str, int] = field(default_factory=dict)
    refused: str = ""

    @property
    def dropped(self) -> int:
        """How many sentences did not stand the checks."""
        return sum(self.doubts.values())


def messages_for(
    task: Task,
    subject: str,
    sources: Sequence[Sentence],
    entries: Mapping[str, Entry],
    count: int = 1,
) -> list[dict[str, str]]:
    """What a model is sent to write at most `count` sentences on a subject from these."""
    numbered = [
        writing.Numbered(number, sentence.text, _title(entries.get(sentence.work)))
        for number, sentence in enumerate(sources, 1)
    ]
    return writing.messages(task, subject, numbered, count)


def shown_label(answer: str, sources: Sequence[Sentence], entries: Mapping[str, Entry]) -> str:
    """The label in an answer, if it is one of the papers that these sentences are from; else ''."""
    label = writing.read_label(answer)
    works = dict.fromkeys(sentence.work for sentence in sources)
    papers = [
        " ".join([_title(entries.get(work)), *(s.text for s in sources if s.work == work)])
        for work in works
    ]
    return label if is_label(label, papers) else ""


class AnswerReader:
    """Reads the answers of a language model; `encoder` tells which meanings are near."""

    def __init__(self, encoder: Encoder, entries: Mapping[str, Entry]) -> None:
        self._encoder = encoder
        self._entries = entries

    def shown(self, answer: str, sources: Sequence[Sentence], count: int) -> CheckedText:
        """At most `count` sentences of an answer, each with the sentences of papers that bear it
        out; none where too few of them stand the checks.
        """
        text = self.checked(answer, sources)
        kept = len(text.parts)
        if text.refused or (kept and kept >= MIN_KEPT * (kept + text.dropped)):
            return replace(text, parts=text.parts[:count])
        return CheckedText((), text.doubts, _refusal(kept, text.doubts))

    def checked(self, answer: str, sources: Sequence[Sentence]) -> CheckedText:
        """Each sentence of an answer that its sources bear out, however few."""
        if writing.says_nothing(answer):
            return CheckedText(refused="The language model finds no answer in these sentences.")
        parts, doubts = self._check(writing.read_answer(answer), sources)
        logger.info("%d sentences kept, dropped: %s", len(parts), dict(doubts))
        return CheckedText(tuple(parts), doubts)

    def _check(
        self, written: Sequence[WrittenSentence], sources: Sequence[Sentence]
    ) -> tuple[list[AnswerPart], Counter[str]]:
        """The sentences that hold, each once, and why the others do not."""
        vectors = self._vectors(written, sources)
        parts: dict[str, AnswerPart] = {}
        doubts: Counter[str] = Counter()
        for sentence in written:
            named = [sources[n - 1] for n in sentence.numbers if 0 < n <= len(sources)]
            if not named or len(named) < len(sentence.numbers):
                doubts[_NO_SOURCE] += 1
                continue
            borne_out, doubt = self._borne_out(sentence.text, named, vectors)
            if borne_out:
                parts.setdefault(sentence.text, AnswerPart(sentence.text, tuple(borne_out)))
            else:
                doubts[str(doubt)] += 1
        return list(parts.values()), doubts

    def _borne_out(
        self, text: str, named: Sequence[Sentence], vectors: Mapping[str, Floats]
    ) -> tuple[list[Sentence], Doubt | None]:
        """Those of the named sentences that bear a text out, each alone where one does, else all
        together; none and the doubt where they do not.
        """
        alone = {
            source: doubt_of(
                text,
                [writing.sendable(source.text)],
                float(vectors[text] @ vectors[source.text]),
                self._context(source),
            )
            for source in named
        }
        holding = [source for source, doubt in alone.items() if doubt is None]
        if holding or len(alone) == 1:
            return holding, next(iter(alone.values()))
        together = " ".join(source.text for source in alone)
        cosine = float(vectors[text] @ self._encoder.encode([together])[0])
        context = " ".join(self._context(source) for source in alone)
        texts = [writing.sendable(source.text) for source in alone]
        doubt = doubt_of(text, texts, cosine, context)
        return ([] if doubt else list(alone)), doubt

    def _vectors(
        self, written: Sequence[WrittenSentence], sources: Sequence[Sentence]
    ) -> Mapping[str, Floats]:
        """Unit vectors (dim,) by text."""
        named = [sources[n - 1].text for w in written for n in w.numbers if 0 < n <= len(sources)]
        texts = list(dict.fromkeys([*(sentence.text for sentence in written), *named]))
        return dict(zip(texts, self._encoder.encode(texts), strict=True)) if texts else {}

    def _context(self, sentence: Sentence) -> str:
        """What is known of a sentence's paper: title, authors, year."""
        entry = self._entries.get(sentence.work)
        if entry is None:
            return ""
        work = entry.work
        return " ".join([work.title, *work.authors, str(work.year or "")])


def _title(entry: Entry | None) -> str:
    return entry.work.title if entry else ""


def _refusal(kept: int, doubts: Mapping[str, int]) -> str:
    """Why nothing is shown of what a model wrote."""
    count = kept + sum(doubts.values())
    if not count:
        return "The language model wrote nothing that names a sentence of your papers."
    why = "; ".join(f"{number} × {doubt}" for doubt, number in sorted(doubts.items()))
    return (
        f"The language model's answer is not shown: of its {count} sentences {kept or 'none'} "
        f"stood the checks ({why})."
    )
