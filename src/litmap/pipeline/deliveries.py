"""News on their way to the reader: a page in a folder, a feed, a mail, a word on the desktop.

What a channel is given next is noted before it is given, and that it was given after. A run that
is killed in between gives the very same again under the same name: the page takes the place of
itself, entries of a feed have ids, a mail its Message-ID. A channel that fails costs only itself
and is given at the next run what has gathered until then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap import digests, operating_system
from litmap.catalogue import Catalogue, utc_now
from litmap.errors import LitmapError, Unconfirmed, UsageError
from litmap.models import Problem
from litmap.pipeline.events import LIBRARY
from litmap.pipeline.open_catalogue import open_to_write
from litmap.pipeline.work_changes import time_of
from litmap.settings import Settings, smtp_password
from litmap.written_files import WrittenFiles

if TYPE_CHECKING:
    from litmap.models import Event, HeadingPath

logger = logging.getLogger(__name__)

PLANNED, CHANNELS = "planned", "channels"
"""Parts of what was told: what each channel is being given, and which channels there are."""
FIRST_DAYS = timedelta(days=7)
"""A channel that is new is given the news of so many days."""
_HEAD_BYTES = 400
"""Bytes at the head of a page in which it says which digest it is."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one channel is given at once: events, the library's id, and when this was decided."""

    events: tuple[Event, ...]
    library: str
    time: str
    order: tuple[HeadingPath, ...]

    @property
    def name(self) -> str:
        """Tells the batch from all others of its channel, whenever it is given again."""
        return f"{self.library[:8]}-{self.events[0].id}-{self.events[-1].id}"

    @property
    def digest(self) -> digests.Digest:
        """The events by heading."""
        return digests.make_digest(self.events, self.order)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of one channel: how many events it was given, and why not ('' where it was)."""

    channel: str
    events: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Post:
    """Gives batches to channels, as the settings say."""

    settings: Settings
    files: WrittenFiles
    all_events: Callable[[], Sequence[Event]]

    def folder(self, batch: Batch) -> None:
        """A page of its own in the folder; one that is there is left, whatever became of it."""
        path = Path(self.settings.digest_folder, _page_name(batch))
        if not _is_page_of(path, batch):
            page = digests.to_markdown(batch.digest, batch.name)
            self.files.write_file(path, page.encode())

    def feed(self, batch: Batch) -> None:
        """The feed with all that it holds now."""
        path = Path(self.settings.digest_feed)
        name = self.settings.library.resolve().name
        feed = digests.to_atom(self.all_events(), batch.library, name, batch.time).encode()
        self.files.write_file(path, feed, force=_is_feed_of(path, batch.library))

    def mail(self, batch: Batch) -> None:
        """A mail."""
        from litmap.web import mail

        recipient = _address(self.settings.digest_mail)
        sender = _address(self.settings.digest_sender or self.settings.digest_mail)
        name = f"digest-{batch.library}-{batch.events[0].id}-{batch.events[-1].id}"
        message = digests.to_mail(batch.digest, recipient, sender, name, batch.time)
        if not self.settings.digest_smtp:
            mail.send_locally(message, str(sender), str(recipient))
            return
        server = mail.MailServer.read(self.settings.digest_smtp)
        mail.send(message, str(sender), str(recipient), server, smtp_password())

    def notify(self, batch: Batch) -> None:
        """One line on the desktop."""
        title = f"litmap: {self.settings.library.resolve().name}"
        operating_system.show_notification(title, digests.headline(batch.digest))


def channels(settings: Settings) -> list[str]:
    """The channels that the settings name."""
    named = {
        "folder": settings.digest_folder,
        "feed": settings.digest_feed,
        "mail": settings.digest_mail,
        "notify": settings.digest_notify,
    }
    return [channel for channel, value in named.items() if value]


def send_digest(settings: Settings) -> list[Delivery]:
    """Give each channel what it was not given yet. Raises `NoLibrary`, and `Busy` while a refresh
    runs.
    """
    with open_to_write(settings) as catalogue:
        return deliver(catalogue, settings, utc_now())


def deliver(catalogue: Catalogue, settings: Settings, now: str) -> list[Delivery]:
    """Give each channel what it was not given yet, at the time `now` (UTC ISO 8601).

    A mail waits where the settings are offline. What fails is told in the delivery.
    """
    post = _Post(settings, WrittenFiles(settings.state), catalogue.events)
    ledger = _Ledger(catalogue, now)
    ledger.welcome(channels(settings))
    waiting = {"mail"} if settings.offline else set()
    return [
        done
        for channel in channels(settings)
        if channel not in waiting
        if (done := _deliver(ledger, channel, getattr(post, channel)))
    ]


def as_problems(deliveries: Sequence[Delivery]) -> list[Problem]:
    """What went wrong, for a run's report."""
    return [Problem(f"digest: {d.channel}", d.problem) for d in deliveries if d.problem]


