"""Records to JSON and back, by their annotations; unknown fields are ignored, missing ones take
their default.
"""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import Any, TypeVar, cast

import msgspec

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
    """The record of class `kind` that `dump` wrote. Raises ValueError for a text of any other
    shape.
    """
    try:
        record: T = _decoder(cast(Any, kind)).decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from error
    return record


def build_record(kind: type[T], value: Any) -> T:
    """The record of class `kind` from plain dicts and lists, as `dataclasses.asdict` gives them.
    Raises ValueError for a value of any other shape.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """What reads records of a class; made once, for a library's are tens of thousands."""
    return msgspec.json.Decoder(kind)
