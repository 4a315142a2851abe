"""Is everything here that litmap needs, and is the library whole? What `litmap doctor` prints, and
the app's settings show.
"""

from __future__ import annotations

import dataclasses
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from typing import Any

from litmap import builds, lock, stores
from litmap.catalogue import Catalogue
from litmap.catalogue.entries import entries
from litmap.errors import DamagedBuild, LibraryError, LitmapError, NoLibrary, UsageError
from litmap.paths import LibraryPaths
from litmap.settings import KEY_NAMES, Settings, api_keys


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `advice` says what to do where it is not ok; what is `optional` is no
    fault then.
    """

    name: str
    ok: bool
    text: str
    advice: str = ""
    optional: bool = False

    @property
    def mark(self) -> str:
        """What stands before it on the screen."""
        return "ok " if self.ok else "no " if self.optional else "BAD"

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return dataclasses.asdict(self)


def examine(settings: Settings, *, fix: bool = False) -> list[Check]:
    """Look at the machine, the model and the library; with `fix`, build anew what is damaged."""
    checks: list[Check] = []
    for look in (_python, _disk, _model, _tesseract, _keys, _language_model):
        checks += _guarded(look, settings)
    paths = LibraryPaths(settings.library)
    if not paths.has_catalogue():
        advice = "make one with `litmap refresh NOTES`"
        return [*checks, Check("library", True, f"none in {paths.root} yet; {advice}")]
    checks += _guarded(_catalogue, settings)
    checks += _guarded(_pdfs, settings)
    found = list(_build(paths))
    if fix and not all(c.ok for c in found):
        from litmap.pipeline import rebuild

        rebuild(settings)
        found = list(_build(paths))
    return [*checks, *found]


def ask_services(settings: Settings) -> list[Check]:
    """Ask each scholarly service once; offline, none."""
    from litmap.pipeline.collaborators import Collaborators
    from litmap.pipeline.report import quiet
    from litmap.works.live_checks import live_checks

    if settings.offline:
        return [Check("services", True, "offline: none was asked")]
    with Collaborators().open_client(settings, "doctor", quiet) as client:
        answers = list(live_checks(client, contact=settings.contact, keys=api_keys()))
    return [Check(answer.service, answer.ok, answer.text) for answer in answers]


def _guarded(look: Callable[[Settings], Iterator[Check]], settings: Settings) -> list[Check]:
    try:
        return list(look(settings))
    except (
        LitmapError,
        sqlite3.Error,
        OSError,
    ) as error:  # a catalogue so damaged that SQLite gives up on it
        return [Check(look.__name__.strip("_").replace("_", " "), False, str(error))]


def _python(settings: Settings) -> Iterator[Check]:
    version = platform.python_version()
    yield Check(
        "python",
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        f"{version}, SQLite {sqlite3.sqlite_version}",
        "3.11 to 3.13 are supported",
    )


def _disk(settings: Settings) -> Iterator[Check]:
    folder = next(
        p for p in (settings.library.resolve(), *settings.library.resolve().parents) if p.exists()
    )
    free = shutil.disk_usage(folder).free / 1e9
    yield Check(
        "disk",
        free > 2,
        f"{free:.0f} GB free",
        "PDFs, text and vectors of a thousand papers take about 3 GB",
    )


def _model(settings: Settings) -> Iterator[Check]:
    from litmap.vectors import find_model

    spec = find_model(settings.model, settings.state / "models", offline=settings.offline)
    yield Check("model", True, f"{spec.name} in {spec.folder}")


def _tesseract(settings: Settings) -> Iterator[Check]:
    """Whether scans can be read, and in the languages that the settings and papers ask for."""
    from litmap import text

    if not settings.ocr:
        yield Check("OCR", True, "switched off (ocr = false): scans are kept, but not read")
        return
    installed = text.installed_languages(text.find_tessdata())
    if not installed:
        advice = "install Tesseract (Debian: apt-get install tesseract-ocr) and its languages"
        yield Check("OCR", False, "no Tesseract: scans are kept, but not read", advice, True)
        return
    missing = _asked_languages(settings) - set(installed)
    yield Check(
        "OCR",
        not missing,
        f"Tesseract reads {', '.join(installed)}"
        + (f"; asked for are {', '.join(sorted(missing))} too" if missing else ""),
        "; ".join(map(text.what_to_install, sorted(missing))),
        True,
    )


def _asked_languages(settings: Settings) -> set[str]:
    """Tesseract's codes of the languages that the settings name and that papers wait for."""
    from litmap import text
    from litmap.pipeline.pending_pdfs import text_version

    asked = set(settings.ocr_languages) - {"auto"}
    paths = LibraryPaths(settings.library)
    if paths.has_catalogue():
        with Catalogue.open(paths.catalogue) as catalogue:
            for record in catalogue.texts(text_version()).values():
                asked |= text.missing_languages(record.reason)
    return asked - {""}


