"""What a language model wrote, as sentences with the numbers they name; all else is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from litmap.parsing.markup import unescape
from litmap.parsing.sentences import SUMMARY_SENTENCES, split_sentences

MAX_SENTENCES = 40
"""Sentences of an answer that are read."""
MAX_LENGTH = 700
"""Characters of a sentence; a longer one is none."""
MAX_LABEL = 80
"""Characters of a label; a longer one is none."""
_MAX_RANGE = 10
_AROUND_LABEL = " .:*\"'“”„‘’«»"
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.S | re.I)
_HIDDEN = re.compile(r"<(script|style|iframe|object|svg)\b.*?(?:</\1\s*>|\Z)", re.S | re.I)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,2000}>?")
_TARGET = r"\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500}){0,3}\)"
_IMAGE = re.compile(rf"!\[([^\]]{{0,500}})\]\s?{_TARGET}")
_LINK = re.compile(rf"\[([^\]]{{0,500}})\]{_TARGET}")
_DEFINITION = re.compile(r"^\s*\[[^\]]{1,100}\]:\s*\S+.*$", re.M)
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}).*$", re.M)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|>\s?|[-*+•]\s+|\d{1,2}[.)]\s+|\|)\s*")
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|`+|~~)(?=\S)(.{1,500}?)(?<=\S)\1")
_NUMBERS = r"\d{1,4}(?:\s*(?:[,;]|and|–|-)\s*\d{1,4}){0,20}"
_GROUP = re.compile(rf"[\[【]\s*(?:(?:sentences?|s|no\.?|#)\s*)?({_NUMBERS})\s*[\]】]", re.I)
_BEFORE_STOP = re.compile(rf"([.!?…。][\"”’»)]?)\s*((?:{_GROUP.pattern}\s*)+)", re.I)
_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_NOTHING = re.compile(r"\W*nothing\W*", re.I)


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """A sentence, and the numbers it names in their order; () where it names none."""

    text: str
    numbers: tuple[int, ...]


def says_nothing(answer: str) -> bool:
    """Whether a model answers that the sentences do not say it."""
    return bool(_NOTHING.fullmatch(plain(answer)))


def read_answer(answer: str) -> list[WrittenSentence]:
    """The sentences of an answer, at most `MAX_SENTENCES`, as plain text on one line each."""
    found: list[WrittenSentence] = []
    for line in plain(answer).split("\n"):
        for sentence in _sentences(_LINE_MARK.sub("", line)):
            found.append(sentence)
            if len(found) == MAX_SENTENCES:
                return found
    return found


def read_label(answer: str) -> str:
    """The label that an answer is, its first line without marks around it; '' for none."""
    first = _LINE_MARK.sub("", plain(answer).partition("\n")[0])
    label = " ".join(_GROUP.sub(" ", first).split()).strip(_AROUND_LABEL)
    return label if len(label) <= MAX_LABEL and not says_nothing(answer) else ""


def plain(answer: str) -> str:
    """An answer without its thoughts, tags, scripts, links, images, emphasis and signs that nobody
    sees; lines are kept.
    """
    text = _THOUGHT.sub("", answer)
    for _ in range(3):  # what is taken away may leave a tag behind
        text = unescape(_TAG.sub("", _HIDDEN.sub("", _COMMENT.sub("", text))))
    text = _DEFINITION.sub("", _IMAGE.sub("", _FENCE.sub("", text)))
    text = _LINK.sub(_link_text, text)
    text = _INVISIBLE.sub("", _EMPHASIS.sub(r"\2", text))
    lines = (
        " ".join("".join(c if c.isprintable() else " " for c in line).split())
        for line in text.splitlines()
    )
    return "\n".join(line.replace("<", "‹").replace(">", "›") for line in lines if line)


def _link_text(match: re.Match[str]) -> str:
    """The words of a link; of one on a number the number, as it is a reference."""
    words = match.group(1)
    return f"[{words}]" if re.fullmatch(_NUMBERS, words.strip()) else words


def _sentences(line: str) -> Iterator[WrittenSentence]:
    """The sentences of a line; numbers behind a full stop belong to what stands before it."""
    moved = _BEFORE_STOP.sub(lambda match: f" {match[2].strip()}{match[1]} ", line)
    for start, end in split_sentences(moved, SUMMARY_SENTENCES):
        whole = moved[start:end]
        groups = [match[1] for match in _GROUP.finditer(whole)]
        text = re.sub(r"\s+([.,;:!?…])", r"\1", " ".join(_GROUP.sub(" ", whole).split()))
        if re.search(r"\w", text) and len(text) <= MAX_LENGTH:
            numbers = dict.fromkeys(n for group in groups for n in _numbers(group))
            yield WrittenSentence(text, tuple(numbers))
        elif groups and not re.search(r"\w", text):
            yield WrittenSentence("", tuple(n for group in groups for n in _numbers(group)))


def _numbers(group: str) -> Iterator[int]:
    """The numbers of '3, 5-7'."""
    for part in re.split(r"[,;]|and", group, flags=re.I):
        first, *last = (int(number) for number in re.findall(r"\d+", part))
        end = last[-1] if last else first
        if first <= end < first + _MAX_RANGE:
            yield from range(first, end + 1)
        else:
            yield from (first, end)
