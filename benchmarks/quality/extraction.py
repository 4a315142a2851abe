"""Text extraction: how fast, and how right on hand-checked pages, side by side with other libraries
in one run.

    python -m benchmarks.quality.extraction [--speed N] [--json FILE] [--quality-only] [--all]

The papers are found through LITMAP_SHARED (or `../shared` beside the checkout). The key of each
page in `benchmarks/data/pages` was made by looking at the drawn page: short quotations in the order
in which a reader reads them, quotations that may stand anywhere (captions, notes), words broken at
line ends that are one word (`joined`) or keep their hyphen (`kept`), and running heads, stamps and
page numbers that are no text (`absent`, `page_number`). The first key was proposed from litmap's
own output and its pages were looked at while the rules were made. The second, of other papers
(`pages_second`), was proposed from pypdfium2's raw text: random runs of words of random pages, each
then seen on the drawn page, put into the order of reading, and captions, notes and tables taken out
of the order.

The measures, each the mean over pages:

- order: the longest run of quotations found in the right order, as a share of all ordered ones (case, spaces and
  punctuation left out, so that a hyphen costs nothing here);
- found: share of all quotations found at all;
- words: share of the broken words that come out as they should;
- furniture: share of the running heads, stamps and page numbers that are gone.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
import time
import unicodedata
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.places import DATA, shared

KEYS = {"first": DATA / "pages", "second": DATA / "pages_second"}
Pages = list[int] | None
Reader = Callable[[Path, Pages], dict[int, str]]


# ── the readers: path → text of each page ─────────────────────────────────────────────────────────
def read_litmap(path: Path, pages: Pages) -> dict[int, str]:
    from litmap.text import extract

    document = extract(
        path, "", ocr=False
    )  # the whole paper, whatever pages are asked for: its words settle hyphens
    return {page.number: "\n".join(block.text for block in page.blocks) for page in document.pages}


def _open(path: Path) -> Any:
    import pymupdf

    pdf = pymupdf.open(path)
    if pdf.needs_pass:
        pdf.authenticate("")
    return pdf


def read_get_text(path: Path, pages: Pages) -> dict[int, str]:
    return {
        page.number + 1: page.get_text()
        for page in _open(path)
        if not pages or page.number + 1 in pages
    }


def read_get_text_sorted(path: Path, pages: Pages) -> dict[int, str]:
    return {
        page.number + 1: page.get_text(sort=True)
        for page in _open(path)
        if not pages or page.number + 1 in pages
    }


def read_pymupdf4llm(path: Path, pages: Pages) -> dict[int, str]:
    import pymupdf4llm

    wanted = [page - 1 for page in pages] if pages else None
    chunks = pymupdf4llm.to_markdown(
        _open(path), pages=wanted, page_chunks=True, show_progress=False, use_ocr=False
    )
    return dict(
        zip(pages or range(1, len(chunks) + 1), (chunk["text"] for chunk in chunks), strict=True)
    )


def read_pypdf(path: Path, pages: Pages) -> dict[int, str]:
    import pypdf

    reader = pypdf.PdfReader(path)
    if reader.is_encrypted:
        reader.decrypt("")
    return {
        n: page.extract_text() for n, page in enumerate(reader.pages, 1) if not pages or n in pages
    }


def read_pypdfium2(path: Path, pages: Pages) -> dict[int, str]:
    import pypdfium2

    pdf = pypdfium2.PdfDocument(path)
    return {
        n: pdf[n - 1].get_textpage().get_text_bounded() for n in (pages or range(1, len(pdf) + 1))
    }


def read_pdfplumber(path: Path, pages: Pages) -> dict[int, str]:
    import pdfplumber

    with pdfplumber.open(path, pages=pages or None) as pdf:
        return {page.page_number: page.extract_text() or "" for page in pdf.pages}


def read_pdfminer(path: Path, pages: Pages) -> dict[int, str]:
    from pdfminer.high_level import extract_text

    texts = extract_text(path, page_numbers=[page - 1 for page in pages] if pages else None).split(
        "\f"
    )[:-1]
    return dict(zip(pages or range(1, len(texts) + 1), texts, strict=True))


READERS: dict[str, Reader] = {
    "litmap": read_litmap,
    "PyMuPDF get_text": read_get_text,
    "PyMuPDF get_text(sort)": read_get_text_sorted,
    "pypdfium2": read_pypdfium2,
    "pypdf": read_pypdf,
    "pdfminer.six": read_pdfminer,
    "pdfplumber": read_pdfplumber,
    "pymupdf4llm": read_pymupdf4llm,
}


# ── quality ───────────────────────────────────────────────────────────────────────────────────────
def squash(text: str) -> str:
    """Letters and digits only, ligatures spelt out: what stays the same whatever a reader does with
    spaces.
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def score_page(text: str, key: dict[str, Any]) -> dict[str, float]:
    """The four measures of one page's text."""
    dense = squash(text)
    ordered, anywhere = [squash(s) for s in key["ordered"]], [squash(s) for s in key["anywhere"]]
    found = sum(s in dense for s in ordered + anywhere)
    scores = {
        "order": _longest_run(dense, ordered) / max(len(ordered), 1),
        "found": found / max(len(ordered) + len(anywhere), 1),
    }
    words = [_is_joined(text, a, b) for a, b in key["joined"]] + [
        _is_kept(text, a, b) for a, b in key["kept"]
    ]
    if words:
        scores["words"] = sum(words) / len(words)
    gone = [squash(s) not in dense for s in key["absent"]]
    if key["page_number"]:
        lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        ends = {
            word
            for line in (lines[:1] + lines[-1:])
            for word in line.split()[:1] + line.split()[-1:]
        }
        gone.append(key["page_number"] not in ends)
    if gone and dense:
        scores["furniture"] = sum(gone) / len(gone)
    return scores


