"""The documentation: it builds without a warning, its code runs, and what it says of the output is
so.
"""

import contextlib
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from litmap.examples import NOTES

from litmap import errors
from litmap.cli import build_parser, main
from litmap.settings import load_settings

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[^>]*?) -->\n)?^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    page: Path
    language: str
    code: str
    mark: str

    @property
    def runs(self):
        return not self.mark.startswith("not run: ")

    def __str__(self):
        return f"{self.page.name}: {self.code.strip().splitlines()[0][:50]}"


BLOCKS = [
    Block(page, m["language"], m["code"], m["mark"] or "")
    for page in PAGES
    for m in _BLOCK.finditer(page.read_text(encoding="utf-8"))
]


def blocks(language):
    return [b for b in BLOCKS if b.language == language and b.runs and "make " not in b.code]


@pytest.fixture(scope="module")
def home(tmp_path_factory, example_library):
    """A home folder with the example notes in ~/notes, their library in ~/papers and a file of
    references of the reader's own.
    """
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(NOTES, folder / "notes")
    shutil.copytree(example_library, folder / "papers")
    (folder / "thesis.bib").write_text("@misc{own, title = {A Work of My Own}, year = 2001}\n")
    return folder


@pytest.fixture
def at_home(home, at_examples, monkeypatch):
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    return home


def test_the_documentation_builds_without_a_warning(tmp_path):
    pytest.importorskip("mkdocs")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    fetched = re.compile(r"<(?:script|link|img)[^>]+(?:src|href)=\"https?://(?!127\.)[^\"]+\"")
    for path, page in pages.items():
        outside = [m for m in fetched.findall(page) if 'rel="canonical"' not in m]
        assert not outside, f"{path.name} fetches {outside}"


@pytest.mark.parametrize("block", blocks("sh"), ids=str)
def test_commands_of_the_documentation_run(block, at_home):
    lines = block.code.replace("\\\n", " ").splitlines()
    for line in filter(None, (part.split("  #")[0].strip() for part in lines)):
        arguments = [str(Path(a).expanduser()) if a[:1] == "~" else a for a in shlex.split(line)]
        if arguments[0] == "litmap":
            _run_litmap(arguments[1:])
        else:
            subprocess.run(arguments, check=True)


SERVING = {"app", "mcp", "schedule", "demo"}
"""Commands that go on until they are stopped: only their words are checked."""


def _run_litmap(arguments):
    if arguments[0] in SERVING:
        build_parser().parse_args(arguments)
        return
    if arguments[0] == "refresh":
        arguments = [*arguments, "--no-prefect"]  # the same stages in this process
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            code = main(arguments)
        except SystemExit as exit_:  # --version
            code = exit_.code or 0
    assert code == 0, output.getvalue()


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python_of_the_documentation_runs(block, at_home):
    if block.page.name == "README.md":
        pytest.skip("test_end_to_end runs it from an empty folder")
    exec(compile(block.code, str(block.page), "exec"), {"__name__": "docs"})


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_settings_of_the_documentation_are_settings(block, tmp_path):
    (tmp_path / "litmap.toml").write_text(block.code)
    assert load_settings(file=tmp_path / "litmap.toml", environment={}).library


def test_what_is_not_run_says_why():
    for block in BLOCKS:
        assert block.mark == "" or re.match(r"(not run: \w.{8,}|shape: \w+)", block.mark), block


def test_every_error_has_its_advice():
    page = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.LitmapError):
            assert name == "LitmapError" or f"| `{name}` |" in page


SHAPES = {
    "works": ["works"],
    "notices": ["notices"],
    "search": ["search", "flat minima", "-k", "3"],
    "topics": ["topics"],
    "coverage": ["topics", "--coverage"],
    "reading": ["topics", "--reading-list"],
    "summary": ["summary", "Loss surfaces"],
    "ask": ["ask", "Are flat minima better?"],
    "check": ["check"],
    "digest": ["digest"],
    "table": ["table", "Loss surfaces", "--columns", "standard, n, batch size:number"],
    "status": ["status"],
    "catalogue": ["catalogue"],
    "doctor": ["doctor"],
    "read": ["read", str(NOTES)],
}


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.mark.startswith("shape: ")], ids=str)
def test_the_output_has_the_documented_shape(block, example_library, at_examples, capsys):
    name = block.mark.removeprefix("shape: ")
    library = [] if name == "read" else ["--library", str(example_library)]
    assert main([*SHAPES[name], "--json", *library]) == 0
    differences = list(compare(json.loads(block.code), json.loads(capsys.readouterr().out), name))
    assert not differences


def test_every_shape_is_documented():
    assert {b.mark for b in BLOCKS if b.mark.startswith("shape")} == {f"shape: {n}" for n in SHAPES}


TYPES = {"any": object, "text": str, "whole": int, "number": (int, float), "yes/no": bool}


def compare(shape, value, place):
    """Where a value is not of the documented shape: missing keys, unknown keys, other types."""
    if isinstance(shape, str):
        yield from compare_value(shape, value, place)
    elif isinstance(shape, list):
        yield from compare_list(shape, value, place)
    elif "*" in shape:
        for key, item in value.items():
            yield from compare(shape["*"], item, f"{place}.{key}")
    elif value is not None or "?" not in shape:
        yield from compare_record(shape, value, place)


def compare_value(shape, value, place):
    kind = TYPES[shape.removesuffix("?")]
    empty = value is None and shape.endswith("?")
    if not empty and (not isinstance(value, kind) or (kind is int and value is True)):
        yield f"{place}: {value!r} is not {shape}"


def compare_list(shape, value, place):
    if value is None and shape[-1] == "null":
        return
    if not isinstance(value, list):
        yield f"{place}: {value!r} is no list"
        return
    fixed = "..." not in shape
    for i, item in enumerate(value):
        yield from compare(shape[i] if fixed else shape[0], item, f"{place}[{i}]")


def compare_record(shape, value, place):
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is no record"
        return
    for key in shape.keys() - {"?"} ^ value.keys():
        yield f"{place}: {key} is {'not documented' if key in value else 'missing'}"
    for key in shape.keys() & value.keys():
        yield from compare(shape[key], value[key], f"{place}.{key}")


def test_a_wrong_shape_is_seen():
    assert list(compare({"a": "whole", "b": ["text", "..."]}, {"a": 1.5, "b": ["x", 2]}, "x"))
    assert list(compare({"a": "whole"}, {"a": 1, "b": 2}, "x"))
    assert not list(compare({"a": "text?", "b": {"*": "whole"}}, {"a": None, "b": {"k": 3}}, "x"))
