"""The wheel alone: built, installed without the repository, its command at work."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in filter(None, files):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            target.write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_it_holds_flows_app_and_examples(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for name in (
        "litmap/flows/refresh.py",
        "litmap/flows/schedule.py",
        "litmap/flows/server.py",
        "litmap/ui/app.py",
        "litmap/examples/server.py",
    ):
        assert name in names
    assert sum(n.startswith("litmap/examples/papers/") and n.endswith(".pdf") for n in names) >= 20
    assert not [n for n in names if n.startswith(("tests/", "benchmarks/", "index/"))]


def test_every_package_of_the_source_is_in_it(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src" / "litmap"
    for path in (*source.rglob("*.py"), *source.rglob("data/*")):
        assert f"litmap/{path.relative_to(ROOT / 'src' / 'litmap').as_posix()}" in names


@pytest.mark.slow
def test_the_installed_command_does_the_main_job(wheel, tmp_path, new_prefect_home):
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(site), "LITMAP_STATE": str(tmp_path / "state")}
    environment["PREFECT_HOME"] = str(new_prefect_home())
    where = [sys.executable, "-c", "import litmap.flows.refresh as r; print(r.__file__)"]
    place = subprocess.run(
        where, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert place.stdout.strip().startswith(str(site))
    command = [sys.executable, str(site / "bin" / "litmap"), "demo", "--no-serve"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "litmap search" in done.stdout
    assert "page" in done.stdout
