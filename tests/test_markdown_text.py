"""Text in Markdown pages: nothing that others wrote acts, and nothing is escaped that would not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from litmap.digests.html_page import advice
from litmap.parsing.markup import escape_markdown, markdown_advice, one_line
from litmap.ui import formatting

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = st.text(
    st.sampled_from("\\`*_{}[]()<>#+-.!|~$&^=%:;/'\"@ \t\n0123456789abxé李C\u2028\u00a0\u202e"),
    max_size=40,
)
PIECES = st.lists(
    st.sampled_from(
        ["- ", "+ ", "* ", "1. ", "2) ", "# ", "> ", "---", "===", "```", "~~~", "![[a]]", "[[a|b]]",
         "[a](b)", "![a](b)", "<b>", "<!-- ", "-->", "<https://a.example>", "&amp;", "&#60;", "&lt;b&gt;",
         "**a**", "_a_", "~~a~~", "==a==", "%%a%%", "$a$", "^a", "[^1]", "#tag", " #tag", "a", " ", "\\",
         "`a`", "|", "\n", "\n\n", "    a", "[ ] ", "[a]: b", "{{a}}", "{% a %}", "<% a %>"]
    ),
    max_size=12,
).map("".join)  # fmt: skip
TEXTS = HOSTILE | PIECES | st.text(max_size=30)
PLACES = {
    "alone": "{}",
    "behind a paragraph": "before\n{}",
    "heading": "# {}",
    "item": "- {}",
    "item of an item": "- a\n  - {}",
    "quotation": "- a\n  > {}",
    "behind words": "- **New.** {} (p. 3)",
    "strong": "- x **a {} b**",
    "link": "- [a {} b](<https://a.example/>)",
    "cell": "| a | {} |\n| --- | --- |\n| x | {} |",
}
"""What stands around a text."""


def kinds_and_text(page):
    """The elements of a page, in order, and its text without what is between blanks."""
    kinds, text = [], []
    for token in PARSER.parse(page):
        for part in token.children or [token]:
            if part.type == "text":
                text.append(part.content)
            elif part.type not in {"inline", "text_special"}:
                kinds.append(part.type)
            else:
                text.append(part.content)
        text.append(" ")
    return kinds, " ".join("".join(text).split())


@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_what_others_wrote_is_shown_as_it_is_and_acts_nowhere(place, text):
    around, plain = PLACES[place], one_line(text)
    if not plain:
        return
    kinds, shown = kinds_and_text(around.replace("{}", escape_markdown(text)))
    harmless_kinds, harmless = kinds_and_text(around.replace("{}", "WORD"))
    assert kinds == harmless_kinds
    assert shown == harmless.replace("WORD", plain)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_no_mark_of_obsidian_and_of_templates_is_left(text):
    """Those that the parser does not know: each has a backslash in it."""
    shown = escape_markdown(text)
    bare = re.sub(r"\\[^\w\s]", "", shown)
    assert not re.search(r"==|%%|\$|\^|\[|\]|~|[{}]|<", bare)
    assert not re.search(r"(?<![\w\\])#", bare)
    for mark in ("[[", "{{", "{%", "<%", "%%", "=="):
        assert mark not in shown


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02", "Smith et al. (2019), pp. 3-5.", "C# and F#", "p = .05; 10% more, a+b", "AT&T & co",
        "self-attention", "arXiv:2611.01234v2", "What now? Nothing!", "a: b; c/d, 'e' “f”", "1.5 and 2.", "-3 degrees",
        "x - y", "a > b", "https://a.example/x-y?z=1&b=2",
    ],
)  # fmt: skip
def test_what_means_nothing_stays_as_it_is(text):
    assert escape_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- a", r"\- a"), ("+ a", r"\+ a"), ("-", r"\-"), ("---", r"\---"), ("1. a", r"1\. a"), ("2) a", r"2\) a"),
        ("# a", r"\# a"), ("a #tag", r"a \#tag"), ("a #", r"a \#"), ("> a", r"\> a"), ("==a==", r"\=\=a\=\="),
        ("%%a%%", r"\%\%a\%\%"), ("=", r"\="), ("&amp;", r"\&amp;"), ("[[a]]", r"\[\[a\]\]"), ("a^b", r"a\^b"),
        ("$x$", r"\$x\$"), ("a|b", r"a\|b"), ("C:\\", "C:\\\\"),
    ],
)  # fmt: skip
def test_what_would_mean_something_is_escaped(text, shown):
    assert escape_markdown(text) == shown


# ── commands in advice ────────────────────────────────────────────────────────────────────────────
ADVICE = "say which work: `litmap resolve title:ab12 ID`, or `rm -rf *` _that_"


def test_a_command_in_advice_is_code_in_a_page_and_nothing_else_is():
    shown = markdown_advice(ADVICE)
    assert shown == r"say which work: `litmap resolve title:ab12 ID`, or \`rm -rf \*\` \_that\_"
    assert "<code>litmap resolve title:ab12 ID</code>, or `rm -rf *` _that_" in advice(ADVICE)


def test_a_command_in_advice_is_code_in_the_app():
    shown = formatting.advice(ADVICE)
    assert "say which work\\: `litmap resolve title:ab12 ID`, or" in shown.replace("\u2060", "")
    assert "\\`rm" in shown


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(TEXTS | st.sampled_from(["`litmap add FILE`", "`litmap ", "`"]), max_size=4).map(
        "".join
    )
)
def test_advice_shows_the_same_text_and_no_element_but_code(text):
    if not one_line(text):
        return
    (inline,) = (token for token in PARSER.parse(f"- x {markdown_advice(text)}") if token.children)
    assert {part.type for part in inline.children} <= {"text", "code_inline"}
    assert all(
        part.content.startswith("litmap ") for part in inline.children if part.type == "code_inline"
    )
    shown = "".join(part.content for part in inline.children)
    plain = re.sub(r"(?<!`)`(litmap [A-Za-z0-9_ ./:-]+)`(?!`)", r"\1", one_line(text))
    assert " ".join(shown.split()) == " ".join(f"x {plain}".split())
