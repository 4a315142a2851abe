"""Readers of reference files: BibTeX, RIS and CSL-JSON as text, EndNote, Zotero RDF and MODS as XML."""
