"""From citations to works with a client that answers from memory: what agrees, what is refused,
what is asked.
"""

import importlib
import json
import pkgutil
import urllib.parse
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import Exhausted, NotFound, WebError
from litmap.models import Citation, Location, Mention, Reference, Resolution, Response, Work
from litmap.parsing.person_names import family_name
from litmap.parsing.title_similarity import TitleMatch, match_titles, odd_words
from litmap.parsing.venues import same_venue
from litmap.works import merge, resolve, sources, with_file_metadata
from litmap.works.informal_matching import best_by_people, people_score, title_parts
from litmap.works.matching import Verdict, authors_agree, judge
from litmap.works.merging import combine, group_by_work, same_work, work_id
from litmap.works.record import Record
from litmap.works.sources import (
    arxiv,
    crossref,
    dblp,
    landing,
    openalex,
    openreview,
    semantic_scholar,
    unpaywall,
)
from litmap.works.task import open_task, title_in_address

NOW = "2026-11-20T12:00:00Z"
TITLE = "Lattice Gardens: Growing Sparse Graphs with Local Rules"
PEOPLE = ("Ada Marwick", "Laurens van der Berg")


# ── titles and people ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("one", "two", "match"),
    [
        (TITLE, TITLE.upper() + ".", TitleMatch.EQUAL),
        ("Über Gezeiten und die Länge", "Uber Gezeiten und die Lange", TitleMatch.EQUAL),
        ("{D}eep {R}esidual $\\ell_1$ Nets", "Deep residual ell 1 nets", TitleMatch.EQUAL),
        ("Pre-training of Deep Nets", "Pretraining of deep nets", TitleMatch.EQUAL),
        (
            "Schmidhuber's Flat Minima in Netwroks",
            "Schmidhuber's Flat Minima in Networks",
            TitleMatch.NEAR,
        ),
        ("On the Growing of Sparse Graphs", "Growing Sparse Graphs", TitleMatch.NONE),
        (TITLE, "Lattice Gardens", TitleMatch.SHORTENED),
        (
            "Deep Residual Learning for",
            "Deep Residual Learning for Image Recognition",
            TitleMatch.SHORTENED,
        ),
        (
            "Lattice Gardens",
            "Lattice Gardens: A Survey of Methods and Open Problems",
            TitleMatch.NONE,
        ),
        (TITLE, f"Revisiting {TITLE}", TitleMatch.NONE),
        (TITLE, f"{TITLE} (Extended Abstract)", TitleMatch.NONE),
        (TITLE, f'Comments on "{TITLE}"', TitleMatch.NONE),
        (TITLE, f"{TITLE} II", TitleMatch.NONE),
        ("Growing Sparse Graphs, Part 1", "Growing Sparse Graphs, Part 2", TitleMatch.NONE),
        ("Learning with Noise", "Learning without Noise", TitleMatch.NONE),
        (TITLE, "Lattice Gardens Without the Usual Assumptions", TitleMatch.NONE),
        (TITLE, f"Towards Faster {TITLE}", TitleMatch.NONE),
        ("", TITLE, TitleMatch.NONE),
    ],
)
def test_titles(one, two, match):
    assert match_titles(one, two) == match_titles(two, one) == match


@pytest.mark.parametrize("form", [
    "{t}: A Survey of Methods and Open Problems", "Revisiting {t}: A Reproducibility Study", "{t} (Extended Abstract)",
    'Comments on "{t}"', "{t} Without the Usual Assumptions", "Towards Faster {t}", "{t}: Reply", "A Critique of {t}",
    "{t} Revisited", "Erratum: {t}", "{t}, Part II", "A Note on {t}", "Beyond {t}", "{t}: An Overview", "Retraction: {t}",
])  # fmt: skip
@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "Flat Minima",
        "Sparse Graphs and Their Many Uses",
        "Tidal Normalization for Very Deep Networks",
    ],
)
@pytest.mark.parametrize("want", ["all", "title", "no year"])
def test_near_misses_are_never_taken(form, title, want):
    """Not even those by the same first author, a year earlier, that begin or end with the very
    title.
    """
    reference = Reference(
        title=title, authors=PEOPLE if want != "title" else (), year=2019 if want == "all" else None
    )
    for authors in (("Ada Marwick", "Ivo Lindqvist"), ("Ivo Lindqvist", "Mara Okonkwo")):
        decoy = Record("Crossref", form.format(t=title), authors, 2018, ids=("doi:10.1/x",))
        assert judge(reference, decoy) != Verdict.SAME
        task = open_task(Citation("k", "reference", reference, ()))
        task.add_matching([decoy])
        assert task.resolution(NOW).work is None or not task.resolution(NOW).work.ids


