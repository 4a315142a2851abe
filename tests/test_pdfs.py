"""Fetching and the drop folder with a client that answers from memory: order of places, checks,
kills, the disk.
"""

import hashlib
import os
import re
import time
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from litmap import pdfs
from litmap.errors import (
    Blocked,
    Challenged,
    LibraryError,
    NotFound,
    PdfError,
    TooLarge,
    Unsafe,
    WebError,
)
from litmap.models import Download, Fact, Location, Problem, Response, Work
from litmap.paths import LibraryPaths
from litmap.pdfs import find_locations
from litmap.pdfs.drop_folder import ids_in_name, title_in_name
from litmap.pdfs.locations import is_asked_by_id, is_file, may_have_file
from litmap.pdfs.store import clear_leftovers
from litmap.pdfs.verify import CHECKS, Evidence, Verdict, is_readable, names_in, squash, verify

NOW = "2026-11-20T12:00:00Z"
TITLE = "Lattice Gardens: Growing Sparse Graphs with Local Rules"
PEOPLE = ("Ada Marwick", "van der Berg, Laurens")
PROSE = " We show that the growth of a graph is a matter of local rules and that it ends." * 10


@dataclass(frozen=True)
class Look:
    title: str = ""
    text: str = ""
    ids: tuple = ()
    metadata_title: str = ""
    pages: int = 3
    ending: str = ".pdf"
    authors: tuple = ()
    year: int | None = None
    venue: str = ""


def page(title=TITLE, people="Ada Marwick and Laurens van der Berg"):
    return f"%PDF-1.5\n{title}\n{people}\n{PROSE}\n%%EOF\n".encode()


def read_preview(path):
    text = path.read_text("utf-8")
    if "damaged" in text:
        raise PdfError("no page can be read")
    return Look(text.splitlines()[1], text)


