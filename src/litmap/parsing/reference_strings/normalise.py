"""Reference strings brought to one form: markup, quotation marks, identifiers and addresses taken
out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from litmap.parsing.grammar import BREAK
from litmap.parsing.identifiers import find_identifiers, find_urls, identifier_from_url, trim_url
from litmap.parsing.reference_strings.access_notes import MAX_LENGTH, without_access_notes

_ODD = {
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u200a": " ",
    "\u3000": " ", "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "",
    "\ufeff": "", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "\u2010": "-", "\u2011": "-", "＆": "&", "，": ", ", "．": ". ", "：": ": ", "；": "; ",
    "（": " (", "）": ") ", "［": "[", "］": "]", "„": "“", "‟": "“", "«": "“", "»": "”",
    "「": "“", "」": "”", "《": "“", "》": "”", "ʼ": "’", "`": "‘", "␞": " ",
    "\t": " ", "\n": " ", "\r": " ", "\x0b": " ", "\x0c": " ",
}  # fmt: skip
_ODD_TABLE = str.maketrans(_ODD)
_ACCENTS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304",
    ".": "\u0307", "H": "\u030b", "c": "\u0327", "v": "\u030c", "u": "\u0306", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_SPACING = {
    "´": "\u0301",
    "`": "\u0300",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "˜": "\u0303",
    "ˆ": "\u0302",
    "˚": "\u030a",
    "˝": "\u030b",
}
_SPACING_ACCENT = re.compile(
    r"(?<![^\w-])(?<![\d_])([´`¨ˇ˜ˆ˚˝])([aeiouyncszrgAEIOUYNCSZRG])(?=[^\W\d_]|[,.;\s)])|"
    r"([cCsStT])¸"
)
_TEX_ACCENT = re.compile(r"\\([\"'`^~=.]|[Hcvukr](?=[ {]))\s?\{?\\?([A-Za-z])\}?")
_TEX_LETTERS = {
    r"\ss": "ß",
    r"\o": "ø",
    r"\O": "Ø",
    r"\l": "ł",
    r"\L": "Ł",
    r"\ae": "æ",
    r"\AE": "Æ",
    r"\aa": "å",
    r"\AA": "Å",
    r"\oe": "œ",
}
_TEX_LETTER = re.compile(r"\\(?:ss|o|O|l|L|ae|AE|aa|AA|oe)(?![A-Za-z])\s?")
_TEX_COMMAND = re.compile(
    r"\\(?:newblock|emph|textit|textbf|textsc|textsl|texttt|url|href|it|em|bf|sc|tt|rm|textrm|"
    r"mbox|penalty0|natexlab|"
    r"bibinfo|bibnamefont|bibfnamefont|providecommand|enquote)(?![A-Za-z])\*?"
)

_ABS = re.compile(r"(?<![/\w])abs/(?=\d{4}\.\d{4,5})")
_BEFORE_ARXIV = re.compile(
    r"(?:\b(?:corr|arxiv|eprint)\b[ ,.:]{0,3}(?:preprint\b[ ,:]{0,2}|e-?prints?\b[ ,:]{0,2})?|"
    r"[\[(]|abs/){1,2}$",
    re.I,
)
_AFTER_ARXIV = re.compile(r"\s{0,2}\[[a-z][\w.-]{1,20}\]|\]", re.I)
_BEFORE_ID = re.compile(r"\b(?:doi|digital object identifier)[\s:.]{0,3}$", re.I)
_LABEL_OF_LINK = re.compile(r"(?<=[.,;:)”])\s+[\[(]?(?:doi|pdf|url)[\])]?[.:]?\s*$", re.I)
"""The words of a link that a page sets behind a reference: '… Titel. doi'."""
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s?[\dX][\dX -]{8,18}", re.I)
_LINK = re.compile(
    r"\[([^\[\]]{1,600})\]\(<?([^\s()<>]{1,900}(?:\([^\s()<>]{0,100}\)[^\s()<>]{0,200})?)>?"
    r"(?:\s\"[^\"]{0,200}\")?\)"
)
_SEEN = re.compile(
    r"(?:\[Online\][.,;:]?|\b(?:(?:Software|Code|Data) )?[Aa]vailable(?: online)?(?: at| "
    r"from)\s?:?|"
    r"\bRetrieved(?: on)?(?: [A-Za-z0-9, ]{4,24})?(?: from)?|"
    r"\bURL:?|\[?\(?\b(?:Last )?(?:Accessed|accessed|Visited|visited|cited)(?: on)?:? "
    r"[A-Za-z0-9., ]{4,24}\d\)?\]?|"
    r"\bGoogle Scholar\b|"
    r"\bCrossRef\b|\bPubMed\b|\[(?:PDF|pdf|CrossRef|Medline|Google Scholar)\])"
    r"(?=\s{0,3}[\s.,;:)␞]|$)"
)
_SEEN_SIGNS = (
    "nline]", "vailable", "etrieved", "URL", "ccessed", "isited", "cited", "Google Scholar",
    "CrossRef", "PubMed", "[PDF", "[pdf", "[Medline",
)  # fmt: skip
_EMPHASIS = re.compile(
    r"(?<![\w*])(\*{1,3}|_{1,3})(?=[^\s*_])([^*_␞]{1,400}?)(?<=[^\s*_])\1(?![\w*])"
)
_TAG = re.compile(r"</?(?:i|b|em|strong|u|span|a|cite|sup|sub|p|li|br)\b[^<>]{0,300}/?>", re.I)


@dataclass(slots=True)
class Cleaned:
    """The text without markup, identifiers and addresses; and what was taken out."""

    text: str
    ids: list[str]
    urls: list[str]
    links: list[str]
    emphasised: list[str]


def clean(raw: str) -> Cleaned:
    """The parts of a raw string; time grows linearly with its length, and at most `MAX_LENGTH`
    characters count.
    """
    cleaned = Cleaned(_in_one_spelling(raw[:MAX_LENGTH]), [], [], [], [])
    cleaned.text = _take_markup_off(cleaned.text, cleaned)
    text = _identifiers(cleaned.text, cleaned.ids, cleaned.urls)
    text = _LABEL_OF_LINK.sub("", without_access_notes(text))
    if any(sign in text for sign in _SEEN_SIGNS):
        text = _SEEN.sub(BREAK, text)
    text = _quotes(text)
    text = _BLANKS.sub(" ", text) if "  " in text else text
    cleaned.text = _BLANK_BEFORE_SIGN.sub(r"\1", text).strip()
    cleaned.ids = list(dict.fromkeys(cleaned.ids))
    cleaned.urls = list(dict.fromkeys(cleaned.urls))
    return cleaned


def _in_one_spelling(text: str) -> str:
    """Accents, ligatures, odd blanks and TeX commands as plain characters."""
    if "`" in text or not text.isascii():
        text = _SPACING_ACCENT.sub(
            lambda m: (m[3] + "\u0327") if m[3] else m[2] + _SPACING[m[1]], text
        )
    text = unicodedata.normalize("NFC", text.translate(_ODD_TABLE))
    return _from_tex(text) if "\\" in text else text


def _take_markup_off(text: str, cleaned: Cleaned) -> str:
    """The text without links, tags and emphasis, which are noted in `cleaned`."""

    def keep_link(match: re.Match[str]) -> str:
        target = match[2]
        if target.startswith(("http", "www.", "doi:", "ftp")):
            _take_url(target, cleaned.ids, cleaned.urls)
        cleaned.links.append(match[1].strip("*_ "))
        return match[1]

    def keep_emphasis(match: re.Match[str]) -> str:
        cleaned.emphasised.append(match[2])
        return match[2]

    text = _LINK.sub(keep_link, text) if "](" in text else text
    text = _ABS.sub("arXiv:", text) if "abs/" in text else text
    text = _TAG.sub("", text) if "<" in text else text
    return _EMPHASIS.sub(keep_emphasis, text) if "*" in text or "_" in text else text


def _from_tex(text: str) -> str:
    text = _TEX_ACCENT.sub(lambda m: unicodedata.normalize("NFC", m[2] + _ACCENTS[m[1]]), text)
    text = _TEX_LETTER.sub(lambda m: _TEX_LETTERS[m[0].strip()], text)
    text = (
        _TEX_COMMAND.sub("", text)
        .replace("\\&", "&")
        .replace("\\ ", " ")
        .replace("\\_", "_")
        .replace("\\%", "%")
    )
    return (
        text.replace("{", "")
        .replace("}", "")
        .replace("~", " ")
        .replace("---", "—")
        .replace("--", "–")
    )


def _take_url(url: str, ids: list[str], urls: list[str]) -> None:
    url = trim_url(url)
    urls.append(url)
    if identifier := identifier_from_url(url):
        ids.append(identifier)


def _identifiers(text: str, ids: list[str], urls: list[str]) -> str:
    """The text with a `BREAK` for every address and identifier, and 'arXiv' for those that also
    name the venue.
    """
    out: list[str] = []
    position = 0
    for start, end, value, kind in _places(text):
        if start < position:
            continue
        before = text[position:start]
        is_arxiv = value.startswith("arxiv:")
        if kind == "url":
            _take_url(value, ids, urls)
        else:
            ids.append(value)
        if is_arxiv:
            before = _cut_end(_BEFORE_ARXIV, before)
        out += [_cut_end(_BEFORE_ID, before), " arXiv " if is_arxiv and kind == "id" else BREAK]
        after = _AFTER_ARXIV.match(text, end) if is_arxiv else None
        position = after.end() if after else end
    out.append(text[position:])
    text = "".join(out)
    return _ISBN.sub(BREAK, text) if "isbn" in text.lower() else text


def _places(text: str) -> list[tuple[int, int, str, str]]:
    """(start, end, value, 'url' or 'id') of addresses and of other identifiers, in order."""
    places = [(place.start, place.end, place.id, "url") for place in find_urls(text)]
    taken = {start for start, _, _, _ in places}
    places += [(i.start, i.end, i.id, "id") for i in find_identifiers(text) if i.start not in taken]
    return sorted(places)


def _cut_end(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text, max(0, len(text) - 40))
    return text[: match.start()] if match else text


def _quotes(text: str) -> str:
    """Quotation marks around titles as “ and ”; apostrophes as ’."""
    if "''" in text or "‘‘" in text or "``" in text or "’’" in text:
        text = re.sub(r"‘‘|''(?=\w)|``", "“", text)
        text = re.sub(r"’’|''", "”", text)
    if '"' in text:
        text = _turned(text)
    if "”" in text:
        text = re.sub(r"(^|\s)”(?=\w)", r"\1“", text)
    if "“" in text:
        # ”German opening” or „…“: the closing mark is an opening one elsewhere
        text = re.sub(r"(?<=[\w.,?!])“(?=[\s.,;:)]|$)", "”", text)
        return text.replace("'", "’")
    return _single_quotes(text)


_BLANKS = re.compile(r" {2,}")
_SINGLE_OPENING = re.compile(r"(?:^|(?<=[\s.,:(]))[‘'’](?=\w)")
_SINGLE_CLOSING = re.compile(r"(?<=[\w.,?!)])[’'](?=[\s.,;:)]|$)")
_BEHIND_QUOTED = (".", ",", ";", ":", ")", "in ", "In ", "(")
_MIN_QUOTED = 8
"""Characters; what is shorter between single marks is no title."""
_BLANK_BEFORE_SIGN = re.compile(r" +([,.;:?!)\]](?!\w)|”)")
_DOUBLE_QUOTE = re.compile(r"[\"“”]")


def _turned(text: str) -> str:
    """Straight quotation marks turned to the side on which they stand."""
    out: list[str] = []
    is_open = False
    last = 0
    for match in _DOUBLE_QUOTE.finditer(text):
        i = match.start()
        if match[0] == '"':
            before = text[i - 1] if i else " "
            after = text[i + 1] if i + 1 < len(text) else " "
            is_open = (
                not is_open
                if before.isspace() == after.isspace()
                else before.isspace() or before in "([-—"
            )
            out += [text[last:i], "“" if is_open else "”"]
            last = i + 1
        else:
            is_open = match[0] == "“"
    return "".join(out) + text[last:]


def _single_quotes(text: str) -> str:
    """The first pair of single marks that encloses a title as “ and ”; other single marks as ’."""
    if "'" not in text and "‘" not in text and "’" not in text:
        return text
    opening = _SINGLE_OPENING.search(text)
    closing = _closing_mark(text, opening.end()) if opening else None
    if opening and closing is not None and closing - opening.end() > _MIN_QUOTED:
        inside = text[opening.end() : closing]
        text = f"{text[: opening.start()]}“{inside}”{text[closing + 1 :]}"
    return text.replace("'", "’").replace("‘", "’")


def _closing_mark(text: str, begin: int) -> int | None:
    """Where the single mark opened before `begin` is closed: behind a sign or before one, no
    apostrophe.
    """
    for mark in _SINGLE_CLOSING.finditer(text[begin:]):
        at = begin + mark.start()
        after = text[begin + mark.end() : begin + mark.end() + 6].lstrip()
        if text[at - 1] in ".,?!)" or not after or after.startswith(_BEHIND_QUOTED):
            return at
    return None