def test_the_same_title_by_other_people_is_another_work():
    reference = Reference(title=TITLE, authors=PEOPLE, year=2017)
    assert judge(reference, Record("x", TITLE, PEOPLE, 2017)) == Verdict.SAME
    assert judge(reference, Record("x", TITLE, ("Pia Rasmus",), 2009)) == Verdict.OTHER
    assert judge(reference, Record("x", TITLE, ("Pia Rasmus",), 2017)) == Verdict.MAYBE
    assert not same_work(
        Record("x", TITLE, PEOPLE, 2017), Record("y", TITLE, ("Pia Rasmus",), 2017)
    )


@pytest.mark.parametrize(
    ("name", "family"),
    [("LeCun, Yann", "lecun"), ("Yann LeCun", "lecun"), ("LeCun Y", "lecun"), ("Y. LeCun", "lecun"), ("LeCun", "lecun"),
     ("Sammy Davis Jr.", "davis"), ("Müller-Brandt, Jörg", "muller brandt"), ("Støre J.", "store"), ("", "")],
)  # fmt: skip
def test_family_names(name, family):
    assert family_name(name) == family


@pytest.mark.parametrize(
    ("want", "found", "agree"),
    [
        (["Schwartz-Ziv", "Tishby"], ["Ravid Shwartz-Ziv", "Naftali Tishby"], True),
        (["van der Berg, Laurens"], ["Ada Marwick", "Laurens van der Berg"], True),
        (["Marwick"], ["A. Marwick", "L. van der Berg"], True),
        (["Ferreira"], ["Ada Marwick"], False),
        ([], ["Ada Marwick"], None),
        (["Ada Marwick"], [], None),
        (["Lee", "Ota", "Kim"], ["Jo Lee"], True),
        (["Ota", "Kim", "Lee"], ["Jo Lee"], False),
    ],
)
def test_people(want, found, agree):
    assert authors_agree(want, found) is agree


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=6),
    st.lists(st.sampled_from("abcdefgh"), max_size=6),
)
@settings(max_examples=80, deadline=None)
def test_odd_words_are_the_difference(one, two):
    expected = [w for w in one + two if w != "a"] if sorted(one) != sorted(two) else []
    assert set(odd_words(one, two)) <= set(expected)
    if sorted(one) == sorted(two):
        assert odd_words(one, two) == []


def test_a_context_tells_papers_of_one_year_apart():
    want = Reference(authors=("Goodfellow",), year=2014)
    paths = Record(
        "arXiv",
        "Qualitatively characterizing neural network optimization problems",
        ("Ian Goodfellow", "Oriol Vinyals"),
        2014,
    )
    nets = Record("arXiv", "Generative Adversarial Nets", ("Ian Goodfellow", "Yoshua Bengio"), 2014)
    context = (
        "walks a straight line from init to solution to characterize optimization problems "
        "(Goodfellow 2014)"
    )
    scores = [people_score(want, context, r) for r in (paths, nets)]
    assert best_by_people(scores, [True, True]) == 0
    bare = [people_score(want, "as in Goodfellow 2014", r) for r in (paths, nets)]
    assert best_by_people(bare, [True, True]) == -1
    assert best_by_people([0.9, 1.4], [True, False]) == 0
    assert people_score(replace(want, year=2009), context, paths) == 0
    assert people_score(replace(want, authors=("Goodfellow", "Kolter")), context, paths) == 0


def test_parts_of_a_line_that_may_be_a_title():
    assert "Theoretical impediments to machine learning" in title_parts(
        "Manifestos: Pearl, Theoretical impediments to machine learning"
    )
    assert "The Loss Surfaces of Multilayer Networks" in title_parts(
        "The Loss Surfaces of Multilayer Networks – loss surfaces paper"
    )
    assert len(title_parts(" - ".join(["one two three four"] * 500))) <= 5


