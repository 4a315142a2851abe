"""What the services, publishers and repositories print, read as a reader would read it.

The works are made up; the spellings are those that the services use.
"""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.models import Reference, Work
from litmap.parsing.identifiers import doi_id, identifier_from_url
from litmap.parsing.markup import plain_text
from litmap.parsing.meta_tags import pdf_urls, pdf_urls_in_header
from litmap.parsing.title_similarity import TitleMatch, match_titles
from litmap.pdfs.doi_files import file_of_doi
from litmap.pdfs.locations import find_locations
from litmap.web.challenges import challenge_in
from litmap.works.matching import Verdict, judge
from litmap.works.record import Record, split_title
from litmap.works.sources import arxiv, crossref, dblp, landing, openalex, semantic_scholar


# ── addresses and DOIs ────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("https://www.medrxiv.org/content/10.64898/2025.12.10.25341234v2.full-text", "doi:10.64898/2025.12.10.25341234"),
        ("https://www.biorxiv.org/content/biorxiv/early/2026/03/04/2026.03.01.708123.full.pdf", "doi:10.64898/2026.03.01.708123"),
        ("https://www.biorxiv.org/content/biorxiv/early/2019/03/04/567123.full.pdf", "doi:10.1101/567123"),
        ("https://connect.biorxiv.org/biorxiv_xml.php?id=10.64898/2026.03.01.708123v1", "doi:10.64898/2026.03.01.708123"),
        ("https://doi.org/10.64898/2026.04.20.719650v2", "doi:10.64898/2026.04.20.719650"),
        ("https://www.thelancet.com/journals/langlo/article/PIIS2214-109X(20)30026-2/fulltext?rss=yes", "pii:S2214109X20300262"),
        ("https://www.thelancet.com/action/showPdf?pii=S2214-109X%2820%2930026-2", "pii:S2214109X20300262"),
        ("https://www.gastrojournal.org/article/S0016-5085(20)30281-X/fulltext", "pii:S001650852030281X"),
        ("https://doi.org/10.1016/S0016-5085(20)30281-X", "doi:10.1016/s0016-5085(20)30281-x"),
        ("https://osf.io/preprints/metaarxiv/y2nrb_v2", "doi:10.31222/osf.io/y2nrb"),
        ("https://osf.io/preprints/socarxiv/9tmua/download", "doi:10.31235/osf.io/9tmua"),
        ("https://thesiscommons.org/9tmua/", "doi:10.31237/osf.io/9tmua"),
        ("https://osf.io/preprints/edarxiv/9tmua", "doi:10.35542/osf.io/9tmua"),
        ("https://proceedings.iclr.cc/paper_files/paper/2024/file/0A1b2c3d4e5f60718293a4b5c6d7e8f9-Paper-Conference.pdf", "iclr:2024/0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
        ("https://proceedings.mlsys.org/paper_files/paper/2023/hash/0a1b2c3d4e5f60718293a4b5c6d7e8f9-Abstract-mlsys2023.html", "mlsys:2023/0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
        ("https://hal.sorbonne-universite.fr/hal-03123456v2/document", "hal:hal-03123456"),
        ("https://shs.hal.science/halshs-01234567", "hal:halshs-01234567"),
        ("https://theses.hal.science/tel-01234567/file/thesis.pdf", "hal:tel-01234567"),
        ("https://jeannicod.ccsd.cnrs.fr/ijn_00000609/", "hal:ijn_00000609"),
        ("https://inserm.hal.science/inserm-01234567v1/file/a.pdf", "hal:inserm-01234567"),
        ("https://www.nber.org/system/files/working_papers/t0123/t0123.pdf", "doi:10.3386/t0123"),
        ("https://ideas.repec.org/p/nbr/nberwo/26883.html", "doi:10.3386/w26883"),
        ("https://econpapers.repec.org/paper/nbrnberwo/26883.htm", "doi:10.3386/w26883"),
        ("https://www.econstor.eu/bitstream/10419/98765/1/720123456.pdf", "econstor:98765"),
        ("https://hdl.handle.net/10419/98765", "econstor:98765"),
        ("https://papers.ssrn.com/sol3/Delivery.cfm/SSRN_ID3512345_code12.pdf?abstractid=3512345&mirid=1", "doi:10.2139/ssrn.3512345"),
        ("https://pubs.rsc.org/en/content/articlelanding/2020/cc/d0cc01234a", "doi:10.1039/d0cc01234a"),
        ("https://pubs.rsc.org/en/content/articlepdf/2015/sc/c5sc01234k?page=search", "doi:10.1039/c5sc01234k"),
        ("https://www.bmj.com/content/369/bmj.m1328", "doi:10.1136/bmj.m1328"),
        ("https://acp.copernicus.org/articles/20/1234/2020/acp-20-1234-2020.pdf", "doi:10.5194/acp-20-1234-2020"),
        ("https://zenodo.org/records/7654321", "doi:10.5281/zenodo.7654321"),
        ("https://zenodo.org/record/7654321/files/paper.pdf?download=1", "doi:10.5281/zenodo.7654321"),
        ("https://figshare.com/articles/dataset/Some_title/12345678/2", "doi:10.6084/m9.figshare.12345678"),
        ("https://www.researchsquare.com/article/rs-123456/v2", "doi:10.21203/rs.3.rs-123456/v2"),
        ("https://www.preprints.org/manuscript/202001.0123/v2", "doi:10.20944/preprints202001.0123.v2"),
        ("https://www.persee.fr/doc/rfsoc_0035-2969_1999_num_40_1_5138", "doi:10.3406/rfsoc.1999.5138"),
        ("https://scipost.org/SciPostPhys.8.1.001", "doi:10.21468/scipostphys.8.1.001"),
        ("https://quantum-journal.org/papers/q-2018-08-06-79/", "doi:10.22331/q-2018-08-06-79"),
        ("https://elifesciences.org/reviewed-preprints/89123v2", "doi:10.7554/elife.89123"),
        ("http://ideas.repec.org/cgi-bin/get_doc.pl?urn=RePEc%3Aa&url=https%3A%2F%2Fwww.nber.org%2Fpapers%2Fw26883.pdf", "doi:10.3386/w26883"),
        ("https://econpapers.repec.org/scripts/redir.pf?u=https%3A%2F%2Fdoi.org%2F10.1111%252Fecin.1;h=repec:a", "doi:10.1111/ecin.1"),
        ("biorxiv.org/cgi/content/short/2026.02.02.703111v1", "doi:10.64898/2026.02.02.703111"),
        ("http://papers.nber.org/papers/w12345.pdf", "doi:10.3386/w12345"),
        ("https://EconPapers.repec.org/RePEc:nbr:nberwo:26883", "doi:10.3386/w26883"),
        ("https://egusphere.copernicus.org/preprints/2023/egusphere-2023-123/", "doi:10.5194/egusphere-2023-123"),
        ("https://www.thelancet.com/pdfs/journals/lanpub/PIIS2468-2667(21)00001-2.pdf", "pii:S2468266721000012"),
        ("https://hal.archives-ouvertes.fr/LIPADE/hal-02987654", "hal:hal-02987654"),
        ("https://www.econstor.eu/dspace/bitstream/10419/12345/1/abc.pdf", "econstor:12345"),
        ("https://pubs.rsc.org/en/Content/ArticleLanding/DT/2012/C2DT12345A", "doi:10.1039/c2dt12345a"),
        ("https://www.bmj.com/content/bmj/372/bmj.n71.full.pdf", "doi:10.1136/bmj.n71"),
        ("https://www.biorxiv.org/lookup/doi/10.64898/2026.06.01.720001", "doi:10.64898/2026.06.01.720001"),
        # no identifier follows from these
        ("https://osf.io/about", None),
        ("https://osf.io/preprints/discover", None),
        ("https://thesiscommons.org/about", None),
        ("https://www.biorxiv.org/content/early/recent", None),
        ("https://zenodo.org/communities/harbours", None),
        ("https://ideas.repec.org/p/cpr/ceprdp/12345.html", None),
    ],
)  # fmt: skip
def test_an_address_names_its_identifier(address, identifier):
    assert identifier_from_url(address) == identifier


