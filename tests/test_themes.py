"""Headings of several notes brought together into themes, in the build and as the reader has it."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.cli import main
from litmap.cli.topics_text import distance_word
from litmap.errors import UsageError
from litmap.library import Library
from litmap.library.topics_view import TopicsView
from litmap.models import Heading, Theme, Topic
from litmap.topics import ThemeEditor, apply_kept, read_outline, themes
from litmap.topics.outline import Outline
from litmap.topics.records import Finding
from tests.test_topics import SUBJECTS, make_papers, run

PARTS = ("habits", "history", "in the field")


def two_notes(each=6):
    """Papers of four subjects below twelve headings of two notes; parts of a subject are no
    different in words.
    """
    papers = make_papers(each)
    headings = {"one.md": [], "two.md": []}
    noted = {}
    for number, subject in enumerate(SUBJECTS):
        for part, ending in enumerate(PARTS):
            note = "one.md" if (number + part) % 2 else "two.md"
            path = (f"{subject} {ending}",)
            headings[note].append(Heading(path, len(headings[note]) + 1))
            for i in range(part, each, len(PARTS)):
                noted[f"{subject}:{i}"] = [path]
    return papers, noted, headings


def test_headings_of_one_subject_come_together_whatever_their_note():
    result = run(*two_notes())
    names = {t.id: t.heading[-1].split()[0] for t in result.topics if t.heading}
    together = [{names[t] for t in theme.topics} for theme in result.themes]
    assert all(len(subjects) == 1 for subjects in together), together
    assert sorted(t for theme in result.themes for t in theme.topics) == sorted(names)


def test_a_theme_is_named_after_one_of_its_headings_and_no_two_alike():
    result = run(*two_notes())
    labels = {t.id: t.label for t in result.topics}
    assert all(theme.label in {labels[t] for t in theme.topics} for theme in result.themes)
    assert len({theme.label for theme in result.themes}) == len(result.themes)


@pytest.mark.parametrize("count", range(5))
def test_few_headings_have_no_themes(count):
    names = list(SUBJECTS)[:count]
    headings = {"a.md": [Heading((name,), i) for i, name in enumerate(names)]}
    assert run(make_papers(2, names), {}, headings).themes == ()


def test_the_same_library_has_the_same_themes():
    assert run(*two_notes()).themes == run(*two_notes()).themes


def test_themes_keep_their_ids_when_a_paper_goes():
    papers, noted, headings = two_notes()
    before = run(papers, noted, headings).themes
    after = run(papers[1:], noted, headings).themes
    assert {theme.id for theme in after} & {theme.id for theme in before}


def test_near_equal_headings_of_two_notes_are_one_row():
    outline = Outline(
        (("Bees",), ("Honey bees",), ("Lava",)),
        {},
        {("Bees",): ("a",), ("Honey bees",): ("b",), ("Lava",): ("a",)},
        frozenset(),
    )
    names = np.array([[1.0, 0.0], [0.9, np.sqrt(1 - 0.81)], [0.0, 1.0]])
    same = themes.near_equal(names, outline)
    assert same.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    in_one_note = dataclasses.replace(outline, notes=dict.fromkeys(outline.topics, ("a",)))
    assert not themes.near_equal(names, in_one_note).any()


def test_headings_of_no_known_note_are_not_said_to_be_of_different_notes():
    topics = (("Bees",), ("Honey bees",), ("Lava",))
    names = np.array([[1.0, 0.0], [0.9, np.sqrt(1 - 0.81)], [0.0, 1.0]])
    for notes in ({}, {("Bees",): ("a",), ("Lava",): ("b",)}, {("Honey bees",): ("a",)}):
        assert not themes.near_equal(names, Outline(topics, {}, notes, frozenset())).any()


@pytest.mark.parametrize("m", [5, 8, 20, 60])
def test_there_are_as_many_themes_as_can_be_taken_in_at_a_glance(m):
    rows = np.random.default_rng(m).normal(size=(m, 6))
    count = themes.group_headings(rows).max() + 1
    assert m**0.5 - 1 < count <= 2 * m**0.5


def test_a_common_parent_names_the_theme_and_a_notes_title_does_not():
    papers, _, _ = two_notes(each=6)
    names = [(subject, f"{subject} {part}") for subject in SUBJECTS for part in PARTS]
    noted = {
        f"{subject}:{i}": [("My notes", subject, f"{subject} {PARTS[i % 3]}")]
        for subject in SUBJECTS
        for i in range(6)
    }
    headings = [Heading(("My notes",), 1)]
    for path in names:
        if path[1].endswith(PARTS[0]):
            headings.append(Heading(("My notes", path[0]), len(headings) + 1))
        headings.append(Heading(("My notes", *path), len(headings) + 1))
    found = run(papers, noted, {"a.md": headings}).themes
    assert {theme.label for theme in found} >= set(SUBJECTS)
    assert "My notes" not in {theme.label for theme in found}


DIVIDED = [Heading(("Bees",), 1), Heading(("Lava",), 2), Heading(("Arches",), 3)]


@pytest.mark.parametrize(
    "alone",
    [
        [Heading(("Why does deep learning work?",), 1)],
        [Heading(("My great reading list of 2021",), 1), Heading(("References",), 2)],
        [Heading(("Notes on nature",), 1), Heading(("Notes on nature", "To read"), 2)],
        [Heading(("Papers from Anna",), 1), Heading(("Papers from Anna", "Bibliography"), 3)],
        [Heading((), 0), Heading(("Thoughts about science",), 1), Heading(("2021-03",), 9)],
    ],
)
def test_a_title_with_no_heading_beside_it_is_no_topic_among_divided_notes(alone):
    title = next(heading.path for heading in alone if heading.path)
    outline = read_outline({"a.md": alone, "b.md": DIVIDED, "c.md": DIVIDED}, [[title]])
    assert title not in outline.topics
    assert outline.topic_of(title) is None


@pytest.mark.parametrize(
    "titles",
    [["Bees"], ["Bees", "Lava"], ["Bees", "Lava", "Arches"], ["Sonnets", "Odes"], ["Bridges"] * 2],
)
def test_titles_are_topics_where_most_notes_are_of_one_subject(titles):
    notes = {f"{i}.md": [Heading((title,), 1)] for i, title in enumerate(titles)}
    outline = read_outline({**notes, "all.md": DIVIDED})
    assert {(title,) for title in titles} <= set(outline.topics)


# ── the reader's word ─────────────────────────────────────────────────────────────────────────────
TOPICS = tuple(
    Topic(f"heading:{name}", ("Notes", name), name, works=(f"w{name}",)) for name in "abcdef"
)


def build(*groups):
    return tuple(
        Theme(f"theme:{g[0]}", g[0].upper(), tuple(f"heading:{one}" for one in g)) for g in groups
    )


def editor(themes, kept=(), topics=TOPICS):
    return ThemeEditor(apply_kept(themes, topics, kept), topics, tuple(kept))


def test_a_name_that_two_themes_bear_is_answered_with_their_ids():
    two = (Theme("theme:1", "Bees", ("t:0",)), Theme("theme:2", "Bees", ("t:1",)))
    with pytest.raises(UsageError, match=r"2 themes .* id: theme:1; theme:2$"):
        ThemeEditor((*two, Theme("theme:3", "Lava", ())), (), ()).theme("bees")


def shown(themes, kept, topics=TOPICS):
    """{label: headings} as the reader sees them."""
    return {
        theme.label: "".join(topic[-1] for topic in theme.topics)
        for theme in apply_kept(themes, topics, kept)
    }


AUTOMATIC = build("abc", "de", "f")


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda t: t.confirm("A"), {"A": "abc", "D": "de", "F": "f"}),
        (lambda t: t.rename("A", " New  name "), {"New name": "abc", "D": "de", "F": "f"}),
        (lambda t: t.merge("A", "D"), {"A": "abcde", "F": "f"}),
        (lambda t: t.move("c", "D"), {"A": "ab", "D": "cde", "F": "f"}),
        (lambda t: t.move("a", "theme:d"), {"D": "ade", "A": "bc", "F": "f"}),
        (lambda t: t.split("b"), {"A": "ac", "b": "b", "D": "de", "F": "f"}),
        (lambda t: t.split("a", "Mine"), {"Mine": "a", "A": "bc", "D": "de", "F": "f"}),
        (lambda t: t.move("Notes › f", "A"), {"A": "abcf", "D": "de"}),
        (lambda t: t.merge("F", "A"), {"F": "abcf", "D": "de"}),
        (lambda t: t.join("a", "d"), {"A": "abcd", "D": "e", "F": "f"}),
        (lambda t: t.join("a", "c"), {"A": "abc", "D": "de", "F": "f"}),
        (lambda t: t.part("a", "d"), {"A": "abc", "D": "de", "F": "f"}),
        (lambda t: t.part("a", "c"), {"A": "ab", "c": "c", "D": "de", "F": "f"}),
    ],
)
def test_the_readers_word_changes_the_themes(act, expected):
    assert shown(AUTOMATIC, act(editor(AUTOMATIC))) == expected


@pytest.mark.parametrize("themes", [AUTOMATIC, build("abcdef"), build("a", "bcdef"), ()])
@pytest.mark.parametrize(("one", "two"), ["ab", "ad", "fc"])
def test_a_pair_is_together_or_apart_by_the_readers_word_alone(themes, one, two):
    pair = Finding("near-duplicate", ("Notes", one), "", (), ("Notes", two))
    other = Finding("near-duplicate", ("Notes", "e"), "", (), ("Notes", "gone"))
    view = TopicsView(TOPICS, (), (pair, other), {}, {}, themes=themes)
    assert view.with_kept(()).findings == (pair, other)
    for kept, same in (
        (editor(themes).join(one, two), True),
        (editor(themes).part(one, two), False),
    ):
        told = view.with_kept(kept)
        assert told.findings == (other,)
        home = {topic: theme.id for theme in told.themes for topic in theme.topics}
        assert (home[f"heading:{one}"] == home[f"heading:{two}"]) == same


@pytest.mark.parametrize(
    "later",
    [build("abc", "de", "f"), build("abcdef"), build("a", "b", "c", "d", "e", "f"), ()],
)
def test_what_the_reader_kept_stays_whatever_a_build_finds(later):
    kept = editor(AUTOMATIC).move("c", "D")
    kept = editor(AUTOMATIC, kept).rename("D", "Mine")
    found = shown(later, kept)
    assert (found["A"][:2], found["Mine"][:3]) == ("ab", "cde")


def test_a_new_heading_goes_where_most_of_its_theme_stand():
    kept = editor(build("ab", "cd", "e")).rename("A", "First")
    assert shown(build("abf", "cd", "e"), kept) == {"First": "abf", "C": "cd", "E": "e"}


def test_a_heading_that_vanished_does_no_harm_and_finds_its_place_again():
    kept = editor(AUTOMATIC).merge("A", "F")
    fewer = TOPICS[:-1]
    themes = build("abc", "de")
    assert shown(themes, kept, fewer) == {"A": "abc", "D": "de"}
    kept = editor(themes, kept, fewer).rename("A", "Still mine")
    assert shown(AUTOMATIC, kept) == {"Still mine": "abcf", "D": "de"}


def test_a_word_taken_back_gives_the_suggestion_again():
    kept = editor(AUTOMATIC).rename("A", "Mine")
    assert shown(AUTOMATIC, editor(AUTOMATIC, kept).forget("Mine")) == shown(AUTOMATIC, ())


@pytest.mark.parametrize(
    "act",
    [
        lambda t: t.rename("Z", "x"),
        lambda t: t.rename("A", "  "),
        lambda t: t.merge("A", "A"),
        lambda t: t.move("z", "A"),
        lambda t: t.forget("A"),
    ],
)
def test_a_word_about_nothing_is_an_error(act):
    with pytest.raises(UsageError):
        act(editor(AUTOMATIC))


names = st.sampled_from("abcdef")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["move", "split", "merge", "confirm"]), names, names)),
    st.permutations("abcdef"),
    st.integers(1, 5),
)
def test_every_heading_stands_in_one_theme_after_any_words(acts, order, cut):
    kept = ()
    for act, one, other in acts:
        now = editor(AUTOMATIC, kept)
        home = {t[-1]: theme.id for theme in now.themes for t in theme.topics}
        needs = {
            "move": (one, home[other]),
            "split": (one,),
            "merge": (home[one], home[other]),
            "confirm": (home[one],),
        }[act]
        if act != "merge" or home[one] != home[other]:
            kept = getattr(now, act)(*needs)
    placed = [heading for theme in kept for heading in theme.headings]
    assert len(placed) == len(set(placed))
    later = build("".join(order[:cut]), "".join(order[cut:]))
    found = [topic for theme in apply_kept(later, TOPICS, kept) for topic in theme.topics]
    assert sorted(found) == [topic.id for topic in TOPICS]


# ── in a library ──────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def own_library(example_library, tmp_path):
    return shutil.copytree(example_library, tmp_path / "library")


def themes_of(root, capsys, *args):
    capsys.readouterr()
    assert main(["themes", "--library", str(root), "--json", *args]) == 0
    return {theme["label"]: theme for theme in json.loads(capsys.readouterr().out)}


def test_themes_by_command_are_kept_and_exported(own_library, capsys, tmp_path):
    before = themes_of(own_library, capsys)
    label = next(iter(before))
    after = themes_of(own_library, capsys, "--rename", label, "Renamed theme")
    assert after["Renamed theme"]["topics"] == before[label]["topics"]
    assert after["Renamed theme"]["kept"]
    with Library.open(own_library) as library:
        view = library.topics()
        works = view.works_of(view.find_theme("Renamed theme"))
        assert view.as_json()["themes"] == list(after.values())
        assert {t["theme"] for t in view.as_json()["topics"]} >= {after["Renamed theme"]["id"]}
    out = tmp_path / "theme.bib"
    arguments = ["export", str(out), "--theme", "renamed theme", "--library", str(own_library)]
    assert main(arguments) == 0
    assert out.read_text("utf-8").count("\n@") + 1 >= len(works) > 0
    assert themes_of(own_library, capsys, "--forget", "Renamed theme") == before


def test_nothing_is_kept_where_one_of_the_words_is_an_error(own_library, capsys):
    before = themes_of(own_library, capsys)
    label = next(iter(before))
    arguments = ["--rename", label, "New", "--split", "no such heading"]
    assert main(["themes", "--library", str(own_library), *arguments]) != 0
    capsys.readouterr()
    assert themes_of(own_library, capsys) == before


def test_topics_are_printed_with_what_groups_them_and_what_waits(example_library, capsys):
    assert main(["topics", "--library", str(example_library)]) == 0
    text = capsys.readouterr().out
    assert text.split("\n")[0].split() == ["papers", "heading", "theme"]
    assert "stand under no heading" in text
    assert main(["topics", "--coverage", "--library", str(example_library)]) == 0
    assert "separation" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("distance", "word"),
    [(0.1, "overlaps"), (0.45, "close"), (0.7, "apart"), (0.95, "unrelated"), (1.14, "unrelated")],
)
def test_a_distance_is_told_in_words(distance, word):
    assert distance_word(distance) == word
