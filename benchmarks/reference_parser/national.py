"""Styles of one country: Russia, Brazil, Germany's historians."""

from __future__ import annotations

from benchmarks.reference_parser.names import Piece, as_editors, names, one_name
from benchmarks.reference_parser.parts import closing, day, maybe, span_of, whole_title
from benchmarks.reference_parser.works import WORDS, Work


def gost(work: Work) -> list[Piece]:
    """Russian references by GOST 7.1, 7.0.5 and 7.0.100."""
    random = work.random
    form = random.choice(("together-spaced", "together-dots", "inverted", "inverted-close"))
    form = f"upper-{form}" if random.random() < 0.08 else form
    full = random.random() < 0.35
    shown = work.authors[:1] if full else work.authors
    rest = random.choice((" и др.", " [и др.]", " et al."))
    pieces = names(shown, form, ", ", ", ", rest=rest)
    pieces += [(" ", "O"), whole_title(work)]
    dash = random.choice((". – ", ". — ", ". - ", ". ", ". "))
    if random.random() < 0.12:
        medium = random.choice((" [Электронный ресурс]", " [Текст]", " : электронный"))
        pieces.append((medium, "O"))
    if full:
        direct = random.choice(("direct", "direct-close"))
        pieces += [(" / ", "O"), *_other_authors(work, direct)]
    year, page = (str(work.year), "Y"), (f"С. {span_of(work)}", "L")
    if work.kind in ("article", "chapter", "web"):
        numbers = [
            [
                (f"Т. {work.volume}", "L"),
                (random.choice((dash, ", ")), "O"),
                (f"№ {work.issue}", "L"),
            ],
            [(f"№ {work.issue}", "L")],
            [(f"Вып. {work.issue}", "L")],
            [(f"Т. {work.volume}, вып. {work.issue}", "L")],
            [(f"№ {work.issue} ({work.volume})", "L")],
        ]
        venue = work.journal if work.kind != "chapter" else work.book
        pieces += [(" // ", "O"), (venue, "V"), (dash, "O")]
        if work.kind == "chapter" and random.random() < 0.7:
            pieces += [(work.place, "P"), (random.choice((": ", " : ")), "P"), (work.publisher, "P"),
                       (", ", "O")]  # fmt: skip
        pieces += [year, (dash, "O"), *random.choice(numbers), (dash, "O"), page, (".", "O")]
        return [*pieces, *closing(work)]
    if work.kind == "thesis":
        pieces += [(random.choice((" : ", ": ", ". ")), "O"), (work.word("thesis"), "O")]
    if random.random() < 0.25:
        pieces += [(dash, "O"), (random.choice(WORDS["ru"]["edition"]), "O")]
    colon = random.choice((" : ", ": "))
    pieces += [(dash, "O"), (work.place, "P")]
    if random.random() < 0.85:
        pieces += [(colon, "P"), (work.publisher, "P")]
    pieces += [(", ", "O"), year]
    if random.random() < 0.7:
        pieces += [(dash, "O"), (f"{random.randint(80, 900)} с", "L")]
    return [*pieces, (".", "O"), *closing(work)]


def _other_authors(work: Work, form: str) -> list[Piece]:
    """The authors behind the stroke: the first once more, and those who stand only there."""
    first = "".join(text for text, _ in one_name(*work.authors[0], form))
    pieces: list[Piece] = [(first, "O")]
    for person in work.authors[1:]:
        pieces += [(", ", "X"), *one_name(*person, form)]
    return pieces


def abnt(work: Work) -> list[Piece]:
    """Brazilian references by NBR 6023."""
    random = work.random
    form = random.choice(("upper-inverted-full", "upper-inverted", "upper-inverted"))
    pieces = names(work.authors, form, "; ", "; ", rest=random.choice((" et al.", "; et al.")))
    if pieces[-1][0].endswith("."):
        pieces.append((" ", "O"))
    else:
        pieces.append((". ", "O"))
    bold = random.choice(("**", "*", "", ""))
    title, year = whole_title(work), (str(work.year), "Y")
    if work.kind == "article":
        issue = random.choice(
            (
                f"v. {work.volume}, n. {work.issue}",
                f"v.{work.volume}, n.{work.issue}",
                f"n. {work.issue}",
            )
        )
        months = random.choice(("", "", f"{work.word('month')}/{work.word('month')} "))
        return [*pieces, title, (". ", "O"), (bold, "O"), (work.journal, "V"), (bold + ", ", "O"),
                *maybe(random, 0.65, (work.place, "P"), (", ", "O")), (issue, "L"), (", ", "O"),
                (f"p. {span_of(work)}", "L"), (", ", "O"), (months, "L"), year, (".", "O"), *closing(work)]  # fmt: skip
    if work.kind == "chapter":
        people = as_editors(names(work.editors, "upper-inverted", "; ", "; "))
        return [*pieces, title, (". In: ", "O"), *people, (random.choice((" (Org.). ", " (Orgs.). ", " (org.). ", ". ")), "E"),
                (bold, "O"), (work.book, "V"), (bold + ". ", "O"), (work.place, "P"), (": ", "P"), (work.publisher, "P"), (", ", "O"),
                year, (". ", "O"), (f"p. {span_of(work)}", "L"), (".", "O")]  # fmt: skip
    pieces += [(bold, "O"), title, (bold + ". ", "O")]
    if work.kind == "web":
        when = [year, (". ", "O")] if random.random() < 0.5 else []
        return [*pieces, *when, (f"Disponível em: https://example.org/{work.first}", "D"), (". ", "O"),
                (f"Acesso em: {day(work)}.", "D")]  # fmt: skip
    if work.kind == "thesis":
        return [*pieces, year, (". ", "O"), (f"{work.first} f. ", "L"), (work.word("thesis"), "O"), (" – ", "O"),
                (work.word("school"), "P"), (", ", "O"), (work.place, "P"), (", ", "O"), (str(work.year), "O"), (".", "O")]  # fmt: skip
    edition = maybe(random, 0.4, (random.choice(WORDS["pt"]["edition"]), "O"), (" ", "O"))
    tail = maybe(random, 0.25, (". ", "O"), (f"{work.first} p", "L"))
    return [*pieces, *edition, (work.place, "P"), (": ", "P"), (work.publisher, "P"), (", ", "O"), year, *tail, (".", "O"),
            *closing(work)]  # fmt: skip


