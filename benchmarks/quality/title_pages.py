"""First pages of invented papers, with their titles: what the score of titles is trained on.

    python -m benchmarks.quality.title_pages [--count N] [--seed N] FOLDER

Writes PDFs and `key.json` ({"0000.pdf": ["Title", "Title Subtitle"]}: what counts as right) into
FOLDER. Works are invented in ten languages (`benchmarks.reference_parser.works`), what stands around
their titles comes from `benchmarks/data/title_pages`. Layouts: articles below banners and labels,
manuscripts, working papers and repository copies behind cover pages, theses, slides, chapters, letters,
reviews, appendices. The same seed gives the same pages.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

import pymupdf

from benchmarks.places import DATA
from benchmarks.reference_parser.works import LANGUAGES, WORDS

SHARES = (40, 20, 6, 6, 4, 4, 5, 7, 4, 4)
"""Of the languages, in the order of `LANGUAGES`."""
WIDE = {"zh": "china-s", "ja": "japan", "ko": "korea"}
"""The fonts of East Asian letters, which no file embeds."""
FAMILIES = (("helv", "hebo", "heit"), ("tiro", "tibo", "tiit"))
SLOT = re.compile(r"\{(\w+)\}")
LEFT, RIGHT = 60.0, 535.0
PAGES = 4
MARKS = ("∗", "*", " *", "1", "†")


@cache
def word_lists(language: str) -> dict[str, list[str]]:
    """What fills the slots in a language: words of works, and what stands around titles."""
    lists = dict(WORDS[language])
    for line in (DATA / "title_pages" / f"{language}.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            name, _, entries = line.partition(": ")
            lists[name] = entries.split(" | ")
    return lists


@dataclass
class Paper:
    """An invented paper: what its pages say."""

    random: Random
    language: str
    title: str = ""
    subtitle: str = ""
    full: str = ""
    authors: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """True in `share` of all cases."""
        return self.random.random() < share

    def say(self, name: str) -> str:
        """An entry of one of the lists."""
        return self.fill(self.random.choice(word_lists(self.language)[name]))

    def fill(self, text: str) -> str:
        """A text with its slots filled."""
        own = {
            "title": lambda: self.full,
            "year": lambda: str(self.random.randint(1975, 2025)),
            "number": lambda: str(self.random.randint(1, 90)),
            "authors": lambda: self.joined(", "),
        }
        for _ in range(4):
            text = SLOT.sub(lambda m: own[m[1]]() if m[1] in own else self._word(m[1]), text)
        return text

    def _word(self, name: str) -> str:
        return self.random.choice(word_lists(self.language)[name])

    def joined(self, between: str) -> str:
        """The authors, one behind the other."""
        return between.join(self.authors)

    def heading(self) -> str:
        """A title: mostly one of the patterns, in capitals as the language has it."""
        text = self.say("long" if self.chance(0.35) else "pattern")
        if self.language == "en" and self.chance(0.5):
            text = text[0] + text[1:].lower()
        return text[:1].upper() + text[1:]

    def name(self) -> str:
        """A person's name."""
        family, given = self._word("family"), self._word("given")
        if self.language in WIDE:
            return family + given
        if self.chance(0.25):
            given = " ".join(f"{part[0]}." for part in given.split())
        return f"{given} {family}"

    def sentence(self, about: Sequence[str] = ()) -> str:
        """A sentence of small words, nouns and the words that it is about."""
        lists = word_lists(self.language)
        pool = [*lists["small"], *lists["small"], *lists["noun"], *about]
        words = [self.random.choice(pool) for _ in range(self.random.randint(9, 18))]
        if self.language in ("zh", "ja"):
            return "".join(words) + "。"
        lower = [w if self.language == "de" or w in about else w.lower() for w in words]
        text = " ".join(lower)
        return text[:1].upper() + text[1:] + ". "

    def text(self, sentences: int) -> str:
        """Running text that writes the words of the title now and then."""
        about = [word for word in self.title.split() if len(word) > 3]
        return "".join(self.sentence(about) for _ in range(sentences))


@dataclass
class Print:
    """How a part is printed: size in points, face ('r', 'b' or 'i'), side, distance of lines."""

    size: float
    face: str = "r"
    side: str = "l"
    leading: float = 1.2


