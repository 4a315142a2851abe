"""Records to JSON and back, by their annotations; unknown fields are ignored, missing ones take
their default.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
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
    return typing.cast(T, _build(kind, json.loads(text)))


def build_record(kind: type[T], value: Any) -> T:
    """The record of class `kind` from plain dicts and lists, as `dataclasses.asdict` gives them."""
    return typing.cast(T, _build(kind, value))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(kind: Any, value: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        return (
            None
            if value is None
            else _build(next(a for a in typing.get_args(kind) if a is not type(None)), value)
        )
    if origin is tuple:
        return _build_tuple(typing.get_args(kind), value)
    if origin is Literal or kind is Any:
        return value
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        return kind(
            **{name: _build(hints[name], item) for name, item in value.items() if name in hints}
        )  # type: ignore[operator]
    return _checked(kind, value)


def _checked(kind: Any, value: Any) -> Any:
    """A text or number, as its annotation says. Raises TypeError for another."""
    is_whole_float = kind is float and isinstance(value, int)  # 1.0 may be written as 1
    is_truth = isinstance(value, bool) and kind is not bool  # which Python takes for a number
    if is_truth or not (isinstance(value, typing.get_origin(kind) or kind) or is_whole_float):
        raise TypeError(f"not {kind} but {type(value).__name__}")
    return value


def _build_tuple(args: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"not a list but {type(value).__name__}")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_build(args[0], item) for item in value)
    return tuple(_build(arg, item) for arg, item in zip(args, value, strict=True))
