"""Canvases of Obsidian, mind maps of FreeMind and EndNote's tagged records."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.citations import find_citations
from litmap.notes import parse_note
from litmap.notes.bibliographies.endnote import is_endnote
from litmap.notes.builder import Builder
from litmap.notes.formats.canvas import read_canvas

ROWE = "Rowe, J. (2018). Lichens on the New Harbour Wall. *Wall Letters*, 1, 2–3."
SATO = "Sato, K. (2012). Reeds before the Flood Gate. *Reed Notes*, 4, 11–19."


def works(text: str, suffix: str) -> list[tuple[str, tuple[str, ...]]]:
    note, _ = parse_note(text, f"n{suffix}", suffix)
    found = [citation for citation in find_citations([note]) if citation.sure]
    return [(c.reference.title, c.mentions[0].heading) for c in found]


def node(kind: str, x: int, y: int, size: int = 100, **fields: str) -> dict[str, object]:
    return {"type": kind, "x": x, "y": y, "width": size, "height": size, "id": f"{x},{y}", **fields}


def canvas(*nodes: dict[str, object]) -> str:
    return json.dumps({"nodes": nodes, "edges": []}, indent=1)


# ── Obsidian ─────────────────────────────────────────────────────────────────────────────────────
def test_cards_are_read_below_the_names_of_the_groups_around_them() -> None:
    text = canvas(
        node("text", 1050, 50, text=f"## Reeds\n{SATO}"),
        node("group", 0, 0, 900, label="Walls"),
        node("group", 1000, 0, 900, label="Water"),
        node("text", 50, 50, text=f"A thought.\n\n- {ROWE}"),
        node("link", 50, 300, url="https://doi.org/10.5555/wall.7"),
    )
    assert set(works(text, ".canvas")) == {
        ("Lichens on the New Harbour Wall", ("Walls",)),
        ("", ("Walls",)),
        ("Reeds before the Flood Gate", ("Water", "Reeds")),
    }


def test_a_group_inside_another_is_a_heading_below_it() -> None:
    text = canvas(
        node("text", 120, 120, text=ROWE),
        node("group", 0, 0, 900, label="Walls"),
        node("group", 100, 100, 300, label="Harbours"),
    )
    assert works(text, ".canvas") == [("Lichens on the New Harbour Wall", ("Walls", "Harbours"))]


def test_a_card_stands_on_its_line_of_the_file() -> None:
    text = canvas(node("text", 0, 300, text=SATO), node("text", 0, 0, text=f"First.\n\n{ROWE}"))
    note, _ = parse_note(text, "n.canvas", ".canvas")
    lines = text.split("\n")
    for block in note.blocks:
        assert block.text[:8] in lines[block.line - 1]


@pytest.mark.parametrize("text", ["[]", '{"nodes": 3}', "no canvas", '{"nodes": [' + "[" * 5000])
def test_what_is_no_canvas_is_told(text: str) -> None:
    with pytest.raises(ValueError):
        read_canvas(text, Builder())


@pytest.mark.parametrize(
    "text",
    ["", "{}", '{"nodes": [1, null, {"type": "text"}, {"type": "text", "text": 3}]}',
     '{"nodes": [{"type": "text", "text": "Words", "x": "a", "y": 1e999, "width": null}]}'],
)  # fmt: skip
def test_an_empty_or_odd_canvas_is_read(text: str) -> None:
    read_canvas(text, Builder())


VALUES = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.none(), st.booleans())
NODES = st.dictionaries(
    st.sampled_from(["type", "text", "label", "url", "file", "x", "y", "width", "height"]),
    st.one_of(VALUES, st.sampled_from(["text", "group", "link", "file", "# A", "> [!x]", "---"])),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(NODES, max_size=12))
def test_any_canvas_is_read(nodes: list[dict[str, object]]) -> None:
    read_canvas(json.dumps({"nodes": nodes}), Builder())


# ── FreeMind ─────────────────────────────────────────────────────────────────────────────────────
def test_the_nodes_of_a_mind_map_are_an_outline() -> None:
    text = f"""<map version="1.0.1">
