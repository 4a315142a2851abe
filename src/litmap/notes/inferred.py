"""Headings of pages pasted as text, where nothing but their form tells them from titles and sentences."""

from __future__ import annotations

import re

from litmap.notes.builder import is_transparent

_GENERIC = re.compile(
    r"^(?:more |other |some |open |related |basic |key |main |general |further )?(?:resources|introduction|overview|background|methods?|"  # noqa: E501
    r"questions|problems|basics|theory|applications|results|discussion|conclusions?|motivation|definitions?|history|models?|"
    r"experiments|data(?:sets)?|reviews?|surveys?|papers?|books?|reading|materials?|examples|topics|ideas|notes|summary|misc|"
    r"miscellaneous|people|tools|inbox|to read|unsorted|see also|work)$",
    re.I,
)
_GLUED = re.compile(r"[a-z][A-Z]")
_JOINING = {
    "of",
    "in",
    "and",
    "for",
    "into",
    "on",
    "vs",
    "versus",
    "from",
    "&",
    "to",
    "with",
    "as",
    "by",
    "between",
}
_NOT_HEADING = re.compile(
    r"https?:|[\[\]{}<>@|\"“”]|\b(?:see|is|are|was|were|can|does|do|has|have|should|we|i|you|it|this|that|my|the|a|an|using|via|towards?|"
    r"requires?|improves?|makes?|tutorial|lectures?|video|talk|slides|blog|post|summer school|course|workshop)\b|\d{4}|^[–>*#-]|[.,;:!?)]$",  # noqa: E501
    re.I,
)


def infer_lone_headings(lines: list[str], at: dict[int, tuple[int, str]]) -> None:
    """Adds the page title (level 1) and the lines that look like section names (level 2) to `at`, by line index.

    A section name stands alone between blank lines, is a short phrase in sentence case without verb, article or full
    stop, and is followed by text. Titles of papers are mostly longer or capitalised throughout.
    """
    filled = [n for n, line in enumerate(lines) if line.strip()]
    if not filled:
        return
    first = filled[0]
    title = lines[first].strip()
    alone = first + 1 >= len(lines) or not lines[first + 1].strip()
    if alone and len(title.split()) <= 12 and title[-1] not in ".,;:" and "http" not in title:
        at.setdefault(first, (1, title))
    singles = [n for n in filled[1:] if _isolated(lines, n)]
    for number in singles:
        text = lines[number].strip()
        if (
            is_transparent(text)
            or (
                len(singles) >= 0.5 * len(filled) - 1
                and (_is_section_name(text) or _opens_section(lines, number))
            )
            or (
                len(singles) < 0.5 * len(filled)
                and _is_section_name(text, strict=False)
                and not lines[number].startswith("  ")
            )
        ):
            at[number] = (2, text)


def _isolated(lines: list[str], number: int) -> bool:
    above = number == 0 or not lines[number - 1].strip()
    below = number + 1 >= len(lines) or not lines[number + 1].strip()
    return above and below


def _opens_section(lines: list[str], number: int) -> bool:
    """True for one to three words in sentence case above a longer line, on a page of single lines."""
    text = lines[number].strip()
    words = text.split()
    if (
        not 1 <= len(words) <= 3
        or len(text) < 4
        or not text[0].isupper()
        or _NOT_HEADING.search(text)
        or "," in text
    ):
        return False
    if any(
        word[0].isupper() and not word.rstrip("s").isupper() for word in words[1:]
    ) or _GLUED.search(text):
        return False
    after = next((line.strip() for line in lines[number + 1 : number + 4] if line.strip()), "")
    before = next(
        (line.split() for line in reversed(lines[max(0, number - 3) : number]) if line.strip()), []
    )
    if len(before) <= 3 and {word.lower() for word in before} & {word.lower() for word in words}:
        return False  # one of several like things: 'Vanishing gradients problem', 'Exploding gradients problem'
    return len(after) > 1.15 * len(text) and len(after.split()) >= 3


def _is_section_name(text: str, *, strict: bool = True) -> bool:
    """`strict` where single lines are common, so that a heading must be told from titles and links."""
    words = text.split()
    if _GENERIC.match(text):
        return True
    if not 1 <= len(words) <= 8 or not text[0].isupper() or _NOT_HEADING.search(text):
        return False
    if not strict:
        return len(text) <= 60
    lowered = [word for word in words[1:] if word[0].islower() and word not in _JOINING]
    raised = [word for word in words[1:] if word[0].isupper()]
    joined = (
        any(word in _JOINING - {"with", "to", "by", "from"} for word in words[1:-1]) or "," in text
    )
    if "," in text:
        return len(words) <= 9 and len(lowered) >= 1
    return (
        joined
        and len(words) <= 5
        and len(raised) <= 1
        and len(lowered) >= 1
        and words[0].lower() not in {"on", "in", "how", "why", "deep"}
    )
