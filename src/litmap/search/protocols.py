"""What a search needs of the other parts, as protocols, so that it imports none of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from litmap.models import Passage
from litmap.parsing.terms import QueryWord

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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

    def scores(self, terms: str | Mapping[str, float]) -> Floats:
        """BM25 of every row, float32 (rows,); 0 where none of the words is held."""
        ...

    def work_scores(self, terms: str | Mapping[str, float]) -> Floats:
        """BM25 of every work's whole text, float32 (works,), numbered as `work_ids`."""
        ...

    def all_scores(self, terms: str | Mapping[str, float]) -> tuple[Floats, Floats]:
        """`scores` and `work_scores` from one reading of the postings."""
        ...

    def rows_containing_all(self, text: str, allowed: Mask | None = None) -> Ints:
        """Rows that hold every word of a text, as their language writes it, int64, ascending."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages by whose rules the passages are read."""
        ...

    def languages_of(self, rows: Sequence[int] | Ints) -> list[str]:
        """The language by whose rules each of these rows is read."""
        ...

    def words_of(self, text: str) -> list[QueryWord]:
        """The words of a query in order, as the library's languages write them."""
        ...

    def rows_of(
        self, *, works: Sequence[str] | None = None, kinds: Sequence[str] | None = None
    ) -> Mask:
        """Mask (rows,) of the rows of these works and kinds; None is any."""
        ...

    def idf(self, word: QueryWord) -> float:
        """Inverse document frequency of a word: ln(1 + (n - df + .5) / (df + .5))."""
        ...


class PassageRows(Protocol):
    """The passage store (`litmap.builds.Build`)."""

    def passages(self, rows: Sequence[int] | Ints) -> list[Passage]:
        """The passages of these rows, in their order."""
        ...
