"""Styles of Latin script and Russian, put together at random, and some of single fields."""

from __future__ import annotations

from benchmarks.reference_parser.names import Piece, as_editors, names, one_name
from benchmarks.reference_parser.parts import (
    EDITORS,
    IN,
    MEDIA,
    MORE,
    PAGES,
    PENDING,
    SERIES,
    TRANSLATED,
    UNPUBLISHED,
    address,
    closing,
    maybe,
    pages,
    span_of,
    volume,
    whole_title,
)
from benchmarks.reference_parser.works import QUOTES, SLOT, WORDS, Work

FORMS = {
    "en": ("inverted", "inverted", "inverted-full", "together", "direct", "direct-full",
           "direct-full", "together", "inverted-close"),
    "de": ("inverted-full", "inverted-full", "inverted", "direct-full", "together", "direct"),
    "fr": ("inverted", "upper-spaced-full", "direct-full", "inverted-full", "upper-inverted-full",
           "direct", "spaced-full"),
    "es": ("inverted", "inverted-full", "inverted-full", "upper-inverted-full", "direct-full"),
    "it": ("direct", "inverted-full", "inverted", "direct-full", "upper-inverted-full"),
    "pt": ("upper-inverted-full", "upper-inverted", "inverted", "inverted-full", "direct-full"),
    "ru": ("together-spaced", "together-dots", "inverted", "inverted-close", "direct",
           "together-spaced"),
}  # fmt: skip


def author_part(work: Work) -> list[Piece]:
    """The authors in one of the ways of the language."""
    random, language = work.random, work.language
    if random.random() < 0.03:
        return [(work.word("organisation"), "F")]
    form = random.choice(FORMS[language])
    conjunctions = WORDS[language]["and"]
    inverted = "inverted" in form
    if (inverted and random.random() < 0.4) or (language == "pt" and form.startswith("upper")):
        between = last = "; "
    elif language == "de" and random.random() < 0.35:
        between = last = random.choice((" / ", "/ ", "/"))
    elif language == "fr" and random.random() < 0.1:
        between = last = " - "
    else:
        between = ", "
        comma = "," if language == "en" and random.random() < 0.5 else ""
        last = random.choice((f"{comma} {random.choice(conjunctions).strip()} ", ", "))
    rest = random.choice(MORE[language]) if random.random() < 0.5 else ""
    turned = form == "inverted-full" and between == ", "
    return names(work.authors, form, between, last, rest=rest, turned=turned)


def dated_authors(work: Work) -> tuple[list[Piece], bool, str]:
    """Authors with or without their date, whether there was one, and the sign behind."""
    random = work.random
    pieces = author_part(work)
    if work.kind == "edited":
        mark = random.choice(EDITORS[work.language])
        pieces.append((mark if mark[0] == "," else f" {mark}", "X"))
    letter = random.choice(("", "", "", "", "a", "b"))
    year = (f"{work.year}{letter}", "Y")
    if random.random() < 0.06:
        more = random.choice((f", {random.choice(WORDS[work.language].get('month', ['3']))}", f" [{work.year - 30}]",
                              f", {random.choice(WORDS[work.language].get('edition', ['2']))}", f"/{work.year + 1}"))  # fmt: skip
        pieces_year = [year, (more, "O")]
    else:
        pieces_year = [year]
    roll = random.random()
    if random.random() < 0.02:
        return [*pieces, (" (", "O"), (random.choice(PENDING), "O"), ("). ", "O")], True, ". "
    if roll < 0.42 and not (work.kind == "web" and random.random() < 0.5):
        opening, close = random.choice(((" (", ")"), (" (", ")"), (" (", ")"), (", ", ""), (". ", ""),
                                        (" ", ""), (" [", "]")))  # fmt: skip
        sign = (
            random.choice((". ", ": ", ", ", " ", ". "))
            if close
            else random.choice((". ", ", ", ": "))
        )
        if not close:
            pieces_year = [year]
        return [*pieces, (opening, "O"), *pieces_year, (close + sign, "O")], True, sign
    colon = {"de": 0.6, "it": 0.1, "es": 0.15, "fr": 0.1}.get(work.language, 0.03)
    sign = ": " if random.random() < colon else random.choice((". ", ", ", ". "))
    if work.language == "ru":
        sign = random.choice((" ", " ", ". "))
    if pieces[-1][0].endswith(".") and sign == ". ":
        sign = " "
    return [*pieces, (sign, "O")], False, sign


