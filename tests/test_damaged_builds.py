"""Every file of a build cut, changed, emptied or gone: a clear error or the right answer."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from litmap.builds import reader
from litmap.errors import DamagedBuild
from litmap.library import Library
from litmap.pipeline.examination import examine
from litmap.settings import Settings, load_settings


def _flip(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :]


HARMS: dict[str, Callable[[bytes], bytes | None]] = {
    "cut": lambda data: data[: len(data) // 2],
    "one bit": _flip,
    "empty": lambda _: b"",
    "zeros": lambda data: bytes(len(data)),
    "gone": lambda _: None,
}


@pytest.fixture(scope="module")
def copied(
    example_library: Path, state: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    root = tmp_path_factory.mktemp("damaged") / "library"
    shutil.copytree(example_library, root)
    yield load_settings({"library": root, "state": state, "offline": True})


def _use(settings: Settings, encoder: Any) -> list[Any]:
    """All that a library answers from its build."""
    with Library.open(settings=settings) as library:
        library.__dict__["encoder"] = encoder
        hits = library.search("flat minima generalise", limit=8).hits
        return [
            [(hit.row, round(hit.score, 4), hit.chunk.text) for hit in hits],
            [hit.row for hit in library.more_like("#0").hits],
            [(hit.row, hit.chunk.page) for hit in library.locate("wide valleys of the loss").hits],
            library.topics().as_json(),
            library.coverage(),
            library.reading_list(),
            library.citations_between(),
            library.summary(hits[0].entry.work.id).as_json(),
            library.picture().as_json() if hasattr(library.picture(), "as_json") else None,
        ]


def _files(root: Path) -> list[Path]:
    build = root / "builds" / (root / "CURRENT").read_text().strip()
    return [root / "CURRENT", *sorted(file for file in build.rglob("*") if file.is_file())]


def _harm(file: Path, data: bytes | None) -> None:
    file.unlink()  # never through a link that another copy shares
    if data is not None:
        file.write_bytes(data)


@pytest.mark.slow
def test_a_damaged_file_is_told_or_does_not_matter(copied: Settings) -> None:
    with Library.open(settings=copied) as library:
        encoder = library.encoder
    right = _use(copied, encoder)
    faults, damaged = [], 0
    for file in _files(copied.library):
        whole = file.read_bytes()
        for name, harm in HARMS.items():
            _harm(file, harm(whole)) if file.exists() else None
            try:
                if _use(copied, encoder) != right:
                    faults.append(f"{file.name}, {name}: a wrong answer")
            except DamagedBuild as error:
                damaged += 1
                if "doctor --fix" not in error.message:
                    faults.append(f"{file.name}, {name}: {error.message}")
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
                faults.append(f"{file.name}, {name}: {error!r}")
            file.unlink(missing_ok=True)
            file.write_bytes(whole)
    assert not faults
    assert damaged > 80


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "topics.json", "keywords.json"])
def test_doctor_mends_what_is_damaged(copied: Settings, name: str) -> None:
    file = next(file for file in _files(copied.library) if file.name == name)
    _harm(file, _flip(file.read_bytes()) if name == "topics.json" else None)
    broken = [check for check in examine(copied) if check.name == "build"]
    assert [check.ok for check in broken] == [False]
    mended = [check for check in examine(copied, fix=True) if check.name == "build"]
    assert [check.ok for check in mended] == [True]
    with Library.open(settings=copied) as library:
        assert library.search("flat minima").hits


def test_a_large_file_is_checked_by_its_size_and_in_full_by_doctor(
    copied: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_CHECKED_AT_OPEN", 0)
    file = next(file for file in _files(copied.library) if file.name.endswith(".counts.npy"))
    whole = file.read_bytes()
    _harm(file, _flip(whole))
    try:
        with Library.open(settings=copied):
            pass
        assert [check.ok for check in examine(copied) if check.name == "build"] == [False]
    finally:
        _harm(file, whole)
