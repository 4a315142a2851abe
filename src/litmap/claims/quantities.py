"""Numbers and names of a claim that its paper writes otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from litmap.parsing.languages import ENGLISH, stop_words_of
from litmap.parsing.quantities import Quantity, quantities
from litmap.parsing.terms import fold_case
from litmap.parsing.word_lists import load_lines

_NAME = re.compile(r"(?<![\w-])(?=[^\W_]*[A-Z0-9])[^\W\d_][^\W_]*(?:-[^\W_]+)*(?![\w-])")
MIN_NAME = 3
PACKAGE = "litmap.claims"
_AMBIGUOUS = re.compile(r"[−–-]?([1-9]\d{0,2})([.,])(\d{3})(?![\d.,]?\d)")
_WORDED = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)?")


def agrees(one: Quantity, others: Iterable[Quantity]) -> bool:
    """Whether one of these numbers is this one, rounded as it is written."""
    return any(abs(one.value - other.value) <= one.step for other in others)


def differing_numbers(claim: str, evidence: Sequence[str], paper: str) -> list[tuple[str, str]]:
    """(claimed, printed) for the numbers of a claim that stand nowhere in the paper, neither in
    words nor with the points and commas of another language, while its evidence has another number
    of the same unit.
    """
    wanted = quantities(claim)
    if not wanted:
        return []
    everywhere = [reading for one in quantities(paper) for reading in _readings(one)]
    worded = worded_numbers(paper)
    near = [quantity for text in evidence for quantity in quantities(text)]
    found = []
    for claimed in wanted:
        if claimed.value in worded or any(agrees(one, everywhere) for one in _readings(claimed)):
            continue
        printed = next((q for q in near if _is_unit(q.unit) and q.unit == claimed.unit), None)
        if printed is not None:
            found.append((claimed.text, printed.text))
    return found


def _is_unit(unit: str) -> bool:
    """Whether a word behind a number says what is counted; 'of' does not."""
    return bool(unit) and unit not in stop_words_of(ENGLISH)


def _readings(one: Quantity) -> list[Quantity]:
    """A quantity, and where its only point or comma stands before three digits, so that it parts
    thousands in one language and decimals in another, the other reading too.
    """
    match = _AMBIGUOUS.match(one.text)
    if match is None:
        return [one]
    grouped, decimal = float(match[1] + match[3]), float(f"{match[1]}.{match[3]}")
    is_grouped = match[2] == ","  # as `quantities` reads it
    factor = one.value / (grouped if is_grouped else decimal)
    other = (decimal if is_grouped else grouped) * factor
    return [one, replace(one, value=other, step=0.0005 if is_grouped else 0.5)]


def worded_numbers(text: str) -> set[float]:
    """The numbers that a text writes in words: 'twenty', 'twenty-five'."""
    values = _word_values()
    found: set[float] = set()
    for match in _WORDED.finditer(fold_case(text)):
        known = [values[part] for part in re.split("[-‐]", match[0]) if part in values]
        found.update(known)
        if len(known) == 2:
            found.add(sum(known))
    return found


@cache
def _word_values() -> dict[str, float]:
    rows = (line.split() for line in load_lines("number_words", PACKAGE))
    return {word: float(value) for word, value in rows}


def differing_names(claim: str, evidence: Sequence[str], paper: str) -> list[tuple[str, str]]:
    """(claimed, printed) for names of a claim that stand nowhere in the paper, while its evidence
    has one that differs in little: 'CIFAR-100', 'CIFAR-10'.
    """
    wanted = names(claim)
    if not wanted:
        return []
    folded = _plain(paper)
    near = {name for text in evidence for name in names(text)}
    found = []
    for claimed in wanted:
        if _plain(claimed) in folded:
            continue
        printed = next((n for n in sorted(near) if _is_variant(claimed, n)), None)
        if printed is not None:
            found.append((claimed, printed))
    return found


def _plain(text: str) -> str:
    """Letters and digits alone, so that 'CIFAR-10' is 'CIFAR10'."""
    return "".join(filter(str.isalnum, fold_case(text)))


def names(text: str) -> list[str]:
    """Words with capitals inside or digits, which name data, methods and substances: 'CIFAR-10',
    'BERT', 'p53'.
    """
    found = (match[0] for match in _NAME.finditer(text))
    return [name for name in found if len(name) >= MIN_NAME and _is_marked(name)]


def _is_marked(name: str) -> bool:
    """Whether a word has a digit, or a capital behind its first letter."""
    return any(map(str.isdigit, name)) or name[1:] != name[1:].lower()


def _is_variant(one: str, other: str) -> bool:
    """Whether two names have the same letters and other digits."""
    letters = [re.sub(r"[\W\d_]+", "", fold_case(name)) for name in (one, other)]
    return letters[0] == letters[1] and len(letters[0]) > 1 and _plain(one) != _plain(other)
