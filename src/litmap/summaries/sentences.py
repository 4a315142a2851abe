"""The sentences of a paper that can stand alone, each with its place in the text and its lines on
the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from litmap.models import Document, Mark
from litmap.paper_sentences import Rect, marked_sentences, paper_sentences
from litmap.parsing.languages import ENGLISH, document_language, stop_words_of
from litmap.parsing.terms import find_words, has_unspaced
from litmap.parsing.word_lists import load_words

_SECTIONS = (
    ("abstract", re.compile(r"\babstract\b|^\W*summary\W*$")),
    ("introduction", re.compile(r"\bintroduction\b|\bmotivation\b|\boverview\b")),
    (
        "conclusion",
        re.compile(r"\bconclu|\bdiscussion\b|\bsummary\b|\bfuture\b|\bfinal remarks\b|\boutlook\b"),
    ),
    (
        "related",
        re.compile(
            r"\brelated\b|\bprevious work\b|\bprior work\b|\bbackground\b|\bpreliminar|\bnotation\b"
        ),
    ),
    (
        "aside",
        re.compile(
            r"\backnowledg|\bappendi|\bproofs?\b|\bsupplement|\breferences\b|\bfunding\b|"
            r"\bbroader impact"
        ),
    ),
)
_DEBRIS = re.compile(
    r"https?://|www\.|[\w.]+@[\w-]+\.|\bdoi:|\barxiv:\d|©|copyright|all rights reserved|preprint|"
    r"correspondence to"
    r"|equal contribution|\buniversity\b.{0,60}\b(?:usa|uk|germany|france|china|japan|canada)\b|�|"
    r"\(cid:",
    re.I,
)
_MATH = re.compile(r"[=<>≤≥≈∈∑∏∫√∞∂∇±×·∥|{}\\^_~⟨⟩→←↦⊂⊆∪∩∀∃α-ωΑ-Ω𝐀-𝟿∗†‡]")
_CAPTION = re.compile(
    r"(?:figure|fig\.|table|algorithm|theorem|lemma|corollary|proposition|definition|remark|"
    r"proof)\b",
    re.I,
)
_NO_LETTER = re.compile(r"[^\w\s]|[\d_]")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
MIN_WORDS, MAX_WORDS = 8, 60
"""Words of a sentence that can stand in a summary."""
PAIRS_OF_A_WORD = 1.7
"""Pairs of characters, in scripts without spaces, that say as much as a word."""
MIN_LETTERS = 0.85
"""Share of letters and blanks below which it is a formula or a row of a table."""
MAX_SINGLE_LETTERS = 0.08
"""Share of words of one letter above which it is a formula."""
MAX_MATH_SYMBOLS = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a paper. `order` counts sentences from 0, `depth` is its place in the paper
    from 0 to 1, `inside` that in its section; `section` is one of 'abstract', 'introduction',
    'conclusion', 'related', 'aside', 'body', `heading` its title; `paragraph` counts from 0.
    `place` is said where `page` is a paragraph. `marked`: the reader marked it.
    """

    text: str
    page: int
    rects: tuple[Rect, ...]
    section: str
    order: int
    depth: float
    inside: float
    clean: bool
    place: str = ""
    words: tuple[str, ...] = field(default=(), repr=False)
    language: str = ENGLISH
    heading: str = ""
    paragraph: int = 0
    marked: bool = False


def words_of(text: str) -> list[str]:
    """Lower-case words of letters; pairs of characters in scripts without spaces."""
    if has_unspaced(text):
        found = (text[word.start : word.end] for word in find_words(text))
        return [w.casefold() for w in found if w.isalpha()]
    return [w.casefold() for w in _WORD.findall(text)]


@cache
def section_kind(title: str) -> str:
    """What a section is for, by its title; by that of the section around it ('Experiments › Data')
    where its own tells nothing.
    """
    patterns = (*_SECTIONS, *_foreign_sections())
    for part in reversed(title.casefold()[:200].split(" › ")):
        kind = next((kind for kind, pattern in patterns if pattern.search(part)), "body")
        if kind != "body":
            return kind
    return "body"


