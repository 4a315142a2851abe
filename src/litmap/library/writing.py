"""What a language model writes from sentences of papers, as far as they bear it out.

The model is given numbered sentences (`litmap.writing`); of what it answers only those sentences
are shown that name some of them and that these bear out (`litmap.claims.borne_out`). Answers are
kept as the model gave them, by what was asked, and checked each time they are read.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from litmap import writing
from litmap.atomic_files import replace_file
from litmap.claims.borne_out import Doubt, doubt_of
from litmap.models import AnswerPart, Sentence
from litmap.writing import Task, WrittenSentence

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.protocols import Encoder, LanguageModel

logger = logging.getLogger(__name__)

MIN_KEPT = 1 / 3
"""Share of a model's sentences that has to be borne out; with fewer nothing is shown."""
MAX_KEPT_BYTES = 200_000
"""Bytes of a kept answer that are read."""
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


class Writer:
    """Has a language model write from sentences of the library's works, and checks it.

    `kept` is the folder for its answers; None keeps none. `origin` names where the model answers.
    """

    def __init__(
        self,
        model: LanguageModel,
        encoder: Encoder,
        entries: Mapping[str, Entry],
        *,
        kept: Path | None = None,
        origin: str = "",
    ) -> None:
        self._model = model
        self._encoder = encoder
        self._entries = entries
        self._kept = kept
        self._origin = origin

    @property
    def version(self) -> str:
        """Names what makes the texts: the model, its address and what it is asked."""
        return f"{self._model.name} at {self._origin}, prompts {writing.VERSION}"

    def write(
        self,
        task: Task,
        subject: str,
        sources: Sequence[Sentence],
        *,
        count: int = 5,
        on_text: Callable[[str], None] | None = None,
    ) -> CheckedText:
        """At most `count` sentences on a subject, each with the sentences of papers that bear it
        out; `on_text` is told what comes, unchecked, as a sign of progress. Raises `WebError`.
        """
        text = self.checked(task, subject, sources, count=count, on_text=on_text)
        kept = len(text.parts)
        if text.refused or (kept and kept >= MIN_KEPT * (kept + text.dropped)):
            return replace(text, parts=text.parts[:count])
        return CheckedText((), text.doubts, _refusal(kept, text.doubts))

    def checked(
        self,
        task: Task,
        subject: str,
        sources: Sequence[Sentence],
        *,
        count: int = 5,
        on_text: Callable[[str], None] | None = None,
    ) -> CheckedText:
        """Each sentence that the model wrote and its sources bear out, however few. Raises
        `WebError`.
        """
        answer = self._answer(task, subject, sources, count, on_text)
        if writing.says_nothing(answer):
            return CheckedText(refused="The language model finds no answer in these sentences.")
        parts, doubts = self._check(writing.read_answer(answer), sources)
        logger.info("%s: %d sentences kept, dropped: %s", task, len(parts), dict(doubts))
        return CheckedText(tuple(parts), doubts)

    def choose(self, subject: str, sources: Sequence[Sentence]) -> Sentence | None:
        """The one of some sentences that says best what is asked; None where the model names none,
        or one that was not given. Raises `WebError`.
        """
        answer = self._answer(Task.CELL, subject, sources, 1, None)
        numbers = [n for sentence in writing.read_answer(answer) for n in sentence.numbers]
        is_one = len(set(numbers)) == 1 and 0 < numbers[0] <= len(sources)
        return sources[numbers[0] - 1] if is_one else None

    # ── what the model says ───────────────────────────────────────────────────────────────────────
    def _answer(
        self,
        task: Task,
        subject: str,
        sources: Sequence[Sentence],
        count: int,
        on_text: Callable[[str], None] | None,
    ) -> str:
        """The model's answer, or the one it gave to the same."""
        numbered = [
            writing.Numbered(number, sentence.text, self._title(sentence))
            for number, sentence in enumerate(sources, 1)
        ]
        messages = writing.messages(task, subject, numbered, count)
        path = self._path(messages)
        kept = _read_kept(path)
        if kept is not None:
            return kept
        answer = self._model.write(messages, on_text)
        _keep(path, answer)
        return answer

    def _path(self, messages: Sequence[Mapping[str, str]]) -> Path | None:
        if self._kept is None:
            return None
        asked = json.dumps([self._model.name, self._origin, list(messages)], ensure_ascii=True)
        name = hashlib.sha256(asked.encode()).hexdigest()
        return self._kept / name[:2] / f"{name}.json"

    def _title(self, sentence: Sentence) -> str:
        entry = self._entries.get(sentence.work)
        return entry.work.title if entry else ""

    def _context(self, sentence: Sentence) -> str:
        """What is known of a sentence's paper: title, authors, year."""
        entry = self._entries.get(sentence.work)
        if entry is None:
            return ""
        work = entry.work
        return " ".join([work.title, *work.authors, str(work.year or "")])

    # ── what of it holds ──────────────────────────────────────────────────────────────────────────
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


# ── kept answers ──────────────────────────────────────────────────────────────────────────────────
def _read_kept(path: Path | None) -> str | None:
    """A kept answer; None where there is none, or none that can be read."""
    if path is None or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            record = json.loads(file.read(MAX_KEPT_BYTES + 1))
    except (OSError, ValueError, RecursionError):
        logger.info("%s cannot be read; the model is asked again", path.name)
        return None
    answer = record.get("answer") if isinstance(record, dict) else None
    return answer if isinstance(answer, str) else None


def _keep(path: Path | None, answer: str) -> None:
    """Keep an answer; a library that cannot be written to keeps none."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, json.dumps({"answer": answer}, ensure_ascii=True).encode())
    except OSError as error:
        logger.info("the answer is not kept: %s", error.strerror or error)
