"""What speaks for a work under a heading: words, vectors of title and abstract, of the body, and
citations.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from litmap.parsing.word_lists import load_words
from litmap.topics.outline import Outline
from litmap.topics.records import PaperText

if TYPE_CHECKING:
    from litmap.models import Vectors
    from litmap.protocols import Encoder

Floats = NDArray[np.float64]
LatentWords = Callable[[Any], Floats]
"""See `latent_words`."""

_TERM = re.compile(r"(?u)\b[^\W\d_][\w-]{1,40}\b")
_NO_WORDS = re.compile(
    r"\b(?:https?|ftp)\b:?\S*|\bwww\.\S+|\S{1,80}@\S+|\b(?:doi|arxiv|isbn):\S*|\\[a-z]{2,30}", re.I
)
_FILLER = load_words("filler_words", "litmap.topics")

MAX_BODY_CHARACTERS = 60_000
"""Characters of a paper's body whose words count."""
MAX_BODY_TERMS = 30_000
"""Different words of all bodies that count."""
MANY_TEXTS = 20
"""Texts from which rare and common words are left out."""
NAME_WEIGHT, PATH_WEIGHT, PROSE_WEIGHT, WORDS_WEIGHT = 1.0, 0.7, 0.5, 0.4
"""How much each comparison of a heading's text with a work's counts: by the heading's name, its
path, its name with the prose below it, and its words."""
BODY_WEIGHT = 0.7
"""How much the same comparisons with the paper's body count beside those."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Views of n works and m headings. `meaning` and `body` are (n, d), rows of norm 1 after the
    mean of all is taken (a row of zeros where there is none); `headings` (n, m) is the likeness to
    the headings' own texts, in standard deviations of each column; `words` is a sparse (n, terms)
    TF-IDF matrix, `latent` and `body_latent` are latent dimensions of the words of both; `cites` is
    a sparse symmetric (n, n) matrix, 1 where one cites the other and less where they cite the same.
    `names` (m, d) are the headings' names, unit rows, `texts` (m, d) those of their names, paths
    and prose together; `own` (terms,) tells which terms stand in a title or abstract and not in
    notes alone.
    """

    meaning: Floats
    body: Floats
    headings: Floats
    words: Any
    latent: Floats
    body_latent: Floats
    cites: Any
    terms: NDArray[np.str_]
    names: Floats
    texts: Floats
    own: NDArray[np.bool_]


def unit(rows: Floats) -> Floats:
    """Rows of norm 1; rows of zeros stay."""
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 1e-9))


def centred(rows: Floats) -> Floats:
    """Unit rows after the mean of the rows that are not zero is taken; only differences tell
    headings apart.
    """
    filled = np.linalg.norm(rows, axis=1) > 1e-9
    if filled.sum() < 3:
        return unit(rows)
    out = np.zeros_like(rows)
    out[filled] = rows[filled] - rows[filled].mean(axis=0)
    return unit(out)


def column_scores(scores: Floats, filled: NDArray[np.bool_]) -> Floats:
    """Each heading's scores on one scale: some headings are close to everything, which says
    nothing.

    Only `filled` rows count; the others are 0.
    """
    out = np.zeros_like(scores)
    own = scores[filled]
    if len(own) < 3:
        out[filled] = own - own.mean(axis=1, keepdims=True) if len(own) else own
        return out
    out[filled] = (own - own.mean(axis=0)) / (own.std(axis=0) + 1e-6)
    return out


def heading_texts(outline: Outline) -> tuple[list[str], list[str], list[str]]:
    """Texts that describe each topic: its name, its path, and its name with the prose below it."""
    names, paths, described = [], [], []
    for path in outline.topics:
        prose = " ".join(outline.prose.get(path, "").split())[:1200]
        names.append(path[-1])
        paths.append(", ".join(part for part in path if (part,) not in outline.titles) or path[-1])
        described.append(f"{path[-1]}. {prose}" if prose else path[-1])
    return names, paths, described


