"""Numbers and names of a claim that its paper writes otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from litmap.parsing.quantities import Quantity, quantities
from litmap.parsing.terms import fold_case

_NAME = re.compile(r"(?<![\w-])(?=[^\W_]*[A-Z0-9])[^\W\d_][^\W_]*(?:-[^\W_]+)*(?![\w-])")
MIN_NAME = 3


def agrees(one: Quantity, others: Iterable[Quantity]) -> bool:
    """Whether one of these numbers is this one, rounded as it is written."""
    decimals = len(one.text.partition(".")[2].rstrip("%")) if "." in one.text else 0
    step = 0.5 * 10.0 ** -min(decimals, 6)
    return any(abs(one.value - other.value) <= step for other in others)


def differing_numbers(claim: str, evidence: Sequence[str], paper: str) -> list[tuple[str, str]]:
    """(claimed, printed) for the numbers of a claim that stand nowhere in the paper, while its
    evidence has another number of the same unit.
    """
    wanted = quantities(claim)
    if not wanted:
        return []
    everywhere = quantities(paper)
    near = [quantity for text in evidence for quantity in quantities(text)]
    found = []
    for claimed in wanted:
        if agrees(claimed, everywhere):
            continue
        printed = next((q for q in near if q.unit and q.unit == claimed.unit), None)
        if printed is not None:
            found.append((claimed.text, printed.text))
    return found


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
