import dataclasses

import numpy as np
import pytest

from litmap.errors import LitmapError
from litmap.models import Filing, Heading, Mention, Suggestion
from litmap.topics import (
    PaperText,
    calibration,
    clusters,
    file_works,
    has_subject,
    is_inbox,
    labels,
    move_lines,
    patch,
    read_outline,
    review,
)
from litmap.topics.evidence import gather
from litmap.topics.outline import Outline, _subject_of
from litmap.topics.patch import starts_item
from litmap.topics.scoring import neighbour_graph, propagate, regress

SUBJECTS = {
    "Bees": "bee hive honey pollen swarm queen worker nectar forage colony",
    "Volcanoes": "lava magma eruption crater ash basalt tectonic vent pumice plume",
    "Sonnets": "rhyme stanza verse metre iambic quatrain couplet poet volta lyric",
    "Bridges": "arch girder truss span cable load pier deck suspension beam",
}
VOCABULARY = sorted(
    {w for text in SUBJECTS.values() for w in text.split()} | {s.lower() for s in SUBJECTS}
)


class WordEncoder:
    """A unit vector that counts the words of the subjects; a heading's name counts as all words of
    its subject.
    """

    name = "words"
    dim = len(VOCABULARY) + 1
    window = 256

    def encode(self, texts):
        out = np.full((len(texts), self.dim), 0.05, dtype=np.float32)
        for i, text in enumerate(texts):
            for word in text.lower().replace(".", " ").replace(",", " ").split():
                spoken = SUBJECTS.get(word.title(), word).split()
                for w in spoken:
                    if w in VOCABULARY:
                        out[i, VOCABULARY.index(w)] += 1.0 / len(spoken)
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def make_papers(each=8, subjects=tuple(SUBJECTS), seed=0):
    draw = np.random.default_rng(seed)
    papers = []
    for subject in subjects:
        words = SUBJECTS[subject].split()
        for i in range(each):
            own = [*draw.choice(words, 6), str(draw.choice(VOCABULARY))]
            papers.append(
                PaperText(
                    f"{subject}:{i}",
                    " ".join(own[:3]),
                    " ".join(own),
                    year=2000 + i,
                    has_pdf=i % 2 == 0,
                )
            )
    return papers


def run(papers, noted, headings, **more):
    encoder = WordEncoder()
    vectors = encoder.encode([f"{p.title}. {p.abstract}" for p in papers])
    return file_works(papers, headings, noted, vectors=vectors, encoder=encoder, **more)


def outline(*names, extra=("Inbox",)):
    return {"notes.md": [Heading((n,), i + 1) for i, n in enumerate((*names, *extra))]}


def inbox_of(papers, known, per=2):
    """Each subject in `known` has `per` papers filed; the rest is in the inbox."""
    return {
        p.id: ((p.id.split(":")[0],),)
        if p.id.split(":")[0] in known and int(p.id.split(":")[1]) < per
        else (("Inbox",),)
        for p in papers
    }


@pytest.mark.parametrize(
    "heading",
    ["Inbox", "To read", "📥 Inbox", "Papers to read (2021)", "Zu lesen", "À lire", "待读", "Прочитать", "2021-03-04",
     "März 2021", "References", "Unsorted / misc", "III.", "", "Week 12", "その他"],
)  # fmt: skip
def test_headings_without_subject(heading):
    assert not has_subject(heading)


@pytest.mark.parametrize(
    "heading",
    ["Kernels", "Reading comprehension", "Memory", "misc theoretical areas", "核方法", "Oракул"],
)
def test_headings_with_subject(heading):
    assert has_subject(heading)
    assert not is_inbox(heading)


def test_topic_of_strips_what_names_no_subject():
    got = read_outline(
        {
            "a": [
                Heading(p, 1)
                for p in [("Kernels",), ("Kernels", "References"), ("Inbox",), ("Depth",)]
            ]
        }
    )
    assert got.topics == (("Kernels",), ("Depth",))
    assert got.topic_of(("Kernels", "References")) == ("Kernels",)
    assert got.topic_of(("Kernels", "To read")) == ("Kernels",)
    assert got.topic_of(("Inbox", "2021")) is None
    assert got.topic_of(()) is None


