"""Libraries for reference files beside litmap's own code: `python -m
benchmarks.rivals.reference_files`.

RIS read by rispy, BibTeX read by pybtex (litmap reads with bibtexparser), and BibTeX written by
bibtexparser (with its LaTeX encoder) and pybtex: what a round through two foreign readers keeps of
hostile titles and names, what broken files cost, lines and processor time. Needs rispy and pybtex.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import random
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

from litmap.exports.bibtex import to_bibtex
from litmap.exports.keys import citation_keys
from litmap.exports.ris import to_ris
from litmap.models import BibRecord, Work
from litmap.notes.bibliographies.bibtex import bibtex_blocks
from litmap.notes.bibliographies.record import record_block
from litmap.notes.bibliographies.ris import read_ris
from litmap.notes.builder import Builder
from litmap.parsing.latex_text import plain_latex
from litmap.parsing.name_fields import given_name_first, split_names
from litmap.parsing.person_names import split_name

TITLES = [
    "Flat Minima", "Gödel, Escher, Bach: an eternal golden braid", "On {braces} and } one more", "100% of R&D_costs",
    "A $O(n^2)$ bound for $\\ell_1$", "Costs of $5 and $10", "C# and F# compared", "back\\slash and ~tilde^",
    "What is ‘life’? — an essay", "Ångström’s Δ-modulation", "Title ending in a backslash \\", "mail@host and @article",
    "DNA, RNA and PROTEIN in E. coli", "数学の歴史", "“Quoted” and ``quoted''", "Über --- und --", "x" * 300,
]  # fmt: skip
AUTHORS = [
    "Kurt Gödel", "Ludwig van Beethoven", "Charles de la Vallée Poussin", "Sammy Davis Jr", "LIGO Scientific Collaboration",
    "Johnson and Johnson", "Jean-Pierre Serre", "Ş. Ünlü", "Duns Scotus", "Plato", "José Ortega y Gasset", "李 明",
]  # fmt: skip


def works() -> list[Work]:
    """Works with every hostile title and name, numbered so that each is its own."""
    rng = random.Random(3)
    made = []
    for number in range(200):
        title = TITLES[number % len(TITLES)] + ("" if number < len(TITLES) else f" {number}")
        people = tuple(rng.sample(AUTHORS, rng.randint(1, 4)))
        ids = (f"doi:10.1000/a_{number}#x", f"arxiv:2001.{number:05d}")
        made.append(
            Work(
                ids[0],
                title,
                people,
                1950 + number % 70,
                "Journal of R&D",
                "An abstract: 5% & more.",
                ids,
            )
        )
    return made


# ── writing BibTeX ───────────────────────────────────────────────────────────────────────────────
def fields_of(work: Work) -> dict[str, str]:
    people = [split_name(author) for author in work.authors]
    names = [
        f"{p.family}, {p.given}" if p.given and not p.literal else "{" + p.family + "}"
        for p in people
    ]
    return {
        "title": work.title, "author": " and ".join(names), "year": str(work.year), "journal": work.venue,
        "doi": work.identifier("doi") or "", "abstract": work.abstract,
    }  # fmt: skip


def by_litmap(made: list[Work]) -> str:
    return to_bibtex([(work, ()) for work in made])


def by_bibtexparser(made: list[Work]) -> str:
    from bibtexparser import write_string
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexEncodingMiddleware
    from bibtexparser.model import Entry, Field

    keys = citation_keys(made)
    entries = [
        Entry("article", key, [Field(name, value) for name, value in fields_of(work).items()])
        for key, work in zip(keys, made, strict=True)
    ]
    return write_string(Library(entries), prepend_middleware=[LatexEncodingMiddleware()])


def by_pybtex(made: list[Work]) -> str:
    from pybtex.database import BibliographyData, Entry, Person

    data = BibliographyData()
    for key, work in zip(citation_keys(made), made, strict=True):
        people = [Person(author) for author in work.authors]
        told = {name: value for name, value in fields_of(work).items() if name != "author"}
        data.add_entry(key, Entry("article", told, {"author": people}))
    return data.to_string("bibtex")


# ── reading BibTeX ───────────────────────────────────────────────────────────────────────────────
Told = dict[str, tuple[str, str]]


def read_litmap(text: str) -> Told:
    """{DOI: (title, authors)} as litmap reads it."""
    found = {}
    for block in bibtex_blocks(text):
        values = dict(reversed(block.fields))
        people = [value for name, value in block.fields if name == "author"]
        found[values.get("doi", "").lower()] = (values.get("title", ""), "; ".join(people))
    return found


def read_bibtexparser(text: str) -> Told:
    from bibtexparser import parse_string
    from bibtexparser.middlewares import RemoveEnclosingMiddleware

    library = parse_string(text, parse_stack=[RemoveEnclosingMiddleware(True)])
    found = {}
    for entry in library.entries:
        values = {field.key.lower(): str(field.value) for field in reversed(entry.fields)}
        title = " ".join(plain_latex(values.get("title", "")).split())
        people = "; ".join(split_names(values.get("author", "")))
        found[values.get("doi", "").lower()] = (title, people)
    return found


def read_pybtex(text: str) -> Told:
    from pybtex.database import parse_string

    found = {}
    with redirect_stderr(io.StringIO()):
        data = parse_string(text, "bibtex")
    for entry in data.entries.values():
        names = "; ".join(
            given_name_first(plain_latex(str(p))) for p in entry.persons.get("author", [])
        )
        doi = plain_latex(entry.fields.get("doi", "")).lower()
        found[doi] = (" ".join(plain_latex(entry.fields.get("title", "")).split()), names)
    return found


def same(one: str, other: str) -> bool:
    """Equal but for blanks, TeX's quotes and dashes, and the dollar signs of mathematics."""

    def plain(text: str) -> str:
        text = (
            plain_latex(text.replace("\\", "")).replace("$", "").replace("{", "").replace("}", "")
        )
        return "".join(c for c in text.replace("~", "") if c.isalnum() or c in "&%#_@+*=<>").lower()

    return plain(one) == plain(other)