def german_history(work: Work) -> list[Piece]:
    """'Wehner, Karl: Briefe, in: Hefte 77 (2008), S. 14–39.', with 'Vgl.' and 'Ders.' in notes."""
    random = work.random
    form = random.choice(("inverted-full", "direct-full", "direct-full", "spaced-full"))
    between = random.choice((", ", "/", " / ", "; ", " und "))
    pieces: list[Piece] = maybe(
        random,
        0.25,
        (random.choice(("Vgl. ", "Vgl. ", "Siehe ", "Vgl. dazu ", "S. ", "So ", "Dazu ")), "O"),
    )
    pieces += names(work.authors, form, between, between, rest=random.choice((" u.a.", " et al.")))
    if work.kind == "edited" or random.random() < 0.05:
        pieces.append((random.choice((" (Hg.)", " (Hrsg.)", " (Hgg.)")), "X"))
    pieces += [(random.choice((": ", ": ", ", ")), "O")]
    mark = random.choice((("", ""), ("", ""), ("„", "“"), ("*", "*")))
    pieces += [(mark[0], "O"), whole_title(work), (mark[1], "O")]
    year, page = (str(work.year), "Y"), (f"S. {span_of(work)}", "L")
    here = maybe(random, 0.15, (f", hier S. {work.first + 1}", "L"))
    if work.kind in ("article", "web"):
        pieces += [
            (random.choice((", in: ", ", in: ", ". In: ", ", in ", "; in: ")), "O"),
            (work.journal, "V"),
        ]
        pieces += random.choice((
            [(" ", "O"), (f"{work.volume}", "L"), (" (", "O"), year, ("), ", "O"), page],
            [(", ", "O"), (f"{work.volume}", "L"), (" (", "O"), year, ("), ", "O"), page],
            [(" ", "O"), (f"{work.volume}", "L"), (", ", "O"), year, (", ", "O"), page],
            [(" ", "O"), (f"{work.volume}", "L"), (" (", "O"), year, ("), ", "O"), (f"H. {work.issue}", "L"), (", ", "O"), page],
            [(" ", "O"), (f"{work.volume}/{work.issue}", "L"), (" (", "O"), year, ("), ", "O"), page],
            [(", ", "O"), (f"Jg. {work.volume}", "L"), (", ", "O"), year, (", ", "O"), (f"Nr. {work.issue}", "L"), (", ", "O"), page],
            [(" v. ", "O"), (f"{work.issue}.5.", "L"), year, (", ", "O"), page],
        ))  # fmt: skip
        return [*pieces, *here, (".", "O"), *closing(work)]
    if work.kind == "chapter":
        people = as_editors(
            names(
                work.editors,
                random.choice(("direct-full", "inverted-full")),
                ", ",
                random.choice(("/", " / ", ", ", " und ")),
            )
        )
        book = [(work.book, "V")]
        if random.random() < 0.8:
            book = [
                *people,
                (random.choice((" (Hg.): ", " (Hrsg.), ", " (Hrsg.): ", " (Hgg.), ")), "E"),
                *book,
            ]
        elif random.random() < 0.3:
            book += [(". Hrsg. von ", "E"), *people]
        tail = random.choice(
            (
                [(work.place, "P"), (" ", "O"), year],
                [
                    (work.place, "P"),
                    (": ", "P"),
                    (work.publisher, "P"),
                    (random.choice((" ", ", ")), "O"),
                    year,
                ],
            )
        )
        return [
            *pieces,
            (random.choice((", in: ", ". In: ")), "O"),
            *book,
            *maybe(random, 0.12, (f" (= Studien zur {work.word('noun')} {work.issue})", "O")),
            (random.choice((", ", ", ", ". ")), "O"),
            *tail,
            (", ", "O"),
            page,
            *here,
            (".", "O"),
        ]
    pieces += maybe(random, 0.12, (f", Bd. {work.issue}", "O"))
    pieces += maybe(random, 0.12, (random.choice((", 2. Aufl.", ", 3., erw. Auflage")), "O"))
    pieces += [(random.choice((", ", ", ", ". ")), "O")]
    if work.kind == "thesis":
        pieces += [(random.choice(("Diss. ", "Diss. phil. ", "Magisterarbeit ")), "O")]
    colon = [(": ", "P"), (work.publisher, "P")] if random.random() < 0.4 else []
    pieces += [(work.place, "P"), *colon, (random.choice((" ", " ", ", ")), "O"), year]
    if random.random() < 0.25:
        pieces += [(", ", "O"), (f"S. {work.first}", "L")]
    return [*pieces, (".", "O"), *closing(work)]