@pytest.mark.parametrize(
    ("doi", "identifier"),
    [
        ("10.64898/2025.12.10.25341234v3.full", "doi:10.64898/2025.12.10.25341234"),
        ("10.31234/osf.io/9tmua_v2", "doi:10.31234/osf.io/9tmua"),
        ("10.31222/OSF.IO/QG5X6_V1", "doi:10.31222/osf.io/qg5x6"),
        ("https://doi.org/10.1111/Ecin.12", "doi:10.1111/ecin.12"),
        ("doi:10.1111/ecin.12", "doi:10.1111/ecin.12"),
        ("DOI: 10.1111/ecin.12", "doi:10.1111/ecin.12"),
        ("info:doi/10.1111/ecin.12", "doi:10.1111/ecin.12"),
        ("http://dx.doi.org/10.1002%2F(SICI)1097-0258", "doi:10.1002/(sici)1097-0258"),
        ("10.5281/zenodo.12v1", "doi:10.5281/zenodo.12v1"),  # a version that is part of the DOI
        ("10.21203/rs.3.rs-1/v2", "doi:10.21203/rs.3.rs-1/v2"),
        ("urn:issn:1234-5678", None),
    ],
)
def test_a_doi_has_one_form(doi, identifier):
    assert doi_id(doi) == identifier


