"""What a search needs of the other parts, as protocols, so that it imports none of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from litmap.models import Passage
from litmap.parsing.terms import QueryWord
from litmap.word_counts import Asked, Sums, WordCounts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.search.parts import Found, Permission, Question
    from litmap.search.query import Query

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]
    Mask = NDArray[np.bool_]


class VectorRows(Protocol):
    """A vector index (`litmap.index.VectorIndex`): exact or nearly so, filtered inside."""

    def search(self, vectors: Floats, k: int, allowed: Mask | None = None) -> tuple[Floats, Ints]:
        """(q, k) cosines, best first, and their rows, -1 where there are fewer; `allowed` is a mask
        over rows, those beyond its end are not allowed.
        """
        ...

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows, float32 (n, dim); zeros for a row that has none."""
        ...


class WordRanking(Protocol):
    """What words say of rows (`litmap.keywords.lookup.WordRanking`)."""

    @property
    def rows(self) -> Ints:
        """The best of the rows that are allowed, ascending."""
        ...

    @property
    def scores(self) -> Floats:
        """Their BM25, float32 (n,)."""
        ...

    @property
    def sums(self) -> Sums:
        """The sums of the scores of all rows, or of a sample of them."""
        ...


class WordLookup(Protocol):
    """Postings of what is asked for (`litmap.keywords.lookup.WordLookup`)."""

    @property
    def counts(self) -> WordCounts:
        """How many passages and works hold each."""
        ...

    def count_rows(self) -> WordCounts:
        """How many passages hold each; works are not counted."""
        ...

    def rank(self, counts: WordCounts, k: int, allowed: Mask | None = None) -> WordRanking:
        """The `k` rows of those that are allowed that have the highest BM25 with these counts."""
        ...

    def score_rows(self, counts: WordCounts, rows: Ints) -> Floats:
        """BM25 of these rows (n,), ascending, with these counts, float32 (n,)."""
        ...

    def score_all(self, counts: WordCounts) -> Floats:
        """BM25 of every row with these counts, float32 (rows,)."""
        ...

    def score_works(self, counts: WordCounts) -> Floats:
        """BM25 of every work's whole text with these counts, float32 (works,)."""
        ...


class WordRows(Protocol):
    """A keyword index (`litmap.keywords.KeywordIndex`)."""

    @property
    def works(self) -> NDArray[np.int32]:
        """Number of each row's work in `work_ids`, -1 for none."""
        ...

    @property
    def work_ids(self) -> tuple[str, ...]:
        """Ids of the works, in the order in which they are numbered."""
        ...

    @property
    def work_numbers(self) -> Mapping[str, int]:
        """The number of each work in `work_ids`."""
        ...

    def ask(self, terms: str) -> Asked:
        """What is looked up of a text, in this index's languages."""
        ...

    def look_up(self, asked: Asked) -> WordLookup:
        """The postings of what is asked for."""
        ...

    def scores(self, terms: str) -> Floats:
        """BM25 of every row, float32 (rows,); 0 where none of the words is held."""
        ...

    def work_scores(self, terms: str) -> Floats:
        """BM25 of every work's whole text, float32 (works,), numbered as `work_ids`."""
        ...

    def rows_containing_all(self, text: str, allowed: Mask | None = None) -> Ints:
        """Rows that hold every word of a text, as their language writes it, int64, ascending."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages by whose rules the passages are read."""
        ...

    @property
    def passages_by_language(self) -> Mapping[str, int]:
        """How many passages are read by the rules of each language."""
        ...

    def held_by_language(
        self, text: str, languages: tuple[str, ...]
    ) -> Sequence[Mapping[str, int]]:
        """For each of the first words of a query, read as one in these languages, how many
        passages of each language hold it.
        """
        ...

    def languages_of(self, rows: Sequence[int] | Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        ...

    def rows_in(self, languages: Collection[str]) -> Mask:
        """Mask (rows,) of the rows that are read by the rules of one of these languages."""
        ...

    def words_of(self, text: str) -> list[QueryWord]:
        """The words of a query in order, as the library's languages write them."""
        ...

    def rows_of(
        self, *, works: Collection[str] | None = None, kinds: Sequence[str] | None = None
    ) -> Mask:
        """Mask (rows,) of the rows of these works and kinds; None is any."""
        ...

    def idf(self, word: str | QueryWord) -> float:
        """Inverse document frequency of a term or word: ln(1 + (n - df + .5) / (df + .5))."""
        ...


class PassageRows(Protocol):
    """The passage store (`litmap.builds.Build`)."""

    def passages(self, rows: Sequence[int] | Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        ...


class SearchPart(Protocol):
    """A library as a search asks it, here (`parts.LocalPart`) or behind a server; its rows and
    works are numbered from 0. No work is in two parts.
    """

    @property
    def rows(self) -> int:
        """The number behind its last row."""
        ...

    @property
    def work_ids(self) -> Sequence[str]:
        """Ids of its works, in the order in which they are numbered."""
        ...

    @property
    def passages_by_language(self) -> Mapping[str, int]:
        """How many passages are read by the rules of each language."""
        ...

    @property
    def embedded(self) -> int:
        """How many passages of the kinds usually searched it has."""
        ...

    def sample(self, places: Ints) -> tuple[Floats, Ints]:
        """Vectors (n, dim) and works (n,) of passages, by their places among the `embedded`."""
        ...

    def held_by_language(
        self, text: str, languages: tuple[str, ...]
    ) -> Sequence[Mapping[str, int]]:
        """As `WordRows.held_by_language`."""
        ...

    def permit(self, query: Query, works: Sequence[str] | None = None) -> Permission:
        """What a query's filters let through, of these works alone where they are named."""
        ...

    def count(self, asked: Asked) -> WordCounts:
        """How many passages and works hold each word and pair."""
        ...

    def find(self, permission: Permission, question: Question) -> Found:
        """The permitted passages that come near a question by meaning or by words."""
        ...

    def first_passages(self, permission: Permission, limit: int) -> tuple[Ints, Ints]:
        """The first permitted passage of each of so many works, the newest first: rows and
        works.
        """
        ...

    def vectors(self, rows: Ints) -> Floats:
        """The vectors of these rows, float32 (n, dim)."""
        ...

    def passages(self, rows: Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        ...

    def languages_of(self, rows: Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        ...
