"""Lists of new papers: what is asked for, what is read, and that hostile ones cost only themselves."""

from __future__ import annotations

import contextlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.errors import WebError
from litmap.works.listings import arxiv_days, journal_feed, openalex_new, openrxiv_days
from litmap.works.listings.page import day_of

OAI = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>{records}{token}</ListRecords></OAI-PMH>"""
RECORD = """<record><header><datestamp>2026-11-28</datestamp></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2611.01234</id><created>2026-11-26</created>
<authors><author><keyname>Wrenfold</keyname><forenames>Odile</forenames></author><author><keyname>Olm Group</keyname></author></authors>
<title>Margins at
  Low Tide</title><categories>cs.LG</categories>{more}<abstract>We &lt;b&gt;measure&lt;/b&gt; margins.</abstract></arXiv></metadata></record>"""
FEED = "https://journal.example.org/feed.xml"


def oai(more="", token=""):
    return OAI.format(records=RECORD.format(more=more), token=token).encode()


# ── arXiv ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("category", "name"),
    [("cs.LG", "cs:cs:LG"), ("hep-th", "physics:hep-th"), ("math.ST", "math:math:ST"),
     ("physics.soc-ph", "physics:physics:soc-ph"), ("quant-ph", "physics:quant-ph")],
)  # fmt: skip
def test_a_category_of_arxiv_is_a_set(category, name):
    assert arxiv_days.set_of(category) == name


def test_a_paper_of_arxiv_is_read_with_the_day_it_first_appeared():
    page = arxiv_days.parse(oai(token="<resumptionToken>6511|7</resumptionToken>"))
    (paper,) = page.papers
    assert (paper.record.title, paper.day) == ("Margins at Low Tide", "2026-11-26")
    assert paper.record.authors == ("Wrenfold, Odile", "Olm Group")
    assert paper.record.ids == ("arxiv:2611.01234",)
    assert paper.record.abstract == "We measure margins."
    assert "resumptionToken=6511%7C7" in arxiv_days.request_for_more(page.more).url


def test_a_withdrawn_paper_of_arxiv_is_none():
    assert not arxiv_days.parse(oai("<comments>This paper has been withdrawn</comments>")).papers


def test_a_day_without_papers_is_none_and_a_wrong_question_an_error():
    empty = OAI.replace(
        "<ListRecords>{records}{token}</ListRecords>", '<error code="{}">{}</error>'
    )
    assert not arxiv_days.parse(empty.format("noRecordsMatch", "none").encode()).papers
    with pytest.raises(WebError, match="no such set") as error:
        arxiv_days.parse(empty.format("badArgument", "no such set").encode())
    assert not error.value.transient


@pytest.mark.parametrize(
    "body", [b"", b"<html>Just a moment</html>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", b"{}"]
)
def test_what_is_no_list_of_arxiv_is_an_error(body):
    with pytest.raises(WebError):
        arxiv_days.parse(body)


# ── bioRxiv, medRxiv ─────────────────────────────────────────────────────────────────────────────
def preprint(**changed):
    return {"title": "Moss at Night", "authors": "Olm, A.; Berg, B.", "doi": "10.64898/2026.11.20.700001", "date": "2026-11-20",
            "version": "1", "server": "bioRxiv", "abstract": "Moss sleeps.", **changed}  # fmt: skip


def days(*listed, cursor=0, total="1"):
    told = [{"status": "ok", "cursor": cursor, "count": len(listed), "total": total}]
    return json.dumps({"messages": told, "collection": listed}).encode()


def test_the_first_versions_among_a_servers_preprints_are_new():
    page = openrxiv_days.parse(days(preprint(), preprint(version="2"), total="70"))
    (paper,) = page.papers
    assert paper.record.ids == ("doi:10.64898/2026.11.20.700001",)
    assert paper.record.authors == ("Olm, A.", "Berg, B.")
    assert (paper.day, page.more) == ("2026-11-20", "2")
    url = openrxiv_days.request_for("medrxiv", "Public Health", "2026-11-20", "2026-11-21", "2").url
    assert url.endswith("/medrxiv/2026-11-20/2026-11-21/2/json?category=public_health")


def test_the_last_page_of_preprints_is_the_last():
    assert not openrxiv_days.parse(days(preprint(), cursor=30, total="31")).more
    assert not openrxiv_days.parse(days(total="31")).more, "an empty page would come for ever"


# ── OpenAlex ─────────────────────────────────────────────────────────────────────────────────────
def citing(**changed):
    return {"id": "https://openalex.org/W9", "title": "After Margins", "publication_date": "2026-11-20", "publication_year": 2026,
            "authorships": [{"raw_author_name": "Odile Wrenfold"}], "referenced_works": ["https://openalex.org/W1", "https://openalex.org/W3"],
            **changed}  # fmt: skip


def test_works_that_cite_are_asked_for_at_once_and_tell_what_they_cite():
    request = openalex_new.request_for_citing(
        ["openalex:W1", "openalex:W2"], "2026-10-01", {"openalex": "k"}
    )
    assert parse_qs(urlsplit(request.url).query)["filter"] == [
        "cites:W1|W2,from_publication_date:2026-10-01"
    ]
    assert request.credits == 1
    (paper,) = openalex_new.parse(json.dumps({"results": [citing()]}).encode()).papers
    assert paper.cites == ("openalex:W1", "openalex:W3")
    assert paper.day == "2026-11-20"


def test_a_person_is_asked_for_by_orcid_or_searched_for_by_name():
    by_name = openalex_new.request_for_author("Odile Wrenfold, Prof.", "2026-10-01")
    by_orcid = openalex_new.request_for_author("0000-0002-1825-0097", "2026-10-01")
    assert "raw_author_name.search:Odile%20Wrenfold%20Prof," in by_name.url
    assert "authorships.author.orcid:0000-0002-1825-0097," in by_orcid.url
    assert by_name.credits > by_orcid.credits


@pytest.mark.parametrize(
    ("person", "name", "is_hers"),
    [("Odile Wrenfold", "Odile Wrenfold", True), ("O. Wrenfold", "Odile Wrenfold", True), ("Wrenfold, Odile", "Wrenfold, O.", True),
     ("Odile Wrenfold", "Otto Wrenfold", False), ("Odile Wrenfold", "Odile Wren", False)],
)  # fmt: skip
def test_a_namesake_with_another_given_name_is_somebody_else(person, name, is_hers):
    found = citing(authorships=[{"raw_author_name": name}])
    (paper,) = openalex_new.parse(json.dumps({"results": [found]}).encode()).papers
    assert openalex_new.is_by(paper, person) is is_hers


# ── feeds ────────────────────────────────────────────────────────────────────────────────────────
RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/">
<channel><title>Tidal Letters</title><link>https://journal.example.org</link>
<item><title>Salt &amp; sleep in CO&lt;sub&gt;2&lt;/sub&gt;&nbsp;rich tides</title><link>/a/1</link><description>&lt;p&gt;We slept.&lt;/p&gt;</description>
<dc:creator>Ada Olm</dc:creator><dc:creator>Berg, Bo</dc:creator><prism:doi>10.9999/tide.1</prism:doi><pubDate>Thu, 26 Nov 2026 04:00:00 +0000</pubDate></item>
</channel></rss>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Tidal Letters</title></channel><item><title>Salt</title><link>https://doi.org/10.9999/tide.1</link><dc:date>2026-11-26</dc:date>
<dc:creator>Ada Olm, Bo Berg, Cy Dax</dc:creator></item></rdf:RDF>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Tidal Letters</title><entry><title type="html">Salt &lt;i&gt;in situ&lt;/i&gt;</title>
<link rel="enclosure" href="https://journal.example.org/a.mp3"/><link href="https://arxiv.org/abs/2611.01234v2"/>
<author><name>Ada Olm</name></author><author><name>Bo Berg</name></author><published>2026-11-26T04:00:00Z</published>
<updated>2026-11-28T04:00:00Z</updated><summary>Short.</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Longer <b>words</b>.</div></content></entry></feed>"""