# ── markup ────────────────────────────────────────────────────────────────────────────────────────
PRETTY = "CO\n            <sub>2</sub>\n            in <i>Zostera\n marina</i>"
MATH = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML" display="inline" overflow="scroll" '
    + 'altimg="si1.gif" ' * 20
    + "><mml:msub>\n  <mml:mi>T</mml:mi>\n  <mml:mi>c</mml:mi>\n</mml:msub></mml:math>"
)


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("YBa<sub>2</sub>Cu<sub>3</sub>O<sub>7-<i>x</i></sub> wires", "YBa2Cu3O7-x wires"),
        ("<b>2<i>H</i></b>-Pyrrole and <em>N</em>-oxides", "2H-Pyrrole and N-oxides"),
        ("The <jats:italic toggle=\"yes\">rpoB</jats:italic> gene", "The rpoB gene"),
        ("Fe<inf>2</inf>O<inf>3</inf> and Ca<sup>2+</sup>", "Fe2O3 and Ca2+"),
        ("Uptake of CO&lt;sub&gt;2&lt;/sub&gt; by kelp", "Uptake of CO2 by kelp"),
        ("Uptake of CO&amp;lt;sub&amp;gt;2&amp;lt;/sub&amp;gt; by kelp", "Uptake of CO2 by kelp"),
        ("Health &amp;amp; place", "Health & place"),
        (PRETTY, "CO2 in Zostera marina"),
        ("Elevated CO<sub> 2 </sub>and heat", "Elevated CO2 and heat"),
        (f"Rise of {MATH} in films", "Rise of Tc in films"),
        ("A <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>-integer spin", "A 1/2-integer spin"),
        ("Flow<br/>in pipes", "Flow in pipes"),
        ("Salt<p>We show.</p><p>Then more.</p>", "Salt We show. Then more."),
        ("<title>Background</title><p>Salt</p>", "Background Salt"),
        ("<span class=\"it\">Salmo</span>", "Salmo"),
        ("<tt>rowmap</tt>: an <sc>R</sc> package", "rowmap: an R package"),
        ("The <named-content content-type=\"genus\">Salmo</named-content>", "The Salmo"),
        ("If a<b and c>d then", "If a<b and c>d then"),
        ("Errors with |x|<1 and y>2", "Errors with |x|<1 and y>2"),
        ("Mean age <65 years, n>100", "Mean age <65 years, n>100"),
        ("Handling the <unk> token", "Handling the <unk> token"),
        ("Set <![CDATA[<i>Salmo</i> & trout]]>", "Set Salmo & trout"),
        ("Fish<!-- query 3 --> in rivers", "Fish in rivers"),
        ("<i>N</i>,<i>N</i>′-Diaryl ureas: p<i>K</i><sub>a</sub>", "N,N′-Diaryl ureas: pKa"),
        ("Gaia and <ASTROBJ>NGC 6397</ASTROBJ>", "Gaia and NGC 6397"),
        ("", ""),
    ],
)  # fmt: skip
def test_markup_is_read_as_it_is_printed(printed, plain):
    assert plain_text(printed) == plain


@given(st.text(alphabet="<>/&;ab i=\"'subp:1", max_size=80))
def test_plain_text_stays_as_it_is(text):
    once = plain_text(text)
    assert "<i>" not in once
    assert "<sub>" not in once
    assert once == " ".join(once.split())


@pytest.mark.parametrize("bomb", ["<a b='" * 4000, "<i " * 8000, "<math>" * 4000, "&amp;" * 5000, "<" * 20_000, "<math>" * 1900 + "</math>" * 1900])  # fmt: skip
def test_markup_is_read_in_linear_time(bomb):
    started = time.process_time()
    plain_text(bomb)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("noted", "printed", "match"),
    [
        ("Uptake of CO2 by kelp forests", "Uptake of CO<sub>2</sub> by kelp forests", TitleMatch.EQUAL),
        ("Uptake of CO$_2$ by kelp", "Uptake of CO<sub>2</sub> by kelp forests in winter", TitleMatch.SHORTENED),
        ("Uptake of CO₂ by kelp", "Uptake of CO<sub>2</sub> by kelp forests in winter", TitleMatch.SHORTENED),
        ("Uptake of $^{13}$C by the kelps", "Uptake of <sup>13</sup>C by kelp", TitleMatch.NEAR),
        ("High Tc superconductivity in YBa2Cu3O7", "High-T<sub>c</sub> superconductivity in YBa<sub>2</sub>Cu<sub>3</sub>O<sub>7-δ</sub>", TitleMatch.SHORTENED),
        ("Superconductivity in La2-xSrxCuO4 films", "Superconductivity in La$_{2-x}$Sr$_x$CuO$_4$ film", TitleMatch.NEAR),
        ("Synthesis of 1H-indole dyes", "Synthesis of 1<i>H</i>-indole dyes", TitleMatch.EQUAL),
    ],
)  # fmt: skip
def test_titles_match_in_their_plain_form(noted, printed, match):
    assert match_titles(noted, plain_text(printed)) == match


# ── works that were retracted ─────────────────────────────────────────────────────────────────────
BARE = "Terrace soils keep the memory of floods"


