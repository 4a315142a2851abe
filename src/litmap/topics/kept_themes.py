"""The reader's word about themes: what is kept, and how the headings of a build stand under it.

A theme about which the reader has had a word is kept with its headings as they were then. A heading
that no note has any more waits there and does no harm; a new heading goes where most of those stand
with which its texts bring it together.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from litmap.errors import UsageError
from litmap.models import HeadingPath, KeptTheme, Theme, Topic
from litmap.parsing.title_similarity import normalise_title

Kept = tuple[KeptTheme, ...]
Found = TypeVar("Found")


def apply_kept(
    themes: Sequence[Theme], topics: Sequence[Topic], kept: Sequence[KeptTheme]
) -> tuple[Theme, ...]:
    """The themes of a build as the reader has them, in the order of their first topic."""
    if not kept:
        return tuple(themes)
    place = {heading: theme.id for theme in kept for heading in theme.headings}
    labels = {theme.id: theme.label for theme in themes}
    labels |= {theme.id: theme.label for theme in kept}
    heading = {topic.id: topic.heading for topic in topics if topic.heading}
    home: dict[str, str] = {}
    for theme in themes:
        own = {topic: place[heading[topic]] for topic in theme.topics if heading[topic] in place}
        usual = Counter(own.values()).most_common(1)
        rest = usual[0][0] if usual else theme.id
        home |= {topic: own.get(topic, rest) for topic in theme.topics}
    home |= {topic: place[path] for topic, path in heading.items() if path in place}
    kept_ids = {theme.id for theme in kept}
    members: dict[str, list[str]] = {}
    for topic in heading:
        if topic in home:
            members.setdefault(home[topic], []).append(topic)
    return tuple(
        Theme(theme, labels[theme], tuple(own), theme in kept_ids) for theme, own in members.items()
    )


@dataclass(frozen=True, slots=True)
class ThemeEditor:
    """The themes as they stand with what is kept of them; each act gives what is kept from then on.

    Themes are named by label or id, headings by their text, their path ('Outer › Inner') or id.
    All acts raise `UsageError` for a name that fits none, or several.
    """

    themes: tuple[Theme, ...]
    topics: tuple[Topic, ...]
    kept: Kept

    def confirm(self, theme: str) -> Kept:
        """Keep a theme as it is."""
        return self._with(self._whole(self.theme(theme)))

    def rename(self, theme: str, label: str) -> Kept:
        """Keep a theme under another name."""
        return self._with(replace(self._whole(self.theme(theme)), label=_label(label)))

    def merge(self, theme: str, other: str) -> Kept:
        """Bring all headings of `other` into a theme."""
        into, source = self._whole(self.theme(theme)), self._whole(self.theme(other))
        if into.id == source.id:
            raise UsageError(f"{into.label} is one theme already", subject=other)
        headings = (*into.headings, *source.headings)
        gone = replace(source, headings=())
        return self._with(gone, replace(into, headings=headings))

    def move(self, heading: str, theme: str) -> Kept:
        """Bring one heading into a theme; the theme that it leaves is kept without it."""
        path = self._heading(heading)
        into = self._whole(self.theme(theme))
        if path in into.headings:
            return self._with(into)
        return self._with(*self._left_by(path), replace(into, headings=(*into.headings, path)))

    def split(self, heading: str, label: str = "") -> Kept:
        """Make a theme of its own of one heading; the theme that it leaves is kept without it."""
        path = self._heading(heading)
        new = KeptTheme(self._new_id(path), _label(label or path[-1]), (path,))
        return self._with(*self._left_by(path), new)

    def join(self, heading: str, other: str) -> Kept:
        """Bring two headings into one theme: that of the first, else one of its own."""
        theme = self._theme_of(self._heading(heading))
        if theme is not None:
            return self.move(other, theme.id)
        left = self._left_by(self._heading(other))
        return self._with(*left, self._pair(heading, other))

    def part(self, heading: str, other: str) -> Kept:
        """Keep two headings in two themes: those they are in, else the second in one of its own."""
        paths = [self._heading(name) for name in (heading, other)]
        one, two = (self._theme_of(path) for path in paths)
        if one is not None and two is not None and one.id == two.id:
            return self.split(other)
        return self._with(
            *(
                self._whole(theme) if theme else KeptTheme(self._new_id(path), path[-1], (path,))
                for path, theme in zip(paths, (one, two), strict=True)
            )
        )

    def forget(self, theme: str) -> Kept:
        """Take the word about a theme back."""
        found = self.theme(theme)
        if not found.kept:
            raise UsageError(f"you have had no word about {found.label}", subject=theme)
        return tuple(kept for kept in self.kept if kept.id != found.id)

    def theme(self, name: str) -> Theme:
        """A theme by label or id."""
        wanted = normalise_title(name)
        fits = [t for t in self.themes if name == t.id]
        fits = fits or [t for t in self.themes if wanted and normalise_title(t.label) == wanted]
        known = [t.id for t in fits] or [t.label for t in self.themes]
        return _one(fits, name, "theme", known)

    def _heading(self, name: str) -> HeadingPath:
        headings = {t.id: t.heading for t in self.topics if t.heading}
        return headings[name] if name in headings else find_heading(name, headings.values())

    def _whole(self, theme: Theme) -> KeptTheme:
        """The theme with all headings it has now, and those it had."""
        before = next((k.headings for k in self.kept if k.id == theme.id), ())
        heading: Mapping[str, HeadingPath | None] = {t.id: t.heading for t in self.topics}
        now = tuple(path for topic in theme.topics if (path := heading[topic]))
        return KeptTheme(theme.id, theme.label, tuple(dict.fromkeys((*before, *now))))

    def _left_by(self, path: HeadingPath) -> tuple[KeptTheme, ...]:
        """The theme that this heading leaves."""
        theme = self._theme_of(path)
        return (self._whole(theme),) if theme else ()

    def _theme_of(self, path: HeadingPath) -> Theme | None:
        topic = next(t.id for t in self.topics if t.heading == path)
        return next((t for t in self.themes if topic in t.topics), None)

    def _pair(self, heading: str, other: str) -> KeptTheme:
        """A new theme of two headings, under the name of the first."""
        paths = (self._heading(heading), self._heading(other))
        return KeptTheme(self._new_id(paths[0]), paths[0][-1], tuple(dict.fromkeys(paths)))

    def _with(self, *changed: KeptTheme) -> Kept:
        """What is kept, with these themes as they are now: the headings of the last ones leave all
        others; a theme left empty is forgotten.
        """
        found = {theme.id: theme for theme in self.kept}
        for theme in changed:
            taken = set(theme.headings)
            for other in found.values():
                left = tuple(path for path in other.headings if path not in taken)
                found[other.id] = replace(other, headings=left)
            found[theme.id] = theme
        return tuple(theme for theme in found.values() if theme.headings)

    def _new_id(self, path: HeadingPath) -> str:
        """An id for the theme of one heading that no theme has."""
        taken = {theme.id for theme in self.themes} | {theme.id for theme in self.kept}
        names = ("\x1f".join(path) + "\x1e" * number for number in range(1, len(taken) + 2))
        ids = (f"theme:{hashlib.sha256(name.encode()).hexdigest()[:12]}" for name in names)
        return next(one for one in ids if one not in taken)


def find_heading(name: str, paths: Iterable[HeadingPath]) -> HeadingPath:
    """The heading of this name or path ('Outer › Inner', or the end of it). Raises `UsageError`
    where none or several fit.
    """
    parts = [normalise_title(part) for part in name.split("›")]
    found = {path: [normalise_title(part) for part in path] for path in paths}
    whole = [path for path, names in found.items() if names == parts]
    fits = whole or [path for path, names in found.items() if names[-len(parts) :] == parts]
    return _one(fits, name, "heading", [" › ".join(path) for path in fits])


def _one(fits: Sequence[Found], name: str, what: str, names: Sequence[str]) -> Found:
    if len(fits) == 1:
        return fits[0]
    known = "; ".join(names[:20])
    if not fits:
        listed = f": there are {known}" if known else ""
        raise UsageError(f"no {what} {name!r}{listed}", subject=name)
    raise UsageError(f"{len(fits)} {what}s are called {name!r}, use the whole name or id: {known}")


def _label(label: str) -> str:
    """A name of the reader's on one line. Raises `UsageError` for an empty one."""
    found = " ".join(label.split())[:200]
    if not found:
        raise UsageError("a theme needs a name")
    return found
