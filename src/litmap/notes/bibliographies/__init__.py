"""Readers of reference files: BibTeX, RIS, CSL-JSON, CSV, and XML of Zotero, EndNote and MODS.

They have a row each in `litmap.notes.formats.FORMATS`. A record becomes a block of kind 'entry'
whose fields `bibliographies.record` names.
"""
