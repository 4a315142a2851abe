"""Identifiers in text and URLs, and titles compared."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.parsing.identifiers import (
    arxiv_version,
    find_identifiers,
    find_urls,
    identifier_from_url,
    normalise_id,
    unwrap_url,
    url_key,
)
from litmap.parsing.title_similarity import normalise_title, title_similarity

URLS = {
    "https://arxiv.org/pdf/1811.08357v1.pdf": "arxiv:1811.08357",
    "http://arxiv.org/abs/cs.LG/0501001": "arxiv:cs/0501001",
    "https://arxiv.org/html/2310.01234v2": "arxiv:2310.01234",
    "https://doi.org/10.48550/arXiv.1706.03762": "arxiv:1706.03762",
    "https://web.archive.org/web/20160101000000/http://arxiv.org/abs/1512.03385": "arxiv:1512.03385",
    "https://www.google.com/url?q=https://arxiv.org/abs/1512.03385&sa=D": "arxiv:1512.03385",
    "https://ui.adsabs.harvard.edu/abs/2018arXiv180101234A/abstract": "arxiv:1801.01234",
    "https://ui.adsabs.harvard.edu/abs/2016A%26A...594A..13P/abstract": "ads:2016A&A...594A..13P",
    "https://openreview.net/forum?id=rJv6ZgHYg": "openreview:rJv6ZgHYg",
    "https://openreview.net/pdf?id=rJv6ZgHYg": "openreview:rJv6ZgHYg",
    "https://proceedings.mlr.press/v125/kidger20a/kidger20a.pdf": "pmlr:v125/kidger20a",
    "http://jmlr.org/proceedings/papers/v32/graves14.pdf": "pmlr:v32/graves14",
    "http://www.jmlr.org/papers/volume19/18-188/18-188.pdf": "jmlr:v19/18-188",
    "http://papers.nips.cc/paper/3628-kernel-methods-for-deep-learning.pdf": "neurips:3628",
    "https://aclanthology.org/P19-1001.pdf": "acl:P19-1001",
    "https://aclanthology.org/2020.acl-main.1/": "acl:2020.acl-main.1",
    "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/": "pmcid:PMC1234567",
    "https://pubmed.ncbi.nlm.nih.gov/12345678/": "pmid:12345678",
    "https://www.biorxiv.org/content/biorxiv/early/2017/08/25/180471.full.pdf": "doi:10.1101/180471",
    "https://www.medrxiv.org/content/10.1101/2020.03.09.20033217v1": "doi:10.1101/2020.03.09.20033217",
    "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3312345": "doi:10.2139/ssrn.3312345",
    "https://www.nber.org/papers/w25682": "doi:10.3386/w25682",
    "https://hal.archives-ouvertes.fr/hal-01234567v2/document": "hal:hal-01234567",
    "https://inspirehep.net/literature/451647": "inspire:451647",
    "https://ieeexplore.ieee.org/stamp/stamp.jsp?arnumber=06697897": "ieee:6697897",
    "https://dl.acm.org/doi/pdf/10.1145/3065386": "doi:10.1145/3065386",
    "https://link.springer.com/content/pdf/10.1007/s10994-009-5152-4.pdf": "doi:10.1007/s10994-009-5152-4",
    "https://link.springer.com/chapter/10.1007%2F978-3-319-10602-1_48": "doi:10.1007/978-3-319-10602-1_48",
    "https://www.nature.com/articles/nature14539": "doi:10.1038/nature14539",
    "http://www.nature.com/nature/journal/v521/n7553/full/nature14539.html": "doi:10.1038/nature14539",
    "https://www.cell.com/neuron/fulltext/S0896-6273(18)30123-4": "pii:S0896627318301234",
    "https://iopscience.iop.org/article/10.1088/1361-6420/aa9a90/meta": "doi:10.1088/1361-6420/aa9a90",
    "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.116.061102": "doi:10.1103/physrevlett.116.061102",
    "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0012345": "doi:10.1371/journal.pone.0012345",
    "https://www.tandfonline.com/doi/full/10.1080/01621459.2017.1285773?needAccess=true": "doi:10.1080/01621459.2017.1285773",
    "https://academic.oup.com/bioinformatics/article-abstract/doi/10.1093/bioinformatics/btz123/5341234": "doi:10.1093/bioinformatics/btz123",
    "https://projecteuclid.org/euclid.aos/1176344136": "doi:10.1214/aos/1176344136",
    "https://www.semanticscholar.org/paper/X/204e3073870fae3d05bcbc2f6a8e263d9b72e776": "s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776",
    "http://citeseerx.ist.psu.edu/viewdoc/summary?doi=10.1.1.41.1234": "citeseerx:10.1.1.41.1234",
    "https://github.com/a/b": None,
    "https://en.wikipedia.org/wiki/Rademacher_complexity": None,
    "not a url": None,
    "http://[::1": None,
}

TEXTS = [
    (
        "see doi:10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2, and",
        ["doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"],
    ),
    ("(10.1016/S0092-8674(00)81683-9).", ["doi:10.1016/s0092-8674(00)81683-9"]),
    (
        "arXiv:1611.03530v2 [cs.LG]; arXiv preprint arXiv:1412.6980, 2014",
        ["arxiv:1611.03530", "arxiv:1412.6980"],
    ),
    ("hep-th/9901001 and arXiv:math/0404188", ["arxiv:hep-th/9901001", "arxiv:math/0404188"]),
    ("costs 1234.5678 dollars, chapter 2012.1234, version 10.1234", []),
    ("1706.03762", ["arxiv:1706.03762"]),
    ("XENON: 1805.12562", ["arxiv:1805.12562"]),
    ("mass: 1805.12562 MeV", []),
    ("PMID: 12345678; PMCID: PMC3531190", ["pmid:12345678", "pmcid:PMC3531190"]),
    (
        "https://doi.org/10.1038/s41586-019-1666-5)., (see http://arxiv.org/abs/1703.04933).",
        ["doi:10.1038/s41586-019-1666-5", "arxiv:1703.04933"],
    ),
    ("10.1073/pnas.1234567890. PMID 12345678", ["doi:10.1073/pnas.1234567890", "pmid:12345678"]),
    ("10.1000%2Fabc.def", ["doi:10.1000/abc.def"]),
    ("1399.99999 is no month", []),
]


@pytest.mark.parametrize(("url", "expected"), URLS.items())
def test_a_url_gives_its_identifier(url: str, expected: str | None) -> None:
    assert identifier_from_url(url) == expected


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_identifiers_are_found_in_text(text: str, expected: list[str]) -> None:
    assert [found.id for found in find_identifiers(text)] == expected


def test_urls_in_text_end_where_the_sentence_goes_on() -> None:
    text = (
        "See (https://en.wikipedia.org/wiki/A_(b)), http://x.org/a?b=c. And <https://y.org/>; "
        "www.z.org/p!"
    )
    assert [found.id for found in find_urls(text)] == [
        "https://en.wikipedia.org/wiki/A_(b)",
        "http://x.org/a?b=c",
        "https://y.org/",
        "www.z.org/p",
    ]


def test_versions_and_wrappers() -> None:
    assert arxiv_version("https://arxiv.org/abs/1810.12065v4") == 4
    assert arxiv_version("1810.12065") is None
    assert (
        unwrap_url("https://web.archive.org/web/2016*/https://doi.org/10.1/x")
        == "https://doi.org/10.1/x"
    )
    assert normalise_id("DOI:10.1038/NATURE14539") == "doi:10.1038/nature14539"
    assert normalise_id("arXiv:1611.03530v2") == "arxiv:1611.03530"
    assert normalise_id("pmc3531190".replace("pmc", "PMCID:PMC")) == "pmcid:PMC3531190"


def test_one_address_in_several_spellings_has_one_key() -> None:
    assert url_key("0 #") == url_key("0")
    keys = {
        url_key(u)
        for u in (
            "http://www.x.org/a/",
            "https://x.org/a#page=3",
            "https://X.org/a?utm_source=t",
            "x.org/a/index.html",
        )
    }
    assert len(keys) == 1
    assert url_key("http://x.org/a?id=1") != url_key("http://x.org/a?id=2")


def test_titles_are_one_but_for_form() -> None:
    assert normalise_title(r"Schr{\"o}dinger's $\alpha$-decay: \emph{a} study") == normalise_title(
        "Schrödinger’s α-decay — a Study"
    )
    assert normalise_title("H<sub>2</sub>O &amp; CO") == "h2o co"
    assert title_similarity("Deep learning", "Deep Learning.") == 1.0
    assert title_similarity("Over-parameterization in nets", "Overparameterization in nets") >= 0.98
    assert (
        title_similarity(
            "Reconciling modern machine learning: a study of risk",
            "Reconciling modern machine learning",
        )
        >= 0.9
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sharp minima can generalize", "Revisiting sharp minima can generalize"),
        ("Sharp minima can generalize", "Sharp minima can generalize: a survey"),
        ("Why deep learning works II", "Why deep learning works III"),
        ("Gradient flow on nets", "Gradient flow on nets (extended abstract)"),
        ("Neural networks and rational functions", "Causal inference in ecology"),
    ],
)
def test_other_works_are_told_apart(one: str, other: str) -> None:
    assert title_similarity(one, other) < 0.85


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    for found in find_identifiers(text):
        assert 0 <= found.start < found.end <= len(text)
        assert ":" in found.id
        assert normalise_id(found.id) == found.id
    identifier_from_url(text)
    assert url_key(text) == url_key(url_key(text)) or "://" in text
    assert normalise_title(normalise_title(text)) == normalise_title(text)
    assert 0.0 <= title_similarity(text, text[::-1]) <= 1.0


@settings(max_examples=40, deadline=None)
@given(
    st.from_regex(r"10\.[1-9]\d{3}/[a-z0-9]([a-z0-9._()-]{0,20}[a-z0-9])?", fullmatch=True).filter(
        lambda d: d.count("(") == d.count(")")
    )
)
def test_a_doi_survives_its_surroundings(doi: str) -> None:
    if (
        doi.startswith(("10.1101/", "10.48550/"))
        or "arxiv" in doi
        or "doi" in doi
        or "epub" in doi
        or "pmid" in doi
    ):
        return
    for text in (doi, f"({doi})", f"doi:{doi}.", f"see https://doi.org/{doi}, and", f"<{doi}>;"):
        assert f"doi:{doi}" in [found.id for found in find_identifiers(text)]


@pytest.mark.parametrize(
    "bomb",
    [
        "10." * 30_000,
        "http://" * 20_000,
        "arxiv" * 20_000,
        "1234.5" * 20_000,
        "(" * 90_000,
        "10.1000/" + "(" * 90_000,
    ],
)
def test_time_is_linear_on_hostile_text(bomb: str) -> None:
    start = time.process_time()
    find_identifiers(bomb)
    normalise_title(bomb)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("address", "identifier"),
    [
        ("https://www.mdpi.com/2073-4409/9/1/123", "doi:10.3390/cells9010123"),
        ("https://www.mdpi.com/1422-0067/26/2/535/htm", "doi:10.3390/ijms26020535"),
        ("http://mdpi.com/1660-4601/19/24/16999/pdf?version=1", "doi:10.3390/ijerph192416999"),
        ("https://www.mdpi.com/2072-666X/12/7/8", "doi:10.3390/mi12070008"),
        ("https://www.mdpi.com/9999-0000/9/1/123", None),  # a journal that is not listed
        ("https://www.mdpi.com/2073-4409/9/1", None),  # an issue
        ("https://www.mdpi.com/journal/cells", None),
    ],
)
def test_an_address_at_mdpi_spells_its_doi(address, identifier):
    assert identifier_from_url(address) == identifier
