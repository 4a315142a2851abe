"""Records to JSON and back, by their annotations; unknown fields are ignored, missing ones take
their default.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Literal, TypeVar

T = TypeVar("T")


def dump(record: Any) -> str:
    """A record (a dataclass instance, nested at will) as compact JSON."""
    return storable(
        json.dumps(dataclasses.asdict(record), ensure_ascii=False, separators=(",", ":"))
    )


def storable(text: str) -> str:
    """Text that SQLite can hold: lone surrogates (from names of files that are no UTF-8) become
    question marks.
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def load(kind: type[T], text: str) -> T:
    """The record of class `kind` that `dump` wrote. Raises ValueError, TypeError, LookupError or
    AttributeError for a text of any other shape.
    """
    return build_record(kind, json.loads(text))


def build_record(kind: type[T], value: Any) -> T:
    """The record of class `kind` from plain dicts and lists, as `dataclasses.asdict` gives them."""
    return typing.cast(T, _builder(typing.cast(Any, kind))(value))


Builder = Callable[[Any], Any]


@functools.cache
def _builder(kind: Any) -> Builder:
    """What makes a value of an annotation's kind from a plain one; made once, for a library's
    records are tens of thousands.
    """
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        given = next(a for a in typing.get_args(kind) if a is not type(None))
        return functools.partial(_build_optional, _builder(given))
    if origin is tuple:
        return _tuple_builder(typing.get_args(kind))
    if origin is Literal or kind is Any:
        return _unchanged
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if dataclasses.is_dataclass(kind):
        return functools.partial(_build_dataclass, kind)
    return functools.partial(_checked, kind, origin or kind)


def _unchanged(value: Any) -> Any:
    return value


def _build_optional(build: Builder, value: Any) -> Any:
    return None if value is None else build(value)


@functools.cache
def _fields(kind: type) -> dict[str, Builder]:
    return {name: _builder(hint) for name, hint in typing.get_type_hints(kind).items()}


def _build_dataclass(kind: Any, value: Any) -> Any:
    fields = _fields(kind)
    return kind(**{name: fields[name](item) for name, item in value.items() if name in fields})


def _checked(kind: Any, expected: type, value: Any) -> Any:
    """A text or number, as its annotation says. Raises TypeError for another."""
    if type(value) is expected:
        return value
    is_whole_float = kind is float and isinstance(value, int)  # 1.0 may be written as 1
    is_truth = isinstance(value, bool)  # which Python takes for a number
    if is_truth or not (isinstance(value, expected) or is_whole_float):
        raise TypeError(f"not {kind} but {type(value).__name__}")
    return value


def _tuple_builder(args: tuple[Any, ...]) -> Builder:
    builders = [_builder(arg) for arg in args if arg is not Ellipsis]
    if len(args) == 2 and args[1] is Ellipsis:
        return functools.partial(_build_run, builders[0])
    return functools.partial(_build_tuple, builders)


def _build_run(build: Builder, value: Any) -> tuple[Any, ...]:
    return tuple(map(build, _as_list(value)))


def _build_tuple(builders: Sequence[Builder], value: Any) -> tuple[Any, ...]:
    return tuple(build(item) for build, item in zip(builders, _as_list(value), strict=True))


def _as_list(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"not a list but {type(value).__name__}")
    return value
