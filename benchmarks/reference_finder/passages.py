"""Invented blocks of notes: references among what readers write around them, with their labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.reference_parser.names import Piece, initials
from benchmarks.reference_parser.parts import PENDING, span_of, whole_title
from benchmarks.reference_parser.styles import OWN
from benchmarks.reference_parser.works import LANGUAGES, QUOTES, WORDS, Work, fill, make_work
from litmap.parsing.grammar import EAST_ASIAN_LETTERS

HERE = Path(__file__).parent
SHARES = (32, 12, 10, 8, 7, 7, 9, 7, 7, 4)
"""Of the languages, in the order of `LANGUAGES`."""
OUTSIDE, PEOPLE, TITLE, YEAR, REST = "OATYR"
_LABELS = dict.fromkeys("FGCX", PEOPLE) | {"T": TITLE, "Y": YEAR}
_SLOT = re.compile(r"\{(\w+)\}")
_UNSPACED = ("zh", "ja")
EAST_ASIAN = re.compile(f"[{EAST_ASIAN_LETTERS}]").match
CJK_QUOTES = {
    "zh": (("《", "》"), ("《", "》"), ("“", "”"), ("〈", "〉")),
    "ja": (("「", "」"), ("『", "』")),
    "ko": (("「", "」"), ("『", "』"), ("“", "”"), ("<", ">")),
}
NUMBERS = (1, 2, 3, 4, 5, 6, 7, 9, 12, 14, 17, 23, 28, 31, 40, 64, 112, 240)


def read_phrases(language: str) -> dict[str, list[str]]:
    """What stands around references in a language, by kind."""
    phrases: dict[str, list[str]] = {}
    for line in (HERE / "words" / f"{language}.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, entries = line.partition(": ")
            phrases[name] = [entry for entry in entries.split(" | ") if entry.strip()]
    return phrases


PHRASES = {language: read_phrases(language) for language in LANGUAGES}


@dataclass
class Passage:
    """A block of a note: its text, a label for each character, where references begin, and what is
    set in italics or linked.
    """

    kind: str
    text: str = ""
    labels: str = ""
    starts: set[int] = field(default_factory=set)
    emphasised: list[tuple[int, int]] = field(default_factory=list)
    linked: list[tuple[int, int]] = field(default_factory=list)

    def add(self, text: str, label: str = OUTSIDE) -> None:
        """Goes on with a text of one label."""
        self.text += text
        self.labels += label * len(text)

    def add_mention(self, names: str, between: str, year: str) -> None:
        """Goes on with people and a year, for a work without its title."""
        self.starts.add(len(self.text))
        self.add(names, PEOPLE)
        self.add(between, REST)
        self.add(year, YEAR)

    def add_reference(self, pieces: Sequence[Piece], marks: str) -> None:
        """Goes on with a reference; `marks` are the labels of what is in italics, 'L' of a linked
        title.
        """
        begun = False
        for text, label in pieces:
            if text in ("*", "_", ""):
                continue
            start = len(self.text) + len(text) - len(text.lstrip())
            if not begun:
                self.starts.add(start)
                begun = True
            if label in marks and text.strip():
                self.emphasised.append((start, len(self.text) + len(text.rstrip())))
            if "*" in marks and label == "T":
                self.linked.append((start, len(self.text) + len(text.rstrip())))
            self.add(text, _LABELS.get(label, REST))

    def cut_words(self, random: Random) -> None:
        """Parts long words by a hyphen and a blank, as lines that are broken and joined again do."""
        for match in reversed(list(re.finditer(r"[^\W\d_]{8,}", self.text))):
            at = match.start() + random.randint(3, match.end() - match.start() - 3)
            if random.random() < 0.15 and not any(map(EAST_ASIAN, self.text[at - 1 : at + 1])):
                self._insert(at, "- ")

    def _insert(self, at: int, signs: str) -> None:
        move = lambda place: place + len(signs) if place >= at else place  # noqa: E731
        self.text = self.text[:at] + signs + self.text[at:]
        self.labels = self.labels[:at] + self.labels[at - 1] * len(signs) + self.labels[at:]
        self.starts = {move(place) for place in self.starts}
        self.emphasised = [(move(start), move(end)) for start, end in self.emphasised]
        self.linked = [(move(start), move(end)) for start, end in self.linked]


# ── words ────────────────────────────────────────────────────────────────────────────────────────
def phrase(random: Random, language: str, kind: str) -> str:
    """A phrase of a kind with its slots filled."""
    return _filled(random, language, random.choice(PHRASES[language][kind]))


def _filled(random: Random, language: str, text: str) -> str:
    return _SLOT.sub(lambda match: _slot(random, language, match[1]), text)


_MENTION = re.compile(
    r"(?P<names>\{name\}(?:(?: & |/| y | e | et | и |、)\{name\})?(?: et al\.)?)(?P<between>,? ?[(（]?)(?P<year>\{year\})"
)
"""People and a year in a phrase: a work without its title."""


def add_phrase(passage: Passage, random: Random, language: str, kind: str) -> None:
    """Goes on with a phrase, the people and years in it labelled."""
    text = random.choice(PHRASES[language][kind])
    position = 0
    for match in _MENTION.finditer(text):
        passage.add(_filled(random, language, text[position : match.start()]))
        names = match["names"]
        if random.random() < 0.25:
            names = "{name} " + random.choice(ET_AL[language])
        passage.add_mention(
            _filled(random, language, names),
            match["between"],
            _filled(random, language, match["year"]) + random.choice(("", "", "", "", "a", "b")),
        )
        position = match.end()
    passage.add(_filled(random, language, text[position:]))


ET_AL = {
    "de": ("et al.", "u. a."), "ru": ("и др.", "с соавт."), "zh": ("等", "等人"), "ja": ("ほか", "ら"), "ko": ("외", "등"),
    "en": ("et al.", "et al", "and colleagues", "and others"), "fr": ("et al.",), "es": ("et al.", "y otros"),
    "it": ("et al.", "e altri"), "pt": ("et al.", "e outros"),
}  # fmt: skip


def _slot(random: Random, language: str, name: str) -> str:
    words = WORDS[language]
    if name == "n":
        return str(random.choice(NUMBERS))
    if name == "year":
        return str(random.randint(1900, 2025))
    if name == "name":
        return random.choice(words["family"])
    if name == "month":
        return random.choice(words.get("month", ["5"]))
    text = fill(random, language, name)
    return text if random.random() < 0.4 or language == "de" else text.lower()


# ── references as notes have them ────────────────────────────────────────────────────────────────
def _people(work: Work) -> list[Piece]:
    """People as one names them in passing: 'Doe', 'Doe & Roe', 'Doe et al.', 'Jane Doe'."""
    random, language = work.random, work.language
    if random.random() < 0.05:
        return [(work.word("organisation"), "F")]
    people = work.authors[:3]
    if language in ("zh", "ja", "ko"):
        whole = random.random() < 0.8
        shown = [family + (given if whole else "") for family, given in people]
        return [(random.choice(("、", "・", ", ")).join(shown), "F")]
    form = random.choice(("family", "family", "family", "direct", "initials", "behind", "comma"))
    written = {
        "family": lambda f, g: f,
        "direct": lambda f, g: f"{g} {f}",
        "initials": lambda f, g: f"{initials(g, ' ')} {f}",
        "behind": lambda f, g: f"{f} {initials(g, '', random.choice(('', '.')))}",
        "comma": lambda f, g: f"{f}, {initials(g, ' ')}",
    }[form]
    shown = [written(*person) for person in people]
    if len(shown) > 1 and random.random() < 0.35:
        return [(shown[0] + random.choice((" et al.", " et al", " u. a.", " et al.")), "F")]
    conjunction = random.choice(
        (" & ", " & ", f" {WORDS[language]['and'][0].strip()} ", "/", ", ", "; ")
    )
    if len(shown) == 3 and conjunction not in ("/", ", ", "; "):
        return [(f"{shown[0]}, {shown[1]}{conjunction}{shown[2]}", "F")]
    return [(conjunction.join(shown), "F")]


def _quoted(work: Work) -> list[Piece]:
    """The title in quotation marks."""
    random = work.random
    marks = QUOTES.get(work.language) or CJK_QUOTES[work.language]
    if random.random() < 0.25 and work.language not in CJK_QUOTES:
        marks = (('"', '"'), ("“", "”"), ("'", "'"))
    opening, close = random.choice(marks)
    close = close.replace(",", "")
    return [(opening, "O"), whole_title(work), (close, "O")]


def _titled(work: Work) -> tuple[list[Piece], bool]:
    """The title, and whether something marks it."""
    roll = work.random.random()
    if work.language in ("zh", "ja", "ko"):
        roll *= 0.75
    if roll < 0.5:
        return _quoted(work), True
    if roll < 0.75:
        return [("*", "O"), whole_title(work), ("*", "O")], True
    return [whole_title(work)], False


def _venue(work: Work) -> list[Piece]:
    """Where it was printed, in few words."""
    random = work.random
    roll = random.random()
    if roll < 0.25:
        return [(phrase(random, work.language, "informal"), "V")]
    if roll < 0.6:
        journal: list[Piece] = [(work.journal, "V")]
        if random.random() < 0.5:
            journal += [(" ", "O"), (f"{work.volume}", "L")]
            if random.random() < 0.5:
                joint = random.choice(("({i}), ", ", ", ":", "({i}): "))
                journal.append((joint.format(i=work.issue) + span_of(work), "L"))
        return journal
    if roll < 0.9:
        place, house = work.place, work.publisher
        return [(random.choice((house, f"{place}: {house}", f"{place}, {house}", place)), "P")]
    return [(f"vol. {work.volume}", "L")]


def _address(work: Work) -> list[Piece]:
    random = work.random
    number = (
        f"{random.randint(10, 24)}{random.randint(1, 12):02d}.{random.randint(1000, 99999):05d}"
    )
    form = random.choice((
        "arXiv:{n}", "https://arxiv.org/abs/{n}", "https://example.org/{n}", "doi: 10.5555/x.{n}",
        "https://doi.org/10.5555/{n}", "10.5555/ab.{n}", "https://journal.example.com/a/{n}.html",
    ))  # fmt: skip
    return [(form.format(n=number), "D")]


def informal(work: Work) -> list[Piece]:
    """A reference as people write it in passing."""
    random = work.random
    people, (title, marked), venue = _people(work), _titled(work), _venue(work)
    year: Piece = (str(work.year), "Y")
    comma: Piece = (random.choice((", ", ", ", ", ", " ")) if marked else ", ", "O")
    wide = work.language in _UNSPACED
    if wide:
        comma = (random.choice(("，", "、", ", ")), "O")
    opening, close = ("（", "）") if wide and random.random() < 0.6 else (" (", ")")
    dash = random.choice((" – ", " — ", " - ", ": ", " | "))
    by = PHRASES[work.language]["conj"][0]
    brackets: list[Piece] = [(opening, "O"), year, (close, "O")]
    forms: list[tuple[float, Callable[[], list[Piece]]]] = [
        (3, lambda: [*title, comma, *people, comma, *venue, (" ", "O"), year]),
        (3, lambda: [*title, (opening, "O"), *people, comma, *venue, (" ", "O"), year, (close, "O")]),
        (3, lambda: [*title, (opening, "O"), *people, comma, year, (close, "O")]),
        (3, lambda: [*people, comma, *title, comma, *venue, comma, year]),
        (3, lambda: [*people, (" ", "O"), year, comma, *title, *([comma, *venue] if random.random() < 0.6 else [])]),
        (2, lambda: [*people, (dash, "O"), *title, *brackets]),
        (2, lambda: [*people, (dash, "O"), *title, (opening, "O"), *venue, comma, year, (close, "O")]),
        (2, lambda: [*people, *brackets, (random.choice((" ", ": ", ", ", " – ")), "O"), *title]),
        (2, lambda: [*people, (" ", "O"), year, (dash, "O"), *title]),
        (2, lambda: [*title, (dash, "O"), *people, comma, *venue, (" ", "O"), year]),
        (2, lambda: [*title, (random.choice((". ", ", ")), "O"), *people, (". ", "O"), year]),
        (1, lambda: [*people, comma, *title, (". ", "O"), (phrase(random, work.language, "informal"), "V")]),
        (1, lambda: [*people, comma, *title, (opening, "O"), (phrase(random, work.language, "informal"), "V"), (close, "O")]),
        (1, lambda: [*title, (f" {by} ", "O"), *people, (opening, "O"), *venue, comma, year, (close, "O")]),
        (1, lambda: [*title, comma, (f"{by} ", "O"), *people, comma, *venue, comma, year]),
        (1, lambda: [*title, (f" {by} ", "O"), *people]),
        (1, lambda: [*title, (opening, "O"), *people, (close, "O")]),
        (1, lambda: [year, (dash, "O"), *people, (dash, "O"), *title]),
        (1, lambda: [year, (". ", "O"), *people, (". ", "O"), *title, (". ", "O"), *venue]),
        (1, lambda: [*title, (random.choice((" ", ": ", ", ")), "O"), *_address(work)]),
        (1, lambda: [*people, comma, *title, (" ", "O"), *_address(work)]),
        (1, lambda: [*people, (". ", "O"), *title, (f" (v{random.randint(1, 4)}.0). Zenodo, ", "V"), year]),
        (1, lambda: [*title, comma, *venue, comma, year]),
        (1, lambda: [*title, (opening, "O"), *venue, (" ", "O"), year, (close, "O")]),
        (1, lambda: [*venue, comma, year, comma, *title, (opening, "O"), *people, (close, "O")]),
        (1, lambda: [*title, (opening, "O"), (phrase(random, work.language, "informal"), "V"), comma, *people, comma, year, (close, "O")]),
        (0.7, lambda: [(work.word("organisation"), "F"), *brackets, (random.choice((": ", ". ", " ")), "O"), *title]),
        (0.7, lambda: [(work.word("organisation"), "F"), (random.choice((". ", ", ", ": ")), "O"), *title, (". ", "O"), *venue, (", ", "O"), year]),
        (0.7, lambda: [(f"[{_acronym(random)} {work.year}] ", "V"), *title, (dash, "O"), *people]),
    ]  # fmt: skip
    if work.language in ("en", "fr", "de") and random.random() < 0.06:
        owner: Piece = (random.choice((work.authors[0][0], people[0][0])), "F")
        own = random.choice(("’s ", "'s ", " "))
        return [owner, (own, "O"), *title, *(brackets if random.random() < 0.6 else [])]
    if random.random() < 0.04:
        tag = random.choice((f"'{work.year % 100:02d}", f" {work.year}", f"’{work.year % 100:02d}"))
        return [
            (f"[{_acronym(random)}{tag}] ", "V"),
            *title,
            *random.choice(([], [(". ", "O"), *people], [(dash, "O"), *people])),
        ]
    shares = [share for share, _ in forms]
    pieces = random.choices([form for _, form in forms], shares)[0]()
    if wide and random.random() < 0.3 and pieces[: len(people)] == people:
        pieces = [*people, *pieces[len(people) + 1 :]] if marked else pieces
    if random.random() < 0.12:
        pieces = [*pieces, (random.choice((" ", ". ", ", ")), "O"), *_address(work)]
    return pieces


def _acronym(random: Random) -> str:
    return "".join(random.choice("ACDEIJKLMNOPRSTV") for _ in range(random.randint(3, 5)))


def bare(work: Work) -> list[Piece]:
    """A title alone."""
    return _quoted(work) if work.random.random() < 0.15 else [whole_title(work)]


def formal(work: Work) -> list[Piece]:
    """A reference in a style of the language."""
    styles, shares = zip(*OWN[work.language], strict=True)
    return list(work.random.choices(styles, shares)[0](work))


Maker = Callable[[Work], list[Piece]]


def add(passage: Passage, work: Work, make: Maker) -> None:
    """Goes on with a reference to a work, set as notes set it."""
    random, pieces = work.random, make(work)
    if _lacks_title(pieces):
        pieces = informal(work)
    stars = any(text in ("*", "_") for text, _ in pieces)
    quoted = any(text.strip() in ("“", '"', "«", "„", "‘", "»") for text, _ in pieces)
    marks = ""
    roll = random.random()
    if stars and roll < 0.85:
        marks = "T"
    elif roll < 0.3:
        marks = "V" if quoted or work.kind in ("article", "chapter") else "T"
    elif roll < 0.36 and not quoted:
        marks = "T"
    elif roll < 0.42:
        marks = "*"
    elif roll < 0.44:
        marks = "F"
    passage.add_reference(pieces, marks)


def _lacks_title(pieces: Sequence[Piece]) -> bool:
    return all(label != "T" for _, label in pieces)


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────
def _end(passage: Passage, work: Work) -> None:
    """What the reader says behind a reference."""
    random, language = work.random, work.language
    wide = language in _UNSPACED
    if random.random() < 0.4:
        passage.add(phrase(random, language, "tail"))
    if passage.text[-1:] not in ".。!！?？)）":
        passage.add("。" if wide else random.choice((".", ". ", " –", ":", ";"))[:2].rstrip())
    for _ in range(random.choice((1, 1, 2, 3))):
        passage.add("" if wide else " ")
        add_phrase(passage, random, language, random.choice(("remark", "remark", "prose")))


def _lead(passage: Passage, random: Random, language: str) -> None:
    """What stands before a reference."""
    wide = language in _UNSPACED
    roll = random.random()
    if roll < 0.35:
        label = phrase(random, language, "label")
        joint = (
            random.choice(("：", ": ", "→"))
            if wide
            else random.choice((": ", ": ", ": ", " – ", " :: ", " - ", " → ", ". "))
        )
        start = len(passage.text)
        passage.add(label + joint)
        if random.random() < 0.3:
            passage.emphasised.append((start, start + len(label)))
        if random.random() < 0.25:
            passage.add(phrase(random, language, "lead") + ("" if wide else " "))
    elif roll < 0.7:
        lead = phrase(random, language, "lead")
        passage.add(lead + ("" if wide else random.choice((" ", " ", ": "))))
    elif roll < 0.85:
        add_phrase(passage, random, language, random.choice(("prose", "remark")))
        passage.add("" if wide else " ")
    else:
        marker = random.choice(
            ("[ ] ", "→ ", "* ", "{n}. ", "[{n}] ", "({n}) ", "!! ", "TODO ", "? ", "p. {n}: ")
        )
        passage.add(marker.format(n=random.choice(NUMBERS)))


def make_passage(random: Random) -> Passage:
    """A block of a note."""
    language = random.choices(LANGUAGES, SHARES)[0]
    kinds = (
        _alone,
        _alone_informal,
        _led,
        _ended,
        _between,
        _several,
        _title_alone,
        _remarks,
        _tasks,
        _topic,
        _term,
        _mention,
        _row,
        _title_cited,
    )
    passage = random.choices(kinds, (9, 12, 12, 8, 12, 9, 8, 16, 9, 5, 5, 8, 2, 5))[0](
        random, language
    )
    if random.random() < 0.04:
        passage.cut_words(random)
    return passage


def _work(random: Random, language: str) -> Work:
    if random.random() < 0.2:
        language = random.choice(("en", "en", random.choice(LANGUAGES)))
    return make_work(random, language)


def _kind(random: Random) -> str:
    return random.choice(("item", "item", "paragraph", "paragraph", "heading", "cell"))


def _maker(random: Random) -> Maker:
    return informal if random.random() < 0.6 else formal


def _alone(random: Random, language: str) -> Passage:
    passage = Passage(_kind(random))
    add(passage, _work(random, language), formal)
    return passage


def _alone_informal(random: Random, language: str) -> Passage:
    passage = Passage(_kind(random))
    work = _work(random, language)
    add(passage, work, informal)
    if random.random() < 0.3:
        passage.add(phrase(random, language, "tail"))
    return passage


def _led(random: Random, language: str) -> Passage:
    passage = Passage(_kind(random))
    _lead(passage, random, language)
    add(passage, _work(random, language), _maker(random))
    return passage


def _ended(random: Random, language: str) -> Passage:
    passage = Passage(_kind(random))
    work = _work(random, language)
    add(passage, work, _maker(random))
    _end(passage, make_work(random, language))
    return passage


def _between(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("paragraph", "paragraph", "item")))
    _lead(passage, random, language)
    add(passage, _work(random, language), _maker(random))
    _end(passage, make_work(random, language))
    return passage


def _several(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("paragraph", "paragraph", "item")))
    wide = language in _UNSPACED
    if random.random() < 0.5:
        _lead(passage, random, language)
    maker = _maker(random)
    joint = random.choice(("；", "。")) if wide else random.choice(("; ", "; ", ". ", ", ", " / "))
    for i in range(random.choice((2, 2, 3, 4))):
        if i:
            passage.add(
                joint
                if random.random() < 0.6
                else ("。" if wide else ". ")
                + phrase(random, language, "lead")
                + ("" if wide else " ")
            )
        add(passage, _work(random, language), maker if random.random() < 0.7 else _maker(random))
        if random.random() < 0.25:
            passage.add(phrase(random, language, "tail"))
    if random.random() < 0.4:
        _end(passage, make_work(random, language))
    return passage


def _title_alone(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("item", "item", "paragraph", "heading", "cell")))
    work = _work(random, language)
    pieces = bare(work)
    passage.add_reference(pieces, random.choice(("", "", "", "*", "T")))
    return passage


def _title_cited(random: Random, language: str) -> Passage:
    """A marked title, or one with its people alone, in the reader's own sentence."""
    passage = Passage(random.choice(("paragraph", "item")))
    work = _work(random, language)
    _lead(passage, random, language)
    pieces = _quoted(work) if random.random() < 0.6 else [whole_title(work)]
    if random.random() < 0.3:
        people = random.choice(
            (
                [(" (", "O"), *_people(work), (")", "O")],
                [(", ", "O"), *_people(work)],
                [(". ", "O"), *_people(work)],
            )
        )
        pieces = [*pieces, *people]
    passage.add_reference(pieces, "" if pieces[0][1] == "O" else random.choice(("T", "T", "*")))
    passage.add(phrase(random, language, "tail"))
    if random.random() < 0.5:
        _end(passage, work)
    return passage


