"""The invented works: who knows each, and where its open copies lie.

Every title, name and number is made up; identifiers have the form of real ones. Each work stands
for one way in which a paper can, or cannot, be had (`why`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape

DATACITE = ("10.48550/", "10.5281/", "10.17605/", "10.7282/")
"""Prefixes of DOIs that DataCite registers; Crossref and Unpaywall do not know them."""


@dataclass(frozen=True)
class ScholarlyWork:
    """One work.

    `ids` are pairs of kind and value (`arxiv` with its newest version, `doi`, `pmid`, …). `landing`
    is the page a DOI leads to, `page_names_file` whether that names its PDF for everybody; `files`
    are addresses of the PDF anywhere, `pages` of further pages that name it. `routes` are the
    services that give the text itself beyond what follows from the ids: `bucket-pdf`, `bucket-xml`,
    `europepmc-pdf`, `europepmc-xml`, `openalex-content`, `core`. `hidden_from` are services that
    would index it by its ids and do not; `only_xpac`: OpenAlex knows it in its expansion only.
    `updates` are kinds at Crossref and DOIs of further notices ('correction', '10.5555/c').
    `dead` are address and time stamp of copies in the Wayback Machine.
    """

    key: str
    why: str
    title: str
    authors: tuple[str, ...]
    year: int
    venue: str = ""
    abstract: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    landing: str = ""
    page_names_file: bool = False
    files: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    routes: frozenset[str] = frozenset()
    hidden_from: frozenset[str] = frozenset()
    only_xpac: bool = False
    is_computing: bool = False
    markup: str = ""
    retraction: str = ""
    updates: tuple[tuple[str, str], ...] = ()
    withdrawn: bool = False
    published_as: str = ""
    dead: tuple[str, str] | tuple[()] = ()
    decoy_of: str = ""

    def id(self, kind: str) -> str:
        return next((value for k, value in self.ids if k == kind), "")

    @property
    def doi(self) -> str:
        return self.id("doi")

    @property
    def crossref_doi(self) -> str:
        return "" if self.doi.startswith(DATACITE) else self.doi

    @property
    def arxiv(self) -> str:
        """Without its version."""
        return re.sub(r"v\d+$", "", self.id("arxiv"))

    @property
    def arxiv_version(self) -> int:
        hit = re.search(r"v(\d+)$", self.id("arxiv"))
        return int(hit[1]) if hit else 1

    @property
    def marked_title(self) -> str:
        """As Crossref and PubMed have it: with tags, and the mark of a retraction."""
        title = self.markup or escape(self.title, quote=False)
        return f"RETRACTED: {title}" if self.retraction else title

    @property
    def landing_page(self) -> str:
        if self.landing:
            return self.landing
        own = [*_own_pages(self), *self.pages]
        return own[0] if own else f"https://publisher.example.org/{self.key}"

    @property
    def landing_file(self) -> str:
        """Where the DOI's page has its PDF, whether that is open or not."""
        return self.files[0] if self.files and self.page_names_file else f"{self.landing_page}.pdf"

    def is_known_to(self, service: str) -> bool:
        """Whether a service indexes the work."""
        if service in self.hidden_from:
            return False
        indexed = {
            "arxiv": bool(self.arxiv),
            "crossref": bool(self.crossref_doi),
            "unpaywall": bool(self.crossref_doi),
            "datacite": self.doi != self.crossref_doi or bool(self.arxiv),
            "dblp": self.is_computing,
            "europepmc": bool(self.id("pmid") or self.id("pmcid") or self.id("biorxiv")),
        }
        return indexed.get(service, True)


def family(name: str) -> str:
    """'van der Brugh' of 'Joris van der Brugh'."""
    words = name.split()
    start = next((i for i, word in enumerate(words[1:], 1) if word.islower()), len(words) - 1)
    return " ".join(words[start:])


def given(name: str) -> str:
    return name.removesuffix(family(name)).strip()