def rounds(made: list[Work]) -> list[dict[str, Any]]:
    """Each writer's file read by both readers: how many titles and lists of names came back."""
    rows = []
    for name, write in {
        "litmap": by_litmap,
        "bibtexparser": by_bibtexparser,
        "pybtex": by_pybtex,
    }.items():
        row: dict[str, Any] = {"writer": name}
        start = time.process_time()
        try:
            # one file a work, so that a work that cannot be written costs only itself
            files = []
            for work in made:
                try:
                    files.append(write([work]))
                except Exception:  # noqa: BLE001 - the measured thing
                    files.append("")
            row["cpu_ms"] = round(1000 * (time.process_time() - start), 1)
            for reader_name, read in {
                "litmap": read_litmap,
                "bibtexparser": read_bibtexparser,
                "pybtex": read_pybtex,
            }.items():
                titles = names = ids = 0
                for work, text in zip(made, files, strict=True):
                    try:
                        got = read(text)
                    except Exception:  # noqa: BLE001 - the measured thing
                        continue
                    title, people = next(iter(got.values()), ("", ""))
                    titles += same(title, work.title)
                    names += sorted(people.lower().split("; ")) == sorted(
                        a.lower() for a in work.authors
                    )
                    ids += (work.identifier("doi") or "-") in got
                row[f"{reader_name}: titles, names, ids of {len(made)}"] = (titles, names, ids)
        except ImportError as error:
            row["left out"] = str(error)
        rows.append(row)
    return rows


# ── RIS ──────────────────────────────────────────────────────────────────────────────────────────
def ris_blocks(text: str) -> list[Any]:
    """Litmap's own reading: a block for each record."""
    builder = Builder()
    read_ris(text, builder)
    return builder.blocks


def rispy_blocks(text: str) -> list[Any]:
    """Rispy in the place of `ris_blocks`: no lines, and PubMed's nbib is not its format."""
    import rispy

    found = []
    for item in rispy.loads(text):
        year = str(item.get("year") or item.get("publication_year") or item.get("date") or "")[:4]
        title = item.get("title") or item.get("primary_title") or item.get("short_title") or ""
        venue = (
            item.get("journal_name")
            or item.get("secondary_title")
            or item.get("alternate_title3")
            or ""
        )
        pairs = [
            ("key", str(item.get("id", ""))),
            ("type", item.get("type_of_reference", "").lower()),
            ("title", title),
        ]
        people = item.get("authors") or item.get("first_authors") or []
        pairs += [("author", given_name_first(name)) for name in people]
        pairs += [
            ("year", year),
            ("venue", venue),
            ("doi", item.get("doi", "")),
            ("abstract", item.get("abstract", "")),
        ]
        pairs += [("url", url) for url in item.get("urls", [])]
        block = record_block(pairs, BibRecord("ris", line=1))
        if block:
            found.append(block)
    return found


