"""Reference strings brought to one form: markup, quotation marks, identifiers and addresses taken out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from litmap.parsing.grammar import BREAK
from litmap.parsing.identifiers import find_identifiers, find_urls, identifier_from_url, trim_url

MAX_LENGTH = 4000
"""Characters of a string that are looked at; no reference is longer, hostile text may be."""

_ODD = {
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u200a": " ", "\u3000": " ",
    "\u00ad": "", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
    "\u2010": "-", "\u2011": "-", "＆": "&", "，": ", ", "．": ". ", "：": ": ", "；": "; ",
    "（": " (", "）": ") ", "［": "[", "］": "]", "„": "“", "‟": "“", "«": "“", "»": "”", "「": "“", "」": "”",
    "《": "“", "》": "”", "ʼ": "’", "`": "‘", "␞": " ", "\t": " ", "\n": " ", "\r": " ", "\x0b": " ", "\x0c": " ",
}  # fmt: skip
_ODD_TABLE = str.maketrans(_ODD)
_ACCENTS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "H": "\u030b", "c": "\u0327", "v": "\u030c", "u": "\u0306", "k": "\u0328", "r": "\u030a",
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
    r"(?<![^\w-])(?<![\d_])([´`¨ˇ˜ˆ˚˝])([aeiouyncszrgAEIOUYNCSZRG])(?=[^\W\d_]|[,.;\s)])|([cCsStT])¸"
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
    r"\\(?:newblock|emph|textit|textbf|textsc|textsl|texttt|url|href|it|em|bf|sc|tt|rm|textrm|mbox|penalty0|natexlab|"
    r"bibinfo|bibnamefont|bibfnamefont|providecommand|enquote)(?![A-Za-z])\*?"
)

_ABS = re.compile(r"(?<![/\w])abs/(?=\d{4}\.\d{4,5})")
_BEFORE_ARXIV = re.compile(
    r"(?:\b(?:corr|arxiv|eprint)\b[ ,.:]{0,3}(?:preprint\b[ ,:]{0,2}|e-?prints?\b[ ,:]{0,2})?|[\[(]|abs/){1,2}$",
    re.I,
)
_AFTER_ARXIV = re.compile(r"\s{0,2}\[[a-z][\w.-]{1,20}\]|\]", re.I)
_BEFORE_ID = re.compile(r"\b(?:doi|digital object identifier)[\s:.]{0,3}$", re.I)
_ISBN = re.compile(r"\bISBN(?:-1[03])?:?\s?[\dX][\dX -]{8,18}", re.I)
_LINK = re.compile(
    r"\[([^\[\]]{1,600})\]\(<?([^\s()<>]{1,900}(?:\([^\s()<>]{0,100}\)[^\s()<>]{0,200})?)>?(?:\s\"[^\"]{0,200}\")?\)"
)
_SEEN = re.compile(
    r"(?:\[Online\][.,;:]?|\b(?:(?:Software|Code|Data) )?[Aa]vailable(?: online)?(?: at| from)\s?:?|"
    r"\bRetrieved(?: on)?(?: [A-Za-z0-9, ]{4,24})?(?: from)?|"
    r"\bURL:?|\[?\(?\b(?:Last )?(?:Accessed|accessed|Visited|visited|cited)(?: on)?:? [A-Za-z0-9., ]{4,24}\d\)?\]?|"
    r"\bGoogle Scholar\b|"
    r"\bCrossRef\b|\bPubMed\b|\[(?:PDF|pdf|CrossRef|Medline|Google Scholar)\])"
    r"(?=\s{0,3}[\s.,;:)␞]|$)"
)
_SEEN_SIGNS = (
    "nline]", "vailable", "etrieved", "URL", "ccessed", "isited", "cited", "Google Scholar", "CrossRef", "PubMed",
    "[PDF", "[pdf", "[Medline",
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
    """The parts of a raw string; time grows linearly with its length, and at most `MAX_LENGTH` characters count."""
    text = raw[:MAX_LENGTH]
    if "`" in text or not text.isascii():
        text = _SPACING_ACCENT.sub(
            lambda m: (m[3] + "\u0327") if m[3] else m[2] + _SPACING[m[1]], text
        )
    text = unicodedata.normalize("NFC", text.translate(_ODD_TABLE))
    if "\\" in text:
        text = _from_tex(text)
    links: list[str] = []
    urls: list[str] = []
    ids: list[str] = []
    emphasised: list[str] = []

    def keep_link(match: re.Match[str]) -> str:
        target = match[2]
        if target.startswith(("http", "www.", "doi:", "ftp")):
            _take_url(target, ids, urls)
        links.append(match[1].strip("*_ "))
        return match[1]

    def keep_emphasis(match: re.Match[str]) -> str:
        emphasised.append(match[2])
        return match[2]

    text = _LINK.sub(keep_link, text) if "](" in text else text
    text = _ABS.sub("arXiv:", text) if "abs/" in text else text
    text = _TAG.sub("", text) if "<" in text else text
    text = _EMPHASIS.sub(keep_emphasis, text) if "*" in text or "_" in text else text
    text = _identifiers(text, ids, urls)
    if any(sign in text for sign in _SEEN_SIGNS):
        text = _SEEN.sub(BREAK, text)
    text = _quotes(text)
    text = _BLANKS.sub(" ", text) if "  " in text else text
    text = _BLANK_BEFORE_SIGN.sub(r"\1", text).strip()
    return Cleaned(text, list(dict.fromkeys(ids)), list(dict.fromkeys(urls)), links, emphasised)


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
    """The text with a `BREAK` for every address and identifier, and 'arXiv' for those that also name the venue."""
    places = [(found.start, found.end, found.id, "url") for found in find_urls(text)]
    taken = {start for start, _, _, _ in places}
    places += [(f.start, f.end, f.id, "id") for f in find_identifiers(text) if f.start not in taken]
    out: list[str] = []
    position = 0
    for start, end, value, kind in sorted(places):
        if start < position:
            continue
        before = text[position:start]
        if kind == "url":
            _take_url(value, ids, urls)
            sign = BREAK
        else:
            ids.append(value)
            sign = " arXiv " if value.startswith("arxiv:") else BREAK
        if value.startswith("arxiv:"):
            before = _cut_end(_BEFORE_ARXIV, before)
        before = _cut_end(_BEFORE_ID, before)
        out += [before, sign]
        after = _AFTER_ARXIV.match(text, end) if value.startswith("arxiv:") else None
        position = after.end() if after else end
    out.append(text[position:])
    text = "".join(out)
    return _ISBN.sub(BREAK, text) if "isbn" in text.lower() else text


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
    if "'" not in text and "‘" not in text and "’" not in text:
        return text
    match = re.search(r"(?:^|(?<=[\s.,:(]))[‘'’](?=\w)", text)
    if match:
        closing = None
        for end in re.finditer(r"(?<=[\w.,?!)])[’'](?=[\s.,;:)]|$)", text[match.end() :]):
            after = text[match.end() + end.end() : match.end() + end.end() + 6].lstrip()
            before = text[match.end() + end.start() - 1]
            if (
                before in ".,?!)"
                or after[:1] in tuple(".,;:)")
                or after[:1] == ""
                or after.startswith(("in ", "In ", "("))
            ):
                closing = match.end() + end.start()
                break
        if closing is not None and closing - match.end() > 8:
            text = f"{text[: match.start()]}“{text[match.end() : closing]}”{text[closing + 1 :]}"
    return text.replace("'", "’").replace("‘", "’")
