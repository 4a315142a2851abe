"""Questions that are asked of small functions, with their whole answers in `data/answers_*.json`.

    python -m tests.answers          writes the answers anew; the difference shows what has changed

An answer has every field that a function fills, scores included: what a heuristic is sure of is
part of what it says. A change that is meant changes the file; look at each line of the difference.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import math
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
Questions = Mapping[str, Callable[..., Any]]


def plain(value: Any) -> Any:
    """A value as JSON has it: records and tuples as lists, numbers to nine digits."""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isinf(value) else float(f"{value:.9g}")
    return [plain(part) for part in _parts(value)]


def _parts(value: Any) -> Iterable[Any]:
    """What a record, a mapping or a collection is made of, sets in order."""
    if dataclasses.is_dataclass(value):
        return _said(value)
    if isinstance(value, Mapping):
        return value.items()
    return sorted(value) if isinstance(value, set | frozenset) else value


def _said(record: Any) -> list[Any]:
    """The values of a record's fields, as far as the last that is not its default: a field that is
    new leaves the others' answers as they are.
    """
    fields = list(dataclasses.fields(record))
    while fields and getattr(record, fields[-1].name) == fields[-1].default:
        fields.pop()
    return [getattr(record, field.name) for field in fields]


def answer(question: Callable[..., Any], asked: Any) -> Any:
    """The answer to what is asked: a text, or a list of arguments."""
    return plain(question(*asked) if isinstance(asked, list) else question(asked))


def load(room: str) -> dict[str, list[list[Any]]]:
    """For each question of a room what is asked and answered."""
    text = (FOLDER / f"answers_{room}.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def check(room: str, questions: Questions, name: str) -> None:
    """Fails where an answer is another than the one in the file."""
    cases = load(room)[name]
    answers = [[asked, answer(questions[name], asked)] for asked, _ in cases]
    assert answers == cases


def save(room: str, questions: Questions, cases: Mapping[str, list[Any]]) -> None:
    """Write a room's file: what is asked, one a line, with the answers of the code as it is."""
    parts = []
    for name, asked in sorted(cases.items()):
        lines = [json.dumps([a, answer(questions[name], a)], ensure_ascii=False) for a in asked]
        parts.append(f" {json.dumps(name)}: [\n  " + ",\n  ".join(lines) + "\n ]")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    (FOLDER / f"answers_{room}.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Write the answers of every room anew."""
    from tests.test_citations_answers import QUESTIONS as CITATIONS
    from tests.test_parsing_answers import QUESTIONS as PARSING

    for room, questions in (("citations", CITATIONS), ("parsing", PARSING)):
        cases = {name: [asked for asked, _ in rows] for name, rows in load(room).items()}
        save(room, questions, cases)


if __name__ == "__main__":
    main()