def title_part(work: Work, *, quoted: bool, sign: str) -> list[Piece]:
    """The title and the sign behind it."""
    random = work.random
    piece = whole_title(work)
    if quoted:
        opening, close = random.choice(QUOTES[work.language])
        behind = " " if close[0] == "," else random.choice((". ", ", ", " ", ", "))
        if close == '"' and random.random() < 0.4:
            return [(opening, "O"), piece, ("." + close + " ", "O")]
        return [(opening, "O"), piece, (close + behind, "O")]
    mark = random.choice(("*", "_", "**", "")) if random.random() < 0.2 else ""
    if piece[0].endswith("?"):
        return [(mark, "O"), piece, (mark + " ", "O")]
    if sign == ", ":
        behind = random.choice((", ", ", ", ". "))
    else:
        behind = random.choice((". ", ". ", ". ", ", "))
    return [(mark, "O"), piece, (mark + behind, "O")]


def article_tail(work: Work, *, dated: bool) -> list[Piece]:
    """Journal, volume, pages, and the year where it did not stand before."""
    random, language = work.random, work.language
    pieces: list[Piece] = []
    share = {"de": 0.6, "it": 0.45, "es": 0.1, "fr": 0.15, "pt": 0.1}.get(language, 0.05)
    if random.random() < share:
        pieces.append((random.choice(IN[language]), "O"))
    mark = random.choice(("*", "_")) if random.random() < 0.25 else ""
    opening, close = ("«", "»") if language == "it" and random.random() < 0.4 else (mark, mark)
    pieces += [(opening, "O"), (work.journal, "V"), (close, "O")]
    year, number, page = (str(work.year), "Y"), volume(work), pages(work)
    if random.random() < 0.06:
        return [*pieces, *newspaper_tail(work, dated=dated)]
    if language == "pt" and random.random() < 0.5:
        pieces += [(", ", "O"), (work.place, "P")]
    if dated:
        joint = random.choice((", ", " ", ". "))
        pieces += [(joint, "O"), number, (random.choice((", ", ": ", ":")), "O"), page]
    else:
        pieces += random.choice((
            [(" ", "O"), number, (" (", "O"), year, ("), ", "O"), page],
            [(" ", "O"), number, (" (", "O"), year, ("): ", "O"), page],
            [(", ", "O"), number, (", ", "O"), year, (", ", "O"), page],
            [(" ", "O"), number, (", ", "O"), year, (", ", "O"), page],
            [(", ", "O"), number, (", ", "O"), page, (", ", "O"), year],
            [(", ", "O"), year, (", ", "O"), number, (", ", "O"), page],
            [(". ", "O"), year, (";", "O"), number, (":", "O"), page],
            [(" (", "O"), year, ("), ", "O"), number, (", ", "O"), page],
            [(", ", "O"), number, (", ", "O"), page, (" (", "O"), year, (")", "O")],
            [(" ", "O"), number, (" (", "O"), (work.word("month"), "L"), (" ", "O"), year, ("): ", "O"),
             page],
            [(", ", "O"), number, (", ", "O"), page, (", ", "O"), (work.word("month"), "L"), (" ", "O"),
             year],
            [(", ", "O"), page, (", ", "O"), year],
            [(", ", "O"), year],
        ))  # fmt: skip
    return [*pieces, (random.choice((".", "", ".")), "O")]


def newspaper_tail(work: Work, *, dated: bool) -> list[Piece]:
    """City, day and page of a newspaper: ', Boston, 3 May 2014, p. 4.'"""
    random = work.random
    month, number = work.word("month"), random.randint(1, 28)
    days = {
        "en": (f"{number} {month}", f"{month} {number},"),
        "de": (f"{number}. {month}", f"{number}.{work.issue}."),
        "es": (f"{number} de {month} de", f"{number} {month}"),
    }.get(work.language, (f"{number} {month}",))
    pieces = maybe(random, 0.6, (", ", "O"), (work.place, "P"))
    if not dated:
        when = random.choice(days)
        joint = random.choice((" vom ", ", ")) if work.language == "de" else ", "
        gap = "" if when.endswith(f".{work.issue}.") else " "
        pieces += [(joint, "O"), (when, "L"), (gap, "O"), (str(work.year), "Y")]
    page = random.choice(PAGES[work.language]).format(random.randint(1, 40))
    return [*pieces, *maybe(random, 0.5, (", ", "O"), (page, "L")), (".", "O")]


