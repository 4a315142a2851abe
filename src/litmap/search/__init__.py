"""Search: a query taken apart, candidates by meaning and by words, one ranking of passages and of
works.

Open the parts of a build and give them to a `Searcher`; it is all a caller needs:

    searcher = Searcher(encoder, vector_index, keyword_index, build, facts)
    searcher.search('sharp minima "batch size" year:2016..').works
"""

from litmap.search.cited import CitingWords
from litmap.search.highlighting import marks
from litmap.search.joined import JoinedSearcher
from litmap.search.parts import Found, LocalPart, Permission, Question
from litmap.search.protocols import SearchPart
from litmap.search.query import Facts, Query, matching_works, parse_query, parse_question
from litmap.search.ranking import Weights
from litmap.search.reranking import Reranker
from litmap.search.results import Results, WorkHit
from litmap.search.searcher import Searcher

__all__ = [
    "CitingWords",
    "Facts",
    "Found",
    "JoinedSearcher",
    "LocalPart",
    "Permission",
    "Query",
    "Question",
    "Reranker",
    "Results",
    "SearchPart",
    "Searcher",
    "Weights",
    "WorkHit",
    "marks",
    "matching_works",
    "parse_query",
    "parse_question",
]
