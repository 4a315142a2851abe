"""Which works of the library a draft cites: never another one than it names."""

from __future__ import annotations

import pytest

from litmap.catalogue.entries import Entry
from litmap.library.drafts import KnownWorks, cited_works
from litmap.models import BibRecord, Citation, Mention, Reference, Work

TIDES = "Uniform harbours may be unable to explain tides"
OLM = Work("doi:10.1/tides", TIDES, ("Ada Olm", "Bo Teich"), 2019, ids=("doi:10.1/tides",))
SALT = Work("arxiv:1801.00001", "Salt", ("Cleo Salzer",), 2018, ids=("arxiv:1801.00001",))
BERGS = (
    Work("doi:10.1/berg-a", "Dikes hold in winter and in spring", ("Dee Berg",), 2001),
    Work("doi:10.1/berg-b", "Dikes fail in summer and in autumn", ("Dee Berg",), 2001),
)
TWINS = (
    Work("doi:10.1/twin-a", "Annual report of the board of harbours", year=1990),
    Work("doi:10.1/twin-b", "Annual report of the board of harbours", year=1990),
)
RECORDS = {
    OLM.id: (BibRecord("bibtex", "olm19", "article", (("title", TIDES),), "own.bib", 1),),
    SALT.id: (BibRecord("csl", "key", "article", (("title", '"Salt"'),), "own.json", 1),),
    BERGS[0].id: (BibRecord("bibtex", "berg", "book", (("title", "Dikes"),), "a.bib", 1),),
    BERGS[1].id: (BibRecord("bibtex", "berg", "book", (("title", "Dikes"),), "b.bib", 1),),
}
ENTRIES = [Entry(w, "fetched", "", records=RECORDS.get(w.id, ())) for w in (OLM, SALT, *BERGS, *TWINS)]  # fmt: skip


def found(reference: Reference, text: str = "", kind: str = "title") -> str | None:
    mention = Mention("draft.md", 1, text, (), text, kind)
    entry = KnownWorks(ENTRIES).find(Citation("k", kind, reference, (mention,)))
    return entry.work.id if entry else None


@pytest.mark.parametrize(
    ("reference", "text", "kind"),
    [
        (Reference(ids=("doi:10.1/tides",)), "", "link"),
        (Reference(title=TIDES), "", "title"),
        (Reference(title=TIDES.upper(), authors=("Olm, A.",), year=2020), "", "reference"),
        (Reference(), "@olm19", "citekey"),
        (Reference(title=TIDES), "@olm19", "citekey"),
        (Reference(authors=("Olm",), year=2019), "Olm 2019", "author-year"),
        (Reference(authors=("Olm", "Teich"), year=2019), "Olm and Teich (2019)", "author-year"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_work_is_known_by_what_is_said_of_it(reference, text, kind):
    assert found(reference, text, kind) == OLM.id


@pytest.mark.parametrize(
    ("reference", "text", "kind"),
    [
        (Reference(title="Sheep of Upper Hessia", authors=("Olm, A.",), year=2019), "", "reference"),
        (Reference(title="Sheep of Upper Hessia", authors=("Salzer",), year=2018), "", "reference"),
        (Reference(title="Salt"), "Salt", "title"),
        (Reference(title="Sheep of Upper Hessia"), "@olm19", "citekey"),
        (Reference(title="Pepper", authors=("Salzer",), year=2018), "@key", "citekey"),
        (Reference(), "@berg", "citekey"),
        (Reference(ids=("doi:10.1/other",), authors=("Olm",), year=2019), "", "link"),
        (Reference(authors=("Berg",), year=2001), "Berg 2001", "author-year"),
        (Reference(authors=("Olm", "Berg"), year=2019), "Olm and Berg 2019", "author-year"),
        (Reference(title="Annual report of the board of harbours"), "", "title"),
        (Reference(), "see there", "link"),
    ],
    ids=lambda value: str(value)[:60],
)  # fmt: skip
def test_what_names_another_work_or_several_names_none(reference, text, kind):
    assert found(reference, text, kind) is None


def test_what_the_library_has_found_for_a_citation_is_the_work_of_a_draft_too():
    known = KnownWorks([Entry(OLM, "fetched", "", citations=("author-year:the harbour paper",))])
    said = Mention("draft.md", 1, "the harbour paper", (), "", "author-year")
    asked = Citation("author-year:the harbour paper", "author-year", Reference(), (said,))
    assert known.find(asked).work == OLM


def test_a_short_title_is_a_work_with_its_author():
    assert found(Reference(title="Salt", authors=("C. Salzer",), year=2018)) == SALT.id


def test_a_key_of_a_drafts_own_reference_file_is_not_that_of_the_librarys(tmp_path):
    own = "@article{olm19, title = {Sheep of Upper Hessia in winter}, author = {Olm, Ada}, year = 2019}"
    (tmp_path / "refs.bib").write_text(own, encoding="utf-8")
    draft = tmp_path / "draft.md"
    draft.write_text(
        "---\nbibliography: refs.bib\n---\n\nSheep were sold in winter on the markets [@olm19].\n",
        encoding="utf-8",
    )
    assert cited_works([draft], ENTRIES) == []
    (tmp_path / "refs.bib").write_text(own.replace("Sheep of Upper Hessia in winter", TIDES))
    assert {cited.work for cited in cited_works([draft], ENTRIES)} == {OLM.id}
