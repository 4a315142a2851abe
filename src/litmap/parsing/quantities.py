"""Numbers in prose with their units: '60,000 images', '−3.5 °C', '12 million words'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmap.parsing.terms import fold_case

_NUMBER = re.compile(
    r"(?<![\w.,/^:-])(?<!\^[−–-])(?P<sign>[−–-](?=\d)(?<![\d\w]))?"
    r"(?P<digits>\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)"
    r"(?:(?<=\b10)−(?P<raised>\d{1,2})"  # a raised '−5' as it is read; spans have a dash
    r"|[eE](?P<exponent>[−–-]?\d{1,2})|\s?[×x·]\s?10\s?\^?\{?(?P<power>[−–-]?\d{1,2})\}?)?"
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


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, its value, and its unit or the word behind it, folded; '' for none. It
    stands at `start` of the text, its unit at `unit_start`.
    """

    text: str
    value: float
    unit: str
    start: int = 0
    unit_start: int = 0


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, those in words left out."""
    found = []
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None:
            continue
        unit = fold_case((match["unit"] or "").strip())
        unit = "%" if unit in _PERCENT else unit
        unit_start = match.start("unit") if match["unit"] else match.end()
        found.append(Quantity(match[0].strip(), value, unit, match.start(), unit_start))
    return found


def _value(match: re.Match[str]) -> float | None:
    plain = re.sub(r"(?<=\d)[,\u202f\u00a0 ](?=\d{3}(?!\d))", "", match["digits"])
    if match["raised"]:
        return 10.0 ** -int(match["raised"])
    power = re.sub("[−–]", "-", match["exponent"] or match["power"] or "0")
    scale = _SCALES.get((match["scale"] or "").strip(" .").lower(), 1.0)
    sign = -1.0 if match["sign"] else 1.0
    try:
        return sign * float(f"{plain.replace(',', '.')}e{power}") * scale
    except ValueError:
        return None
