"""Reading a keyword index: BM25 of passages and works, with filters inside, and look-ups by
word.

What is asked for is looked up segment by segment, on all cores where there is enough to do; how
often words are held adds up over segments, and over indexes, so that the scores of many are those
of one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from litmap.keywords import segments as files
from litmap.keywords.lookup import WordLookup, fit_mask, one_key
from litmap.keywords.open_segment import KEPT_WORDS, OpenSegment, in_works
from litmap.keywords.scoring import Ranking
from litmap.keywords.segments import KINDS, Segment
from litmap.parsing.languages import ENGLISH, rules_code
from litmap.parsing.terms import Form, QueryWord, index_terms, query_words, term_key
from litmap.side_by_side import CORES
from litmap.word_counts import Asked, Bm25, ask, first_words, idf_of, judge_language

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from litmap.keywords.open_segment import Floats, Ints, InWorks, Mask

MASKED_AT_ONCE = 1 << 20
"""Rows of a mask that are made at once."""
Terms = str | Mapping[str, float]
"""A text whose words are looked up, each weighing as often as it occurs, or terms (of
`terms.terms`) with weights.
"""


class KeywordIndex:
    """An open keyword index. Reads only, so any number of threads and processes may share it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        numbers: dict[str, int] = {}
        owners = [
            np.asarray([numbers.setdefault(w, len(numbers)) for w in s.work_ids], np.int32)
            for s in segments
        ]
        self.work_numbers: Mapping[str, int] = numbers
        self.work_ids: tuple[str, ...] = tuple(numbers)
        """Works in the order in which they are numbered here; may hold works whose passages are all
        gone.
        """
        self._segments = tuple(CORES.each(OpenSegment, segments, owners))
        size = max((s.end for s in self._segments), default=0)
        self.works: NDArray[np.int32] = np.full(size, -1, np.int32)
        """Number of each row's work, -1 for a row that is not indexed."""
        CORES.each(lambda segment: segment.scatter(segment.row_works, self.works), self._segments)
        self.passages = sum(s.living for s in self._segments)
        """Living passages."""
        self._length = sum(s.length for s in self._segments)
        self._kind_masks: dict[tuple[str, ...] | None, Mask] = {}
        self.in_works = lru_cache(KEPT_WORDS)(self._look_in_works)
        """The works that hold a word, by its key, and how often; kept."""

    def _by_row(self, kind: type, of: Callable[[OpenSegment], NDArray[Any]]) -> NDArray[Any]:
        """An array over all rows from what `of` gives for the documents of each segment; 0 for a
        row that is not indexed. Made on the caller's thread, for which others may be waiting.
        """
        array: NDArray[Any] = np.zeros(self.works.size, kind)
        for segment in self._segments:
            segment.scatter(of(segment), array)
        return array

    @classmethod
    def open(cls, folder: Path, is_searched: Callable[[str], bool] | None = None) -> KeywordIndex:
        """Open the index in `folder`, as if it held passages of works that `is_searched` alone.
        Raises `DamagedBuild` where it is missing or damaged.
        """
        opened = [Segment.open(folder, name) for name in files.read_state(folder)]
        return cls(opened if is_searched is None else [s.without(is_searched) for s in opened])

    @cached_property
    def kinds(self) -> NDArray[np.uint8]:
        """Number in `KINDS` of each row's kind."""
        return self._by_row(np.uint8, lambda segment: segment.segment.kinds)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """Words of each row."""
        return self._by_row(np.int32, lambda segment: segment.segment.lengths)

    @cached_property
    def work_lengths(self) -> NDArray[np.float64]:
        """Words of each work's living passages."""
        totals = np.zeros(len(self.work_ids))
        for segment in self._segments:
            totals[segment.owners] += segment.work_lengths
        return totals

    @cached_property
    def _living_works(self) -> Mask:
        living = np.zeros(len(self.work_ids) + 1, bool)
        for segment in self._segments:
            living[segment.row_works[segment.alive]] = True
        return living[:-1]

    # ── languages ────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Languages by whose rules the living passages are read, English first."""
        found = {_rules(code) for segment in self._segments for code in segment.languages()}
        return tuple(sorted(found, key=lambda code: (code != ENGLISH, code))) or (ENGLISH,)

    @cached_property
    def _language_numbers(self) -> NDArray[np.uint8]:
        """The place in `languages` of each row's."""
        return self._by_row(np.uint8, self._languages_in)

    def _languages_in(self, segment: OpenSegment) -> NDArray[np.uint8]:
        """The place in `languages` of each document's."""
        numbers = np.zeros(segment.size, np.uint8)
        if len(self.languages) > 1:
            for code in segment.languages():
                number = self.languages.index(_rules(code))
                numbers[segment.segment.languages == code] = number
        return numbers

    def languages_of(self, rows: Sequence[int] | Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        wanted = np.asarray(rows, np.int64)
        return [self.languages[n] for n in self._language_numbers[wanted].tolist()]

    @cached_property
    def passages_by_language(self) -> Mapping[str, int]:
        """How many living passages are read by the rules of each language."""
        own = self._language_numbers[self.works >= 0]
        sizes = np.bincount(own, minlength=len(self.languages)).tolist()
        return dict(zip(self.languages, sizes, strict=True))

    def words_of(self, text: str) -> list[QueryWord]:
        """The words of a query in order, as this library's languages write them; without the stop
        words of the query's own language.
        """
        if len(self.languages) == 1:
            return query_words(text, self.languages)
        sizes = self.passages_by_language
        own = judge_language(text, sizes, self.held_by_language(text, self.languages))
        return query_words(text, self.languages, own)

    def held_by_language(self, text: str, languages: tuple[str, ...]) -> list[Mapping[str, int]]:
        """For each of the first words of a query, read as one in these languages, how many
        passages of each language hold it as that language writes it.
        """
        return [
            {language: self._held_in(word, language) for language in self.languages}
            for word in first_words(text, languages)
        ]

    def _held_in(self, word: QueryWord, language: str) -> int:
        term = word.term_in(language)
        return self.rows_with((term,), {language}).size if term else 0

    # ── masks ────────────────────────────────────────────────────────────────────────────────────
    def rows_of(
        self, *, works: Collection[str] | None = None, kinds: Sequence[str] | None = None
    ) -> Mask:
        """Which rows are of these works and kinds (None: any), as a mask over all rows."""
        mask = self._rows_of_kinds(None if kinds is None else tuple(kinds))
        if works is None:
            return mask
        chosen = np.zeros(len(self.work_ids) + 1, bool)
        chosen[[self.work_numbers[w] for w in works if w in self.work_numbers]] = True

        def permitted(begin: int) -> Mask:
            end = begin + MASKED_AT_ONCE
            own: Mask = mask[begin:end] & chosen[self.works[begin:end]]
            return own

        begins = range(0, mask.size, MASKED_AT_ONCE)
        return np.concatenate([np.empty(0, bool), *CORES.each(permitted, begins)])

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

    # ── scores ───────────────────────────────────────────────────────────────────────────────────
    def ask(self, terms: Terms, bm25: Bm25 | None = None) -> Asked:
        """What is looked up of a text, or of terms with weights, in this index's languages."""
        if isinstance(terms, str):
            return ask(self.words_of(terms), self.languages, bm25)
        words = {QueryWord(term, (Form(term),)): weight for term, weight in terms.items()}
        return Asked.of(words, {}, bm25)

    def look_up(self, asked: Asked) -> WordLookup:
        """The postings of what is asked for: how often it is held, and the scores that it gives."""
        return WordLookup(self, asked)

    def _look_in_works(self, key: int) -> InWorks:
        postings = [segment.holding(key) for segment in self._segments]
        return in_works(self._segments, postings, len(self.work_ids))

    @property
    def segments(self) -> tuple[OpenSegment, ...]:
        """The parts that it is read in."""
        return self._segments

    def totals(self) -> tuple[int, int, int]:
        """Living passages, the words of them all, and works that have any."""
        return self.passages, self._length, int(np.count_nonzero(self._living_works))

    def search(
        self, terms: Terms, k: int, allowed: Mask | None = None, bm25: Bm25 | None = None
    ) -> Ranking:
        """The `k` rows that match best, of those that `allowed` (a mask over rows) lets through.

        Rows that hold none of the words are left out, so fewer may come back, or none.
        """
        found = self.look_up(self.ask(terms, bm25))
        ranking = found.rank(found.count_rows(), k, allowed)
        order = np.lexsort((ranking.rows, -ranking.scores))
        return Ranking(ranking.rows[order], ranking.scores[order])

    def scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every row, float32 (rows,); 0 where none of the words is held."""
        found = self.look_up(self.ask(terms, bm25))
        return found.score_all(found.count_rows())

    def work_scores(self, terms: Terms, bm25: Bm25 | None = None) -> Floats:
        """BM25 of every work's whole text, float32 (works,), numbered as `work_ids`."""
        found = self.look_up(self.ask(terms, bm25))
        return found.score_works(found.counts)

    def idf(self, word: str | QueryWord) -> float:
        """How rare the term or word is among the passages: ln(1 + (n - df + .5) / (df + .5))."""
        key = term_key(word) if isinstance(word, str) else one_key(word)
        if key is not None:
            held = sum(segment.frequency(key) for segment in self._segments)
        else:
            assert isinstance(word, QueryWord)  # noqa: S101 - tells the type checker
            held = int(self.look_up(Asked.of({word: 1.0}, {})).count_rows().held[0])
        return idf_of(self.passages, held)

    def rows_containing_all(self, text: str, allowed: Mask | None = None) -> Ints:
        """Rows that hold every word of a text, as their language writes it, ascending; none of a
        language in which all are stop words.
        """
        of_terms: dict[tuple[str, ...], set[str]] = {}
        for language in self.languages:
            terms = tuple(sorted(set(index_terms(text, language))))
            if terms:
                of_terms.setdefault(terms, set()).add(language)
        found = [self.rows_with(terms, languages) for terms, languages in of_terms.items()]
        rows = np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)
        return rows if allowed is None else rows[fit_mask(allowed, self.works.size)[rows]]

    def rows_with(self, terms: Sequence[str], languages: Set[str]) -> Ints:
        """Rows of these languages that hold every one of the terms, ascending."""
        keys = [term_key(term) for term in terms]
        rows: Ints = np.sort(
            np.concatenate([np.empty(0, np.int64), *(s.rows_holding(keys) for s in self._segments)])
        )
        if len(languages) == len(self.languages):
            return rows
        own: Ints = rows[self._are_among(languages)[self._language_numbers[rows]]]
        return own

    def rows_in(self, languages: Collection[str]) -> Mask:
        """Mask (rows,) of the rows that are read by the rules of one of these languages."""
        mask: Mask = self._are_among(set(languages))[self._language_numbers]
        return mask

    def is_of(self, segment: OpenSegment, languages: Set[str]) -> Mask:
        """For each document of a segment whether it is read by the rules of one of these."""
        of_row: Mask = self._are_among(languages)[segment.gather(self._language_numbers)]
        return of_row

    def _are_among(self, languages: Set[str]) -> Mask:
        """For each of the index's languages whether it is one of these."""
        return np.array([language in languages for language in self.languages])


def _rules(number: int) -> str:
    return rules_code(files.language_code(number))