def _longest_run(dense: str, ordered: list[str]) -> int:
    """The most quotations that stand in the right order; each takes the place that serves the order
    best.
    """
    tails: list[int] = []
    for quotation in ordered:
        places, at = [], dense.find(quotation)
        while at >= 0 and len(places) < 50:
            places.append(at)
            at = dense.find(quotation, at + 1)
        for place in reversed(places):
            k = bisect_left(tails, place)
            tails[k : k + 1] = [place]
    return len(tails)


def _is_joined(text: str, first: str, second: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    broken = re.search(
        rf"\b{re.escape(first)}(?:[-\u00ad\u2010\u0002\ufffe]\s*|\s+){re.escape(second)}\b", plain
    )
    return broken is None and re.search(rf"\b{re.escape(first + second)}\b", plain) is not None


def _is_kept(text: str, first: str, second: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return (
        re.search(rf"\b{re.escape(first[:-1])}[-\u2010\u2011]{re.escape(second)}\b", plain)
        is not None
    )


def run_quality(folder: Path, names: list[str], pages: Path) -> dict[str, dict[str, float]]:
    """The mean of each measure for each reader over the keys in `pages`, and the number of
    pages.
    """
    keys = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(pages.glob("*.json"))]
    results: dict[str, dict[str, float]] = {}
    for name in names:
        sums: dict[str, list[float]] = {}
        texts: dict[str, dict[int, str]] = {}
        for key in keys:
            paper = key["paper"]
            if paper not in texts:
                wanted = sorted(other["page"] for other in keys if other["paper"] == paper)
                texts[paper] = _read(
                    READERS[name], folder / "papers" / "files" / f"{paper}.pdf", wanted, name
                )
            scores = score_page(texts[paper].get(key["page"], ""), key)
            for measure, value in scores.items():
                sums.setdefault(measure, []).append(value)
            if "--misses" in sys.argv and name == "litmap" and min(scores.values()) < 1:
                print(
                    paper, key["page"], {m: round(v, 2) for m, v in scores.items()}, file=sys.stderr
                )
        results[name] = {measure: sum(values) / len(values) for measure, values in sums.items()} | {
            "pages": len(keys)
        }
    return results


def _read(reader: Reader, path: Path, pages: Pages, name: str) -> dict[int, str]:
    try:
        return reader(path, pages)
    except Exception as error:  # noqa: BLE001 - a library that cannot read a file scores nothing on its pages
        print(f"{name}: {path.name}: {type(error).__name__}: {str(error)[:80]}", file=sys.stderr)
        return {}


# ── speed ─────────────────────────────────────────────────────────────────────────────────────────
def run_speed(folder: Path, names: list[str], count: int) -> dict[str, float]:
    """Pages a CPU second of each reader, over the same sample of papers of at most 40 pages."""
    manifest = json.loads((folder / "papers" / "manifest.json").read_text(encoding="utf-8"))
    papers = [paper for paper in manifest if paper["pages"] <= 40 and not paper["encrypted"]]
    sample = random.Random(0).sample(papers, min(count, len(papers)))
    speeds: dict[str, float] = {}
    for name in names:
        _read(READERS[name], folder / "papers" / sample[0]["file"], [1], name)  # import and warm up
        begin, pages = time.process_time(), 0
        for paper in sample:
            pages += len(_read(READERS[name], folder / "papers" / paper["file"], None, name))
        speeds[name] = pages / (time.process_time() - begin)
    return speeds


def run_all(folder: Path) -> dict[str, Any]:
    """Every paper through the worker processes: how many gave text, and the reason of each
    other.
    """
    from litmap.errors import PdfError
    from litmap.text import extract_many

    manifest = json.loads((folder / "papers" / "manifest.json").read_text(encoding="utf-8"))
    begin, pages = time.perf_counter(), 0
    qualities: dict[str, int] = {}
    reasons: dict[str, str] = {}
    items = [(paper["key"], folder / "papers" / paper["file"]) for paper in manifest]
    for key, reply in extract_many(items, workers=2, timeout_s=900):
        if isinstance(reply, PdfError):
            qualities["error"] = qualities.get("error", 0) + 1
            reasons[key] = reply.message
            continue
        pages += len(reply.pages)
        qualities[reply.quality] = qualities.get(reply.quality, 0) + 1
        if reply.reason:
            reasons[key] = reply.reason
    return {
        "seconds": time.perf_counter() - begin,
        "pages": pages,
        "qualities": qualities,
        "reasons": reasons,
    }


def print_table(key: str, quality: dict[str, dict[str, float]], speeds: dict[str, float]) -> None:
    """One key's table."""
    print(
        f"{key + ' key':24}{'order':>8}{'found':>8}{'words':>8}{'furniture':>11}{'pages/CPU s':>13}"
    )
    for name, row in quality.items():
        cells = "".join(
            f"{row.get(m, float('nan')):>{w}.3f}"
            for m, w in (("order", 8), ("found", 8), ("words", 8))
        )
        print(
            f"{name:24}{cells}{row.get('furniture', float('nan')):>11.3f}{speeds.get(name, float('nan')):>13.1f}"
        )


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--speed", type=int, default=40, metavar="N", help="papers in the speed run (default 40)"
    )
    parser.add_argument("--only", nargs="*", help="only these readers")
    parser.add_argument("--quality-only", action="store_true")
    parser.add_argument("--keys", nargs="*", choices=[*KEYS], default=[*KEYS])
    parser.add_argument(
        "--all", action="store_true", help="also read every paper through the worker processes"
    )
    parser.add_argument(
        "--misses", action="store_true", help="print litmap's imperfect pages to stderr"
    )
    parser.add_argument("--json", type=Path, help="write the figures there")
    options = parser.parse_args()
    folder = shared()
    if folder is None:
        print("no test papers: set LITMAP_SHARED", file=sys.stderr)
        return 1
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    names = [name for name in READERS if not options.only or name in options.only]
    qualities = {key: run_quality(folder, names, KEYS[key]) for key in options.keys}
    speeds = {} if options.quality_only else run_speed(folder, names, options.speed)
    for key, quality in qualities.items():
        print_table(key, quality, speeds)
    figures: dict[str, Any] = {"quality": qualities, "speed": speeds}
    if options.all:
        figures["all"] = run_all(folder)
        print(json.dumps(figures["all"], indent=1, ensure_ascii=False))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
