"""Reference pages written from the code when the documentation is built.

A page of docs/reference holds a line `<!-- generated: NAME -->` where the text of
`GENERATORS[NAME]` goes.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SHARED_OPTIONS = frozenset({"-h", "--library", "--config", "-v", "--log"})
"""Those of every command: the page says them once."""
_MARK = re.compile(r"<!-- generated: (\w+) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """MkDocs' hook: puts the generated parts of a page in their places."""
    return _MARK.sub(lambda match: GENERATORS[match.group(1)](), markdown)


def commands() -> str:
    """Every command with its options, from the command line's own parser."""
    from litmap.cli import build_parser

    parser = build_parser()
    subparsers = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in subparsers._choices_actions}
    return "\n".join(
        part
        for name, command in sorted(subparsers.choices.items())
        for part in _command(name, helps.get(name, ""), command)
    )


def _command(name: str, summary: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"\n## litmap {name}\n\n{summary[:1].upper() + summary[1:]}.\n"
    yield f"```text\n{_usage(name, parser)}\n```\n"
    own = [a for a in parser._actions if not SHARED_OPTIONS.intersection(a.option_strings)]
    if own:
        yield "| option | meaning |\n| --- | --- |"
    for action in own:
        yield f"| {_option(action)} | {_cell(action.help or '')} |"
    example = (parser.epilog or "").removeprefix("Example:").strip()
    yield f"\n```sh\n{example}\n```\n"


def _usage(name: str, parser: argparse.ArgumentParser) -> str:
    """The command's own options in lines of 76 characters."""
    formatter = argparse.HelpFormatter(f"litmap {name}", width=76)
    own = [a for a in parser._actions if not SHARED_OPTIONS.intersection(a.option_strings)]
    formatter.add_usage(None, own, parser._mutually_exclusive_groups, prefix="")
    return formatter.format_help().strip()


def _option(action: argparse.Action) -> str:
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else None)
    if not action.option_strings:
        return f"`{_code(str(value or action.dest))}`"
    takes_value = action.nargs != 0
    shown = f" {value or action.dest.upper()}" if takes_value else ""
    return ", ".join(f"`{_code(text + shown)}`" for text in action.option_strings)


def settings() -> str:
    """Every setting with its variable, default and meaning, from `Settings` itself."""
    from litmap.settings import Settings, meanings

    told = meanings()
    lines = ["| setting | in the environment | default | meaning |", "| --- | --- | --- | --- |"]
    for field in dataclasses.fields(Settings):
        default = _default(field)
        lines.append(
            f"| `{field.name}` | `LITMAP_{field.name.upper()}` | {default} | "
            f"{_cell(told[field.name])} |"
        )
    return "\n".join(lines)


def _default(field: dataclasses.Field[Any]) -> str:
    value = (
        field.default_factory()
        if field.default_factory is not dataclasses.MISSING
        else field.default
    )
    if isinstance(value, Path):
        value = str(value) if str(value) != "." else ""
    return f"`{value}`" if value or value is False or value == 0 else "none"


def errors() -> str:
    """Every error with its meaning and whether it may pass by itself."""
    from litmap import errors as module

    classes = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, Exception)]
    lines = ["| error | below | meaning | passes by itself |", "| --- | --- | --- | --- |"]
    for error in classes:
        parent = error.__mro__[1].__name__
        meaning = _cell(" ".join((error.__doc__ or "").split()))
        passes = "often" if getattr(error, "transient", False) else "no"
        lines.append(f"| `{error.__name__}` | `{parent}` | {meaning} | {passes} |")
    return "\n".join(lines)


def catalogue() -> str:
    """The tables of the catalogue as a new library gets them."""
    from litmap.catalogue import Catalogue

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.sqlite"
        with Catalogue.create(path):
            pass
        connection = sqlite3.connect(path)
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL "
            "AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        connection.close()
    return "\n\n".join(f"```sql\n{sql};\n```" for _, sql in rows)


def library_files() -> str:
    """What stands in a library's folder, from `LibraryPaths`."""
    from litmap.paths import LibraryPaths

    paths = LibraryPaths(Path("LIBRARY"))
    lines = ["| path | holds |", "| --- | --- |"]
    for name, member in vars(LibraryPaths).items():
        if isinstance(member, property):
            meaning = " ".join((member.__doc__ or "").split())
            lines.append(f"| `{getattr(paths, name).relative_to('LIBRARY')}` | {_cell(meaning)} |")
    return "\n".join(lines)


def _code(text: str) -> str:
    return text.replace("|", "\\|")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


GENERATORS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "settings": settings,
    "errors": errors,
    "catalogue": catalogue,
    "library_files": library_files,
}
