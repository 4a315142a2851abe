"""The author list at the start of a reference string.

Names come in three forms: inverted ('Curie, M.', 'Curie, Marie'), run together ('Curie MS', 'Curie
M.S.') and direct ('M. Curie', 'Marie Curie'). Each form is tried for the first name; the list goes
on while further names fit, and the reading that fits best wins. Every token is looked at a bounded
number of times.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import MORE_AUTHORS, YEAR
from litmap.parsing.lexicon import CONJUNCTIONS, ORGANISATION
from litmap.parsing.reference_strings.name_tokens import (
    NO_AUTHORS,
    Authors,
    Name,
    NameParts,
    is_cyrillic,
    is_upper,
)
from litmap.parsing.word_lists import load_pattern

_ET_AL = re.compile(MORE_AUTHORS, re.I)
_EDITORS = re.compile(
    rf",?\s*[\[(]?\b(?:{load_pattern('editor_marks')})\b\.?[\])]?(?=[\s,.:)]|$)|"
    rf",?\s*[\[(](?:{load_pattern('editor_marks_in_brackets')})\.?[\])]",
    re.I,
)
"""', eds.', '(Hrsg.)', ', a cura di': what the people before it did."""
_GROUP_WORD = r"(?:Collaborations?|Consortium|Group|Team|Network|Project|Investigators)"
_GROUP = re.compile(
    r"(?:,|;|,? (?:and|&|for|on behalf of)(?: the)?)?\s?[(\[](?:the )?[^()\[\]]{2,90}"
    + _GROUP_WORD
    + r"[^()\[\]]{0,30}[)\]]|"
    r"[,;]? (?:and |& |for |on behalf of )?(?:the )?(?:[A-Z][\w-]* ){1,6}"
    + _GROUP_WORD
    + r"(?=[.,:;(]|\s\d{4})"
)
_MIDDLE_NAME_ENDS = re.compile(rf"(?:,|,? and [^,.]{{3,40}},|\.)?\s*[(\[]?{YEAR}[a-z]?\b")
MAX_AUTHORS = 400
"""Names of a list that are read."""
_NEXT_FORMS = {
    "inverted": ("inverted", "direct"),
    "together": ("together",),
    "direct": ("direct",),
}
"""The forms that a further name may have, by that of the list's first name."""