class Sheet:
    """The pages of a paper, written from top to bottom."""

    def __init__(
        self, random: Random, language: str, size: tuple[float, float] = (595, 842)
    ) -> None:
        self.random, self.size = random, size
        self.pdf = pymupdf.open()
        names = random.choice(FAMILIES)
        wide = WIDE.get(language)
        self.faces = dict.fromkeys("rbi", wide) if wide else dict(zip("rbi", names, strict=True))
        self.spaces = wide is None or language == "ko"
        self.wide = wide is not None
        self.y = 0.0
        self.right = size[0] - (595 - RIGHT)
        self.new_page()

    def new_page(self, y: float = 50) -> None:
        """A new page, written from `y` on."""
        if self.pdf.page_count:
            self.written.commit()
        page = self.pdf.new_page(width=self.size[0], height=self.size[1])
        if not self.wide:
            for name in self.faces.values():
                page.insert_font(fontname=f"own-{name}", fontbuffer=_font(name).buffer)
        self.written = page.new_shape()
        self.y = y

    def close(self, title: str) -> pymupdf.Document:
        """The pages, with a title among the file's properties."""
        self.written.commit()
        self.pdf.set_metadata({"title": title})
        return self.pdf

    def skip(self, low: float, high: float) -> None:
        """White space."""
        self.y += self.random.uniform(low, high)

    def length(self, text: str, look: Print) -> float:
        """Width in points."""
        if self.wide:
            return sum(look.size * (0.5 if char.isascii() else 1.0) for char in text)
        name = self.faces[look.face]
        words = text.split(" ")
        spaces = (len(words) - 1) * _width(name, " ")
        return look.size * (sum(_width(name, word) for word in words) + spaces)

    def put(self, text: str, x: float, y: float, look: Print) -> None:
        """Text at a place of the page."""
        name = self.faces[look.face] if self.wide else f"own-{self.faces[look.face]}"
        self.written.insert_text((x, y), text, fontname=name, fontsize=look.size)

    def line(self, text: str, look: Print, left: float = LEFT) -> None:
        """A line below the last."""
        self.y += look.size * look.leading
        room = self.right - left - self.length(text, look)
        x = left + {"l": 0.0, "c": room / 2, "r": room}[look.side]
        self.put(text, max(x, 20.0), self.y, look)

    def write(self, text: str, look: Print, width: float = 475, left: float = LEFT) -> None:
        """A text in lines of a width."""
        joint = " " if self.spaces else ""
        line: list[str] = []
        full = 0.0
        for word in text.split() if self.spaces else text:
            long = self.length(word + joint, look)
            if line and full + long > width:
                self.line(joint.join(line), look, left)
                line, full = [], 0.0
            line.append(word)
            full += long
        if line:
            self.line(joint.join(line), look, left)


@cache
def _font(name: str) -> pymupdf.Font:
    return pymupdf.Font(name)


@cache
def _width(name: str, word: str) -> float:
    """The width of a word at one point."""
    return float(_font(name).text_length(word, 1))


@dataclass
class Look:
    """How the parts of one paper's front page are set."""

    title: Print
    body: float
    side: str
    capitals: bool
    beside: bool


def choose_look(random: Random) -> Look:
    """A look that journals and manuscripts have."""
    body = random.choice((9.0, 10.0, 10.0, 10.5, 11.0, 12.0))
    side = random.choice(("l", "c", "c"))
    ratio = random.choice((1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2.0, 2.3))
    face = random.choice("bbbr") if ratio > 1.15 else random.choice("bbbbi")
    leading = random.choice((1.1, 1.2, 1.25, 1.35, 1.5))
    title = Print(body * ratio, face, side, leading)
    beside = side == "l" and ratio > 1.35 and random.random() < 0.25
    return Look(title, body, side, random.random() < 0.13, beside)