def _remarks(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("paragraph", "paragraph", "item", "cell")))
    wide = language in _UNSPACED
    for i in range(random.choice((1, 1, 2, 3, 4))):
        passage.add(" " if i and not wide else "")
        _add_prose(passage, random, language, random.choice(("prose", "remark", "remark")))
    return passage


def _add_prose(passage: Passage, random: Random, language: str, kind: str) -> None:
    """A sentence of the reader's, a word of it in italics perhaps, or one that somebody said."""
    start = len(passage.text)
    if random.random() < 0.08:
        marks = QUOTES.get(language) or CJK_QUOTES[language]
        opening, close = random.choice((*marks, ('"', '"')))
        said = random.choice(
            (" — {name}", " ({name})", ", {name}", "", " — ?", " (p. {n})", " ({name}, {n}.{n}.)")
        )
        passage.add(opening + phrase(random, language, kind).rstrip(".。") + close.replace(",", ""))
        passage.add(_filled(random, language, said))
        return
    add_phrase(passage, random, language, kind)
    if random.random() < 0.12:
        words = list(re.finditer(r"[^\W\d_]{4,}(?: [^\W\d_]{4,})?", passage.text[start:]))
        if words:
            word = random.choice(words)
            passage.emphasised.append((start + word.start(), start + word.end()))


