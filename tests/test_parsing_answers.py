"""What parsing says of small texts, to the last field; see `answers`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from litmap.parsing import (
    captions,
    encodings,
    heading_subjects,
    languages,
    latex_text,
    markup,
    meta_tags,
    name_fields,
    person_names,
    phrases,
    places,
    quantities,
    reference_headings,
    retractions,
    sentence_roles,
    sentences,
    table_cells,
    table_columns,
    terms,
    title_similarity,
    venues,
)
from litmap.parsing.identifiers import fields, find, ids, urls
from litmap.parsing.reference_strings import (
    access_notes,
    author_lists,
    comma_styles,
    dates,
    density,
    labelled_fields,
    name_tokens,
    normalise,
    openings,
    parser,
    responsibility,
    splitting,
    titles,
)
from litmap.parsing.reference_strings import languages as reference_languages
from litmap.parsing.reference_strings import venues as reference_venues
from tests import answers

RULES = {
    "notes": sentences.NOTE_SENTENCES,
    "citing": sentences.CITING_SENTENCES,
    "summary": sentences.SUMMARY_SENTENCES,
    "shown": sentences.SHOWN_SENTENCES,
}


def _name(form: str) -> Callable[[str], Any]:
    return lambda text: author_lists.NameReader(text).name(form, 0)


def _part(method: str) -> Callable[[str], Any]:
    """What a method of `NameParts` says of each token of a text."""

    def ask(text: str) -> list[Any]:
        parts = author_lists.NameReader(text)
        return [getattr(parts, method)(i) for i in range(len(parts.tokens))]

    return ask


def _list(form: str) -> Callable[[str], Any]:
    return lambda text: author_lists.NameReader(text).read_list(form)


def _sentences(rules: str, text: str) -> list[str]:
    return [text[a:b] for a, b in sentences.split_sentences(text, RULES[rules])]


def _around(rules: str, text: str, at: int, before: int, after: int) -> str:
    return text[
        slice(*sentences.sentence_around(text, at, RULES[rules], before=before, after=after))
    ]


def _labelled(text: str, labels: str) -> Any:
    """The fields of a text whose tokens have these labels, one a letter."""
    tokens, given = name_tokens.tokenise(text), labels.split()
    read = labelled_fields.read_fields(text, tokens, given)
    return [read, labelled_fields.with_missing_title(text, tokens, given, read)]


def _features(text: str) -> Any:
    """The features of each token of a reference, one after the other."""
    return [" ".join(row) for row in parser.features_of(parser.read_by_rules(text))[1]]


def _cut(text: str, ends: list[int]) -> list[str]:
    return [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]


QUESTIONS: dict[str, Callable[..., Any]] = {
    # ── names ──
    "tokens": name_tokens.tokenise,
    "inverted name": _name("inverted"),
    "name run together": _name("together"),
    "direct name": _name("direct"),
    "inverted list": _list("inverted"),
    "list run together": _list("together"),
    "direct list": _list("direct"),
    "authors": author_lists.read_authors,
    "organisation": lambda text: author_lists.read_organisation(text, len(text)),
    "organisation before": author_lists.read_organisation,
    "how a list closes": lambda text: author_lists._closing_score(text, text.index("|")),
    "separators of names": _part("separator"),
    "initials": _part("initials"),
    "dotted initials": _part("dotted_initial"),
    "bare initials": _part("bare_initials"),
    "name words": _part("is_name_word"),
    "particles": _part("particle"),
    "family names": _part("family"),
    "suffixes": _part("suffix"),
    # ── titles of reference strings ──
    "title before a sign": lambda text, commas, spaces: text[
        : titles.title_end(text, 0, commas=commas, spaces=spaces)[0]
    ],
    "title behind": lambda text, at: text[at : titles.title_end(text, at, commas=False)[0]],
    "quoted title": lambda text: titles.quoted_title(text, 0),
    "tidy title": titles.tidy_title,
    "how well a title ends": lambda sign, after, title, piece, commas: titles._end_score(
        sign, after, title, piece, commas=commas
    ),
    "end of a title and its score": lambda text, commas, spaces: titles.title_end(
        text, 0, commas=commas, spaces=spaces
    ),
    # ── what tells an entry, and what is taken out of it ──
    "opening of an entry": lambda line: [
        openings.opening_strength(line),
        openings.opens_with_name(line),
        openings.behind_same_author(line),
        openings.closing_strength(line),
    ],
    "density": density.reference_density,
    "access notes": lambda text: [
        access_notes.without_access_notes(text),
        access_notes.has_access_date(text),
    ],
    "statement of responsibility": lambda text: responsibility.read_responsibility(text, 0),
    "commas alone": lambda text: [
        comma_styles.read_comma_reference(text),
        comma_styles.names_legal_source(text),
    ],
    "labelled fields": _labelled,
    "features of tokens": _features,
    # ── venues and dates of reference strings ──
    "venue of a reference": reference_venues.venue_of,
    "journal only": reference_venues.is_journal_only,
    "date behind authors": lambda text: dates.date_after_authors(text, 0),
    "date first": dates.date_first,
    "year behind the title": dates.year_in,
    # ── whole reference strings ──
    "clean": normalise.clean,
    "reference": parser.parse_reference,
    "reference behind another": lambda text, names, hint: parser.parse_reference(
        text, previous_authors=names, title_hint=hint
    ),
    "label": parser._read_label,
    "head of a reference": parser._head,
    "title in a reference": lambda text, hint: parser._title(text, parser._head(text, ()), hint),
    "titles set off by commas": parser._comma_style,
    "how like a reference": splitting.looks_like_reference,
    "entries": splitting.split_entries,
    "joined lines": lambda *parts: splitting.join_lines(parts),
    # ── venues ──
    "venue score": venues.venue_score,
    "journal run": venues.journal_run,
    "journal name": lambda text: [
        venues.is_journal_name(text),
        venues.is_unambiguous_journal(text),
        venues.is_numbered_venue(text),
    ],
    "two venues": lambda one, two: [
        venues.same_venue(one, two),
        venues.same_venue(two, one),
        venues.venues_compatible(one, two),
        venues.venues_compatible(two, one),
    ],
    # ── two titles ──
    "normal title": lambda text: [
        title_similarity.normalise_title(text),
        title_similarity.plain_words(text),
        title_similarity.squash_title(text),
    ],
    "two titles": lambda one, two: [
        title_similarity.title_similarity(one, two),
        title_similarity.title_similarity(two, one),
        title_similarity.quick_similarity(one, two),
        title_similarity.match_titles(one, two),
        title_similarity.match_titles(two, one),
        title_similarity.odd_words(one.lower().split(), two.lower().split()),
        title_similarity.names_other_work(one.lower().split(), two.lower().split()),
        title_similarity.is_about_another(one.lower().split(), two.lower().split()),
    ],
    "distinctive title": title_similarity.is_distinctive,
    "marks of a retracted work": lambda title: [
        retractions.split_mark(title),
        retractions.split_mark(title, is_work=True),
    ],
    "printed markup": lambda text: [markup.plain_text(text), markup.strip_tags(text)],
    "meta tags": lambda html: [
        meta_tags.read_tags(html.encode()),
        meta_tags.pdf_urls(html.encode(), "https://a.org/b/"),
    ],
    # ── headings, tables, places ──
    "names of a list": lambda text: [
        reference_headings.names_reference_list(text),
        reference_headings.may_name_reference_list(text),
        reference_headings.names_notes(text),
        reference_headings._list_names(text),
    ],
    "subject of a heading": lambda heading: [
        heading_subjects.words_of(heading),
        heading_subjects.has_subject(heading),
        heading_subjects.is_inbox(heading),
        heading_subjects.names_order(heading),
        heading_subjects.letters_of(heading),
    ],
    "column": table_columns.column_role,
    "table of works": lambda *cells: [
        table_columns.work_columns(cells),
        table_columns.topic_column(cells),
    ],
    "rows of a table": lambda rows: [table_cells.count_heads(rows), table_cells.to_grid(rows)],
    "row as text": lambda row: [
        table_cells.split_cells(row),
        table_cells.join_cells(table_cells.split_cells(row)),
    ],
    "caption": captions.caption_kind,
    "place": lambda number, section: [
        places.page_place(number),
        places.paragraph_place(number, section),
    ],
    "roles": sentence_roles.roles_said,
    "role of a section": sentence_roles.section_role,
    "phrases": lambda listed, text: [
        phrases.phrases_pattern(listed).findall(text),
        phrases.phrases_pattern(listed, begins=True).findall(text),
    ],
    # ── languages, encodings, LaTeX ──
    "language": lambda text: [languages.is_english(text), reference_languages.is_foreign(text)],
    "language of words": lambda text: [
        languages.language_of(text),
        languages.passage_language(text, "de"),
        languages.document_language([text, "The end of the text.", text]),
    ],
    "encoding": lambda text: [
        encodings.wide_encoding(text.encode("latin-1")),
        encodings.declared_encoding(text.encode("latin-1")),
    ],
    "LaTeX": lambda text: [latex_text.plain_latex(text), latex_text.verbatim_latex(text)],
    # ── people ──
    "names in a field": lambda field: [
        name_fields.split_names(field),
        name_fields.split_plain_names(field),
        name_fields.read_people(field),
    ],
    "names joined and parted": lambda name: [
        name_fields.read_person(name),
        name_fields.given_name_first(name),
        name_fields.is_suffix(name.rpartition(" ")[2]),
    ],
    "person": lambda name: [
        person_names.split_name(name),
        person_names.family_name(name),
        person_names.surname_key(name),
        person_names.family_keys([name]),
        person_names.last_family_word(name),
    ],
    "short authors": lambda *names: person_names.short_authors(names),
    # ── sentences and words ──
    "sentences": _sentences,
    "sentence around": _around,
    "sentences of a passage": lambda text: _cut(text, sentences.sentence_ends(text)),
    "words": lambda text: list(terms.find_words(text)),
    "keys of words": lambda text: [terms.term_keys(text), terms.pair_keys(terms.term_keys(text))],
    "plain places": terms.plain_places,
    "plain text": terms.plain_text,
    "quantities": quantities.quantities,
    # ── identifiers ──
    "identifiers": find.find_identifiers,
    "urls": find.find_urls,
    "trimmed url": find.trim_url,
    "identifier of a url": urls.identifier_from_url,
    "unwrapped url": urls.unwrap_url,
    "url key": urls.url_key,
    "identifiers of a field": fields.identifiers_in_field,
    "clean doi": ids.clean_doi,
    "doi": ids.doi_id,
    "arxiv": lambda text: [ids.valid_arxiv(text), ids.arxiv_version(text)],
    "normal id": ids.normalise_id,
}


@pytest.mark.parametrize("question", answers.load("parsing"))
def test_the_whole_answer_to_a_question_about_a_text(question: str) -> None:
    answers.check("parsing", QUESTIONS, question)


def test_every_question_is_asked() -> None:
    assert answers.load("parsing").keys() == QUESTIONS.keys()
