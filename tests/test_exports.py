from __future__ import annotations

import csv
import io
import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap import exports
from litmap.errors import UsageError
from litmap.export_marks import MARKED_LINE
from litmap.exports import backlinks, bibtex
from litmap.models import Mention, Work
from litmap.written_files import WrittenFiles

NASTY = (
    r'100% of $x^2$ & "quoted" {braces} \input{/etc/passwd} _under_ #tag ~ < b> [a](javascript:x) '
    r"| `code` }"
)
WORKS = [
    (
        Work(
            "doi:10.1038/323533a0",
            "Learning representations by back-propagating errors",
            ("David E. Rumelhart", "Geoffrey E. Hinton", "Ronald J. Williams"),
            1986,
            "Nature",
            ids=("doi:10.1038/323533a0",),
        ),
        [
            Mention(
                "deep/notes (old).md",
                12,
                "Rumelhart 1986",
                ("Deep nets", "Training"),
                "How it *all* began.",
                "reference",
            )
        ],
    ),
    (
        Work(
            "arxiv:1611.03530",
            NASTY,
            (
                "Jan van der Berg",
                "Müller, Jürgen",
                "World Health Organization",
                "李 明",
                "Sammy Davis Jr.",
            ),
            2017,
            ids=("arxiv:1611.03530",),
            abstract="Line one.\n@article{evil,\n title={x}}\nTY  - JOUR",
        ),
        [Mention("a.md", 3, "x", ("Deep nets",)), Mention("b.md", 4, "y")],
    ),
    (Work("w:3", "=HYPERLINK(1)", (), None, "Proceedings of ICML"), []),
    (Work("w:4", "Learning representations again", ("D. Rumelhart",), 1986), []),
]


def test_bibtex_round_trip() -> None:
    import bibtexparser

    library = bibtexparser.parse_string(exports.to_bibtex(WORKS))
    assert not library.failed_blocks
    first, nasty, third, fourth = library.entries
    assert [e.key for e in library.entries] == exports.citation_keys([work for work, _ in WORKS])
    assert first.entry_type == "article"
    assert first["author"] == "Rumelhart, David E. and Hinton, Geoffrey E. and Williams, Ronald J."
    assert (first["year"], first["journal"], first["doi"]) == ("1986", "Nature", "10.1038/323533a0")
    assert first["title"].strip("{}") == "Learning representations by back-propagating errors"
    assert first["keywords"] == "Deep nets / Training"
    assert nasty["eprint"] == "1611.03530"
    assert "van der Berg, Jan" in nasty["author"]
    assert "{World Health Organization}" in nasty["author"]
    assert "Davis, Jr., Sammy" in nasty["author"]
    assert third.entry_type == "inproceedings"
    assert unescape(nasty["title"]) == NASTY
    assert "year" not in third
    assert fourth["title"].strip("{}") == "Learning representations again"


def unescape(text: str) -> str:
    for name, char in (
        ("backslash", "\\"),
        ("asciitilde", "~"),
        ("asciicircum", "^"),
        ("braceleft", "{"),
        ("braceright", "}"),
    ):
        text = text.replace(f"\\text{name}{{}}", f"\0{ord(char)}\0")
    text = re.sub(r"\\([&%$#_])", r"\1", text)
    return re.sub("\0(\\d+)\0", lambda m: chr(int(m[1])), text)


def test_keys_are_ascii_unique_and_stable() -> None:
    keys = exports.citation_keys([work for work, _ in WORKS])
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9]+", key) for key in keys)
    again = exports.citation_keys([work for work, _ in reversed(WORKS)])
    assert again == keys[::-1]
    twins = [Work("b", "Same", ("A B",), 2000), Work("a", "Same", ("A B",), 2000)]
    assert exports.citation_keys(twins) == ["b2000sameb", "b2000samea"]


def test_ris_round_trip() -> None:
    import rispy

    entries = rispy.loads(exports.to_ris(WORKS))
    assert len(entries) == len(WORKS)
    first, nasty = entries[:2]
    assert first["authors"] == ["Rumelhart, David E.", "Hinton, Geoffrey E.", "Williams, Ronald J."]
    assert (first["year"], first["doi"], first["secondary_title"]) == (
        "1986",
        "10.1038/323533a0",
        "Nature",
    )
    assert first["title"] == "Learning representations by back-propagating errors"
    assert first["keywords"] == ["Deep nets / Training"]
    assert nasty["title"] == NASTY
    assert nasty["abstract"] == "Line one. @article{evil, title={x}} TY - JOUR"
    assert nasty["notes"] == ["a.md:3", "b.md:4"]