class NameReader(NameParts):
    """Reads names and lists of names from the tokens of one text."""

    # ── whole names ──
    def inverted(self, i: int) -> Name | None:
        """'Curie, M. S.', 'Curie, Marie', 'van der Waals, J. D., Jr.'"""
        start = i
        if self._begins_in_lower_case(i):
            i += 1
        after, words = self.family(i)
        if self.word(after) == "." and self.word(after + 1) == ",":
            after += 1  # 'Bengio., Y.'
        if not words or self.word(after) != ",":
            return None
        given = self._comma_before_given(after) + 1
        end, score, only_initials = self._given_behind_comma(given)
        if end == given:
            return None
        end = self._skip_particles_behind(end)
        family_particles = any(self.particle(k) for k in range(i, after))
        score -= 1.5 * max(0, words - 1 - family_particles)
        name = f"{self.span(given, end)} {self.span(start, after)}".rstrip(".")
        return Name(name, "inverted", score, self.suffix(end), only_initials)

    def _begins_in_lower_case(self, i: int) -> bool:
        """'rahman Mohamed, A.'."""
        word = self.word(i)
        return (
            len(word) > 3
            and word.islower()
            and self.word(i + 2) == ","
            and self.is_name_word(i + 1)
        )

    def _comma_before_given(self, after: int) -> int:
        """The comma behind a family name, or behind its suffix: 'Davis, Jr., S.'."""
        suffixed = self.suffix(after)
        return suffixed if suffixed != after and self.word(suffixed) == "," else after

    def _given_behind_comma(self, given: int) -> tuple[int, float, bool]:
        """The token after the given names, how sure they are, and whether they are initials
        only.
        """
        end = self.initials(given)
        if end == given:
            return (*self._given(given), False)
        if self.is_name_word(end) and _MIDDLE_NAME_ENDS.match(self.text, self.tokens[end].end):
            return end + 1, 3.0, False  # 'Rosser, J. Barkley, 1936'
        return end, 3.0, True

    def _skip_particles_behind(self, end: int) -> int:
        """'Gogh, Vincent van'."""
        for _ in range(3):
            word = self.word(end)
            if not (self.particle(end) and word.islower() and word not in CONJUNCTIONS):
                break
            end += 1
        return end

    def _given(self, i: int) -> tuple[int, float]:
        """The token after 'Marie', 'Marie S.', 'Jean-Luc' and how sure that is."""
        start, full, short = i, 0, 0
        while i - start < 8:
            if (after := self.dotted_initial(i)) > i:
                i, short = after, short + 1
            elif not short and self.is_plain_name_word(i):
                i, full = i + 1, full + 1
            elif i > start and self._is_last_bare_initial(i):
                i += 1
            else:
                break
        return i, 2.2 - 1.2 * max(0, full - 1) if i > start else 0.0

    def _is_last_bare_initial(self, i: int) -> bool:
        """The 'S' of 'Curie, Marie S,'."""
        word = self.word(i)
        return len(word) == 1 and word.isupper() and self._ends_name(i + 1)

    def _ends_name(self, i: int) -> bool:
        word = self.word(i)
        return word in (",", ";", ".", "&", "(") or word in CONJUNCTIONS

    def together(self, i: int) -> Name | None:
        """'Curie MS', 'Curie M.S.', 'van der Waals JD'."""
        start = i
        after, words = self.family(i)
        # capital letters at the end of the words are the initials: 'CURIE M', 'Curie MS'
        while words > 1 and len(self.word(after - 1)) <= 3 and self.word(after - 1).isupper():
            after -= 1
            words -= 1
        if not words:
            return None
        end = self.initials(after)
        if end == after or (self.word(after).isupper() and len(self.word(after)) > 3):
            return None
        score = 4.0 - words
        letters = self.span(after, end).replace(" ", "").replace("-", "")
        if self.word(after + 1) != "." and not letters.isalpha():
            score -= 0.5
        name = f"{self.span(after, end)} {self.span(start, after)}"
        return Name(name, "together", score, self.suffix(end), True)

    def direct(self, i: int) -> Name | None:
        """'M. S. Curie', 'Marie Curie', 'Johannes D. van der Waals', 'Aristotle'."""
        start, full, short = i, 0, 0
        while i - start < 14:
            if (after := self.dotted_initial(i)) > i:
                if full and is_cyrillic(self.word(start)):
                    return None  # 'Романова Е. С. Крыши Севера': the family name came first
                i, short = after, short + 1
                if full and not self._may_go_on(i):
                    break
            elif self._is_bare_initial(i, inside=full + short > 0):
                i, short = i + 1, short + 1
            elif self._is_particle_before_name(i, initials=short > 0):
                i += 1
            elif self.is_plain_name_word(i):
                i, full = i + 1, full + 1
            else:
                break
        if not full or (short and self.dotted_initial(i - 2) == i) or self._are_initials_last(i):
            return None  # what ends in an initial has another form
        score = _direct_score(full, short)
        return Name(self.span(start, i), "direct", score, self.suffix(i), bool(short and full == 1))

    def _are_initials_last(self, i: int) -> bool:
        """The 'AM' of 'Klein AM et al.' and 'Klein AM. et al.'; 'YU' of 'Xin YU, Wei LIU' may be a
        family name.
        """
        behind = i + 1 if self.word(i) == "." else i
        is_more = self.word(behind) == "et" and self.word(behind + 1) == "al"
        last = self.word(i - 1)
        return is_more and 1 < len(last) <= 3 and last.isupper() and i > 1

    def _may_go_on(self, i: int) -> bool:
        """Whether a name with an initial may go on: 'Johannes D. | van der Waals'."""
        return self.is_name_word(i) or self.particle(i) or self.dotted_initial(i) > i

    def _is_particle_before_name(self, i: int, *, initials: bool) -> bool:
        """Whether at i is a particle, and a name behind it; 'y', 'e' and 'i' only behind
        initials.
        """
        if not self.particle(i):
            return False
        word = self.word(i)
        if word in CONJUNCTIONS and not (initials and word in "yei" and self.word(i - 1) == "."):
            return False
        if self.is_name_word(i + 1) or self.particle(i + 1):
            return True
        return initials and self.dotted_initial(i + 1) > i + 1

    def _is_bare_initial(self, i: int, *, inside: bool) -> bool:
        """Initials without periods before a family name: 'S Lojasiewicz', 'EA Jasmin', 'Donald E
        Knuth'.
        """
        word, after = self.word(i), self.word(i + 1)
        if not (word.isupper() and len(word) <= (1 if inside else 3)):
            return False
        if len(after) == 1 and after.isupper() and self.word(i + 2) != ".":
            return self.is_name_word(i + 2)
        return self.is_name_word(i + 1) and (
            inside or self._ends_name(i + 2) or self.is_name_word(i + 2)
        )

    def name(self, form: str, i: int) -> Name | None:
        """The name of this form at token i."""
        if form == "inverted":
            return self.inverted(i)
        return self.together(i) if form == "together" else self.direct(i)

    # ── lists ──
    def separator(self, i: int) -> tuple[int, bool]:
        """The token after a separator of names, and whether it holds a conjunction; (i, False)
        where there is none.
        """
        j, conjunction = i, False
        while self.word(j) in (",", ";", "/") and j - i < 2:
            j += 1
        if self.word(j) in CONJUNCTIONS or self.word(j) in ("AND", "And", "Und"):
            if self.word(j) == "et" and self.word(j + 1) == "al":
                return i, False
            j += 1
            conjunction = True
        return j, conjunction

    def read_list(self, form: str) -> Authors:
        """The author list whose first name has this form."""
        first = self.name(form, 0)
        if first is None or first.score < -1.5:
            return NO_AUTHORS
        names, i, total = [first.text], first.after, first.score
        after_and = False
        while i < len(self.tokens) and len(names) < MAX_AUTHORS:
            j, conjunction = self.separator(i)
            if j == i or (after_and and not conjunction) or self._is_cut(i, after_and=after_and):
                break
            following = self._next(j, form, first, conjunction=conjunction)
            if following is None:
                break
            names.append(following.text)
            total += following.score
            i, after_and = following.after, conjunction
        end = self.tokens[i - 1].end if i else 0
        return self._finish(names, end, total, form, conjunction=after_and)

    def _is_cut(self, i: int, *, after_and: bool) -> bool:
        """Whether the list ends at token i with 'et al.', or with a semicolon behind its last
        name.
        """
        at = self.tokens[i].start
        return bool(_ET_AL.match(self.text, at)) or (after_and and self.word(i) == ";")

    def _next(self, i: int, form: str, first: Name, *, conjunction: bool) -> Name | None:
        """The next name of the list at token i, in the form that fits best."""
        names = [name for f in _NEXT_FORMS[form] if (name := self.name(f, i)) is not None]
        if form == "direct" and conjunction and not names:
            names = [name for name in (self.inverted(i),) if name]
        if not names:
            return None
        best = max(names, key=lambda name: name.score)
        return best if self._belongs(best, form, first, conjunction=conjunction) else None

    def _belongs(self, name: Name, form: str, first: Name, *, conjunction: bool) -> bool:
        """Whether a name goes on a list whose first name is `first`: like names, like separators,
        and no title.
        """
        if name.score < (-1.1 if conjunction else 0.0):
            return False
        spelt_out = first.initials and not name.initials and name.form == "direct"
        if spelt_out and not self._may_be_spelt_out(name, form, conjunction=conjunction):
            return False
        return conjunction or self._has_list_sign_behind(name, form)

    def _may_be_spelt_out(self, name: Name, form: str, *, conjunction: bool) -> bool:
        """Whether a full name may stand on a list of names with initials."""
        if form == "inverted":
            return conjunction
        sure = name.score >= 2.5 or (conjunction and name.score > 0)
        return form != "direct" or sure or self._initials_follow(name.after)

    def _has_list_sign_behind(self, name: Name, form: str) -> bool:
        follows = self.word(name.after)
        if form == "inverted":
            return name.form == "inverted" or follows not in (".", ":", "(", "“")
        if form == "direct":
            ends = not follows or follows in ",;.&:(“[" or follows.isdigit()
            return ends or follows in CONJUNCTIONS
        return True

    def _initials_follow(self, i: int) -> bool:
        """Whether the next name of the list is one with initials, so that a full name between two
        such is a name.
        """
        j, conjunction = self.separator(i)
        following = self.direct(j) if j > i else None
        return following is not None and following.initials and not conjunction

    def _finish(
        self, names: list[str], end: int, total: float, form: str, *, conjunction: bool
    ) -> Authors:
        """The list with what closes it: 'et al.', '(eds.)', a group's name."""
        more = False
        if match := _ET_AL.match(self.text, end):
            end, more = match.end(), True
        if match := _EDITORS.match(self.text, end):
            end = match.end()
        if match := _GROUP.match(self.text, end):
            end = match.end()
        closing = _closing_score(self.text, end)
        if form == "together" and closing == 1.5 and len(names) == 1:
            closing = -1.0  # 'Ronald H. Coase' is a direct name
        return Authors(
            tuple(names), end, total / len(names) ** 0.5 + closing + more, form, more, conjunction
        )


