"""What a language model is asked: a task, a subject, and numbered sentences as data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

VERSION = "1"
"""Changes when the same sentences would be asked for otherwise."""
MAX_SENTENCE = 700
"""Characters of a numbered sentence; of what is longer the beginning."""
MAX_SENTENCES = 12_000
"""Characters of all of them: what fits into the 4,096 tokens of a small model's window, with its
answer.
"""
MAX_SUBJECT = 500
_CITATION = re.compile(r"\s*[\[【]\s*\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\s*[\]】]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


class Task(StrEnum):
    """What is to be written; its wording stands in `data/`."""

    QUESTION = "question"
    PAPER = "paper"
    HEADING = "heading"
    CELL = "cell"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A sentence that may be named, and the title of its paper."""

    number: int
    text: str
    title: str = ""


def messages(
    task: Task, subject: str, sentences: Sequence[Numbered], count: int = 5
) -> list[dict[str, str]]:
    """The messages for a task: its rules, then the sentences by paper, then the subject."""
    wanted = _wording(task).format(count=count)
    rows = "\n".join(_rows(sentences))
    asked = f"{_plain(subject)[:MAX_SUBJECT]}"
    return [
        {"role": "system", "content": f"{_wording('rules')}\n\n{wanted}"},
        {
            "role": "user",
            "content": f"<sentences>\n{rows}\n</sentences>\n\n{task.capitalize()}: {asked}",
        },
    ]


def _rows(sentences: Sequence[Numbered]) -> list[str]:
    """The sentences, one a line, each paper's title before its own, as many as have room."""
    rows: list[str] = []
    size, title = 0, None
    for sentence in sentences:
        if sentence.title and sentence.title != title:
            rows.append(f"Paper: {_plain(sentence.title)[:200]}")
            size += len(rows[-1])
        title = sentence.title
        row = f"[{sentence.number}] {sendable(sentence.text)}"
        size += len(row)
        if size > MAX_SENTENCES:
            break
        rows.append(row)
    return rows


def sendable(text: str) -> str:
    """A sentence of a paper as a model is given it: one line without tags, without signs that
    nobody sees, and without the paper's own '[12]', which would be taken for our numbers.
    """
    return _CITATION.sub("", _plain(text))[:MAX_SENTENCE]


def _plain(text: str) -> str:
    """One line of text in which nothing looks like a tag."""
    shown = "".join(c if c.isprintable() else " " for c in _INVISIBLE.sub("", text))
    return " ".join(shown.replace("<", "‹").replace(">", "›").split())


@cache
def _wording(name: str) -> str:
    """A prompt's text without the comments at the head of its file."""
    file = resources.files("litmap.writing").joinpath("data", f"{name}.txt")
    lines = file.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#")).strip()