def test_csl_and_csv_round_trip() -> None:
    items = json.loads(exports.to_csl(WORKS))
    assert items[0]["author"][0] == {"family": "Rumelhart", "given": "David E."}
    assert items[1]["author"][0] == {"family": "van der Berg", "given": "Jan"}
    assert items[1]["author"][1] == {"family": "Müller", "given": "Jürgen"}
    assert items[1]["author"][2] == {"literal": "World Health Organization"}
    assert items[0]["issued"] == {"date-parts": [[1986]]}
    assert items[1]["title"] == NASTY
    rows = list(csv.DictReader(io.StringIO(exports.to_csv(WORKS))))
    assert [row["id"] for row in rows] == [work.id for work, _ in WORKS]
    assert rows[1]["title"] == NASTY
    assert rows[1]["authors"].split("; ")[1] == "Müller, Jürgen"
    assert rows[0]["mentions"] == "deep/notes (old).md:12"
    assert rows[2]["title"] == "'=HYPERLINK(1)"


def test_notes_link_back_and_nothing_in_them_is_live() -> None:
    from markdown_it import MarkdownIt

    files = exports.to_notes(WORKS)
    keys = exports.citation_keys([work for work, _ in WORKS])
    page = files[f"works/{keys[0]}.md"]
    assert r"[deep/notes (old).md:12](<deep/notes%20%28old%29.md>)" in page
    html = MarkdownIt("commonmark", {"html": True}).render(page)
    assert "How it *all* began." in html
    assert 'href="https://doi.org/10.1038/323533a0"' in html
    assert f"works/{keys[0]}.md" in files["headings/deep-nets-training.md"]
    assert "headings/deep-nets.md" in files["index.md"]
    nasty = MarkdownIt("commonmark", {"html": True}).render(files[f"works/{keys[1]}.md"])
    assert "javascript:" not in re.sub(r">[^<]*<", "><", nasty)
    assert "<b>" not in nasty and "<code>code" not in nasty
    assert all(re.fullmatch(r"(?:works|headings)/[a-z0-9-]+\.md|index\.md", name) for name in files)


def test_pages_beside_the_notes_link_to_them_relatively(tmp_path, written):
    note = tmp_path / "vault" / "notes" / "a b.md"
    works = [(Work("w:1", "One", ("Ann Lee",), 2001), [Mention(str(note), 3, "Lee", ("Nets",))])]
    out = tmp_path / "vault" / "pages"
    exports.write(out, works, written)
    for page in [*out.glob("works/*.md"), *out.glob("headings/*.md")]:
        (target,) = re.findall(r"\(<([^>]*a%20b\.md)>\)", page.read_text())
        assert target == "../../notes/a%20b.md"
        assert (page.parent / target.replace("%20", " ")).resolve() == note.resolve()
    exports.write(out, works, written, absolute=True)
    assert f"(<{str(note).replace(' ', '%20')}>)" in next(out.glob("works/*.md")).read_text()


def test_pages_that_share_only_a_home_with_the_notes_link_by_whole_paths(tmp_path):
    home = Path("~").expanduser()
    for note in (str(home / "notes" / "a.md"), "notes/a.md", "-"):
        work = (Work("w:1", "One"), [Mention(note, 3, "Lee", ("Nets",))])
        page = exports.to_notes([work], None, home / "pages")["headings/nets.md"]
        assert f"(<{note}>)" in page


@pytest.fixture
def written(tmp_path_factory: pytest.TempPathFactory) -> WrittenFiles:
    return WrittenFiles(tmp_path_factory.mktemp("state"))


@pytest.mark.parametrize("suffix", [".bib", ".ris", ".json", ".csv"])
def test_written_in_one_step(tmp_path: Path, suffix: str, written: WrittenFiles) -> None:
    out = tmp_path / "sub" / f"works{suffix}"
    assert "4 works" in exports.write(out, WORKS, written)
    first = out.read_bytes()
    exports.write(out, WORKS, written)
    assert out.read_bytes() == first
    assert [path.name for path in out.parent.iterdir()] == [out.name]