_DATE_FOLLOWS = re.compile(
    rf"[.,:]?\s*[(\[]?(?:c(?:a|irca)?\.\s?)?{YEAR}[a-z]?\b|[.,]?\s*\(?(?:n\.d\.|in press|"
    rf"forthcoming)",
    re.I,
)
_CLOSINGS: tuple[tuple[re.Pattern[str], float], ...] = (
    (_DATE_FOLLOWS, 3.0),
    (re.compile(r"[.,:]?\s*“"), 3.0),
    (re.compile(r"\.(?:\s|$)"), 2.0),
    (re.compile(r":\s"), 2.0),
    (re.compile(r",\s"), 0.5),
    (re.compile(r"\s*$"), -1.0),
)
"""What may follow an author list, and how well it ends before it; the first that fits counts."""
_WORD_FOLLOWS = re.compile(r"\s[^\W\d_]")
_BRACKET_FOLLOWS = re.compile(r"\s?[(\[]")


def _closing_score(text: str, end: int) -> float:
    """How well an author list ends before `end`."""
    follows = text[end : end + 40]
    for pattern, score in _CLOSINGS:
        if pattern.match(follows):
            return score
    capital = _WORD_FOLLOWS.match(follows) and not follows[1:2].islower()
    if capital and text[end - 1 : end] == ".":
        return 1.5
    if _BRACKET_FOLLOWS.match(follows):
        return 0.0
    return -1.0 if capital else -4.0


