"""Plain text: headings inferred from how they stand, paragraphs from how lines are broken, links from numbered lists.

A line break is deliberate where the next line's first word would still have fitted; then a new block begins, or, if
the next line is set in deeper, the block goes on and the break is kept in its field 'breaks' (offsets in the text).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from litmap.models import Link
from litmap.notes.build import Builder, is_transparent
from litmap.notes.frontmatter import read_front_matter
from litmap.notes.inferred import infer_lone_headings
from litmap.notes.inline import Inline, read_inline

_UNDERLINE = re.compile(r"\s*([=\-~*^\"#_+`.])\1{2,}\s*$")
_WIKI_HEADING = re.compile(r"(={1,6})\s*([^=\n]{1,150}?)\s*\1\s*$")
_NUMBERED = re.compile(
    r"(?:§\s*)?(\d{1,2}(?:\.\d{1,2}){0,3}(?=[.)]?\s)|[IVX]{1,5}(?=[.)])|[A-H](?=[.)]))[.)]?\s{1,6}([^\W\d_].{1,90})$"
)
_ITEM = re.compile(r"(\s*)(?:[-*+•‣▪●◦–—#](?=\s)|\(?(\d{1,4})[.)](?=\s+\S)|\[(\d{1,4})\](?=\s+\S))\s*")
_LINK_LINE = re.compile(
    r"\s*\[?(\d{1,4})[\].:)]{1,2}\s+<?((?:https?|ftp|mailto|file|android-app|javascript):\S+?)>?\s*$"
)
_MARKER = re.compile(r"\[(\d{1,4})\]")
_FURNITURE = re.compile(
    r"\(button\)|\[\S{1,80}\.(?:png|jpe?g|gif|svg|webp)\]|_{10,}|\[(?:INS|USEMAP|IMG|LINK)[:\]]|IFRAME: ?\S*", re.I
)
_RULE = re.compile(r"\s*(?:[-=_*~#+.]\s?){4,}\s*$")
_ENTRY = re.compile(r"[^\W\d_][^\d()]{1,80}[ .,(]{1,2}\(?(?:1[89]|20)\d\d[a-z]?[).,:]")
_UNFINISHED = re.compile(
    r"\s(?:of|the|and|a|an|in|on|for|with|by|to|from|or|at|as|der|die|das|und|für|von|de|la|le|et|&|et al\.)$"
    r"|\b[A-Z][a-z]{1,5}\. [A-Z][a-z]{1,5}\.$|\b[A-Z]\. ?[A-Z]\.$"
)
"""What no sentence or entry ends with: 'of', 'et al.', 'Phys. Rev.', 'A. M.'."""
_LABELLED_ENTRY = re.compile(r"\s*\[[A-Z][A-Za-z+&]{0,12}\d{2,4}[a-z]?\]\s+[A-Z]")
_LABEL = re.compile(r"(?:[^\W\d_]|\d)[^.!?;:]{2,60}:\s*$")


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    indent: int


@dataclass(slots=True)
class _Block:
    first: int
    indent: int
    lines: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    marker: str = ""
    item: bool = False


def read_plain(text: str, builder: Builder) -> None:
    """Reads plain text into the builder."""
    raw = text.expandtabs(4).split("\n")
    front = read_front_matter(raw)
    if front.title:
        builder.title = front.title
    raw[: front.end] = [""] * front.end
    _mail(raw, builder)
    links = _link_list(raw)
    lines = [
        _FURNITURE.sub(lambda m: " " * len(m.group()), line.rstrip())
        if "[" in line or "(" in line or "_" in line or ":" in line
        else line.rstrip()
        for line in raw
    ]
    headings = _headings(lines, links)
    _Plain(builder, lines, headings, links).read()


def _mail(lines: list[str], builder: Builder) -> None:
    """Takes the head, the quote marks and the signature off a mail; its subject is the title."""
    head = 0
    while head < len(lines) and re.match(r"[A-Z][\w-]{1,30}: \S|\s+\S", lines[head]):
        head += 1
    names = {line.split(":")[0].lower() for line in lines[:head]}
    if len(names & {"from", "to", "subject", "date", "message-id"}) < 3:
        return
    for number in range(head):
        if lines[number].lower().startswith("subject:") and not builder.title:
            builder.set_root(re.sub(r"^(?:(?:re|fwd?|aw):\s*)+", "", lines[number][8:].strip(), flags=re.I))
        lines[number] = ""
    end = next((n for n in range(head, len(lines)) if lines[n].rstrip() == "--" or lines[n] == "-- "), len(lines))
    lines[end:] = [""] * (len(lines) - end)
    for number in range(head, end):
        lines[number] = re.sub(r"^(?:>\s?)+", "", lines[number])


def _link_list(lines: list[str]) -> dict[str, str]:
    """The numbered links at the end of a text browser's dump, taken out of the lines."""
    found: dict[str, str] = {}
    places = []
    for number, line in enumerate(lines):
        if "://" in line or ":" in line:
            match = _LINK_LINE.match(line)
            if match:
                found.setdefault(match.group(1), match.group(2))
                places.append(number)
    body_marks = {
        m
        for number, line in enumerate(lines)
        if "[" in line
        for m in _MARKER.findall(line)
        if number < (places[0] if places else 0)
    }
    if len(found) < 3 or len(body_marks & set(found)) < 2:
        return {}
    for number in places:
        match = _LINK_LINE.match(lines[number])
        lines[number] = (
            "" if match and (match.group(1) in body_marks or not match.group(2).startswith("http")) else lines[number]
        )
    return found