def imprint(work: Work, *, dated: bool) -> list[Piece]:
    """Place, publisher and year in one of their orders."""
    random = work.random
    year = (str(work.year), "Y")
    place, house = (work.place, "P"), (work.publisher, "P")
    colon = random.choice((": ", ": ", " : ")) if work.language in ("fr", "ru") else ": "
    both = random.choice((
        [place, (colon, "P"), house],
        [place, (colon, "P"), house],
        [place, (", ", "P"), house],
        [house, (", ", "P"), place],
        [house],
        [place],
    ))  # fmt: skip
    if dated:
        return both
    if both == [place] and work.language in ("de", "it", "es"):
        return [place, (" ", "O"), year]
    joint = random.choice((", ", ", ", " ", ". "))
    if random.random() < 0.1:
        return [("(", "O"), *both, (joint, "O"), year, (")", "O")]
    return [*both, (joint, "O"), year]


def book_tail(work: Work, *, dated: bool) -> list[Piece]:
    """Edition, imprint, and the number of pages."""
    random = work.random
    pieces: list[Piece] = []
    if random.random() < 0.1:
        number = {
            "de": "Bd. {}",
            "ru": "Т. {}",
            "fr": "t. {}",
            "it": "vol. {}",
            "es": "t. {}",
            "pt": "v. {}",
        }
        part = number.get(work.language, "vol. {}").format(
            random.choice(("1", "2", "3", "I", "II"))
        )
        more = random.choice(
            ("", "", f": {random.randint(1700, 1850)}–{random.randint(1851, 1990)}")
        )
        pieces += [(part + more, "O"), (random.choice((". ", ", ")), "O")]
    if random.random() < 0.22:
        edition = random.choice(WORDS[work.language]["edition"])
        behind = " " if edition.endswith(".") else ". "
        pieces += [(edition, "O"), (random.choice((behind, ", ")), "O")]
    pieces += imprint(work, dated=dated)
    if random.random() < 0.08:
        slot = random.choice(TRANSLATED[work.language])
        person = "".join(
            text for text, _ in one_name(*work.editors[0], random.choice(("direct", "direct-full")))
        )
        pieces = [(slot.format(person), "O"), (random.choice((". ", ", ")), "O"), *pieces]
    if random.random() < 0.08 and work.language == "de":
        pieces = [("– ", "O"), *pieces]
    if random.random() < 0.07:
        series = SLOT.sub(
            lambda m: random.choice(WORDS[work.language][m[1]]),
            random.choice(SERIES[work.language]),
        )
        return [*pieces, (random.choice((" ", ". ", ", ")), "O"), (series, "O"), (".", "O")]
    unit = {"de": "S.", "ru": "с.", "es": "págs.", "en": "pp."}.get(work.language, "p.")
    if random.random() < (0.5 if work.language == "ru" else 0.12):
        dash = random.choice((" – ", ". ", ", ", ". — "))
        return [*pieces, (dash, "O"), (f"{random.randint(90, 800)} {unit}", "L")]
    return [*pieces, (random.choice((".", "", ".")), "O")]


def chapter_tail(work: Work, *, dated: bool) -> list[Piece]:
    """'In' with editors, the book and its imprint."""
    random, language = work.random, work.language
    form = random.choice(("direct-full", "direct", "inverted-full", "inverted"))
    people = as_editors(names(work.editors, form, ", ", random.choice((", ", " / ", "/", " & "))))
    mark = random.choice(EDITORS[language])
    mark = mark if mark[0] == "," else f" {mark}"
    book = (work.book, "V")
    body = random.choice((
        [*people, (mark, "E"), (random.choice((": ", ", ", ". ")), "O"), book],
        [book],
        [book, (", ", "O"), (f"{random.choice(('ed. by', 'hg. v.', 'éd. par', 'a cura di'))} ", "E"),
         *people],
    ))  # fmt: skip
    parts = [(random.choice(IN[language]), "O"), *body, (random.choice((". ", ", ", ". ")), "O")]
    if random.random() < 0.75:
        parts += imprint(work, dated=dated)
    elif not dated:
        parts.append((str(work.year), "Y"))
    return [*parts, (random.choice((", ", ". ", ": ")), "O"), pages(work), (".", "O")]


