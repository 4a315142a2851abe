"""Regular expressions of names and years, to be put together to those of mentions."""

from __future__ import annotations

UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĴĶĹĻĽĿŁŃŅŇŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽΑ-ΩА-Я"
PARTICLE = r"(?:(?:[Vv]an|[Vv]on|v\.|[Dd]e|den|der|del|della|[Dd]i|[Dd]a|dos|[Dd]u|[Ll]a|[Ll]e|ten|ter|[Ee]l|[Aa]l|bin|ibn|zu|zur|af|av|St\.)\s*(?<=[.\s]))"  # noqa: E501
WORD = rf"(?:[a-z]{{1,3}}(?=[A-Z][a-z]))?[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+|[-‐][^\W\d_]+)*"
NAME = rf"(?:d['’])?(?:(?:[{UPPER}]\.[\s-]?){{1,4}}|{WORD}\s+(?:[{UPPER}]\.?\s+)?)?{PARTICLE}{{0,2}}{WORD}(?:,?\s+(?:Jr|Sr|III?)\b\.?)?"  # noqa: E501
SHORT = rf"{WORD} (?:[A-Z]{{1,2}}|[A-Z]{{3}}(?=[,;]))(?=[,;.]|\s(?:et\b|and\b|&|\(|…|\.\.\.|(?:1[89]|20)\d\d))"
LOWER_NAME = r"[^\W\d_]{2,}(?:-[^\W\d_]+)?"
AND = r"(?:,?\s*(?:\band\b|&|\bund\b|\bet\b|\by\b)\s*|,\s*|\s*\.{3}\s*|\s*…\s*|\s?[/+–]\s?(?=[A-Z]))"
ET_AL = r"(?:,?\s+et\.?\s*al\b\.?|,?\s+and\s+(?:others|colleagues|co-?workers|coauthors|collaborators)\b|\s+u\.\s?a\.)"
INVERTED = rf"{WORD},\s(?:[{UPPER}]\.(?:[\s-](?=[{UPPER}]\.))?){{1,3}}(?=,?\s+et\.?\s*al)"
NAMES = rf"(?:{INVERTED}|{SHORT}|{NAME})(?:{AND}(?:{SHORT}|{NAME})){{0,9}}(?:{ET_AL})?"
YEAR = r"(?:1[5-9]\d\d|20[0-4]\d)(?:[a-z](?![a-z]))?"
YEARS = rf"{YEAR}(?:/\d\d(?:\d\d)?)?(?:\s*(?:,|and|&|;)\s*(?:{YEAR}|[a-z](?![a-z\w])))*"
VENUE = r"(?:e|bio)?[A-Z][A-Za-z&+-]{1,14}\.?(?:\s[A-Z][A-Za-z.]{0,14}){0,3}"
WORK_NOUN = (
    r"(?:book|paper|article|review|survey|study|thesis|dissertation|essay|monograph|memoir|proof|result|model|theorem|"
    r"experiments?|lectures?|textbook|chapter|work|letter|note|memo|report|preprint|classic|original|review article)"
)
