"""The drop folder: PDFs that the user puts there find their works, or become works of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from litmap.errors import LibraryError, PdfError
from litmap.models import Fact, Fetch, Problem, Work
from litmap.parsing.identifiers import normalise_id
from litmap.parsing.title_similarity import normalise_title, title_similarity
from litmap.pdfs.fetch import LookInside
from litmap.pdfs.store import Store
from litmap.pdfs.verify import Preview, is_readable, names_in, squash


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file of the drop folder with its work; `new_work` where it is none of the works given."""

    file: Path
    fetch: Fetch
    new_work: Work | None = None


def adopt(
    files: Sequence[Path],
    works: Sequence[Work],
    *,
    store: Store,
    now: str,
    read_preview: LookInside,
) -> Iterator[Adopted | Problem]:
    """Each file with its work: by the DOI or arXiv stamp in its first pages, else by its title; copied, not moved.

    A file that fits several works, or cannot be read, is a `Problem` and stays where it is.
    """
    by_id = {i: work for work in works for i in (work.id, *work.ids)}
    for file in files:
        try:
            seen = read_preview(file)
            matches = _matches(seen, file, works, by_id)
            if len(matches) > 1:
                names = "; ".join(f"{w.title} ({w.id})" for w in matches[:3])
                yield Problem(
                    str(file),
                    f"fits several works: {names}. Name the file after one's DOI or arXiv id",
                )
                continue
            work = matches[0] if matches else _new_work(seen, file, now)
            pdf = store.copy_in(file, pages=seen.pages, now=now)
        except (PdfError, LibraryError) as error:
            yield Problem(str(file), error.message)
            continue
        outcome = Fetch(work.id, "fetched", f"put into the library as {file.name}", pdf)
        yield Adopted(file, outcome, None if matches else work)


def _matches(
    seen: Preview, file: Path, works: Sequence[Work], by_id: dict[str, Work]
) -> list[Work]:
    named = [i for i in (*seen.ids, *_ids_in_name(file)) if i in by_id]
    if named:
        return [by_id[named[0]]]
    guesses = [
        t for t in (seen.title, seen.metadata_title, _title_in_name(file)) if len(squash(t)) >= 8
    ]
    close = [
        w
        for w in works
        if any(title_similarity(g, t) >= 0.9 for g in guesses for t in (w.title, *w.other_titles))
    ]
    if not close and is_readable(seen.text):
        top = squash(seen.text[:3000])
        close = [w for w in works if len(squash(w.title)) >= 20 and squash(w.title) in top]
    return [
        w
        for w in close
        if names_in(w.authors, seen.text) is not False or not is_readable(seen.text)
    ]


def _ids_in_name(file: Path) -> list[str]:
    """Ids a file's name holds: `1706.03762v5.pdf`, `10.1038_nature14539.pdf`."""
    name = file.stem
    found = [normalise_id(m) for m in re.findall(r"(?<!\d)\d{4}\.\d{4,5}(?!\d)", name)]
    doi = re.search(r"10\.\d{4,9}[_%@][^\s]{2,100}", name)
    return found + (
        [normalise_id("doi:" + re.sub(r"[_%@]", "/", doi.group(), count=1))] if doi else []
    )


def _title_in_name(file: Path) -> str:
    """`Author - 2017 - The title.pdf`, as reference managers name files."""
    parts = [part.strip() for part in re.split(r"\s[-–]\s", file.stem.replace("_", " "))]
    return max(parts, key=lambda part: len(normalise_title(part).split()))


def _new_work(seen: Preview, file: Path, now: str) -> Work:
    title = seen.title or seen.metadata_title or _title_in_name(file)
    ids = tuple(i for i in seen.ids if i.startswith(("arxiv:", "doi:")))
    ident = (
        next(iter(sorted(ids, key=lambda i: not i.startswith("arxiv:"))), "")
        or f"title:{_stable(title)}"
    )
    return Work(ident, title, ids=ids, facts=(Fact("title", title, f"the file {file.name}", now),))


def _stable(title: str) -> str:
    import hashlib

    return hashlib.sha256(f"{normalise_title(title)}|".encode()).hexdigest()[:16]
