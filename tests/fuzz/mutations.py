"""Broken inputs out of whole ones: bytes, numbers and lines, and the trees of JSON and XML."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from lxml import etree

Mutator = Callable[[random.Random, bytes, Sequence[bytes]], bytes]
MAX_BYTES = 60_000
PIECES = [
    *("[", "]", "{", "}", "(", ")", "<", ">", "|", "\\", '"', "'", "`", "$$", "%", "&", "#", "@", "~"),
    *("\n", "\n\n", "\r\n", "\t", "\x00", "\x0b", "\x1b", "\ufeff", "\u2028", "\u0085", "\u202e", "é", "𝒜", "\u0301"),
    *("[[", "]]", "](", "{{", "}}", "''", "```\n", "---\n", "== H ==\n", "# H\n", "- ", "> ", "::", ".. ", "#+", "***"),
    *("<ref>", "<a href=", "<!--", "<![CDATA[", "&#0;", "&lt;", "\\cite{", "\\begin{", "{{cite journal|title=", "@article{"),
    *("(2001)", "et al. ", "———. ", "10.1000/", "arXiv:", "http://", "http://[", "doi:", "2001a", "TY  - JOUR\n", "ER  - \n"),
    *("=1+1", "null", "NaN", "true", "\\u0000", "\\ud800", "year:", '"', "-", "..", "../", "~", "%00", "%ff"),
]  # fmt: skip
NUMBERS = [
    *("0", "-1", "1", "255", "65536", "2147483647", "2147483648", "-2147483649"),
    *("9223372036854775808", "1e309", "-1e309", "NaN", "0.1", "1e-320", "9" * 40, "9" * 5000),
]
TEXTS = [
    *("", " ", "0", "a", "\x00", "\ud800", "\u202ex\u202c", "\ufeff", "é\u0301", "𝒜", "\n\n", "<i>x</i>", "&amp;"),
    *("http://[", "http://[::1", "https://x.example/\n", "javascript:alert(1)", "file:///x", "10.1000/x", "2018", "arXiv:1706.90762"),
    *("arxiv:", "doi:", "../../x", "x" * 3000, "[" * 200, "%" * 50, "a, b, c, d", "and and and", ", ,", ";;"),
]  # fmt: skip
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_SEPARATOR = re.compile(rb"[\s{}\[\]()<>|,;:=/\"']+")


def mutate_text(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Cut, doubled, swapped and corrupted at one to six places."""
    for _ in range(rng.randint(1, 6)):
        data = rng.choice(_CHANGES)(rng, data, others)[:MAX_BYTES]
    return data