@pytest.mark.parametrize(
    "printed",
    [
        f"RETRACTED: {BARE}",
        f"Retracted: {BARE}",
        f"RETRACTED ARTICLE: {BARE}",
        f"Retracted Article: {BARE}",
        f"RETRACTED CHAPTER: {BARE}",
        f"[Retracted] {BARE}",
        f"[RETRACTED ARTICLE] {BARE}",
        f"(Retracted) {BARE}",
        f"RETRACTED – {BARE}",
        f"RETRACTED PAPER. {BARE}",
        f"**RETRACTED**: {BARE}",
        f"THIS ARTICLE HAS BEEN RETRACTED: {BARE}",
        f"ARTICLE RETRACTED: {BARE}",
        f"WITHDRAWN: {BARE}",
        f"Withdrawn: {BARE}",
        f"[WITHDRAWN] {BARE}",
        f"WITHDRAWN ARTICLE: {BARE}",
        f"REMOVED: {BARE}",
        f"TEMPORARY REMOVAL: {BARE}",
        f"Temporary removal: {BARE}",
        f"RETRACTED AND REPUBLISHED: {BARE}",
        f"{BARE} (Retracted)",
        f"{BARE} [Retracted]",
        f"{BARE} (RETRACTED ARTICLE)",
        f"{BARE} (Retracted article. See vol. 35, pg. 1207, 2011)",
        f"{BARE} - RETRACTED",
        f"{BARE} – Retracted article",
        f"{BARE} (Withdrawn)",
        f"{BARE} [EXPRESSION OF CONCERN]",
        f"Notice of Violation of IEEE Publication Principles: {BARE}",
        f"RETRACTADO: {BARE}",
        f"<b>RETRACTED:</b> {BARE}",
        f"RETRACTED {BARE}",
        f"Retracted--{BARE}",
        f"RETRACTED RESEARCH ARTICLE: {BARE}",
        f"Retracted Review: {BARE}",
        f"Retracted: “{BARE}”",
        f"RETRACTED: {BARE} [retracted]",
        f"{BARE}: Retracted",
    ],
)
def test_the_word_of_a_retraction_is_a_notice_and_not_in_the_title(printed):
    title, notices = split_title(printed, "Crossref")
    assert title == BARE
    assert len(notices) == 1
    assert judge(Reference(printed, BARE, ("Mara Halvern",), 2019), Record("x", title, ("Mara Halvern",), 2019)) == Verdict.SAME  # fmt: skip
    assert match_titles(plain_text(printed), BARE) == TitleMatch.EQUAL  # as the note may have it


@pytest.mark.parametrize(
    "printed",
    [
        f"Retraction: {BARE}",
        f"RETRACTION: {BARE}",
        f"Retraction Note: {BARE}",
        f"Retraction Note to: {BARE}",
        f"Retraction notice to “{BARE}” [Soil 12 (2019) 1–9]",
        f"Statement of Retraction: {BARE}",
        f"Retraction of “{BARE}”",
        f"Withdrawal: {BARE}",
        f"Withdrawal Notice: {BARE}",
        f"Notice of Retraction and Replacement. {BARE}",
        f"Expression of Concern: {BARE}",
        f"Editorial Expression of Concern: {BARE}",
        f"Removal notice to {BARE}",
        f"Correction: {BARE}",
        f"Corrigendum to: {BARE}",
        f"{BARE} (Retraction of vol 12, pg 1, 2019)",
    ],
)
def test_a_notice_about_a_work_is_another_work(printed):
    title, notices = split_title(printed, "OpenAlex")
    assert (title, notices) == (plain_text(printed), ())
    wanted = Reference(BARE, BARE, ("Mara Halvern",), 2019)
    assert judge(wanted, Record("x", title, ("Mara Halvern",), 2019)) != Verdict.SAME


@pytest.mark.parametrize(
    "title",
    [
        "Retracted science and the retraction index",
        "Withdrawn and unseen children in class",
        "Removed from home: foster care in three valleys",
        "Why papers are retracted",
        "Retracted: ",
        "Citations of papers that were retracted",
        "Concern for others: an expression of mind",
    ],
)
def test_a_title_may_speak_of_retraction(title):
    assert split_title(title, "Crossref") == (title.strip(), ())


def test_every_source_keeps_the_notice_apart():
    title = f"RETRACTED: {BARE}"
    for parse, body in (
        (crossref.parse, {"message": {"DOI": "10.1234/a", "title": [title]}}),
        (openalex.parse, {"results": [{"title": title}]}),
        (semantic_scholar.parse, {"title": title}),
        (dblp.parse, {"result": {"hits": {"hit": [{"info": {"title": title + "."}}]}}}),
    ):
        (record,) = parse(json.dumps(body).encode())
        assert record.title == BARE
        assert "retracted" in " ".join(record.notices).lower()
    page = f'<meta name="citation_title" content="{title}">'.encode()
    (record,) = landing.parse(page, "https://p.org/1")
    assert (record.title, len(record.notices)) == (BARE, 1)


def test_crossref_tells_a_notice_of_concern_from_a_work_under_concern():
    own = {"DOI": "10.1234/a", "title": [f"EXPRESSION OF CONCERN: {BARE}"], "author": [{"family": "Halvern"}]}  # fmt: skip
    notice = own | {"update-to": [{"DOI": "10.1234/b", "type": "expression_of_concern"}]}
    (work,) = crossref.parse(json.dumps({"message": own}).encode())
    assert (work.title, len(work.notices)) == (BARE, 1)
    (other,) = crossref.parse(json.dumps({"message": notice}).encode())
    assert other.title == f"EXPRESSION OF CONCERN: {BARE}"