class Web:
    """`answers` by URL: bytes of a PDF, a page (str), or an error."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def get(self, request):
        """A text without pages; none is where a test says nothing of it."""
        answer = self.answers.get(request.url, NotFound("not there (404)"))
        if isinstance(answer, Exception):
            raise answer
        return Response(request.url, 200, {}, answer)

    def download(self, url, partial, *, etag="", last_modified="", limit=None):
        self.asked.append((url, etag))
        answer = self.answers.get(url, NotFound("not there (404)"))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return Download(url, 200, {}, body=answer.encode())
        tag = hashlib.sha256(answer).hexdigest()[:8]
        if etag == tag:
            return Download(url, 304, {}, not_modified=True)
        partial.write_bytes(answer)
        return Download(url, 200, {}, partial, len(answer), hashlib.sha256(answer).hexdigest(), tag)


@pytest.fixture
def store(tmp_path):
    paths = LibraryPaths(tmp_path / "lib")
    return pdfs.Store(paths.root, paths.pdf, paths.partial, paths.aside)


def work(ident="arxiv:1706.90762", **fields):
    ids = fields.pop("ids", (ident,))
    return replace(Work(ident, TITLE, PEOPLE, 2017, ids=ids), **fields)


ARXIV = "https://export.arxiv.org/pdf/1706.90762"


def get(works, answers, store, **more):
    client = Web(answers)
    found = {
        o.work: o
        for o in pdfs.fetch(works, client, store=store, now=NOW, read_preview=read_preview, **more)
    }
    return found, client


def test_a_file_above_the_limit_is_not_asked_for_by_every_refresh(store):
    found, _ = get([work()], {ARXIV: TooLarge("it announces 10,000,000,000")}, store)
    outcome = found["arxiv:1706.90762"]
    assert outcome.status == "metadata-only" and not outcome.transient
    assert "10,000,000,000" in outcome.tried[0][1]


def test_an_address_that_is_none_ends_no_run(store):
    bad = "http://[bad/a.pdf"
    answers = {bad: Unsafe("not a valid address"), ARXIV: page()}
    paper = work("doi:10.5555/1", locations=(Location(bad, "pdf", "a list", "open"),))
    found, _ = get([paper, work()], answers, store)
    assert found["doi:10.5555/1"].status == "failed"
    assert found["arxiv:1706.90762"].status == "fetched"


def test_leftovers_of_transfers_go_and_what_can_be_gone_on_with_stays(tmp_path):
    now = time.time()
    names = ("a.copy", "b.tmp", "c.part", "d.part", "d.part.json", "e.part.json", "f.part")
    for name in (*names, "f.part.json", "g.part", "g.done", "note.txt"):
        (tmp_path / name).write_text("x")
    for name in ("f.part", "f.part.json"):
        os.utime(tmp_path / name, (now - 9 * 86_400,) * 2)
    clear_leftovers(tmp_path, now)
    clear_leftovers(tmp_path / "none", now)
    left = sorted(file.name for file in tmp_path.iterdir())
    assert left == ["d.part", "d.part.json", "g.done", "g.part", "note.txt"]


def test_places_in_their_order():
    one = work(
        ids=("arxiv:1706.90762", "doi:10.1000/j.1", "openreview:abc", "pmlr:v97/ota19a", "jmlr:v19/18-188",
             "acl:P19-1001"),
        urls=("https://home.example.org/~ada/lattice.pdf", "https://pub.example.org/j1"),
        locations=(
            Location("https://closed.example.org/x.pdf", "pdf", "OpenAlex", "closed"),
            Location("https://maybe.example.org/x.pdf", "pdf", "Crossref", "unknown"),
            Location("https://repo.example.org/x.pdf", "pdf", "OpenAlex", "open"),
            Location("https://repo.example.org/page", "landing", "Unpaywall", "open"),
            Location("https://arxiv.org/pdf/1706.90762", "pdf", "OpenAlex", "open"),
        ),
        arxiv_version=3,
    )  # fmt: skip
    urls = [p.url for p in find_locations(one)]
    assert urls == [
        "https://home.example.org/~ada/lattice.pdf",
        "https://export.arxiv.org/pdf/1706.90762v3",
        "https://openreview.net/pdf?id=abc",
        "https://proceedings.mlr.press/v97/ota19a/ota19a.pdf",
        "https://jmlr.org/papers/volume19/18-188/18-188.pdf",
        "https://aclanthology.org/P19-1001.pdf",
        "https://repo.example.org/x.pdf",
        "https://maybe.example.org/x.pdf",
        "https://repo.example.org/page",
        "https://pub.example.org/j1",
    ]
    assert "raw.githubusercontent.com" in find_locations(work("pmlr:v235/haddad24a"))[0].url
    assert [p.url for p in find_locations(work("doi:10.1000/j.1"))] == [
        "https://doi.org/10.1000/j.1"
    ]


def test_a_paper_is_kept_by_content(store):
    found, _ = get([work()], {ARXIV: page()}, store)
    pdf = found["arxiv:1706.90762"].pdf
    digest = hashlib.sha256(page()).hexdigest()
    assert (pdf.sha256, pdf.path, pdf.bytes, pdf.pages) == (
        digest,
        f"pdfs/{digest[:2]}/{digest}.pdf",
        len(page()),
        3,
    )
    assert (
        (store.root / pdf.path).read_bytes() == page()
        and pdf.url == ARXIV
        and pdf.fetched_at == NOW
    )


def test_from_place_to_place_until_one_gives_it(store):
    one = work(
        "doi:10.1000/j.1",
        locations=(Location("https://repo.example.org/x.pdf", "pdf", "OpenAlex", "open"),),
    )
    answers = {
        "https://repo.example.org/x.pdf": WebError("repo.example.org was too slow"),
        "https://doi.org/10.1000/j.1": '<meta name="citation_pdf_url" content="/j1.pdf">',
        "https://doi.org/j1.pdf": page(),
    }
    found, client = get([one], answers, store)
    outcome = found["doi:10.1000/j.1"]
    assert outcome.status == "fetched" and [url for url, _ in client.asked] == list(answers)
    assert [url for url, _ in outcome.tried] == list(answers)[:2]


@pytest.mark.parametrize(
    ("answer", "status", "again", "words"),
    [
        (NotFound("export.arxiv.org: not there (404)"), "metadata-only", False, "no open copy"),
        (Blocked("export.arxiv.org does not give it"), "metadata-only", False, "in a browser"),
        (
            Challenged("export.arxiv.org asks for a browser"),
            "metadata-only",
            False,
            "`litmap add FILE`",
        ),
        (WebError("export.arxiv.org answered 500"), "failed", True, "tries again"),
        ("<html>Sign in", "failed", True, "tries again"),
        (b"%PDF-1.5\ndamaged\n%%EOF", "failed", True, "tries again"),
        (page("Rivers of Rules", "Wanda Ferreira"), "unsure", True, "Rivers of Rules"),
    ],
)
def test_reasons_a_person_can_act_on(store, answer, status, again, words):
    found, _ = get([work()], {ARXIV: answer}, store)
    outcome = found["arxiv:1706.90762"]
    assert (outcome.status, outcome.transient) == (status, again) and words in outcome.reason
    assert status == "unsure" or not re.search(r"arxiv|\d|http|\(", outcome.reason), "for readers"
    assert outcome.tried[0][0] == ARXIV, "what each address said is kept beside it"
    assert len(list(store.aside.glob("*.pdf")) if store.aside.exists() else []) == (
        status == "unsure"
    )
    assert not list(store.partial.glob("*.part"))


def test_a_known_paper_is_asked_only_whether_it_changed(store):
    one = work(
        "doi:10.1000/j.1",
        locations=(Location("https://repo.example.org/x.pdf", "pdf", "OpenAlex", "open"),),
    )
    url = "https://repo.example.org/x.pdf"
    first, _ = get([one], {url: page()}, store)
    known = {one.id: first[one.id].pdf}
    second, client = get([one], {url: page()}, store, known=known)
    assert (
        client.asked == [(url, known[one.id].etag)]
        and second[one.id].pdf.sha256 == known[one.id].sha256
    )
    third, _ = get([one], {url: page(people="Ada Marwick, corrected")}, store, known=known)
    assert third[one.id].pdf.sha256 != known[one.id].sha256
    known = {one.id: third[one.id].pdf}
    gone, _ = get([one], {}, store, known=known)
    assert gone[one.id].status == "fetched" and gone[one.id].pdf == known[one.id]


def test_a_numbered_arxiv_version_is_not_asked_again_and_a_newer_one_is_fetched(store):
    one = work(arxiv_version=2)
    first, _ = get([one], {ARXIV + "v2": page()}, store)
    known = {one.id: first[one.id].pdf}
    assert known[one.id].version == 2
    _, client = get([one], {}, store, known=known)
    assert client.asked == []
    newer, client = get(
        [replace(one, arxiv_version=3)], {ARXIV + "v3": page() + b"v3"}, store, known=known
    )
    assert newer[one.id].pdf.version == 3 and [url for url, _ in client.asked] == [ARXIV + "v3"]
    assert (store.root / known[one.id].path).exists()


def test_what_arrived_before_a_kill_is_not_fetched_again(store):
    one = work()
    run = pdfs.fetch([one], Web({ARXIV: page()}), store=store, now=NOW, read_preview=read_preview)
    next(run)  # stored, but the catalogue never heard of it
    found, client = get([one], {}, store)
    assert found[one.id].status == "fetched" and client.asked == []
    known = {one.id: found[one.id].pdf}
    get([one], {ARXIV: page()}, store, known=known)
    assert not list(store.partial.glob("*.done"))


def test_a_kill_between_note_and_rename_loses_nothing(store, monkeypatch):
    one = work()
    from pathlib import Path

    real = Path.replace

    def killed(self, target):
        if str(target).endswith(".pdf"):
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        get([one], {ARXIV: page()}, store)
    monkeypatch.setattr(Path, "replace", real)
    found, client = get([one], {}, store)
    assert client.asked == [] and (store.root / found[one.id].pdf.path).read_bytes() == page()


def test_a_full_disk_is_an_error_and_loses_nothing(store):
    store.root.mkdir(parents=True)
    (store.root / "pdfs").write_text("a file where the folder should be")
    with pytest.raises(LibraryError, match="cannot write"):
        get([work()], {ARXIV: page()}, store)


def test_a_fault_of_the_program_is_not_hidden(store):
    with pytest.raises(ZeroDivisionError):
        get([work()], {ARXIV: ZeroDivisionError()}, store)


def test_many_works_one_failing(store):
    works = [work(f"arxiv:1706.9{n:04d}") for n in range(30)]
    answers = {f"https://export.arxiv.org/pdf/1706.9{n:04d}": page() + b"%d" % n for n in range(30)}
    answers["https://export.arxiv.org/pdf/1706.90007"] = WebError("reset")
    found, _ = get(works, answers, store)
    assert len(found) == 30 and [o.work for o in found.values() if o.status != "fetched"] == [
        "arxiv:1706.90007"
    ]


# ── is it the paper ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("look", "finding"),
    [
        (Look(TITLE, f"{TITLE}\nAda Marwick{PROSE}"), Verdict.RIGHT),
        (
            Look(
                "",
                f"LATTICE GARDENS: GROW-\nING SPARSE GRAPHS WITH\nLOCAL RULES\nA. Marwick{PROSE}",
            ),
            Verdict.RIGHT,
        ),
        (Look("", f"Some Journal 3 (2018)\n{PROSE}", ("arxiv:1706.90762",)), Verdict.RIGHT),
        (Look("Rivers", f"Rivers of Rules\nWanda Ferreira{PROSE}"), Verdict.WRONG),
        (Look("", f"Revisiting {TITLE}: A Study\nIvo Lindqvist{PROSE}"), Verdict.WRONG),
        (Look("", ""), Verdict.UNREADABLE),
        (Look("", "´A£1¡¨l¥_¤²¬zª§£S¨£p¯pª¼¥¢ " * 80), Verdict.UNREADABLE),
        (Look(TITLE, ""), Verdict.RIGHT),
    ],
)
def test_is_it_the_paper(look, finding):
    assert verify(look, work()) == finding


def people_of(text):
    return f"{text}\nAda Marwick and Laurens van der Berg{PROSE}"


OTHER, DOI = "Rivers of Rules over Plains", ("doi:10.5555/lattice",)
UNREADABLE = "´A£1¡¨l¥_¤²¬zª§£S¨£p¯pª¼¥¢ " * 80


@pytest.mark.parametrize(
    ("check", "look", "fields", "trusted"),
    [
        ("is_notice_about_it", Look("", people_of(f"Erratum to: {TITLE}")), {}, True),
        ("is_contradicted", Look(OTHER, f"{OTHER}\nWanda Ferreira{PROSE}", DOI), {}, True),
        ("has_stamp", Look("", "", ("arxiv:1706.90762",)), {}, False),
        (
            "is_listed",
            Look(OTHER, people_of(f"{OTHER}\n[1] A. Marwick, {TITLE}, 2017.")),
            {},
            True,
        ),
        ("has_id_and_everybody", Look(OTHER, people_of(OTHER), DOI), {}, True),
        ("has_id_beside_another_title", Look(OTHER, people_of(OTHER), DOI), {}, False),
        ("has_own_id", Look("", PROSE, DOI), {}, False),
        ("is_unreadable_but_titled", Look(TITLE, UNREADABLE), {}, False),
        ("is_unreadable_with_other_title", Look("The Rivers of Rules", UNREADABLE), {}, False),
        ("is_unreadable", Look("", UNREADABLE), {}, False),
        ("is_what_lies_there", Look("", people_of("")), {"title": "x"}, True),
        ("has_nothing_to_compare", Look("", people_of("")), {"title": "x"}, False),
        ("is_printed_with_people", Look("", people_of(TITLE)), {}, False),
        ("is_printed_and_titled", Look(TITLE, TITLE + PROSE), {}, False),
        ("is_only_mentioned", Look("", f"How {TITLE} came about{PROSE}"), {}, False),
        (
            "is_titled_with_people",
            Look(TITLE.replace("Sparse", "Sparce"), people_of("")),
            {},
            False,
        ),
        (
            "has_spread_title",
            Look("", people_of("Lattice Gardens for growing the sparse graphs with local rules")),
            {},
            False,
        ),
        ("is_retitled", Look("", people_of("Growing Sparse Lattice Graphs")), {}, True),
    ],
)
def test_each_check_holds_for_its_example_and_none_before_it(check, look, fields, trusted):
    ids = ("arxiv:1706.90762", *DOI)
    evidence = Evidence(look, work(**{"ids": ids, **fields}), trusted)
    assert next(holds.__name__ for holds, _ in CHECKS if holds(evidence)) == check


def test_a_version_under_another_title_by_the_same_people():
    look = Look(
        "Growing Sparse Lattice Graphs",
        f"Growing Sparse Lattice Graphs\nAda Marwick, Laurens van der Berg{PROSE}",
    )
    assert verify(look, work(), trusted=True) == Verdict.RIGHT
    assert verify(look, work(), trusted=False) == Verdict.WRONG


def test_a_link_whose_work_no_source_knows_is_what_lies_there(store):
    """The reader's words for a link are no title to check against; the file then tells its own."""
    for title in ("units inside RBMs", "https://home.example.org/relu.pdf"):
        one = Work(
            "title:1",
            title,
            urls=("https://home.example.org/relu.pdf",),
            facts=(Fact("title", title, "the note", NOW),),
        )
        found, _ = get([one], {"https://home.example.org/relu.pdf": page()}, store)
        assert found[one.id].status == "fetched" and found[one.id].title == TITLE