def test_title_of_a_note_is_no_topic_but_a_group_with_papers_is():
    paths = [
        ("Reading",),
        ("Reading", "Bees"),
        ("Reading", "Bees", "Dance"),
        ("Reading", "Sonnets"),
    ]
    got = read_outline({"a": [Heading(p, 1) for p in paths]}, [[("Reading",), ("Reading", "Bees")]])
    assert got.titles == {("Reading",)}
    assert got.topics == (("Reading", "Bees"), ("Reading", "Bees", "Dance"), ("Reading", "Sonnets"))
    assert got.topic_of(("Reading",)) is None
    assert got.topic_of(("Reading", "Inbox")) is None


def test_a_heading_is_judged_once_however_many_works_stand_under_it(monkeypatch):
    judged = []
    monkeypatch.setattr(
        Outline,
        "topic_of",
        lambda self, path: judged.append(path) or path,
    )
    works = [[("Insects", "Bees")], [("Insects", "Ants"), ("Insects", "Bees")]] * 100
    got = read_outline({"a": [Heading(("Insects",), 1)]}, works)
    assert judged == [("Insects", "Bees"), ("Insects", "Ants")]
    assert set(got.topics) == set(judged)


def test_other_below_a_subject_is_a_topic():
    got = read_outline(
        {
            "a": [
                Heading(("Kernels",), 1),
                Heading(("Kernels", "Graphs"), 2),
                Heading(("Kernels", "Other"), 3),
            ]
        }
    )
    assert ("Kernels", "Other") in got.topics
    assert got.topic_of(("Kernels", "Other")) == ("Kernels", "Other")


def test_inbox_is_filed_by_content_with_and_without_examples():
    papers = make_papers()
    for per in (0, 2):
        noted = inbox_of(papers, SUBJECTS if per else (), per)
        result = run(papers, noted, outline(*SUBJECTS))
        rows = [f for f in result.filings if f.noted == (("Inbox",),)]
        right = [f.suggested == (f.work.split(":")[0],) for f in rows]
        assert np.mean(right) > 0.9
        assert all(0 <= f.confidence <= 1 and len(f.alternatives) >= 3 for f in rows)
        assert not any(f.suggested in [a.heading for a in f.alternatives] for f in rows)


def test_readers_word_stays_and_a_misfit_is_named():
    papers = make_papers()
    noted = {p.id: ((p.id.split(":")[0],),) for p in papers}
    noted["Bees:0"] = (("Sonnets",),)
    result = run(papers, noted, outline(*SUBJECTS))
    filing = next(f for f in result.filings if f.work == "Bees:0")
    assert filing.noted == (("Sonnets",),)
    assert filing.suggested == ("Bees",)
    assert "reads like 'Bees'" in filing.misfit
    assert "Bees:0" in next(t for t in result.topics if t.heading == ("Sonnets",)).works
    assert [f.works for f in result.findings if f.kind == "misfit"] == [("Bees:0",)]


def test_examples_overrule_a_heading_that_says_nothing():
    papers = make_papers()
    names = {"Bees": "Alpha", "Volcanoes": "Beta", "Sonnets": "Gamma", "Bridges": "Delta"}
    few, many = [], []
    for per, out in ((1, few), (4, many)):
        noted = {
            k: tuple((names.get(h[0], h[0]),) for h in v)
            for k, v in inbox_of(papers, SUBJECTS, per).items()
        }
        for f in run(papers, noted, outline(*names.values())).filings:
            if f.noted == (("Inbox",),):
                out.append(f.suggested == (names[f.work.split(":")[0]],))
    assert np.mean(few) > 0.6
    assert np.mean(many) >= np.mean(few)


