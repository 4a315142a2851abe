"""reStructuredText: underlined titles, links, citations and footnotes with their definitions, roles such as :cite:."""

from __future__ import annotations

import re

from litmap.models import Link
from litmap.notes.builder import Builder
from litmap.notes.inline import Inline

_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_TARGET = re.compile(r"\.\. _`?([^`:\n]{1,200}?)`?:\s*(\S.*)?$")
_ANONYMOUS = re.compile(r"(?:__|\.\. __:)\s+(\S+)\s*$")
_NOTE = re.compile(r"\.\. \[([^\]\n]{1,80})\]\s*(.*)$")
_DIRECTIVE = re.compile(r"\.\. ([\w:-]+)::\s*(.*)$")
_ITEM = re.compile(r"(\s*)(?:[-*+•]|(\d{1,4}|#)[.)]|\((?!(?:1[5-9]|20)\d\d\))(\d{1,4})\))\s+(.*)$")
_INLINE = re.compile(
    r":(?:cite|citep|citet|cite:[a-z]{1,12}|footcite(?::[a-z]{1,5})?):`(?P<cite>[^`]{1,500})`"
    r"|:(?P<role>doi|arxiv|pmid|ref|doc|term|math|sup|sub|emphasis|strong|title|title-reference):`(?P<roletext>[^`]{1,500})`"
    r"|`(?P<text>[^`<>]{0,1000}?)\s*<(?P<target>[^<>`]{1,2000})>`__?"
    r"|`(?P<phrase>[^`]{1,300})`(?P<anon>__?)"
    r"|\[(?P<note>[^\]\n\s]{1,80})\]_(?!\w)"
    r"|(?<![\w`/_.])(?P<word>[A-Za-z][\w.-]{0,80})_(?![\w_])"
    r"|``(?P<literal>[^`\n]{1,500})``"
    r"|(?<![\w*])(?P<em>\*{1,2})(?=\S)(?P<emtext>[^*\n]{1,500}?)(?P=em)(?!\w)"
    r"|`(?P<interpreted>[^`\n]{1,500})`"
)
_SKIPPED = {
    "code",
    "code-block",
    "sourcecode",
    "image",
    "figure",
    "raw",
    "toctree",
    "contents",
    "include",
    "highlight",
    "math",
    "csv-table",
    "plot",
    "autoclass",
    "automodule",
}


class _Targets:
    def __init__(self, lines: list[str]) -> None:
        self.named: dict[str, str] = {}
        self.anonymous: list[str] = []
        for number, line in enumerate(lines):
            if match := _TARGET.match(line):
                value = match.group(2) or ""
                after = lines[number + 1].strip() if number + 1 < len(lines) else ""
                self.named[" ".join(match.group(1).lower().split())] = value or (
                    after if after.startswith("http") else ""
                )
            elif match := _ANONYMOUS.match(line):
                self.anonymous.append(match.group(1))

    def get(self, name: str) -> str:
        """The address of a named target, through other names."""
        seen: set[str] = set()
        key = " ".join(name.lower().split())
        while key in self.named and key not in seen:
            seen.add(key)
            value = self.named[key]
            if not re.fullmatch(r"`?[^`]+`?_", value):
                return value
            key = value.strip("`_").lower()
        return ""


def rst_inline(raw: str, line: int, targets: _Targets) -> Inline:
    """The text of a stretch of reStructuredText; citations become '@key' or stay '[key]'."""
    raw = re.sub(
        r"(?<=[.])\\ ", " ", raw
    )  # 'et al.\ 1999': an escaped blank after a full stop is meant as one
    out, parts, size, position = Inline(), [], 0, 0
    for match in _INLINE.finditer(raw):
        shown, target = _shown(match, targets)
        if shown is None:
            continue
        before = raw[position : match.start()]
        parts += [before, shown]
        size += len(before)
        if target:
            out.links.append(
                Link(
                    " ".join(shown.split()),
                    target,
                    line + raw.count("\n", 0, match.start()),
                    size,
                    size + len(shown),
                )
            )
        if match["em"] == "*" or match["role"] in {"emphasis", "title", "title-reference"}:
            out.emphasis.append(shown)
        size += len(shown)
        position = match.end()
    parts.append(raw[position:])
    text = "".join(parts)
    out.starts = [0] + [found.end() for found in re.finditer("\n", text)]
    out.text = text.replace("\n", " ")
    return out


def _shown(match: re.Match[str], targets: _Targets) -> tuple[str | None, str]:
    groups = match.groupdict()
    if groups["cite"]:
        return "[" + "; ".join("@" + key.strip() for key in groups["cite"].split(",")) + "]", ""
    if groups["role"]:
        value = groups["roletext"]
        label = re.match(r"(.*?)\s*<([^<>]+)>$", value)
        shown, target = (label.group(1), label.group(2)) if label else (value, value)
        return shown, f"{groups['role']}:{target}" if groups["role"] in {
            "doi",
            "arxiv",
            "pmid",
        } else ""
    if groups["target"]:
        target = groups["target"]
        if target.endswith("_") and "://" not in target:
            target = targets.get(target[:-1])
        return groups["text"] or target, target
    if groups["phrase"]:
        target = targets.get(groups["phrase"])
        if not target and groups["anon"] == "__" and targets.anonymous:
            target = targets.anonymous.pop(0)
        return groups["phrase"], target
    if groups["note"]:
        return f"[{groups['note'].lstrip('#') or '#'}]", ""
    if groups["word"]:
        target = targets.get(groups["word"])
        return (groups["word"], target) if target else (None, "")
    return groups["literal"] or groups["emtext"] or groups["interpreted"], ""


