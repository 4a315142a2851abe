"""`litmap themes`: headings of all notes under their themes, and the reader's word about them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from litmap.cli.options import command, library_of, path_text, print_json, settings_of, wrap

if TYPE_CHECKING:
    from litmap.library.topics_view import TopicsView
    from litmap.models import Theme
    from litmap.topics import ThemeEditor

ACTS = {
    "confirm": ("keep a theme as it is", ("THEME",)),
    "rename": ("give a theme another name", ("THEME", "NAME")),
    "merge": ("bring the headings of OTHER into THEME", ("THEME", "OTHER")),
    "move": ("bring a heading into a theme", ("HEADING", "THEME")),
    "split": ("make a heading a theme of its own", ("HEADING",)),
    "forget": ("take your word about a theme back", ("THEME",)),
}
"""The acts of `ThemeEditor`, each with what it does and what it needs."""


def add_themes(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "themes",
        themes,
        "list the themes that bring together the headings of all notes, and change them",
        "litmap themes --merge 'Information theory' 'Information bottleneck'",
    )
    for name, (what, needs) in ACTS.items():
        parser.add_argument(
            f"--{name}", metavar=needs, nargs=len(needs), action="append", default=[], help=what
        )


def themes(args: argparse.Namespace) -> int:
    """`litmap themes`."""
    from litmap.pipeline.theme_words import keep_word

    if acts := list(_acts(args)):
        keep_word(settings_of(args), *acts)
    with library_of(args) as library:
        view = library.topics()
        if args.json:
            print_json(view.as_json()["themes"])
        else:
            _print(view)
    return 0


def _acts(args: argparse.Namespace) -> Iterator[Callable[[ThemeEditor], Any]]:
    for name in ACTS:
        for values in getattr(args, name):
            yield partial(_act, name, values)


def _act(name: str, values: list[str], editor: ThemeEditor) -> Any:
    return getattr(editor, name)(*values)


def _print(view: TopicsView) -> None:
    if not view.themes:
        print("No themes: your notes have fewer than five headings with a subject.")
        return
    for theme in view.themes:
        _print_theme(view, theme)
    print("\nNext: litmap themes --confirm THEME | --rename THEME NAME | --merge THEME OTHER")


def _print_theme(view: TopicsView, theme: Theme) -> None:
    count = len(view.works_of(theme))
    said = ", kept" if theme.kept else ""
    print(wrap(f"{theme.label}  ({count} {'paper' if count == 1 else 'papers'}{said})"))
    topics = {topic.id: topic for topic in view.topics}
    for topic in (topics[one] for one in theme.topics):
        print(wrap(f"{len(topic.works):4}  {path_text(topic.heading or ())}", "  ", "        "))
