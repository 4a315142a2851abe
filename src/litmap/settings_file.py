"""Changes of a settings file: planned as its new text, shown as a diff, written in one step.

Comments, order and keys that litmap does not know stay. What is written is read again first: the
file must say what was meant and nothing else must have changed.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.errors import SettingsError
from litmap.settings import TABLES, flatten, read_file
from litmap.written_files import WrittenFiles

_PASSWORD = re.compile(r"(?<=://)([^\s/@:\"']*):[^\s/@\"']+(?=@)")


@dataclass(frozen=True, slots=True)
class FileChange:
    """A settings file as it is (None: there is none) and as it is to be."""

    path: Path
    before: bytes | None
    after: bytes

    @property
    def is_none(self) -> bool:
        """Whether nothing changes."""
        return self.before == self.after

    @property
    def diff(self) -> str:
        """What changes, as a unified diff without the names of files, passwords hidden."""
        old, new = (_lines(content) for content in (self.before or b"", self.after))
        lines = list(difflib.unified_diff(old, new, n=2, lineterm=""))[2:]
        return without_passwords("\n".join(line for line in lines if not line.startswith("@@")))


def without_passwords(text: str) -> str:
    """The text with passwords in addresses hidden: 'smtps://me:…@mail.example.org'."""
    return _PASSWORD.sub(r"\1:…", text)


def values_in(path: Path) -> dict[str, Any]:
    """What a settings file says, by the settings' names, as it is spelt there; {} where there is
    none. Raises `SettingsError`.
    """
    content = _read(path)
    if content is None:
        return {}
    read_file(content, path)
    return flatten(_plain(_text(content, path), path), str(path))


def plan_change(path: Path, values: Mapping[str, Any]) -> FileChange:
    """The change that makes the file at `path` give settings these values; None takes one out of
    it, so that its default counts.

    A setting is written where it stands, else into its table where there is one (`url` below
    `[llm]`), else at the top level. Raises `SettingsError` where the file cannot be read, a value
    is not one that the setting may have, or the file cannot be changed without changing more.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    before = _read(path)
    text = _text(before or b"", path)
    wanted = _plain(text, path)
    try:
        document = tomlkit.parse(text)
        for name, value in values.items():
            _put(document, name, value)
            _put(wanted, name, value)
        after = _as_before(tomlkit.dumps(document), text).encode("utf-8")
    except (TOMLKitError, ValueError, TypeError, KeyError) as error:
        raise _cannot_change(path) from error
    if _filled(_plain(after.decode("utf-8"), path)) != _filled(wanted):
        raise _cannot_change(path)
    read_file(after, path)
    return FileChange(path, before, after)


def write_change(change: FileChange, files: WrittenFiles) -> None:
    """Write a change that its user has seen. Raises `SettingsError` where the file was changed
    since, and `UsageError` where it cannot be written.
    """
    target = change.path.resolve()
    if _read(target) != change.before:
        message = f"{change.path}: changed meanwhile; look at the change again"
        raise SettingsError(message, subject=str(change.path))
    if change.before is None or files.may_replace(target):
        files.write_file(target, change.after)
    else:
        files.replace_seen(target, change.before, change.after)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"{path}: cannot be read: {error.strerror or error}"
        raise SettingsError(message, subject=str(path)) from error


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8")
    except ValueError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}", subject=str(path)) from error


def _plain(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}", subject=str(path)) from error


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without tables of settings that hold none."""
    return {name: value for name, value in values.items() if name not in TABLES or value}


def _put(document: MutableMapping[str, Any], name: str, value: Any) -> None:
    """Give a setting a value wherever the file spells it, or take it out."""
    table, _, inner = name.partition("_")
    below = document.get(table) if table in TABLES else None
    if not isinstance(below, MutableMapping):
        below = None
    places = [(document, name)] + ([(below, inner)] if below is not None else [])
    standing = [(where, key) for where, key in places if key in where]
    if value is None:
        for where, key in standing:
            del where[key]
        return
    for where, key in standing or [places[-1]]:
        where[key] = value


def _as_before(text: str, before: str) -> str:
    """The text with the line ends of the former one: Windows' where it had no others."""
    if "\r\n" in before and "\n" not in before.replace("\r\n", ""):
        return text.replace("\r\n", "\n").replace("\n", "\r\n")
    return text


def _cannot_change(path: Path) -> SettingsError:
    message = f"{path}: cannot be changed without changing more of it; change it in an editor"
    return SettingsError(message, subject=str(path))


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").splitlines()
