"""The files of a keyword index: what is stored under which name, written aside and renamed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from litmap.array_files import ArrayWriter, load_array
from litmap.atomic_files import link_or_copy, written_aside
from litmap.errors import DamagedBuild
from litmap.models import Passage
from litmap.parsing.languages import ENGLISH, document_language, passage_language

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 3
"""1 had no pairs of words, 2 no languages: they are read, but not gone on from."""
KINDS = ("body", "references", "abstract", "note", "figure", "table", "mark")
"""Kinds of passages as they are numbered on disk; another kind counts as 'body'."""
_STATE = "keywords.json"
POSTINGS = {"keys": np.int64, "starts": np.int64, "docs": np.int32, "counts": np.uint8}
_PARTS = ("keys", "starts", "docs", "counts", "lengths", "kinds", "languages", "works", "rows")


class Entry(NamedTuple):
    """A passage to be indexed: its row in the build, its work's id, the text to find it by, its
    kind and its language.
    """

    row: int
    work: str
    text: str
    kind: str = "body"
    language: str = ENGLISH


def make_entries(passages: Iterable[Passage], titles: Mapping[str, str]) -> Iterator[Entry]:
    """What passages are found by: their text and section, the first of an abstract or PDF by its
    work's title too, in the language of their document.

    Passages of one source follow each other. A note's own passages, which are no work's, stand
    under their source (`note:<path>`).
    """
    for _, group in groupby(passages, key=lambda p: (p.work, p.chunk.source)):
        own = list(group)
        language = document_language([p.chunk.text for p in own if p.chunk.kind != "references"])
        for passage in own:
            chunk = passage.chunk
            has_title = chunk.ordinal == 0 and chunk.kind not in {"note", "mark"}
            parts = [titles.get(passage.work, "") if has_title else "", chunk.section, chunk.text]
            yield Entry(
                passage.row,
                passage.work or chunk.source,
                "\n".join(part for part in parts if part),
                chunk.kind,
                passage_language(chunk.text, language),
            )


def language_number(code: str) -> int:
    """A language's code as its number on disk: its first three letters, a byte each."""
    return int.from_bytes(code[:3].encode("ascii", "replace"), "big")