def _deliver(ledger: _Ledger, channel: str, give: Callable[[Batch], None]) -> Delivery | None:
    """Give a channel what a run that was killed did not finish, then what waits; None for
    nothing.
    """
    given = 0
    while batch := ledger.next(channel):
        try:
            give(batch)
        except Unconfirmed as error:  # the same is sent again, under the same name
            return Delivery(channel, given, error.message)
        except (LitmapError, OSError) as error:
            ledger.give_up(channel)
            said = error.message if isinstance(error, LitmapError) else str(error)
            logger.warning("digest: %s: %s", channel, said)
            return Delivery(channel, given, said)
        ledger.note(channel, batch)
        given += len(batch.events)
    return Delivery(channel, given) if given else None


class _Ledger:
    """Who was given what, kept in the catalogue."""

    def __init__(self, catalogue: Catalogue, now: str) -> None:
        self._catalogue = catalogue
        self._now = now
        self._library = catalogue.told(LIBRARY).get(LIBRARY, {}).get("id", "")
        self._order = tuple(digests.heading_order(catalogue.notes()))

    def welcome(self, named: Sequence[str]) -> None:
        """Channels that are new are given nothing that is older than some days; those that are no
        more are forgotten.
        """
        known = self._catalogue.told(CHANNELS)
        if sorted(known) == sorted(named):
            return
        start = time_of(self._now) - FIRST_DAYS
        old = [event.id for event in self._catalogue.events() if time_of(event.time) < start]
        with self._catalogue.write():
            for channel in named:
                if channel not in known:
                    self._catalogue.put_deliveries(channel, old, self._now)
            self._catalogue.put_told(
                CHANNELS, {channel: known.get(channel, self._now) for channel in sorted(named)}
            )

    def next(self, channel: str) -> Batch | None:
        """What to give a channel: first what a former run meant to. It is noted before."""
        waiting = self._catalogue.undelivered(channel)
        planned = self._catalogue.told(PLANNED).get(channel)
        if planned:
            ids = set(planned["events"])
            events = tuple(event for event in waiting if event.id in ids)
            if events:
                return Batch(events, self._library, planned["time"], self._order)
        if not waiting:
            return None
        self._plan({channel: {"events": [e.id for e in waiting], "time": self._now}})
        return Batch(tuple(waiting), self._library, self._now, self._order)

    def note(self, channel: str, batch: Batch) -> None:
        """The channel was given the batch."""
        with self._catalogue.write():
            self._catalogue.put_deliveries(channel, [e.id for e in batch.events], self._now)
            self._put_planned({channel: None})

    def give_up(self, channel: str) -> None:
        """The channel was not given what was meant for it: more may gather."""
        self._plan({channel: None})

    def _plan(self, plans: Mapping[str, Any]) -> None:
        with self._catalogue.write():
            self._put_planned(plans)

    def _put_planned(self, plans: Mapping[str, Any]) -> None:
        planned = {**self._catalogue.told(PLANNED), **plans}
        self._catalogue.put_told(PLANNED, {name: plan for name, plan in planned.items() if plan})


def _page_name(batch: Batch) -> str:
    """'litmap-2026-11-29-34.md': the day of the last event, and its number."""
    return f"litmap-{batch.events[-1].time[:10]}-{batch.events[-1].id}.md"


def _is_page_of(path: Path, batch: Batch) -> bool:
    """Whether the batch's page is there, be it edited since."""
    return f"\ndigest: {batch.name}\n".encode() in _head(path)


def _is_feed_of(path: Path, library: str) -> bool:
    """Whether a file is the feed of this library."""
    return bool(library) and f"<id>urn:litmap:{library}</id>".encode() in _head(path)


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def _address(text: str) -> digests.MailAddress:
    try:
        return digests.MailAddress.read(text)
    except ValueError as error:
        raise UsageError(f"{error}: set mail below [digest]", subject=text) from error
