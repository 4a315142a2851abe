"""Words that tell names, titles and venues apart; the lists are in `data/`."""

from __future__ import annotations

import re

from litmap.parsing.word_lists import load_pattern, load_words

PARTICLES = load_words("name_particles")
CONJUNCTIONS = load_words("name_conjunctions")
SUFFIXES = load_words("name_suffixes")
NOT_NAMES = load_words("not_names")
"""Words of titles and venues that (nearly) never are part of a person's name, in lower case."""
ABBREVIATIONS = load_words("abbreviations_references")
"""Abbreviations that end no title, in lower case, without their full stop."""

ORGANISATION = re.compile(rf"\b(?:{load_pattern('organisation_words')})\b")
JOURNAL_WORD = re.compile(rf"\b(?:{load_pattern('journal_words')})\b")
JOURNAL_ABBREVIATION = re.compile(rf"(?:{load_pattern('journal_abbreviations')})")
JOURNAL_ACRONYM = re.compile(rf"(?:{load_pattern('journal_acronyms')})")
"""Journals that are named by their letters alone."""
JOURNAL_TITLE = re.compile(rf"(?:{load_pattern('journal_titles')})")
"""Journals of one word."""
CITY = re.compile(rf"(?:{load_pattern('cities')})\b")
PUBLISHER = re.compile(rf"\b(?:{load_pattern('publishers')})(?!\w)")
PLACE = re.compile(r"^[^\W\d_][\w .,’'&/-]{1,40}: ?[^\W\d_]")
"""A place and what is published there: 'New York: Wiley'."""

VENUE_START = re.compile(
    r"^(?:in[:\s]|en:|dans[:\s]|appeared in|published in|presented at|proceedings\b|proc\b|"
    r"advances in\b|journal\b|"
    r"j\. |trans(?:actions|\.)|annals\b|ann\. |lecture notes in\b|lect\. notes|bulletin\b|bull\. |"
    r"international (?:journal|conference|symposium|workshop)|(?:european|asian|american|ieee|acm|"
    r"annual) conference|"
    r"the (?:journal|annals|american journal|lancet|new england|quarterly|review|astrophysical|"
    r"european)\b|"
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth) "
    r"(?:international|annual|ieee|acm|workshop|conference|symposium|european)|"
    r"working paper|unpublished|manuscript|in press|in preparation|to appear|forthcoming|"
    r"submitted|mimeo|"
    r"(?:master|ph\.? ?d|doctoral|diploma|bachelor|mphil|m\.?sc|phd|licentiate|"
    r"habilitation)[’'s.]* ?"
    r"(?:thesis|dissertation)|ph\.? ?d|phd\b|diss\b|dissertation\b|thesis\b|thèse\b|tech(?:nical|"
    r"\.) rep|report no|"
    r"(?:arxiv|biorxiv|medrxiv|chemrxiv|psyarxiv|osf preprints?|ssrn|corr|nber|cepr|iza|rfc|hal|"
    r"eprint|e-print|"
    r"cryptology eprint|preprint|us patent|u\.s\. patent|patent)\b)",
    re.I,
)
"""How a venue begins where it is named by its kind."""
STANDARD_NUMBER = (
    rf"{load_pattern('standards_bodies')}(?:[ /-](?:EN|ISO|IEC|[A-ZРЕ]{{1,2}})(?![^\W\d_]))*"
    r"[ -]?(?:[A-Z] ?)?(?!(?:19|20)\d\d\b(?![.:-]))\d[\d.]*\d(?:[-–—]\d+)*(?::\d{4}(?:-\d\d)?)?"
)
"""'PN-EN 12345:2017-04', 'JIS C 1507:2015', 'GB/T 7714-2015', 'СП 25.13330.2018'; no 'AS 2015'."""
