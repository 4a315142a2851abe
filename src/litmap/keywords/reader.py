"""Reading a keyword index: BM25 of passages and works, with filters inside, and look-ups by
word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap.keywords import segments as files
from litmap.keywords.segments import KINDS, Segment
from litmap.parsing.languages import ENGLISH, rules_code
from litmap.parsing.terms import Form, QueryWord, index_terms, pair_keys, query_words, term_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]
    _Weights = dict[QueryWord | int, float]

LONG_QUERY_WORDS = 80
"""Different words from which a query is as long as a passage."""
MAX_JUDGED_WORDS = 20
"""Words of a query from which its language is judged."""
STOP_WORD_RATE = 0.3
"""Share of a language's passages that a stop word is taken to stand in."""
Terms = str | Mapping[str, float]
"""A text whose words are looked up, each weighing as often as it occurs, or terms (of
`terms.terms`) with weights.
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows with their scores, best first; equal scores in order of row."""

    rows: Ints
    scores: Floats


@dataclass(frozen=True, slots=True)
class Bm25:
    """How much repeats (`k1`) and length (`b`) count, and with what power beyond the first a word's
    rarity.
    """

    k1: float = 1.5
    b: float = 0.75
    rarity: float = 0.0

    @classmethod
    def for_query(cls, length: int) -> Bm25:
        """The parameters for a query of so many different words.

        A short query's words are each telling, so repeats saturate early; in a passage given as a
        query many words match by chance, above all common ones and in long texts, so rarity and
        length count for more. Measured, see benchmarks/RESULTS.md.
        """
        share = min(1.0, length / LONG_QUERY_WORDS)
        return cls(0.9 + 1.1 * share, 0.6 + 0.3 * share, share)


PAIR_BM25 = Bm25(0.9, 0.4)
"""How repeats and length count for pairs of neighbouring words."""
PAIR_WEIGHT = 0.2
"""How much a pair counts beside a word: its words have been counted already."""