<node TEXT="Shores">
 <node TEXT="Walls" POSITION="right">
  <node TEXT="{ROWE}"/>
  <node TEXT="Weeds of the quay" LINK="https://doi.org/10.5555/wall.7"/>
 </node>
 <node POSITION="left">
  <richcontent TYPE="NODE"><html><body><p>Water</p></body></html></richcontent>
  <node TEXT="Gates">
   <richcontent TYPE="NOTE"><html><head/><body><p>{SATO}</p></body></html></richcontent>
  </node>
 </node>
</node></map>"""
    assert works(text, ".mm") == [
        ("Lichens on the New Harbour Wall", ("Shores", "Walls")),
        ("Weeds of the quay", ("Shores", "Walls")),
        ("Reeds before the Flood Gate", ("Shores", "Water")),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("@implementation Kite\n@end\n", "damaged"),
        ("<map/>", "no node"),
        ("<opml><node TEXT='x'/></opml>", "not a mind map"),
        ('<!DOCTYPE map [<!ENTITY a "b">]><map><node TEXT="&a;"/></map>', "entities"),
        ("<map>" + "<node>" * 5000, "damaged"),
    ],
)
def test_what_is_no_mind_map_is_told(tmp_path, text: str, reason: str) -> None:
    from litmap.notes import read_notes

    (tmp_path / "n.mm").write_text(text)
    notes, problems = read_notes([str(tmp_path / "n.mm")])
    assert not any(note.blocks for note in notes)
    assert reason in str(problems[0])


# ── EndNote ──────────────────────────────────────────────────────────────────────────────────────
ENDNOTE = """%0 Journal Article
%A Rowe, Jane
%A van der Berg, Ann
%T Lichens on the
New Harbour Wall
%J Wall Letters
%D 2018
%V 3
%N 2
%P 11-19
%R 10.5555/wall.7
%F Rowe2018
%X Grey and slow.

%0 Book
%A Sato, Ken,
%T Reeds before the Flood Gate
%I Reed House
%C Emden
%D 2012
"""


@pytest.mark.parametrize("suffix", [".enw", ".txt"])
def test_the_records_of_endnote_are_read_with_their_fields(suffix: str) -> None:
    note, _ = parse_note(ENDNOTE, f"n{suffix}", suffix)
    first, second = note.blocks
    assert note.format == "endnote"
    assert dict(first.fields)["title"] == "Lichens on the New Harbour Wall"
    assert [value for name, value in first.fields if name == "author"] == [
        "Jane Rowe", "Ann van der Berg",
    ]  # fmt: skip
    fields = dict(first.fields)
    assert (fields["year"], fields["venue"], fields["doi"]) == (
        "2018", "Wall Letters", "10.5555/wall.7",
    )  # fmt: skip
    assert (fields["key"], fields["type"], first.line, second.line) == ("Rowe2018", "jour", 1, 15)
    assert dict(second.fields)["author"] == "Ken Sato"
    assert second.record is not None
    assert dict(second.record.fields)["PB"] == "Reed House"


def test_a_record_without_type_begins_behind_a_blank_line() -> None:
    text = "%A Rowe, J.\n%T Lichens on the wall\n%D 2018\n\n%A Sato, K.\n%T Reeds\n%D 2012\n"
    assert [title for title, _ in works(text, ".enw")] == ["Lichens on the wall", "Reeds"]


def test_words_are_no_endnote(tmp_path) -> None:
    from litmap.notes import read_notes

    (tmp_path / "n.enw").write_text("Some words.\n")
    _, problems = read_notes([str(tmp_path / "n.enw")])
    assert "EndNote" in str(problems[0])


@pytest.mark.parametrize("blank", ["\n", " \n", "\t \n\n"])
def test_blank_lines_before_a_record_take_no_time(blank: str) -> None:
    assert is_endnote(blank * 3 + "%0 Book\n%A Reed, Ida\n")
    assert not is_endnote(blank * 5_000 + "Reeds")
