"""Real papers of many kinds: floors on the hand-checked pages, titles, and what cannot be read is
said.
"""

import json
import os
import re
from pathlib import Path

import pytest

from benchmarks.quality.extraction import KEYS, score_page
from litmap import text
from litmap.errors import PdfError

SHARED = Path(os.environ.get("LITMAP_SHARED", Path(__file__).resolve().parents[2] / "shared"))
MANIFEST = SHARED / "papers" / "manifest.json"
pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason="no test papers: set LITMAP_SHARED")

# Papers of the key that are quick to read; all of them are read by
# benchmarks/quality/extraction.py.
QUICK = (
    "arpit2017memorization", "barron1993universal", "bishop1994mdn", "darken1991towards", "freund1997boosting",
    "goodfellow2014gan", "lin2017cheap", "mehta2014exact", "pmlr-v54-graham17a", "pmlr-v9-schmidt10a",
    "rumelhart1986backprop", "zhang2021still",
)  # fmt: skip


def squash(words):
    return re.sub(r"[\W_]+", "", words.lower())


@pytest.fixture(scope="module")
def documents():
    folder = SHARED / "papers" / "files"
    return dict(
        text.extract_many([(key, folder / f"{key}.pdf") for key in QUICK], workers=2, ocr=False)
    )


def test_hand_checked_pages_keep_their_floors(documents):
    sums = {}
    for path in sorted(KEYS["first"].glob("*.json")):
        key = json.loads(path.read_text(encoding="utf-8"))
        if key["paper"] not in QUICK:
            continue
        page = documents[key["paper"]].pages[key["page"] - 1]
        for measure, value in score_page(
            "\n".join(block.text for block in page.blocks), key
        ).items():
            sums.setdefault(measure, []).append(value)
    means = {measure: sum(values) / len(values) for measure, values in sums.items()}
    assert len(sums["order"]) >= 20
    assert means["order"] >= 0.98
    assert means["found"] >= 0.99
    assert means["words"] >= 0.98
    assert means["furniture"] >= 0.97


def test_titles_abstracts_and_references_are_recognised(documents):
    titles = {
        paper["key"]: paper["title"] for paper in json.loads(MANIFEST.read_text(encoding="utf-8"))
    }
    right = sum(squash(documents[key].title) == squash(titles[key]) for key in QUICK)
    assert right >= len(QUICK) - 1
    kinds = {key: {b.kind for page in documents[key].pages for b in page.blocks} for key in QUICK}
    assert sum("abstract" in found for found in kinds.values()) >= len(QUICK) - 2
    assert sum("reference" in found for found in kinds.values()) >= len(QUICK) - 3


def test_spans_lie_inside_their_texts_and_pages(documents):
    for document in documents.values():
        for page in document.pages:
            for block in page.blocks:
                assert block.text == block.text.strip() or block.kind == "math"
                for span in block.spans:
                    assert 0 <= span.start <= span.end <= len(block.text)
                    assert -50 < span.rect[0] < span.rect[2] < page.width + 50


def test_the_texts_survive_their_files(documents):
    document = documents["lin2017cheap"]
    assert text.dumps(text.loads(text.dumps(document))) == text.dumps(document)


@pytest.mark.parametrize(
    ("key", "quality", "reason"),
    [
        ("hopfield1985optimization", "scan", "12 of 12 pages are images without text"),
        ("schmidhuber1991curious", "gibberish", "6 of 6 pages have a text layer that is gibberish"),
    ],
)
def test_what_cannot_be_read_is_said(key, quality, reason):
    [(_, document)] = list(
        text.extract_many([(key, SHARED / "papers" / "files" / f"{key}.pdf")], ocr=False)
    )
    assert not isinstance(document, PdfError)
    assert document.quality == quality
    assert reason in document.reason


def test_preview_finds_the_right_paper():
    seen = dict(
        text.preview_many([(key, SHARED / "papers" / "files" / f"{key}.pdf") for key in QUICK[:4]])
    )
    titles = {
        paper["key"]: paper["title"] for paper in json.loads(MANIFEST.read_text(encoding="utf-8"))
    }
    assert all(squash(titles[key]) in squash(seen[key].title + seen[key].text) for key in QUICK[:4])
    assert seen["arpit2017memorization"].ids == ("arxiv:1706.05394",)