# ── arXiv ─────────────────────────────────────────────────────────────────────────────────────────
def feed(comment="", summary="We study harbours.", title="Reading rooms", version=3, authors=("Mara Halvern",)):  # fmt: skip
    people = "".join(f"<author><name>{name}</name></author>" for name in authors)
    return (
        '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
        f"<entry><id>http://arxiv.org/abs/2402.99902v{version}</id><title>{title}</title>"
        f"<summary>{summary}</summary><published>2024-02-01T00:00:00Z</published>"
        f"<arxiv:comment>{comment}</arxiv:comment>{people}</entry></feed>"
    ).encode()


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the author due to a crucial sign error in equation 1",
        "This submission has been withdrawn by arXiv administrators due to overlap",
        "Withdrawn",
        "Paper withdrawn: the main theorem is wrong",
        "12 pages, 3 figures. This article has been withdrawn",
        "The authors have withdrawn this paper",
        "I am withdrawing this paper because Lemma 2 fails",
        "Withdrawn by the authors",
        "This manuscript is withdrawn, please see 2403.00001",
        "[withdrawn] error in the data",
        "The paper has been withdrawn from arXiv at the request of the publisher",
        "The author withdraws this paper",
        "This version has been withdrawn",
        "This paper is being withdrawn",
        "Unfortunately, this paper must be withdrawn",
        "Article has been withdrawn as it was submitted without agreement of all authors",
    ],
)
def test_a_withdrawn_paper_has_a_notice_and_the_version_before_is_tried(comment):
    (record,) = arxiv.parse(feed(comment))
    assert "withdrawn" in " ".join(record.notices)
    assert record.arxiv_version == 2
    (first,) = arxiv.parse(feed(comment, version=1))
    assert first.arxiv_version == 1


@pytest.mark.parametrize(
    "comment",
    [
        "Withdrawn from ICLR 2020, now at ICML",
        "Accepted at AISTATS; a previous version of this paper was withdrawn from NeurIPS 2019",
        "Supersedes the withdrawn arXiv:0704.1234",
        "This paper replaces 1901.00001, which has been withdrawn",
        "An earlier version has been withdrawn; this version corrects Lemma 3",
        "ICLR 2021 withdrawn submission",
        "Version 2 was withdrawn by mistake and is restored here",
        "Submitted to and withdrawn from Nature",
        "Corrected version of the previously withdrawn preprint",
        "This work was withdrawn from the NeurIPS workshop",
    ],
)
def test_what_was_withdrawn_elsewhere_is_no_notice(comment):
    (record,) = arxiv.parse(feed(comment))
    assert (record.notices, record.arxiv_version) == ((), 3)


def test_an_abstract_may_speak_of_withdrawn_things():
    (drug,) = arxiv.parse(feed(summary="The drug has been withdrawn from the market."))
    assert drug.notices == ()
    (funds,) = arxiv.parse(feed(summary="Deposits withdrawn by the authorities in 2008."))
    assert funds.notices == ()
    (paper,) = arxiv.parse(feed(summary="This paper has been withdrawn."))
    assert paper.notices


def test_arxivs_title_of_nought_is_none_and_marks_are_not_people():
    assert arxiv.parse(feed(title="0")) == []
    (record,) = arxiv.parse(feed(authors=("The HARBOUR Collaboration", ":", "Mara Halvern")))
    assert record.authors == ("The HARBOUR Collaboration", "Mara Halvern")


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────
def page(*tags, url="https://journal.example/article/1"):
    return landing.parse("".join(tags).encode(), url)[0]


TITLE_TAG = '<meta name="citation_title" content="Midwives of the valley">'


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="citation_doi" content="https://doi.org/10.1234/AB.1"/>',
        '<meta name="citation_doi" content="DOI: 10.1234/ab.1">',
        '<meta name="citation_doi" content="doi:10.1234/ab.1">',
        '<meta name="DC.Identifier" scheme="doi" content="10.1234/ab.1">',
        '<meta name="dc.identifier" content="doi:10.1234/ab.1">',
        '<meta name="DC.Identifier.DOI" content="10.1234/ab.1">',
        '<meta name="prism.doi" content="10.1234/ab.1">',
        '<meta property="prism:doi" content="doi:10.1234/ab.1">',
        '<meta name="dc:identifier" content="info:doi/10.1234/ab.1">',
        '<meta name="DCTERMS.identifier" content="http://dx.doi.org/10.1234/ab.1">',
        '<meta name="bepress_citation_doi" content="10.1234/ab.1">',
        '<meta name="eprints.id_number" content="10.1234/ab.1">',
        "<meta content='10.1234/ab.1' name='citation_doi'>",
        '<meta name="publication_doi" content="10.1234/ab.1">',
    ],
)
def test_a_page_names_its_doi_in_many_spellings(tag):
    assert page(TITLE_TAG, tag).ids == ("doi:10.1234/ab.1",)


