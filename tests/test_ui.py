"""The app without a browser: escaping of hostile text, the figure, and what each state of a library
says.
"""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from litmap import maps
from litmap.library import Library
from litmap.models import Work
from litmap.pipeline.readers_labels import add_tags, set_important
from litmap.ui import access, formatting, map_view, tables

UI = Path(formatting.__file__).parent
ROOT = Path(__file__).parent.parent
HOSTILE = (
    '<script>alert(1)</script> <img src=x onerror="alert(1)"> [x](javascript:alert(1)) '
    "![i](https://evil.example/p) "
    "**b** _i_ `c` $x^2$ :red[r] :smile: :material/home: # h\n# heading\n- item\n1. one\n> q | a |"
    " b |\n--- ~~s~~ &lt; "
    "<a@b.c> https://evil.example www.evil.example a@evil.example :orange-background[x] [^1] "
    "\\[x\\] -> <- -- "
)


def rendered(markdown: str) -> tuple[set[str], str]:
    """Kinds of tokens that a Markdown reader sees, and the text it shows."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds, shown = set(), []
    for token in reader.parse(markdown):
        kinds.add(token.type)
        for child in token.children or ():
            kinds.add(child.type)
            shown.append(child.content)
    return kinds, "".join(shown)


# ── escaping ──────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=300, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("ab .:/<>[]()*_`~|#-+=!$\\^&@{}\"'\n\t0é\u202e\u200b"), max_size=60
    )
    | st.text(max_size=40)
)
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    kinds, shown = rendered(formatting.escape(text))
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    bare = formatting._CONTROL.sub("", text)
    wanted = " ".join(
        "".join(
            c if c.isprintable() else " " for c in formatting.unicodedata.normalize("NFC", bare)
        ).split()
    )
    assert shown.replace(formatting.JOINER, "") == wanted


def test_hostile_text_makes_no_markup_link_or_directive() -> None:
    escaped = formatting.escape(HOSTILE)
    assert rendered(escaped)[0] <= {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }
    shown = rendered(escaped)[1]
    assert not re.search(r"https?://|www\.|\w@\w|:smile:|:material/|->|--", shown), (
        "what is found without markup is broken"
    )
    assert not re.search(r"(?<!\\):\w+\[", escaped), "no directive"
    assert not re.search(r"(?<!\\)\$", escaped), "no formula"


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=80),
    st.integers(0, 80),
    st.integers(0, 80),
    st.lists(st.text(min_size=3, max_size=8), max_size=3),
)
def test_marked_text_has_no_markup_but_its_own(
    text: str, start: int, end: int, words: list[str]
) -> None:
    marked = formatting.mark(text, [(min(start, end), max(start, end))], words)
    without = re.sub(r"(?<!\\):orange-background(?=\[)", "", marked)
    kinds, _ = rendered(without)
    assert kinds <= {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
        "strong_open",
        "strong_close",
    }


def test_marks_the_sentence_and_the_words() -> None:
    marked = formatting.mark(
        "Flat minima generalise. Sharp ones do not.", [(0, 23)], ["flat", "ones"]
    )
    assert marked == ":orange-background[**Flat** minima generalise\\.]  Sharp **ones** do not\\."


def table_of(markdown: str) -> list[list[str]]:
    """The cells that a Markdown reader sees, the only block being a table."""
    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = reader.parse(markdown)
    assert {t.type for t in tokens if t.level == 0} == {"table_open", "table_close"}
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            assert {c.type for c in token.children} <= {
                "text", "text_special", "strong_open", "strong_close",
            }  # fmt: skip
            rows[-1].append("".join(c.content for c in token.children))
    return rows


@pytest.mark.parametrize(
    ("text", "caption", "rows"),
    [
        ("Table 1: Errors.\nNet | %\nVGG | 7", "Table 1: Errors.", [["Net", "%"], ["VGG", "7"]]),
        ("Tabelle 2. Zeit\n| Tag | Nacht\nA | 1 | 2", "Tabelle 2. Zeit",
         [["", "Tag", "Nacht"], ["A", "1", "2"]]),
        ("VGG | 7 |  | 9", "", [["VGG", "7", "", "9"]]),
        ("Table 3: The law p(y | x) of labels.", "Table 3: The law p(y | x) of labels.", []),
        ("表 2：结果\n方法 | 精度", "表 2：结果", [["方法", "精度"]]),
    ],
)  # fmt: skip
def test_a_tables_passage_is_its_caption_and_its_rows(text: str, caption: str, rows: list) -> None:
    assert tables.read_passage(text) == (caption, rows)


def test_a_table_is_drawn_with_heads_over_their_columns_and_numbers_to_the_right() -> None:
    drawn = tables.draw([["Top 1", "Top 5"], ["ResNet", "76.1", "92.9"]], ["resnet"])
    assert table_of(drawn) == [["", "Top 1", "Top 5"], ["ResNet", "76.1", "92.9"]]
    assert drawn.splitlines()[1] == "| --- | ---: | ---: |"
    assert "**ResNet**" in drawn


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), min_size=1, max_size=5),
    st.lists(st.text(min_size=3, max_size=8), max_size=2),
)
@example([[HOSTILE, "a | b"], ["\n\n# h", HOSTILE]], ["script"])
def test_hostile_cells_stay_cells(rows: list[list[str]], words: list[str]) -> None:
    drawn = table_of(tables.draw(rows, words))
    assert len(drawn) == len(rows)
    assert {len(row) for row in drawn} == {max(map(len, rows))}


STYLES = {  # of a key or a rank of ours alone
    'HERE / "style.css"',
    'f"<style>.st-key-{card} {{ border-color: light-dark(#2a6f7f, #6fb7c6); }}</style>"',
    'f"<style>@media screen and (max-width: 800px) {{ {later} }}</style>"',
}


def test_no_page_draws_html() -> None:
    for path in UI.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "unsafe_allow" not in source
        drawn = set(re.findall(r"\bst\.html\((.*)\)", source))
        assert drawn <= STYLES, path
    assert "url(" not in (UI / "style.css").read_text(encoding="utf-8")


# ── words for people ──────────────────────────────────────────────────────────────────────────────
def test_names_places_and_times() -> None:
    assert (
        formatting.people(["Doe, Jane", "Max Muster", "C. D.", "E. F."])
        == "Jane Doe, Max Muster and 2 others"
    )
    assert formatting.people(["Jane Doe", "Max Muster"]) == "Jane Doe and Max Muster"
    assert formatting.people([]) == ""
    assert (
        formatting.cite(Work("a", "T", ("de la Cruz, Ana", "Aaron van den Oord"), 2019))
        == "de la Cruz and van den Oord 2019"
    )
    now = datetime(2026, 1, 2, 12, tzinfo=UTC)
    assert formatting.ago("2026-01-02T09:00:00Z", now) == "3 hours ago"
    assert formatting.ago("2026-01-01T11:00:00Z", now) == "1 day ago"
    assert formatting.ago("yesterday", now) == "yesterday"
    assert formatting.between("2026-01-01T11:00:00Z", "2026-01-01T11:00:30Z") == 30
    assert formatting.between("2026-01-01T11:00:00Z", None) is None
    assert formatting.duration(3725) == "1 h 2 min 5 s"
    assert formatting.count(1, "paper") == "1 paper"
    assert formatting.sentence("the file is cut short") == "The file is cut short."
    assert formatting.deepest([("A",), ("A", "B"), ("C",)]) == [("A", "B"), ("C",)]


def test_the_two_configurations_are_one() -> None:
    inner = (UI / ".streamlit" / "config.toml").read_bytes()
    assert (ROOT / ".streamlit" / "config.toml").read_bytes() == inner
    assert b"gatherUsageStats = false" in inner
    assert b'address = "127.0.0.1"' in inner


# ── the map ──────────────────────────────────────────────────────────────────────────────────────
def test_of_the_browsers_choice_only_works_of_the_library_are_taken() -> None:
    known = {"w1", "w2"}
    told = {"chosen": "w1", "selected": ["w2", "gone", 7, None], "opened": "../etc"}
    assert map_view.read_choice(told, known) == map_view.Choice("w1", ("w2",), "")
    assert map_view.read_choice({"chosen": ["w1"], "selected": "w1"}, known) == map_view.Choice()
    assert map_view.read_choice({}, known) == map_view.Choice()


def test_the_map_has_the_themes_as_the_reader_has_them(example_library, tmp_path) -> None:
    from litmap.pipeline.theme_words import keep_word

    root = shutil.copytree(example_library, tmp_path / "library")

    def drawn() -> str:
        with Library.open(root) as library:
            return map_view.of_library(library).text.decode()

    assert "Tides and floods" not in drawn()
    with Library.open(root) as library:
        settings, theme = library.settings, library.topics().themes[0]
    keep_word(settings, lambda themes: themes.rename(theme.id, "Tides and floods"))
    assert "Tides and floods" in drawn()


def test_the_app_draws_the_map_by_the_script_of_the_exported_page() -> None:
    assert map_view.script().startswith(maps.script())
    assert maps.script() in maps.to_html(maps.draw([]))


# ── states of a library, drawn by Streamlit's own test runner ─────────────────────────────────────
@pytest.fixture
def drawn(monkeypatch, tmp_path):
    """Draws the app's first page for a library; gives the words on it."""
    testing = pytest.importorskip("streamlit.testing.v1")

    def run(
        library: Path, query: str = "", *, checked: bool = True, **parameters: str
    ) -> tuple[str, object]:
        monkeypatch.setenv("LITMAP_LIBRARY", str(library))
        if checked:
            monkeypatch.setattr(access, "_current", [access.Access("token", 1, frozenset())])
            monkeypatch.setattr(access.Access, "holds_token", lambda *_: False)
        monkeypatch.setenv("LITMAP_STATE", os.environ.get("LITMAP_STATE", str(tmp_path / "state")))
        app = testing.AppTest.from_file(str(UI / "app.py"), default_timeout=240)
        for name, value in ({"q": query, **parameters} if query else parameters).items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        kinds = (
            "markdown",
            "caption",
            "title",
            "header",
            "subheader",
            "info",
            "warning",
            "error",
            "code",
        )
        return "\n".join(str(e.value) for kind in kinds for e in getattr(app, kind)), app

    return run