def read(body):
    return journal_feed.parse(body, FEED).papers


def test_rss_with_dublin_core_and_prism():
    (paper,) = read(RSS)
    record = paper.record
    assert record.title == "Salt & sleep in CO2 rich tides"
    assert record.authors == ("Ada Olm", "Berg, Bo")
    assert (record.venue, record.abstract, paper.day) == (
        "Tidal Letters",
        "We slept.",
        "2026-11-26",
    )
    assert record.ids == ("doi:10.9999/tide.1",)
    assert record.urls == ("https://journal.example.org/a/1",)


def test_rss_of_1999_with_all_authors_in_one_field():
    (paper,) = read(RDF)
    assert paper.record.authors == ("Ada Olm", "Bo Berg", "Cy Dax")
    assert paper.record.ids == ("doi:10.9999/tide.1",)


def test_atom_with_markup_in_titles_and_texts():
    (paper,) = read(ATOM)
    assert (paper.record.title, paper.record.abstract) == ("Salt in situ", "Longer words.")
    assert (paper.record.ids, paper.day) == (("arxiv:2611.01234",), "2026-11-26")
    assert paper.record.urls == ("https://arxiv.org/abs/2611.01234v2",)


def test_a_revised_paper_in_arxivs_feed_is_not_new():
    told = "arXiv:2611.01234v2 Announce Type: {} \nAbstract: We slept."
    assert not read(
        ATOM.replace(b"Short.", told.format("replace").encode()).replace(b"Longer", b"")
    )
    (paper,) = read(ATOM.replace(b"Short.", told.format("cross").encode()))
    assert paper.record.abstract == "We slept."


