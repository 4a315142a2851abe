"""Names and lists of names as styles write them."""

from __future__ import annotations

from collections.abc import Sequence

Piece = tuple[str, str]
"""A part of a reference and its label (`litmap.parsing.reference_strings.labeller`)."""


def initials(given: str, joint: str, stop: str = ".") -> str:
    """'M. A.', 'J.-P.', 'MA'."""
    parts = []
    for part in given.split():
        cut = "-".join(bit[0] + stop for bit in part.rstrip(".").split("-"))
        parts.append(cut if stop else cut.replace("-", ""))
    return joint.join(parts)


FAMILY_FIRST = {
    "inverted": (", ", " ", "."),
    "inverted-close": (", ", "", "."),
    "inverted-full": (", ", None, ""),
    "spaced-full": (" ", None, ""),
    "together": (" ", "", ""),
    "together-dots": (" ", "", "."),
    "together-spaced": (" ", " ", "."),
    "together-bare": (" ", " ", ""),
}
"""Forms that begin with the family name: what stands behind it, and what between and behind the
initials (None: the given names are written out).
"""


def one_name(family: str, given: str, form: str) -> list[Piece]:
    """The pieces of a name in one of the forms."""
    if form.startswith("upper"):
        return one_name(family.upper(), given, form.removeprefix("upper-"))
    if form in FAMILY_FIRST:
        comma, joint, stop = FAMILY_FIRST[form]
        shown = given if joint is None else initials(given, joint, stop)
        return [(family, "F"), (comma, "C"), (shown, "G")]
    joint = {"direct": " ", "direct-close": ""}.get(form)
    shown = given if joint is None else initials(given, joint)
    return [(shown, "G"), (" ", "C"), (family, "F")]


def names(
    people: Sequence[tuple[str, str]],
    form: str,
    between: str,
    last: str,
    *,
    rest: str = "",
    turned: bool = False,
) -> list[Piece]:
    """A list of names; `rest` stands for those behind the third; `turned`: only the first name is
    inverted.
    """
    pieces: list[Piece] = []
    shown = people[:3] if rest and len(people) > 3 else people
    for i, (family, given) in enumerate(shown):
        if i:
            closing = i == len(shown) - 1 and len(shown) == len(people)
            pieces.append((last if closing else between, "X"))
        pieces += one_name(family, given, "direct-full" if turned and i else form)
    if len(shown) < len(people):
        pieces.append((rest, "X"))
    return pieces


def cjk_names(
    people: Sequence[tuple[str, str]], between: str, rest: str, space: str = ""
) -> list[Piece]:
    """Names of Chinese, Japanese or Korean people, family name first."""
    pieces: list[Piece] = []
    for i, (family, given) in enumerate(people[:3] if rest else people):
        if i:
            pieces.append((between, "X"))
        pieces += [(family, "F"), (space, "C"), (given, "G")] if space else [(family + given, "F")]
    if rest and len(people) > 3:
        pieces.append((rest, "X"))
    return pieces


def as_editors(pieces: Sequence[Piece]) -> list[Piece]:
    """Names inside a reference: those of the editors of a book."""
    return [("".join(text for text, _ in pieces), "E")]