@pytest.mark.parametrize(
    ("url", "title"),
    [("https://papers.nips.cc/paper/5656-hidden-technical-debt-in-machine-learning-systems.pdf",
      "hidden technical debt in machine learning systems"),
     ("https://example.com/papers/2019.pdf", ""), ("https://example.com/a/b-c.pdf", ""),
     ("https://example.com/9636/d8aedd476ef19c762923119750aec95bf8ca.pdf", "")],
)  # fmt: skip
def test_titles_that_addresses_spell_out(url, title):
    assert title_in_address(url) == title


# ── merging ───────────────────────────────────────────────────────────────────────────────────────
def test_preprint_proceedings_and_journal_are_one_work():
    records = [
        Record("arXiv", TITLE, PEOPLE, 2016, "arXiv", "An abstract.", ("arxiv:1706.90762",), arxiv_version=3),
        Record("Crossref", TITLE, ("Marwick, Ada", "van der Berg, Laurens"), 2018, "Journal", ids=("doi:10.1/j",)),
        Record("the work's page", "Lattice gardens - growing sparse graphs with local rules", PEOPLE, 2017, "NeurIPS",
               ids=("neurips:2017/00",)),
    ]  # fmt: skip
    assert len(group_by_work(records)) == 1
    work = combine(records, Reference(urls=("https://x.org/a",)), NOW)
    assert work.id == "arxiv:1706.90762" and set(work.ids) == {
        "arxiv:1706.90762",
        "doi:10.1/j",
        "neurips:2017/00",
    }
    assert (work.year, work.venue, work.arxiv_version, work.abstract) == (
        2018,
        "Journal",
        3,
        "An abstract.",
    )
    assert {f.source for f in work.facts} == {"arXiv", "Crossref", "the work's page"}
    assert all(f.time == NOW for f in work.facts)


def test_two_arxiv_ids_stay_two_works_whatever_the_titles_say():
    one, two = (Record("arXiv", TITLE, PEOPLE, 2017, ids=(f"arxiv:1706.0000{n}",)) for n in (1, 2))
    assert not same_work(one, two)


def resolution(key, title, ids=(), authors=PEOPLE, year=2017):
    work = Work(
        work_id(ids, title, authors),
        title,
        authors,
        year,
        ids=tuple(ids),
        urls=(f"https://x.org/{key}",),
    )
    return Resolution(key, work, "metadata-only", "")


def test_citations_of_one_work_share_it():
    found = merge(
        [
            resolution("a", TITLE, ["arxiv:1706.90762"]),
            resolution("b", TITLE, ["doi:10.1/j"]),
            resolution("c", TITLE, ["doi:10.1/j", "openalex:W1"]),
            resolution("d", TITLE.lower(), authors=("Marwick",), year=None),
            resolution("e", TITLE, authors=("Pia Rasmus",)),
            resolution("f", "Quite Another Paper About Rivers", ["arxiv:1706.00001"]),
            Resolution("g", None, "not-found", ""),
        ]
    )
    assert [r.citation for r in found] == list("abcdefg")
    works = [r.work for r in found]
    assert works[0] == works[1] == works[2] == works[3] and works[0].id == "arxiv:1706.90762"
    assert set(works[0].ids) == {"arxiv:1706.90762", "doi:10.1/j", "openalex:W1"}
    assert {f"https://x.org/{k}" for k in "abcd"} <= set(works[0].urls)
    assert works[4].id != works[0].id and works[5].id == "arxiv:1706.00001" and works[6] is None


@given(st.permutations(list(range(5))))
@settings(max_examples=30, deadline=None)
def test_merging_does_not_depend_on_the_order(order):
    items = [
        resolution("a", TITLE, ["arxiv:1706.90762"]), resolution("b", TITLE, ["doi:10.1/j"]),
        resolution("c", TITLE, ["doi:10.1/j", "s2:1"]), resolution("d", "Rivers of Rules and of Drift", ["doi:10.1/r"]),
        resolution("e", TITLE, ["arxiv:1801.00001"]),
    ]  # fmt: skip
    ids = {r.citation: r.work.id for r in merge([items[i] for i in order])}
    assert ids["a"] != ids["e"] and ids["d"] == "doi:10.1/r" and ids["b"] == ids["c"]
    assert len(set(ids.values())) == 3