def variants(text: str) -> dict[str, str]:
    """The same records as programs and people leave them."""
    lines = text.split("\n")
    return {
        "as written": text,
        "CR LF": text.replace("\n", "\r\n"),
        "byte-order mark": "\ufeff" + text,
        "one blank before the hyphen": text.replace("  - ", " - "),
        "no blank at ER": text.replace("ER  - ", "ER  -"),
        "no ER at all": "\n".join(line for line in lines if not line.startswith("ER")),
        "last ER cut off": text[: text.rindex("ER")],
        "a line wrapped": text.replace(" of ", " of\n      "),
        "a heading before": "Provider: Example\nContent: text/plain\n\n" + text,
        "blank lines inside": text.replace("\nAU", "\n\nAU"),
        "unknown tags": text.replace("\nAU", "\nX9  - what\nAU"),
        "T1 and A1 (old EndNote)": text.replace("\nTI ", "\nT1 ")
        .replace("\nAU ", "\nA1 ")
        .replace("\nPY ", "\nY1 "),
    }


def ris_rows(made: list[Work]) -> list[dict[str, Any]]:
    """Records (title, people, year, DOI all right) that each reader gets of 200, by variant."""
    text = to_ris([(work, ()) for work in made])
    rows = []
    for what, given in variants(text).items():
        row: dict[str, Any] = {"file": what}
        for name, read in {"litmap": ris_blocks, "rispy": rispy_blocks}.items():
            row[name] = right_records(read, given, made)
        rows.append(row)
    return rows


def right_records(read: Callable[[str], list[Any]], text: str, made: list[Work]) -> int | str:
    try:
        blocks = read(text)
    except Exception as error:  # noqa: BLE001 - the measured thing
        return f"raises {type(error).__name__}"
    right = 0
    known = {work.identifier("doi"): work for work in made}
    for block in blocks:
        values = dict(reversed(block.fields))
        work = known.get(values.get("doi", ""))
        people = [value for name, value in block.fields if name == "author"]
        right += bool(
            work
            and same(values.get("title", ""), work.title)
            and len(people) == len(work.authors)
            and values.get("year") == str(work.year)
        )
    return right


def fuzz(read: Callable[[str], Any], text: str, count: int) -> dict[str, Any]:
    """What broken files cost: exceptions, and the share of records that still came."""
    whole = len(read(text))
    raised = got = 0
    start = time.process_time()
    for given in broken(text, count):
        try:
            got += len(read(given))
        except Exception:  # noqa: BLE001 - the measured thing
            raised += 1
    seconds = time.process_time() - start
    return {
        "raised": raised,
        "of": count,
        "records kept": round(got / (whole * count), 3),
        "cpu_s": round(seconds, 2),
    }


def broken(text: str, count: int) -> Iterator[str]:
    rng = random.Random(11)
    for _ in range(count):
        given = text
        for _ in range(rng.randint(1, 6)):
            at = rng.randrange(len(given))
            kind = rng.randrange(3)
            if kind == 0:
                given = given[:at] + given[at + rng.randint(1, 40) :]
            elif kind == 1:
                given = given[:at] + "".join(rng.choices('{}@",\\\n-= \u00e9', k=3)) + given[at:]
            else:
                given = given[:at] + given[at:][:100] + given[at:]
        yield given


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--fuzz", type=int, default=100)
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    made = works()
    for row in [*rounds(made), *ris_rows(made)]:
        print(json.dumps(row, ensure_ascii=False))
    some = made[:40]
    bib, ris = by_litmap(some), to_ris([(work, ()) for work in some])
    cases = {
        "BibTeX, litmap": (read_litmap, bib), "BibTeX, bibtexparser": (read_bibtexparser, bib),
        "BibTeX, pybtex": (read_pybtex, bib),
        "RIS, litmap": (ris_blocks, ris), "RIS, rispy": (rispy_blocks, ris),
    }  # fmt: skip
    for name, (read, text) in cases.items():
        print(json.dumps({"fuzz": name, **fuzz(read, text, args.fuzz)}))


if __name__ == "__main__":
    main()