def mutate_json(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Another shape of the same JSON, now and then no JSON any more."""
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return mutate_text(rng, data, others)
    for _ in range(rng.randint(1, 4)):
        tree = _change_json(rng, tree)
    data = json.dumps(tree).encode()[:MAX_BYTES]
    return mutate_text(rng, data, others) if rng.random() < 0.15 else data


def mutate_xml(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Elements gone, doubled, moved, renamed and filled otherwise; now and then no XML any more."""
    try:
        root = etree.fromstring(data)
    except etree.XMLSyntaxError:
        return mutate_text(rng, data, others)
    for _ in range(rng.randint(1, 4)):
        _change_xml(rng, root)
    data = etree.tostring(root)[:MAX_BYTES]
    return mutate_text(rng, data, others) if rng.random() < 0.3 else data


def mutate_html(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Tags, attributes and texts shuffled, doubled and left open."""
    if rng.random() < 0.5:
        return mutate_text(rng, data, others)
    parts = [part for part in re.split(rb"(<[^>]*>)", data) if part] or [b""]
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(parts))
        parts[at : at + 1] = rng.choice(
            [[], [parts[at]] * 3, [rng.choice(parts), parts[at]], [mutate_text(rng, parts[at], others)]]
        ) or [b""]  # fmt: skip
    return b"".join(parts)[:MAX_BYTES]


def mutate_lines(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """Some lines, each as the JSON it is."""
    lines = data.split(b"\n")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(lines))
        lines[at] = mutate_json(rng, lines[at], others).replace(b"\n", b" ")
    return b"\n".join(lines)[:MAX_BYTES]


def by_suffix(suffixes: dict[str, Mutator]) -> Callable[[str], Mutator]:
    """The mutator of a file's name; that of plain text where its ending has none."""
    return lambda name: suffixes.get("." + name.rpartition(".")[2], mutate_text)


# ── bytes ─────────────────────────────────────────────────────────────────────────────────────────
def _piece(rng: random.Random) -> bytes:
    return rng.choice(PIECES).encode("utf-8", "surrogatepass")


def _span(rng: random.Random, data: bytes) -> tuple[int, int]:
    """A stretch of the data; short ones are likelier."""
    start = rng.randint(0, len(data))
    return start, min(len(data), start + int(rng.expovariate(1 / 40)))


def _cut(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _end(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: rng.randint(0, len(data))]


def _double(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + data[start:end] * rng.choice((2, 3, 8, 200)) + data[end:]


def _insert(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + _piece(rng) * rng.choice((1, 1, 1, 2, 5, 40, 300)) + data[at:]


def _splice(rng: random.Random, data: bytes, others: Sequence[bytes]) -> bytes:
    other = rng.choice(others)
    at, start = rng.randint(0, len(data)), rng.randint(0, len(other))
    return data[:at] + other[start:]


def _noise(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _number in range(rng.randint(1, 8) if data else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _pieces(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    text = data.decode("utf-8", "surrogateescape")
    mixed = "".join(c if rng.random() > 0.01 else rng.choice(PIECES) for c in text)
    return mixed.encode("utf-8", "replace" if rng.random() < 0.5 else "surrogateescape")


def _lines(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def _number(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    spots = list(_NUMBER.finditer(data))
    if not spots:
        return data
    spot = rng.choice(spots)
    return data[: spot.start()] + rng.choice(NUMBERS).encode() + data[spot.end() :]


def _swap(rng: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """Two words change places."""
    cuts = [0, *(m.end() for m in _SEPARATOR.finditer(data)), len(data)]
    if len(cuts) < 5:
        return data
    one, two = sorted(rng.sample(range(len(cuts) - 1), 2))
    a, b = data[cuts[one] : cuts[one + 1]], data[cuts[two] : cuts[two + 1]]
    return data[: cuts[one]] + b + data[cuts[one + 1] : cuts[two]] + a + data[cuts[two + 1] :]


_CHANGES: tuple[Mutator, ...] = (
    _cut, _end, _double, _insert, _insert, _splice, _noise, _pieces, _lines, _number, _swap,
)  # fmt: skip


# ── trees ─────────────────────────────────────────────────────────────────────────────────────────
def _change_json(rng: random.Random, tree: Any) -> Any:
    """The tree with one place changed."""
    places: list[tuple[Any, Any]] = [(None, None)]
    stack = [tree]
    while stack:
        node = stack.pop()
        keys = (
            list(node)
            if isinstance(node, dict)
            else range(len(node))
            if isinstance(node, list)
            else ()
        )
        for key in keys:
            places.append((node, key))
            stack.append(node[key])
    parent, key = rng.choice(places)
    old = tree if parent is None else parent[key]
    other, other_key = rng.choice(places)
    new = rng.choice(
        (
            lambda: _value(rng),
            lambda: _value(rng),
            lambda: [old],
            lambda: {"value": old},
            lambda: copy.deepcopy(other[other_key]) if other is not None else None,
            lambda: [copy.deepcopy(old) for _ in range(rng.choice((0, 2, 30)))],
            lambda: _text(rng, old) if isinstance(old, str) else str(old),
        )
    )()
    if parent is None:
        return new if rng.random() < 0.2 else tree
    if isinstance(parent, dict) and rng.random() < 0.25:
        parent.pop(key)
        if rng.random() < 0.5:
            parent[rng.choice([k for p, k in places if isinstance(p, dict)] or ["x"])] = old
        return tree
    parent[key] = new
    return tree


def _value(rng: random.Random) -> Any:
    """A value that may be anything."""
    return rng.choice(
        (
            lambda: None,
            lambda: rng.choice((True, False)),
            lambda: rng.choice((0, -1, 1, 2018, 2**31, 2**63, -(2**63), 10**40, 10**400)),
            lambda: rng.choice((0.5, float("inf"), float("-inf"), float("nan"), 1e308, -0.0)),
            lambda: rng.choice(TEXTS),
            list,
            dict,
            lambda: [None],
            lambda: [[["a"]]],
            lambda: {"": {"": None}},
        )
    )()


def _text(rng: random.Random, text: str) -> str:
    at = rng.randint(0, len(text))
    return (
        text[:at]
        + rng.choice((rng.choice(TEXTS), rng.choice(PIECES) * rng.choice((1, 30))))
        + text[at:]
    )


def _change_xml(rng: random.Random, root: Any) -> None:
    nodes = [node for node in root.iter() if isinstance(node.tag, str)]
    node, other = rng.choice(nodes), rng.choice(nodes)
    parent = node.getparent()
    action = rng.randrange(7)
    if action == 0 and parent is not None:
        parent.remove(node)
    elif action == 1 and parent is not None:
        for _ in range(rng.choice((1, 3, 40))):
            parent.append(copy.deepcopy(node))
    elif action == 2:
        node.tag = other.tag
    elif action == 3:
        other.append(copy.deepcopy(node))
    elif action == 4 and node.attrib:
        node.set(rng.choice(list(node.attrib)), _xml_text(rng))
    else:
        node.text = _xml_text(rng)


def _xml_text(rng: random.Random) -> str:
    text = rng.choice((*TEXTS, *NUMBERS))
    return re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
