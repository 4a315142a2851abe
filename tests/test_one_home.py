"""One home for each question: what several stages ask of strings is answered in parsing/ alone.

Each exception names its reason. The lists only shrink: an exception that nothing needs any more
fails the test.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "litmap"
PATTERNS = {
    # '(?:19|20)\d\d', '(?:1[5-9]|20)\d\d', '1[6-9]\d\d|20\d\d'
    "year": re.compile(r"(?:19|1\[\d-9\](?:\\d\\d)?)\|20"),
    "et al": re.compile(r"\bet\b[^a-zA-Z]{0,8}(?:s[^a-zA-Z]{1,3})?al\b"),
    # '[.?!]' and a blank
    "sentence end": re.compile(r"\[[.!?]{3}\][^|\[]{0,24}(?:\\s| )|\(\?<=\[[.!?]{3}\]\)"),
}
FUNCTIONS = re.compile(
    r"_?(?:family|families|family_name|surname|surname_key|last_name|same_title|title_likeness|"
    r"title_similarity|same_venue|is_venue|venues_agree|venue_likeness|is_journal_name|"
    r"sentence_ends|sentence_at|split_sentences)"
)
EXCEPTIONS = {
    "year": {
        "citations/detectors/author_year.py": "a group of its own in a line that is all name and year",
        "citations/detectors/titles.py": "looks for the last year beside a title",
        "citations/recognisers/whole_titles.py": "a tag may leave the century out: '[ICML 16]'",
    },
    "et al": {
        "citations/detectors/links.py": "parts the names of a link's text",
        "citations/recognisers/author_names.py": "a quick look whether the pattern can match at all",
        "citations/recognisers/entry_reader.py": "inside the label of an entry: '[Doe et al. 2019]'",
        "citations/recognisers/informal_names.py": "behind a collaboration, where no 'and others' stands",
        "citations/recognisers/title_scoring.py": "an example told in words",
        "exports/ris.py": "written, not read",
        "exports/ris_records.py": "a name in a field, compared as it stands",
        "text/marked_up/jats.py": "written, not read",
        "notes/formats/mediawiki.py": "a name in a template, compared as it stands",
        "references/citing_passages.py": "read between a name and its year, where nothing else can stand",
    },
    "sentence end": {
        "citations/recognisers/reference_shape.py": "counts full stops, cuts nothing",
        "citations/recognisers/title_scoring.py": "a mark that no title has inside it",
    },
}


@cache
def modules():
    trees = {}
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        if not name.startswith("parsing/"):
            trees[name] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def strings(tree):
    """The string constants of a module, docstrings left out."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_string = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_string and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("question", PATTERNS)
def test_no_stage_has_a_pattern_of_its_own(question):
    found = {
        name
        for name, tree in modules().items()
        if any(PATTERNS[question].search(text) for text in strings(tree))
    }
    assert found == EXCEPTIONS.get(question, {}).keys()


def test_no_stage_has_a_function_of_its_own():
    found = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and FUNCTIONS.fullmatch(node.name)
    }
    assert found == EXCEPTIONS.get("functions", {}).keys()


def test_entities_are_resolved_by_parsing_alone():
    """Python's own fails at numbers of thousands of digits: `parsing.markup.unescape`."""
    found = {name for name, tree in modules().items() if "html.unescape" in ast.unparse(tree)}
    assert not found
