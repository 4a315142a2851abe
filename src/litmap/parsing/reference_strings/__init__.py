"""Reference strings in the usual styles: their fields, whether a text is one, and lists of them cut
into entries.

Nothing is imported here: who reads PDFs asks how entries begin, and needs no parser for it, whose
lists of words take long to load.
"""
