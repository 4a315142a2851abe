"""Numbers in prose with their units: '60,000 images', '−3.5 °C', '12 million words'."""

from __future__ import annotations

import re
from dataclasses import dataclass

from litmap.parsing.terms import fold_case
from litmap.parsing.word_lists import load_pattern, load_words

_NUMBER = re.compile(
    r"(?:(?<![\w.,/^:-])|(?<=\d-))(?<!\^[−–-])(?P<sign>[−–-](?=\d)(?<![\d\w]))?"
    r"(?P<digits>\d{1,3}(?:[,'’\u202f\u00a0 ]\d{3})+(?:\.\d+)?"
    r"|\d{1,3}(?:(?:\.\d{3}){2,}(?!\d)(?:,\d+)?|\.\d{3},\d+)|\d+(?:[.,]\d+)?)"
    r"(?:(?<=\b10)−(?P<raised>\d{1,2})"  # a raised '−5' as it is read; spans have a dash
    r"|[eE](?P<exponent>[−–-]?\d{1,2})|\s?[×x·]\s?10\s?\^?\{?(?P<power>[−–-]?\d{1,2})\}?)?"
    r"(?P<scale>\s?(?:k|millions?|billion|thousand|Millionen|Mio\.?|mille|тыс\.?|млн\.?|[万億亿])"
    r"|M(?!\w))?(?!\w)"
    rf"\s?(?P<unit>(?i:{load_pattern('percent_words')})(?!\w)|°\s?C|°|€|\$|£|"
    r"(?:n|µ|μ|m|c|k|M|G)?(?:m|g|s|Hz|W|V|J|L|l|eV|Pa|mol|M|K)(?:/\w+)?(?!\w)|[^\W\d_]{3,20})?"
)
_SCALES = {
    "k": 1e3, "m": 1e6, "thousand": 1e3, "mille": 1e3, "тыс": 1e3, "万": 1e4, "million": 1e6,
    "millions": 1e6,
    "millionen": 1e6, "mio": 1e6, "млн": 1e6, "億": 1e8, "亿": 1e8, "billion": 1e9,
}  # fmt: skip
_PERCENT = load_words("percent_words")
_THOUSANDS = re.compile(r"(?<=\d)[,'’\u202f\u00a0 ](?=\d{3}(?!\d))")
_DOTTED = re.compile(r"\d{1,3}(?:(?:\.\d{3}){2,}(?:,\d+)?|\.\d{3},\d+)")
"""'1.281.167' and '3.500,25'."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written, its value, and its unit or the word behind it, folded; '' for none. It
    stands at `start` of the text, its unit at `unit_start`; `step` is half of what its last digit
    counts.
    """

    text: str
    value: float
    unit: str
    start: int = 0
    unit_start: int = 0
    step: float = 0.5


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text, those in words left out."""
    found = []
    for match in _NUMBER.finditer(text):
        reading = _value(match)
        if reading is None:
            continue
        value, step = reading
        unit = fold_case((match["unit"] or "").strip())
        unit = "%" if unit in _PERCENT else unit
        unit_start = match.start("unit") if match["unit"] else match.end()
        found.append(Quantity(match[0].strip(), value, unit, match.start(), unit_start, step))
    return found


def _value(match: re.Match[str]) -> tuple[float, float] | None:
    """The value of a number and half of what its last digit counts."""
    digits = match["digits"]
    if _DOTTED.fullmatch(digits):
        digits = digits.replace(".", "")
    plain = _THOUSANDS.sub("", digits).replace(",", ".")
    if match["raised"]:
        value = 10.0 ** -int(match["raised"])
        return value, value / 2
    power = re.sub("[−–]", "-", match["exponent"] or match["power"] or "0")
    scale = _SCALES.get((match["scale"] or "").strip(" .").lower(), 1.0)
    sign = -1.0 if match["sign"] else 1.0
    decimals = min(len(plain.partition(".")[2]), 6)
    try:
        unit = float(f"1e{power}") * scale
        return sign * float(f"{plain}e{power}") * scale, 0.5 * 10.0**-decimals * unit
    except ValueError:
        return None
