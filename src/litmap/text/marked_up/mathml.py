"""Formulas as readable text in one line: MathML from left to right, TeX without what surrounds it.

Indices and exponents are written as in TeX: 'x_i', 'e^(−t/2)'.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from litmap.text.marked_up.safe_parsing import local_name, text_of_entity

MAX_CHARS = 4000
"""Characters of one formula."""
_INVISIBLE = re.compile("[\u2061-\u2064\u200b]")
_RELATION = re.compile(r"(?:[=<>≤≥≠≈≡∼≃≅∝∈∉⊂⊆→←↦⇒⇔≪≫:]|:=|<=|>=)")
_SIMPLE = re.compile(r"√?\w*|[^\w\s]")
_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.S)
_ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304",
    "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "ˇ": "\u030c",
}  # fmt: skip
"""Signs that stand above one letter."""


def formula_text(math: Any) -> str:
    """A formula of MathML as printed, in one line."""
    return " ".join(_INVISIBLE.sub("", _read(math)).split())[:MAX_CHARS]


def tex_text(tex: str) -> str:
    """A formula of TeX without the document and the signs around it."""
    body = _TEX_BODY.search(tex)
    plain = " ".join((body[1] if body else tex).split())
    for opening, closing in (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")):
        if plain.startswith(opening) and plain.endswith(closing) and len(plain) > len(opening):
            plain = plain[len(opening) : -len(closing)]
            break
    return plain.strip()[:MAX_CHARS]


def _read(element: Any) -> str:
    name = local_name(element)
    if not name:
        return text_of_entity(element)
    special = _SPECIAL.get(name)
    if special is not None:
        return special(_children(element))
    if name in _DROPPED:
        return ""
    if name == "mo":
        return _operator(" ".join("".join(element.itertext()).split()))
    if name == "semantics":
        return next(iter(_children(element)), "")
    own = element.text or ""
    own = own if name == "mtext" else own.strip()
    return own + "".join(_children(element))


def _children(element: Any) -> list[str]:
    return [_read(child) for child in element]


def _operator(sign: str) -> str:
    return f" {sign} " if _RELATION.fullmatch(sign) else sign


def _grouped(text: str) -> str:
    """In brackets where it is more than one word or sign."""
    text = text.strip()
    return text if _SIMPLE.fullmatch(_INVISIBLE.sub("", text)) else f"({text})"


def _script(sign: str, text: str) -> str:
    if text.strip() in {"′", "″", "'", "*", "∗", "†"} and sign == "^":
        return text.strip()
    return f"{sign}{_grouped(text)}" if text.strip() else ""


def _scripts(signs: str) -> Callable[[Sequence[str]], str]:
    def write(parts: Sequence[str]) -> str:
        base, *others = parts or [""]
        return base + "".join(map(_script, signs, others))

    return write


def _over(parts: Sequence[str]) -> str:
    """An accent above one letter, else what stands above: 'x̂', 'A^def'."""
    base, above = (*parts, "", "")[:2]
    accent = _ACCENTS.get(above.strip())
    if accent and len(base.strip()) == 1:
        return base.strip() + accent
    return base if accent else base + _script("^", above)


def _fraction(parts: Sequence[str]) -> str:
    return "/".join(map(_grouped, parts[:2]))


def _root(parts: Sequence[str]) -> str:
    return f"√{_grouped(''.join(parts))}"


def _root_of_degree(parts: Sequence[str]) -> str:
    base, degree = (*parts, "", "")[:2]
    return f"{_grouped(base)}^(1/{degree.strip()})"


_DROPPED = frozenset({"annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark"})
_SPECIAL: dict[str, Callable[[Sequence[str]], str]] = {
    "msub": _scripts("_"),
    "msup": _scripts("^"),
    "msubsup": _scripts("_^"),
    "munder": _scripts("_"),
    "munderover": _scripts("_^"),
    "mover": _over,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root_of_degree,
    "mtr": lambda parts: " ".join(parts) + "; ",
    "mlabeledtr": lambda parts: " ".join(parts[1:]) + "; ",
    "mtable": lambda parts: "".join(parts).removesuffix("; "),
    "mfenced": lambda parts: f"({', '.join(parts)})",
    "mspace": lambda parts: " ",
}
"""How an element is written, given what its children print."""
