"""Notes of many layouts and languages: the works that a careful reader finds in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from litmap.citations import find_citations
from litmap.citations.recognisers.entry_reader import leading_words
from litmap.citations.recognisers.name_lists import is_names_alone
from litmap.citations.recognisers.reference_shape import is_prose, may_be_reference, reference_score
from litmap.citations.recognisers.table_rows import split_author_cell
from litmap.models import Citation
from litmap.notes import read_notes
from litmap.notes.builder import lists_references, names_no_subject
from litmap.parsing.identifiers import find_identifiers, identifier_from_url
from litmap.parsing.languages import is_english
from litmap.parsing.table_columns import work_columns


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


TWO_ROWS = [
    ("Punts in slow water", ["Dunne"], 2007),
    ("Locks that leak at night", ["Okoro", "Lee"], 2012),
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "t.md",
            "# Boats\n\n| Notes | Title | Authors | Year |\n|---|---|---|---|\n"
            "| so long | Punts in slow water | Dunne | 2007 |\n"
            "| good | Locks that leak at night | Okoro, Lee | 2012 |\n",
        ),
        (
            "t.md",
            "# Boats\n\nAutor | Titel | Jahr\n--- | --- | ---\n"
            "Dunne, Ida | Punts in slow water | 2007\n"
            "Okoro, Ben / Lee, Kim | Locks that leak at night | 2012\n",
        ),
        (
            "t.org",
            "* Boats\n| Jahr | Autor:innen | Titel |\n|----+----+----|\n"
            "| 2007 | Dunne, Ida | Punts in slow water |\n"
            "| 2012 | Okoro, Ben; Lee, Kim | Locks that leak at night |\n",
        ),
        (
            "t.html",
            "<html><body><h1>Boats</h1><table><tr><th>Auteurs</th><th>Titre</th><th>Année</th></tr>"
            "<tr><td>Dunne</td><td>Punts in slow water</td><td>2007</td></tr>"
            "<tr><td>Okoro et Lee</td><td>Locks that leak at night</td><td>2012</td></tr>"
            "</table></body></html>",
        ),
        (
            "t.tex",
            "\\section{Boats}\n\\begin{tabular}{@{}lp{3cm}l@{}}\n\\toprule\nAutores & Título & Año \\\\\n"
            "\\midrule\nDunne & Punts in\nslow water & 2007 \\\\\n"
            "Okoro y Lee & Locks that leak at night & 2012\n\\end{tabular}\n",
        ),
        (
            "t.csv",
            "年份;标题;作者;备注\n2007;Punts in slow water;Dunne;x\n"
            "2012;Locks that leak at night;Okoro and Lee;y\n",
        ),
    ],
)
def test_a_row_of_a_table_is_the_work_that_its_columns_name(
    tmp_path: Path, name: str, text: str
) -> None:
    references = [citation.reference for citation in _citations(tmp_path, name, text)]
    found = [(r.title, [author.split()[-1] for author in r.authors], r.year) for r in references]
    assert found == TWO_ROWS


def test_what_a_cell_of_remarks_cites_is_read_as_any_text(tmp_path: Path) -> None:
    text = (
        "| Title | Authors | Year | DOI | Notes |\n|---|---|---|---|---|\n"
        "| Punts in slow water | Dunne | 2007 | 10.5555/ab.7 | unlike Okoro and Lee (2012) |\n"
    )
    citations = _citations(tmp_path, "n.md", text)
    assert [c.reference.ids for c in citations] == [("doi:10.5555/ab.7",), ()]
    assert citations[1].reference.authors == ("Okoro", "Lee")


def test_a_table_of_tasks_or_talks_holds_no_works(tmp_path: Path) -> None:
    text = (
        "| Title | Status |\n|---|---|\n| Call the ward about the pump | open |\n\n"
        "| Date | Title | Speaker |\n|---|---|---|\n| 3 May 2021 | How we feed the pumps | Ben |\n"
    )
    assert not [c for c in _citations(tmp_path, "n.md", text) if c.sure or c.searched]


@pytest.mark.parametrize(
    "head",
    ["Title | Who | Where", "Titel | Wer | Wo", "Título | Quién | Cuándo | Dónde", "Title | When"],
)
def test_who_and_where_alone_tell_no_works(head: str) -> None:
    assert work_columns(head.split(" | ")) == ()


@pytest.mark.parametrize(
    ("head", "row", "authors", "venue"),
    [
        (
            "Title | First author et al. | Where | Year",
            "Slow pumps in wet peat | Rask, Umeh and Lee | Annals of Peat 2, 5–21 | 2016",
            ("Rask", "Umeh", "Lee"),
            "Annals of Peat",
        ),
        (
            "Jahr | Erstautor:in u. a. | Titel | Erschienen in",
            "2019 | Rask & Umeh | Langsame Pumpen im nassen Moor | Moorkunde 30 (2), S. 1–15",
            ("Rask", "Umeh"),
            "Moorkunde",
        ),
        (
            "Titre | Qui | Où | Année",
            "Des pompes lentes dans la tourbe | Lefort | Revue des marais, 12(3) | 2020",
            ("Lefort",),
            "Revue des marais",
        ),
        (
            "Who | Title | Appeared in | Year",
            "Rask, Umeh | Slow pumps in wet peat | Peat & Water 8: e104 | 2022",
            ("Rask", "Umeh"),
            "Peat & Water",
        ),
        (
            "Título | Primer autor | Publicado en | Año",
            "Bombas lentas en la turba | Paredes | Cuadernos del humedal 4, pp. 88-102 | 2011",
            ("Paredes",),
            "Cuadernos del humedal",
        ),
        (
            "Lead author | Title | Outlet | When",
            "Rask | Slow pumps in wet peat | Annals of Peat 2 (2016), 5–21 | May",
            ("Rask",),
            "Annals of Peat",
        ),
        (
            "Название | Кто | Где | Год",
            "Медленные насосы в торфе | Иванов | Вестник болот 7, с. 14–31 | 2015",
            ("Иванов",),
            "Вестник болот",
        ),
    ],
)
def test_columns_of_people_and_places_hold_authors_and_venues(
    tmp_path: Path, head: str, row: str, authors: tuple[str, ...], venue: str
) -> None:
    rule = "---|" * len(head.split(" | "))
    citations = _citations(tmp_path, "n.md", f"# Pumps\n\n| {head} |\n|{rule}\n| {row} |\n")
    assert [(c.reference.authors, c.reference.venue, c.sure) for c in citations] == [
        (authors, venue, True)
    ]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Rask A, Umeh B", ("Rask A", "Umeh B")),
        ("Rask, A., Umeh, B.-K.", ("A. Rask", "B.-K. Umeh")),
        ("Rask, Ada; Umeh, Ben", ("Ada Rask", "Ben Umeh")),
        ("Rask & Umeh", ("Rask", "Umeh")),
        ("Rask, Umeh and Lee", ("Rask", "Umeh", "Lee")),
        ("Rask, Ada and Ben Umeh", ("Ada Rask", "Ben Umeh")),
        ("Ada Rask, Ben Umeh, and Kim Lee", ("Ada Rask", "Ben Umeh", "Kim Lee")),
        ("Rask et al.", ("Rask",)),
        ("Rask, Ada / Umeh, Ben", ("Ada Rask", "Ben Umeh")),
        ("Rask & Umeh (2001)", ("Rask", "Umeh")),
        ("林涛、苏晓等", ("林涛", "苏晓")),
        ("Иванов А.А., Петров Б.Б. и др.", ("Иванов А.А.", "Петров Б.Б.")),
    ],
)
def test_names_of_a_cell_are_parted(cell: str, names: tuple[str, ...]) -> None:
    assert split_author_cell(cell) == names


@pytest.mark.parametrize(
    ("cells", "columns"),
    [
        (["**Title**", "Author(s)", "Year"], ("title", "authors", "year")),
        (["Año (edición)", "Título", "Notas"], ("year", "title", "remark")),
        (["論文", "雑誌", "??"], ("title", "venue", "remark")),
        (["Reference", "Status"], ("reference", "remark")),
        (["Title", "Status"], ()),
        (["Title", "Gravel paths"], ()),
    ],
)
def test_a_head_of_a_table_of_works_names_titles_and_one_thing_more(
    cells: list[str], columns: tuple[str, ...]
) -> None:
    assert work_columns(cells) == columns


# ── where an identifier ends ─────────────────────────────────────────────────────────────────────
def test_a_mistyped_link_ends_before_its_second_bracket() -> None:
    text = "DOI: (https://doi.org/10.5555/wave.12)[https://doi.org/10.5555/wave.12]"
    assert {found.id for found in find_identifiers(text)} == {"doi:10.5555/wave.12"}


def test_a_mistyped_link_without_scheme_ends_there_too() -> None:
    text = "DOI: (https://doi.org/10.5555/wave.12)[doi.org/10.5555/wave.12]."
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


# ── what looks like a reference in any script ────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "text",
    [
        "[1] 周立新, 韩梅. 山区小学午餐供应研究[J]. 乡村教育, 2015(4): 12-19.",
        "丁一.茶馆与公共空间[D].某某师范大学,2016.",
        "佐藤花子・鈴木一郎「港町の朝市と観光」『地域社会研究』第12巻第3号、2011年、45–60頁。",
        "高橋真理『雪国の暮らし』青空社、2003年。",
        "김민수, 이지은 (2017). 도서관 이용 시간과 날씨. 문헌정보연구, 12(3), 101-118.",
        "최은영. 『섬마을의 우체국』. 서울: 바다출판사, 2008.",
    ],
)
def test_references_of_east_asia_are_told_by_their_signs(text: str) -> None:
    assert may_be_reference(text)
    assert reference_score(text) > 0.6


@pytest.mark.parametrize(
    "text",
    [
        "今天和导师讨论了第三章的写法,他认为样本太少,需要再找二十个学生,2019年的数据不能用。",
        "会议定于2021年3月5日(星期五)召开,请带上材料。",
        "张老师说2020年的项目(第3期)已经结束了。",
        "2019年、私たちは港町で調査を行った。結果はまだ整理していない。",
        "田中さんは2015年に大学を卒業しました。",
        "박서연은 2019년에 이사를 했다. 우리는 그 이후로 만나지 못했다.",
    ],
)
def test_sentences_of_east_asia_with_a_year_are_no_references(text: str) -> None:
    assert reference_score(text) < 0.3


@pytest.mark.parametrize(
    "text",
    [
        "Лебедев, С.К. Учет снега на горных дорогах // Зимние дороги. – 2014. – С. 30–41.",
        "Єрмак І.О. Весняні повені // Водні ресурси. – 2012. – № 2. – С. 17–25.",
        "Keller/Brandt/Sommer (2011): Die Treppe im Hof. In: Bauhefte 3, S. 4–9.",
        "Дойл К. «Слово „пристань“ в письмах» // Речь. 2012. № 3. С. 5–14.",
    ],
)
def test_a_reference_may_open_with_a_name_in_any_letters(text: str) -> None:
    assert may_be_reference(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Vgl. dazu Ried, Jutta: Karten ohne Namen", 10),
        ("См. также Иванов А.А. Маяки", 10),
        ("see also van den Berg, A. (2001)", 9),
        ("See, J. (1999). Mirrors", 0),
        ("For this see Mary Pike, Eels and Kings", 13),
        ("参照:石井茂「港の看板」", 3),
        ("Cf. the next chapter", 0),
    ],
)
def test_words_that_lead_to_a_reference_are_no_part_of_it(text: str, length: int) -> None:
    assert leading_words(text) == length


@pytest.mark.parametrize(
    "heading",
    [
        "Quellen und Literatur",
        "Ouvrages cités",
        "Fuentes y bibliografía",
        "Riferimenti bibliografici",
        "Referências bibliográficas",
        "Список использованных источников",
        "Список літератури",
        "参考书目",
        "参照文献",
        "참고문헌",
        "Piśmiennictwo",
        "Kaynakça",
    ],
)
def test_a_section_of_references_has_no_subject_in_any_language(heading: str) -> None:
    assert names_no_subject(heading)
    assert lists_references(heading)


# ── what is no reference in any language ─────────────────────────────────────────────────────────
PROSE = Path(__file__).parent / "data" / "prose"


@pytest.mark.parametrize("path", sorted(PROSE.glob("*.md")), ids=lambda path: path.stem)
def test_prose_of_another_language_names_no_works_and_sends_nothing(path: Path) -> None:
    notes, _ = read_notes([path])
    assert not [c.reference for c in find_citations(notes) if c.sure or c.searched]


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The proof of Doe 1999 is the one that we know", True),
        ("Die Ausstellung Bremen 2014 war klein und nicht gut besucht", False),
        ("L'atelier de la rue Haute est dans les registres", False),
        ("Выставка 1897 года", False),
        ("Doe 1999, Roe 2001", True),
    ],
)
def test_the_small_words_of_a_text_tell_whether_it_is_english(text: str, english: bool) -> None:
    assert is_english(text) is english


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        (
            "Die Werkstatt lag am Kai und hatte elf Gesellen. Dort schrieb der Vater bald dem älteren Bruder. "
            "Am Ende wurde alles an die Stadt verkauft.",
            True,
        ),
        ("Loewe, Max: Der lange Winter. Brennstoff in Kiel 1946/47, Kiel 2012.", False),
        ("Doe, J. (1999). The theory of things that move. Journal of Things 3(4), 5–6.", False),
    ],
)
def test_three_sentences_are_prose(text: str, prose: bool) -> None:
    assert is_prose(text) is prose


@pytest.mark.parametrize(
    "title",
    [
        "Rethinking Ferries, Briefly",
        "Ropes, Chains, and the Making of Small Harbours",
        "To Float or Not to Float, That Is the Problem",
        "Kinase-3 Binding: The L12 and K77 Loops Close a Pocket in the Core",
        "Fast, Cheap, and Out of Order: A Study of Locks",
        "Forward planning machines, informally",
    ],
)
def test_a_bare_title_of_a_reading_list_is_not_cut_at_its_commas(
    tmp_path: Path, title: str
) -> None:
    text = f"## Papers to read\n* The Upkeep of Town Ponds\n* {title}\n"
    titles = [citation.reference.title for citation in _citations(tmp_path, "n.md", text)]
    assert titles == ["The Upkeep of Town Ponds", title]


# ── titles in italics, repeated numbers ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("entry", "title"),
    [
        ("COLIN Marthe. *Miroirs*. Lyon : Delta, 2004, 130 p.", "Miroirs"),
        ("Rossi, Carla. *Nebbie*. Torino: Alpe, 1998.", "Nebbie"),
        ("I. C. Ward, *Fog Horns*, Little, Quay, 2010.", "Fog Horns"),
    ],
)
def test_what_is_in_italics_behind_the_authors_is_the_title(
    tmp_path: Path, entry: str, title: str
) -> None:
    assert _titles(_citations(tmp_path, "n.md", f"# Bibliographie\n\n{entry}\n")) == [title]


def test_a_number_that_is_given_twice_joins_no_two_works(tmp_path: Path) -> None:
    text = (
        "References\n\n1) Hall A. Kelp in cold bays. Algae. 2010;3:4-9.\n"
        "2) Moss C. Kelp in warm bays. Algae. 2011;4:14-19.\n"
        "2) Finn D. Kelp and oil. Algae. 2012;5:24-29.\n"
    )
    titles = _titles(_citations(tmp_path, "n.txt", text))
    assert titles == ["Kelp in cold bays", "Kelp in warm bays", "Kelp and oil"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("Ekman, Al und Ib Korda (Hg.): ", True),
        ("van der Berg, A. ", True),
        ("The growth of ", False),
        ("Doe, J. 1999. ", True),
        ("Doe, J. 1999. A theory ", False),
    ],
)
def test_names_alone_stand_before_a_title(text: str, alone: bool) -> None:
    assert is_names_alone(text) is alone


# ── a linked title, its people behind it ─────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("item", "authors", "venue", "year"),
    [
        ("[{}]({}) - Ida Lund, Bo Ek. *Road Notes*, 2018.", "Ida Lund; Bo Ek", "Road Notes", 2018),
        ("[{}]({}) – **Ida Lund**, Bo Ek. 2018.", "Ida Lund; Bo Ek", "", 2018),
        ("[{}]({}) — Ida Lund et al., 2018", "Ida Lund", "", 2018),
        (
            "[{}]({}): Ida Lund, Piet de Boer and Bo Ek (2018)",
            "Ida Lund; Piet de Boer; Bo Ek",
            "",
            2018,
        ),
        ("[{}]({}) | Ida Lund, Bo Ek | Road Notes | 2018", "Ida Lund; Bo Ek", "Road Notes", 2018),
        (
            "[{}]({}), by Ida Lund and Bo Ek, Road Notes, 2018.",
            "Ida Lund; Bo Ek",
            "Road Notes",
            2018,
        ),
        ("[{}]({}) (2018) - Ida Lund, Bo Ek.", "Ida Lund; Bo Ek", "", 2018),
        ("2018: [{}]({}) - Ida Lund, Bo Ek.", "Ida Lund; Bo Ek", "", 2018),
        ("[{}]({}) - NeurIPS 2018. Ida Lund, Bo Ek.", "Ida Lund; Bo Ek", "NeurIPS", 2018),
        ("[{}]({}) - Lund, I., Ek, B. (2018). Road Notes.", "I. Lund; B. Ek", "", 2018),
        ("[{}]({}) - Lund, Ek & Berg, ICSE 2018", "Lund; Ek; Berg", "ICSE", 2018),
        ("[{}]({}) (Lund et al., 2018)", "Lund", "", 2018),
        (
            "[{}]({}) - Ida Lund, Bo Ek. 2018. ([code](https://github.com/a/b))",
            "Ida Lund; Bo Ek",
            "",
            2018,
        ),
        ("Lund, I. [{}]({}) (2018)", "I. Lund", "", 2018),
    ],
)
@pytest.mark.parametrize("title", ["Slow Winds over Salt Flats", "Salt, Snow, and Sand"])
def test_people_behind_a_linked_title_are_its_authors(
    tmp_path: Path, title: str, item: str, authors: str, venue: str, year: int
) -> None:
    text = "# Roads\n\n- " + item.format(title, "https://doi.org/10.5555/ab.1") + "\n"
    (citation,) = _citations(tmp_path, "n.md", text)
    found = citation.reference
    assert (found.title, "; ".join(found.authors), found.venue) == (title, authors, venue)
    assert (found.year, found.ids) == (year, ("doi:10.5555/ab.1",))


@pytest.mark.parametrize(
    "remark", ["Great Paper.", "what the roads were built on", "introduces the test of Ek (2011)."]
)
def test_a_remark_behind_a_linked_title_names_no_authors(tmp_path: Path, remark: str) -> None:
    address = "https://doi.org/10.5555/ab.1"
    text = f"# Roads\n\n- [Slow Winds over Salt Flats]({address}) - {remark}\n"
    citation = _citations(tmp_path, "n.md", text)[0]
    assert citation.reference.title == "Slow Winds over Salt Flats"
    assert not citation.reference.authors


def test_a_link_behind_a_linked_title_may_be_the_same_work_or_another(tmp_path: Path) -> None:
    text = (
        "# Roads\n\n- [Slow Winds over Salt Flats](https://doi.org/10.5555/ab.1) - Ida Lund. 2018. "
        "[[arXiv](https://arxiv.org/abs/1801.01001)] [Ek (2011)](https://doi.org/10.5555/ab.2)\n"
    )
    first, other = _citations(tmp_path, "n.md", text)
    assert set(first.reference.ids) == {"doi:10.5555/ab.1", "arxiv:1801.01001"}
    assert other.reference.ids == ("doi:10.5555/ab.2",)


# ── keys without a reference file ────────────────────────────────────────────────────────────────
_LISTED = (
    "Rask, A., & Umeh, B. (2015). Slow pumps in wet peat. Annals of Peat, 23(1), 12–30.",
    "O'Donovan, C. (2018). Forward pumps before dawn. Peat Letters, 37, 11–26.",
    "Van der Hoek, W. (2019). Against pumping. Annals of Peat, 8(1), 3–20.",
    "Dvořák, P. (2009). Nested rhythms of the moor. Moor Dynamics, 3, 250–271.",
    "Lund, E. (2020a). Drains on demand. Peat Engineering, 2, 44–63.",
    "Lund, E. (2020b). Drains at night. Peat Engineering, 2, 64–70.",
    "Pell, R. (2021). Ditches. Peat Engineering, 3, 1–9.",
    "Pell, S. (2021). Canals of the north. Peat Engineering, 3, 10–19.",
)


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("rask2015", "Slow pumps in wet peat"),
        ("RaskUmeh2015", "Slow pumps in wet peat"),
        ("rask2015slow", "Slow pumps in wet peat"),
        ("rask_etal_2015", "Slow pumps in wet peat"),
        ("odonovan2018", "Forward pumps before dawn"),
        ("vanderhoek2019", "Against pumping"),
        ("hoek2019", "Against pumping"),
        ("dvorak2009", "Nested rhythms of the moor"),
        ("lund2020b", "Drains at night"),
        ("pell2021canals", "Canals of the north"),
        ("pell2021", None),
        ("lund2020", None),
        ("rask2016", None),
        ("raskin2015", None),
        ("rask2015quick", None),
    ],
)
def test_a_key_of_no_file_points_to_the_one_entry_of_the_note_that_makes_it(
    tmp_path: Path, key: str, title: str | None
) -> None:
    entries = "\n".join(f"- {entry}" for entry in _LISTED)
    text = f"# Moors\n\n## Pumps\n\nThe pump stops [@{key}].\n\n# References\n\n{entries}\n"
    citations = _citations(tmp_path, "n.md", text)
    pumped = [
        c.reference.title
        for c in citations
        if any(m.kind == "citekey" and m.heading == ("Moors", "Pumps") for m in c.mentions)
    ]
    assert [found for found in pumped if found in " ".join(_LISTED) and found] == (
        [title] if title else []
    )


@pytest.mark.parametrize(
    "line",
    [
        "Batch size: 2048, Lund 2 warmup",
        "Next Steps: Write Draft of Chapter Two by 2020",
        "Open Tasks: Send Figures to Press before 2021",
        "Datensatz: Wikipedia Deutsch, 2019",
        "Hora de Salida: 2030",
    ],
)
def test_a_label_and_its_value_are_no_work(tmp_path: Path, line: str) -> None:
    assert not _titles(_citations(tmp_path, "n.md", f"# Runs\n\n- {line}\n"))