def test_no_library_says_how_to_get_one(drawn, tmp_path) -> None:
    words, _ = drawn(tmp_path / "nothing")
    assert "No library here yet" in words
    assert "litmap refresh" in words
    assert not (tmp_path / "nothing").exists(), "looking makes nothing"


def test_without_the_check_in_front_nothing_of_the_library_is_shown(
    drawn, example_library, monkeypatch
) -> None:
    monkeypatch.setattr("litmap.ui.state._open", lambda *_: pytest.fail("the library was opened"))
    for query in ("", "flat minima"):
        words, app = drawn(example_library, query, checked=False)
        assert "litmap app" in words
        assert [e.value for e in app.title] == ["litmap"]
        assert not app.text_input


def test_a_refresh_of_notes_that_are_not_there_is_refused(drawn, tmp_path, monkeypatch) -> None:
    """Elsewhere than on this machine a path can be named, but no folder be looked for."""
    monkeypatch.setattr("litmap.ui.state.may_change", lambda: True)
    _, app = drawn(tmp_path / "nothing")
    assert not app.text_input
    app.text_area[0].set_value(str(tmp_path / "absent"))
    app.button[0].click().run()
    assert any("There is no" in e.value for e in app.error)
    assert not (tmp_path / "nothing").exists()


def test_without_the_token_no_refresh_can_be_started(drawn, tmp_path) -> None:
    words, app = drawn(tmp_path / "nothing")
    assert "open the address with the token" in words
    assert not app.text_area