def read_rst(text: str, builder: Builder) -> tuple[str, ...]:
    """Reads reStructuredText into the builder; gives the bibliographies it names."""
    lines = text.expandtabs(8).split("\n")
    return _Rst(lines, builder).read()


class _Rst:
    def __init__(self, lines: list[str], builder: Builder) -> None:
        self.lines, self.builder = lines, builder
        self.targets = _Targets(lines)
        self.styles: list[str] = []
        self.uses: list[str] = []
        self.held: list[str] = []
        self.kind, self.first, self.indent = "paragraph", 0, 0
        self.fields: tuple[tuple[str, str], ...] = ()

    def read(self) -> tuple[str, ...]:
        """Reads all lines."""
        number = 0
        while number < len(self.lines):
            number = self.line(number)
        self.flush()
        return tuple(self.uses)

    def flush(self) -> None:
        """Adds the held block."""
        if self.held:
            self.builder.add(
                self.kind,
                rst_inline("\n".join(self.held), self.first + 1, self.targets),
                self.first + 1,
                *self.fields,
            )
        self.held, self.kind, self.fields = [], "paragraph", ()

    def hold(
        self, number: int, text: str, kind: str, indent: int, *fields: tuple[str, str]
    ) -> None:
        """Begins a block."""
        self.flush()
        self.held, self.kind, self.first, self.indent, self.fields = (
            [text] if text else [""],
            kind,
            number,
            indent,
            fields,
        )

    def title(self, number: int) -> int:
        """Takes a section title that begins at this line; gives the next line's number, or the same where none does."""
        line = self.lines[number]
        after = self.lines[number + 1] if number + 1 < len(self.lines) else ""
        over = _UNDERLINE.match(line)
        if (
            over
            and number + 2 < len(self.lines)
            and after.strip()
            and self.lines[number + 2].strip()[:1] == over.group(1)
            and _UNDERLINE.match(self.lines[number + 2])
        ):
            return self.section(number + 1, over.group(1) * 2, number + 3)
        under = _UNDERLINE.match(after)
        if (
            under
            and line.strip()
            and not line[0].isspace()
            and not over
            and len(after.strip()) >= min(len(line.strip()), 4)
            and not self.held
        ):
            return self.section(number, under.group(1), number + 2)
        return number

    def section(self, number: int, style: str, after: int) -> int:
        """Opens a section."""
        if style not in self.styles:
            self.styles.append(style)
        self.builder.heading(
            self.styles.index(style) + 1,
            rst_inline(self.lines[number].strip(), number + 1, self.targets),
            number + 1,
        )
        return after

    def line(self, number: int) -> int:
        """Takes one line or construct."""
        line = self.lines[number]
        if not line.strip():
            if self.kind != "definition":
                self.flush()
            return number + 1
        indent = len(line) - len(line.lstrip())
        if self.kind == "definition" and self.held and indent == 0:
            self.flush()
        if (after := self.title(number)) != number:
            return after
        if line.startswith(".. ") or line.strip() == "..":
            return self.explicit(number, line)
        if (
            _ANONYMOUS.match(line)
            or (_UNDERLINE.match(line) and not self.held)
            or re.match(r"[=\s]{6,}$|[+|][-=+]{4,}", line.strip())
        ):
            self.flush()
        elif match := _ITEM.match(line):
            marker = match.group(2) or match.group(3) or ""
            self.hold(
                number,
                match.group(4),
                "item",
                indent,
                *((("number", marker),) if marker.isdigit() else ()),
            )
        elif match := re.match(r"\s*:([\w -]{1,40}):\s+(.*)$", line):
            self.hold(number, match.group(2), "definition", indent)
        elif self.held:
            self.held.append(line.strip())
        else:
            self.hold(
                number,
                line.strip().rstrip(":") if line.rstrip().endswith("::") else line.strip(),
                "paragraph",
                indent,
            )
        return number + 1

    def explicit(self, number: int, line: str) -> int:
        """Takes a construct that begins with two dots."""
        self.flush()
        if match := _NOTE.match(line):
            key = match.group(1).lstrip("#")
            name = "number" if key.isdigit() else "label"
            self.hold(
                number,
                f"[{key}] {match.group(2)}",
                "definition",
                3,
                (name, key),
                ("list", "references"),
            )
            return number + 1
        if _TARGET.match(line):
            return number + 1
        directive = _DIRECTIVE.match(line)
        name = directive.group(1).lower() if directive else "comment"
        if directive and name == "bibliography" and directive.group(2):
            self.uses += directive.group(2).split()
        if directive and name not in _SKIPPED and name != "bibliography":
            if directive.group(2):
                self.hold(number, directive.group(2), "paragraph", 3)
            return number + 1
        end = number + 1
        while end < len(self.lines) and (
            not self.lines[end].strip() or self.lines[end].startswith("   ")
        ):
            end += 1
        return end