def _own_pages(work: ScholarlyWork) -> list[str]:
    """Pages whose addresses follow from ids."""
    forms = {
        "jmlr": lambda v: f"https://jmlr.org/papers/{v}.html",
        "pmlr": lambda v: f"https://proceedings.mlr.press/{v}.html",
        "neurips": lambda v: _proceedings("neurips", v),
        "iclr": lambda v: _proceedings("iclr", v),
        "arxiv": lambda v: f"https://arxiv.org/abs/{re.sub(r'v[0-9]+$', '', v)}",
        "zenodo": lambda v: f"https://zenodo.org/records/{v}",
        "hal": lambda v: f"https://hal.science/{v}",
        "nber": lambda v: f"https://www.nber.org/papers/{v}",
        "osf": lambda v: f"https://osf.io/preprints/psyarxiv/{v}_v1",
        "econstor": lambda v: f"https://www.econstor.eu/handle/{v}",
    }
    return [forms[kind](value) for kind, value in work.ids if kind in forms]


def _proceedings(name: str, value: str) -> str:
    """The abstract of '2022/HASH'; since 2022 its address names the track."""
    year, _, code = value.partition("/")
    track = "-Conference" if int(year) >= 2022 else ""
    return (
        f"https://proceedings.{name}.cc/paper_files/paper/{year}/hash/{code}-Abstract{track}.html"
    )


def _ids(text: str) -> tuple[tuple[str, str], ...]:
    """'arxiv=… doi=…' as pairs."""
    return tuple((k, v) for k, _, v in (part.partition("=") for part in text.split()))


def _work(
    key: str, why: str, title: str, authors: str, year: int, ids: str = "", **more: object
) -> ScholarlyWork:
    for name in ("files", "pages"):
        more[name] = tuple(str(more.get(name, "")).split())
    for name in ("routes", "hidden_from"):
        more[name] = frozenset(str(more.get(name, "")).split())
    people = tuple(a.strip() for a in authors.split(",") if a.strip())
    return ScholarlyWork(key, why, title, people, year, ids=_ids(ids), **more)  # type: ignore[arg-type]


