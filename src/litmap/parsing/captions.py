"""What a caption's label names: 'Figure 3', 'Tabelle II', 'Рис. 4', '图 5', '2. ábra'."""

from __future__ import annotations

import re
from typing import Literal

from litmap.parsing.word_lists import load_pattern, load_words

CaptionKind = Literal["figure", "table", "box", ""]


def _behind(kind: str) -> str:
    """The labels of this kind that stand behind their number, as alternatives."""
    entries = (entry.split() for entry in load_words("labels_behind_numbers"))
    return "|".join(sorted(re.escape(label) for what, label in entries if what == kind))


_NUMBER = (
    r"(?:\(?(?:\d{1,3}|(?-i:[A-Z])\.?\s?\d{1,3}|[一二三四五六七八九十]{1,3})"
    r"|\b(?-i:[IVX]{1,5}|[A-Z])(?![^\W_]))"
    r"(?:[.\-–‒]\d{1,3}(?!\d))*(?:[a-z](?![^\W_]))?"
)
CAPTION = re.compile(
    rf"(?:(?:(?P<figure>{load_pattern('figure_labels')})"
    rf"|(?P<table>{load_pattern('table_labels')})"
    rf"|(?P<box>{load_pattern('box_labels')}))\.?[ \u3000]?\s*{_NUMBER}"
    rf"|\d{{1,3}}(?:\.\d{{1,3}})?[.\-]?\s(?:(?P<figure_behind>{_behind('figure')})"
    rf"|(?P<table_behind>{_behind('table')})))"
    r"\s*(?:(?P<mark>[.:：．|(（)—–-])|(?P<end>$)|(?P<loose>\s|(?<=\s)))",
    re.I,
)
"""'Figure 3: …', 'TABLE II', 'Algorithm 1'; 'mark' is what follows the number."""


def caption_kind(text: str) -> CaptionKind:
    """Whether a caption is a figure's, a table's or a box's ('Algorithm 1'); '' where its label
    tells nothing.
    """
    match = CAPTION.match(text)
    if match is None:
        return ""
    if match["figure"] or match["figure_behind"]:
        return "figure"
    return "table" if match["table"] or match["table_behind"] else "box"
