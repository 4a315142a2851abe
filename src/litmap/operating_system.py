"""What differs between operating systems: file locks, folders, limits of a process, signals, forks.

The one module that names what only some systems have; each function says what it does where that is
missing. File locks come from filelock (flock on Unix, LockFileEx on Windows). A lock belongs to the
open file and ends with its process, however that ends.
"""

from __future__ import annotations

import ctypes
import html
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


NOTIFY_SECONDS = 10
"""Most seconds for showing a notification."""


# ── file locks ────────────────────────────────────────────────────────────────────────────────────
def try_lock(descriptor: int) -> bool:
    """Take the exclusive lock of an open file; False where another open file holds it.

    Never waits. Raises OSError where the file system has no locks (ENOLCK, ENOSYS, EOPNOTSUPP).
    On Windows the lock covers the first byte, which others cannot read while it is held.
    """
    from filelock import lock_descriptor  # late: reading a library needs no exclusive lock

    return lock_descriptor(descriptor, blocking=False)


def share_lock(descriptor: int) -> None:
    """Hold a shared lock, which keeps `try_lock` of others from succeeding; waits for theirs.

    Does nothing where the system or the file system has no shared locks; Windows refuses to move
    or delete a file that is open, which serves the same end.
    """
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH)


def is_locked(descriptor: int) -> bool:
    """Whether another open file holds the exclusive lock; False where there are no locks."""
    try:
        if fcntl is None:
            return not try_lock(descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # two who ask do not see each other
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def read_beginning(path: Path, size: int) -> bytes:
    """The first bytes of a file that SQLite may have open in this process.

    On Unix, closing a file gives up all of this process's locks on it, SQLite's too
    (sqlite.org/howtocorrupt.html, 2.2): the descriptors stay open, those of the last 64 files.
    """
    if fcntl is None:
        with path.open("rb") as file:
            return file.read(size)
    with _kept_lock:
        status = path.stat()
        inode = (status.st_dev, status.st_ino)
        if inode not in _kept:
            _kept[inode] = os.open(path, os.O_RDONLY)
        _kept[inode] = _kept.pop(inode)  # the last one used is the last in order
        while len(_kept) > _MAX_KEPT:
            os.close(_kept.pop(next(iter(_kept))))
        return os.pread(_kept[inode], size, 0)


_kept: dict[tuple[int, int], int] = {}
"""Open descriptors of `read_beginning` by the file's device and number."""
_kept_lock = threading.Lock()
_MAX_KEPT = 64


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a power cut; Windows cannot open folders for that."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


HAS_FOLDER_HANDLES = os.supports_dir_fd >= {os.open, os.mkdir, os.stat, os.rename, os.unlink}
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def open_folder(folder: Path, inner: Sequence[str] = ()) -> int | None:
    """A handle of a folder, reached down from `folder` by the names and made where it is missing.

    What is done through the handle happens in that folder, whatever takes its name meanwhile. None
    of the folders may be a link: OSError. None where the system has no such handles (Windows); the
    folders are made there too.
    """
    if not HAS_FOLDER_HANDLES:
        folder.joinpath(*inner).mkdir(parents=True, exist_ok=True)
        return None
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, _FOLDER)
    for name in inner:
        above = handle
        try:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=above)
            handle = os.open(name, _FOLDER, dir_fd=above)
        finally:
            os.close(above)
    return handle


# ── limits and use of a process ───────────────────────────────────────────────────────────────────
def limit_memory(limit_bytes: int) -> None:
    """No more address space than this for this process, and no core dump.

    Without effect for 0, and where the system has no such limit (Windows; macOS ignores it).
    """
    if limit_bytes <= 0 or resource is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit_bytes = min(limit_bytes, hard)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_processor_time(seconds: float) -> None:
    """End this process once it has used so many more seconds of processor time (none for 0).

    Without effect where the system has no such limit.
    """
    if seconds <= 0 or resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + seconds)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def peak_memory() -> int:
    """The most memory this process or one of its children has held, in megabytes; 0 if unknown."""
    if resource is None:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    held = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return int(max(held) * unit / 1_000_000)


def own_environment(**more: str) -> dict[str, str]:
    """The environment of a Python program that is to import this litmap, and `more`."""
    home = str(Path(__file__).resolve().parents[1])
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **more}