# ── above the title ──────────────────────────────────────────────────────────────────────────────
def issue_line(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The journal with volume and pages, a publisher or a DOI in small print."""
    text = paper.random.choice(
        (
            "{journal} {number} ({year}), {number}-1{number}",
            "{publisher} · Volume {number} · Article {number}",
            "{journal}, Vol. {number}, No. {number}, {year}, pp. {number}–1{number}",
            "DOI: 10.9999/abc.{number}{number}",
            "{authors} {journal} {year}, {number}:{number}",
            "{draft}",
        )
    )
    text = text.replace("{draft}", paper.say("draft"))
    sheet.line(paper.fill(text), Print(8, paper.random.choice("ri"), paper.random.choice("lcr")))
    sheet.skip(5, 30)


def journal_name(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The journal in large print, its letters set apart or not, with its number below."""
    text = paper.say("journal")
    style = paper.random.choice(("spaced", "capitals", "plain", "plain"))
    if style == "spaced" and not sheet.wide:
        text = "  ".join(" ".join(word) for word in text.upper().split())
    elif style == "capitals":
        text = text.upper()
    size = look.title.size * paper.random.choice((0.8, 0.9, 1.0, 1.25, 1.5))
    side = paper.random.choice((look.side, "l", "c"))
    sheet.write(text, Print(size, paper.random.choice("bri"), side))
    if paper.chance(0.5):
        sheet.line(paper.fill("Vol. {number}, No. {number} ({year})"), Print(9, "r", side))
    sheet.skip(14, 40)


def series_name(paper: Paper, sheet: Sheet, look: Look) -> None:
    """A series in print of the title's size or larger, with who edits it or its number."""
    size = look.title.size * paper.random.choice((0.9, 1.0, 1.2, 1.45))
    how = Print(size, paper.random.choice("bbr"), paper.random.choice((look.side, "c", "r")), 1.25)
    for part in paper.say("series").split("/"):
        sheet.write(part, how)
    sheet.skip(12, 70)


def publisher_lines(paper: Paper, sheet: Sheet, look: Look) -> None:
    """Publisher, journal, volume and DOI in small lines, one below the other."""
    side = paper.random.choice("llr")
    for text in (
        "{publisher}",
        "{journal}",
        "Volume {year}, Article ID {number}4{number}, 9 pages",
    ):
        sheet.line(paper.fill(text), Print(7.5, "r", side))
    sheet.line(paper.fill("https://doi.org/10.9999/{year}/{number}{number}"), Print(7.5, "r", side))
    sheet.skip(14, 50)


def journal_box(paper: Paper, sheet: Sheet, look: Look) -> None:
    """A box with the journal's name and address."""
    sheet.line("Contents lists available at HarbourDirect", Print(8, "r", "c"))
    sheet.skip(4, 10)
    size = paper.random.choice((13, 14, 16, 18))
    sheet.line(paper.say("journal"), Print(size, paper.random.choice("rb"), "c"))
    sheet.skip(4, 10)
    sheet.line("journal homepage: www.harbour.example/locate/name", Print(8, "r", "c"))
    sheet.skip(14, 30)


def two_heads(paper: Paper, sheet: Sheet, look: Look) -> None:
    """Small lines to the left and right: the journal, and its number or the label."""
    sheet.line(paper.say("journal"), Print(9, "i", "l"))
    right = paper.random.choice((paper.say("label"), paper.fill("{year}, Vol. {number}({number})")))
    how = Print(9, "r", "r")
    sheet.put(right, sheet.right - sheet.length(right, how), sheet.y, how)
    sheet.skip(14, 40)


BANNERS = (
    issue_line,
    issue_line,
    journal_name,
    series_name,
    publisher_lines,
    journal_box,
    two_heads,
)


def label(paper: Paper, sheet: Sheet, look: Look) -> None:
    """What kind of text follows: in the title's print, smaller, larger, on the other side."""
    text = paper.say("label")
    kind = paper.random.choice(("same", "small", "small", "capitals", "italic"))
    if kind == "same":
        sheet.line(text, look.title)
        sheet.skip(0, 8)
        return
    size = paper.random.choice((8, 9, 10, 11, 12, look.title.size * 0.85))
    face = "i" if kind == "italic" else paper.random.choice("br")
    side = paper.random.choice((look.side, look.side, "r"))
    sheet.line(text.upper() if kind == "capitals" else text, Print(size, face, side))
    sheet.skip(2, 16)


# ── title and names ──────────────────────────────────────────────────────────────────────────────
def print_title(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The title in its print, with a subtitle behind it or below it, or one in another language."""
    text, how = paper.full, look.title
    paper.keys = [text]
    below = paper.subtitle if paper.full == paper.title else ""
    width = 300 if look.beside else paper.random.choice((475, 475, 420, 350))
    top = sheet.y
    if below:
        paper.keys.append(f"{text} {below}")
    elif paper.chance(0.15):
        text += paper.random.choice(MARKS)
        paper.keys.append(text)
    if paper.chance(0.04):
        text = f"{paper.random.randint(1, 30)}{paper.random.choice(('.', ''))} {text}"
        paper.keys.append(text)
    sheet.write(text.upper() if look.capitals else text, how, width)
    if below:
        _print_below(paper, sheet, look, width)
    elif paper.chance(0.07):
        sheet.skip(2, 10)
        sheet.write(paper.heading(), Print(how.size * 0.8, "i", how.side, how.leading), width)
    if look.beside:
        _print_beside(paper, sheet, top)


def _print_below(paper: Paper, sheet: Sheet, look: Look, width: float) -> None:
    """The subtitle below the title: in its print, smaller, lighter, behind white space."""
    how = look.title
    sheet.skip(0, paper.random.choice((2, 6, 25)))
    same = paper.chance(0.35)
    size = how.size * (1.0 if same else paper.random.choice((0.75, 0.8, 0.85)))
    face = how.face if same else paper.random.choice((how.face, "r", "i"))
    text = paper.subtitle.upper() if look.capitals and paper.chance(0.3) else paper.subtitle
    sheet.write(text, Print(size, face, how.side, how.leading), width)


def _print_beside(paper: Paper, sheet: Sheet, top: float) -> None:
    """Small lines beside the title: the journal's number and terms."""
    for text in (
        "{journal}",
        "{year}, Vol. {number}({number})",
        "© The Author(s) {year}",
        "Reprints",
    ):
        top += 11
        sheet.put(paper.fill(text)[:34], 420, top, Print(7.5))


def names_in_line(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The authors one behind the other, with marks or without."""
    between = paper.random.choice((", ", ", ", " & ", " / ", " and ", " · ", "; "))
    names = [f"{name}{paper.random.choice('12*')}" for name in paper.authors]
    text = between.join(names if paper.chance(0.3) else paper.authors)
    if paper.chance(0.12):
        text = text.upper()
    sheet.write(
        text, Print(paper.random.choice((10, 11, 12, 13)), paper.random.choice("rrib"), look.side)
    )
    sheet.skip(1, 8)
    for _ in range(paper.random.choice((0, 1, 1, 2, 3))):
        sheet.write(paper.say("department"), Print(9, paper.random.choice("ri"), look.side))
    if paper.chance(0.3):
        sheet.line("author@harbour.example", Print(9, "r", look.side))


def names_stacked(paper: Paper, sheet: Sheet, look: Look) -> None:
    """Each author with an institution below."""
    for name in paper.authors[:3]:
        sheet.line(name, Print(paper.random.choice((11, 12, 13)), "r", look.side))
        sheet.write(paper.say("department"), Print(9.5, "i", look.side))
        sheet.skip(2, 8)


def names_beside(paper: Paper, sheet: Sheet, look: Look) -> None:
    """Two authors beside each other, their institutions below."""
    names = [*paper.authors, paper.name()][:2]
    rows = (
        names,
        [paper.say("school") for _ in names],
        ["one@harbour.example", "two@tide.example"],
    )
    for row in rows:
        sheet.y += 13
        for x, text in zip((110, 330), row, strict=True):
            sheet.put(text[:40], x, sheet.y, Print(10))


NAMES = (names_in_line, names_in_line, names_in_line, names_stacked, names_beside)


def names_above(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The authors above the title, often in larger print."""
    large = paper.chance(0.5)
    size = look.title.size * paper.random.choice((0.9, 1.0, 1.13)) if large else 12
    face = paper.random.choice("bbr") if large else paper.random.choice("ri")
    sheet.write(
        paper.joined(paper.random.choice((", ", " / ", " & "))), Print(size, face, look.side)
    )
    sheet.skip(6, 24)


def dates(paper: Paper, sheet: Sheet, look: Look) -> None:
    """When it was received, a draft's note, or how to cite it."""
    sheet.skip(4, 14)
    sheet.write(
        paper.say(paper.random.choice(("received", "received", "draft"))),
        Print(8.5, "r", look.side),
    )
    if paper.chance(0.2):
        cited = paper.fill("{authors} ({year}) {title}. {journal}, {number}, 1–9.")
        sheet.write(f"{paper.say('cite')} {cited}", Print(8, "r", "l"))


# ── the text ─────────────────────────────────────────────────────────────────────────────────────
def summary(paper: Paper, sheet: Sheet, look: Look) -> None:
    """The abstract below its heading or behind it, and the keywords."""
    sheet.skip(12, 36)
    how = Print(max(look.body - 1, 8.5))
    if paper.chance(0.6):
        sheet.line(
            paper.say("abstract"), Print(look.body, "b", paper.random.choice(("l", look.side)))
        )
        sheet.write(paper.text(5), how)
    else:
        sheet.write(f"{paper.say('abstract')}: {paper.text(5)}", how)
    if paper.chance(0.6):
        sheet.skip(2, 8)
        sheet.write(paper.say("keywords"), how)


def fill_page(paper: Paper, sheet: Sheet, look: Look, leading: float = 1.2) -> None:
    """Running text to the foot of the page, with a heading now and then."""
    end = sheet.size[1] - 70
    while sheet.y < end:
        if paper.chance(0.3) and sheet.y < end - 60:
            sheet.skip(8, 14)
            size = look.body * paper.random.choice((1.0, 1.1, 1.25))
            sheet.write(paper.say("noun" if paper.chance(0.5) else "opening"), Print(size, "b"))
        sheet.write(paper.text(paper.random.randint(2, 4)), Print(look.body, "r", "l", leading))
        sheet.skip(0, 5)


def go_on(paper: Paper, sheet: Sheet, look: Look, leading: float = 1.2, pages: int = PAGES) -> None:
    """The text from here to the end, with running heads or without."""
    fill_page(paper, sheet, look, leading)
    head = paper.random.choice(
        ("", paper.title[:80], paper.title.upper()[:60], "{authors}", "{journal} {year}, {number}")
    )
    head = paper.fill(head)[:90]
    for number in range(2, pages + 1):
        sheet.new_page()
        if head:
            sheet.line(f"{head}    {number}" if paper.chance(0.5) else head, Print(8, "i", "c"))
        sheet.skip(14, 24)
        fill_page(paper, sheet, look, leading)


# ── layouts ──────────────────────────────────────────────────────────────────────────────────────
def article(paper: Paper, sheet: Sheet) -> None:
    """An article of a journal, a series or a server of preprints."""
    look = choose_look(paper.random)
    if paper.chance(0.75):
        paper.random.choice(BANNERS)(paper, sheet, look)
    if paper.chance(0.38):
        label(paper, sheet, look)
    above = paper.chance(0.15)
    if above:
        names_above(paper, sheet, look)
    print_title(paper, sheet, look)
    if not above:
        sheet.skip(5, 22)
        paper.random.choice(NAMES)(paper, sheet, look)
    if paper.chance(0.35):
        dates(paper, sheet, look)
    if paper.chance(0.8):
        summary(paper, sheet, look)
    sheet.skip(10, 24)
    go_on(paper, sheet, look)


def manuscript(paper: Paper, sheet: Sheet) -> None:
    """A manuscript with wide distances of lines, its title in the print of the text."""
    look = choose_look(paper.random)
    leading = paper.random.choice((1.7, 2.0, 2.3))
    size = paper.random.choice((12, 12, 14, 17))
    look.title = Print(size, paper.random.choice("rrb"), "c", leading)
    look.body, look.side, look.beside = 12.0, "c", False
    if paper.chance(0.3):
        sheet.line(f"Running head: {paper.title.upper()[:50]}", Print(12))
    sheet.skip(10, 140)
    print_title(paper, sheet, look)
    sheet.skip(6, 40)
    for name in paper.authors[:3]:
        sheet.line(name, Print(12, "r", "c", leading))
        sheet.line(paper.say("school"), Print(12, "r", "c", leading))
    if paper.chance(0.5):
        summary(paper, sheet, look)
    elif paper.chance(0.5):
        sheet.new_page()
    sheet.skip(10, 30)
    go_on(paper, sheet, look, leading)


def working_paper(paper: Paper, sheet: Sheet) -> None:
    """A cover with series, title, authors and date; the paper itself behind it."""
    look = choose_look(paper.random)
    cover = Print(paper.random.choice((16, 18, 22)), paper.random.choice("br"), look.side, 1.25)
    series_name(paper, sheet, look)
    sheet.skip(20, 120)
    sheet.write(paper.full, cover, 420)
    if paper.subtitle and paper.full == paper.title:
        sheet.skip(4, 30)
        sheet.write(paper.subtitle, cover, 420)
    sheet.skip(10, 60)
    sheet.write(paper.joined(", "), Print(13, "r", look.side))
    sheet.skip(20, 200)
    sheet.write(paper.fill("{place}, {year}"), Print(11, "r", look.side))
    sheet.write(paper.say("department"), Print(11, "r", look.side))
    sheet.new_page()
    print_title(paper, sheet, look)
    paper.random.choice(NAMES)(paper, sheet, look)
    summary(paper, sheet, look)
    go_on(paper, sheet, look, pages=3)


COVERS: tuple[tuple[tuple[str, float, str, float], ...], ...] = (
    (
        ("HAL Id: hal-0{number}{number}", 11, "b", 60),
        ("https://hal.example/hal-0{number}{number}", 10, "r", 2),
        ("Submitted on 3 May {year}", 10, "r", 2),
        (
            "HAL is a multi-disciplinary open access archive for the deposit of documents",
            9,
            "r",
            20,
        ),
        ("{title}", 17, "b", 30),
        ("{authors}", 12, "r", 10),
        ("To cite this version:", 10, "b", 40),
        ("{authors}. {title}. {journal}, {year}, {number}, pp.1-9.", 10, "r", 4),
    ),
    (
        ("{title}", 12, "r", 60),
        ("Author(s): {authors}", 10, "r", 3),
        ("Source: {journal}, Vol. {number}, No. {number} ({year}), pp. 1-9", 10, "r", 3),
        ("Published by: {publisher}", 10, "r", 3),
        ("Stable URL: https://www.jstor.example/stable/{number}{number}", 10, "r", 3),
        ("Accessed: 02-05-{year} 10:12 UTC", 10, "r", 3),
        ("Your use of the JSTOR archive indicates your acceptance of the terms of use", 9, "r", 60),
    ),
    (
        ("See discussions, stats, and author profiles for this publication", 8, "r", 20),
        ("{title}", 15, "b", 12),
        ("Article in {journal} · May {year}", 10, "b", 8),
        ("CITATIONS 12    READS 345", 8, "r", 20),
        ("{authors}", 10, "r", 12),
        ("SEE PROFILE", 8, "r", 4),
        ("All content following this page was uploaded by the author", 8, "r", 200),
    ),
    (
        ("Open Access Repository", 15, "b", 30),
        ("{title}", 15, "b", 40),
        ("{authors}", 11, "r", 4),
        ("Veröffentlichungsversion / Published Version", 10, "r", 14),
        ("Suggested Citation / Empfohlene Zitierung:", 10, "b", 30),
        ("{authors}: {title}. {journal} {number} ({year}), pp. 1-9.", 10, "r", 4),
        ("Terms of use / Nutzungsbedingungen", 9, "b", 60),
    ),
    (
        ("{organisation}", 16, "b", 30),
        ("{title}", 14, "r", 60),
        ("Citation", 10, "b", 30),
        ("{authors}. “{title}.” {journal} {number} ({year}): 1-9.", 10, "r", 2),
        ("Version: Author's accepted manuscript", 10, "r", 8),
        ("Terms of use: see the repository's pages", 10, "r", 4),
        ("Downloaded from the institutional repository", 9, "r", 40),
    ),
    (
        ("{publisher}", 20, "b", 40),
        ("Working Paper", 12, "r", 12),
        ("{title}", 14, "b", 6),
        ("{series}", 11, "r", 8),
        ("Suggested Citation: {authors} ({year}): {title}, {series}", 9, "r", 30),
        ("This Version is available at: https://hdl.example/10419/{number}", 9, "r", 20),
        ("Standard-Nutzungsbedingungen / Terms of use:", 9, "b", 40),
    ),
)
"""Cover pages as repositories and networks put them before papers: text, size, face, white above."""


def repository_copy(paper: Paper, sheet: Sheet) -> None:
    """An article behind the cover page of a repository."""
    for text, size, face, above in paper.random.choice(COVERS):
        sheet.y += above
        said = text.replace("{series}", "{journal}")
        sheet.write(paper.fill(said), Print(size, face))
    sheet.new_page()
    article(paper, sheet)


def offprint(paper: Paper, sheet: Sheet) -> None:
    """An article behind the cover of its journal's issue, which names the issue and its articles."""
    side = paper.random.choice("lc")
    sheet.skip(10, 60)
    journal = paper.say("journal")
    sheet.write(journal, Print(paper.random.choice((18, 22, 26)), paper.random.choice("br"), side))
    sheet.line(paper.fill("Vol. {number}, No. {number} ({year})"), Print(12, "b", side, 2))
    sheet.skip(20, 60)
    if paper.chance(0.5):
        sheet.write(paper.heading(), Print(16, "b", side))
        sheet.write(paper.name(), Print(14, "b", side))
    sheet.skip(20, 40)
    titles = [paper.heading() for _ in range(5)]
    for title in (titles[0], paper.full, *titles[1:]):
        sheet.write(f"{title}", Print(10))
        sheet.write(
            f"{paper.name()}, {paper.name()} {paper.random.randint(1, 300)}", Print(10, "i")
        )
        sheet.skip(3, 6)
    sheet.new_page()
    article(paper, sheet)


def thesis(paper: Paper, sheet: Sheet) -> None:
    """A thesis: school, title, degree, author, date; contents or a summary behind."""
    look = choose_look(paper.random)
    look.title.size, look.beside = paper.random.choice((15, 18, 22, 26)), False
    look.side = look.title.side = "c"
    school = Print(paper.random.choice((12, 14, 16, 20)), paper.random.choice("rb"), "c")
    sheet.write(paper.say("school"), school)
    sheet.write(paper.say("department"), Print(12, "r", "c"))
    sheet.skip(40, 120)
    before = paper.chance(0.3)
    if before:
        sheet.write(paper.say("thesis"), Print(12, "r", "c"))
        sheet.skip(20, 50)
    print_title(paper, sheet, look)
    sheet.skip(20, 60)
    if not before:
        sheet.write(paper.say("thesis"), Print(12, "i", "c"))
    sheet.line(paper.authors[0], Print(14, "r", "c", 2))
    sheet.line(paper.say("degree"), Print(11, "r", "c", 2))
    sheet.line(paper.fill("{place}, {year}"), Print(11, "r", "c", 3))
    sheet.new_page()
    summary(paper, sheet, look)
    sheet.new_page()
    go_on(paper, sheet, look, pages=2)


def slides(paper: Paper, sheet: Sheet) -> None:
    """Slides: a title page, then heads with a few lines."""
    look = choose_look(paper.random)
    look.title = Print(paper.random.choice((16, 18, 22)), paper.random.choice("rb"), "c")
    look.beside = False
    sheet.y = sheet.size[1] * 0.3
    print_title(paper, sheet, look)
    sheet.skip(15, 40)
    names_in_line(paper, sheet, Look(look.title, 10, "c", False, False))
    sheet.line(paper.fill("{place}, {year}"), Print(11, "r", "c", 2))
    for _ in range(PAGES):
        sheet.new_page(20)
        sheet.write(paper.say("noun"), Print(17, "b"))
        for _ in range(4):
            sheet.write(f"• {paper.sentence()}", Print(11, "r", "l", 1.5), 300)


def chapter(paper: Paper, sheet: Sheet) -> None:
    """A chapter of a book below its number."""
    look = choose_look(paper.random)
    if paper.chance(0.3):
        sheet.line(paper.say("book"), Print(9, "i", "c"))
    sheet.skip(20, 100)
    size = look.title.size * paper.random.choice((0.8, 1.0, 1.0, 1.4))
    sheet.line(paper.say("chapter"), Print(size, paper.random.choice("br"), look.side))
    sheet.skip(4, 30)
    print_title(paper, sheet, look)
    sheet.skip(6, 20)
    if paper.chance(0.7):
        sheet.line(paper.joined(", "), Print(12, paper.random.choice("ri"), look.side))
    sheet.skip(16, 60)
    go_on(paper, sheet, look)


def letter(paper: Paper, sheet: Sheet) -> None:
    """A letter to a journal, or a review of a book."""
    look = choose_look(paper.random)
    issue_line(paper, sheet, look)
    label(paper, sheet, look)
    print_title(paper, sheet, look)
    sheet.skip(4, 12)
    if paper.chance(0.5):
        sheet.write(paper.say("review"), Print(look.body, "r", look.side))
    else:
        sheet.line(paper.say("letter"), Print(look.body))
    sheet.skip(4, 12)
    go_on(paper, sheet, look, pages=2)


def appendix(paper: Paper, sheet: Sheet) -> None:
    """An appendix that names its paper, with contents."""
    look = choose_look(paper.random)
    paper.full = paper.title = paper.say("appendix")
    paper.subtitle = ""
    print_title(paper, sheet, look)
    sheet.skip(4, 20)
    names_in_line(paper, sheet, look)
    sheet.skip(10, 20)
    for number in range(1, 9):
        row = f"A.{number} {paper.say('noun')}"
        sheet.line(f"{row} {'. ' * 40}{number + 1}", Print(10))
    sheet.skip(10, 20)
    go_on(paper, sheet, look, pages=3)


LAYOUTS: dict[Callable[[Paper, Sheet], None], int] = {
    article: 58,
    manuscript: 8,
    working_paper: 6,
    repository_copy: 8,
    offprint: 3,
    thesis: 4,
    slides: 3,
    chapter: 6,
    letter: 4,
    appendix: 3,
}
"""The layouts and how often they come."""


def make_paper(random: Random) -> tuple[pymupdf.Document, list[str]]:
    """A paper's pages, and the titles that count as right."""
    language = random.choices(LANGUAGES, SHARES)[0]
    layout = random.choices(list(LAYOUTS), list(LAYOUTS.values()))[0]
    paper = Paper(random, language)
    paper.title = paper.heading()
    if paper.chance(0.35):
        subtitle = paper.say("subtitle")
        paper.subtitle = subtitle[:1].upper() + subtitle[1:]
    paper.full = paper.title
    if paper.subtitle and (paper.chance(0.5) or layout in (repository_copy, offprint)):
        between = random.choice((": ", ": ", " – ", ". "))
        paper.full = f"{paper.title}{between}{paper.subtitle}"
    paper.authors = [paper.name() for _ in range(random.choice((1, 1, 2, 2, 3, 4, 6)))]
    sheet = Sheet(random, language, (500, 375) if layout is slides else (595, 842))
    sheet.y = random.uniform(35, 100)
    layout(paper, sheet)
    return sheet.close(file_title(paper)), paper.keys


def file_title(paper: Paper) -> str:
    """The title among the file's properties: none, the paper's, a file's name, a slug, another."""
    slug = "-".join(re.findall(r"[a-z]+", paper.title.lower()))
    kinds = (
        "",
        paper.keys[0],
        "final_version.docx",
        f"abc-{slug}"[:70],
        paper.say("journal"),
        "1..9",
    )
    return paper.random.choices(kinds, (45, 25, 10, 8, 6, 6))[0]


def write_papers(folder: Path, count: int, seed: int = 1) -> dict[str, list[str]]:
    """Writes `count` papers into a folder; the titles that count as right, by file name."""
    key = {}
    for number in range(count):
        pdf, titles = make_paper(Random(f"{seed}-{number}"))
        pdf.save(folder / f"{number:04}.pdf")
        key[f"{number:04}.pdf"] = titles
    return key


def main() -> None:
    """Writes papers and their key."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    key = write_papers(options.folder, options.count, options.seed)
    text = json.dumps(key, ensure_ascii=False, indent=1)
    (options.folder / "key.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