@dataclass(slots=True)
class _Headings:
    """Level and text of the headings by line index, and the lines that are only their decoration."""

    at: dict[int, tuple[int, str]] = field(default_factory=dict)
    skip: set[int] = field(default_factory=set)
    inferred: set[int] = field(default_factory=set)


def _headings(lines: list[str], links: dict[str, str]) -> _Headings:
    found = _Headings()
    _underlined(lines, found)
    _wiki(lines, found)
    if links:
        _column_one(lines, found)
    if len(found.at) < 2:
        _capitals(lines, found)
    if len(found.at) < 2:
        _numbered(lines, found)
    if not any(not is_transparent(text) for _, text in found.at.values()):
        before = set(found.at)
        infer_lone_headings(lines, found.at)
        found.inferred = {n for n in set(found.at) - before if found.at[n][0] > 1 and len(found.at[n][1].split()) >= 5}
    elif not links:
        _title_above(lines, found)
        _lone_transparent(lines, found)
    if not any(not is_transparent(text) for _, text in list(found.at.values())[1:]):
        _labels(lines, found)
        _leading_lines(lines, found)
    return found


def _underlined(lines: list[str], found: _Headings) -> None:
    order: list[str] = []
    for number in range(1, len(lines)):
        match = _UNDERLINE.match(lines[number])
        if not match:
            continue
        above = lines[number - 1].strip()
        width = len(lines[number].strip())
        if not above or len(above) > 150 or _UNDERLINE.match(lines[number - 1]) or number - 1 in found.skip:
            continue
        if width < min(len(above) * 0.6, 20) or (width > len(above) + 25 and width > 60 and not above.isupper()):
            continue
        if number >= 2 and lines[number - 2].strip() and not _UNDERLINE.match(lines[number - 2]):
            continue
        style = match.group(1)
        if number >= 2 and _UNDERLINE.match(lines[number - 2]):
            found.skip.add(number - 2)
            style += "over"
        if style not in order:
            order.append(style)
        found.at[number - 1] = (order.index(style) + 2, above)
        found.skip.add(number)


def _wiki(lines: list[str], found: _Headings) -> None:
    for number, line in enumerate(lines):
        if line.startswith("=") and line.endswith("=") and (match := _WIKI_HEADING.match(line)):
            found.at[number] = (len(match.group(1)), match.group(2).strip("' "))