def test_a_damaged_build_is_named_with_its_cure(drawn, example_library, tmp_path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(example_library, broken)
    build = broken / "builds" / (broken / "CURRENT").read_text().strip()
    manifest = build / "manifest.json"
    manifest.write_text(manifest.read_text()[:-40])
    words, _ = drawn(broken)
    assert "litmap doctor --fix" in words


def test_a_first_refresh_under_way_is_shown(drawn, tmp_path) -> None:
    from litmap import lock

    root = tmp_path / "young"
    with lock.writer(root / "refresh.lock", "2026-01-01T00:00:00Z"):
        words, _ = drawn(root)
    assert "being built" in words


HOSTILE_PARAMETERS = {
    "empty": "",
    "blanks": " \t\n ",
    "null": "a\x00b",
    "controls": "\x1b[31m\u202e\u2028\u0085",
    "not UTF-8": b"\xff\xfe\xed\xa0\x80".decode("utf-8", "replace"),
    "not a character": "\uffff\U0010ffff",
    "markup": HOSTILE,
    "query language": 'author: year:9..1 heading:" note: in:x -"a " -- "" year:99999999999999999999',
    "path": "../../../etc/passwd",
    "many words": "flat " * 20_000,
    "one long word": "a" * 1_000_000,
    "brackets": "(" * 50_000,
    "quotes": '"' * 50_001,
    "number": "9" * 5_000,
    "minus": "-1",
}


@pytest.mark.parametrize("value", HOSTILE_PARAMETERS.values(), ids=HOSTILE_PARAMETERS)
@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("search", ("q",)),
        ("search", ("like",)),
        ("search", ("mode", "in-heading", "page", "unknown")),
        ("topics", ("heading", "page")),
        ("papers", ("work", "filter")),
        ("paper", ("work", "page")),
        ("new", ("work",)),
        ("reading", ("heading", "work")),
        ("check", ("check-finding", "note", "work")),
        ("table", ("table-query",)),
        ("table", ("table-heading", "table-preset", "table-columns")),
        ("refreshes", ("run",)),
    ],
    ids=str,
)
def test_no_parameter_of_the_address_makes_a_page_fail(
    page, names, value, example_library, monkeypatch, state
) -> None:
    testing = pytest.importorskip("streamlit.testing.v1")
    monkeypatch.setenv("LITMAP_LIBRARY", str(example_library))
    monkeypatch.setenv("LITMAP_STATE", str(state))

    def script(name: str) -> None:
        import streamlit

        from litmap.ui import (
            check,
            frame,
            navigation,
            new_papers,
            paper,
            paper_table,
            papers,
            reading_list,
            refreshes,
            search,
            topics,
        )

        streamlit.navigation(navigation.make_pages(frame.guarded), position="hidden")
        draw = {
            "search": search.page,
            "topics": topics.page,
            "papers": papers.page,
            "paper": paper.page,
            "new": new_papers.page,
            "reading": reading_list.page,
            "check": check.page,
            "table": paper_table.page,
            "refreshes": refreshes.page,
        }[name]
        frame.guarded(draw)()

    app = testing.AppTest.from_function(script, default_timeout=240, args=(page,))
    for name in names:
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not [e.value for e in app.error if "Something went wrong" in e.value]


