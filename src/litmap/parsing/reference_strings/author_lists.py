"""The author list at the start of a reference string.

Names come in three forms: inverted ('Curie, M.', 'Curie, Marie'), run together ('Curie MS', 'Curie M.S.') and direct
('M. Curie', 'Marie Curie'). Each form is tried for the first name; the list goes on while further names fit, and the
reading that fits best wins. Every token is looked at a bounded number of times.
"""

from __future__ import annotations

import re

from litmap.parsing.grammar import MORE_AUTHORS, YEAR
from litmap.parsing.lexicon import CONJUNCTIONS, ORGANISATION, SUFFIXES
from litmap.parsing.reference_strings.name_tokens import (
    NO_AUTHORS,
    Authors,
    Name,
    NameParts,
    is_upper,
)

_ET_AL = re.compile(MORE_AUTHORS, re.I)
_EDITORS = re.compile(
    r",?\s*[\[(]?\b(?:eds?|editors?|hrsg|trans|translators?|dirs?|coords?)\b\.?[\])]?(?=[\s,.:)]|$)",
    re.I,
)
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


class NameReader(NameParts):
    """Reads names and lists of names from the tokens of one text."""

    # ── whole names ──
    def inverted(self, i: int) -> Name | None:
        """'Curie, M. S.', 'Curie, Marie', 'van der Waals, J. D., Jr.'"""
        start = i
        if (
            len(self.word(i)) > 3
            and self.word(i).islower()
            and self.word(i + 2) == ","
            and self.is_name_word(i + 1)
        ):
            i += 1  # 'rahman Mohamed, A.'
        after, words = self.family(i)
        if self.word(after) == "." and self.word(after + 1) == ",":
            after += 1  # 'Bengio., Y.'
        if not words or self.word(after) != ",":
            return None
        suffixed = self.suffix(after)
        comma = suffixed if suffixed != after and self.word(suffixed) == "," else after
        given = comma + 1
        end = self.initials(given)
        score = 3.0 if end > given else 0.0
        only_initials = end > given
        if end == given:
            end, score = self._given(given)
            if end == given:
                return None
        elif self.is_name_word(end) and _MIDDLE_NAME_ENDS.match(self.text, self.tokens[end].end):
            end, only_initials = end + 1, False  # 'Rosser, J. Barkley, 1936'
        for _ in range(3):
            if not (
                self.particle(end)
                and self.word(end).islower()
                and self.word(end) not in CONJUNCTIONS
            ):
                break
            end += 1
        family_particles = any(self.particle(k) for k in range(i, after))
        score -= 1.5 * max(0, words - 1 - family_particles)
        name = f"{self.span(given, end)} {self.span(start, after)}".rstrip(".")
        return Name(name, "inverted", score, self.suffix(end), only_initials)

    def _given(self, i: int) -> tuple[int, float]:
        """The token after 'Marie', 'Marie S.', 'Jean-Luc' and how sure that is."""
        start, full, short = i, 0, 0
        while i - start < 8:
            if (after := self.initial(i, dotted=True)) > i:
                i, short = after, short + 1
            elif self.is_name_word(i) and self.word(i) not in SUFFIXES and not short:
                full += 1
                i += 1
            elif (
                i > start
                and len(self.word(i)) == 1
                and self.word(i).isupper()
                and self._ends_name(i + 1)
            ):
                i += 1
            else:
                break
        return i, 2.2 - 1.2 * max(0, full - 1) if i > start else 0.0

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
        score = 3.0 - 1.0 * max(0, words - 1)
        if (
            self.word(after + 1) != "."
            and not self.span(after, end).replace(" ", "").replace("-", "").isalpha()
        ):
            score -= 0.5
        return Name(
            f"{self.span(after, end)} {self.span(start, after)}",
            "together",
            score,
            self.suffix(end),
            True,
        )

    def direct(self, i: int) -> Name | None:
        """'M. S. Curie', 'Marie Curie', 'Johannes D. van der Waals', 'Aristotle'."""
        start, full, short = i, 0, 0
        while i - start < 14:
            if (after := self.initial(i, dotted=True)) > i:
                short += 1
                i = after
                if (
                    full
                    and not self.is_name_word(i)
                    and not self.particle(i)
                    and self.initial(i, dotted=True) == i
                ):
                    break
            elif self._bare_initials(i, inside=full + short > 0):
                short += 1
                i += 1
            elif (
                self.particle(i)
                and (
                    self.word(i) not in CONJUNCTIONS
                    or (self.word(i) in "yei" and self.word(i - 1) == "." and short)
                )
                and (
                    self.is_name_word(i + 1)
                    or self.particle(i + 1)
                    or (short and self.initial(i + 1, dotted=True) > i + 1)
                )
            ):
                i += 1
            elif self.is_name_word(i) and self.word(i) not in SUFFIXES:
                full += 1
                i += 1
            else:
                break
        if not full or i == start:
            return None
        if self.initial(i - 2, dotted=True) == i and short:
            return None  # ends in an initial: another form
        score = (
            3.0
            if short and full == 1
            else 2.5
            if short and full == 2
            else 2.0
            if full in (2, 3)
            else -1.0
        )
        if full > 3:
            score -= 1.0 * (full - 4)
        return Name(self.span(start, i), "direct", score, self.suffix(i), bool(short and full == 1))

    def _bare_initials(self, i: int, *, inside: bool) -> bool:
        """Initials without periods before a family name: 'S Lojasiewicz', 'EA Jasmin', 'Donald E Knuth'."""
        word = self.word(i)
        if not (word.isupper() and len(word) <= (1 if inside else 3)):
            return False
        if len(self.word(i + 1)) == 1 and self.word(i + 1).isupper() and self.word(i + 2) != ".":
            return self.is_name_word(i + 2)
        return self.is_name_word(i + 1) and (
            inside or self._ends_name(i + 2) or self.is_name_word(i + 2)
        )

    def name(self, form: str, i: int) -> Name | None:
        """The name of this form at token i."""
        return (
            self.inverted(i)
            if form == "inverted"
            else self.together(i)
            if form == "together"
            else self.direct(i)
        )

    # ── lists ──
    def separator(self, i: int) -> tuple[int, bool]:
        """The token after a separator of names, and whether it holds a conjunction; (i, False) where there is none."""
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
            if j == i or (after_and and not conjunction):
                break
            if _ET_AL.match(self.text, self.tokens[i].start) or (after_and and self.word(i) == ";"):
                break
            nxt = self._next(j, form, first, conjunction)
            if nxt is None:
                break
            names.append(nxt.text)
            total += nxt.score
            i, after_and = nxt.after, conjunction
        end = self.tokens[i - 1].end if i else 0
        return self._finish(names, end, total, form, after_and)

    def _next(self, i: int, form: str, first: Name, conjunction: bool) -> Name | None:
        forms = (
            (form,)
            if form == "together"
            else ("inverted", "direct")
            if form == "inverted"
            else ("direct",)
        )
        found = [name for f in forms if (name := self.name(f, i)) is not None]
        if form == "direct" and conjunction and not found:
            found = [name for name in (self.inverted(i),) if name]
        if not found:
            return None
        best = max(found, key=lambda name: name.score)
        return best if self._belongs(best, form, first, conjunction=conjunction) else None

    def _belongs(self, name: Name, form: str, first: Name, *, conjunction: bool) -> bool:
        """Whether a name goes on a list whose first name is `first`: like names, like separators, and no title."""
        if name.score < (-1.1 if conjunction else 0.0):
            return False
        if first.initials and not name.initials and name.form == "direct":
            if form == "inverted" and not conjunction:
                return False
            sure = name.score >= 2.5 or (conjunction and name.score > 0)
            if form == "direct" and not sure and not self._initials_follow(name.after):
                return False
        if conjunction:
            return True
        follows = self.word(name.after)
        if form == "inverted":
            return name.form == "inverted" or follows not in (".", ":", "(", "“")
        if form == "direct":
            ends = not follows or follows in ",;.&:(“[" or follows.isdigit()
            return ends or follows == "et" or follows in CONJUNCTIONS
        return True

    def _initials_follow(self, i: int) -> bool:
        """Whether the next name of the list is one with initials, so that a full name between two such is a name."""
        j, conjunction = self.separator(i)
        following = self.direct(j) if j > i else None
        return following is not None and following.initials and not conjunction

    def _finish(
        self, names: list[str], end: int, total: float, form: str, conjunction: bool
    ) -> Authors:
        more = False
        if match := _ET_AL.match(self.text, end):
            end, more = match.end(), True
        if match := _EDITORS.match(self.text, end):
            end = match.end()
        if match := _GROUP.match(self.text, end):
            end = match.end()
        closing = _terminator(self.text, end)
        if form == "together" and closing == 1.5 and len(names) == 1:
            closing = -1.0  # 'Ronald H. Coase' is a direct name
        return Authors(
            tuple(names), end, total / len(names) ** 0.5 + closing + more, form, more, conjunction
        )