def test_a_feed_that_breaks_off_gives_what_came_before():
    assert len(read(RSS.replace(b"</item>", b"</item><item><title>Half & <unclosed"))) >= 1


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1/admin", "http://[::1]/", "http://localhost/x", "https://ann:pw@journal.example.org/a",
     "http://router.local/", "http://2130706433/", "//10.0.0.1/x", "http://[broken"],
)  # fmt: skip
def test_a_link_inside_a_network_or_to_a_script_is_none(link):
    (paper,) = read(RSS.replace(b"<link>/a/1</link>", f"<link>{link}</link>".encode()))
    assert paper.record.urls == ()


@pytest.mark.parametrize(
    "date", ["Thu, 99 Nov 2026", "yesterday", "2026-13-45", "", "Thu, 26 Nov 99999999999 04:00:00"]
)
def test_a_wrong_date_is_no_day(date):
    (paper,) = read(RSS.replace(b"Thu, 26 Nov 2026 04:00:00 +0000", date.encode()))
    assert paper.day == ""


LAUGHS = b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        LAUGHS,
        b"<html><body>Just a moment...</body></html>",
        b"%PDF-1.7",
        b"\xff\xfe\x00",
        b"{}",
    ],
)
def test_what_is_no_feed_is_an_error(body):
    with pytest.raises(WebError):
        read(body)


def test_the_dtd_of_the_first_rss_is_not_fetched():
    old = b'<!DOCTYPE rss SYSTEM "http://my.netscape.example/rss-0.91.dtd">'
    assert len(read(RSS.replace(b"<rss", old + b"<rss", 1))) == 1


@pytest.mark.parametrize(
    "body",
    [b"<rss>" + b"<item>" * 200_000, b"<rss><channel>" + b"<item><title>t</title></item>" * 100_000, b"<rss><item><title>" + b"&lt;" * 500_000,
     b"<rss><item><title>" + b"<b>" * 300_000, b"<rss><item><author>" + b"a," * 500_000 + b"</author><title>t</title></item></rss>"],
    ids=["nested", "many", "signs", "tags", "authors"],
)  # fmt: skip
def test_a_huge_feed_costs_a_second_at_most_and_gives_no_more_than_it_may(body):
    begun = time.process_time()
    try:
        papers = read(body)
    except WebError:
        papers = []
    assert len(papers) <= journal_feed.MAX_PAPERS
    assert all(len(p.record.authors) <= journal_feed.MAX_AUTHORS for p in papers)
    assert time.process_time() - begun < 5


PARTS = st.sampled_from([RSS, RDF, ATOM])


@given(PARTS, st.integers(0, 2000), st.integers(0, 40), st.binary(max_size=30))
def test_any_broken_feed_is_read_or_refused(body, start, cut, put):
    broken = body[:start] + put + body[start + cut :]
    try:
        papers = read(broken)
    except WebError:
        return
    for paper in papers:
        assert paper.record.title
        assert paper.record.title.isprintable()
        assert paper.day == day_of(paper.day)
        assert all(url.startswith(("http://", "https://")) for url in paper.record.urls)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(body):
    for parse in (arxiv_days.parse, openrxiv_days.parse, openalex_new.parse, read):
        with contextlib.suppress(WebError):
            parse(body)


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
    ["results", "collection", "messages", "total", "cursor", "title", "doi", "authorships", "referenced_works", "publication_date", "date"]), inner, max_size=4), max_leaves=12)  # fmt: skip


@given(JSON)
def test_any_json_is_read_or_refused(value):
    body = json.dumps(value).encode()
    for parse in (openrxiv_days.parse, openalex_new.parse):
        parse(body)
