r"""Regular expressions of years, months and names, to be put together to larger ones.

The one home of what a year is, what 'et al.' looks like and how a name is written. `re` skips a
text in one step to the next place where an expression may match only if this begins with a single
set of characters; so what is sought in every block begins with such a set and looks back for the
rest.
"""

from __future__ import annotations

EAST_ASIAN_LETTERS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Kana, Chinese characters and Hangul, for a set of characters."""

# ── years ────────────────────────────────────────────────────────────────────────────────────────
YEAR = r"(?:1[5-9]|20)\d\d"
"""A year in which something may have been printed: 1500 to 2099."""
YEAR_SINCE_1400 = r"(?:1[4-9]|20)\d\d"
"""As reference strings and catalogues of old books have it."""
YEAR_SINCE_1600 = r"(?:1[6-9]|20)\d\d"
"""Where four figures beginning with 15 are more often a page or a volume."""
YEAR_SINCE_1800 = r"(?:1[89]|20)\d\d"
"""Where prose, keys and lists of notes name the year of a work; older ones are dates of history."""
YEAR_SINCE_1900 = r"(?:19|20)\d\d"
"""Where any older four figures are a number of something."""
FOUR_FIGURES = r"\d{4}"
LIST_NUMBER = rf"(?!{YEAR}(?!\d))\d{{1,4}}"
"""The number of an item or entry; '2014. Doe, J.' and '[2008] Doe' open with a year."""
CITED_YEAR = r"(?:1[5-9]\d\d|20[0-4]\d)(?:[a-z](?![a-z]))?"
"""A year as a citation in prose has it, with the letter that tells the works of one year apart."""
CITED_YEARS = (
    rf"{CITED_YEAR}(?:/\d\d(?:\d\d)?)?"
    rf"(?:\s*(?:,|and|&|;)\s*(?:{CITED_YEAR}|[a-z](?![a-z\w]|\.?\s?\d)))*"
)
"""Several of them: '2016b, 2016a', '1998/99', '2001a, b'; the 'p' of '2013, p. 8' is none."""
MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|"
    r"Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?|"
    r"Spring|Summer|Autumn|Fall|Winter)"
)
"""A month or season in English, whole or cut."""

# ── people ───────────────────────────────────────────────────────────────────────────────────────
ET_AL_WORDS = r"et\.?\s+al"
"""'et al' in any spelling, without its full stop."""
ET_AL_NAMES = frozenset({"et al", "others"})
"""What stands in a list of names for further ones, normalised."""
MORE_AUTHORS = (
    rf",?\s*[\[(]?(?:{ET_AL_WORDS}(?:ii|ia|\b)\.?|and\s+others\b\.?|u\.\s?a\.|…|\.\.\."
    r"|and\s+\d+\s+others\b\.?)[\])]?"
)
"""The end of a list that is cut: ', et al.', 'and 12 others', '[u. a.]'; matched without case."""
CITES_ANOTHER = (
    rf"\([^()]*\b{YEAR}[a-z]?\b[^()]*\)|\[\d[\d\s,–-]*\]|"
    rf"[^\W\d_][\w’'-]+(?:{MORE_AUTHORS})? \({YEAR}"
)
"""What a paper's sentence has that speaks of another's work: '(Olm 1999)', '[3–7]', 'Olm (1999'."""
BREAK = "␞"
"""Stands in a cleaned reference string where an address was: no title runs across it."""
UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩА-ЯЁЂЄІЇЈЉЊЋЎЏҐ"
"""Capitals, to stand inside a set."""
UNSPACED = "぀-ヿ㐀-鿿가-힯"
"""Signs of the scripts of China, Japan and Korea, whose titles are seldom parted into words; to
stand inside a set.
"""
CASELESS = "\u0590-\u08ff\u0900-\u0eff\u10a0-\u10ff"
"""Letters of Hebrew, Arabic, India, Thailand, Georgia, which know no capitals; to stand inside a
set.
"""
NAME_START = (
    rf"(?=[{UPPER}]|[a-z]{{1,3}}[A-Z]|d['’]|v\.|"
    r"(?:van|von|de|den|der|della?|di|da|dos|du|la|le|ten|ter|el|al|bin|ibn|zur?|af|av)\s)"
)
"""Where a name may begin; told at once for the many words that begin none."""
PARTICLE = (
    r"(?:(?:[Vv]an|[Vv]on|v\.|[Dd]e|den|der|del|della|[Dd]i|[Dd]a|dos|[Dd]u|[Ll]a|[Ll]e|ten|ter|"
    r"[Ee]l|[Aa]l|bin|ibn|zu|zur|af|av|St\.)\s*(?<=[.\s]))"
)
WORD = rf"(?:[a-z]{{1,3}}(?=[A-Z][a-z]))?[{UPPER}][^\W\d_]*+(?:['’‐-][^\W\d_]++)*"
"""One word of a name: 'Arpit', 'McAllester', "O'Neil", 'Shwartz-Ziv'."""
NAME = (
    rf"(?:d['’])?(?:(?:[{UPPER}]\.[\s-]?){{1,4}}|{WORD}\s+(?:[{UPPER}]\.?\s+)?)?"
    rf"{PARTICLE}{{0,2}}{WORD}(?:,?\s+(?:Jr|Sr|III?)\b\.?)?"
)
"""Given name or initials first: 'D. Arpit', 'Devansh Arpit', 'van der Waals', 'Sammy Davis Jr.'."""
SHORT = (
    rf"{WORD} (?:[A-Z]{{1,2}}|[A-Z]{{3}}(?=[,;]))"
    r"(?=[,;.]|\s(?:et\b|and\b|&|\(|…|\.\.\.|(?:1[89]|20)\d\d))"
)
"""'Macosko EZ', as medical journals write."""
LOWER_NAME = r"[^\W\d_]{2,}(?:-[^\W\d_]+)?"
AND = (
    r"(?:,?\s*(?:\band\b|&|\bund\b|\bet\b|\by\b)\s*|,\s*|\s*\.{3}\s*|\s*…\s*|"
    r"\s?[/+]\s?(?=[A-Z])|–(?=[A-Z]))"
)
"""What stands between two names."""
ET_AL = (
    r"(?:,?\s+et\.?\s*al\b\.?|"
    r",?\s+and\s+(?:others|colleagues|co-?workers|coauthors|collaborators)\b|\s+u\.\s?a\.)"
)
"""What stands in prose behind the first of many names: ' et al.', ' and colleagues', ' u. a.'."""
INVERTED = rf"{WORD},\s(?:[{UPPER}]\.(?:[\s-](?=[{UPPER}]\.))?){{1,3}}(?=,?\s+et\.?\s*al)"


def _names(group: str) -> str:
    """A list of names, each in a group of this kind."""
    return rf"{group}{INVERTED}|{SHORT}|{NAME})(?:{AND}{group}{SHORT}|{NAME})){{0,9}}(?:{ET_AL})?"


NAMES = _names("(?:")
"""A list of names in prose."""
WHOLE_NAMES = _names("(?>")
"""The same with each name read in one way only, for patterns in which free text follows: a list of
some hundred authors would be read in a thousand ways at each of them.
"""
