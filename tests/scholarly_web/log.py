"""What was asked, in the order of asking."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class Entry:
    """One request. `time` is in seconds of a steady clock, at its arrival; `complete` says whether
    all of the answer was sent; `fault` and `challenge` what was given in place of the answer;
    `insecure` that the client went on over a bad certificate. Requests straight to this server, not
    through it, have the host 127.0.0.1: nobody should follow a redirect there.
    """

    time: float
    host: str
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    type: str = ""
    bytes: int = 0
    complete: bool = False
    work: str = ""
    fault: str = ""
    challenge: str = ""
    retry_after: float = 0.0
    insecure: bool = False

    @property
    def url(self) -> str:
        return f"{self.host}{self.path}"

    def __str__(self) -> str:
        what = f" ({self.fault or self.challenge})" if self.fault or self.challenge else ""
        return f"{self.time:.2f} {self.url} {self.status}{what}"


class Log:
    """The requests of all clients. Safe between threads."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._quiet = threading.Condition()
        self._running = 0

    def begin(self, host: str, path: str, method: str, headers: Mapping[str, str]) -> Entry:
        with self._quiet:
            entry = Entry(time.monotonic(), host, path, method, headers)
            self._entries.append(entry)
            self._running += 1
        return entry

    def end(self) -> None:
        with self._quiet:
            self._running -= 1
            self._quiet.notify_all()

    def entries(self, host: str = "", path: str = "") -> list[Entry]:
        """The requests whose host and path match (patterns, searched), once every answer that is
        under way has ended.
        """
        with self._quiet:
            self._quiet.wait_for(lambda: self._running <= 0, timeout=240)
            found = list(self._entries)
        return [e for e in found if re.search(host, e.host) and re.search(path, e.path)]

    def before(self) -> list[Entry]:
        """What was asked until now, without waiting for answers under way."""
        with self._quiet:
            return list(self._entries)

    def hosts(self) -> Counter[str]:
        """How often each host was asked."""
        return Counter(entry.host for entry in self.entries())

    def clear(self) -> None:
        with self._quiet:
            self._entries.clear()
