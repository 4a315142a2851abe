"""The statement of responsibility that Russian descriptions (GOST 7.1) set behind the title: '… /
С. К. Лебедев, Т. И. Мороз // Зимние дороги. – 2014'.
"""

from __future__ import annotations

import re

_NAME = r"(?:[^\W\d_a-zа-яё]\.\s?-?){1,3}[^\W\d_a-zа-яё][\w’'-]+"
_STATEMENT = re.compile(
    rf"\s/\s(?P<names>{_NAME}(?:,\s{_NAME})*)(?:\s(?:и\sдр\.|\[и\sдр\.\]|et\sal\.))?"
    r"\s?(?=//|\.?\s[–—-]\s|[;.]|$)"
)
_KIND = re.compile(r"\s?:\s(?:дис|автореф|учеб|монография|сб)\b.*")


def read_responsibility(text: str, start: int) -> tuple[str, tuple[str, ...]] | None:
    """The title between `start` and the stroke, and the authors behind it; None without them."""
    statement = _STATEMENT.search(text, start)
    if statement is None:
        return None
    title = _KIND.sub("", text[start : statement.start()]).strip(" .,:;")
    names = tuple(name.strip() for name in statement["names"].split(","))
    return (title, names) if title else None
