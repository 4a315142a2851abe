"""What became of works since they were found: asked about in few requests, kept answer by answer,
told with kind, date and address.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.catalogue import Catalogue
from litmap.catalogue.entries import Entry, entries
from litmap.cli import main
from litmap.errors import WebError
from litmap.library import Library
from litmap.library.checking import _findings_of_status
from litmap.models import (
    Citation,
    Claim,
    FindingKind,
    Mention,
    Notice,
    NoticeKind,
    PdfFile,
    Reference,
    Resolution,
    Response,
    Work,
)
from litmap.parsing.notices import notice_kind, read_notice, write_notice
from litmap.paths import LibraryPaths
from litmap.pipeline.context import RunContext, nearly
from litmap.pipeline.notices import ask_notices, check_notices
from litmap.settings import load_settings
from litmap.works.notices import ask_about_notices, idents_to_ask, plan_queries, read_told, tell
from tests.scholarly_web import Fault, as_json, work
from tests.scholarly_web.works import ScholarlyWork

NOW, LONG_AGO = "2026-11-29T10:00:00Z", "2026-01-02T00:00:00Z"
BRACELETS, BEETLE = "doi:10.1016/s9999-6736(16)99001-1", "doi:10.64898/2026.01.05.999001"
ORCHARD, MOONLIT = "arxiv:1706.99001", "arxiv:1905.99002"


@pytest.fixture
def settings(scholarly_web, tmp_path):
    return load_settings({"library": tmp_path / "library"})


@pytest.fixture
def fill(settings):
    """Puts works into the library as if the notes cited them and a source had told of them."""

    def fill(works, time=LONG_AGO):
        with Catalogue.create(LibraryPaths(settings.library).catalogue) as catalogue:
            citations = [
                Citation(w.id, "reference", Reference(ids=w.ids), (Mention("n.md", i, w.title),))
                for i, w in enumerate(works, 1)
            ]
            with catalogue.write():
                catalogue.put_notes([], citations)
                for one in works:
                    catalogue.put_resolution(Resolution(one.id, one, "metadata-only", ""), time)
        return works

    return fill


def found(name, ident, **more):
    """A work of the stand-in as the library knows it by one identifier."""
    known = work(name)
    return Work(ident, known.title, known.authors, known.year, ids=(ident,), **more)


@pytest.fixture
def four(fill):
    return fill(
        [
            found("bracelets", BRACELETS),
            found("beetle-preprint", BEETLE, venue="bioRxiv"),
            found("orchard", ORCHARD, venue="arXiv", arxiv_version=2),
            found("moonlit", MOONLIT, venue="arXiv", arxiv_version=1),
        ]
    )


def ask(settings, **more):
    paths = LibraryPaths(settings.library)
    with Catalogue.create(paths.catalogue) as catalogue:
        return ask_notices(catalogue, RunContext(settings, paths, NOW), **more)


def told(settings):
    with Library.open(settings=settings) as library:
        return [(entry.work.id, notice.kind, notice) for entry, notice in library.notices()]


def asked(web):
    return [entry.host for entry in web.log.entries()]


# ── from the web into the library ────────────────────────────────────────────────────────────────
def test_a_retraction_and_journal_versions_are_told_with_date_doi_and_address(settings, four):
    check_notices(settings)
    by_work = {ident: notice for ident, _, notice in told(settings)}
    retraction = by_work[BRACELETS]
    assert retraction.kind == NoticeKind.RETRACTED
    assert (retraction.date, retraction.doi) == ("2017-06-05", "10.1016/s9999-6736(17)99002-2")
    assert retraction.url == "https://doi.org/10.1016/s9999-6736(17)99002-2"
    assert by_work[BEETLE].kind == NoticeKind.PUBLISHED
    assert by_work[BEETLE].doi == "10.1371/journal.pbio.9900001"
    assert by_work[MOONLIT].kind == NoticeKind.PUBLISHED
    assert by_work[MOONLIT].doi == "10.5555/scholarly.2019.2"
    assert ORCHARD not in by_work  # no older version is here


def test_a_newer_version_is_told_where_the_library_has_an_older_one_and_is_fetched_next(
    settings, four
):
    file = PdfFile("a" * 64, "pdfs/a.pdf", 9, pages=1, version=2)
    path = LibraryPaths(settings.library).catalogue
    with Catalogue.create(path) as catalogue, catalogue.write():
        catalogue.put_pdf(ORCHARD, file, NOW)
    check_notices(settings)
    ((_, kind, notice),) = [one for one in told(settings) if one[0] == ORCHARD]
    assert (kind, notice.version) == (NoticeKind.VERSION, 3)
    assert notice.url == "https://arxiv.org/abs/1706.99001v3" and notice.date == "2017-07-01"
    with Catalogue.open(LibraryPaths(settings.library).catalogue) as catalogue:
        assert catalogue.works()[ORCHARD].arxiv_version == 3


def test_three_hundred_works_take_eight_requests(settings, fill, scholarly_web, monkeypatch):
    on_arxiv = [
        ScholarlyWork(f"a{i}", "", f"Paper {i} of Many", ("Ada Berg",), 2019, "arXiv", ids=(("arxiv", f"2001.{i:05}v1"),))
        for i in range(200)
    ]  # fmt: skip
    in_journals = [
        ScholarlyWork(f"d{i}", "", f"Article {i} of Many", ("Ada Berg",), 2018, "Acta", ids=(("doi", f"10.5555/many.{i}"),))
        for i in range(100)
    ]  # fmt: skip
    many = [*on_arxiv, *in_journals]
    monkeypatch.setattr(scholarly_web, "works", tuple(many))
    fill(
        [
            Work(f"{kind}:{value}", w.title, ids=(f"{kind}:{value}",))
            for w in many
            for kind, value in [(w.ids[0][0], w.ids[0][1].removesuffix("v1"))]
        ]
    )
    check_notices(settings)
    hosts = asked(scholarly_web)
    assert {host: hosts.count(host) for host in hosts} == {
        "export.arxiv.org": 2, "api.openalex.org": 4, "api.crossref.org": 2,
    }  # fmt: skip


def test_nobody_is_asked_again_before_the_days_are_over(settings, four, scholarly_web):
    ask(settings)
    first = len(asked(scholarly_web))
    assert first
    ask(settings)
    assert len(asked(scholarly_web)) == first
    ask(replace(settings, notices_days=0.0))
    assert set(asked(scholarly_web)[first:]) == set(asked(scholarly_web)[:first])


def ago(days):
    return (datetime.now(UTC) - timedelta(days)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("days", "asks"), [(7.0, True), (6.6, True), (6.4, False)])
def test_a_weekly_refresh_that_comes_some_hours_earlier_asks_all_the_same(
    settings, four, scholarly_web, days, asks
):
    ask(settings)
    scholarly_web.log.clear()
    path = LibraryPaths(settings.library).catalogue
    with Catalogue.create(path) as catalogue, catalogue.write():
        catalogue.put_notice_checks("Crossref", [BRACELETS], ago(days))
    ask(settings)
    assert bool(scholarly_web.log.entries()) is asks


@pytest.mark.parametrize(("days", "least"), [(30, 29.5), (7, 6.5), (1, 0.9), (0, 0)])
def test_what_lacks_half_a_day_or_a_tenth_of_its_days_is_due(days, least):
    assert nearly(days) == pytest.approx(least)


def test_works_that_waited_half_the_days_are_asked_about_along_with_one_that_is_due(
    settings, four, scholarly_web
):
    ask(settings)
    scholarly_web.log.clear()
    path = LibraryPaths(settings.library).catalogue
    with Catalogue.create(path) as catalogue, catalogue.write():
        catalogue.put_notice_checks("Crossref", [BRACELETS], LONG_AGO)
    ask(settings)
    (only,) = scholarly_web.log.entries()
    assert BRACELETS[4:12] in only.path and "10.64898" not in only.path  # that was asked just now


@pytest.mark.parametrize("change", [{"offline": True}, {"lookups": "none"}])
def test_offline_and_where_nothing_may_be_sent_nobody_is_asked(
    settings, four, scholarly_web, change
):
    assert ask(replace(settings, **change), all_now=True) == 0
    assert asked(scholarly_web) == []


def test_a_broken_answer_costs_only_its_batch_and_that_is_asked_again(
    settings, four, scholarly_web
):
    scholarly_web.faults = [Fault("404", host="arxiv")]
    ask(settings)
    assert {ident for ident, _, _ in told(settings)} == {BRACELETS, BEETLE, MOONLIT}  # OpenAlex
    scholarly_web.faults = []
    scholarly_web.log.clear()
    ask(settings)
    assert asked(scholarly_web) == ["export.arxiv.org"]


def test_a_run_that_is_killed_goes_on_where_it_was(settings, four, scholarly_web, monkeypatch):
    kept = []

    def killed(self, source, idents, time, put=Catalogue.put_notice_checks):
        if kept:
            raise KeyboardInterrupt
        kept.append(source)
        put(self, source, idents, time)

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "put_notice_checks", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(settings)
    hosts = {"arXiv": "export.arxiv.org", "OpenAlex": "api.openalex.org"}
    scholarly_web.log.clear()
    ask(settings)
    assert hosts[kept[0]] not in asked(scholarly_web) and asked(scholarly_web)
    assert {ident for ident, _, _ in told(settings)} == {BRACELETS, BEETLE, MOONLIT}


def test_a_retraction_that_one_answer_leaves_out_stays(settings, four, scholarly_web):
    check_notices(settings)
    scholarly_web.faults = [Fault("empty", host="crossref")]
    check_notices(settings)
    assert BRACELETS in {ident for ident, _, _ in told(settings)}


def test_what_was_told_goes_with_a_work_that_is_renamed(settings, four):
    check_notices(settings)
    with Catalogue.create(LibraryPaths(settings.library).catalogue) as catalogue:
        with catalogue.write():
            catalogue.rename_work(BRACELETS, Work("pmid:99000005", "Copper Bracelets"), NOW)
        (entry,) = [e for e in entries(catalogue) if e.work.id == "pmid:99000005"]
    assert entry.notices[0].kind == NoticeKind.RETRACTED


# ── shown ────────────────────────────────────────────────────────────────────────────────────────
def test_the_command_lists_them_and_works_have_them(settings, four, capsys, monkeypatch):
    monkeypatch.setenv("LITMAP_LIBRARY", str(settings.library))
    assert main(["notices"]) == 0
    assert capsys.readouterr().out == "The services were never asked: litmap notices --check\n"
    assert main(["notices", "--check"]) == 0
    shown = capsys.readouterr().out
    assert "RETRACTED: Copper Bracelets" in shown and "cited in n.md:1" in shown
    assert main(["notices", "--only", "retracted", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["kind"] == "retracted" and row["mentions"] == [{"note": "n.md", "line": 1}]
    assert main(["works", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows[BRACELETS]["notice_details"][0]["date"] == "2017-06-05"
    assert any("Retraction on 2017-06-05" in text for text in rows[BRACELETS]["notices"])
    assert rows[BEETLE]["notices"] == []  # a published version is no warning
    assert rows[BEETLE]["notice_details"][0]["kind"] == "published-version"


@pytest.mark.parametrize(
    ("text", "kind", "is_trouble"),
    [
        ("Retraction on 2024-01-02, see doi:10.1000/n", FindingKind.RETRACTED, True),
        ("withdrawn from arXiv: by the author", FindingKind.RETRACTED, True),
        ("Expression of concern, see doi:10.1000/n", FindingKind.CONCERN, True),
        ("Erratum, see doi:10.1000/n", FindingKind.CORRECTED, False),
        ("Retraction, of doi:10.1000/paper", None, False),
        ("new_version, see doi:10.1000/v2", None, False),
    ],
)
def test_a_check_of_claims_tells_what_the_paper_was_told_of(text, kind, is_trouble):
    one = Work("doi:10.1000/x", "Salt and sleep", abstract="Salt.", notices=(text,))
    entry = Entry(one, "metadata-only", "", notices=(read_notice(text),))
    found = _findings_of_status(Claim("n.md", 1, "Salt [1].", "Salt.", (one.id,)), entry)
    assert [(f.kind, f.kind.is_trouble) for f in found] == ([(kind, is_trouble)] if kind else [])


# ── what is asked ────────────────────────────────────────────────────────────────────────────────
def test_each_service_is_asked_about_what_it_knows_best():
    both = Work("arxiv:2001.00001", "T", ids=("arxiv:2001.00001", "doi:10.1000/x"))
    assert idents_to_ask(both) == {"arXiv": ("arxiv:2001.00001",), "Crossref": ("doi:10.1000/x",)}
    preprint = Work("arxiv:2001.00001", "T", ids=("arxiv:2001.00001",))
    assert set(idents_to_ask(preprint)) == {"arXiv", "OpenAlex"}
    assert idents_to_ask(preprint, ["doi:10.1000/x"])["Crossref"] == ("doi:10.1000/x",)
    assert set(idents_to_ask(Work("pmid:1", "T", ids=("pmid:1",)))) == {"OpenAlex"}
    assert idents_to_ask(Work("doi:10.5281/zenodo.1", "T", ids=("doi:10.5281/zenodo.1",))) == {}


class Service:
    """A client that answers each request by a function of its URL."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def get(self, request):
        self.asked.append(request.url)
        body = self.answer(request.url)
        return Response(request.url, 200, {}, as_json(body).body)