HASH = "99ab" * 8
FIELDS = (
    # ── computing ──
    _work(
        "orchard", "arXiv, third version", "Orchard Pruning for Deliberately Wide Networks",
        "Talia Wexcombe, Joris van der Brugh, Søren Lindqvold", 2017, "arxiv=1706.99001v3",
        venue="arXiv", is_computing=True,
        abstract="Wide networks are pruned like fruit trees, in winter and from within. We show that "
        "the order in which branches are cut matters more than their number.",
    ),
    _work(
        "moonlit", "on arXiv and in a journal, cited by its title",
        "Moonlit Gradients: Normalisation by the Hour of Descent",
        "Ineke Halvorsen, Quillon Adeyemi", 2019,
        "arxiv=1905.99002v1 doi=10.5555/scholarly.2019.2", venue="Journal of Patient Computing",
        is_computing=True,
        abstract="A normalisation whose scale depends on the time that training has taken so far.",
    ),
    _work(
        "ferries", "JMLR, by a link", "Ferries and Filters: Routing by Slow Rules",
        "Wilhelmina Castellane", 2001, "jmlr=v1/castellane01a arxiv=cs/0112990v1",
        venue="Journal of Machine Learning Research", is_computing=True,
        abstract="Slow rules route better than fast ones when the river is wide.",
    ),
    _work(
        "gravel", "PMLR, one place only", "Gravel Beds of Parameters: Sorting by Weight",
        "Nadir Ostrowe, Éloïse Marchetti", 2024, "pmlr=v235/ostrowe24a",
        venue="International Conference on Machine Learning", is_computing=True,
        abstract="Parameters settle by weight, as gravel does, when the flow of gradients slackens.",
    ),
    _work(
        "lantern", "a repository's page that OpenAlex names", "Lantern Attention for Very Long Evenings",
        "Siobhan Keldwyn, Ravi Tamburlane", 2023, venue="Workshop on Long Evenings", is_computing=True,
        pages="https://repository.example.org/items/lantern",
        files="https://repository.example.org/items/lantern.pdf", page_names_file=True,
        abstract="Attention that dims with distance, for sequences as long as an evening.",
    ),
    _work(
        "staircases", "OpenReview behind its challenge; the file is in ICLR's proceedings",
        "Sketching Staircases for Reluctant Learners", "Oona Brackenbury, Tomasz Wilk", 2025,
        f"openreview=zZskStairs1 iclr=2025/{HASH}",
        venue="International Conference on Learning Representations", is_computing=True,
        abstract="Learners that are reluctant climb sketches of stairs before they climb stairs.",
    ),
    _work(
        "weirs", "NeurIPS proceedings", "Weirs: Bounding What Flows Through a Layer",
        "Casimir Olufsen, Bea Thornhollow", 2022, f"neurips=2022/{HASH}",
        venue="Advances in Neural Information Processing Systems", is_computing=True,
        abstract="A layer is a weir: what flows over it is bounded by what stands before it.",
    ),
    _work(
        "recalled", "arXiv, the second version withdrawn", "Sundials as Optimisers",
        "Prosper Vandeleur", 2018, "arxiv=1804.99003v2", venue="arXiv", is_computing=True,
        withdrawn=True, abstract="Sundials minimise a function of the hour.",
    ),
    _work(
        "kites", "a dead personal page, kept by the Wayback Machine", "Notes on Weighing Kites",
        "Fergus Ossory", 2003, venue="Technical report", hidden_from="openalex s2 dblp",
        dead=("http://people.example.edu/~ossory/kites.pdf", "20120304050607"),
        abstract="How to weigh a kite while it flies.",
    ),
    _work(
        "whispers", "IEEE, for subscribers only", "Majority Votes over Whispering Channels",
        "Pia Rossmoor, Olu Bankston", 2015, "doi=10.1109/tit.2015.9900001",
        venue="IEEE Transactions on Information Theory", is_computing=True,
        landing="https://ieeexplore.ieee.org/document/99000001/",
        abstract="Votes that are whispered are counted with a bias that can be corrected.",
    ),
    # ── biology, medicine, chemistry ──
    _work(
        "reeds", "MDPI behind Cloudflare; PDF in PMC's bucket", "Reed Beds and Nitrogen: A Field Trial of Slow Filters",
        "Marit Solhaug, Anselm Dyer", 2020, "doi=10.3390/w99010001 pmid=99000001 pmcid=PMC99000001",
        venue="Water", landing="https://www.mdpi.com/2073-4441/99/1/1", page_names_file=True,
        files="https://www.mdpi.com/2073-4441/99/1/1/pdf", routes="bucket-pdf europepmc-xml europepmc-pdf",
        abstract="Reed beds took up a third of the nitrogen over two summers at four sites.",
    ),
    _work(
        "bats", "full text as XML only", "Night Feeding in Captive Hedgerow Bats",
        "Hedda Quist, Rowan Attleborough", 2021, "doi=10.1186/s99999-021-0003-4 pmid=99000002 pmcid=PMC99000002",
        venue="BMC Evening Biology", landing="https://hedgerow.biomedcentral.com/articles/10.1186/s99999-021-0003-4",
        routes="bucket-xml europepmc-xml",
        abstract="Captive bats fed later on bright nights, and less.",
    ),
    _work(
        "rounds", "author's manuscript: free at Europe PMC, not in the bucket", "Ward Rounds by Telephone: A Cluster Trial",
        "Amara Eze-Whitlock, Jonas Feddersen", 2019, "doi=10.1016/j.lanwr.2019.990003 pmid=99000003 pmcid=PMC99000003",
        venue="The Lantern Regional Health", landing="https://www.sciencedirect.com/science/article/pii/S9999999919990003",
        routes="europepmc-pdf",
        abstract="Rounds by telephone were as safe as rounds on foot in twelve hospitals.",
    ),
    _work(
        "beetle-preprint", "bioRxiv's new prefix, behind Cloudflare", "Tidal Clocks of the Shore Beetle",
        "Ngaio Petersen, Lucan Merewether", 2026, "doi=10.64898/2026.01.05.999001 biorxiv=bioRxiv",
        venue="bioRxiv", landing="https://www.biorxiv.org/content/10.64898/2026.01.05.999001v2",
        published_as="10.1371/journal.pbio.9900001", page_names_file=True,
        files="https://www.biorxiv.org/content/10.64898/2026.01.05.999001v2.full.pdf",
        abstract="Shore beetles keep the time of the tide for eleven days in the dark.",
    ),
    _work(
        "beetle", "the published version, open at PLOS and in the bucket", "Tidal Clocks of the Shore Beetle Run for Eleven Days",
        "Ngaio Petersen, Lucan Merewether", 2026, "doi=10.1371/journal.pbio.9900001 pmid=99000004 pmcid=PMC99000004",
        venue="PLOS Biology", landing="https://journals.plos.org/plosbiology/article?id=10.1371/journal.pbio.9900001",
        page_names_file=True, files="https://journals.plos.org/plosbiology/article/file?id=10.1371/journal.pbio.9900001&type=printable",
        routes="bucket-pdf europepmc-xml europepmc-pdf",
        abstract="Shore beetles keep the time of the tide for eleven days in the dark.",
    ),
    _work(
        "bracelets", "retracted: Crossref's title says so", "Copper Bracelets and Recovery after Fracture",
        "Dorian Valcourt, Ines Madrugal", 2016, "doi=10.1016/s9999-6736(16)99001-1 pmid=99000005",
        venue="The Lantern", landing="https://www.thelantern.example.org/article/S9999-6736(16)99001-1/fulltext",
        retraction="10.1016/s9999-6736(17)99002-2", page_names_file=True,
        files="https://www.thelantern.example.org/action/showPdf?pii=S9999-6736(16)99001-1",
        abstract="Bracelets of copper shortened recovery in a registry of many patients.",
    ),
    _work(
        "ybco", "a title with markup; closed at ACS, deposited at HAL", "Superconductivity of YBa2Cu3O7 Films under Slow Rain",
        "Maëlle Kerouanton, Viktor Hasenfratz", 2019, "doi=10.1021/acs.jpcc.9b99001 hal=hal-99000001",
        venue="The Journal of Physical Chemistry C", landing="https://pubs.acs.org/doi/10.1021/acs.jpcc.9b99001",
        markup="Superconductivity of YBa<sub>2</sub>Cu<sub>3</sub>O<sub>7</sub> Films under Slow Rain",
        abstract="Films stay superconducting while it rains slowly.",
    ),
    _work(
        "salt", "closed at Wiley; OpenAlex keeps the PDF (with a key)", "Salt Lines in Desert Paper",
        "Yusra Al-Tamimi, Corin Blackwater", 2022, "doi=10.1002/slr.990001", venue="Salt and Light Reviews",
        landing="https://onlinelibrary.wiley.com/doi/10.1002/slr.990001", routes="openalex-content",
        abstract="Paper kept in deserts shows lines of salt that date it.",
    ),
    # ── economics, humanities, social sciences ──
    _work(
        "toll", "NBER", "Toll Roads and the Price of Eggs", "Henrietta Loomis, Baltasar Quiroga", 2020,
        "doi=10.3386/w99901 nber=w99901", venue="NBER Working Paper", abstract="Eggs cost more beyond a toll.",
    ),
    _work(
        "eggs", "EconStor, no DOI", "Market Days in Small Ports", "Gesche Harmsen", 2012,
        "econstor=10419/999001", venue="Kiel Discussion Papers",
        abstract="Market days in small ports moved with the tide until 1880.",
    ),
    _work(
        "bridges", "HAL, in French, no DOI", "Les ponts de bois du Haut-Jura, 1780-1850", "Édith Bonnevaux", 2014,
        "hal=hal-99000002", venue="Annales du bois", hidden_from="s2 dblp",
        abstract="Les ponts de bois du Haut-Jura ont duré quarante ans en moyenne.",
    ),
    _work(
        "rivers", "Springer behind its challenge, in German; a copy that Unpaywall names",
        "Über Flußläufe und die Breite der Brücken", "Jörg Mühlen-Brandt", 2016, "doi=10.1007/s99999-016-0002-3",
        venue="Annalen der Brücken", landing="https://link.springer.com/article/10.1007/s99999-016-0002-3",
        page_names_file=True, files="https://link.springer.com/content/pdf/10.1007/s99999-016-0002-3.pdf https://eprints.example.org/download?id=42&name=Brücken",
        abstract="Die Breite der Brücken folgt nicht der Breite der Flüsse.",
    ),
    _work(
        "sleep", "OSF preprint", "Sleeping Badly in Good Hotels", "Winifred Aske, Dov Lerner", 2024,
        "doi=10.31234/osf.io/zz9aa osf=zz9aa", venue="PsyArXiv", abstract="Guests slept worse the better the hotel.",
    ),
    _work(
        "bells", "Zenodo", "A Census of Ship's Bells", "Lowri Penhallow", 2023,
        "doi=10.5281/zenodo.99900001 zenodo=99900001", venue="Zenodo", abstract="All bells of a register, counted.",
    ),
    _work(
        "hedges", "a thesis that CORE alone has (with a key)", "Hedges, Ditches and Memory", "Caradoc Vane", 2014,
        "doi=10.5555/thesis.2014.9 core=990001", venue="University of Fernhill", routes="core",
        landing="https://theses.example.org/caradoc-vane", abstract="What hedges remember of old fields.",
    ),
    _work(
        "timetables", "a thesis in OpenAlex's expansion only", "The Grammar of Ferry Timetables", "Solveig Nygaardsen", 2018,
        "doi=10.7282/t3-9990-0001", venue="University of the Fjords", only_xpac=True, hidden_from="s2",
        landing="https://scholarship.example.edu/timetables", page_names_file=True,
        files="https://scholarship.example.edu/timetables/file.pdf", abstract="Timetables have a grammar of their own.",
    ),
)  # fmt: skip


def decoy_of(work: ScholarlyWork, number: int) -> ScholarlyWork:
    """Another work with nearly the same title, and an open PDF, that a reader must not be given."""
    forms = ("Comments on {}", "{}, Revisited: A Survey of Later Work")
    people = ("Ulla Fenwright", "Bertrand Oakshaw")[number]
    return ScholarlyWork(
        key=f"{work.key}-decoy{number}",
        why=f"a near miss of {work.key}",
        title=forms[number].format(work.title),
        authors=(people,),
        year=work.year + 1 + number,
        venue="Near Misses",
        abstract="A later work by others.",
        ids=(("doi", f"10.5555/decoy.{work.key}.{number}"),),
        page_names_file=True,
        files=(f"https://decoys.example.org/{work.key}-{number}.pdf",),
        landing=f"https://decoys.example.org/{work.key}-{number}",
        is_computing=work.is_computing,
        decoy_of=work.key,
    )


WORKS: tuple[ScholarlyWork, ...] = (
    *FIELDS,
    *(decoy_of(work, number) for work in FIELDS for number in range(2)),
)
"""All of them; `FIELDS` are those a reader may want."""


def work(key: str) -> ScholarlyWork:
    """The work with this key."""
    return next(w for w in WORKS if w.key == key)