def usable_cores() -> int:
    """Cores this process may run on; those of the machine where the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def trim_heap() -> None:
    """Let the C library return free memory to the system, where it can (glibc)."""
    with suppress(OSError, TypeError):  # Windows: no library without a name
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)


def is_running(process: int) -> bool:
    """Whether a process with this id is there; on Windows, which cannot be asked so, always."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # another user's; no id of a process
        return True
    return True


# ── the desktop ───────────────────────────────────────────────────────────────────────────────────
_MAC_SCRIPT = (
    "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
)

_WINDOWS_SCRIPT = r"""$ErrorActionPreference = 'Stop'
$Manager = [Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$Xml = $Manager::GetTemplateContent([Windows.UI.Notifications.ToastTemplateType]::ToastText02)
$Lines = $Xml.GetElementsByTagName('text')
[void]$Lines.Item(0).AppendChild($Xml.CreateTextNode($env:LITMAP_NOTIFICATION_TITLE))
[void]$Lines.Item(1).AppendChild($Xml.CreateTextNode($env:LITMAP_NOTIFICATION_TEXT))
$Toast = New-Object Windows.UI.Notifications.ToastNotification $Xml
$Manager::CreateToastNotifier('{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\WindowsPowerShell\v1.0\powershell.exe').Show($Toast)
"""  # noqa: E501 - as PowerShell has it
"""Shown as PowerShell's own, as Windows shows nothing of a program that its start menu lacks."""


def notification_command(platform: str, title: str, text: str) -> tuple[list[str], dict[str, str]]:
    """The command that shows a notification on a platform of `sys.platform`, and what it finds in
    its environment. The texts stand in no program: they are arguments, or in the environment.
    """
    if platform == "win32":
        folder = Path(os.environ.get("SYSTEMROOT", "C:\\Windows"), "System32", "WindowsPowerShell")
        options = ["-NoProfile", "-NonInteractive", "-Command", _WINDOWS_SCRIPT]
        told = {"LITMAP_NOTIFICATION_TITLE": title, "LITMAP_NOTIFICATION_TEXT": text}
        return [str(folder / "v1.0" / "powershell.exe"), *options], told
    if platform == "darwin":
        return ["osascript", "-e", _MAC_SCRIPT, "--", title, text], {}
    return ["notify-send", "--app-name=litmap", "--", title, html.escape(text, quote=False)], {}


def show_notification(title: str, text: str) -> None:
    """Show a notification on the desktop of the user whose process this is, both as plain text.

    Raises OSError where this system has no way to, or no desktop is there.
    """
    command, told = notification_command(sys.platform, title, text)
    program = shutil.which(command[0])
    if program is None:
        raise OSError(f"there is no {Path(command[0]).name} on this machine")
    command[0] = program
    try:
        subprocess.run(  # noqa: S603 - no shell; the texts are arguments behind '--', or variables
            command,
            check=True,
            capture_output=True,
            timeout=NOTIFY_SECONDS,
            env=_with_session() | told,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.SubprocessError as error:
        output = getattr(error, "stderr", None) or b""
        said = output.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise OSError("; ".join([f"{Path(program).name} failed", *said])) from error


def _with_session() -> dict[str, str]:
    """The environment, with the address of the user's desktop where it is the usual one: a
    process of cron's is not told.
    """
    environment = dict(os.environ)
    if hasattr(os, "getuid") and "DBUS_SESSION_BUS_ADDRESS" not in environment:
        bus = Path(f"/run/user/{os.getuid()}/bus")
        if bus.exists():
            environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus}"
    return environment


# ── signals and forks ─────────────────────────────────────────────────────────────────────────────
def interrupt_on_terminate() -> None:
    """SIGTERM ends this program as Ctrl-C does: what it holds is let go. Main thread only."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def terminate_this_process() -> None:
    """End this program as SIGTERM does: by what handles it; on Windows at once."""
    os.kill(os.getpid(), signal.SIGTERM)


def end_at_once(code: int) -> NoReturn:
    """End this process with this exit code, whatever its threads and exit functions still do; what
    was printed is written. Child processes that read from it see their input end.
    """
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    os._exit(code)


def was_stopped(code: int) -> bool:
    """Whether a process that ended with this code was told to end, by Ctrl-C or SIGTERM, also
    before it began to listen for that.
    """
    return code in {130, -signal.SIGTERM}


def own_group() -> dict[str, int]:
    """Arguments of `Popen` for a process that Ctrl-C in this program's terminal does not reach."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"process_group": 0}


def call_after_fork(function: Callable[[], None]) -> None:
    """Call the function in each forked child of this process; there are none without fork."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=function)