_DATE_FOLLOWS = re.compile(
    rf"[.,:]?\s*[(\[]?(?:c(?:a|irca)?\.\s?)?{YEAR}[a-z]?\b|[.,]?\s*\(?(?:n\.d\.|in press|forthcoming)",
    re.I,
)


def _terminator(text: str, end: int) -> float:
    """How well an author list ends before `end`."""
    rest = text[end : end + 40]
    if _DATE_FOLLOWS.match(rest):
        return 3.0
    if re.match(r"[.,:]?\s*“", rest):
        return 3.0
    if re.match(r"\.(?:\s|$)", rest):
        return 2.0
    if re.match(r":\s", rest):
        return 2.0
    if re.match(r",\s", rest):
        return 0.5
    if re.match(r"\s*$", rest):
        return -1.0
    if text[end - 1 : end] == "." and re.match(r"\s[^\W\d_]", rest) and not rest[1:2].islower():
        return 1.5
    if re.match(r"\s?[(\[]", rest):
        return 0.0
    if re.match(r"\s[^\W\d_]", rest) and not rest[1:2].islower():
        return -1.0
    return -4.0


def read_authors(text: str) -> Authors:
    """The author list at the start of the text; `NO_AUTHORS` where none can be read."""
    text = text[:12_000]
    reader = NameReader(text)
    lists = [reader.read_list(form) for form in ("inverted", "together", "direct")]
    best = max(lists, key=lambda found: (found.score, found.end))
    return best if best.names and best.score > 1.0 else NO_AUTHORS


def read_organisation(text: str, end: int) -> Authors:
    """The text before `end` (where a date or a full stop was seen) taken as the name of an organisation."""
    name = text[:end].strip(" .,;:")
    words = name.split()
    if not words or len(words) > 14 or not is_upper(name):
        return NO_AUTHORS
    acronym = (
        len(words) <= 2
        and len(name) > 2
        and (name.isupper() or bool(re.fullmatch(r"[A-Z][a-z]+(?:[A-Z]+[a-z]*)+", name)))
    )
    sure = bool(ORGANISATION.search(name)) or acronym
    return Authors((name,), end, 2.0 if sure else 0.5, "organisation")