def untitled(work: Work) -> list[Piece]:
    """As physicists write: 'A. Doe and B. Roe, Phys. Rev. Lett. 12, 345 (1998).'"""
    random = work.random
    form = random.choice(("direct", "direct", "inverted", "together"))
    pieces = names(
        work.authors,
        form,
        ", ",
        random.choice((" and ", ", and ", ", ")),
        rest=random.choice((" et al.", ", et al.")),
    )
    abbreviated = " ".join(
        word[:4] + "." if len(word) > 5 else word for word in work.journal.split()
    )
    journal = (random.choice((abbreviated, abbreviated, work.journal)), "V")
    year, number = (str(work.year), "Y"), (str(work.volume), "L")
    tail = random.choice((
        [(" ", "O"), number, (", ", "O"), (str(work.first), "L"), (" (", "O"), year, (")", "O")],
        [(" ", "O"), number, (" (", "O"), year, (") ", "O"), (str(work.first), "L")],
        [(", ", "O"), year, (", ", "O"), number, (", ", "O"), (str(work.first), "L")],
        [(" ", "O"), (f"**{work.volume}**", "L"), (", ", "O"), (str(work.first), "L"), (" (", "O"), year, (")", "O")],
    ))  # fmt: skip
    return [
        *pieces,
        (random.choice((", ", ", ", ". ")), "O"),
        journal,
        *tail,
        (".", "O"),
        *closing(work),
    ]


def in_notes(work: Work) -> list[Piece]:
    """As footnotes have it: 'Jane Doe, Title (Place: Publisher, 1990), 55–63.'"""
    random = work.random
    conjunction = f" {random.choice(WORDS[work.language]['and']).strip()} "
    pieces = names(
        work.authors, random.choice(("direct-full", "direct-full", "direct")), ", ", conjunction
    )
    pieces += maybe(random, 0.15, (", eds.", "X"))
    pieces += [(", ", "O")]
    year, part = (str(work.year), "Y"), work.kind in ("article", "web")
    opening, close = (
        random.choice(QUOTES[work.language])
        if part
        else random.choice((("", ""), ("*", "*"), ("_", "_")))
    )
    pieces += [(opening, "O"), whole_title(work), (close, "O")]
    if part:
        comma = " " if close[:1] == "," else ", "
        return [*pieces, (comma, "O"), (work.journal, "V"), (random.choice((" ", ", ")), "O"), volume(work), (" (", "O"), year,
                (random.choice(("): ", "), ")), "O"), pages(work), (".", "O"), *closing(work)]  # fmt: skip
    pieces += maybe(random, 0.15, (", " + random.choice(WORDS[work.language]["edition"]), "O"))
    return [*pieces, (" (", "O"), (work.place, "P"), (": ", "P"), (work.publisher, "P"), (", ", "O"), year,
            (random.choice(("), ", "): ", ").")), "O"), *maybe(random, 0.6, pages(work)), (".", "O")]  # fmt: skip


def by_spaces(work: Work) -> list[Piece]:
    """As journals of physics write: 'Doe J and Roe R 1973 Title J. Phys. 6 1181–203'."""
    pieces = names(work.authors, "together-bare", ", ", " and ", rest=" et al")
    return [*pieces, (" ", "O"), (str(work.year), "Y"), (" ", "O"), (work.title, "T"), (" ", "O"), (work.journal, "V"),
            (" ", "O"), (f"{work.volume} {span_of(work)}", "L")]  # fmt: skip


def of_chemists(work: Work) -> list[Piece]:
    """'Pauling, L.; Roe, R. Title, 3rd ed.; Publisher: Place, 1960.'"""
    random = work.random
    pieces = names(work.authors, "inverted", "; ", "; ", rest="; et al.")
    year = (str(work.year), "Y")
    if work.kind in ("article", "web"):
        return [*pieces, (" ", "O"), work_title(work), (". ", "O"), (work.journal, "V"), (" ", "O"), year, (", ", "O"),
                (f"{work.volume}", "L"), (", ", "O"), (span_of(work), "L"), (".", "O"), *closing(work)]  # fmt: skip
    edition = maybe(random, 0.5, (", " + random.choice(WORDS[work.language]["edition"]), "O"))
    return [*pieces, (" ", "O"), work_title(work), *edition, ("; ", "O"), (work.publisher, "P"), (": ", "P"), (work.place, "P"),
            (", ", "O"), year, (random.choice((".", "; ")), "O"), *maybe(random, 0.3, pages(work))]  # fmt: skip


def work_title(work: Work) -> Piece:
    return (work.title, "T")