def _tasks(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("item", "item", "paragraph")))
    wide = language in _UNSPACED
    if random.random() < 0.2:
        day = (
            f"{random.randint(2015, 2026)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        )
        passage.add(f"{day} ")
    passage.add(phrase(random, language, "todo"))
    if random.random() < 0.4:
        passage.add(
            ("" if wide else random.choice((". ", "; ", " ")))
            + phrase(random, language, random.choice(("todo", "remark", "prose")))
        )
    return passage


def _topic(random: Random, language: str) -> Passage:
    passage = Passage(random.choice(("heading", "heading", "item", "paragraph")))
    passage.add(phrase(random, language, "topic"))
    return passage


def _term(random: Random, language: str) -> Passage:
    """A label with words of the reader's behind it, an address, a day."""
    passage = Passage(random.choice(("item", "paragraph")))
    place, noun = random.choice(WORDS[language]["place"]), phrase(random, language, "topic")
    year = random.randint(1950, 2025)
    text = random.choice((
        f"{phrase(random, language, 'label')}: {phrase(random, language, 'todo')}",
        f"code: https://github.com/example/{random.choice(('sieve', 'tool', 'data'))} v{random.randint(0, 3)}.{random.randint(0, 9)}",
        f"{phrase(random, language, 'topic')}: {phrase(random, language, 'todo')}",
        f"{phrase(random, language, 'topic')} ({phrase(random, language, 'todo')})",
        f"https://example.org/{random.randint(1, 9999)}", f"DOI: 10.5555/abc.{random.randint(1, 9999)}",
        f"{place} {year}", f"{place}, {year}", f"{_acronym(random)} {year}.", f"{noun} {year}", f"({noun}, {year})",
        f"{fill(random, language, 'journal')} {year}.", f"{fill(random, language, 'journal')}, {random.randint(2, 90)} ({year})",
    ))  # fmt: skip
    passage.add(text)
    return passage


def _mention(random: Random, language: str) -> Passage:
    """People and a year for a work, among words of the reader's."""
    passage = Passage(random.choice(("item", "paragraph", "paragraph", "cell")))
    wide = language in _UNSPACED
    if random.random() < 0.6:
        _lead(passage, random, language)
    for i in range(random.choice((1, 1, 2, 3))):
        if i:
            passage.add(
                random.choice(
                    (
                        "; ",
                        ", ",
                        "; ",
                        f" {WORDS[language]['and'][0].strip()} "
                        if "and" in WORDS[language]
                        else "、",
                    )
                )
            )
        _add_mention(passage, random, language)
    if random.random() < 0.6:
        if random.random() < 0.4:
            passage.add(phrase(random, language, "tail"))
        else:
            passage.add("：" if wide else random.choice((": ", " – ", ", ", ". ")))
            add_phrase(passage, random, language, random.choice(("remark", "prose")))
    return passage


def _add_mention(passage: Passage, random: Random, language: str) -> None:
    work = _work(random, language)
    family = [family for family, _ in work.authors[:3]]
    joint = random.choice(
        ("、", "・")
        if language in _UNSPACED
        else (" & ", "/", ", ", " – ", f" {WORDS[language].get('and', ['&'])[0].strip()} ")
    )
    names = joint.join(family)
    if random.random() < 0.3:
        names = family[0] + ("" if language in _UNSPACED else " ") + random.choice(ET_AL[language])
    elif random.random() < 0.15:
        names = "".join(text for text, _ in _people(work))
    roll = random.random()
    if roll < 0.1 and language == "en":
        names = names.lower()
    if roll > 0.88:
        passage.starts.add(len(passage.text))
        passage.add(names, PEOPLE)
        venue = random.choice((work.journal, _acronym(random), _acronym(random)))
        pending = random.choice(PENDING)
        passage.add(
            random.choice(
                (
                    f" ({pending})",
                    f", {venue} '{work.year % 100:02d}",
                    f", {venue} {work.year}",
                    f" in {venue}",
                    f", {venue}",
                )
            ),
            REST,
        )
        return
    between, close = random.choice(
        (" (|)", " (|)", " |", ", |", "（|）" if language in _UNSPACED else " [|]", "+|", " '|")
    ).split("|")
    year = str(work.year) if between not in ("+", " '") else f"{work.year % 100:02d}"
    passage.add_mention(names, between, year + random.choice(("", "", "", "", "a")))
    passage.add(close)


def _row(random: Random, language: str) -> Passage:
    """A row of a table: title, people, year, remarks in any order."""
    passage = Passage("cell")
    work = _work(random, language)
    cells: list[list[Piece]] = [[whole_title(work)], _people(work), [(str(work.year), "Y")]]
    if random.random() < 0.4:
        cells.append(_venue(work))
    if random.random() < 0.3:
        random.shuffle(cells)
    pieces: list[Piece] = []
    for cell in cells:
        pieces += [*([("\u2003|\u2003", "O")] if pieces else []), *cell]
    passage.add_reference(pieces, "")
    passage.add("\u2003|\u2003" + phrase(random, language, "remark"))
    return passage