# ── the sources ───────────────────────────────────────────────────────────────────────────────────
FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <opensearch:totalResults>1</opensearch:totalResults>
  <entry><id>http://arxiv.org/abs/1706.90762v3</id><title>Lattice Gardens:
   Growing Sparse Graphs with Local Rules</title><updated>2018-01-01T00:00:00Z</updated><published>2017-06-12T00:00:00Z</published>
   <summary>  We grow
   graphs. </summary><author><name>Ada Marwick</name></author><author><name>Laurens van der Berg</name></author>
   <arxiv:doi>10.1000/J.1</arxiv:doi><arxiv:journal_ref>J. Graphs 3 (2018)</arxiv:journal_ref><arxiv:comment>12 pages</arxiv:comment>
  </entry></feed>"""
CROSSREF = {"status": "ok", "message-type": "work", "message": {
    "DOI": "10.1000/J.1", "type": "journal-article", "title": ["Lattice <i>Gardens</i>"], "subtitle": ["Growing Sparse Graphs"],
    "author": [{"given": "Ada", "family": "Marwick"}, {"name": "The Garden Consortium"}], "container-title": ["J. Graphs"],
    "published-print": {"date-parts": [[2018, 3]]}, "issued": {"date-parts": [[None]]}, "abstract": "<jats:p>We grow &amp; prune.</jats:p>",
    "relation": {"has-preprint": [{"id-type": "doi", "id": "10.48550/arXiv.1706.90762"}]},
    "updated-by": [{"DOI": "10.1000/R.1", "type": "retraction", "label": "Retraction", "updated": {"date-time": "2020-02-03T00:00:00Z"}}],
    "link": [{"URL": "https://pub.example.org/j1.pdf", "content-type": "application/pdf", "content-version": "vor"}],
    "resource": {"primary": {"URL": "https://pub.example.org/j1"}}}}  # fmt: skip
OPENALEX = {"meta": {"count": 1}, "results": [{
    "id": "https://openalex.org/W42", "doi": "https://doi.org/10.1000/j.1", "title": "Lattice Gardens", "publication_year": 2018,
    "ids": {"openalex": "https://openalex.org/W42", "pmid": "https://pubmed.ncbi.nlm.nih.gov/123", "mag": "9"},
    "authorships": [{"author": {"display_name": "Ada Marwick"}, "raw_author_name": "A. Marwick"}], "is_retracted": True,
    "primary_location": {"source": {"display_name": "J. Graphs"}}, "abstract_inverted_index": {"grow": [1], "We": [0], "graphs.": [2]},
    "locations": [{"is_oa": True, "pdf_url": "https://arxiv.org/pdf/1706.90762", "landing_page_url": "http://arxiv.org/abs/1706.90762"},
                  {"is_oa": False, "pdf_url": None, "landing_page_url": "https://doi.org/10.1000/j.1"}]}]}  # fmt: skip
PAGE = b"""<html><head><meta name="citation_title" content="Lattice &amp; Gardens"><META content='Marwick, Ada' NAME='citation_author'>
<meta name="citation_author" content="van der Berg, Laurens"/><meta name="citation_publication_date" content="2017/12/04">
<meta name="citation_doi" content="10.1000/j.1"><meta name="citation_pdf_url" content="/files/j1.pdf"><meta name="citation_arxiv_id" content="1706.90762">
<meta name="description" content="not this"></head>"""


def test_arxiv():
    (record,) = arxiv.parse(FEED.encode())
    assert (
        record.title == TITLE
        and record.authors == PEOPLE
        and record.year == 2017
        and record.arxiv_version == 3
    )
    assert (
        record.ids == ("arxiv:1706.90762", "doi:10.1000/j.1")
        and record.abstract == "We grow graphs."
    )
    url = arxiv.request_for(["1706.90762", "cs/0112017"]).url
    assert "id_list=1706.90762,cs/0112017" in url and "max_results=2" in url
    assert 'ti:"A B"' in urllib.parse.unquote(arxiv.request_for_titles(['A "B"'] * 2).url)
    error = FEED.replace(
        "http://arxiv.org/abs/1706.90762v3", "http://arxiv.org/api/errors#incorrect"
    )
    with pytest.raises(WebError, match="We grow"):
        arxiv.parse(error.encode())
    with pytest.raises(WebError):
        arxiv.parse(b'<!DOCTYPE x [<!ENTITY a "b">]>' + FEED.encode()[38:])


def test_crossref():
    (record,) = crossref.parse(json.dumps(CROSSREF).encode())
    assert record.title == "Lattice Gardens" and record.other_titles == (
        "Lattice Gardens: Growing Sparse Graphs",
    )
    assert record.authors == ("Marwick, Ada", "The Garden Consortium") and record.year == 2018
    assert (
        record.ids == ("doi:10.1000/j.1", "arxiv:1706.90762")
        and record.abstract == "We grow & prune."
    )
    assert record.notices == ("Retraction on 2020-02-03, see doi:10.1000/r.1",)
    assert [s.url for s in record.locations if s.kind == "pdf"] == [
        "https://pub.example.org/j1.pdf"
    ]
    assert crossref.request_for("10.1000/(a)b;c/d").url.endswith(
        "/works/10.1000%2F%28a%29b%3Bc%2Fd"
    )


def test_openalex():
    (record,) = openalex.parse(json.dumps(OPENALEX).encode())
    assert {"doi:10.1000/j.1", "openalex:W42", "pmid:123", "arxiv:1706.90762"} == set(record.ids)
    assert record.abstract == "We grow graphs." and record.notices and record.venue == "J. Graphs"
    assert [s.access for s in record.locations] == ["open", "open", "closed"]
    assert "filter=doi:10.1/a|10.1/b" in openalex.request_for("doi", ["10.1/a", "10.1/b"]).url
    assert (
        ","
        not in openalex.request_for_titles(["One, two; three?"])
        .url.split("filter=")[1]
        .split("&")[0]
    )
    assert openalex.request_for("doi", ["10.1/a"], {"openalex": "k"}).headers == {
        "Authorization": "Bearer k"
    }


def test_pages():
    (record,) = landing.parse(PAGE, "https://pub.example.org/j1")
    assert record.title == "Lattice & Gardens" and record.authors == (
        "Marwick, Ada",
        "van der Berg, Laurens",
    )
    assert record.year == 2017 and set(record.ids) == {"doi:10.1000/j.1", "arxiv:1706.90762"}
    assert [s.url for s in record.locations] == ["https://pub.example.org/files/j1.pdf"]
    assert landing.parse(b"<html><title>Login</title></html>", "https://pub.example.org/") == []


def test_other_services():
    note = {"notes": [{"id": "abc", "forum": "abc", "pdate": 1500000000000, "content": {
        "title": {"value": TITLE}, "authors": {"value": list(PEOPLE)}, "pdf": {"value": "/pdf/x.pdf"}, "venueid": {"value": "ICLR.cc/2018/Conference"}}}]}  # fmt: skip
    (record,) = openreview.parse(json.dumps(note).encode())
    assert (record.title, record.authors, record.year, record.ids) == (
        TITLE,
        PEOPLE,
        2018,
        ("openreview:abc",),
    )
    with pytest.raises(NotFound):
        openreview.parse(b'{"name": "NotFoundError", "message": "no"}')
    paper = {"paperId": "f" * 40, "title": TITLE, "year": 2017, "externalIds": {"ArXiv": "1706.90762", "DOI": "10.1000/J.1", "CorpusId": 5},
             "authors": [{"name": "Ada Marwick"}], "openAccessPdf": {"url": ""}}  # fmt: skip
    (record,) = semantic_scholar.parse(json.dumps(paper).encode())
    assert (
        record.ids == ("arxiv:1706.90762", "doi:10.1000/j.1", "s2:" + "f" * 40)
        and record.locations == ()
    )
    hit = {"info": {"title": TITLE + ".", "year": "2017", "venue": ["CoRR"], "ee": "https://doi.org/10.48550/arXiv.1706.90762",
                    "doi": "10.48550/ARXIV.1706.90762", "authors": {"author": {"@pid": "1", "text": "Ada Marwick 0002"}}}}  # fmt: skip
    (record,) = dblp.parse(json.dumps({"result": {"hits": {"hit": [hit]}}}).encode())
    assert (
        record.title == TITLE
        and record.authors == ("Ada Marwick",)
        and record.ids == ("arxiv:1706.90762",)
    )
    copy = {
        "doi": "10.1000/j.1",
        "title": TITLE,
        "year": 2018,
        "oa_locations": [{"url_for_pdf": "https://repo.example.org/x.pdf", "url": "u"}],
    }
    (record,) = unpaywall.parse(json.dumps(copy).encode())
    assert record.locations == (
        Location("https://repo.example.org/x.pdf", "pdf", "Unpaywall", "open"),
    )
    assert unpaywall.request_for("10.1/a b", "a@b.org").url.endswith("/10.1/a%20b?email=a@b.org")


SOURCES = [
    importlib.import_module(module.name)
    for module in pkgutil.iter_modules(sources.__path__, f"{sources.__name__}.")
]
PARSERS = [s.parse for s in SOURCES if s.parse.__annotations__["return"] == "list[Record]"]
JSON_PARSERS = [parse for parse in PARSERS if parse not in {arxiv.parse, landing.parse}]
SAMPLES = [
    CROSSREF,
    OPENALEX,
    {"result": {"hits": {"hit": {"info": {}}}}},
    {"notes": [{"content": 3}]},
]
JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["message", "title", "results", "author", "items", "hits", "hit", "info", "notes", "content", "DOI", "doi", "ids", "locations", "data", "authors"]), x, max_size=4), max_leaves=12)  # fmt: skip


@pytest.mark.parametrize("parse", PARSERS, ids=lambda p: p.__module__.rpartition(".")[2])
@given(
    body=st.binary(max_size=200)
    | JSON.map(lambda v: json.dumps(v).encode())
    | st.sampled_from([PAGE, FEED.encode()])
)
@settings(max_examples=60, deadline=None)
def test_whatever_a_service_sends_is_records_or_an_error(parse, body):
    try:
        records = parse(body)
    except WebError:
        return
    assert all(isinstance(r, Record) and r.title == " ".join(r.title.split()) for r in records)


@pytest.mark.parametrize("parse", JSON_PARSERS, ids=lambda p: p.__module__.rpartition(".")[2])
@given(sample=st.sampled_from(SAMPLES), path=st.lists(st.integers(0, 9), max_size=6), value=JSON)
@settings(max_examples=60, deadline=None)
def test_a_field_of_another_shape_costs_nothing_but_itself(parse, sample, path, value):
    data = json.loads(json.dumps(sample))
    spot, parent, key = data, None, None
    for step in path:
        keys = (
            list(spot)
            if isinstance(spot, dict)
            else list(range(len(spot)))
            if isinstance(spot, list)
            else []
        )
        if not keys:
            break
        parent, key = spot, keys[step % len(keys)]
        spot = spot[key]
    if parent is not None:
        parent[key] = value
    try:
        parse(json.dumps(data).encode())
    except WebError:
        return


def test_long_hostile_pages_are_read_in_linear_time():
    import time

    for body in (
        b"<meta " * 200_000,
        b'<meta name="citation_title" content="' + b"a" * 5_000_000,
        b"<meta name='" * 100_000,
    ):
        started = time.process_time()
        landing.parse(body, "https://x.org/")
        assert time.process_time() - started < 5


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────
class Memory:
    """A client that answers from rules (word of the URL → body or error) and remembers what was
    asked.
    """

    def __init__(self, **rules):
        self.rules = rules
        self.asked = []

    def get(self, request):
        self.asked.append(request.url)
        for word, answer in self.rules.items():
            if word.replace("_", ".") in request.url:
                given = answer(request) if callable(answer) else answer
                if isinstance(given, Exception):
                    raise given
                body = given if isinstance(given, bytes) else json.dumps(given).encode()
                return Response(request.url, 200, {}, body)
        raise NotFound("not there")


def cite(key, title="", ids=(), urls=(), authors=(), year=None, kind="reference", sure=True):
    mention = Mention("n.md", 1, title, (), title, kind)
    return Citation(
        key,
        kind,
        Reference(title, title, authors, year, "", tuple(ids), tuple(urls)),
        (mention,),
        sure,
    )


EMPTY = FEED[: FEED.index("<entry>")] + "</feed>"
NOTHING = {"message": {"items": []}}


def test_a_work_with_an_arxiv_id_costs_one_request_for_many():
    def feed(request):
        ids = urllib.parse.parse_qs(request.url.partition("?")[2])["id_list"][0].split(",")
        entry = FEED[FEED.index("<entry>") : FEED.index("</feed>")]
        return (
            EMPTY[:-7] + "".join(entry.replace("1706.90762", i) for i in ids) + "</feed>"
        ).encode()

    client = Memory(export_arxiv=feed)
    wanted = [cite(str(n), ids=[f"arxiv:1706.9{n:04d}"]) for n in range(150)]
    found = list(resolve(wanted, client, now=NOW))
    assert {r.citation for r in found} == {c.key for c in wanted} and len(client.asked) == 2
    assert all(
        r.status == "metadata-only" and r.work.id == f"arxiv:1706.9{int(r.citation):04d}"
        for r in found
    )


def test_an_empty_answer_about_ids_is_asked_again():
    answers = iter([EMPTY.encode(), FEED.encode()])
    client = Memory(export_arxiv=lambda request: next(answers))
    (found,) = resolve([cite("a", ids=["arxiv:1706.90762"])], client, now=NOW)
    assert found.work.title == TITLE and len(client.asked) == 2


def test_one_malformed_id_does_not_cost_the_others_theirs():
    def feed(request):
        if "9999.99999" in request.url:
            raise WebError("incorrect id format", status=400, transient=False)
        return FEED.encode() if "1706.90762" in request.url else EMPTY.encode()

    client = Memory(export_arxiv=feed, crossref=NOTHING)
    found = {
        r.citation: r
        for r in resolve(
            [cite("good", ids=["arxiv:1706.90762"]), cite("bad", ids=["arxiv:9999.99999"])],
            client,
            now=NOW,
        )
    }
    assert found["good"].work.id == "arxiv:1706.90762" and found["bad"].status in {
        "not-found",
        "failed",
    }


def test_works_known_before_cost_nothing_and_decisions_count():
    client = Memory(export_arxiv=FEED.encode())
    before = {"a": Resolution("a", None, "not-found", "as before")}
    found = list(
        resolve(
            [cite("a", TITLE), cite("b", "An unclear title", kind="title")],
            client,
            now=NOW,
            known=before,
            chosen_ids={"b": "arXiv:1706.90762"},
        )
    )
    assert (
        found[0] == before["a"]
        and found[1].work.id == "arxiv:1706.90762"
        and len(client.asked) == 1
    )


def test_a_link_beside_another_title_is_not_believed():
    client = Memory(
        export_arxiv=lambda r: FEED.encode() if "id_list" in r.url else EMPTY.encode(),
        crossref=NOTHING,
    )
    (found,) = resolve(
        [
            cite(
                "a",
                "Rivers of Rules and a Theory of Drift",
                ["arxiv:1706.90762"],
                authors=("Ferreira",),
                year=2001,
            )
        ],
        client,
        now=NOW,
    )
    assert found.status == "unsure" and "1706.90762" in found.reason and found.candidates


def test_an_old_title_beside_its_id_is_the_work():
    client = Memory(export_arxiv=FEED.encode())
    (found,) = resolve(
        [
            cite(
                "a",
                "Gardens of Lattices and How to Grow Them",
                ["arxiv:1706.90762"],
                authors=("Marwick", "van der Berg"),
                year=2016,
            )
        ],
        client,
        now=NOW,
    )
    assert (
        found.status == "metadata-only"
        and "Gardens of Lattices and How to Grow Them" in found.work.other_titles
    )


def test_two_works_under_one_title_are_unsure_until_settled():
    def item(doi, family):
        return {
            "DOI": doi,
            "title": [TITLE],
            "author": [{"family": family}],
            "issued": {"date-parts": [[2017]]},
        }

    both = {"message": {"items": [item("10.1000/a", "Marwick"), item("10.1000/b", "Rasmus")]}}
    client = Memory(crossref=both, export_arxiv=EMPTY.encode())
    (found,) = resolve([cite("a", TITLE)], client, now=NOW)
    assert found.status == "unsure" and {w.id for w in found.candidates} == {
        "doi:10.1000/a",
        "doi:10.1000/b",
    }
    assert "litmap resolve" in found.reason
    (found,) = resolve([cite("a", TITLE, authors=("Pia Rasmus",))], client, now=NOW)
    assert found.status == "metadata-only" and found.work.id == "doi:10.1000/b"


def test_of_two_works_the_one_cited_elsewhere_is_meant():
    def item(doi, family):
        return {
            "DOI": doi,
            "title": [TITLE],
            "author": [{"family": family}],
            "issued": {"date-parts": [[2017]]},
        }

    both = [item("10.1000/a", "Marwick"), item("10.1000/b", "Rasmus")]
    client = Memory(
        crossref=lambda r: {"message": both[1] if "works/10.1000" in r.url else {"items": both}},
        export_arxiv=EMPTY.encode(),
    )
    found = {
        r.citation: r
        for r in resolve([cite("a", TITLE), cite("b", ids=["doi:10.1000/b"])], client, now=NOW)
    }
    assert (
        found["a"].status == "metadata-only"
        and found["a"].work.id == found["b"].work.id == "doi:10.1000/b"
    )


@pytest.mark.parametrize(
    "error",
    [WebError("api is down"), Exhausted("come back tomorrow", until="2026-11-21T00:00:00Z")],
)
def test_services_that_fail_are_no_proof_of_absence(error):
    client = Memory(**{"": error})
    found = {
        r.citation: r
        for r in resolve(
            [
                cite("a", TITLE),
                cite("b", "a bare line of text", kind="title", sure=False),
                cite("c", ids=["arxiv:1706.90762"]),
            ],
            client,
            now=NOW,
        )
    }
    assert (
        found["a"].status == "failed"
        and found["a"].work.title == TITLE
        and "tries again" in found["a"].reason
    )
    assert found["b"].status == "pending" and found["b"].work is None
    assert found["c"].status == "failed" and found["c"].work.id == "arxiv:1706.90762"


def test_unconfirmed_lines_are_dropped_and_references_stay():
    client = Memory(
        export_arxiv=EMPTY.encode(), crossref=NOTHING, openalex={"results": []}, dblp={"result": {}}
    )
    wanted = [cite("line", "we plot the loss on a grid", kind="title", sure=False), cite("ref", TITLE, authors=PEOPLE, year=2017),
              cite("pdf", urls=["https://x.org/talk.pdf"], kind="pdf", sure=False)]  # fmt: skip
    found = {r.citation: r for r in resolve(wanted, client, now=NOW)}
    assert found["line"].work is None
    assert (
        found["ref"].status == "not-found"
        and found["ref"].work.title == TITLE
        and found["ref"].work.id.startswith("title:")
    )
    assert found["pdf"].work.urls == ("https://x.org/talk.pdf",)


def test_a_file_tells_what_its_address_does_not():
    bare = cite("pdf", urls=["https://x.org/1.pdf"], kind="pdf", sure=False)
    told = with_file_metadata(bare, TITLE, ["arxiv:1706.90762"])
    assert (told.key, told.reference.title, told.reference.ids) == (
        "pdf",
        TITLE,
        ("arxiv:1706.90762",),
    )
    (found,) = resolve([told], Memory(export_arxiv=FEED.encode()), now=NOW)
    assert found.work.id == "arxiv:1706.90762" and "https://x.org/1.pdf" in found.work.urls
    (found,) = resolve([with_file_metadata(bare, TITLE, [])], Memory(crossref=NOTHING), now=NOW)
    assert found.work.title == TITLE and found.status == "not-found"
    assert (
        with_file_metadata(bare, "", []) is None
        and with_file_metadata(cite("ref", TITLE), "Other title", []) is None
    )


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("PRL", "Physical Review Letters", True),
        ("Phys. Rev.", "Physical Review", True),
        ("Phys. Rev.", "Physical Review Letters", False),
        ("J. Am. Chem. Soc.", "Journal of the American Chemical Society", True),
        ("Nature", "Nature Physics", False),
        ("", "Science", False),
    ],
)
def test_a_journal_by_its_shortened_name(short, full, same):
    assert same_venue(short, full) is same
    assert same_venue(full, short) is same


def test_the_journal_tells_which_work_of_one_author_and_year_is_meant():
    want = Reference(
        "P. W. Anderson, Phys. Rev. 109, 1492 (1958)", "", ("P. W. Anderson",), 1958, "Phys. Rev."
    )
    here = Record(
        "Crossref", "Absence of Diffusion", ("Philip W. Anderson",), 1958, "Physical Review"
    )
    there = Record(
        "Crossref",
        "Random-Phase Approximation",
        ("Philip W. Anderson",),
        1958,
        "Journal of Chemistry",
    )
    scores = [people_score(want, want.raw, record) for record in (here, there)]
    assert best_by_people(scores, [True, True]) == 0
    undated = replace(want, year=None)
    assert people_score(undated, want.raw, here) > 0 == people_score(undated, want.raw, there)
