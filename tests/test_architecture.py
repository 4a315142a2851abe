"""The three rules of the design, held by the imports themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "litmap"
LEAVES = {
    "models",
    "protocols",
    "errors",
    "parsing",
    "host_pool",
    "operating_system",
    "atomic_files",
    "array_files",
    "written_files",
    "export_marks",
    "garbage",
    "paper_sentences",
    "postgres_login",
    "segment_merging",
    "side_by_side",
    "word_counts",
}
STAGES = {
    "notes", "citations", "works", "web", "pdfs", "text", "references", "chunks", "vectors", "index", "builds",
    "keywords", "search", "topics", "maps", "summaries", "claims", "answers", "tables", "writing",
    "exports", "schedules", "digests", "stores",
}  # fmt: skip
STORE = {"catalogue", "paths"}
# The heavy libraries and the one part that may import each.
OWNERS = {
    "pymupdf": {"text", "maps"},
    "bidi": {"text"},
    "faiss": {"index"},
    "lancedb": {"stores"},
    "pyarrow": {"stores"},
    "sentence_transformers": {"vectors"},
    "torch": {"vectors"},
    "onnxruntime": {"vectors"},
    "sklearn": {"topics", "maps"},
    "prefect": {"flows"},
    "streamlit": {"ui"},
    "mcp": {"mcp"},
    "lxml": {"parsing"},
    "pycrfsuite": {"parsing"},
    "py3langid": {"parsing"},
    "watchfiles": {"pipeline"},
    "psycopg": {"catalogue", "postgres_login", "stores"},
    "sqlite3": {"catalogue", "builds", "web", "pipeline"},
    "tomlkit": {"settings_file"},
}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        yield parts[0] if parts[0] != "__init__" else "litmap", path
    for path in sorted((ROOT / "flows").glob("*.py")):
        yield "flows", path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "litmap":
                yield from (f"litmap.{alias.name}" for alias in node.names)
            else:
                yield node.module


def litmap_parts(path):
    return {name.split(".")[1] for name in imports(path) if name.startswith("litmap.")} - {
        "__version__"
    }


def test_a_stage_imports_no_other_stage_and_no_store():
    for part, path in modules():
        if part in STAGES:
            allowed = LEAVES | {part}
            if part == "builds":
                allowed |= {"paths"}
            if part == "stores":
                allowed |= {"index", "paths"}
            assert litmap_parts(path) <= allowed, path


def test_no_name_of_a_package_is_taken_away_by_a_module_of_its_own():
    """Whoever imports a module sets its name in the package: a name that comes from elsewhere and is
    spelt alike would then be the module.
    """
    for package in sorted(SOURCE.rglob("__init__.py")):
        own = {path.stem for path in package.parent.iterdir()}
        here = ".".join(("litmap", *package.parent.relative_to(SOURCE).parts))
        for node in ast.parse(package.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module != here:
                for name in own & {alias.asname or alias.name for alias in node.names}:
                    assert node.module == f"{here}.{name}", f"{package}: {name}"


def test_leaves_import_only_leaves():
    for part, path in modules():
        if part in LEAVES:
            assert litmap_parts(path) <= LEAVES, path


def test_stages_know_neither_settings_nor_catalogue():
    for part, path in modules():
        if part in STAGES | LEAVES:
            assert not litmap_parts(path) & {"settings", "catalogue", "library", "pipeline"}, path


def test_each_heavy_library_has_its_owner():
    for part, path in modules():
        for name in imports(path):
            owner = OWNERS.get(name.split(".")[0])
            assert owner is None or part in owner, f"{path} imports {name}"


def test_nothing_but_flows_and_the_command_knows_prefect():
    for part, path in modules():
        if "flows" in litmap_parts(path):
            assert part in {"cli", "flows", "ui"}, path


def test_one_module_names_what_only_some_systems_have():
    unix = {"fcntl", "resource", "msvcrt", "signal", "ctypes", "pwd", "grp", "termios", "filelock"}
    calls = {
        "fork",
        "register_at_fork",
        "sched_getaffinity",
        "kill",
        "killpg",
        "setsid",
        "getuid",
        "O_CLOEXEC",
        "WNOHANG",
    }
    for part, path in modules():
        if part == "operating_system":
            continue
        assert not unix & {name.split(".")[0] for name in imports(path)}, path
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "os":
                assert node.attr not in calls, f"{path}:{node.lineno} names os.{node.attr}"


def test_the_common_random_numbers_are_left_to_the_program():
    """They change under whoever else draws them; `SystemRandom` and `default_rng` are one's own."""
    own = {"Random", "SystemRandom", "default_rng", "Generator"}
    for _, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
                "random",
                "np.random",
                "numpy.random",
            ):
                assert node.attr in own, f"{path}:{node.lineno} draws common random numbers"


def test_the_lock_of_the_catalogue_is_held_for_the_catalogue_alone():
    """What else is computed under it may wait for a thread that waits for the lock."""
    tree = ast.parse((SOURCE / "library" / "library.py").read_text("utf-8"))
    held = [
        block
        for block in ast.walk(tree)
        if isinstance(block, ast.With) and ast.unparse(block.items[0]) == "self._lock"
    ]
    assert len(held) > 5
    for block in held:
        used = {
            ast.unparse(node)
            for statement in block.body
            for node in ast.walk(statement)
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "self"
        }
        assert used == {"self._catalogue"}, f"library.py:{block.lineno}"


def test_no_pickle_anywhere():
    for _, path in modules():
        assert not {"pickle", "shelve", "marshal", "joblib", "dill"} & {
            n.split(".")[0] for n in imports(path)
        }, path


@pytest.mark.parametrize(
    "module",
    ["litmap", "litmap.library", "litmap.cli", "litmap.cli.read_commands", "litmap.settings"],
)
def test_reading_starts_light(module):
    heavy = [
        "torch",
        "prefect",
        "streamlit",
        "sklearn",
        "scipy",
        "sentence_transformers",
        "transformers",
        "pymupdf",
        "httpx",
        "psycopg",
    ]
    code = f"import sys, {module}; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_command_that_computes_nothing_needs_no_numbers():
    code = (
        "import sys; from litmap.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: print('numpy' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "False"