def test_a_citation_helps():
    papers = [*make_papers(6, ("Bees", "Bridges")), PaperText("x", "untitled", "nothing said")]
    noted = {**inbox_of(papers[:-1], ("Bees", "Bridges"), 6), "x": (("Inbox",),)}
    links = [("x", f"Bridges:{i}") for i in range(6)]
    result = run(papers, noted, outline("Bees", "Bridges"), links=links)
    assert result.filings[-1].suggested == ("Bridges",)


def test_shared_references_count_as_links():
    papers = make_papers(6, ("Bees", "Bridges"))
    links = [(p.id, f"doi:{p.id.split(':')[0]}-{k}") for p in papers for k in range(3)]
    cites = gather(
        papers,
        read_outline({}),
        WordEncoder().encode([p.title for p in papers]),
        WordEncoder(),
        None,
        links,
    ).cites
    dense = np.asarray(cites.todense())
    assert dense[0, 1] > 0
    assert dense[0, 6] == 0
    assert dense.diagonal().max() == 0


def test_what_fits_none_forms_a_named_cluster():
    papers = make_papers(14)
    known = tuple(s for s in SUBJECTS if s != "Volcanoes")
    result = run(papers, inbox_of(papers, known, 7), outline(*known))
    lost = [f for f in result.filings if f.suggested is None]
    assert len(lost) >= 7
    assert all(f.work.startswith("Volcanoes") for f in lost)
    emergent = [t for t in result.topics if t.heading is None]
    assert len(emergent) == 1
    assert set(emergent[0].keywords) & set(SUBJECTS["Volcanoes"].split())
    assert {f.cluster for f in lost} <= {emergent[0].id, None}
    assert any(f.kind == "new-topic" for f in result.findings)


def test_same_library_same_result():
    papers = make_papers()
    noted = inbox_of(papers, ("Bees", "Sonnets"), 3)
    assert run(papers, noted, outline("Bees", "Sonnets")) == run(
        papers, noted, outline("Bees", "Sonnets")
    )


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("names", [(), ("Bees",), ("Bees", "Sonnets")])
def test_tiny_libraries(count, names):
    papers = make_papers(2, ("Bees",))[:count]
    result = run(papers, {}, outline(*names))
    assert len(result.filings) == count
    assert all(np.isfinite(f.confidence) for f in result.filings)


def test_works_without_any_text_and_hostile_text():
    papers = [
        *make_papers(4),
        PaperText("empty", ""),
        PaperText("odd", "\x00<script>" * 5, "((((" * 5000),
    ]
    result = run(papers, {**inbox_of(papers[:-2], SUBJECTS, 2)}, outline(*SUBJECTS))
    assert len(result.filings) == len(papers)


def test_rows_must_match():
    with pytest.raises(LitmapError):
        file_works(
            make_papers(), {}, {}, vectors=np.zeros((1, 4), np.float32), encoder=WordEncoder()
        )


def test_leave_one_out_equals_leaving_out():
    draw = np.random.default_rng(0)
    points = draw.normal(size=(12, 5))
    prior = np.full((12, 2), 0.5)
    filed = np.zeros((12, 2))
    filed[:6, 0] = filed[6:9, 1] = 1
    kept = regress(points, prior, filed)
    for i in range(9):
        without = filed.copy()
        without[i] = 0
        assert np.allclose(kept[i], regress(points, prior, without)[i])
    graph = neighbour_graph(points / np.linalg.norm(points, axis=1, keepdims=True), None, 4)
    spread = propagate(graph, prior, filed)
    without = filed.copy()
    without[0] = 0
    assert np.allclose(spread[0], propagate(graph, prior, without)[0], rtol=0.15)


def test_sureness_follows_hits():
    draw = np.random.default_rng(0)
    gold = np.eye(4)[draw.integers(0, 4, 400)]
    good, poor = gold * 3 + draw.normal(size=gold.shape), gold * 0.3 + draw.normal(size=gold.shape)
    assert calibration.fit_sharpness(good, gold) > calibration.fit_sharpness(poor, gold)
    assert calibration.fit_sharpness(good, np.zeros_like(gold)) == calibration.PRIOR_SHARPNESS


