"""Topics: the notes' own headings, what belongs under each, and what fits none.

`file_works` is the stage; the modules below it in the order of the work: `outline` (which headings
are topics), `evidence` (views of works and headings), `scoring` and `calibration` (chances),
`clusters` and `labels` (what fits none, and its name), `review` (findings and coverage), `patch`
(suggestions as lines moved in the notes).
"""

from litmap.parsing.heading_subjects import has_subject, is_inbox
from litmap.topics.evidence import load_libraries
from litmap.topics.filing import file_works
from litmap.topics.outline import Outline, read_outline
from litmap.topics.patch import move_lines, patch
from litmap.topics.records import Coverage, FilingResult, Finding, PaperText

VERSION = "3"
"""Changes when the same library would be filed or shown otherwise, so that its build is made
again.
"""

__all__ = [
    "VERSION",
    "Coverage",
    "FilingResult",
    "Finding",
    "Outline",
    "PaperText",
    "file_works",
    "has_subject",
    "is_inbox",
    "load_libraries",
    "move_lines",
    "patch",
    "read_outline",
]
