"""What the notes of this folder are read as, a line for each citation: `python -m
tests.notes_cases.readings`.

`readings.txt` is the reading that was looked through last. A change of the reading shows there as a
difference to look through; the command writes the file anew.
"""

from __future__ import annotations

import json
from pathlib import Path

from litmap.citations import find_citations
from litmap.models import Citation
from litmap.notes import read_notes

HERE = Path(__file__).parent
FILE = HERE / "readings.txt"


def read_case(key_file: Path) -> list[str]:
    """A line for each citation of a case's note, in order."""
    notes, _ = read_notes([HERE / json.loads(key_file.read_text("utf-8"))["note"]])
    return [_line(citation) for citation in find_citations(notes)]


def _line(citation: Citation) -> str:
    reference = citation.reference
    places = [f"{m.line} {m.kind} {m.text[:40]!r}" for m in citation.mentions]
    fields = [
        citation.kind if citation.sure else f"{citation.kind}?",
        reference.title,
        "; ".join(reference.authors),
        f"{reference.year or ''}{reference.year_suffix}",
        reference.venue,
        " ".join((*reference.ids, *reference.urls)),
        ", ".join(places),
    ]
    return " | ".join(" ".join(field.split()) for field in fields)


def cases() -> dict[str, Path]:
    """The answer keys of the cases by name."""
    keys = sorted(HERE.glob("*.json"))
    return {key.stem: key for key in keys if '"works"' in key.read_text("utf-8")[:400]}


def approved() -> dict[str, list[str]]:
    """The readings that were looked through, by case."""
    found: dict[str, list[str]] = {}
    for line in FILE.read_text("utf-8").split("\n"):
        if line.startswith("# "):
            found[line[2:]] = lines = []
        elif line:
            lines.append(line)
    return found


if __name__ == "__main__":
    read = {name: read_case(key) for name, key in cases().items()}
    FILE.write_text("".join(f"# {n}\n{chr(10).join(rows)}\n" for n, rows in read.items()), "utf-8")