def _column_one(lines: list[str], found: _Headings) -> None:
    """In a dump whose text is set in, a short line in the first column is a heading."""
    filled = [line for line in lines if line.strip()]
    if sum(line.startswith("  ") for line in filled) < 0.6 * len(filled):
        return
    for number, line in enumerate(lines):
        alone = (number == 0 or not lines[number - 1].strip()) and (
            number + 1 == len(lines) or not lines[number + 1].strip()
        )
        if (
            (
                line
                and not line[0].isspace()
                and alone
                and len(line) < 110
                and not line.startswith(("[", "(", "*"))
                and number not in found.at
            )
            and line[-1] not in ".,;"
            and len(line.split()) <= 15
        ):
            first = not any(level == 2 for level, _ in found.at.values())
            found.at[number] = (2 if first else 3, line.strip())


def _alone(lines: list[str], number: int) -> bool:
    return number == 0 or not lines[number - 1].strip() or bool(_RULE.match(lines[number - 1]))


def _capitals(lines: list[str], found: _Headings) -> None:
    for number, line in enumerate(lines):
        text = line.strip()
        if (
            3 < len(text) < 80
            and text.isupper()
            and _alone(lines, number)
            and len(text.split()) <= 10
            and (
                sum(char.isalpha() for char in text) >= 0.6 * len(text.replace(" ", ""))
                and not line.startswith("   ")
                and re.search(r"[^\W\d_]{4}", text)
            )
        ):
            found.at.setdefault(number, (2, text.strip("*-= :")))


def _numbered(lines: list[str], found: _Headings) -> None:
    """Lines such as '2.1 Methods' that stand alone; a run of numbered lines is a list and not meant."""
    candidates = {}
    for number, line in enumerate(lines):
        match = _NUMBERED.match(line)
        if (
            not match
            or not _alone(lines, number)
            or line.rstrip()[-1] in ".,;:"
            or len(line.split()) > 11
            or re.search(r"\b(?:1[89]|20)\d\d\b|https?:", line)
        ):
            continue
        candidates[number] = (match.group(1).count(".") + 2, match.group(2).strip())
    following = [
        sum(1 for other in lines[n + 1 : n + 4] if other.strip() and not _NUMBERED.match(other)) for n in candidates
    ]
    if len(candidates) >= 2 and sum(1 for count in following if count) >= 0.6 * len(candidates):
        for number, value in candidates.items():
            found.at.setdefault(number, value)


def _leading_lines(lines: list[str], found: _Headings) -> None:
    """Short lines that open a paragraph of longer lines or of items, in a text that has no other headings."""
    places = []
    for number, line in enumerate(lines[:-1]):
        after = lines[number + 1]
        if (
            not line
            or line[0].isspace()
            or len(line) > 60
            or not after.strip()
            or not _alone(lines, number)
            or number in found.at
        ):
            continue
        if (
            line[-1] in ".,;)"
            or not (line[0].isupper() or line[0].isdigit())
            or len(line.split()) > 7
            or _ITEM.match(line)
        ):
            continue
        if (_ITEM.match(after) or len(after) > max(60, 1.4 * len(line))) and not re.search(
            r"https?:|\(?\b(?:1[89]|20)\d\d\)?", line
        ):
            places.append(number)
    if len(places) >= 2:
        for number in places:
            found.at.setdefault(number, (3, lines[number].strip().rstrip(": ")))


def _labels(lines: list[str], found: _Headings) -> None:
    """'Vision:' alone on its line, in a text that has no other headings."""
    places = [
        n
        for n, line in enumerate(lines)
        if len(line) < 70
        and _LABEL.match(line)
        and _alone(lines, n)
        and not _ITEM.match(line)
        and len(line.split()) <= 7
    ]
    if len(places) >= 2:
        for number in places:
            found.at.setdefault(number, (3, lines[number].strip().rstrip(": ")))