def test_the_first_page_says_what_is_here(drawn, example_library) -> None:
    words, _ = drawn(example_library)
    assert "24 papers here in full text" in words


def test_a_search_shows_passages_with_their_reasons(drawn, example_library) -> None:
    words, _ = drawn(example_library, "why do flat minima generalise?")
    assert ":orange-background[" in words
    assert "similarity" in words
    assert "What your notes say" in words


def test_a_search_goes_by_the_labels_that_the_reader_gave(drawn, example_library, tmp_path) -> None:
    root = tmp_path / "library"
    shutil.copytree(example_library, root)
    with Library.open(root) as library:
        chosen = library.settings
        entry = next(entry for entry in library.works() if entry.pdf)
    set_important(chosen, [entry.work.id], is_important=True)
    add_tags(chosen, [entry.work.id], ["seas/tides"])
    with Library.open(root) as library:
        found = library.search("minima tag:seas is:important", limit=50)
        assert {hit.entry.work.id for hit in found.hits} == {entry.work.id}
        assert not library.search("minima tag:seas is:read").hits
    words, app = drawn(root, "minima", tag="seas/tides", **{"is": "important"})
    lists = {box.label: box.value for box in app.selectbox}
    assert lists["Tag"] == "seas/tides"
    assert lists["Label"] == "important"
    assert words.count("similarity") >= 1
    assert app.query_params["tag"] == "seas/tides"


