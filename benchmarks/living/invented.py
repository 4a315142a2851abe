"""Invented papers on five subjects, and on others, that tell their subject by title and abstract."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.scholarly_web import ScholarlyWork

SUBJECTS: Mapping[str, tuple[str, Sequence[str]]] = {
    "Sleep in hospitals": (
        "night shifts, melatonin, insomnia, ward noise, naps, dreaming, snoring, circadian rhythms, "
        "sleep apnoea, bright light, jet lag, caffeine, restless legs, sleep diaries, actigraphy, "
        "blue light, sleep debt, lullabies, early bedtimes, parasomnias, slow waves, earplugs, "
        "sedation, drowsiness",
        (
            "We study {a} and {b} among patients who sleep in hospital wards.",
            "Nurses recorded sleep, waking and {a} of every patient over forty nights.",
            "Total sleep time rose and insomnia fell when the ward was dark and quiet.",
            "The effect of {a} on the sleep of patients was larger than that of {b}.",
            "Sleepy patients recovered later, and {b} made them sleep worse.",
        ),
    ),
    "Life of the rocky shore": (
        "limpets, barnacles, kelp, mussel beds, rock pools, sea grass, lugworms, periwinkles, "
        "spring tides, salt marshes, sea anemones, shore crabs, sea urchins, plankton blooms, "
        "oyster reefs, starfish, beach wrack, dog whelks, mudflats, wave exposure, razor clams, "
        "seaweed, sponges, chitons",
        (
            "We count {a} and {b} between the tide marks of rocky shores.",
            "Quadrats on the intertidal shore were visited at low tide through two seasons.",
            "Grazing by snails and the waves decide how far up the shore {a} are found.",
            "Where {b} were removed from the rock, seaweed and {a} came back within a year.",
            "The zones of animals on the shore follow the tide, and {b} follow them.",
        ),
    ),
    "Bridges and their wear": (
        "timber trusses, suspension cables, expansion joints, bridge bearings, arch ribs, pile caps, "
        "deck slabs, stay cables, bolted splices, girder webs, fatigue cracks, scour holes, "
        "footbridge vibration, wind flutter, masonry arches, steel corrosion, parapets, "
        "prestressing tendons, movable spans, load tests, abutments, welded seams, concrete creep, "
        "truss joints",
        (
            "We inspect {a} and {b} of road bridges under traffic load.",
            "Strain gauges on steel girders of the bridge measured stress for three years.",
            "Fatigue of welded steel grows with heavy lorries and shortens the life of {a}.",
            "A finite element model of the bridge deck agrees with load tests of {b}.",
            "Bridge owners should inspect {a} before the concrete and {b} are repaired.",
        ),
    ),
    "Algorithms on graphs": (
        "shortest paths, spanning trees, vertex colouring, maximum matchings, planar graphs, "
        "graph minors, minimum cuts, network flows, random walks, independent sets, "
        "Hamiltonian cycles, tree width, expanders, dominating sets, vertex covers, "
        "graph isomorphism, page ranks, clique covers, bipartite graphs, acyclic digraphs, "
        "streamed edges, triangle counting, Steiner trees, edge orientations",
        (
            "We give an algorithm for {a} in graphs with n vertices and m edges.",
            "The running time is linear in the number of edges for graphs of bounded degree.",
            "A reduction from {b} shows that no faster algorithm for {a} is to be expected.",
            "The approximation of {a} on planar graphs is within a constant factor.",
            "Our proof uses {b} and a decomposition of the graph into trees.",
        ),
    ),
    "Kites and gliders": (
        "box kites, paragliders, tethers, sailplanes, thermals, kite reels",
        (
            "We fly {a} and measure lift, drag and the pull of the tether.",
            "Gliders and kites stay in the air where the wind rises along a slope.",
            "The aerodynamics of {a} differ from those of {b} at low speed.",
        ),
    ),
}
"""Headings with what their papers are about, and sentences of their abstracts."""
OTHERS: Mapping[str, tuple[str, Sequence[str]]] = {
    "law": (
        "tenancy contracts, customs duties, village courts, wills, patents, guild charters",
        (
            "We read the judgments on {a} that medieval courts handed down.",
            "Jurists disagreed about {b}, and statutes of the crown settled little.",
            "Plaintiffs won more often where {a} were put in writing before a notary.",
        ),
    ),
    "bread": (
        "sourdough, rye flour, gluten, yeast strains, oven steam, crumb texture",
        (
            "We bake loaves with {a} and let a panel of tasters judge them.",
            "Fermentation of the dough at low temperature changes {b}.",
            "Bakers preferred loaves in which {a} had been kneaded twice.",
        ),
    ),
    "verse": (
        "sonnets, ballads, metre, rhyme royal, elegies, blank verse",
        (
            "We compare {a} and {b} of poets of the seventeenth century.",
            "Metaphor and metre of the stanza tell which poet had read the other.",
            "Editors of the poems emended {a} where the rhyme seemed impure.",
        ),
    ),
    "taxes": (
        "sales taxes, tariffs, inheritance duties, payroll levies, subsidies, rebates",
        (
            "We estimate how households respond to {a} in a panel of tax returns.",
            "Consumption falls before {b} are announced and prices rise after.",
            "The elasticity of taxable income is small where {a} are withheld.",
        ),
    ),
}
"""Papers that fit no heading."""
_WAYS = (
    "Measuring", "A Survey of", "Rethinking", "Notes on", "Limits of", "A Second Look at",
    "Forecasting", "Lessons from",
)  # fmt: skip
_GIVEN = ("Ada", "Bo", "Carys", "Dov", "Edda", "Finn", "Greta", "Hugo", "Ines", "Jory")
_FAMILY = (
    "Aldermoor", "Brackett", "Castellane", "Dunmere", "Elmswell", "Fenwright", "Garrowby",
    "Hollins", "Ismay", "Jessop", "Kelmarsh", "Lomond", "Marchetti", "Nyquist", "Oakshaw",
    "Penhallow", "Quiroga", "Rossmoor", "Silverdale", "Tamburlane",
)  # fmt: skip


@dataclass
class Press:
    """Makes papers, each about something that no other of its subject begins with."""

    rng: random.Random

    def __post_init__(self) -> None:
        self._made = 0
        self._things = {name: list(self._shuffled(name)) for name in (*SUBJECTS, *OTHERS)}

    def _shuffled(self, name: str) -> Iterator[tuple[str, str]]:
        things = _things(name)
        first = self.rng.sample(things, len(things))
        yield from ((one, first[number - 1]) for number, one in enumerate(first))

    def left(self, subject: str) -> int:
        """How many more papers can be had on it."""
        return len(self._things[subject])

    def paper(self, subject: str, year: int, *, on_arxiv: bool) -> ScholarlyWork:
        """A new paper, as a preprint of arXiv or an open article of a journal."""
        self._made += 1
        number = self._made
        a, b = self._things[subject].pop()
        sentences = {**SUBJECTS, **OTHERS}[subject][1]
        chosen = [sentences[0], *self.rng.sample(sentences[1:], min(3, len(sentences) - 1))]
        people = [
            f"{self.rng.choice(_GIVEN)} {family}"
            for family in self.rng.sample(_FAMILY, self.rng.randint(1, 3))
        ]
        page = f"https://journal.example.org/articles/{number}"
        doi = f"10.5555/weeks.{number}"
        return ScholarlyWork(
            key=f"paper{number}",
            why="",
            title=f"{self.rng.choice(_WAYS)} {a[0].upper()}{a[1:]} and {b[0].upper()}{b[1:]}",
            authors=tuple(people),
            year=year,
            venue="arXiv" if on_arxiv else "Journal of Slow Weeks",
            abstract=" ".join(s.format(a=a, b=b) for s in chosen),
            ids=(("arxiv", f"2603.{number:05}v1"),) if on_arxiv else (("doi", doi),),
            landing="" if on_arxiv else page,
            page_names_file=not on_arxiv,
            files=() if on_arxiv else (f"{page}.pdf",),
            is_computing=subject == "Algorithms on graphs",
        )

    def refill(self, subject: str) -> None:
        """Another round of what papers that fit no heading are about, in other pairs."""
        things = _things(subject)
        step = self.rng.randint(2, len(things) - 1)
        self._things[subject] = [(t, things[i - step]) for i, t in enumerate(things)]


def _things(subject: str) -> list[str]:
    return [thing.strip() for thing in {**SUBJECTS, **OTHERS}[subject][0].split(",")]
