"""Notes of many layouts and languages: the works that a careful reader finds in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.citations import find_citations
from litmap.models import Citation
from litmap.notes import read_notes
from litmap.parsing.identifiers import find_identifiers, identifier_from_url


def _citations(folder: Path, name: str, text: str) -> list[Citation]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    notes, problems = read_notes([path])
    assert not problems
    return find_citations(notes)


def _titles(citations: list[Citation]) -> list[str]:
    return [citation.reference.title for citation in citations if citation.sure]


# ── where references stand ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "footnote",
    [
        r"See Ida Lund, ``Salt and snow,'' \emph{Road Notes} 11 (2009): 120--133.",
        r"Ida Lund. 2009. Salt and snow. Road Notes 6, 1--19.",
        "Lund, I. (2009). Salt and snow.\n\\textit{Road Notes}, 15(2), 101--119.",
    ],
)
def test_a_footnote_of_latex_stands_apart_from_the_sentence_before_it(
    tmp_path: Path, footnote: str
) -> None:
    text = f"\\section{{Roads}}\nThe question is old.\\footnote{{{footnote}}} It stays open.\n"
    (citation,) = [found for found in _citations(tmp_path, "n.tex", text) if found.sure]
    assert citation.reference.title == "Salt and snow"
    assert {mention.heading for mention in citation.mentions} == {("Roads",)}
    assert any("The question is old" in mention.context for mention in citation.mentions)


@pytest.mark.parametrize(
    "page",
    [
        '<div class="csl-bib-body">\n  <div class="csl-entry">{0}</div>\n'
        '  <div class="csl-entry">{1}</div>\n</div>',
        '<div id="refs" class="references">\n<div id="ref-a" class="csl-entry">\n{0}\n</div>\n'
        '<div id="ref-b" class="csl-entry">\n{1}\n</div>\n</div>',
        "<ol>\n<li>{0}</li>\n\n<li>{1}</li>\n</ol>",
        "<p>{0}</p>\n<p>{1}</p>",
        "<dl>\n<dt>One</dt><dd>{0}</dd>\n<dt>Two</dt><dd>{1}</dd>\n</dl>",
    ],
)
def test_each_entry_of_an_html_list_in_markdown_is_a_work(tmp_path: Path, page: str) -> None:
    one = "Hart, A. (2011). Sheds by the sea. <em>Hut Review</em>, 3(1), 4–11."
    two = "Pohl, V. (2014). Sheds on stilts. <i>Hut Review</i>, 6(4), 50–63."
    citations = _citations(tmp_path, "n.md", f"# Sheds\n\n{page.format(one, two)}\n\nMore.\n")
    assert _titles(citations) == ["Sheds by the sea", "Sheds on stilts"]


def test_a_link_to_an_entry_that_citeproc_wrote_is_a_mention_of_its_work(tmp_path: Path) -> None:
    text = (
        '## Tin\n\nTin is loud [<a href="#citeproc_bib_item_1">1</a>].\n\n## References\n\n'
        '<div class="csl-bib-body">\n  <div class="csl-entry"><a id="citeproc_bib_item_1"></a>'
        "1. Hart, A. (2011). Rain on tin. <i>Hut Review</i>, 3(1), 4–11.</div>\n</div>\n"
    )
    (citation,) = _citations(tmp_path, "n.md", text)
    assert ("Tin",) in {mention.heading for mention in citation.mentions}


def test_markdown_inside_a_div_is_read_as_markdown(tmp_path: Path) -> None:
    text = "<div>\n[A paper](https://doi.org/10.5555/ab.7)\n</div>\n"
    (citation,) = _citations(tmp_path, "n.md", text)
    assert citation.reference.ids == ("doi:10.5555/ab.7",)


# ── where an identifier ends ─────────────────────────────────────────────────────────────────────
def test_a_mistyped_link_ends_before_its_second_bracket() -> None:
    text = "DOI: (https://doi.org/10.5555/wave.12)[https://doi.org/10.5555/wave.12]"
    assert {found.id for found in find_identifiers(text)} == {"doi:10.5555/wave.12"}


def test_the_session_of_a_reader_is_no_part_of_a_doi() -> None:
    url = "https://onlinelibrary.wiley.com/doi/10.1002/ab.12/full;jsessionid=AB12.f03t04"
    assert identifier_from_url(url) == "doi:10.1002/ab.12"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.jstage.jst.go.jp/article/abcj/41/2/41_120/_article/-char/ja",
        "https://dialnet.unirioja.es/servlet/articulo?codigo=1234567",
        "https://elibrary.ru/item.asp?id=12345678",
        "https://www.persee.fr/doc/abcd_0000-0001_1999_num_12_3_4567",
        "https://kns.cnki.net/kcms/detail/detail.aspx?filename=ABCD201901001",
        "https://www.dbpia.co.kr/journal/articleDetail?nodeId=NODE01234567",
        "https://hrcak.srce.hr/123456",
    ],
)
def test_a_page_of_a_journal_platform_of_any_country_may_be_a_work(
    tmp_path: Path, url: str
) -> None:
    (citation,) = _citations(tmp_path, "n.md", f"# To read\n\n- [Item A of the list]({url})\n")
    assert url in citation.reference.urls
