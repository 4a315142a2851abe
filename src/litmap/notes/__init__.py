"""Notes as people write them: files found, decoded, and read into one format-independent form.

`read_notes` takes folders, files and '-' (stdin). Readers exist for Markdown (also Obsidian's,
pandoc's, Hugo's and Jekyll's), org-mode, reStructuredText, AsciiDoc, Typst, Textile, LaTeX, HTML,
MediaWiki and TiddlyWiki text, Jupyter notebooks, word processors' files, outlines, exports of note
programs, mails, plain text, and the reference files BibTeX, RIS, nbib, CSL-JSON, Zotero's CSV and
RDF, EndNote's XML and MODS. `notes.formats.FORMATS` is the table of them.
"""

from litmap.notes.discovery import count_note_files, find_note_files, may_be_note
from litmap.notes.reader import parse_note, read_notes

__all__ = ["count_note_files", "find_note_files", "may_be_note", "parse_note", "read_notes"]