def test_clusters_find_groups_as_coarse_as_asked():
    draw = np.random.default_rng(0)
    centres = np.eye(12)[:6]
    truth = np.repeat(np.arange(6), 15)
    points = centres[truth] + 0.15 * draw.normal(size=(90, 12))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    found = clusters.cluster(points, None, target_cluster_size=15)
    assert len(set(found.tolist())) == 6
    assert all(len(set(found[truth == g].tolist())) == 1 for g in range(6))
    assert 2 <= len(set(clusters.cluster(points, None, target_cluster_size=45).tolist())) < 6
    assert len(set(clusters.cluster(points, None, cluster_count=2).tolist())) == 2
    finest = clusters.cluster(points, None, cluster_count=24)
    assert all(len(set(truth[finest == g].tolist())) == 1 for g in set(finest.tolist()) - {-1})
    assert len(set(finest.tolist())) > 12
    assert (clusters.cluster(points[:2], None) == -1).all()


def test_labels_are_a_groups_own_words():
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer()
    matrix = counter.fit_transform(
        ["lava ash common", "lava vent common", "verse rhyme common", "verse poet common"]
    )
    one, two = labels.keywords(
        matrix.astype(float), counter.get_feature_names_out(), [[0, 1], [2, 3]], most=2
    )
    assert one[0] == "lava"
    assert two[0] == "verse"


def test_labels_have_no_words_that_name_nothing():
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(ngram_range=(1, 2))
    matrix = counter.fit_transform(["lava requires closer", "lava requires closer", "verse rhyme"])
    one, two = labels.keywords(
        matrix.astype(float), counter.get_feature_names_out(), [[0, 1], [2]], most=6
    )
    assert not {"requires", "closer", "requires closer"} & set(one)
    assert any("lava" in term for term in one)
    assert two


def test_findings_and_coverage():
    papers = make_papers(8)
    noted = {p.id: ((p.id.split(":")[0],),) for p in papers}
    for p in papers:  # one heading with two subjects, and one subject under two headings
        if p.id.startswith("Volcanoes"):
            noted[p.id] = (("Sonnets",),)
        if p.id.startswith("Bees") and int(p.id[-1]) % 2:
            noted[p.id] = (("Apiculture",),)
    links = [(p.id, "doi:10.1/classic") for p in papers if p.id.startswith("Bridges")]
    result = run(
        papers, noted, outline("Bees", "Apiculture", "Sonnets", "Bridges", "Empty"), links=links
    )
    kinds = {f.kind: f for f in result.findings}
    assert kinds["two-subjects"].heading == ("Sonnets",)
    assert {kinds["near-duplicate"].heading, kinds["near-duplicate"].proposal} == {
        ("Bees",),
        ("Apiculture",),
    }
    assert any(f.kind == "thin" and f.heading == ("Empty",) for f in result.findings)
    bridges = next(c for c in result.coverage if c.heading == ("Bridges",))
    assert (bridges.works, bridges.with_pdf, bridges.years) == (8, 4, (2000, 2007))
    assert bridges.missing == (("doi:10.1/classic", 8),)
    assert len(bridges.central) == 3
    assert dataclasses.asdict(result)


@dataclasses.dataclass
class Entry:
    mentions: tuple[Mention, ...]