def language_code(number: int) -> str:
    """The language's code of a number on disk; English for 0, which older indexes have."""
    return number.to_bytes(4, "big").lstrip(b"\0").decode("ascii", "replace") or ENGLISH


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment as stored: postings by word key, and for each of its n documents length, work,
    kind, language and row.

    `docs[starts[i]:starts[i + 1]]` are the documents that hold the word `keys[i]` and `counts` how
    often (255: more). `works` numbers into `work_ids`. `rows` is the build's row of each document,
    -1 for a removed one.
    """

    keys: NDArray[np.int64]
    starts: NDArray[np.int64]
    docs: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    languages: NDArray[np.int32]
    works: NDArray[np.int32]
    rows: NDArray[np.int32]
    work_ids: tuple[str, ...]

    @classmethod
    def open(cls, folder: Path, name: str, rows: NDArray[np.int32] | None = None) -> Segment:
        """Memory-map a segment, with its own rows or these. Raises `DamagedBuild` where a file is
        missing or cut.
        """
        postings = {part: load(folder, name, part, mapped=True) for part in POSTINGS}
        try:
            ids = tuple(json.loads((folder / f"{name}.works.json").read_text("utf-8")))
        except (OSError, ValueError) as error:
            raise DamagedBuild(
                f"keyword index: {name}.works.json cannot be read", subject=str(folder)
            ) from error
        segment = cls(
            **postings,
            lengths=load(folder, name, "lengths", mapped=True),
            kinds=load(folder, name, "kinds", mapped=True),
            languages=load_languages(folder, name),
            works=load(folder, name, "works", mapped=True),
            rows=load(folder, name, "rows", mapped=True) if rows is None else rows,
            work_ids=ids,
        )
        segment._check(folder)
        return segment

    def without(self, is_kept: Callable[[str], bool]) -> Segment:
        """The segment as if the passages of other works than those that are kept were removed."""
        kept = np.fromiter(map(is_kept, self.work_ids), bool, len(self.work_ids))
        return replace(self, rows=np.where(kept[self.works], self.rows, np.int32(-1)))

    def _check(self, folder: Path) -> None:
        sizes = {
            part.size for part in (self.lengths, self.kinds, self.languages, self.works, self.rows)
        }
        whole = (
            self.starts.size == self.keys.size + 1
            and self.docs.size == self.counts.size == int(self.starts[-1])
        )
        if (
            len(sizes) != 1
            or not whole
            or (self.works.size and int(self.works.max()) >= len(self.work_ids))
        ):
            raise DamagedBuild(
                "keyword index: the files of a segment do not fit each other", subject=str(folder)
            )


def exists(folder: Path) -> bool:
    """Whether there is an index in the folder."""
    return (folder / _STATE).exists()


def is_current(folder: Path) -> bool:
    """Whether the index in the folder is one to go on from; not one of an older litmap."""
    try:
        return bool(json.loads((folder / _STATE).read_text("utf-8"))["format"] == FORMAT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_state(folder: Path) -> list[str]:
    """The names of the index's segments. Raises `DamagedBuild`."""
    try:
        state: dict[str, Any] = json.loads((folder / _STATE).read_text("utf-8"))
        if state["format"] not in (1, 2, FORMAT):
            raise DamagedBuild(
                f"keyword index of format {state['format']}, not {FORMAT}", subject=str(folder)
            )
        return [str(name) for name in state["segments"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DamagedBuild(
            "keyword index: keywords.json is missing or damaged", subject=str(folder)
        ) from error


def delete_segment(folder: Path, name: str) -> None:
    """Delete the files of a segment that counts no more."""
    for path in (*folder.glob(f"{name}.*.npy"), folder / f"{name}.works.json"):
        path.unlink(missing_ok=True)


def write_state(folder: Path, names: Sequence[str], passages: int) -> None:
    """Name the segments that count, then delete the files of others."""
    with written_aside(folder / _STATE) as path:
        path.write_text(
            json.dumps({"format": FORMAT, "segments": list(names), "passages": passages}), "utf-8"
        )
    for path in [*folder.glob("*.npy"), *folder.glob("*.works.json")]:
        if path.name.split(".")[0] not in names:
            path.unlink()


def link_segments(base: Path, folder: Path) -> None:
    """Bring the files of another index here, as links where that is possible: none is ever changed
    in place.
    """
    for name in read_state(base):
        for path in (
            *(base / f"{name}.{part}.npy" for part in _PARTS),
            base / f"{name}.works.json",
        ):
            target = folder / path.name
            target.unlink(missing_ok=True)
            if not path.exists():
                raise DamagedBuild(f"keyword index: {path.name} is missing", subject=str(base))
            link_or_copy(path, target)
    shutil.copyfile(base / _STATE, folder / _STATE)


def free_name(folder: Path, names: Sequence[str]) -> str:
    """A segment name that no file of the folder bears."""
    taken = [*names, *(path.name.split(".")[0] for path in folder.glob("*.npy"))]
    return f"{max((int(name) for name in taken if name.isdigit()), default=0) + 1:06d}"


def load(folder: Path, name: str, part: str, *, mapped: bool = False) -> NDArray[Any]:
    """One array of a segment. Raises `DamagedBuild`."""
    path = folder / f"{name}.{part}.npy"
    try:
        return load_array(path, mapped=mapped, kinds="iu", dimensions=1)
    except (OSError, ValueError) as error:
        raise DamagedBuild(
            f"keyword index: {path.name} is missing or damaged", subject=str(folder)
        ) from error


def load_languages(folder: Path, name: str) -> NDArray[np.int32]:
    """The language of each of a segment's documents; 0 (English) in an index that is older. Raises
    `DamagedBuild`.
    """
    if exists(folder) and not is_current(folder):
        return np.zeros(load(folder, name, "kinds").size, np.int32)
    return load(folder, name, "languages", mapped=True)


def save(folder: Path, name: str, part: str, array: NDArray[Any]) -> None:
    """Write one array of a segment."""
    with written_aside(folder / f"{name}.{part}.npy") as path, path.open("wb") as file:
        np.save(file, array, allow_pickle=False)


def save_works(folder: Path, name: str, ids: Sequence[str]) -> None:
    """Write the work ids that a segment's `works` number into."""
    with written_aside(folder / f"{name}.works.json") as path:
        path.write_text(json.dumps(list(ids), ensure_ascii=False), "utf-8", "surrogatepass")


class PostingsFiles(NamedTuple):
    """The four files of a segment's postings, written from the lowest key on."""

    keys: ArrayWriter
    starts: ArrayWriter
    docs: ArrayWriter
    counts: ArrayWriter


@contextmanager
def creating(folder: Path, name: str) -> Iterator[PostingsFiles]:
    """New files of postings, to be appended to."""
    with ExitStack() as stack:
        writers = []
        for part, dtype in POSTINGS.items():
            aside = stack.enter_context(written_aside(folder / f"{name}.{part}.npy"))
            writers.append(ArrayWriter(stack.enter_context(aside.open("wb")), dtype))
        yield PostingsFiles(*writers)
        for writer in writers:
            writer.finish()