def test_a_folder_gets_notes_and_keeps_what_else_is_there(
    tmp_path: Path, written: WrittenFiles
) -> None:
    (tmp_path / "mine.md").write_text("mine")
    assert "notes" in exports.write(tmp_path, WORKS, written)
    assert (tmp_path / "mine.md").read_text() == "mine"
    pages = [page.read_text() for page in tmp_path.rglob("*.md") if page.name != "mine.md"]
    assert len(pages) == 8
    assert all(page.startswith("---\nlitmap: export\n---\n") for page in pages)


@pytest.mark.parametrize("out", ["", "works.bib", "works.csv"])
def test_the_users_file_is_not_replaced_and_nothing_else_is_written(
    tmp_path: Path, out: str, written: WrittenFiles
) -> None:
    mine = tmp_path / (out or "index.md")
    mine.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        exports.write(tmp_path / out, WORKS, written)
    assert [path.name for path in tmp_path.iterdir()] == [mine.name]
    assert mine.read_text() == "mine"
    exports.write(tmp_path / out, WORKS, written, force=True)
    assert mine.read_text() != "mine"


def test_a_link_does_not_lead_an_export_out_of_its_folder(
    tmp_path: Path, written: WrittenFiles
) -> None:
    outside, vault = tmp_path / "outside", tmp_path / "vault"
    outside.mkdir()
    vault.mkdir()
    (vault / "works").symlink_to(outside)
    for force in (False, True):
        with pytest.raises(UsageError, match="link"):
            exports.write(vault, WORKS, written, force=force)
    assert not list(outside.iterdir())
    assert [path.name for path in vault.iterdir()] == ["works"]


def test_a_wrong_place_is_a_clear_error(tmp_path: Path, written: WrittenFiles) -> None:
    with pytest.raises(UsageError, match=r"\.bib"):
        exports.write(tmp_path / "works.docx", WORKS, written)
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be written"):
        exports.write(tmp_path / "file" / "works.bib", WORKS, written)


TEXTS = st.text(max_size=60)


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.lists(TEXTS, max_size=3), st.none() | st.integers(1000, 2100), TEXTS, TEXTS)
def test_any_work_can_be_exported(
    title: str, authors: list[str], year: int | None, venue: str, note: str
) -> None:
    import bibtexparser
    import rispy

    work = Work(
        "w:1", title, tuple(authors), year, venue, ids=(f"doi:10.1/{title}",), urls=(venue,)
    )
    works = [(work, [Mention(note, 1, title, (venue,), title)])]
    library = bibtexparser.parse_string(exports.to_bibtex(works))
    assert not library.failed_blocks
    assert len(library.entries) == 1
    ris = rispy.loads(exports.to_ris(works))
    assert len(ris) == 1
    assert len(json.loads(exports.to_csl(works))) == 1
    assert len(list(csv.reader(io.StringIO(exports.to_csv(works))))) == 2
    assert len(exports.to_notes(works)) == 3


# ── hostile works ─────────────────────────────────────────────────────────────────────────────────
COMMAND = re.compile(r"\\([A-Za-z]+|.)")
SIGNS = {
    *("textbackslash", "textbraceleft", "textbraceright", "textasciitilde", "textasciicircum"),
    *"&%$#_",
}


@pytest.mark.parametrize(
    "text",
    [
        r"$\write18{rm -rf x}$", r"$\input{/etc/passwd}$", r"$\immediate\write18{x}$",
        r"$\csname input\endcsname{x}$", r"$^^5cinput{x}$", r"$x^^5c$", r"$\directlua{os.exit()}$",
        r"$\openin5=x$", r"$\def\x{y}$", r"$\catcode`\@=0$", r"$\alpha\include{x}$",
        r"$\text{\verbatiminput{x}}$", r"$\begin{filecontents}$", r"$\{$", r"$\}\{$", r"$a%$",
        r"$x\$", "$#1$", r"$\lowercase{\input x}$", r"$\special{x}$", r"$\url{x}$",
    ],
)  # fmt: skip
def test_no_command_comes_out_of_a_title_within_maths_either(text: str) -> None:
    shown = bibtex.escape(text)
    assert {m[1] for m in COMMAND.finditer(shown)} <= SIGNS
    assert "^^" not in shown
    assert unescape(shown) == text