@pytest.mark.parametrize(
    "query",
    ['"unbalanced', "year:abc", "-", "(((", "𝔘𝔫𝔦", "x" * 30000, "heading:nowhere cats", HOSTILE],
)
def test_strange_queries_get_an_answer_in_words(drawn, example_library, query: str) -> None:
    _, app = drawn(example_library, query)
    assert not app.error


def test_nothing_close_is_said_before_what_is_far_off() -> None:
    testing = pytest.importorskip("streamlit.testing.v1")

    def script() -> None:
        import streamlit as st

        from litmap.library.results import SearchHit, SearchResults
        from litmap.models import Chunk
        from litmap.ui import links, search

        st.session_state[links.PAGES] = {
            name: st.Page(lambda: None, url_path=name) for name in ("search", "paper")
        }
        st.navigation(list(st.session_state[links.PAGES].values()), position="hidden")
        far = SearchHit(
            1,
            0.1,
            7,
            Chunk("note:a.md", 3, "A far passage.", kind="note"),
            "A far passage.",
            "",
            note="a.md",
            line=3,
        )
        search._show(
            SearchResults((), (far,), close=False, message="Nothing is close to this."), "passage"
        )

    app = testing.AppTest.from_function(script, default_timeout=240).run()
    assert [told.value for told in app.info] == [r"Nothing is close to this\."]
    words = [m.value for m in app.markdown]
    assert any("A far passage" in w for w in words)


def test_a_work_known_by_its_title_alone_is_not_called_an_abstract(drawn_hit) -> None:
    app = drawn_hit("Tides of deep water")
    assert [b.label for b in app.button] == ["title only"]
    assert any(c.value.startswith("Only the title of this work") for c in app.caption)
    app = drawn_hit("Tides rise where water is deep.")
    assert [b.label for b in app.button] == ["abstract"]
    assert any("Tides rise" in m.value for m in app.markdown)


@pytest.fixture
def drawn_hit():
    """Draws a hit of a work without a PDF, of which so much is known."""
    testing = pytest.importorskip("streamlit.testing.v1")

    def script(text: str) -> None:
        import streamlit as st

        from litmap.catalogue.entries import Entry
        from litmap.library.results import SearchHit
        from litmap.models import Chunk, Work
        from litmap.ui import links, search

        st.session_state[links.PAGES] = {
            name: st.Page(lambda: None, url_path=name) for name in ("search", "paper")
        }
        st.navigation(list(st.session_state[links.PAGES].values()), position="hidden")
        entry = Entry(Work("title:0", "Tides of deep water"), "not-found", "")
        hit = SearchHit(1, 0.1, 7, Chunk("abstract:title:0", 0, text, "abstract"), text, "", entry)
        search._result(hit, "passage", hit)

    return lambda text: testing.AppTest.from_function(
        script, default_timeout=240, args=(text,)
    ).run()