_KEYS = {
    "openalex": "ten times the day's searches, and PDFs that OpenAlex keeps",
    "core": "theses and deposits of many repositories",
    "s2": "a pace of your own at Semantic Scholar",
}
"""What the free key of each service gives."""


def _keys(settings: Settings) -> Iterator[Check]:
    """Which keys are set, never what they are; none is needed."""
    keys = api_keys()
    told = [
        f"{KEY_NAMES[service]} {'is set' if service in keys else f'is not set ({gives})'}"
        for service, gives in _KEYS.items()
    ]
    contact = "a contact is set" if settings.contact else "no contact (opens Unpaywall and NCBI)"
    yield Check("keys", True, "; ".join([*told, contact]))


def _language_model(settings: Settings) -> Iterator[Check]:
    """Whether the language model may be asked and, where it is on this machine, answers."""
    from litmap.language_models import configured

    name = "language model"
    if not configured.is_configured(settings):
        yield Check(name, True, "none is named; answers are sentences of the papers alone")
        return
    where = configured.model_endpoint(settings)
    with configured.open_model(settings) as model:
        if not where.is_local:
            yield Check(name, True, f"{model.name} at {where.origin}, with your consent; not asked")
            return
        known = model.models()
    yield Check(
        name,
        not known or model.name in known,
        f"{model.name} at {where.origin}",
        f"it is not there; there are {', '.join(known[:8])}",
    )


def _catalogue(settings: Settings) -> Iterator[Check]:
    paths = LibraryPaths(settings.library)
    with Catalogue.open(paths.catalogue) as catalogue:
        complaint = catalogue.integrity()
        where = "" if catalogue.is_file else f" in {catalogue.place}, which answers"
        running = lock.is_held(paths.lock) or catalogue.holder()
        yield Check(
            "catalogue",
            not complaint,
            complaint or _counted(catalogue) + where + ", a refresh is running" * bool(running),
            "put back the last backup of catalogue.sqlite; PDFs and notes are not lost",
        )


def _counted(catalogue: Catalogue) -> str:
    """The number of works, those that no source was asked about among them."""
    count = len(entries(catalogue))
    return f"{count} work{'s' * (count != 1)}"


def _pdfs(settings: Settings) -> Iterator[Check]:
    paths = LibraryPaths(settings.library)
    with Catalogue.open(paths.catalogue) as catalogue:
        files = {p.sha256: p for found in catalogue.pdfs().values() for p in found}
    missing = [
        p
        for p in files.values()
        if not paths.file(p).is_file() or paths.file(p).stat().st_size != p.bytes
    ]
    text = (
        f"{len(files)} here"
        if not missing
        else f"{len(missing)} of {len(files)} gone or cut short, such as {missing[0].path}"
    )
    yield Check(
        "PDFs",
        not missing,
        text,
        "the next `litmap refresh` fetches them again, or takes them from papers/",
    )


def _build(paths: LibraryPaths) -> Iterator[Check]:
    try:
        with builds.open_build(paths) as build:
            builds.verify_build(build.folder)
            yield Check("build", True, f"{build.id}, {build.count} passages, all checksums right")
            if stores.place_of(build.facts):
                yield _store(build, paths)
    except NoLibrary:
        yield Check("build", False, "none yet", "`litmap refresh` makes one")
    except DamagedBuild as error:
        yield Check(
            "build",
            False,
            error.message,
            "`litmap doctor --fix` builds it anew from the catalogue and the caches",
        )


def _store(build: builds.Build, paths: LibraryPaths) -> Check:
    """Whether the store of a build has its vectors."""
    try:
        count = len(stores.open_vectors(build.folder, build.facts, paths.root).rows)
    except DamagedBuild as error:
        return Check("store", False, error.message, "`litmap doctor --fix` fills it again")
    except (LibraryError, UsageError) as error:
        return Check("store", False, error.message, "the library's own files are whole")
    kind = stores.place_of(build.facts)["kind"]
    return Check("store", True, f"{count} vectors in {kind}")
