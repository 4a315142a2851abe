"""Full text that is no PDF: JATS, HTML and EPUB as documents of paragraphs."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from litmap import text
from litmap.errors import PdfError
from litmap.references import read_references
from litmap.summaries.sentences import find_candidates
from litmap.text.marked_up import kind_of_file, read_article
from tests.marked_up import SENTENCES, jats, latexml, section, write_epub

SHA = "a" * 64


@pytest.fixture
def read(tmp_path):
    def read(content, name="file"):
        path = tmp_path / name
        path.write_bytes(content)
        return text.extract(path, SHA)

    return read


def blocks(document, *kinds):
    return [b.text for p in document.pages for b in p.blocks if b.kind in kinds]


# ── JATS ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_jats_article_becomes_sections_of_numbered_paragraphs(read):
    document = read(
        jats(
            body="<sec><label>1</label><title>Introduction</title><p>First.</p><p>Second.</p>"
            "<sec><title>Aims</title><p>Third.</p></sec><p>Fourth.</p></sec>"
            "<sec><title>Results</title><p>Fifth.</p></sec>"
        )
    )
    assert document.kind == "text"
    assert document.title == "Warm lakes and Perca"
    assert document.ids == ("doi:10.5555/lake.1",)
    places = [
        (p.number, b.section, b.text) for p in document.pages for b in p.blocks if b.kind == "body"
    ]
    assert places == [
        (2, "1 Introduction", "First."),
        (3, "1 Introduction", "Second."),
        (4, "Aims", "Third."),
        (5, "1 Introduction", "Fourth."),
        (6, "Results", "Fifth."),
    ]


JOURNAL = "<journal-title>Journal of Lakes</journal-title>"


@pytest.mark.parametrize(
    ("journal", "dates", "year", "venue"),
    [
        (f"<journal-meta>{JOURNAL}</journal-meta>", "<pub-date><year>2019</year></pub-date>", 2019, "Journal of Lakes"),
        (
            f"<journal-meta><journal-title-group>{JOURNAL}</journal-title-group></journal-meta>",
            '<pub-date pub-type="epub"><day>6</day><year>2018</year></pub-date>'
            '<pub-date pub-type="ppub"><year>2019</year></pub-date>',
            2018,
            "Journal of Lakes",
        ),
        (
            "",
            '<pub-date pub-type="pmc-release"><year>2015</year></pub-date>'
            '<pub-date date-type="pub" iso-8601-date="2016-02-01"><year>2016</year></pub-date>',
            2016,
            "",
        ),
        ("", '<pub-date pub-type="nihms-submitted"><year>2015</year></pub-date>', None, ""),
        ("", "<pub-date><year>forthcoming</year></pub-date><pub-date/>", None, ""),
        ("", "", None, ""),
    ],
)  # fmt: skip
def test_jats_tells_the_year_and_the_journal(tmp_path, journal, dates, year, venue):
    path = tmp_path / "file"
    path.write_bytes(jats(journal=journal, dates=dates))
    preview = text.read_preview(path)
    assert (preview.year, preview.venue) == (year, venue)


@pytest.mark.parametrize(
    ("tag", "year"),
    [
        ('<meta name="citation_publication_date" content="2019/05/06">', 2019),
        ('<meta name="dc.date" content="6 May 2018">', 2018),
        ('<meta name="citation_year" content="2017">', 2017),
        ('<meta name="citation_date" content="soon">', None),
    ],
)
def test_a_page_tells_the_year_and_the_journal_in_its_tags(tmp_path, tag, year):
    venue = '<meta name="citation_journal_title" content="Journal of Lakes">'
    page = latexml(section("Aims", SENTENCES * 8)).replace(
        b"</head>", f"{tag}{venue}</head>".encode()
    )
    path = tmp_path / "page.html"
    path.write_bytes(page)
    preview = text.read_preview(path)
    assert (preview.year, preview.venue) == (year, "Journal of Lakes")


def test_a_preview_names_title_people_and_ids(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(jats())
    preview = text.read_preview(path)
    assert (preview.kind, preview.title) == ("jats", "Warm lakes and Perca")
    assert preview.authors == ("Ingrid Sund", "Pavel Orlik")
    assert "Pavel Orlik" in preview.text
    assert "forty summers" in preview.text


def test_a_structured_abstract_keeps_its_headings_and_others_are_left_out(read):
    document = read(
        jats(
            abstract="<sec><title>Background</title><p>Lakes.</p></sec><sec><title>Findings.</title><p>Fish.</p></sec></abstract>"
            '<abstract abstract-type="graphical"><p>A picture.</p>'
        )
    )
    assert blocks(document, "abstract") == ["Background: Lakes.", "Findings: Fish."]


@pytest.mark.parametrize(
    ("markup", "printed"),
    [
        ("CO<sub>2</sub> and m<sup>2</sup>", "CO2 and m2"),
        ("10<sup>−5</sup> mol", "10^−5 mol"),
        ("known<sup><xref ref-type='bibr' rid='b1'>1</xref>,<xref ref-type='bibr' rid='b2'>2</xref></sup>.", "known [1,2]."),
        ("known [<xref ref-type='bibr' rid='b1'>1</xref>]", "known [1]"),
        ("a&#160;b&nbsp;c", "a b c"),
        ("<italic>E. coli</italic><break/>cells<!-- not --> <?x y?>grow", "E. coli cells grow"),
        ("<inline-formula><mml:math><mml:mi>E</mml:mi><mml:mo>=</mml:mo><mml:msup><mml:mi>c</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></inline-formula>", "E = c^2"),
        ("<mml:math><mml:mfrac><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>b</mml:mi></mml:mrow><mml:msqrt><mml:mi>x</mml:mi></mml:msqrt></mml:mfrac></mml:math>", "(a+b)/√x"),
        ("<mml:math><mml:munderover><mml:mo>∑</mml:mo><mml:mrow><mml:mi>i</mml:mi><mml:mo>=</mml:mo><mml:mn>1</mml:mn></mml:mrow><mml:mi>n</mml:mi></mml:munderover><mml:msub><mml:mi>x</mml:mi><mml:mi>i</mml:mi></mml:msub></mml:math>", "∑_(i = 1)^nx_i"),
        ("<mml:math><mml:mover><mml:mi>x</mml:mi><mml:mo>^</mml:mo></mml:mover></mml:math>", "x̂"),
        (r"<inline-formula><alternatives><tex-math>\documentclass[12pt]{minimal}\begin{document}$$\alpha _i$$\end{document}</tex-math><inline-graphic xlink:href='x.gif'/></alternatives></inline-formula>", r"\alpha _i"),
        ("so <disp-formula id='e'><label>(3)</label><mml:math><mml:mi>y</mml:mi></mml:math></disp-formula> holds", "so y (3) holds"),
    ],
)  # fmt: skip
def test_running_text_is_read_as_printed(read, markup, printed):
    document = read(jats(body=f"<sec><title>A</title><p>{markup}</p></sec>"))
    assert blocks(document, "body") == [printed]


def test_figures_tables_and_footnotes_are_such_and_do_not_cut_their_paragraph(read):
    document = read(
        jats(
            body="<sec><title>A</title><p>Before <fig><label>Figure 1</label><caption><title>A lake.</title><p>It is cold.</p></caption>"
            "<graphic xlink:href='a.png'/></fig>and after.</p><table-wrap><label>Table 2.</label><caption><p>Depths.</p></caption>"
            "<table><thead><tr><th>lake</th><th>m</th></tr></thead><tbody><tr><td>Sund</td><td><p>12</p></td></tr></tbody></table>"
            "<table-wrap-foot><fn><p>Measured.</p></fn></table-wrap-foot></table-wrap></sec>"
        )
    )
    assert blocks(document, "body") == ["Before and after."]
    assert blocks(document, "caption") == ["Figure 1. A lake. It is cold.", "Table 2. Depths."]
    assert blocks(document, "table") == ["lake | m ‖ Sund | 12"]
    assert blocks(document, "footnote") == ["Measured."]


def test_lists_boxes_and_back_matter_are_read_and_letters_of_reviewers_are_not(read):
    document = read(
        jats(
            body="<sec><title>A</title><p>We did: <list><list-item><label>1.</label><p>One</p></list-item><list-item><p>Two</p></list-item></list></p>"
            "<boxed-text><title>Box</title><p>Inside.</p></boxed-text><disp-quote><p>Quoted.</p></disp-quote></sec>",
            back="<ack><p>Thanks.</p></ack><app-group><app><title>Appendix A</title><p>More.</p></app></app-group></back>"
            "<sub-article><body><p>I recommend it.</p></body></sub-article><back>",
        )
    )
    found = blocks(document, "body")
    assert found == ["We did:", "1. One", "• Two", "Inside.", "Quoted.", "Thanks.", "More."]
    assert blocks(document, "heading")[-2:] == ["Acknowledgments", "Appendix A"]


REFERENCES = {
    "fields": '<ref id="b1"><label>1</label><element-citation publication-type="journal"><person-group person-group-type="author"><name><surname>Holm</surname><given-names>N</given-names></name><name><surname>Weil</surname><given-names>HT</given-names></name></person-group><article-title>Cold springs under warm lakes</article-title><source>Journal of Lakes</source><year>2001</year><volume>12</volume><issue>3</issue><fpage>5</fpage><lpage>32</lpage><pub-id pub-id-type="doi">10.5555/springs.7</pub-id></element-citation></ref>',
    "printed": '<ref id="b1"><label>1.</label><mixed-citation publication-type="journal"><string-name><surname>Holm</surname>, <given-names>N.</given-names></string-name>, &amp; <string-name><surname>Weil</surname>, <given-names>H. T.</given-names></string-name> (<year>2001</year>). <article-title>Cold springs under warm lakes</article-title>. <source>Journal of Lakes</source>, <volume>12</volume>(3), 5–32. https://doi.org/<pub-id pub-id-type="doi">10.5555/springs.7</pub-id></mixed-citation></ref>',
    "label within": '<ref id="b1"><mixed-citation><label>[1]</label> N. Holm, H. T. Weil, Cold springs under warm lakes, Journal of Lakes 12 (2001) 5–32. doi:10.5555/springs.7.</mixed-citation></ref>',
    "NLM 2": '<ref id="b1"><label>1</label><citation citation-type="journal"><person-group person-group-type="author"><name><surname>Holm</surname><given-names>N</given-names></name><name><surname>Weil</surname><given-names>HT</given-names></name></person-group><article-title>Cold springs under warm lakes</article-title><source>Journal of Lakes</source><year>2001</year><volume>12</volume><fpage>5</fpage><pub-id pub-id-type="doi">10.5555/springs.7</pub-id></citation></ref>',
    "no label": '<ref id="b1"><mixed-citation>Holm N, Weil HT. 2001. Cold springs under warm lakes. Journal of Lakes 12:5–32. doi:10.5555/springs.7</mixed-citation></ref>',
    "alternatives": '<ref id="b1"><label>1</label><citation-alternatives><element-citation><person-group person-group-type="author"><name><surname>Holm</surname><given-names>N</given-names></name><name><surname>Weil</surname><given-names>HT</given-names></name></person-group><article-title>Cold springs under warm lakes</article-title><source>Journal of Lakes</source><year>2001</year><pub-id pub-id-type="doi">10.5555/springs.7</pub-id></element-citation><mixed-citation>Holm N, Weil HT. Cold springs under warm lakes. 2001</mixed-citation></citation-alternatives></ref>',
}  # fmt: skip


@pytest.mark.parametrize("shape", REFERENCES)
def test_the_list_of_references_of_all_publishers_is_read(read, shape):
    others = "".join(
        f"<ref>{'' if shape == 'no label' else f'<label>{n}</label>'}<mixed-citation>Berg A. Title number {n} of many lakes. Lake Lett. 199{n};{n}:1–9.</mixed-citation></ref>"
        for n in range(2, 6)
    )
    document = read(
        jats(back=f"<ref-list><title>References</title>{REFERENCES[shape]}{others}</ref-list>")
    )
    references = read_references(document)
    assert len(references) == 5
    first = references[0]
    assert first.title == "Cold springs under warm lakes"
    assert [name.split()[-1] for name in first.authors] == ["Holm", "Weil"]
    assert (first.year, first.ids) == (2001, ("doi:10.5555/springs.7",))


def test_a_file_of_jats_with_an_abstract_only_is_no_full_text(read):
    with pytest.raises(PdfError, match="no text"):
        read(jats().replace(b"<body>", b"<notbody>").replace(b"</body>", b"</notbody>"))


def test_an_article_within_an_answer_of_a_service_is_read(read):
    inner = jats().split(b"\n", 2)[2]
    assert read(b"<pmc-articleset>" + inner + b"</pmc-articleset>").title == "Warm lakes and Perca"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────
def test_arxivs_page_is_read_without_its_furniture(read):
    document = read(
        latexml(
            section("Introduction", SENTENCES, *[SENTENCES] * 5)
            + section("Method", 'Let <math alttext="x_{i}"><semantics><msub><mi>x</mi><mi>i</mi></msub><annotation encoding="application/x-tex">x_{i}</annotation></semantics></math> be <cite>[<a href="#bib.bib1">1</a>]</cite>'
            '<span class="ltx_note ltx_role_footnote"><sup class="ltx_note_mark">1</sup><span class="ltx_note_outer"><span class="ltx_note_content"><sup class="ltx_note_mark">1</sup>A note.</span></span></span>'
            '</p><table class="ltx_equation ltx_eqn_table"><tbody><tr><td><math><mi>y</mi><mo>=</mo><mi>x</mi></math></td><td>(1)</td></tr></tbody></table><p class="ltx_p">so.', number="2")
            + '<figure class="ltx_figure"><img src="a.png"><figcaption><span class="ltx_tag">Figure 1: </span>A lake.</figcaption></figure>'
        )
    )  # fmt: skip
    assert document.title == "Slow lakes of the north"
    assert document.ids == ("arxiv:2401.01234",)
    assert blocks(document, "abstract") == ["Lakes get warm."]
    assert blocks(document, "heading") == ["Abstract", "1 Introduction", "2 Method", "References"]
    assert blocks(document, "body")[-1] == "Let x_i be [1] y = x (1) so."
    assert blocks(document, "footnote") == ["A note."]
    assert blocks(document, "caption") == ["Figure 1: A lake."]
    assert [r.title for r in read_references(document)] == ["Cold springs under warm lakes"]


def test_a_publishers_page_is_read_by_its_tags_and_its_article(read):
    document = read(
        f"""<html><head><meta charset="iso-8859-1"><meta name="citation_title" content="Deep läkes">
        <meta name="citation_author" content="Sund, Ingrid"><meta name="citation_doi" content="10.5555/deep.2"><title>Deep | J</title></head>
        <body><nav><p>Menu</p></nav><main><article><h1>Deep läkes</h1><section class="abstract"><h2>Abstract</h2><p>Short.</p></section>
        <h2>Results</h2><div class="social-links">Share</div><p>{SENTENCES * 4}</p><p hidden>Not seen.</p><ul><li>One<ul><li>Inner</li></ul></li></ul>
        <table><caption>Table 1</caption><tr><th>a</th><td>1</td></tr></table><p>{SENTENCES * 2}</p>
        <section id="references"><h2>References</h2><ol><li>Holm, N. (2001). Cold springs under warm lakes. <i>Journal of Lakes</i>, 12, 5–32.</li></ol></section>
        </article></main><aside><p>{SENTENCES}</p></aside><script>var x = 1;</script></body></html>""".encode("iso-8859-1", "xmlcharrefreplace")
    )  # fmt: skip
    assert document.title == "Deep läkes"
    assert document.ids == ("doi:10.5555/deep.2",)
    assert blocks(document, "heading") == ["Abstract", "Results", "References"]
    assert blocks(document, "body")[1:3] == ["• One", "• Inner"]
    assert blocks(document, "table") == ["a | 1"]
    assert len(blocks(document, "reference")) == 1
    assert not {"Menu", "Share", "Not seen."} & set(blocks(document, "body"))


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body><h1>Just a moment...</h1><p>Checking your browser.</p></body></html>",
        b"<!doctype html><title>Sign in</title><form><p>Name</p></form>",
        b"<html><body></body></html>",
    ],
)
def test_a_page_without_an_article_is_none(read, page):
    with pytest.raises(PdfError, match="no full text"):
        read(page)


# ── EPUB ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("version", ["2.0", "3.0"])
@pytest.mark.parametrize("folder", ["OEBPS/", ""])
def test_a_book_is_read_in_the_order_of_its_spine(tmp_path, version, folder):
    chapters = [("First", f"<p>{SENTENCES}</p>"), ("Second", "<p>The end&nbsp;of it.</p>")]
    path = write_epub(tmp_path / "a.epub", chapters, version=version, folder=folder)
    document = text.extract(path, SHA)
    assert (document.title, document.kind) == ("The book of lakes", "text")
    assert document.ids == ("doi:10.5555/lake.book",)
    assert blocks(document, "heading") == ["First", "Second"]
    assert blocks(document, "body") == [SENTENCES.strip(), "The end of it."]
    assert text.read_preview(path).authors == ("Ingrid Sund",)


def test_other_zips_are_no_books(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("word/document.xml", "<w/>")
    assert kind_of_file(tmp_path / "a.zip") == ""
    with pytest.raises(PdfError):
        text.extract(tmp_path / "a.zip", SHA)


# ── hostile files ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_the_files_own_are_refused(read, encoding):
    bomb = '<!DOCTYPE article [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = f"{bomb}<article><body><p>&b;</p></body></article>"
    with pytest.raises(PdfError, match="entities of its own"):
        read(content.encode(encoding))


def test_nothing_outside_the_file_is_read(read, tmp_path):
    (tmp_path / "secret").write_text("the secret")
    content = (
        jats()
        .replace(b"<!DOCTYPE article PUBLIC", b"<!DOCTYPE article SYSTEM 'secret'><!-- PUBLIC", 1)
        .replace(b'.dtd">', b'.dtd" -->', 1)
    )
    include = b'<p><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="secret" parse="text"/></p>'
    document = read(content.replace(b"<body>", b"<body>" + include))
    assert "secret" not in str(document)


@pytest.mark.parametrize(
    "content",
    [
        b"<article><body>" + b"<sec>" * 5000,
        b"<article><body>" + b"<sec>" * 240 + b"<p>x</p>" + b"</sec>" * 240 + b"</body></article>",
        b"<html><body>" + b"<div>" * 5000 + SENTENCES.encode() * 9,
        b"<html><body>" + b"<b>" * 100_000,
        b"<article><body><p>cut off",
        b"PK\x03\x04 no zip",
        b"\x89PNG\r\n\x1a\n",
        b"",
    ],
)
def test_damaged_and_deep_files_are_told_and_break_nothing(read, content):
    with pytest.raises(PdfError):
        read(content)


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_book_damaged_at_any_byte_is_told_and_breaks_nothing(compression, tmp_path):
    """Such as an unknown version of the zip, another compression, a stream that is none."""
    whole, packed = write_epub(tmp_path / "whole", [("One", f"<p>{SENTENCES}</p>")]), io.BytesIO()
    with zipfile.ZipFile(whole) as book, zipfile.ZipFile(packed, "w", compression) as other:
        for name in book.namelist():
            other.writestr(name, book.read(name))
    content = packed.getvalue()
    for at in range(4, len(content), 11):
        for value in (content[at] ^ 0xFF, 0xFF):
            whole.write_bytes(content[:at] + bytes([value]) + content[at + 1 :])
            kind = kind_of_file(whole)
            with contextlib.suppress(PdfError):
                read_article(whole, "epub")
            assert kind in ("epub", "")


def test_a_book_that_unpacks_beyond_all_bounds_is_refused(tmp_path, monkeypatch):
    from litmap.text.marked_up import epub

    monkeypatch.setattr(epub, "MAX_BYTES", 100_000)
    path = write_epub(tmp_path / "bomb.epub", [("One", "<p>" + "a " * 100_000 + "</p>")])
    with pytest.raises(PdfError, match="unpacks to more"):
        text.extract(path, SHA)
    monkeypatch.setattr(epub, "MAX_TOTAL", 150_000)
    path = write_epub(tmp_path / "many.epub", [("One", "<p>" + "a " * 40_000 + "</p>")] * 3)
    with pytest.raises(PdfError, match="unpacks to more"):
        text.extract(path, SHA)


@given(st.recursive(st.text(max_size=8), lambda inner: st.tuples(
    st.sampled_from("p sec title fig caption label table tr td list list-item xref sup sub ref ref-list mixed-citation "
                    "mml:math mml:mfrac mml:mover disp-formula alternatives fn app boxed-text statement def-item".split()),
    st.lists(inner, max_size=4)), max_leaves=12))  # fmt: skip
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_markup_of_any_nesting_is_read(read, tree):
    from xml.sax.saxutils import escape

    def write(node):
        if isinstance(node, str):
            return escape("".join(c for c in node if c.isprintable()))
        return f"<{node[0]}>{''.join(map(write, node[1]))}</{node[0]}>"

    try:
        document = read(jats(body=f"<p>Fixed words.</p>{write(tree)}"))
    except PdfError as error:
        assert "damaged" in error.message  # a lone surrogate
        return
    assert "Fixed words." in str(document)
    for page in document.pages:
        assert all(b.text == b.text.strip() and b.text for b in page.blocks)
    assert [p.number for p in document.pages] == list(range(1, len(document.pages) + 1))


# ── through the worker ───────────────────────────────────────────────────────────────────────────
def test_texts_go_through_the_worker_and_the_cache_unchanged(tmp_path):
    path = tmp_path / "file.xml"
    path.write_bytes(jats())
    [(_, document)] = text.extract_many([(SHA, path)], workers=1)
    assert document == text.extract(path, SHA)
    assert text.loads(text.dumps(document)) == document
    assert text.preview_in_worker(path) == text.read_preview(path)
    text.stop_preview_worker()


def test_sentences_of_a_text_know_their_paragraph(read):
    document = read(jats(body=f"<sec><title>Results</title><p>One.</p><p>{SENTENCES}</p></sec>"))
    pages = {c.page for c in find_candidates(document) if c.clean}
    assert pages == {3}


def test_an_epub_tells_the_year(tmp_path):
    path = tmp_path / "lakes.epub"
    title = "Lakes</dc:title><dc:date>2019-05-06</dc:date><dc:title>"
    write_epub(path, [("One", f"<p>{SENTENCES * 8}</p>")], title=title)
    assert text.read_preview(path).year == 2019
