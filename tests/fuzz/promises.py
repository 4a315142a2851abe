"""What every reader's result keeps to, whatever the input was."""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from typing import Any, Literal

from harness import Fault


def check_types(value: Any, where: str = "") -> None:
    """Every field of a record (a dataclass instance, nested at will) is of the type it is
    annotated with."""
    for name, hint in _hints(type(value)).items():
        _check(getattr(value, name), hint, f"{where or type(value).__name__}.{name}")


def check_one_line(text: str, where: str) -> None:
    """Text of a source is one line that can be shown and stored."""
    if text != " ".join(text.split()) or not all(c.isprintable() for c in text):
        raise Fault(f"{where} is not one line: {text[:200]!r}")


def check_web_address(url: str, where: str) -> None:
    """An address is one of the web, without blanks or line breaks."""
    check_one_line(url, where)
    if not url.startswith(("http://", "https://")):
        raise Fault(f"{where} is no web address: {url[:200]!r}")


def check_json(value: Any, where: str) -> str:
    """The JSON of an answer: no NaN, nothing that UTF-8 cannot hold."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as error:
        raise Fault(f"{where} is no JSON: {error}") from error
    return text


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind) if dataclasses.is_dataclass(kind) else {}


def _check(value: Any, hint: Any, where: str) -> None:
    if not _fits(value, hint, where):
        raise Fault(f"{where} is no {hint}: {value!r:.200}")


def _fits(value: Any, hint: Any, where: str) -> bool:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, kind, where) for kind in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return isinstance(value, tuple) and _fits_items(value, arguments, where)
    if dataclasses.is_dataclass(value):
        check_types(value, where)
    if hint in (int, float):
        return isinstance(value, (int, hint)) and not isinstance(value, bool)
    return hint is Any or isinstance(value, origin or hint)


def _fits_items(value: tuple[Any, ...], arguments: tuple[Any, ...], where: str) -> bool:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return all(_fits(item, arguments[0], where) for item in value)
    return len(value) == len(arguments) and all(
        _fits(item, kind, where) for item, kind in zip(value, arguments, strict=True)
    )
