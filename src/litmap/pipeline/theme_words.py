"""The reader's word about themes, kept in the catalogue."""

from __future__ import annotations

from collections.abc import Callable

from litmap import builds
from litmap.catalogue.records import build_record
from litmap.models import KeptTheme, Theme, Topic
from litmap.paths import LibraryPaths
from litmap.pipeline.open_catalogue import open_to_write
from litmap.settings import Settings
from litmap.topics import ThemeEditor, apply_kept

Act = Callable[[ThemeEditor], tuple[KeptTheme, ...]]


def keep_word(settings: Settings, *acts: Act) -> tuple[KeptTheme, ...]:
    """Keep the reader's word about themes, `lambda themes: themes.rename('A', 'B')`, each act on
    what those before it made of them; what is kept from then on.

    Nothing is kept where one of them cannot be. Raises `UsageError` for a theme or heading that
    there is not, `NoLibrary`, and `Busy` while a refresh runs.
    """
    with builds.open_build(LibraryPaths(settings.library)) as build:
        data = build.read_json("topics") or {}
    themes = tuple(build_record(Theme, t) for t in data.get("themes", []))
    topics = tuple(build_record(Topic, t) for t in data.get("topics", []))
    with open_to_write(settings) as catalogue:
        kept = tuple(catalogue.kept_themes())
        for act in acts:
            kept = act(ThemeEditor(apply_kept(themes, topics, kept), topics, kept))
        with catalogue.write():
            catalogue.put_kept_themes(kept)
    return kept
