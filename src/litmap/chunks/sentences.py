"""Where sentences end, in the prose of papers: abbreviations, initials, numbers and citations are no ends."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?…。！？]")
_CLOSING = "\"'”’»)]}"
_WIDE = "。！？"
_ABBREVIATIONS = frozenset(
    """
    al approx app appx ca cf ch chap col cor corr def defn dept ed eds eg e.g eq eqn eqns eqs esp est ex exp
    fig figs i.e ie inc incl jr lem no nos p pp proc prof prop props ref refs rem resp sec secs sect st supp
    suppl tab thm thms univ viz vol vols vs w.r.t wrt dr mr mrs ms i.i.d a.k.a a.s w.l.o.g s.t c.f u.s jan
    feb mar apr jun jul aug sep sept oct nov dec
    """.split()  # noqa: SIM905 - a list of words reads better as one
)
_LONGEST = 12


def sentence_ends(text: str) -> list[int]:
    """Offsets in `text` just behind each sentence and its white space, ascending; the last is len(text).

    Paragraph ends (line feeds) always end a sentence. Linear in the text's length.
    """
    ends: list[int] = []
    begin = 0
    for paragraph in re.finditer(r"\n+|\Z", text):
        ends.extend(_in_paragraph(text, begin, paragraph.start()))
        if paragraph.end() > (ends[-1] if ends else 0):
            ends.append(paragraph.end())
        begin = paragraph.end()
    return ends or [len(text)]


def _in_paragraph(text: str, begin: int, end: int) -> list[int]:
    found = []
    for match in _END.finditer(text, begin, end):
        stop = match.end()
        while stop < end and text[stop] in _CLOSING and stop < match.end() + 4:
            stop += 1
        after = stop
        while after < end and text[after].isspace():
            after += 1
        if after >= end:
            continue
        if match[0] in _WIDE or (after > stop and _is_end(text, begin, match.start(), after)):
            found.append(after)
    return found


def _is_end(text: str, begin: int, mark: int, after: int) -> bool:
    """Whether the mark at `mark` closes a sentence, when the next word begins at `after`."""
    following = text[after]
    if following.islower() or following in ",;:)]":
        return False
    if text[mark] != ".":
        return True
    low = max(begin, mark - _LONGEST)
    word = re.split(r"[\s(\[{\"“‘/~—–-]", text[low:mark])[-1]
    bare = word.lower().rstrip(".")
    if bare in _ABBREVIATIONS:
        # 'et al. We show': after 'al' a new sentence is as likely as not; a capital followed by lower case decides
        return bare == "al" and following.isupper() and text[after + 1 : after + 2].islower()
    return not (len(word) == 1 and word.isupper())
