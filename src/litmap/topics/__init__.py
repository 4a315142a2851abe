"""Topics: the notes' own headings, what belongs under each, and what fits none.

`file_works` is the stage; the modules below it in the order of the work: `outline` (which headings
are topics), `evidence` (views of works and headings), `scoring` and `calibration` (chances),
`clusters` and `labels` (what fits none, and its name), `themes` (headings of all notes brought
together), `kept_themes` (the reader's word about them), `review` (findings and coverage), `patch`
(suggestions as lines moved in the notes), `moved_lines` (the same by the reader's word),
`notice_lines` (what became of a work as a line of a note), `link_lines` (links to the works' pages
in a note), `candidates` (where new papers would
stand).
"""

from litmap.parsing.heading_subjects import has_subject, is_inbox
from litmap.topics.candidates import FiledLibrary, Placement, place
from litmap.topics.evidence import latent_words, load_libraries
from litmap.topics.filing import file_works
from litmap.topics.kept_themes import ThemeEditor, apply_kept, find_heading
from litmap.topics.link_lines import LineLink, add_block, add_line_links
from litmap.topics.notice_lines import NoticeLine, add_notices, line_of, names_in_note
from litmap.topics.outline import Outline, find_places, read_outline
from litmap.topics.patch import move_lines, patch
from litmap.topics.records import MAX_MISSING, Coverage, FilingResult, Finding, PaperText

VERSION = "6"
"""Changes when the same library would be filed or shown otherwise, so that its build is made
again.
"""

__all__ = [
    "MAX_MISSING",
    "VERSION",
    "Coverage",
    "FiledLibrary",
    "FilingResult",
    "Finding",
    "LineLink",
    "NoticeLine",
    "Outline",
    "PaperText",
    "Placement",
    "ThemeEditor",
    "add_block",
    "add_line_links",
    "add_notices",
    "apply_kept",
    "file_works",
    "find_heading",
    "find_places",
    "has_subject",
    "is_inbox",
    "latent_words",
    "line_of",
    "load_libraries",
    "move_lines",
    "names_in_note",
    "patch",
    "place",
    "read_outline",
]