def of_lecture_notes(work: Work) -> list[Piece]:
    """'Doe, J., Roe, R.: Title. In: Poe, E. (ed.) BOOK. LNCS, vol. 4, pp. 3–9. Springer (2008)'."""
    random = work.random
    pieces = names(work.authors, "inverted", ", ", ", ", rest=", et al.")
    year = (str(work.year), "Y")
    house = [
        (
            random.choice(("Springer", "Springer, Heidelberg", "Springer, Berlin", work.publisher)),
            "P",
        ),
        (" (", "O"),
        year,
        (")", "O"),
    ]
    pieces += [(": ", "O"), whole_title(work), (". ", "O")]
    if work.kind in ("article", "web"):
        return [*pieces, (work.journal, "V"), (" ", "O"), volume(work), (", ", "O"), (span_of(work), "L"), (" (", "O"), year,
                (")", "O"), *closing(work)]  # fmt: skip
    if work.kind == "chapter":
        people = as_editors(names(work.editors, "inverted", ", ", ", "))
        return [*pieces, ("In: ", "O"), *maybe(random, 0.7, *people, (" (eds.) ", "E")), (work.book, "V"), (", ", "O"),
                *maybe(random, 0.5, ("LNCS, vol. 4963, ", "L")), (f"pp. {span_of(work)}", "L"), (". ", "O"), *house, *closing(work)]  # fmt: skip
    return [*pieces, *house]


def in_law(work: Work) -> list[Piece]:
    """'Jane Doe, The Path of Law, 10 HARV. L. REV. 457 (1897).'"""
    random = work.random
    pieces = names(work.authors, "direct-full", ", ", " & ")
    journal = random.choice(
        (
            "HARV. L. REV.",
            "J.L. & ECON.",
            "Yale L.J.",
            work.journal,
            "U. CHI. L. REV.",
            "Stan. L. Rev.",
        )
    )
    return [*pieces, (", ", "O"), work_title(work), (", ", "O"), (f"{work.volume}", "L"), (" ", "O"), (journal, "V"), (" ", "O"),
            (f"{work.first}", "L"), (" (", "O"), (str(work.year), "Y"), (").", "O")]  # fmt: skip


def same_authors(work: Work) -> list[Piece]:
    """A dash for the authors of the entry before."""
    pieces = general(work)
    begin = next((i for i, (_, label) in enumerate(pieces) if label not in "FGCX"), 0)
    sign = work.random.choice(("———", "—", "---", "____", "– – –"))
    return [(sign, "O"), *pieces[begin:]]


def general(work: Work) -> list[Piece]:
    """A reference in a style put together from the usual ways of its parts."""
    random = work.random
    head, dated, sign = dated_authors(work)
    part = work.kind in ("article", "chapter")
    quoted = random.random() < (0.4 if part else 0.04)
    pieces = [*head, *title_part(work, quoted=quoted, sign=sign)]
    if random.random() < (0.02 if part else 0.12):
        pieces = [*pieces[:-1], (f" [{random.choice(MEDIA[work.language])}]", "O"), pieces[-1]]
    if work.kind == "article":
        return [*pieces, *article_tail(work, dated=dated), *closing(work)]
    if work.kind == "chapter":
        return [*pieces, *chapter_tail(work, dated=dated), *closing(work)]
    if work.kind == "thesis":
        end = [] if dated else [(", ", "O"), (str(work.year), "Y")]
        thesis = [(work.word("thesis"), "O"), (", ", "O"), (work.word("school"), "P")]
        return [*pieces, *thesis, *end, (".", "O"), *closing(work)]
    if work.kind == "edited" and random.random() < 0.3:
        text = SLOT.sub(
            lambda m: random.choice(WORDS[work.language][m[1]]),
            random.choice(UNPUBLISHED[work.language]),
        )
        end = [] if dated else [(", ", "O"), (str(work.year), "Y")]
        return [*pieces, (text, "V"), *end, (".", "O"), *closing(work)]
    if work.kind == "web":
        if pieces[-1][1] == "O":
            pieces[-1] = (pieces[-1][0].rstrip(" ,"), "O")
        year = [] if dated or random.random() < 0.5 else [(", ", "O"), (str(work.year), "Y")]
        return [*pieces, *year, *address(work)]
    if random.random() < 0.1:
        edition = random.choice(WORDS[work.language]["edition"])
        end = pieces.pop()
        pieces += [(f" ({edition})", "O"), end]
    return [*pieces, *book_tail(work, dated=dated), *closing(work)]