def latent_words(words: Any, dimensions: int = 150) -> Floats:
    """(n, d) latent dimensions of the TF-IDF matrix, unit rows."""
    from sklearn.decomposition import TruncatedSVD

    most = min(words.shape) - 1
    if most < 2:
        return np.zeros((words.shape[0], 1))
    reduced = TruncatedSVD(min(dimensions, most), n_iter=3, random_state=0).fit_transform(words)
    return unit(np.asarray(reduced, dtype=np.float64) - reduced.mean(axis=0))


def gather(
    works: Sequence[PaperText],
    outline: Outline,
    vectors: Vectors,
    encoder: Encoder,
    body_vectors: Vectors | None = None,
    links: Sequence[tuple[str, str]] = (),
    latent: LatentWords = latent_words,
) -> Evidence:
    """All evidence for these works and topics. `vectors` and `body_vectors` have one row a work."""
    meaning = np.asarray(vectors, dtype=np.float64)
    body = (
        np.zeros_like(meaning)
        if body_vectors is None
        else np.asarray(body_vectors, dtype=np.float64)
    )
    names, paths, described = heading_texts(outline)
    heads = [f"{w.title}. {w.title}. {w.abstract} {w.context}" for w in works]
    words, terms, in_words, own = _word_matrix(
        heads, described, [f"{w.title}. {w.abstract}" for w in works]
    )
    body_words, _, in_body, _ = _word_matrix(
        [w.body[:MAX_BODY_CHARACTERS] for w in works], described
    )
    headings = np.zeros((len(works), len(outline.topics)))
    named = texts = np.zeros((0, meaning.shape[1]))
    if outline.topics:
        encoded = [
            np.asarray(encoder.encode(t), dtype=np.float64) for t in (names, paths, described)
        ]
        named = unit(encoded[0])
        weighted = list(zip((NAME_WEIGHT, PATH_WEIGHT, PROSE_WEIGHT), encoded, strict=True))
        texts = unit(sum((weight * unit(e) for weight, e in weighted), np.zeros_like(named)))
        views = [(weight, meaning @ e.T) for weight, e in weighted]
        views += [(BODY_WEIGHT * weight, body @ e.T) for weight, e in weighted]
        headings = _weighted(
            [*views, (WORDS_WEIGHT, in_words), (BODY_WEIGHT * WORDS_WEIGHT, in_body)]
        )
    of_words = latent(words)
    of_bodies = latent(body_words) if body.any() else np.zeros_like(of_words)
    cites = _citation_graph(works, links)
    return Evidence(
        centred(meaning),
        centred(body),
        headings,
        words,
        of_words,
        of_bodies,
        cites,
        terms,
        named,
        texts,
        own,
    )


def _weighted(views: Sequence[tuple[float, Floats]]) -> Floats:
    """Mean of the views a work has, by weight."""
    total = np.zeros_like(views[0][1])
    weight = np.full((len(total), 1), 1e-9)
    for share, scores in views:
        filled = np.abs(scores).sum(axis=1) > 1e-9
        total += share * column_scores(scores, filled)
        weight[filled] += share
    return np.asarray(total / weight)


def _word_matrix(
    texts: Sequence[str], headings: Sequence[str], own: Sequence[str] = ()
) -> tuple[Any, NDArray[np.str_], Floats, NDArray[np.bool_]]:
    """TF-IDF of the texts, its terms, cosines with the headings' words, and which terms stand in
    `own` texts.

    With `own` texts, pairs of neighbouring words are terms too.
    """
    from scipy import sparse

    counter = _short_text_counter(len(texts)) if own else _body_counter(len(texts))
    try:
        matrix = counter.fit_transform(texts)
    except ValueError:  # not one word in all texts
        empty = sparse.csr_matrix((len(texts), 1))
        return (
            empty,
            np.array([""]),
            np.zeros((len(texts), len(headings))),
            np.zeros(1, dtype=np.bool_),
        )
    cosines = np.zeros((len(texts), len(headings)))
    if len(headings):
        cosines = np.asarray((matrix @ counter.transform(headings).T).todense())
    terms = counter.get_feature_names_out()
    standing = np.zeros(len(terms), dtype=np.bool_)
    if own:
        standing[np.unique(counter.transform(own).indices)] = True
    return matrix, terms, cosines, standing