def test_old_titles_count():
    look = Look("", f"How to Grow a Garden of Lattices\nAda Marwick{PROSE}")
    assert verify(look, work(other_titles=("How to grow a garden of lattices",))) == Verdict.RIGHT


@pytest.mark.parametrize(
    ("name", "ids", "title"),
    [
        ("1706.03762v5.pdf", ["arxiv:1706.03762"], None),
        ("10.1038_nature14539.pdf", ["doi:10.1038/nature14539"], None),
        ("Marwick - 2017 - Lattice gardens.pdf", [], "Lattice gardens"),
        ("12345.67890.pdf", [], None),
    ],
)
def test_a_files_name_tells_its_id_or_title(name, ids, title):
    assert ids_in_name(Path(name)) == ids
    assert title is None or title_in_name(Path(name)) == title


@pytest.mark.parametrize(
    ("judge", "url", "expected"),
    [
        (is_file, "https://x.org/a.PDF", True),
        (is_file, "https://openreview.net/pdf?id=3", True),
        (is_file, "https://x.org/a", False),
        (is_file, "https://[bad/a.pdf", False),
        (is_asked_by_id, "https://export.arxiv.org/abs/1", True),
        (is_asked_by_id, "https://notarxiv.org/abs/1", False),
        (may_have_file, "https://home.example.org/paper", True),
        (may_have_file, "https://www.jstor.org/stable/1", False),
        (may_have_file, "https://pdfs.semanticscholar.org/aa", True),
        (may_have_file, "", False),
    ],
)
def test_what_an_address_tells(judge, url, expected):
    assert judge(url) is expected