def _title_above(lines: list[str], found: _Headings) -> None:
    """A first line that stands alone above everything is the page's title."""
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or first in found.at or first in found.skip or first > min(found.at):
        return
    text = lines[first].strip()
    below = lines[first + 1].strip() if first + 1 < len(lines) else ""
    if (
        (not below or _RULE.match(below))
        and len(text.split()) <= 14
        and text[-1] not in ".,;"
        and "http" not in text
        and not _ITEM.match(text)
    ):
        found.at[first] = (1, text)


def _lone_transparent(lines: list[str], found: _Headings) -> None:
    """'References' alone on its line ends the section above whatever the style of the other headings."""
    deepest = min((level for level, text in found.at.values() if level > 1), default=2)
    for number, line in enumerate(lines):
        if (
            3 < len(line) < 40
            and number not in found.at
            and is_transparent(line)
            and _alone(lines, number)
            and not line.startswith(("[", " "))
        ):
            found.at[number] = (deepest, line.strip())


class _Plain:
    """Reads the lines between headings into blocks."""

    def __init__(self, builder: Builder, lines: list[str], headings: _Headings, links: dict[str, str]) -> None:
        self.builder = builder
        self.lines = lines
        self.headings = headings
        self.links = links
        self.width = _wrap_width(lines)
        self.block: _Block | None = None

    def read(self) -> None:
        """Reads everything."""
        for number, text in enumerate(self.lines):
            if number in self.headings.skip:
                continue
            if number in self.headings.at:
                self.flush()
                level, heading = self.headings.at[number]
                inline = self.inline(heading, number)
                inline.text = _MARKER.sub("", inline.text) if self.links else inline.text
                fields = (("inferred", "1"),) if number in self.headings.inferred else ()
                self.builder.heading(level, inline, number + 1, *fields)
            elif not text.strip() or _RULE.match(text):
                self.flush()
            else:
                self.take(_Line(number, text, len(text) - len(text.lstrip())))
        self.flush()

    def take(self, line: _Line) -> None:
        """Adds a line to the block that is being read, or begins the next."""
        match = _ITEM.match(line.text)
        block = self.block
        following = bool(
            match and block and block.marker and (match.group(2) or match.group(3)) == str(int(block.marker) + 1)
        )
        if match and (following or not (block and match.group(3) and self._wrapped(block, line))):
            self.flush()
            numbered = match.group(2) or match.group(3) or ""
            kept = line.text[match.start(3) - 1 :] if match.group(3) else line.text[match.end() :]
            self.block = _Block(line.number, line.indent, [kept.strip()], marker=numbered, item=True)
            return
        if block is None:
            self.block = _Block(line.number, line.indent, [line.text.strip()])
            return
        if line.indent > block.indent and not (block.indent == 0 and line.indent < 2):
            if not self._wrapped(block, line):
                block.breaks.append(len(block.lines))
            block.lines.append(line.text.strip())
        elif not self._dedented(block, line) and not _LABELLED_ENTRY.match(line.text) and self._wrapped(block, line):
            block.lines.append(line.text.strip())
        else:
            self.flush()
            self.block = _Block(line.number, line.indent, [line.text.strip()])

    def _dedented(self, block: _Block, line: _Line) -> bool:
        """True where the line comes back out of lines that were set in below the block's first."""
        before = self.lines[line.number - 1]
        return line.indent <= block.indent < len(before) - len(before.lstrip()) and len(block.lines) > 1

    def _wrapped(self, block: _Block, line: _Line) -> bool:
        """True where the line before was full, so that this one goes on with it."""
        before = self.lines[line.number - 1].rstrip() if line.number else ""
        if not before:
            return False
        start = line.text.lstrip()
        word = start.split(maxsplit=1)[0]
        if _opens(before) or (before.endswith("-") and before[-2:-1].isalpha()):
            return True
        goes_on = (word[0].islower() or word[0] in "(&") and before[-1] not in ".!?;:" and "://" not in word
        if not self.width:
            return goes_on and len(before) > 45
        if goes_on and len(before) > 0.6 * self.width:
            return True
        full = len(before.rsplit(maxsplit=1)[0]) if " " in before.strip() else 0
        if _UNFINISHED.search(before[-24:]) and len(before) > 0.6 * self.width:
            return True
        if (_ENTRY.match(start) and before[-1] in ".)]/") or ("://" in before.rsplit(maxsplit=1)[-1] and full):
            return False  # a reference after a full stop, or what follows an address at the end of a line
        if full > self.width:  # longer than wrapped lines are, unless this paragraph is wrapped wider than the others
            return full < 1.4 * self.width and before[-1].isalpha() and len(line.text) > 0.8 * self.width
        return len(before) + 1 + len(word) > self.width

    def inline(self, text: str, number: int) -> Inline:
        """The inline text, with the links of a dump put where their markers stand."""
        inline = read_inline(text, number + 1, plain=True)
        if self.links:
            for match in _MARKER.finditer(inline.text):
                target = self.links.get(match.group(1))
                if target:
                    label = _following(inline.text, match.end())
                    line = number + 1 + sum(1 for start in inline.starts[1:] if start <= match.start())
                    inline.links.append(
                        Link(label, target, line, match.start(), min(match.end() + len(label), len(inline.text)))
                    )
        return inline

    def flush(self) -> None:
        """Adds the block that is being read."""
        block, self.block = self.block, None
        if block is None:
            return
        inline = self.inline("\n".join(block.lines), block.first)
        fields: list[tuple[str, str]] = [("number", block.marker)] if block.marker else []
        if block.breaks and len(inline.starts) > max(block.breaks):
            fields.append(("breaks", " ".join(str(inline.starts[index]) for index in block.breaks)))
        self.builder.add("item" if block.item else "paragraph", inline, block.first + 1, *fields)


