"""Has a language model write from sentences of papers: what is new is asked, what was asked is read
again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from litmap import writing
from litmap.language_models.kept_answers import KeptAnswer, KeptAnswers, Messages
from litmap.language_models.reader import AnswerReader, CheckedText, messages_for, shown_label
from litmap.writing import Task

if TYPE_CHECKING:
    from litmap.catalogue.entries import Entry
    from litmap.models import Sentence
    from litmap.protocols import Encoder, LanguageModel


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
        self._entries = entries
        self._answers = KeptAnswers(kept, model.name, origin)
        self._reader = AnswerReader(encoder, entries)

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
        messages = messages_for(task, subject, sources, self._entries, count)
        kept = self._answer(messages, on_text)
        text = self._reader.shown(kept.answer, sources, count)
        self._note(messages, kept, len(text.parts))
        return text

    def checked(self, task: Task, subject: str, sources: Sequence[Sentence]) -> CheckedText:
        """Each sentence that the model wrote and its sources bear out, however few. Raises
        `WebError`.
        """
        messages = messages_for(task, subject, sources, self._entries, count=5)
        return self._reader.checked(self._answer(messages).answer, sources)

    def label(self, subject: str, sources: Sequence[Sentence]) -> str:
        """A few words of the papers that name what these sentences share; '' where the model has
        none that stand. Raises `WebError`.
        """
        messages = messages_for(Task.LABEL, subject, sources, self._entries)
        kept = self._answer(messages)
        label = shown_label(kept.answer, sources, self._entries)
        self._note(messages, kept, int(bool(label)))
        return label

    def choose(self, subject: str, sources: Sequence[Sentence]) -> Sentence | None:
        """The one of some sentences that says best what is asked; None where the model names none,
        or one that was not given. Raises `WebError`.
        """
        messages = messages_for(Task.CELL, subject, sources, self._entries)
        answer = self._answer(messages).answer
        numbers = [n for sentence in writing.read_answer(answer) for n in sentence.numbers]
        is_one = len(set(numbers)) == 1 and 0 < numbers[0] <= len(sources)
        return sources[numbers[0] - 1] if is_one else None

    def _answer(
        self, messages: Messages, on_text: Callable[[str], None] | None = None
    ) -> KeptAnswer:
        """The model's answer, or the one it gave to the same."""
        kept = self._answers.find(messages)
        if kept is None:
            kept = KeptAnswer(self._model.write(messages, on_text))
            self._answers.keep(messages, kept)
        return kept

    def _note(self, messages: Messages, kept: KeptAnswer, shown: int) -> None:
        """Keep how much of an answer stood the checks."""
        if kept.shown != shown:
            self._answers.keep(messages, KeptAnswer(kept.answer, shown))