class KeywordIndex:
    """An open keyword index. Reads only, so any number of threads and processes may share it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = tuple(segments)
        numbers: dict[str, int] = {}
        own = [
            np.asarray([numbers.setdefault(w, len(numbers)) for w in s.work_ids], np.int64)
            for s in segments
        ]
        self.work_numbers: Mapping[str, int] = numbers
        self.work_ids: tuple[str, ...] = tuple(numbers)
        """Works in the order in which they are numbered here; may hold works whose passages are all
        gone.
        """
        size = 1 + max((int(s.rows.max()) for s in segments if s.rows.size), default=-1)
        self.works: NDArray[np.int32] = np.full(size, -1, np.int32)
        """Number of each row's work, -1 for a row that is not indexed."""
        self.kinds: NDArray[np.uint8] = np.zeros(size, np.uint8)
        """Number in `KINDS` of each row's kind."""
        self.lengths: NDArray[np.int32] = np.zeros(size, np.int32)
        """Words of each row."""
        codes: NDArray[np.int32] = np.zeros(size, np.int32)
        self._is_complete = [bool((s.rows >= 0).all()) for s in self._segments]
        self._first_rows = [_first_row(s.rows) for s in self._segments]
        for segment, ids in zip(self._segments, own, strict=True):
            alive = segment.rows >= 0
            rows = segment.rows[alive]
            self.works[rows] = ids[segment.works[alive]]
            self.kinds[rows] = segment.kinds[alive]
            self.lengths[rows] = segment.lengths[alive]
            codes[rows] = segment.languages[alive]
        self._kind_masks: dict[tuple[str, ...] | None, Mask] = {}
        self._owners = self.works.astype(np.int64)
        living = self.works >= 0
        self.passages = int(living.sum())
        """Living passages."""
        self.languages, self._languages = _number_languages(codes, living)
        """Languages by whose rules the living passages are read, English first."""
        self._mean_length = float(self.lengths[living].mean()) if self.passages else 1.0
        self._work_lengths = np.bincount(
            self.works[living], self.lengths[living], minlength=len(self.work_ids)
        ).astype(np.float32)
        self._works_living = int(
            (np.bincount(self.works[living], minlength=len(self.work_ids)) > 0).sum()
        )
        self._relative_lengths = _relative_lengths(self.lengths, self._mean_length)
        self._work_relative = _relative_lengths(
            self._work_lengths, float(self._work_lengths.sum()) / max(self._works_living, 1)
        )

    @classmethod
    def open(cls, folder: Path) -> KeywordIndex:
        """Open the index in `folder`. Raises `DamagedBuild` where it is missing or damaged."""
        return cls([Segment.open(folder, name) for name in files.read_state(folder)])

    @classmethod
    def joined(cls, parts: Sequence[tuple[Path, int, Callable[[str], bool]]]) -> KeywordIndex:
        """Indexes as one whose statistics are those of all passages: each a folder, the row that
        its first one becomes, and whether a work's passages are in it. Raises `DamagedBuild`.
        """
        segments = []
        for folder, first, is_searched in parts:
            for name in files.read_state(folder):
                segment = Segment.open(folder, name)
                kept = np.fromiter(map(is_searched, segment.work_ids), bool, len(segment.work_ids))
                rows = np.where((segment.rows >= 0) & kept[segment.works], segment.rows + first, -1)
                segments.append(replace(segment, rows=rows.astype(np.int32)))
        return cls(segments)

    def languages_of(self, rows: Sequence[int] | Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        return [self.languages[n] for n in self._languages[np.asarray(rows, np.int64)].tolist()]

    def words_of(self, text: str) -> list[QueryWord]:
        """The words of a query in order, as this library's languages write them; without the stop
        words of the query's own language.
        """
        if len(self.languages) == 1:
            return query_words(text, self.languages)
        return query_words(text, self.languages, self._query_language(text))

    def _query_language(self, text: str) -> str:
        """The language of a query, of those of the library: the one in whose passages its words
        are most usual.
        """
        words = dict.fromkeys(query_words(text, self.languages)[:MAX_JUDGED_WORDS])
        sizes = np.bincount(self._languages[self.works >= 0], minlength=len(self.languages)) + 1
        likelihoods = sum(np.log(self._rates(word, sizes)) for word in words)
        return self.languages[int(np.argmax(likelihoods))]

    def _rates(self, word: QueryWord, sizes: Ints) -> NDArray[np.float64]:
        """Share of each language's passages that hold the word as that language writes it."""
        held = np.full(len(self.languages), 0.1)
        for form in word.forms:
            for rows, _ in self._form_postings(form) if form.weight == 1.0 else ():
                held += np.bincount(self._languages[rows], minlength=held.size)
        is_stop = np.array([not word.term_in(language) for language in self.languages])
        return np.where(is_stop, STOP_WORD_RATE, held / sizes)

    def rows_of(
        self, *, works: Sequence[str] | None = None, kinds: Sequence[str] | None = None
    ) -> Mask:
        """Which rows are of these works and kinds (None: any), as a mask over all rows."""
        mask = self._rows_of_kinds(None if kinds is None else tuple(kinds))
        if works is not None:
            wanted = set(works)
            chosen = np.fromiter((w in wanted for w in self.work_ids), bool, len(self.work_ids))
            mask = mask & np.append(chosen, False)[self.works]
        return mask

    def _rows_of_kinds(self, kinds: tuple[str, ...] | None) -> Mask:
        """Living rows of these kinds, made once; nobody may write to it."""
        mask = self._kind_masks.get(kinds)
        if mask is None:
            mask = self.works >= 0
            if kinds is not None:
                mask &= np.array([kind in kinds for kind in KINDS])[self.kinds]
            mask.flags.writeable = False
            self._kind_masks[kinds] = mask
        return mask

    def search(
        self, terms: Terms, k: int, allowed: Mask | None = None, bm25: Bm25 | None = None
    ) -> Ranking:
        """The `k` rows that match best, of those that `allowed` (a mask over rows) lets through.

        Rows that hold none of the words are left out, so fewer may come back, or none.
        """
        scores = self.scores(terms, bm25)
        if allowed is not None:
            scores = np.where(_fit_mask(allowed, scores.size), scores, np.float32(0))
        return best_rows(scores, k)

    def scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every row, float32 (rows,); 0 where none of the words is held."""
        return self._score_all(terms, bm25, works=False)[0]

    def work_scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every work's whole text, float32 (works,), numbered as `work_ids`."""
        return self._score_all(terms, bm25, rows=False)[1]

    def all_scores(self, terms: Terms, bm25: Bm25 | None = None) -> tuple[Floats, Floats]:
        """`scores` and `work_scores` from one reading of the postings."""
        return self._score_all(terms, bm25)

    def _score_all(
        self, terms: Terms, bm25: Bm25 | None, *, rows: bool = True, works: bool = True
    ) -> tuple[Floats, Floats]:
        weights, pairs = self._query_weights(terms)
        by_row = np.zeros(self.works.size if rows else 0, np.float32)
        by_work = np.zeros(len(self.work_ids) if works else 0, np.float32)
        for asked, own in ((weights, bm25 or Bm25.for_query(len(weights))), (pairs, PAIR_BM25)):
            for word, weight in asked.items():
                postings = self._word_postings(word)
                if postings:
                    self._add_scores(
                        postings, weight, own, by_row if rows else None, by_work if works else None
                    )
        return by_row, by_work

    def _add_scores(
        self,
        postings: list[tuple[Ints, Floats]],
        weight: float,
        bm25: Bm25,
        by_row: Floats | None,
        by_work: Floats | None,
    ) -> None:
        """Add one word's or pair's share to the scores of the rows and works that hold it."""
        factor = weight * (bm25.k1 + 1)
        if by_row is not None:
            idf = _idf(self.passages, sum(held.size for held, _ in postings)) ** (1 + bm25.rarity)
            for held, counts in postings:
                by_row[held] += _saturate(
                    factor * idf, counts, _length_norm(bm25, self._relative_lengths.take(held))
                )
        if by_work is not None:
            total = np.zeros(by_work.size)
            for held, counts in postings:
                total += np.bincount(self._owners.take(held), counts, by_work.size)
            having = np.flatnonzero(total)
            idf = _idf(self._works_living, having.size) ** (1 + bm25.rarity)
            norm = _length_norm(bm25, self._work_relative.take(having))
            by_work[having] += _saturate(factor * idf, total.take(having).astype(np.float32), norm)

    def rows_containing_all(self, text: str, allowed: Mask | None = None) -> Ints:
        """Rows that hold every word of a text, as their language writes it, ascending; none of a
        language in which all are stop words.
        """
        of_terms: dict[tuple[str, ...], set[str]] = {}
        for language in self.languages:
            terms = tuple(sorted(set(index_terms(text, language))))
            if terms:
                of_terms.setdefault(terms, set()).add(language)
        found = [self._rows_with(terms, languages) for terms, languages in of_terms.items()]
        rows = np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
        return rows if allowed is None else rows[_fit_mask(allowed, self.works.size)[rows]]

    def _rows_with(self, terms: Sequence[str], languages: Set[str]) -> Ints:
        """Rows of these languages that hold every one of the terms, ascending."""
        kept: Ints | None = None
        for term in sorted(terms, key=self.frequency):
            form = Form(
                term, 1.0, None if len(languages) == len(self.languages) else frozenset(languages)
            )
            rows = np.concatenate(
                [r for r, _ in self._form_postings(form)] or [np.empty(0, np.int64)]
            )
            kept = np.sort(rows) if kept is None else np.intersect1d(kept, rows, assume_unique=True)
            if not kept.size:
                break
        return np.empty(0, np.int64) if kept is None else kept

    def frequency(self, term: str) -> int:
        """How many rows hold the term."""
        key = term_key(term)
        if not all(self._is_complete):
            return sum(rows.size for rows, _ in self._postings(key))
        return sum(
            end - begin
            for begin, end in (_postings_span(segment, key) for segment in self._segments)
        )

    def idf(self, word: str | QueryWord) -> float:
        """How rare the term or word is among the passages: ln(1 + (n - df + .5) / (df + .5))."""
        if isinstance(word, str):
            return _idf(self.passages, self.frequency(word))
        if word.is_one_term:
            return _idf(self.passages, self.frequency(word.forms[0].term))
        return _idf(self.passages, sum(rows.size for rows, _ in self._word_postings(word)))

    def _query_weights(self, terms: Terms) -> tuple[_Weights, _Weights]:
        """How much each word and each pair of neighbouring words counts; terms given apart have
        no neighbours.
        """
        weights: _Weights = {}
        pairs: _Weights = {}
        if not isinstance(terms, str):
            for term, weight in terms.items():
                word = QueryWord(term, (Form(term),))
                weights[word] = weights.get(word, 0.0) + weight
            return weights, pairs
        words = self.words_of(terms)
        for word in words:
            weights[word] = weights.get(word, 0.0) + 1.0
        for language in self.languages:
            own = [term_key(term) for word in words if (term := word.term_in(language))]
            of_language: dict[int, float] = {}
            for key in pair_keys(own):
                of_language[key] = of_language.get(key, 0.0) + PAIR_WEIGHT
            for key, weight in of_language.items():
                pairs[key] = max(pairs.get(key, 0.0), weight)
        return weights, pairs

    def _word_postings(self, word: QueryWord | int) -> list[tuple[Ints, Floats]]:
        """Rows that hold any form of a word, or a pair by its key, and how often."""
        if isinstance(word, int):
            return self._postings(word)
        if word.is_one_term:
            return self._postings(term_key(word.forms[0].term))
        parts = [
            (rows, counts * np.float32(form.weight))
            for form in word.forms
            for rows, counts in self._form_postings(form)
        ]
        if not parts:
            return []
        rows, places = np.unique(np.concatenate([rows for rows, _ in parts]), return_inverse=True)
        counts = np.bincount(places, np.concatenate([counts for _, counts in parts]))
        return [(rows, counts.astype(np.float32))]

    def _form_postings(self, form: Form) -> list[tuple[Ints, Floats]]:
        """Rows that hold a term in the languages in which it stands for the word."""
        postings = self._postings(term_key(form.term))
        if form.languages is None:
            return postings
        wanted = np.array([language in form.languages for language in self.languages])
        kept = [(rows, counts, wanted[self._languages[rows]]) for rows, counts in postings]
        return [(rows[own], counts[own]) for rows, counts, own in kept if own.any()]

    def _postings(self, key: int) -> list[tuple[Ints, Floats]]:
        """Rows (int64) that hold the word, and how often, for each segment that knows it; living
        rows only.
        """
        postings = []
        for segment, whole in zip(self._segments, self._first_rows, strict=True):
            begin, end = _postings_span(segment, key)
            if begin == end:
                continue
            docs = segment.docs[begin:end]
            rows = (
                docs.astype(np.int64) + whole
                if whole >= 0
                else segment.rows.take(docs).astype(np.int64)
            )
            counts = segment.counts[begin:end].astype(np.float32)
            if whole < 0:
                alive = rows >= 0
                rows, counts = rows[alive], counts[alive]
            if rows.size:
                postings.append((rows, counts))
        return postings


def _postings_span(segment: Segment, key: int) -> tuple[int, int]:
    """Where a word's postings begin and end; nowhere (0, 0) for a word that the segment does not
    know.
    """
    at = int(np.searchsorted(segment.keys, key))
    if at == segment.keys.size or int(segment.keys[at]) != key:
        return 0, 0
    return int(segment.starts[at]), int(segment.starts[at + 1])


def _first_row(rows: NDArray[np.int32]) -> int:
    """The first row where a segment's rows follow each other, so that no map is needed; -1
    otherwise.
    """
    first = int(rows[0]) if rows.size else -1
    return (
        first
        if first >= 0 and np.array_equal(rows, np.arange(first, first + rows.size, dtype=np.int32))
        else -1
    )


def _saturate(factor: float, counts: Floats, norm: Floats) -> Floats:
    """BM25's factor * counts / (counts + norm); takes `norm` for its own."""
    norm += counts
    np.divide(counts, norm, out=norm)
    norm *= np.float32(factor)
    return norm


def _relative_lengths(lengths: NDArray[Any], mean: float) -> Floats:
    """Lengths as multiples of the mean one."""
    relative: Floats = (lengths / max(mean, 1e-9)).astype(np.float32)
    return relative


def _length_norm(bm25: Bm25, relative: Floats) -> Floats:
    """What a count is weighed against, by length relative to the mean."""
    norm: Floats = relative * np.float32(bm25.k1 * bm25.b)
    norm += np.float32(bm25.k1 * (1 - bm25.b))
    return norm


def best_rows(scores: Floats, k: int) -> Ranking:
    """The `k` highest positive scores, best first, equal ones in order of place."""
    rows = np.flatnonzero(scores > 0)
    if rows.size > k > 0:
        bar = np.partition(scores[rows], rows.size - k)[rows.size - k]
        rows = rows[scores[rows] >= bar]
    order = np.lexsort((rows, -scores[rows]))[: max(k, 0)]
    return Ranking(rows[order], scores[rows[order]])


def _number_languages(
    codes: NDArray[np.int32], living: Mask
) -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """The languages by whose rules the living rows are read, English first, and each row's place
    among them.
    """
    found, places = np.unique(codes, return_inverse=True)
    rules = [rules_code(files.language_code(int(number))) for number in found]
    alive = {rules[n] for n in np.unique(places[living]).tolist()}
    languages = tuple(sorted(alive, key=lambda code: (code != ENGLISH, code))) or (ENGLISH,)
    number = [languages.index(code) if code in languages else 0 for code in rules]
    return languages, np.array([*number, 0], np.uint8)[places]


def _idf(total: int, rows_containing_all: int) -> float:
    """BM25's weight of a word; 0 where a damaged build says that more rows hold it than there
    are.
    """
    if not total or rows_containing_all > total:
        return 0.0
    return float(np.log1p((total - rows_containing_all + 0.5) / (rows_containing_all + 0.5)))


def _fit_mask(mask: Mask, size: int) -> Mask:
    """The mask cut or filled with False to `size`: a build may hold rows that no word names."""
    if mask.size == size:
        return mask
    fitted = np.zeros(size, bool)
    fitted[: min(size, mask.size)] = mask[:size]
    return fitted
