"""What speaks for a work under a heading: words, vectors of title and abstract, of the body, and citations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from litmap.topics.outline import Outline
from litmap.topics.records import PaperText

if TYPE_CHECKING:
    from litmap.models import Encoder, Vectors

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Views of n works and m headings. `meaning` and `body` are (n, d), rows of norm 1 after the mean of all is taken
    (a row of zeros where there is none); `heading_scores` (n, m) are similarities to the headings' own texts, one
    array a text; `words` is a sparse (n, terms) TF-IDF matrix; `cites` a sparse symmetric (n, n) matrix."""

    meaning: Floats
    body: Floats
    words: Any
    cites: Any
    heading_scores: tuple[Floats, ...]
    terms: NDArray[np.str_]


def unit(rows: Floats) -> Floats:
    """Rows of norm 1; rows of zeros stay."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-9))


def centred(rows: Floats) -> Floats:
    """Unit rows after the mean of the rows that are not zero is taken; only differences tell headings apart."""
    filled = np.linalg.norm(rows, axis=1) > 1e-9
    if filled.sum() < 3:
        return unit(rows)
    out = np.zeros_like(rows)
    out[filled] = rows[filled] - rows[filled].mean(axis=0)
    return unit(out)


def column_scores(scores: Floats) -> Floats:
    """Each heading's scores on one scale: some headings are close to everything, which says nothing."""
    if scores.shape[0] < 3:
        return scores - scores.mean(axis=0)
    return np.asarray((scores - scores.mean(axis=0)) / (scores.std(axis=0) + 1e-6))


def heading_texts(outline: Outline) -> list[list[str]]:
    """Texts that describe each topic: its name, its path, and its name with the prose below it."""
    names, paths, described = [], [], []
    for path in outline.topics:
        prose = " ".join(outline.prose.get(path, "").split())[:1200]
        names.append(path[-1])
        paths.append(": ".join(part for part in path if (part,) not in outline.titles) or path[-1])
        described.append(f"{path[-1]}. {prose}" if prose else path[-1])
    return [names, paths, described]


def gather(
    works: Sequence[PaperText],
    outline: Outline,
    vectors: Vectors,
    encoder: Encoder,
    body_vectors: Vectors | None = None,
    links: Sequence[tuple[str, str]] = (),
) -> Evidence:
    """All evidence for these works and topics. `vectors` and `body_vectors` have one row a work."""
    meaning = np.asarray(vectors, dtype=np.float64)
    body = np.zeros_like(meaning) if body_vectors is None else np.asarray(body_vectors, dtype=np.float64)
    texts = heading_texts(outline)
    scores: list[Floats] = []
    words, terms, word_scores = _words(works, texts[2])
    if outline.topics:
        for kind in texts:
            encoded = np.asarray(encoder.encode(kind), dtype=np.float64)
            scores.append(column_scores(meaning @ encoded.T))
        if body.any():
            scores.append(column_scores(body @ np.asarray(encoder.encode(texts[1]), dtype=np.float64).T))
        scores.append(column_scores(word_scores))
    return Evidence(centred(meaning), centred(body), words, _cites(works, links), tuple(scores), terms)


def _words(works: Sequence[PaperText], headings: Sequence[str]) -> tuple[Any, NDArray[np.str_], Floats]:
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{w.title}. {w.title}. {w.abstract} {w.context}" for w in works]
    counter = TfidfVectorizer(sublinear_tf=True, stop_words="english", ngram_range=(1, 2), min_df=min(2, len(texts)))
    try:
        matrix = counter.fit_transform(texts)
    except ValueError:  # not one word in all texts
        return sparse.csr_matrix((len(works), 1)), np.array([""]), np.zeros((len(works), len(headings)))
    scores = (
        np.asarray((matrix @ counter.transform(headings).T).todense()) if len(headings) else np.zeros((len(works), 0))
    )
    return matrix, counter.get_feature_names_out(), scores


def _cites(works: Sequence[PaperText], links: Sequence[tuple[str, str]]) -> Any:
    from scipy import sparse

    row = {work.id: i for i, work in enumerate(works)}
    pairs = {(row[a], row[b]) for a, b in links if a in row and b in row and a != b}
    both = sorted({(a, b) for a, b in pairs} | {(b, a) for a, b in pairs})
    if not both:
        return sparse.csr_matrix((len(works), len(works)))
    left, right = zip(*both, strict=True)
    return sparse.csr_matrix((np.ones(len(both)), (left, right)), shape=(len(works), len(works)))