def test_a_list_that_is_refused_is_asked_for_whole_and_then_in_halves():
    def refuse(url):
        if "10.1000/odd" in url:
            raise WebError("malformed", status=400, transient=False)
        return {"message": {"items": [{"DOI": "10.1000/b", "title": ["B"]}]}}

    client = Service(refuse)
    idents = ["doi:10.1000/odd", "doi:10.1000/b"]
    answers = list(ask_about_notices(plan_queries("Crossref", idents), client))
    assert ["select=" in url for url in client.asked[:2]] == [True, False]
    asked_about = sorted(ident for query, _ in answers for ident in query.idents)
    assert asked_about == sorted(idents)  # what is refused by itself is not asked for again


# ── what is told ─────────────────────────────────────────────────────────────────────────────────
def crossref_tells(item, known=(), ident="doi:10.1000/x"):
    (query,) = plan_queries("Crossref", [ident])
    records = query.read(as_json({"message": {"items": [item]}}).body)
    one = Work(ident, "Salt and sleep", ids=(ident,))
    return {
        ident: tell(one, ident, record, known)
        for ident, record in read_told(query, records).items()
    }


def update(kind, doi="10.1000/notice", **more):
    return {"type": kind, "label": kind, "DOI": doi, **more}


def test_a_publisher_and_retraction_watch_tell_of_one_retraction_once():
    day = {"updated": {"date-time": "2024-02-01T00:00:00Z"}}
    item = {
        "DOI": "10.1000/X",
        "title": ["Salt and sleep"],
        "updated-by": [
            update("retraction", source="publisher", **day),
            update("retraction", source="retraction-watch"),
            update("erratum", "10.1000/erratum", **day),
        ],
    }
    notices = crossref_tells(item)["doi:10.1000/x"].notices
    assert [n.kind for n in notices] == [NoticeKind.RETRACTED, NoticeKind.CORRECTED]
    assert notices[0].date == "2024-02-01"


