"""The styles of each language."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.reference_parser.east_asian import chinese_notes, gbt, japanese, korean
from benchmarks.reference_parser.latin import (
    by_spaces,
    general,
    in_law,
    in_notes,
    of_chemists,
    of_lecture_notes,
    same_authors,
    untitled,
)
from benchmarks.reference_parser.names import Piece
from benchmarks.reference_parser.national import abnt, german_history, gost
from benchmarks.reference_parser.works import Work

OWN: dict[str, tuple[tuple[Callable[[Work], list[Piece]], float], ...]] = {
    "en": (
        (general, 0.6),
        (untitled, 0.08),
        (same_authors, 0.03),
        (gbt, 0.04),
        (gost, 0.03),
        (in_notes, 0.07),
        (by_spaces, 0.03),
        (of_chemists, 0.05),
        (of_lecture_notes, 0.05),
        (in_law, 0.02),
    ),
    "de": ((general, 0.5), (german_history, 0.48), (same_authors, 0.02)),
    "fr": ((general, 0.85), (in_notes, 0.15)),
    "es": ((general, 0.85), (in_notes, 0.15)),
    "it": ((general, 0.85), (in_notes, 0.15)),
    "pt": ((general, 0.4), (abnt, 0.6)),
    "ru": ((general, 0.2), (gost, 0.8)),
    "zh": ((gbt, 0.55), (chinese_notes, 0.45)),
    "ja": ((japanese, 1.0),),
    "ko": ((korean, 1.0),),
}
"""The styles of each language and their shares."""
