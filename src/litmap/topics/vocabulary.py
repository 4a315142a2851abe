"""Words of headings that name no subject, in the languages notes are written in (`data/`)."""

from litmap.parsing.word_lists import load_words

_PACKAGE = "litmap.topics"

NO_SUBJECT = load_words("words_without_subject", _PACKAGE)
"""A heading made of these alone is a place to put papers, not a topic ('Zu lesen', '2021
inbox').
"""
INBOX = load_words("inbox_words", _PACKAGE)
"""Of those, the ones that say 'not filed yet' rather than 'references' or a date."""
CATCH_ALL = load_words("catch_all_words", _PACKAGE)
"""What is left of a subject, below a heading that names it ('Machine learning › Other')."""
UNSPACED = tuple(
    sorted(load_words("unspaced_without_subject", _PACKAGE), key=lambda word: (-len(word), word))
)
"""The same for scripts that put no spaces between words, the longest first: phrases that may follow
one another."""