def test_what_is_hostile_gets_nothing_through():
    item = {
        "DOI": "10.1000/x",
        "title": ["Salt and sleep"],
        "updated-by": [
            update("<script>alert(1)</script>retraction", "javascript:alert(1)"),
            update("Retraction\x1b[2J", updated={"date-time": "<b>2024</b>"}),
            {"type": 7, "label": None, "DOI": ["x"]},
            "retraction",
            *[update("erratum", f"10.1000/{i}") for i in range(10_000)],
        ],
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": "https://evil.example/"}]},
    }
    told_of = crossref_tells(item)["doi:10.1000/x"]
    assert len(told_of.notices) <= 20 and told_of.ids == ()
    for notice in told_of.notices:
        assert "<script" not in notice.text and "javascript" not in notice.text
        assert notice.url.startswith("https://doi.org/10.") or notice.url == ""
        assert notice.date == ""


def test_what_was_not_asked_about_is_left_out_and_so_is_what_two_claim_to_be():
    (query,) = plan_queries("Crossref", ["doi:10.1000/x"])
    items = [{"DOI": "10.1000/y", "title": ["Y"]}]
    assert read_told(query, query.read(as_json({"message": {"items": items}}).body)) == {}
    twice = [{"DOI": "10.1000/x", "title": ["X"]}, {"DOI": "10.1000/X", "title": ["Z"]}]
    assert read_told(query, query.read(as_json({"message": {"items": twice}}).body)) == {}