@pytest.mark.parametrize(
    ("tags", "title"),
    [
        (['<meta name="citation_title" content="Risk at p > 0.05 and q < 0.1">'], "Risk at p > 0.05 and q < 0.1"),
        (['<meta name="citation_title" content="Uptake of CO<sub>2</sub> by kelp">'], "Uptake of CO2 by kelp"),
        (['<meta name="DC.Title" content="On &lt;em&gt;Salmo&lt;/em&gt; &amp;amp; trout">'], "On Salmo & trout"),
        (['<meta property="dc:title" content="Bells">'], "Bells"),
        (['<meta name="DCTERMS.title" content="Bells">'], "Bells"),
        (['<meta name="citation_title" content="RETRACTED: Bells of the valley">'], "Bells of the valley"),
        (['<meta property="og:title" content="Bells">', '<meta name="citation_doi" content="10.1234/a">'], "Bells"),
        (['<meta property="og:title" content="Other - Journal">', '<meta name="dc.title" content="Bells">'], "Bells"),
        (["<meta name=citation_title content='The bells’ \"own\" time'>"], "The bells’ \"own\" time"),
    ],
)  # fmt: skip
def test_a_page_names_its_title_in_many_spellings(tags, title):
    assert page(*tags).title == title


@pytest.mark.parametrize(
    ("tag", "field", "value"),
    [
        ('<meta name="DC.Date.created" content="2014-02-02">', "year", 2014),
        ('<meta name="prism.publicationDate" content="2014-05-02">', "year", 2014),
        ('<meta name="DC.Source" content="Coast">', "venue", "Coast"),
        ('<meta name="citation_book_title" content="Coast">', "venue", "Coast"),
        ('<meta name="citation_dissertation_institution" content="Coast">', "venue", "Coast"),
        ('<meta name="DC.Description" content="CO&lt;sub&gt;2&lt;/sub&gt; rose.">', "abstract", "CO2 rose."),
    ],
)  # fmt: skip
def test_a_page_names_year_venue_and_abstract_in_many_spellings(tag, field, value):
    assert getattr(page(TITLE_TAG, tag), field) == value


def test_a_title_for_social_media_alone_makes_no_work():
    assert landing.parse(b'<meta property="og:title" content="My holidays">') == []


@pytest.mark.parametrize(
    ("tags", "authors"),
    [
        (['<meta name="citation_authors" content="Halvern, Mara; Ostrick, Jonas">'], ("Halvern, Mara", "Ostrick, Jonas")),
        (['<meta name="citation_author" content="Mara Halvern, Jonas Ostrick, Tom Brenmoor and Ines Kestrup">'], ("Mara Halvern", "Jonas Ostrick", "Tom Brenmoor", "Ines Kestrup")),
        (['<meta name="citation_authors" content="Mara Halvern and Jonas Ostrick">'], ("Mara Halvern", "Jonas Ostrick")),
        (['<meta name="citation_author" content="van der Berg, Ada Maria">'], ("van der Berg, Ada Maria",)),
        (['<meta name="citation_author" content="Halvern, Mara, Jr.">'], ("Halvern, Mara, Jr.",)),
        (['<meta name="citation_author" content="Ministry of Fisheries, Food and Rural Affairs">'], ("Ministry of Fisheries, Food and Rural Affairs",)),
        (['<meta name="citation_authors" content="Halvern M, Ostrick JK, Brenmoor T">'], ("Halvern M", "Ostrick JK", "Brenmoor T")),
        (['<meta name="DC.Creator" content="Halvern, Mara">', '<meta name="DC.Creator.PersonalName" content="Jonas Ostrick">'], ("Halvern, Mara", "Jonas Ostrick")),
        (['<meta name="citation_authors" content="Halvern, Mara, Ostrick, Jonas">'], ("Halvern, Mara", "Ostrick, Jonas")),
        (['<meta name="dc.contributor.author" content="Halvern, Mara">'], ("Halvern, Mara",)),
        (['<meta name="citation_author" content="Bell and Sons Trust">'], ("Bell and Sons Trust",)),
        (['<meta name="eprints.creators_name" content="Halvern, Mara">'], ("Halvern, Mara",)),
        (['<meta name="citation_editor" content="Ines Kestrup">'], ("Ines Kestrup",)),
        (['<meta name="citation_editor" content="Ines Kestrup">', '<meta name="citation_author" content="Mara Halvern">'], ("Mara Halvern",)),
    ],
)  # fmt: skip
def test_a_page_names_its_authors_in_many_spellings(tags, authors):
    assert page(TITLE_TAG, *tags).authors == authors


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="alternate" type="application/pdf" href="/files/1.pdf">',
        '<link rel="item" type="application/pdf" href="https://archive.example/files/1.pdf"/>',
        '<link rel="item" href="/files/1.pdf" type="application/pdf;profile=x">',
        "<LINK HREF='files/1.pdf' TYPE='application/pdf' REL='alternate'>",
        '<meta name="citation_pdf_url" content="https://archive.example/files/1.pdf">',
        '<meta name="wkhealth_pdf_url" content="/files/1.pdf">',
        '<meta name="DC.identifier" content="https://archive.example/files/1.pdf">',
        '<meta name="eprints.document_url" content="https://archive.example/files/1.pdf">',
        '<meta name="bepress_citation_pdf_url" content="/files/1.pdf">',
        '<form action="/cgi-bin/get_doc.pl"><INPUT TYPE="hidden" NAME="urn" VALUE="RePEc:a"><INPUT TYPE="radio" NAME="url" VALUE="https://archive.example/files/1.pdf" checked></form>',
    ],
)  # fmt: skip
def test_a_page_names_its_file_in_many_spellings(tag):
    found = pdf_urls(tag.encode(), "https://archive.example/record-1")
    assert found == ["https://archive.example/files/1.pdf"]


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="stylesheet" type="text/css" href="/a.css">',
        '<link rel="alternate" type="application/rss+xml" href="/feed.pdf">',
        '<meta name="DC.identifier" content="https://archive.example/record/1">',
        '<input name="url" value="https://archive.example/">',
    ],
)
def test_what_is_no_file_is_not_named(tag):
    assert pdf_urls(tag.encode(), "https://archive.example/record-1") == []


