"""Bare titles that the library knows already: nobody is asked whether they are works."""

from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import citations, notes
from litmap.catalogue import Catalogue
from litmap.errors import WebError
from litmap.models import Citation, Mention, Reference, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline import resolution
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.context import RunContext
from litmap.pipeline.known_titles import gather_titles, unconfirmed_titles
from litmap.settings import Settings
from litmap.works import KnownTitle, KnownTitles, completed, may_be_known, title_of
from litmap.works.known_titles import MAX_WORDS

NOW = "2026-11-29T10:00:00Z"
TITLES = (
    "Flow of coarse sand in tall silos",
    "Don't decay the step size, increase the herd size",
    "Deep pond descent: where bigger nets and more carp hurt",
    "Die Flussnamen des oberen Orletals",
    "星座地図の歴史と写本の伝統",
    "Сезонные кочевья северных оленей",
    "A survey of lock gates",
)


def listed(title, *people, year=2011, ids=()):
    """A title in the reference list of a paper."""
    reference = Reference(title=title, authors=people, year=year, ids=ids)
    return KnownTitle(reference, "the reference list of “X”")


KNOWN = KnownTitles([listed(title, "A. Roe") for title in TITLES])


def found(line, known=KNOWN, **fields):
    entry = known.find(Reference(title=line, **fields))
    return entry.title if entry else None


@pytest.mark.parametrize("title", TITLES)
def test_a_title_is_known_whatever_its_case_and_marks(title):
    assert found(title) == title
    assert found(title.upper().replace("'", "’")) == title
    assert found(title.replace(",", "").replace(":", " –")) == title


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("flow of coarse sands in tall siloes", TITLES[0]),
        ("don t decay the step size, increase the herd size", TITLES[1]),
        ("Deep pond desent: where bigger nets and more carp hurt", TITLES[2]),
        ("Die Flussnahmen des oberen Orletals", TITLES[3]),
    ],
)
def test_a_slip_does_not_hide_a_title(line, title):
    assert found(line) == title


@pytest.mark.parametrize(
    "line",
    [
        "Flow of coarse sand in tall silos. A. Roe",
        "Roe: flow of coarse sand in tall silos",
        "reread: flow of coarse sand in tall silos (2011)",
    ],
)
def test_a_title_is_known_that_makes_up_most_of_a_line(line):
    assert found(line) == TITLES[0]


@pytest.mark.parametrize(
    "line",
    [
        "comments on flow of coarse sand in tall silos",  # another work
        "Flow of coarse sand in tall silos II",
        "flow of coarse sand in tall silos: a survey",
        "flow of coarse sand",  # how many a title begins
        "sand",
        "we must not tell anybody that the flow of coarse sand in tall silos broke the new scale",
        "the patient in room four sleeps badly",
        "",
    ],
)
def test_other_lines_are_not_taken_for_a_title(line):
    assert found(line) is None


def test_a_short_title_is_no_proof():
    """'Deep ponds' may be a topic of the reader's own."""
    assert found("Deep ponds", KnownTitles([listed("Deep Ponds", "A. Roe")])) is None


def test_people_and_year_beside_a_title_count_against_another_work_of_the_same_title():
    assert found(TITLES[0], authors=("A. Roe",), year=2011) == TITLES[0]
    assert found(TITLES[0], authors=("B. Quill",), year=1950) is None


def test_one_title_of_two_works_is_not_decided():
    two = KnownTitles([listed(TITLES[0], "A. Roe"), listed(TITLES[0], "B. Quill")])
    assert found(TITLES[0], two) is None


def test_of_several_entries_of_a_work_the_fullest_tells_of_it():
    full = listed(TITLES[0], "A. Roe", "C. Doe", ids=("doi:10.9999/silo",))
    known = KnownTitles([listed(TITLES[0]), full, listed(TITLES[0], "A. Roe")])
    assert known.find(Reference(title=TITLES[0])) is full


def test_the_librarys_own_work_comes_before_what_a_list_says_of_it():
    work = Work("doi:10.9999/silo", TITLES[0], ("A. Roe",), 2011)
    known = KnownTitles([listed(TITLES[0], "A. Roe"), title_of(work, "your library")])
    entry = known.find(Reference(title=TITLES[0].lower()))
    assert entry.work is work


def test_a_works_other_titles_count():
    work = Work("doi:10.9999/silo", "Sand in silos and how it flows", other_titles=(TITLES[0],))
    assert KnownTitles([title_of(work, "")]).find(Reference(title=TITLES[0])).work is work


@settings(max_examples=40)
@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=5))
def test_any_line_is_compared_with_any_titles(line, titles):
    known = KnownTitles([listed(title) for title in titles])
    entry = known.find(Reference(title=line))
    assert entry is None or entry.title in titles


def test_a_long_line_costs_no_more_than_its_beginning():
    assert found(TITLES[0] + " " + "word " * 20 * MAX_WORDS) is None


# ── citations ────────────────────────────────────────────────────────────────────────────────────
def bare(line, key="k", *, searched=False):
    mention = Mention("note.md", 3, line, ("Loop",), line, "title")
    return Citation(key, "title", Reference(title=line), (mention,), sure=False, searched=searched)


