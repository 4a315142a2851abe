"""Scores the reading of the notes in this folder against their answer keys.

A key lists the works a note cites: title, id (any of id, ids or url may identify it), the source
lines where it is mentioned (as a part of the line's text), and the innermost heading (alternatives
after '|'). Citations that are not sure count as found where they agree with the key, and as
candidates otherwise: a source would drop them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from litmap.citations import find_citations
from litmap.models import Citation
from litmap.notes import read_notes
from litmap.parsing.identifiers import url_key
from litmap.parsing.person_names import surname_key
from litmap.parsing.title_similarity import title_similarity

HERE = Path(__file__).parent


@dataclass
class Score:
    right: int = 0
    extra: int = 0
    missed: int = 0
    headings: int = 0
    with_id: int = 0
    ids: int = 0
    mentions: int = 0
    mention_hits: int = 0
    candidates: int = 0
    words: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.extra + self.missed)

    def add(self, other: Score) -> None:
        for name in (
            "right",
            "extra",
            "missed",
            "headings",
            "with_id",
            "ids",
            "mentions",
            "mention_hits",
            "candidates",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.words += other.words

    def line(self, name: str) -> str:
        return (
            f"{name:28s} F1 {self.f1:.3f}  heading {self.headings / max(1, self.right):.3f}  id "
            f"{self.ids / max(1, self.with_id):.3f}  "
            f"mentions {self.mention_hits / max(1, self.mentions):.3f}  ({self.right} right, "
            f"{self.extra} extra, {self.missed} missed, "
            f"{self.candidates} candidates)"
        )


def agrees(citation: Citation, work: dict[str, Any]) -> bool:
    """True where the citation names the key's work by identifier, address, title, or authors and
    year.
    """
    wanted = {i.lower() for i in [work.get("id", ""), *work.get("ids", [])] if i}
    if wanted & {i.lower() for i in citation.reference.ids}:
        return True
    if work.get("url") and url_key(work["url"]) in {
        url_key(url) for url in citation.reference.urls
    }:
        return True
    if (
        citation.reference.title
        and title_similarity(citation.reference.title, work["title"]) >= 0.9
    ):
        return (
            not work.get("year")
            or citation.reference.year in {None, work["year"]}
            or abs(citation.reference.year - work["year"]) <= 1
        )
    if work.get("authors") and citation.reference.authors:
        mine = [
            part for name in citation.reference.authors for part in _surnames(name, work["authors"])
        ]
        return (
            mine[0] == work["authors"][0]
            and set(mine) <= set(work["authors"]) | set(mine[1:])
            and citation.reference.year == work.get("year") is not None
        )
    return False


def _surnames(name: str, known: list[str]) -> list[str]:
    """The surname, or both of 'Card-Krueger' where they are two people of the key."""
    surname = surname_key(name)
    parts = surname.split()
    return parts if len(parts) > 1 and set(parts) <= set(known) else [surname]


def lines_of(path: Path, parts: list[str]) -> list[int]:
    """The lines that hold these texts."""
    rows = path.read_text("utf-8").split("\n")
    found = []
    for part in parts:
        line = next((number for number, row in enumerate(rows, 1) if part in row), None)
        assert line is not None, f"{path.name}: no line holds {part!r}"
        found.append(line)
    return found


def score_case(key_file: Path) -> Score:
    """The score of one note."""
    key = json.loads(key_file.read_text("utf-8"))
    path = HERE / key["note"]
    notes, problems = read_notes([path])
    assert not problems, problems
    free = list(find_citations(notes))
    score = Score()
    for work in sorted(key["works"], key=lambda w: not w.get("id")):
        hit = next((c for c in free if agrees(c, work)), None)
        lines = lines_of(path, work["at"])
        if hit is None:
            if not work.get("optional"):
                score.missed += 1
                score.words.append(f"  miss  {path.name}: {work['title'][:90]}")
            score.mentions += len(lines) * (not work.get("optional"))
            continue
        free.remove(hit)
        _score_hit(score, hit, work, lines, path.name)
    for citation in free:
        _score_other(score, citation, key, path.name)
    return score


def _score_hit(score: Score, hit, work: dict, lines: list[int], name: str) -> None:
    """Counts a work that was found: its heading, its identifier and where it is mentioned."""
    score.right += 1
    inner = {(m.heading[-1] if m.heading else "") for m in hit.mentions}
    right = "heading" not in work or bool(inner & set(work["heading"].split("|")))
    score.headings += right
    if not right:
        score.words.append(
            f"  filed {name}: {work['title'][:60]} under {sorted(inner)} not {work['heading']}"
        )
    if work.get("id"):
        score.with_id += 1
        score.ids += work["id"].lower() in {i.lower() for i in hit.reference.ids}
        if work["id"].lower() not in {i.lower() for i in hit.reference.ids}:
            score.words.append(f"  id    {name}: {work['id']} {hit.reference.ids}")
    for line in lines:
        near = any(abs(m.line - line) <= work.get("tolerance", 0) for m in hit.mentions)
        score.mentions += 1
        score.mention_hits += near
        if not near:
            score.words.append(
                f"  where {name}:{line}: {work['title'][:60]} "
                f"{[(m.line, m.kind) for m in hit.mentions]}"
            )


def _score_other(score: Score, citation, key: dict, name: str) -> None:
    """Counts a citation that is none of the works left: one too many, or a candidate."""
    excused = any(agrees(citation, work) for work in key["works"] + key.get("may", []))
    named = any(
        part.lower()
        in (
            citation.reference.raw
            + citation.reference.title
            + " ".join(citation.reference.urls + citation.reference.ids)
        ).lower()
        for part in key["not"]
    )
    if citation.sure and not excused:
        score.extra += 1
        score.words.append(
            f"  extra {name}:{citation.mentions[0].line}: {citation.kind} {citation.reference.title or citation.reference.ids or citation.reference.raw[:80]}{' (named as no work)' if named else ''}"
        )
    elif not excused or named:
        score.candidates += 1
        score.words.append(
            f"  cand  {name}:{citation.mentions[0].line}: {citation.kind} "
            f"{(citation.reference.title or citation.mentions[0].text)[:80]} "
            f"{citation.reference.authors} {citation.reference.year} "
            f"{citation.reference.urls[:1]}"
        )
    elif excused:
        score.words.append(
            f"  twice {name}:{citation.mentions[0].line}: {citation.kind} "
            f"{citation.reference.title or citation.mentions[0].text} {citation.reference.ids}"
        )


def score_all(series: int = 0) -> tuple[Score, dict[str, Score]]:
    """The score over all cases and of each.

    `series` 1 are the first 36, 2 the 16 and 3 the 12 of many works written by others.
    """
    total, each = Score(), {}
    for key_file in sorted(HERE.glob("*.json")):
        head = key_file.read_text("utf-8")[:400]
        mine = 2 if '"series": 2' in head else 3 if '"series": 3' in head else 1
        if '"works"' in head and series in {0, mine}:
            each[key_file.stem] = score_case(key_file)
            total.add(each[key_file.stem])
    return total, each


if __name__ == "__main__":
    total, each = score_all()
    for name, score in each.items():
        print(score.line(name))
    for series in (1, 2, 3):
        print(score_all(series)[0].line(f"series {series}"))
    print(total.line("all"))
    print("\n".join(total.words))