def test_patch_moves_an_inbox_item_below_its_heading(tmp_path):
    text = (
        "# Bees\n\n- [one](https://a.org/1)\n\n# Inbox\n\n- [two](https://a.org/2)\n  a remark\n- "
        "[three](https://a.org/3)\n"
    )
    cited = {
        "w1": Entry((Mention("n.md", 3, "one", ("Bees",)),)),
        "w2": Entry((Mention("n.md", 7, "two", ("Inbox",)),)),
        "w3": Entry((Mention("n.md", 9, "three", ("Inbox",)),)),
    }
    filings = [
        Filing("w1", (("Bees",),), ("Bees",), 0.9),
        Filing("w2", (("Inbox",),), ("Bees",), 0.9, (Suggestion(("Sonnets",), 0.1),)),
        Filing("w3", (("Inbox",),), ("Bees",), 0.2),
    ]
    old = {"n.md": text.encode()}
    moved = move_lines(old, cited, filings)
    new = apply(text, patch(old, moved).decode())
    assert new.encode() == moved["n.md"]
    assert (
        new
        == "# Bees\n\n- [one](https://a.org/1)\n- [two](https://a.org/2)\n  a remark\n\n# Inbox\n\n- [three](https://a.org/3)\n"
    )
    assert move_lines(old, cited, filings[:1]) == {}
    assert patch(old, {}) == b""


def apply(text, diff):
    """The text after a unified diff, hunk lines only."""
    old, out, at = text.splitlines(keepends=True), [], 0
    for line in diff.splitlines(keepends=True)[2:]:
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0][1:]) - 1
            out += old[at:start]
            at = start
        elif line.startswith("+"):
            out.append(line[1:])
        elif line.startswith("-"):
            at += 1
        else:
            out.append(old[at])
            at += 1
    return "".join(out + old[at:])


# ── named decisions ──────────────────────────────────────────────────────────────────────────────
def pair(**changes):
    known = {
        "one": ("Loss surfaces",),
        "two": ("Landscapes",),
        "name_cosine": 0.2,
        "are_apart": True,
        "works_similarity": 0.2,
        "is_thin": False,
        "cross_chance": 0.0,
    }
    return review._HeadingPair(**{**known, **changes})


@pytest.mark.parametrize(
    ("changes", "names", "works"),
    [
        ({}, False, False),
        ({"two": ("loss  Surfaces",)}, False, False),  # its works say otherwise
        ({"two": ("loss  Surfaces",), "works_similarity": 0.5}, True, False),
        ({"two": ("loss  Surfaces",), "works_similarity": float("nan")}, True, False),
        ({"name_cosine": 0.8, "works_similarity": 0.5}, True, False),
        ({"name_cosine": 0.8, "works_similarity": 0.5, "are_apart": False}, False, False),
        ({"works_similarity": 0.9}, False, False),
        ({"works_similarity": 0.9, "cross_chance": 0.1}, False, True),
        ({"works_similarity": 0.9, "cross_chance": 0.1, "is_thin": True}, False, False),
    ],
)
def test_two_headings_are_one_by_their_names_or_by_their_works(changes, names, works):
    assert (pair(**changes).names_agree, pair(**changes).works_agree) == (names, works)


@pytest.mark.parametrize(
    ("term", "other", "more"),
    [
        ("batch normalization", "batch", True),
        ("batch sizes", "batches", True),
        ("batch", "batch normalization", False),
        ("weight decay", "batch", False),
    ],
)
def test_a_term_says_more_where_it_has_all_words_of_the_other(term, other, more):
    assert labels._says_more(term, other) is more


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        (("Optimisation", "Inbox"), ("Optimisation",)),
        (("Optimisation", "Other"), ("Optimisation", "Other")),
        (("Reading", "Other"), ()),
        (("2021-03", "To read"), ()),
        (("Title", "Other"), ("Title",)),
    ],
)
def test_a_heading_without_subject_leaves_its_path(path, subject):
    assert _subject_of(path, {("Title",)}) == subject


@pytest.mark.parametrize(
    ("lines", "starts"),
    [
        (["- A paper"], True),
        (["1. A paper"], True),
        (["A paper"], True),
        (["Words before", "A paper"], False),
        (["A heading", "========="], False),
        (["## A heading"], False),
    ],
)
def test_an_item_is_listed_or_stands_alone(lines, starts):
    at = len(lines) - 1 if "=" not in lines[-1] else 0
    assert starts_item(lines, at) is starts