def test_a_published_version_that_the_work_goes_by_is_no_news_but_is_told_on():
    item = {
        "DOI": "10.1000/x",
        "title": ["Salt and sleep"],
        "relation": {"is-preprint-of": [{"id-type": "doi", "id": "10.1000/Journal"}]},
    }
    (notice,) = crossref_tells(item)["doi:10.1000/x"].notices
    assert (notice.kind, notice.doi) == (NoticeKind.PUBLISHED, "10.1000/journal")
    (query,) = plan_queries("Crossref", ["doi:10.1000/x"])
    (record,) = query.read(as_json({"message": {"items": [item]}}).body)
    both = Work("doi:10.1000/x", "T", ids=("doi:10.1000/x", "doi:10.1000/journal"))
    assert tell(both, "doi:10.1000/x", record).notices == ()
    assert tell(both, "doi:10.1000/x", record, [notice]).notices == (notice,)


def test_a_preprint_whose_journals_doi_came_with_another_look_at_it_is_news():
    (query,) = plan_queries("arXiv", ["arxiv:2001.00001"])
    atom, arxiv = "http://www.w3.org/2005/Atom", "http://arxiv.org/schemas/atom"
    entry = (
        "<entry><id>http://arxiv.org/abs/2001.00001v1</id><title>Salt and sleep</title>"
        "<author><name>Ada Olm</name></author><arxiv:doi>10.1000/journal</arxiv:doi></entry>"
    )
    feed = f'<feed xmlns="{atom}" xmlns:arxiv="{arxiv}">{entry}</feed>'
    (record,) = query.read(feed.encode())
    ids = ("arxiv:2001.00001", "doi:10.1000/journal")
    at_arxiv = Work("arxiv:2001.00001", "Salt and sleep", venue="arXiv", ids=ids)
    kinds = [n.kind for n in tell(at_arxiv, "arxiv:2001.00001", record).notices]
    assert kinds == [NoticeKind.PUBLISHED]
    in_journal = replace(at_arxiv, venue="Journal of Salt")
    assert tell(in_journal, "arxiv:2001.00001", record).notices == ()