@pytest.mark.parametrize(
    ("header", "urls"),
    [
        ('<https://r.example/1.pdf>; rel="item"; type="application/pdf"', ["https://r.example/1.pdf"]),
        ('</a,b;1.pdf> ; type=application/pdf ; rel=item, <https://r.example/1>; rel="cite-as"', ["https://r.example/a,b;1.pdf"]),
        ('<https://r.example/1.xml>; rel="item"; type="text/xml", <x.pdf>; rel="alternate item"; type="application/pdf"', ["https://r.example/x.pdf"]),
        ('<https://doi.org/10.1234/a>; rel="cite-as"', []),
        ("", []),
        ("<<>;;,", []),
    ],
)  # fmt: skip
def test_a_link_header_names_files(header, urls):
    assert pdf_urls_in_header(header, "https://r.example/record") == urls


# ── Crossref's links and people ───────────────────────────────────────────────────────────────────
def crossref_record(**item):
    message = {"DOI": "10.1234/a", "title": ["A title"]} | item
    return crossref.parse(json.dumps({"message": message}).encode())[0]


def link(url, kind="application/pdf"):
    return {"URL": url, "content-type": kind}


@pytest.mark.parametrize(
    ("links", "places"),
    [
        ([link("http://p.example/1.pdf"), link("https://p.example/1.pdf"), link("https://q.example/2.pdf")], ["http://p.example/1.pdf", "https://q.example/2.pdf"]),
        ([link("https://api.elsevier.com/content/article/PII:S1?httpAccept=application/pdf"), link("https://q.example/2.pdf")], ["https://q.example/2.pdf", "https://api.elsevier.com/content/article/PII:S1?httpAccept=application/pdf"]),
        ([link("https://syndication.highwire.org/content/doi/10.1234/a"), link("https://q.example/2.pdf")], ["https://q.example/2.pdf", "https://syndication.highwire.org/content/doi/10.1234/a"]),
        ([link("https://www.mdpi.com/1/2/3/pdf", "unspecified"), link("https://www.mdpi.com/1/2/3", "text/html")], ["https://www.mdpi.com/1/2/3/pdf"]),
    ],
)  # fmt: skip
def test_crossrefs_links_are_each_named_once_and_those_for_token_holders_last(links, places):
    record = crossref_record(link=links)
    assert [place.url for place in record.locations if place.kind == "pdf"] == places


@pytest.mark.parametrize(
    ("people", "authors"),
    [
        ({"editor": [{"given": "Ines", "family": "Kestrup"}]}, ("Kestrup, Ines",)),
        ({"editor": [{"family": "Kestrup"}], "author": [{"family": "Halvern"}]}, ("Halvern",)),
        ({"author": [{"name": "Harbour Study Group"}, {"given": "Mara", "family": "Halvern"}]}, ("Harbour Study Group", "Halvern, Mara")),
        ({"author": [], "editor": [{"name": "Altenmoor Museum"}]}, ("Altenmoor Museum",)),
        ({"author": [{"given": "Mara", "family": "H<scp>alvern</scp>"}]}, ("Halvern, Mara",)),
    ],
)  # fmt: skip
def test_crossref_names_groups_and_editors(people, authors):
    assert crossref_record(**people).authors == authors


# ── challenges ────────────────────────────────────────────────────────────────────────────────────
ARTICLE = '<meta name="citation_title" content="Just a moment: waits"><body>' + "Text. " * 300