def test_reading_helpers():
    assert squash("Groß- und\nKlein-Schreibung: ﬁne") == "grossundkleinschreibungfine"
    assert names_in(("Marwick, Ada",), "by A. MARWICK") is True and names_in((), "x") is None
    assert names_in(("Ada Marwick Jr.",), "junior jrs") is False
    assert names_in(("Ada van den Marwick",), "Van den Marwick") is True
    assert is_readable("深度学习的稳定性理论 " * 60) and not is_readable("x1 " * 500)


# ── the drop folder ───────────────────────────────────────────────────────────────────────────────
def adopt(files, works, store):
    return list(pdfs.adopt(files, works, store=store, now=NOW, read_preview=preview_ids))


def preview_ids(path):
    look = read_preview(path)
    return replace(
        look, ids=tuple(w for w in look.text.split() if w.startswith(("arxiv:", "doi:")))
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scan.pdf", page("Anything", "arxiv:1706.90762")),
        ("download.pdf", page()),
        ("1706.90762v2.pdf", page("Illegible")),
        (f"Marwick - 2017 - {TITLE.replace(':', '')}.pdf", page("x", "Marwick")),
    ],
)
def test_a_dropped_file_finds_its_work(store, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    (adopted,) = adopt(
        [file],
        [work(), work("doi:10.1000/other", title="Rivers of Rules: A Logical Theory of Drift")],
        store,
    )
    assert adopted.new_work is None and adopted.fetch.work == "arxiv:1706.90762"
    assert file.exists() and (store.root / adopted.fetch.pdf.path).read_bytes() == content


def test_a_dropped_file_without_a_work_becomes_one(store, tmp_path):
    file = tmp_path / "notes.pdf"
    file.write_bytes(page("Rivers of Rules", "Wanda Ferreira doi:10.1000/r.1"))
    (adopted,) = adopt([file], [work()], store)
    assert adopted.new_work.id == "doi:10.1000/r.1" and adopted.new_work.title == "Rivers of Rules"
    assert adopted.fetch.work == adopted.new_work.id


def test_a_dropped_file_that_fits_two_works_or_none_is_told(store, tmp_path):
    both, broken = tmp_path / "both.pdf", tmp_path / "broken.pdf"
    both.write_bytes(page())
    broken.write_bytes(b"%PDF damaged")
    found = adopt([both, broken], [work(), work("doi:10.1000/j.1")], store)
    assert [type(f) for f in found] == [Problem, Problem]
    assert "several works" in found[0].reason and "no page can be read" in found[1].reason


def test_names_of_files_never_come_from_outside(store):
    url = "https://evil.example.org/../../../../etc/cron.d/x.pdf"
    one = Work("title:../../x", TITLE, PEOPLE, urls=(url,))
    found, _ = get([one], {url: page()}, store)
    assert found[one.id].status == "fetched"
    assert all(p.is_relative_to(store.root) for p in store.root.rglob("*"))
    assert urlsplit(url).hostname not in "".join(p.name for p in store.root.rglob("*"))
