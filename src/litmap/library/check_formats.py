"""Findings as SARIF, which editors and code hosts show beside the lines, and as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litmap import __version__
from litmap.catalogue.entries import Entry
from litmap.library.checking import CheckResults
from litmap.models import Finding, FindingKind, Sentence
from litmap.parsing.markup import escape_markdown as escape
from litmap.parsing.places import sentence_place, with_mark

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(results: CheckResults, entries: Mapping[str, Entry]) -> dict[str, Any]:
    """The findings as a SARIF 2.1.0 log: troubles are warnings, the others notes; what
    the reader looked at is suppressed.
    """
    driver = {
        "name": "litmap",
        "version": __version__,
        "rules": [{"id": kind, "name": kind.replace("-", " ")} for kind in FindingKind],
    }
    found = [_sarif_result(finding, entries) for finding in results.findings]
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": found}],
    }


def _sarif_result(finding: Finding, entries: Mapping[str, Entry]) -> dict[str, Any]:
    message = f"{entries[finding.work].work.title}: {finding.why}"
    quoted = [f"{sentence_place(sentence)}: “{sentence.text}”" for sentence in finding.evidence[:2]]
    region = {"startLine": finding.claim.line, "snippet": {"text": finding.claim.text}}
    location = {
        "artifactLocation": {"uri": quote(finding.claim.note)},
        "region": region,
    }
    looked = {"kind": "external", "status": "accepted", "justification": "looked at: it is fine"}
    return {
        "ruleId": finding.kind,
        "level": "warning" if finding.kind.is_trouble else "note",
        "message": {"text": " ".join([message, *quoted])},
        "locations": [{"physicalLocation": location}],
        "suppressions": [looked] if finding.looked else [],
        "properties": {"work": finding.work, "strength": round(finding.strength, 3)},
    }


def _where(sentence: Sentence) -> str:
    return with_mark(sentence_place(sentence), sentence.marked)


def to_markdown(results: CheckResults, entries: Mapping[str, Entry]) -> str:
    """The findings as a page of Markdown, by note and line."""
    lines: list[str] = []
    note, claim = "", None
    for finding in results.findings:
        if finding.claim.note != note:
            note = finding.claim.note
            lines += [f"## {escape(note)}", ""]
        if finding.claim is not claim:
            claim = finding.claim
            lines += [f"**Line {claim.line}.** {escape(claim.text)}", ""]
        title = escape(entries[finding.work].work.title)
        kind = finding.kind.replace("-", " ") + (", looked at" if finding.looked else "")
        lines.append(f"- *{kind}* – {title}. {escape(finding.why)}")
        lines += [f"  - {escape(_where(s))}: “{escape(s.text)}”" for s in finding.evidence]
        for sentence, _ in finding.elsewhere:
            other = escape(entries[sentence.work].work.title)
            lines.append(
                f"  - {other}, {escape(sentence_place(sentence))}: “{escape(sentence.text)}”"
            )
        lines.append("")
    return "\n".join(lines)