@pytest.mark.parametrize(
    "text",
    [
        r"$\alpha$-divergence",
        "$x^2$",
        r"$\mathcal{O}(n\log n)$",
        r"$\{0,1\}$",
        r"$L_{p}$",
        r"$a\,b$",
    ],
)
def test_harmless_maths_stays(text: str) -> None:
    assert bibtex.escape(text) == text


HOSTILE = st.lists(
    st.sampled_from(
        [*"{}\\$%^#&~@\"',;|=+-<>[]()`!:_*/ a1\n\r\t\0\x85\u2028\ud800\ufeff＝",
         "\\write18", "\\input", "^^5c", "$", "${", "}$", "\nER  - ", "\nTY  - JOUR", "\n@preamble{x}", "@comment",
         "},", "=cmd|' /C calc'!A0", ";=1+1", " and ", "\n---\n", "```", "<script>", "[[x]]", "%%", "`= x`",
         "javascript:", "\n# ", "\\alpha", "<!--", "-->"]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def fields(entry: str) -> list[str]:
    """The values of a BibTeX entry by BibTeX's own rule: every brace counts, with a backslash
    too.
    """
    depth, values, start = 0, [], 0
    for i, char in enumerate(entry):
        if char == "{":
            depth += 1
            start = i + 1 if depth == 2 else start
        elif char == "}":
            depth -= 1
            if depth == 1:
                values.append(entry[start:i])
            assert depth or not entry[i + 1 :].strip()
    assert depth == 0
    return values


@settings(max_examples=100, deadline=None)
@given(HOSTILE, st.lists(HOSTILE, max_size=2), HOSTILE, HOSTILE, HOSTILE)
def test_nothing_hostile_breaks_a_record_or_becomes_a_command(
    title: str, authors: list[str], venue: str, abstract: str, doi: str
) -> None:
    from markdown_it import MarkdownIt

    ids = (f"doi:10.1/{doi}",)
    work = Work("w:1", title, tuple(authors), 2000, venue, ids=ids, abstract=abstract)
    works = [(work, [Mention(doi, 1, title, (venue, title), abstract)])]
    bib = exports.to_bibtex(works).removeprefix(MARKED_LINE)
    names = re.findall(r"^  (\w+) = \{", bib, re.M)
    assert len(fields(bib)) == len(names) == len(set(names)) == bib.count("\n") - 2
    commands = {m[1] for m in COMMAND.finditer(bib)}
    assert commands <= SIGNS | bibtex._MATH_COMMANDS
    assert "^^" not in bib
    ris = exports.to_ris(works).removeprefix(MARKED_LINE)
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.splitlines())
    assert re.findall(r"^(?:TY|ER)", ris, re.M) == ["TY", "ER"]
    (item,) = json.loads(exports.to_csl(works).encode())
    assert all(str(value).isprintable() for value in item.values())
    rows = list(csv.reader(io.StringIO(exports.to_csv(works))))
    assert [len(row) for row in rows] == [len(rows[0])] * 2
    assert not any(re.search(r"(?:^|[;|])\s*[=+\-@＝]", cell) for cell in rows[1])
    for page in exports.to_notes(works).values():
        assert page.startswith(backlinks.MARK)
        page.encode()
        html = MarkdownIt("commonmark", {"html": True}).render(page[len(backlinks.MARK) :])
        assert not re.search(r"<(?!/?(?:h[12]|p|a|ul|li|blockquote|br|code)\b)", html)
        assert not re.search(r'href="(?!https?:|[^":]*")', html)
        assert not re.search(r"(?<!\\)(?:\[\[|%%)|`[=$]", page)


def test_ten_thousand_works_of_one_name_get_keys_at_once() -> None:
    works = [Work(f"w:{i:05}", "Same", ("A B",), 2000) for i in range(10_000)]
    begin = time.process_time()
    assert len(set(exports.citation_keys(works))) == len(works)
    many = [
        (work, [Mention("n.md", 1, "x", ("Same", chr(0x4E00 + i)))])
        for i, work in enumerate(works[:2000])
    ]
    assert len(exports.to_notes(many)) == 4001
    assert time.process_time() - begin < 15  # a minute where each looks through all before it