def _direct_score(full: int, short: int) -> float:
    """How sure a direct name of so many full words and initials is."""
    if short and full in (1, 2):
        return 3.5 - 0.5 * full
    if full in (2, 3):
        return 2.0
    return -1.0 - max(0, full - 4)


def read_authors(text: str) -> Authors:
    """The author list at the start of the text; `NO_AUTHORS` where none can be read."""
    text = text[:12_000]
    reader = NameReader(text)
    lists = [reader.read_list(form) for form in ("inverted", "together", "direct")]
    best = max(lists, key=lambda found: (found.score, found.end))
    return best if best.names and best.score > 1.0 else NO_AUTHORS


_INITIALS_LAST = re.compile(r"(?:^|[\s.-])[^\W\d_]$")
"""'ROMANOVA E', 'X.-G': the beginning of a person's name, no acronym."""


def read_organisation(text: str, end: int) -> Authors:
    """The text before `end` (where a date or a full stop was seen) taken as the name of an
    organisation.
    """
    name = text[:end].strip(" .,;:")
    words = name.split()
    if not words or len(words) > 14 or not is_upper(name):
        return NO_AUTHORS
    acronym = (
        len(words) <= 2
        and not _INITIALS_LAST.search(name)
        and len(name) > 2
        and (name.isupper() or bool(re.fullmatch(r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+", name)))
    )
    sure = bool(ORGANISATION.search(name)) or acronym
    return Authors((name,), end, 2.0 if sure else 0.5, "organisation")
