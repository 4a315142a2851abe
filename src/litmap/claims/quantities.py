"""Numbers and names of a claim that its paper writes otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from litmap.parsing.terms import fold_case

_NUMBER = re.compile(
    r"(?<![\w.,/^:-])(?<!\^[−–-])(?P<sign>[−–-](?=\d)(?<![\d\w]))?"
    r"(?P<digits>\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?P<scale>\s?(?:k|millions?|billion|thousand|Millionen|Mio\.?|mille|тыс\.?|млн\.?|[万億亿])"
    r"|M(?!\w))?(?!\w)"
    r"\s?(?P<unit>%|percent(?:age points?)?|Prozent|pour cent|por ciento|°\s?C|°|€|\$|£|"
    r"(?:n|µ|μ|m|c|k|M|G)?(?:m|g|s|Hz|W|V|J|L|l|eV|Pa|mol|M|K)(?:/\w+)?(?!\w)|[^\W\d_]{3,20})?"
)
_SCALES = {
    "k": 1e3, "m": 1e6, "thousand": 1e3, "mille": 1e3, "тыс": 1e3, "万": 1e4, "million": 1e6,
    "millions": 1e6,
    "millionen": 1e6, "mio": 1e6, "млн": 1e6, "億": 1e8, "亿": 1e8, "billion": 1e9,
}  # fmt: skip
_PERCENT = frozenset({"%", "percent", "prozent", "pour cent", "por ciento"})
_NAME = re.compile(r"(?<![\w-])(?=[^\W_]*[A-Z0-9])[^\W\d_][^\W_]*(?:-[^\W_]+)*(?![\w-])")
MIN_NAME = 3


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, its value, and its unit or the word behind it, folded; '' for none."""

    text: str
    value: float
    unit: str


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, those in words left out."""
    found = []
    for match in _NUMBER.finditer(text):
        value = _value(match["digits"], match["scale"] or "")
        if value is None:
            continue
        unit = fold_case((match["unit"] or "").strip())
        unit = "%" if unit in _PERCENT else unit
        sign = -1.0 if match["sign"] else 1.0
        found.append(Quantity(match[0].strip(), sign * value, unit))
    return found


def _value(digits: str, scale: str) -> float | None:
    plain = re.sub(r"(?<=\d)[,\u202f\u00a0 ](?=\d{3}(?!\d))", "", digits).replace(",", ".")
    try:
        return float(plain) * _SCALES.get(scale.strip(" .").lower(), 1.0)
    except ValueError:
        return None


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