def test_only_bare_titles_ask_what_the_library_knows():
    assert may_be_known(bare("x"))
    assert not may_be_known(replace(bare("x"), sure=True))
    assert not may_be_known(replace(bare("x"), kind="name"))
    assert not may_be_known(replace(bare("x"), reference=Reference(ids=("doi:10.9999/x",))))


def test_a_completed_citation_is_a_reference_under_its_published_title():
    entry = listed(TITLES[0], "A. Roe", ids=("doi:10.9999/silo",))
    citation = completed(bare("flow of coarse sands in tall silos"), entry)
    assert citation.sure
    assert citation.searched
    assert citation.key == "k"
    assert citation.reference.title == TITLES[0]
    assert citation.reference.authors == ("A. Roe",)
    assert citation.reference.ids == ("doi:10.9999/silo",)


def test_records_of_a_reference_file_beside_the_notes_are_known(tmp_path):
    (tmp_path / "note.md").write_text("# Loop\n\nRead [@roe2011].\n", encoding="utf-8")
    (tmp_path / "refs.bib").write_text(
        "@article{roe2011, title={Flow of coarse sand in tall silos}, author={Roe, A}, year=2011}\n"
        "@article{doe2012, title={Die Flussnamen des oberen Orletals}, author={Doe, C}, year=2012}"
        "\n@online{page, title={My page}, url={https://blog.example.org/}}\n",
        encoding="utf-8",
    )
    read, _ = notes.read_notes([tmp_path / "note.md"])
    titles = [reference.title for reference in citations.records_beside(read)]
    assert titles == [TITLES[0], TITLES[3]]


# ── in a library ─────────────────────────────────────────────────────────────────────────────────
class Sources:
    """A resolver that knows every reference with a DOI; it keeps what it was asked about."""

    def __init__(self):
        self.asked = []

    def __call__(self, asked, client, **_):
        for citation in asked:
            self.asked.append(citation.reference.title)
            ids = citation.reference.ids
            work = Work(ids[0], citation.reference.title, ids=ids) if ids else None
            status = "metadata-only" if work else "not-found"
            yield Resolution(citation.key, work, status, "")


def no_answer(request):
    raise WebError(f"{request.url} is out of reach")


@contextmanager
def no_client(*_):
    yield SimpleNamespace(challenged={}, exhausted={}, get=no_answer)


@pytest.fixture
def sources():
    return Sources()


@pytest.fixture
def context(tmp_path, sources):
    settings = Settings(library=tmp_path)
    collaborators = Collaborators(resolve=sources, open_client=no_client)
    return RunContext(settings, LibraryPaths(tmp_path), NOW, collaborators)


@pytest.fixture
def catalogue(context):
    with Catalogue.create(context.paths.catalogue) as opened:
        yield opened


SURE = Citation(
    "sure",
    "reference",
    Reference(title=TITLES[0], authors=("A. Roe",), year=2011, ids=("doi:10.9999/silo",)),
    (Mention("other.md", 1, "Roe (2011)"),),
)


def resolve(catalogue, context, records=()):
    due = resolution.unresolved(catalogue, context.settings)
    resolution.resolve(catalogue, context, due, gather_titles(catalogue, context, records))


def put(catalogue, *cited):
    with catalogue.write():
        catalogue.put_notes([], cited)


def test_a_line_that_is_a_work_of_the_library_asks_nobody(catalogue, context, sources):
    put(catalogue, SURE)
    resolve(catalogue, context)
    put(catalogue, SURE, bare("flow of coarse sand in tall silos"))
    sources.asked.clear()
    resolve(catalogue, context)
    assert sources.asked == []
    assert catalogue.resolution("k").work == "doi:10.9999/silo"
    assert catalogue.resolution("k").status == "metadata-only"


def test_a_line_that_stands_in_a_reference_file_is_looked_up_as_the_file_says(
    catalogue, context, sources
):
    put(catalogue, bare("flow of coarse sands in tall siloes"))
    resolve(catalogue, context, [SURE.reference])
    assert sources.asked == [TITLES[0]]
    assert catalogue.resolution("k").work == "doi:10.9999/silo"


def test_what_nothing_knows_goes_its_way(catalogue, context, sources):
    put(catalogue, bare("the patient in room four sleeps badly"))
    resolve(catalogue, context, [SURE.reference])
    assert catalogue.resolution("k").work is None


def test_the_users_word_comes_before_a_known_title(catalogue, context, sources):
    put(catalogue, SURE, bare(TITLES[0]))
    resolve(catalogue, context)
    with catalogue.write():
        catalogue.decide("k", "none", NOW)
        catalogue.put_resolution(Resolution("k", None, "not-found", "you said so"), NOW)
    assert unconfirmed_titles(catalogue) == []
    resolve(catalogue, context)
    assert catalogue.resolution("k").work is None


def test_titles_that_were_not_confirmed_are_looked_for_again(catalogue, context):
    put(catalogue, bare(TITLES[0], "a"), bare(TITLES[3], "b", searched=True), SURE)
    resolve(catalogue, replace(context, settings=replace(context.settings)))
    with catalogue.write():
        catalogue.put_resolution(Resolution("a", None, "not-found", ""), NOW)
    assert [c.key for c in unconfirmed_titles(catalogue)] == ["a", "b"]