def test_openalex_is_believed_of_a_journal_version_only_under_the_same_title():
    (query,) = plan_queries("OpenAlex", ["arxiv:2001.00001"])
    place = {"landing_page_url": "https://arxiv.org/abs/2001.00001", "is_oa": True}
    item = {
        "title": "Salt and sleep",
        "doi": "https://doi.org/10.1000/journal",
        "locations": [place],
        "is_retracted": True,
    }
    (record,) = query.read(as_json({"results": [item]}).body)
    one = Work("arxiv:2001.00001", "Salt and sleep", ids=("arxiv:2001.00001",))
    kinds = [n.kind for n in tell(one, "arxiv:2001.00001", record).notices]
    assert kinds == [NoticeKind.RETRACTED, NoticeKind.PUBLISHED]
    other = replace(one, title="Rest and pepper in the far north")
    assert tell(other, "arxiv:2001.00001", record).ids == ()


@pytest.mark.parametrize(
    ("text", "kind", "date", "doi"),
    [
        ("Retraction on 2010-02-06, see doi:10.9999/notice", "retracted", "2010-02-06", "10.9999/notice"),
        ("partial_retraction, see doi:10.9999/n", "retracted", "", "10.9999/n"),
        ("retracted, says OpenAlex", "retracted", "", ""),
        ("marked “RETRACTED ARTICLE” in the title by Crossref", "retracted", "", ""),
        ("withdrawn from arXiv: the proof of the correction is wrong", "withdrawn", "", ""),
        ("Expression of Concern on 2024-01-02, see doi:10.1/x(2)", "concern", "2024-01-02", ""),
        ("Erratum, see doi:10.1000/e", "corrected", "", "10.1000/e"),
        ("Author Correction", "corrected", "", ""),
        ("new_version, see doi:10.1000/v2", "newer-version", "", "10.1000/v2"),
        ("Retraction on 2010-02-06, of doi:10.9999/paper", "other", "2010-02-06", ""),
        ("Reinstatement of a retracted paper", "other", "", ""),
        ("something else", "other", "", ""),
    ],
)  # fmt: skip
def test_the_line_of_a_notice_tells_its_kind_date_and_place(text, kind, date, doi):
    notice = read_notice(text)
    assert (notice.kind, notice.date) == (kind, date)
    assert doi in {notice.doi, ""}


@given(st.text(max_size=600))
def test_any_line_is_read_as_some_notice(text):
    notice = read_notice(text)
    assert isinstance(notice, Notice)
    assert notice.url == "" or notice.url.startswith("https://doi.org/10.")


@given(st.sampled_from(["retraction", "Erratum", "Expression of concern", "removal"]))
def test_what_is_written_is_read_back(label):
    notice = read_notice(write_notice(label, "2024-02-29", "see", "10.1000/n"))
    assert (notice.kind, notice.date) == (notice_kind(label), "2024-02-29")
    assert notice.doi == "10.1000/n"
