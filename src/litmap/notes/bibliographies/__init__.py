"""Readers of reference files: BibTeX, RIS, CSL-JSON and CSV as text; RDF, EndNote's and MODS as XML.

They have a row each in `litmap.notes.formats.FORMATS`. A record becomes a block of kind 'entry' whose
fields `bibliographies.record` names.
"""