@pytest.mark.parametrize(
    ("headers", "body", "is_challenge"),
    [
        ({"cf-mitigated": "challenge"}, "<html><title>x</title></html>", True),
        ({}, "<html><head><title>Just a moment...</title></head><body></body></html>", True),
        ({}, "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>", True),
        ({}, "<html><head><title>Client Challenge</title><script src='/_fs-ch-abc/script.js'></script>", True),
        ({}, "<title>Making sure you&#39;re not a bot!</title><link href='/.within.website/x/xess/xess.css'>", True),
        ({}, "<title>Preparing to download ...</title><script>cloudpmc-viewer-pow</script>", True),
        ({}, '<html><head><META NAME="robots" CONTENT="noindex"><script src="/_Incapsula_Resource?SWJIYLWA=1"></script></head><body><iframe id="main-iframe" src="/_Incapsula_Resource?CWUDNSAI=1">Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>', True),
        ({}, '{"name":"ChallengeRequiredError","message":"Challenge required","status":403}', True),
        ({}, '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=A"}', True),
        ({"x-amzn-waf-action": "challenge"}, "", True),
        ({}, "<html><title>Access to this page has been denied</title><div id='px-captcha'></div></html>", True),
        ({}, "<title>Pardon Our Interruption</title><p>As you were browsing</p>", True),
        ({}, "<html><title>Are you a robot?</title><p>Please confirm you are human</p></html>", True),
        ({}, "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>You don't have permission<P>Reference&#32;&#35;18.1<P>https://errors.edgesuite.net/18.1</BODY></HTML>", True),
        ({}, "<title>Security verification</title><p>Verifying</p>", True),
        # no challenges
        ({}, "<title>Captcha solving by networks</title>" + "Text. " * 300, False),
        ({}, ARTICLE, False),
        ({}, '<title>Bells</title><script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>' + "Text. " * 300, False),
        ({}, '<title>Bells</title><script src="/_Incapsula_Resource?SWJIYLWA=1"></script>' + "Text. " * 300, False),
        ({}, "<html><body><h1>500 Internal Server Error</h1></body></html>", False),
        ({}, "<title>Not found</title>", False),
        ({}, '{"result": {"hits": {"@total": "0"}}}', False),
        ({}, '{"title": "Just a moment..."}', False),
        ({}, "%PDF-1.7 cloudpmc-viewer-pow /.within.website/x/", False),
        ({}, "<html><body>Forbidden</body></html>", False),
        ({}, "", False),
    ],
)  # fmt: skip
def test_a_challenge_is_told_from_pages_and_errors(headers, body, is_challenge):
    assert bool(challenge_in(headers, body.encode())) == is_challenge


@pytest.mark.parametrize(
    ("ident", "url"),
    [
        ("hal:hal-01234567", "https://hal.science/hal-01234567/document"),
        ("iclr:2025/0a1b", "https://proceedings.iclr.cc/paper_files/paper/2025/file/0a1b-Paper-Conference.pdf"),
        ("mlsys:2023/0a1b", "https://proceedings.mlsys.org/paper_files/paper/2023/file/0a1b-Paper-mlsys2023.pdf"),
        ("doi:10.3386/w26883", "https://www.nber.org/system/files/working_papers/w26883/w26883.pdf"),
        ("doi:10.1371/journal.pone.0123456", "https://journals.plos.org/plosone/article/file?id=10.1371/journal.pone.0123456&type=printable"),
        ("doi:10.18653/v1/p19-1001", "https://aclanthology.org/P19-1001.pdf"),
        ("doi:10.7717/peerj-cs.123", "https://peerj.com/articles/cs-123.pdf"),
        ("doi:10.3389/fpsyg.2020.00123", "https://www.frontiersin.org/articles/10.3389/fpsyg.2020.00123/pdf"),
        ("doi:10.5194/acp-20-1234-2020", "https://acp.copernicus.org/articles/20/1234/2020/acp-20-1234-2020.pdf"),
        ("doi:10.21105/joss.01234", "https://joss.theoj.org/papers/10.21105/joss.01234.pdf"),
        ("doi:10.31234/osf.io/abc3d", "https://osf.io/abc3d/download"),
    ],
)  # fmt: skip
def test_an_id_leads_to_its_file(ident, url):
    assert find_locations(Work(ident, "A title", ids=(ident,)))[0].url == url


def test_projects_and_unknown_journals_have_no_file_of_their_own():
    assert file_of_doi("10.17605/osf.io/abc3d") == ("", "")
    assert file_of_doi("10.1371/journal.pxxx.0123456") == ("", "")
    assert file_of_doi("10.1000/x") == ("", "")


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ('<base href="https://static.example.org/a/">', "https://static.example.org/a/61.pdf"),
        ('<base href="/files/">', "https://archive.example.org/files/61.pdf"),
        ('<base target="_blank">', "https://archive.example.org/record/61.pdf"),
        ('<base href="http://[">', "https://archive.example.org/record/61.pdf"),
    ],
)
def test_a_pages_links_start_from_its_base(base, address):
    page = f'<html><head>{base}<link rel="alternate" type="application/pdf" href="61.pdf"></head>'
    assert pdf_urls(page.encode(), "https://archive.example.org/record/61") == [address]