def _short_text_counter(count: int) -> Any:
    """TF-IDF of titles and abstracts by words and pairs of words; rare and common ones are left
    out.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    many = count >= MANY_TEXTS
    return TfidfVectorizer(
        sublinear_tf=True,
        analyzer=_analyse,
        min_df=2 if many else 1,
        max_df=0.3 if many else 1.0,
    )


def _body_counter(count: int) -> Any:
    """TF-IDF of papers' bodies, by words alone: they are long, and few addresses stand in them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    many = count >= MANY_TEXTS
    return TfidfVectorizer(
        sublinear_tf=True,
        stop_words="english",
        token_pattern=_TERM.pattern,
        min_df=3 if many else 1,
        max_df=0.3 if many else 1.0,
        max_features=MAX_BODY_TERMS,
    )


def _analyse(text: str) -> list[str]:
    """A text's words without those that say nothing, and pairs of words with nothing between
    them.
    """
    stop_words = _stop_words()
    words = [
        (m.group(), m.end(), m.start()) for m in _TERM.finditer(_NO_WORDS.sub(" . ", text.lower()))
    ]
    terms = [word for word, _, _ in words if word not in stop_words]
    for (one, end, _), (two, _, start) in pairwise(words):
        if start - end == 1 and one not in stop_words and two not in stop_words:
            terms.append(f"{one} {two}")
    return terms


@cache
def _stop_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return frozenset(ENGLISH_STOP_WORDS | _FILLER)


def load_libraries() -> None:
    """Import scikit-learn now; it takes a second, which another thread may have to spare."""
    for name in ("sklearn.feature_extraction.text", "sklearn.decomposition"):
        importlib.import_module(name)


def _citation_graph(works: Sequence[PaperText], links: Sequence[tuple[str, str]]) -> Any:
    """Sparse (n, n): citations among the works, and half as much for references they share.

    Sharing references is bibliographic coupling (Kessler 1963); no value is above 1.
    """
    from scipy import sparse

    row = {work.id: i for i, work in enumerate(works)}
    direct = _direct_citations(row, links)
    coupled = _bibliographic_coupling(row, links)
    if coupled is None:
        return direct
    total = direct + 2.0 * coupled
    return total.minimum(sparse.csr_matrix(total > 0).astype(float)).tocsr()


def _direct_citations(row: Mapping[str, int], links: Sequence[tuple[str, str]]) -> Any:
    """Sparse symmetric (n, n), 1 where one work cites the other."""
    from scipy import sparse

    n = len(row)
    pairs = sorted({(row[a], row[b]) for a, b in links if a in row and b in row and a != b})
    left = np.array([a for a, _ in pairs], dtype=np.int64)
    right = np.array([b for _, b in pairs], dtype=np.int64)
    direct = sparse.csr_matrix((np.ones(len(pairs)), (left, right)), shape=(n, n))
    return direct.maximum(direct.T)


def _bibliographic_coupling(row: Mapping[str, int], links: Sequence[tuple[str, str]]) -> Any:
    """Sparse (n, n) cosine of the references that works share; None where none cites anything else.

    References that many works share tell nothing and are left out.
    """
    from scipy import sparse

    n = len(row)
    column: dict[str, int] = {}
    pairs = sorted(
        {(row[a], column.setdefault(b, len(column))) for a, b in links if a in row and b not in row}
    )
    if not pairs:
        return None
    left, right = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
    used = sparse.csr_matrix((np.ones(len(pairs)), (left, right)), shape=(n, len(column)))
    citing = np.asarray(used.sum(axis=0)).ravel()
    shared = used[:, (citing > 1) & (citing <= max(10, n // 5))]
    length = np.sqrt(np.maximum(np.asarray(used.sum(axis=1)).ravel(), 1.0))
    scaled = sparse.diags(1.0 / length) @ shared
    coupled = scaled @ scaled.T
    coupled.setdiag(0.0)
    coupled.eliminate_zeros()
    return coupled