def _opens(line: str) -> bool:
    """True where a quotation or bracket that begins on the line is still open at its end."""
    if len(line) < 30:
        return False
    quotes = line.count('"') % 2 == 1 or line.count("“") > line.count("”")
    return quotes or (line.rfind("(") > line.rfind(")") and len(line) - line.rfind("(") < 60)


def _following(text: str, start: int) -> str:
    """The words after a dump's link marker, as far as the link may reach."""
    rest = text[start : start + 160]
    lead = len(rest) - len(rest.lstrip())
    stop = re.search(r"\s{3,}|\[\d|[.;:!?](?:\s|$)|\s\(", rest[lead:])
    return rest[: lead + (stop.start() if stop else min(len(rest) - lead, 100))]


def _wrap_width(lines: list[str]) -> int:
    """The width at which the text was wrapped, 0 where each line is a paragraph of its own.

    Judged by the lines that surely go on (the next one begins in lower case): none of them had room for one word more.
    """
    needed = []
    for line, after in pairwise(lines):
        start = after.lstrip()
        if len(line) > 30 and start[:1].islower() and len(line) < 130 and not re.search(r"[.!?;:]$", line):
            needed.append(len(line) + 1 + len(start.split(maxsplit=1)[0]))
    if len(needed) < 3:
        return _usual_length(lines)
    needed.sort()
    return max(needed[len(needed) // 10] - 1, needed[len(needed) // 2] - 14, 40)


def _usual_length(lines: list[str]) -> int:
    """The length that most lines inside paragraphs come close to from below, 0 where they come close to none."""
    followed = [len(line) for line, after in pairwise(lines) if 40 <= len(line) <= 110 and after.strip()]
    best, width = 0, 0
    for limit in range(50, 111):
        count = sum(1 for length in followed if limit - 12 < length <= limit)
        if count > best:
            best, width = count, limit
    return width - 2 if best >= 3 and best >= 0.4 * len(followed) else 0