@cache
def _foreign_sections() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kinds of sections with their names in languages other than English."""
    kinds = dict.fromkeys(kind for kind, _ in _SECTIONS)
    found = ((kind, phrase_pattern("section_names", kind)) for kind in kinds)
    return tuple((kind, pattern) for kind, pattern in found if pattern is not None)


@cache
def phrase_pattern(name: str, key: str, *, begins: bool = False) -> re.Pattern[str] | None:
    """What finds the phrases that a list of this room has behind `key`, as whole words where the
    script has words; `begins`: only at a text's beginning. None where there are none.
    """
    lines = (line.split(" ", 1) for line in load_words(name, "litmap.summaries"))
    phrases = sorted((phrase for own, phrase in lines if own == key), key=lambda p: (-len(p), p))
    if not phrases:
        return None
    words = "|".join(re.escape(p) for p in phrases if not has_unspaced(p))
    pairs = "|".join(re.escape(p) for p in phrases if has_unspaced(p))
    either = "|".join(part for part in (words and rf"\b(?:{words})\b", pairs) if part)
    return re.compile(rf"^(?:{either})" if begins else either, re.I)


def find_candidates(document: Document, marks: Sequence[Mark] = ()) -> list[Candidate]:
    """Every sentence of the paper's prose in order, those fit to stand alone marked `clean`;
    `marks` are what the reader marked in it.
    """
    sentences = paper_sentences(document)
    marked = marked_sentences(sentences, marks)
    language = document_language([sentence.text for sentence in sentences])
    counts = Counter(sentence.section for sentence in sentences)
    seen: Counter[str] = Counter()
    out = []
    for order, sentence in enumerate(sentences):
        inside = seen[sentence.section]
        seen[sentence.section] += 1
        kind = "abstract" if sentence.kind == "abstract" else section_kind(sentence.section)
        out.append(
            Candidate(
                text=sentence.text,
                page=sentence.page,
                rects=sentence.rects,
                section=kind,
                order=order,
                depth=order / max(1, len(sentences) - 1),
                inside=inside / max(1, counts[sentence.section] - 1),
                clean=bool(sentence.rects) and is_clean(sentence.text, language),
                place=sentence.place,
                words=tuple(words_of(sentence.text)),
                language=language,
                heading=sentence.section,
                paragraph=sentence.paragraph,
                marked=order in marked,
            )
        )
    return out


def is_clean(text: str, language: str = ENGLISH) -> bool:
    """A whole sentence of prose: no formula debris, no address, no caption, nothing cut off."""
    words = _WORD.findall(text)
    count = len(words_of(text)) / PAIRS_OF_A_WORD if has_unspaced(text) else len(words)
    if not MIN_WORDS <= count <= MAX_WORDS or not _is_whole(text):
        return False
    return _is_prose(text, words, language) and not _CAPTION.match(text) and _balanced(text)


def _is_whole(text: str) -> bool:
    """Whether it begins with a capital, or a letter of a script that has none, and has an end."""
    first = text.lstrip("\"'“‘(¿¡«„「")[:1]
    if not first or not (first.isupper() or unicodedata.category(first) == "Lo"):
        return False
    return text.rstrip("\"'”’)]»“」）").endswith((".", "!", "?", "。", "！", "？"))


def _is_prose(text: str, words: Sequence[str], language: str) -> bool:
    """Whether it is made of words rather than of symbols, single letters or addresses."""
    if not words:
        return False
    letters = 1 - len(_NO_LETTER.findall(text)) / len(text)
    own = "aAI" if language == ENGLISH else stop_words_of(language)
    single = sum(len(w) == 1 and w not in own and w.lower() not in own for w in words) / len(words)
    if letters < MIN_LETTERS or single > MAX_SINGLE_LETTERS:
        return False
    return len(_MATH.findall(text)) <= MAX_MATH_SYMBOLS and not _DEBRIS.search(text)


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if depth < 0:
            return False
    return depth == 0
