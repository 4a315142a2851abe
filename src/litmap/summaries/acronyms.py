"""Acronyms of a paper: which it coins, and which a sentence uses without saying what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable

_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Za-z]*s?\b")
"""'SGD', 'ReLU', 'CNNs'."""
_COINED = re.compile(r"[(\[]\s*([A-Z][A-Za-z]*[A-Z][A-Za-z]*?)s?\s*[)\],;]")
"""An acronym in brackets behind its long form: 'stochastic spectral descent (SSD)'."""
_NAMED = re.compile(
    r"\b(?:called|call|named|name|dubbed|dub|termed|term|denoted|abbreviated)"
    r"(?: it| this)?(?: as| by)? "
    r"[\"'“‘]?([A-Z][A-Za-z]*[A-Z][A-Za-z]*?)s?\b"
)
"""A name that is given: 'an algorithm called BoostNet'."""


def acronyms(text: str) -> set[str]:
    """The acronyms of a text, without the 's' of the plural."""
    return {match.removesuffix("s") for match in _ACRONYM.findall(text)}


def acronyms_coined(texts: Iterable[str]) -> set[str]:
    """The acronyms that these texts introduce in brackets, and the names they give."""
    return {name for text in texts for coin in (_COINED, _NAMED) for name in coin.findall(text)}


def unexplained(text: str) -> set[str]:
    """The acronyms of a sentence that it does not introduce itself."""
    return acronyms(text) - acronyms_coined([text])
