"""One tree of errors; each carries its subject, says what to do next, and tells whether trying
again may help.

LitmapError
├── UsageError            wrong option, setting or argument (exit code 2)
│   └── SettingsError       an unknown or wrong setting
├── LibraryError          the library on disk: none there, damaged, newer than this program
│   ├── NoLibrary
│   ├── Busy                another refresh holds the library
│   ├── LibraryAway         a server does not answer for its library
│   ├── LibraryChanged      a server's library has a newer build
│   ├── DamagedBuild
│   └── NewerCatalogue
├── NoteError             one note could not be read
├── PdfError              one PDF could not be read (encrypted, damaged, too large, too slow)
├── ModelError            the embedding model is missing, changed or wrong
├── WorkerError           no worker can do a task, or none comes
├── SearchError           a query that cannot be answered as it stands
└── WebError              one request failed
    ├── Blocked             refused by the site: paywall, login; never worked around
    │   └── Challenged        a robot check stands before the host: it is left alone for a day
    ├── Unsafe              an address, scheme or size that litmap refuses
    │   └── TooLarge          an answer above the limit; asking again would bring no other
    ├── NotFound            the service says that there is no such thing
    ├── SlowDown            asked to wait; `retry_after` in seconds
    └── Exhausted           nothing more from this host for now (`until`); the run goes on
"""

from __future__ import annotations


class LitmapError(Exception):
    """Base of all errors litmap raises on purpose. `subject` is what it is about; `transient`
    whether to try again.
    """

    transient = False

    def __init__(self, message: str, *, subject: str = "", transient: bool | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        if transient is not None:
            self.transient = transient

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.message, dict(self.__dict__))


def _rebuild(kind: type[LitmapError], message: str, state: dict[str, object]) -> LitmapError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class UsageError(LitmapError):
    """A wrong option or argument."""


class SettingsError(UsageError):
    """An unknown or wrong setting."""


class LibraryError(LitmapError):
    """The library on disk is missing, damaged or of another version."""


class NoLibrary(LibraryError):
    """There is no library in this folder yet."""


class Busy(LibraryError):
    """Another process is writing this library."""

    transient = True


class LibraryAway(LibraryError):
    """A library behind a server that does not answer, or not as it should."""

    transient = True


class LibraryChanged(LibraryError):
    """A server has a newer build of its library than the one it was asked for."""

    transient = True


class DamagedBuild(LibraryError):
    """A build whose files do not agree with its manifest."""


class NewerCatalogue(LibraryError):
    """The catalogue was written by a newer litmap."""


class NoteError(LitmapError):
    """A note that could not be read."""


class PdfError(LitmapError):
    """A PDF that could not be read."""


class ModelError(LitmapError):
    """The embedding model is missing or not the one expected."""


class WorkerError(LitmapError):
    """Workers, or the files that they and the leader leave for each other, are out of reach or do
    not fit.
    """


class SearchError(LitmapError):
    """A query that cannot be answered as it stands."""


class WebError(LitmapError):
    """A request failed. `status` is the HTTP status, 0 where there was no answer."""

    transient = True

    def __init__(
        self, message: str, *, subject: str = "", status: int = 0, transient: bool | None = None
    ) -> None:
        super().__init__(message, subject=subject, transient=transient)
        self.status = status


class Blocked(WebError):
    """Refused by the site (paywall, login, robot check)."""

    transient = False


class Challenged(Blocked):
    """The host asks for a browser instead of answering; nobody asks it again before `until`."""

    def __init__(
        self, message: str, *, subject: str = "", status: int = 0, until: str = ""
    ) -> None:
        super().__init__(message, subject=subject, status=status)
        self.until = until


class Unsafe(WebError):
    """An address, scheme or size that litmap refuses."""

    transient = False


class TooLarge(Unsafe):
    """An answer with more bytes than its limit, announced or sent."""


class NotFound(WebError):
    """The service says that there is no such thing."""

    transient = False


class Unconfirmed(WebError):
    """A mail server had all of a mail and did not say whether it took it."""


class SlowDown(WebError):
    """Asked to wait `retry_after` seconds."""

    def __init__(
        self, message: str, *, subject: str = "", status: int = 429, retry_after: float = 0.0
    ) -> None:
        super().__init__(message, subject=subject, status=status)
        self.retry_after = retry_after


class Exhausted(WebError):
    """Nothing more from this host until `until` (UTC ISO 8601; '' where unknown)."""

    def __init__(
        self, message: str, *, subject: str = "", status: int = 429, until: str = ""
    ) -> None:
        super().__init__(message, subject=subject, status=status)
        self.until = until
