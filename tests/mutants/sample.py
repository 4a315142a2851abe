"""Which mutants there are, which of them change no behaviour, and a seeded sample of the rest.

The mutants are cosmic-ray's. A site is one place in the code; most sites have several mutants (a
`<` has five). The sample draws sites, then one mutant of each, so that a comparison weighs no more
than an `and`.
"""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Position = tuple[int, int]  # line from 1, column from 0
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
CACHES = {"cache", "lru_cache"}
BUILT_IN_TYPES = {"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple"}
IDENTITY_FOR_EQUALITY = {("Eq", "Is"), ("NotEq", "IsNot"), ("Is", "Eq"), ("IsNot", "NotEq")}


@dataclass(frozen=True)
class Mutant:
    """One change to one place of one module: `path` relative to the root, `occurrence` as
    cosmic-ray counts.
    """

    path: str
    operator: str
    occurrence: int
    start: Position
    end: Position


class Equivalents:
    """The places of a module where a change cannot change what the program does, by rule."""

    def __init__(self, source: str) -> None:
        self._tree = ast.parse(source)

    def hold(self, mutant: Mutant) -> bool:
        """Whether the mutant is equivalent by one of the rules."""
        changed = tuple(mutant.operator.rsplit("/", 1)[-1].split("_")[1:])
        if changed in IDENTITY_FOR_EQUALITY:  # differs by how the interpreter shares objects
            return True
        if mutant.operator.endswith("RemoveDecorator"):
            return mutant.start in self._cache_decorators
        return any(start <= mutant.start and mutant.end <= end for start, end in self._spans)

    @cached_property
    def _spans(self) -> list[tuple[Position, Position]]:
        return [_span(node) for node in self._equivalent_nodes()]

    @cached_property
    def _cache_decorators(self) -> set[Position]:
        return {
            (d.lineno, d.col_offset - 1)  # the @ stands before it
            for node in ast.walk(self._tree)
            for d in getattr(node, "decorator_list", ())
            if _name(d) in CACHES
        }

    def _equivalent_nodes(self) -> Iterator[ast.AST]:
        for node in ast.walk(self._tree):
            for field in ("annotation", "returns"):
                if isinstance(annotation := getattr(node, field, None), ast.AST):
                    yield annotation
            for decorator in getattr(node, "decorator_list", ()):
                if _name(decorator) in CACHES | {"dataclass"}:
                    yield decorator  # how much is kept, whether instances are frozen
            if _is_without_effect(node) or _is_log_call(node) or _is_union_of_types(node):
                yield node


def _is_without_effect(node: ast.AST) -> bool:
    """What only type checkers and people at the desk see."""
    match node:
        case ast.If(test=test):
            return _name(test) == "TYPE_CHECKING"
        case ast.FunctionDef(name="__repr__") | ast.keyword(arg="strict"):  # zip's: an assertion
            return True
        case ast.Call(func=ast.Name(id="TypeVar" | "cast" | "NewType")):
            return True
    return False


def _is_log_call(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return attr in LOG_METHODS and _name(value) in {"logger", "logging"}
    return False


def _is_union_of_types(node: ast.AST) -> bool:
    """'str | None' outside an annotation."""
    match node:
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _is_type(left) or _is_type(right)
    return False


def _name(node: ast.AST) -> str:
    match node:
        case ast.Call(func=func):
            return _name(func)
        case ast.Attribute(attr=attr):
            return attr
        case ast.Name(id=name):
            return name
    return ""


def _is_type(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=None):
            return True
        case ast.Subscript(value=value):
            return _is_type(value)
    return _name(node) in BUILT_IN_TYPES and not isinstance(node, ast.Call)


def _span(node: ast.AST) -> tuple[Position, Position]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def mutants_of(path: Path, root: Path) -> list[Mutant]:
    """Every mutant of a module, in cosmic-ray's order, the equivalent ones left out."""
    from cosmic_ray import plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    source = path.read_text(encoding="utf-8")
    equivalents = Equivalents(source)
    nodes = list(ast_nodes(get_ast(source)))
    lines = source.splitlines()
    mutants = []
    for name in sorted(plugins.operator_names()):
        operator_class = plugins.get_operator(name)
        if operator_class.arguments():  # needs the names of variables
            continue
        operator = operator_class()
        places = (p for node in nodes for p in operator.mutation_positions(node))
        for occurrence, place in enumerate(places):
            start, end = (_utf8(position, lines) for position in place)
            mutant = Mutant(path.relative_to(root).as_posix(), name, occurrence, start, end)
            if not equivalents.hold(mutant):
                mutants.append(mutant)
    return mutants


def _utf8(position: Position, lines: list[str]) -> Position:
    """A column in characters, as parso counts, becomes one in bytes, as ast counts."""
    line, column = position
    text = lines[line - 1] if line <= len(lines) else ""
    return line, len(text[:column].encode())


def sample(mutants: list[Mutant], count: int, seed: str) -> list[Mutant]:
    """Up to `count` mutants at different sites; the same for the same seed and code."""
    sites: dict[tuple[str, Position, Position], list[Mutant]] = {}
    for mutant in mutants:
        sites.setdefault((mutant.path, mutant.start, mutant.end), []).append(mutant)
    rng = random.Random(seed)
    drawn = rng.sample(sorted(sites), min(count, len(sites)))
    return [rng.choice(sites[site]) for site in drawn]


def mutate(source: str, mutant: Mutant) -> str:
    """The module's text with the mutant in it."""
    from cosmic_ray import plugins
    from cosmic_ray.mutating import mutate_code

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = mutate_code(source, plugins.get_operator(mutant.operator)(), mutant.occurrence)
    if text is None or text == source:
        raise ValueError(f"{mutant} changes nothing")
    return text
