"""Notes as people write them: files found, decoded, and read into one format-independent form.

`read_notes` takes folders, files and '-' (stdin). Readers exist for Markdown (also Obsidian's, pandoc's, Hugo's and
Jekyll's), org-mode, reStructuredText, LaTeX, HTML, Jupyter notebooks, plain text, and the reference files BibTeX, RIS,
nbib, CSL-JSON and Zotero's CSV.
"""

from litmap.notes.discover import find_note_files
from litmap.notes.read import parse_note, read_notes

__all__ = ["find_note_files", "parse_note", "read_notes"]
