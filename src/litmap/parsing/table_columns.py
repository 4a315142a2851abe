"""What the columns of a table of works hold, told by their names in many languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from litmap.parsing.grammar import MORE_AUTHORS
from litmap.parsing.word_lists import load_words

CELL_BORDER = re.compile(r"(?:^|\u2003)\|(?:\u2003|$)")
"""What stands between the cells of a row in a block's text, whose blanks at both ends are gone."""
MAX_NAME = 40
"""Characters of a column's name."""
WORK_COLUMNS = frozenset({"authors", "year", "venue", "identifier"})
"""What beside titles makes a table one of works; a date does not: talks and tasks have one."""
_ROLE_IN_WORKS = {"people": "authors", "place": "venue"}
"""What columns hold that talks and tasks have too, where another tells that rows are works."""
_DECORATION = re.compile(r"^[\s*_`:~]+|[\s*_`:.~]+$")
_MORE_AT_END = re.compile(rf"{MORE_AUTHORS}$", re.I)
_BRACKET_AT_END = re.compile(r"\s*[(（\[][^()（）\[\]]*[)）\]]$")


@cache
def _roles() -> dict[str, str]:
    """What a column holds, by its name."""
    pairs = (entry.split(" ", 1) for entry in load_words("table_columns"))
    return {name: role for role, name in pairs}


def column_role(name: str) -> str:
    """'title', 'authors', 'people', 'year', 'date', 'venue', 'place', 'identifier', 'address',
    'reference', 'topic' or 'remark' for the name of a column in any of the languages, '' for any
    other text: 'Año (edición)', 'First author et al.'.
    """
    name = _MORE_AT_END.sub("", name.replace("\u00a0", " ").strip(" *_`"))
    name = _DECORATION.sub("", name)
    if not name or len(name) > MAX_NAME:
        return ""
    folded = " ".join(name.lower().split())
    forms = (folded, _BRACKET_AT_END.sub("", folded))
    return next((_roles()[form] for form in forms if form in _roles()), "")


def work_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """What each column holds where a row is the head of a table of works, () for any other row.

    A head names the titles and one thing more of a work, or whole references and one thing more;
    of two columns that hold the same the first counts, an unknown one is a remark.
    """
    roles = [column_role(cell) for cell in cells]
    named = [role for role in roles if role]
    if len(named) < 2 or not _is_of_works(named):
        return ()
    seen: set[str] = set()
    columns = []
    for role in (_ROLE_IN_WORKS.get(role, role) for role in _without_doubles(roles)):
        columns.append("remark" if not role or role in seen else role)
        seen.add(role)
    return tuple(columns)


def topic_column(cells: Sequence[str]) -> int:
    """The place of the column of topics where a row is the head of a table with titles, people,
    references or years, -1 for any other row.
    """
    roles = [column_role(cell) for cell in cells]
    of_works = set(roles) & {"title", "authors", "people", "year", "reference"}
    return roles.index("topic") if "topic" in roles and of_works else -1


def _without_doubles(roles: Sequence[str]) -> list[str]:
    """The roles without 'people' or 'place' where a column of authors or of venues tells more."""
    return ["" if _ROLE_IN_WORKS.get(role) in roles else role for role in roles]


def _is_of_works(named: Sequence[str]) -> bool:
    """True for columns of titles with what tells works, or of whole references."""
    if "title" in named:
        return not WORK_COLUMNS.isdisjoint(named) or "address" in named
    return "reference" in named
