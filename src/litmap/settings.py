"""Settings as plain data: defaults, then `litmap.toml`, then `LITMAP_…` in the environment, then
options.
"""

from __future__ import annotations

import difflib
import functools
import logging
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from litmap.errors import SettingsError
from litmap.models import Lookups

logger = logging.getLogger(__name__)

FILE = "litmap.toml"
PREFIX = "LITMAP_"
"""How variables of the environment that are settings begin."""
DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class Settings:
    """One flat record; builds nothing. Every field may stand in `litmap.toml` or as
    `LITMAP_<FIELD>`.
    """

    library: Path = Path("index")
    """Folder of the library."""
    notes: tuple[str, ...] = ()
    """Files and folders of notes; those of the last refresh where empty."""
    model: str = DEFAULT_MODEL
    """A sentence-transformers model of any kind: a name or a folder."""
    query_prompt: str = ""
    """What the model wants before a question; by default what its configuration or its card says,
    'none' for nothing."""
    passage_prompt: str = ""
    """The same before a passage; another one embeds everything anew."""
    backend: str = "auto"
    """How the model is run: auto, torch, torch-bf16, onnx or cuda."""
    reranker: str = ""
    """A cross-encoder, name or folder, that reads a search's best passages again; off where
    empty."""
    contact: str = ""
    """An e-mail address that the scholarly services may write to; some give better service for
    it."""
    offline: bool = False
    """Ask nothing of the network."""
    lookups: str = "all"
    """What of the notes is sent to the services that know works: all that names a work, references
    (no bare titles and names), identifiers (and addresses) only, or none."""
    abstracts: bool = True
    """Index title and abstract of works without an open PDF."""
    workers: int = 0
    """Processes that read PDFs; 0 for one a core."""
    threads: int = 0
    """Threads of the model; 0 for one a core."""
    pdf_seconds: float = 120.0
    """Most seconds for reading one PDF."""
    pdf_megabytes: int = 200
    """Largest PDF to fetch."""
    memory_megabytes: int = 2000
    """Most memory for reading one PDF."""
    ocr: bool = True
    """Read scans with Tesseract where it is installed."""
    ocr_languages: tuple[str, ...] = ("auto",)
    """Languages in which scans are read, as Tesseract calls them (["deu", "eng"]); "auto" for each
    paper's own, as far as installed."""
    recheck_days: float = 30.0
    """Ask again after this many days about works that were found, and whether arXiv has a newer
    version."""
    retry_days: float = 7.0
    """Try again after this many days what no source knew or gave."""
    request_intervals: Mapping[str, float] = field(default_factory=dict)
    """Seconds between two requests by host, e.g. {"arxiv.org" = 3.0}; the defaults keep the
    services' rules."""
    allowed_hosts: tuple[str, ...] = ()
    """Hosts or addresses of this machine or network that may be fetched from (none by default)."""
    llm_url: str = ""
    """Where a language model answers as OpenAI's do, e.g. "http://127.0.0.1:11434/v1"; none is
    asked where empty. In the file also as url below [llm]."""
    llm_model: str = ""
    """What that address calls the model; below [llm]: model."""
    llm_seconds: float = 300.0
    """Most seconds for one answer of the language model; below [llm]: seconds."""
    state: Path = Path()
    """Folder for what all libraries of this user share (request budgets); the user's cache folder
    by default."""


FORMER_NAMES = {"paces": "request_intervals", "allow": "allowed_hosts"}
"""Names that settings had until 0.2; read with a warning."""
CHOICES = {"lookups": tuple(Lookups)}
"""Settings that have one of a few values."""
LLM_KEY_NAME = "LITMAP_LLM_KEY"
"""The variable of the environment with the language model's key; it stands nowhere else."""
LLM_CONSENT_NAME = "LITMAP_LLM_CONSENT"
"""The variable with addresses of language models that sentences of papers may be sent to."""
NO_SETTINGS = frozenset({"LITMAP_SHARED", LLM_KEY_NAME, LLM_CONSENT_NAME})
"""Variables of the environment that are no settings: the tests' own, and what stands in no file."""
_TABLES = ("llm",)
"""Tables of the file whose entries are settings too: `url` below `[llm]` is `llm_url`."""


KEY_NAMES = {"openalex": "OPENALEX_API_KEY", "s2": "S2_API_KEY", "core": "CORE_API_KEY"}
"""The variable of the environment with the key of each service."""


def api_keys() -> dict[str, str]:
    """Keys of services from the environment, which none is needed: OPENALEX_API_KEY, S2_API_KEY,
    CORE_API_KEY.
    """
    named = KEY_NAMES.items()
    return {service: os.environ[name] for service, name in named if os.environ.get(name)}


def llm_key() -> str:
    """The language model's key from the environment; '' for none."""
    return os.environ.get(LLM_KEY_NAME, "").strip()


def default_state() -> Path:
    """The per-user folder for shared state: $XDG_CACHE_HOME/litmap or ~/.cache/litmap."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "litmap"


def _convert(name: str, value: Any, where: str) -> Any:
    kind, default = next((f.type, f.default) for f in fields(Settings) if f.name == name)
    if isinstance(default, str) and default and not str(value).strip():
        raise SettingsError(f"{where}: {name} is empty; leave it out for {default!r}", subject=name)
    if name in CHOICES and value not in CHOICES[name]:
        choices = ", ".join(CHOICES[name])
        raise SettingsError(f"{where}: {name} = {value!r} is none of {choices}", subject=name)
    try:
        return _CONVERTERS[str(kind)](value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise SettingsError(
            f"{where}: {name} = {value!r} is not {_WORDS[str(kind)]}", subject=name
        ) from error


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(word)


def _text(value: Any) -> str:
    """A text, or a number as one. Raises TypeError for a table or list, ValueError for a zero
    byte, which no path and no variable of the environment can hold.
    """
    if isinstance(value, (Mapping, list, tuple)):
        raise TypeError("several values")
    if "\0" in (text := str(value)):
        raise ValueError("a zero byte")
    return text


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part for part in _text(value).split(os.pathsep) if part)
    if isinstance(value, Mapping):
        raise TypeError("a table")
    return tuple(_text(part) for part in value)


def _home(note: str) -> str:
    """A path with '~' spelt out; one of an unknown user as it is."""
    return os.path.expanduser(note)  # noqa: PTH111 - pathlib's raises where there is no such user


def _intervals(value: Any) -> dict[str, float]:
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if part.strip())
    intervals = {_text(host).strip(): float(seconds) for host, seconds in dict(value).items()}
    if any(seconds < 0 for seconds in intervals.values()):
        raise ValueError("negative interval")
    return intervals


def _number(value: Any) -> float:
    number = float("nan") if isinstance(value, bool) else float(value)
    if not 0 <= number < float("inf"):
        raise ValueError("negative")
    return number


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError("not whole")
    return int(number)


def _path(value: Any) -> Path:
    return Path(_text(value)).expanduser()


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "Path": _path,
    "str": _text,
    "bool": _boolean,
    "int": _integer,
    "float": _number,
    "tuple[str, ...]": _texts,
    "Mapping[str, float]": _intervals,
}
_WORDS = {
    "Path": "a path",
    "str": "a text",
    "bool": "true or false",
    "int": "a whole number from 0",
    "float": "a number from 0",
    "tuple[str, ...]": "a list of texts",
    "Mapping[str, float]": 'a table of host = seconds (in the environment: "host=3,other.host=1")',
}


@functools.cache
def _warn_once(message: str) -> None:
    """Say it, however often the settings are loaded."""
    logger.warning("%s", message)


def _known(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values as their settings' types, former names put right. Raises `SettingsError`."""
    result = {}
    for given, value in values.items():
        name = FORMER_NAMES.get(given, given)
        if name != given:
            _warn_once(f"{where}: the setting {given!r} is called {name!r} now")
            if name in values:  # both: the one of today counts
                continue
        if not _is_setting(name):
            hint = _guess(name) or f"; known are {', '.join(f.name for f in fields(Settings))}"
            raise SettingsError(f"{where}: unknown setting {name!r}{hint}", subject=name)
        result[name] = _convert(name, value, where)
    return result


def _is_setting(name: str) -> bool:
    return any(name == f.name for f in fields(Settings))


def _guess(name: str) -> str:
    """What may have been meant; '' where nothing is near."""
    near = difflib.get_close_matches(name, [f.name for f in fields(Settings)], 1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings among the variables `LITMAP_…`; another program's are told and left alone."""
    values = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in NO_SETTINGS:
            continue
        name = variable.removeprefix(PREFIX).lower()
        if _is_setting(FORMER_NAMES.get(name, name)):
            values[name] = value
        else:
            _warn_once(f"environment: {variable} is no setting and is ignored{_guess(name)}")
    return _known(values, "environment (LITMAP_…)")


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, or a number without end
        raise SettingsError(f"{path}: not valid TOML: {error}", subject=str(path)) from error
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read: {error.strerror}", subject=str(path)
        ) from error
    result = _known(_flat(values, str(path)), str(path))
    for name in ("library", "state"):
        if name in result:
            result[name] = path.parent / result[name]
    for name in ("model", "reranker"):  # a folder beside the file, or a name of the hub
        if name in result and _is_folder(folder := path.parent / _home(result[name])):
            result[name] = str(folder.absolute())
    if "notes" in result:
        result["notes"] = tuple(
            note if note == "-" else str(path.parent / _home(note)) for note in result["notes"]
        )
    return result


def _flat(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values with those of the tables under their settings' names. Raises `SettingsError`."""
    flat = dict(values)
    for table in _TABLES:
        inner = flat.pop(table, {})
        if not isinstance(inner, Mapping):
            raise SettingsError(f"{where}: {table} is not a table: [{table}]", subject=table)
        flat |= {f"{table}_{name}": value for name, value in inner.items()}
    if "llm_key" in flat:
        raise SettingsError(
            f"{where}: a key does not belong in a file; put it into the environment "
            f"as {LLM_KEY_NAME}",
            subject="llm_key",
        )
    return flat


def _is_folder(path: Path) -> bool:
    """Whether there is such a folder; no name is too long or too odd to ask."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings that differ from their defaults as `LITMAP_…`, for a process started
    elsewhere.
    """
    defaults = Settings()
    texts = {f.name: _as_text(getattr(settings, f.name)) for f in fields(Settings)}
    usual = {f.name: _as_text(getattr(defaults, f.name)) for f in fields(Settings)}
    paths = {f.name for f in fields(Settings) if f.type == "Path"}  # relative to where one starts
    return {
        f"{PREFIX}{name.upper()}": text
        for name, text in texts.items()
        if text and (name in paths or text != usual[name])
    }


def _as_text(value: Any) -> str:
    """A setting's value as it stands in the environment."""
    if isinstance(value, Path):
        return str(value.resolve())
    if isinstance(value, Mapping):
        return ",".join(f"{host}={seconds}" for host, seconds in value.items())
    if isinstance(value, tuple):  # one that holds the separator would be read as two
        return "" if any(os.pathsep in v for v in value) else os.pathsep.join(value)
    return str(value)


def load_settings(
    options: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Settings from `file` (default: `litmap.toml` in the working directory), the environment and
    `options`.

    Each overrides the one before; an option of None counts as not given. Paths in the file are
    relative to the file. Raises `SettingsError` for an unknown or wrong setting, and for a `file`
    that was named and is not there; an unknown variable of the environment may be another program's
    and is a warning.
    """
    environment = os.environ if environment is None else environment
    settings = Settings(state=default_state())
    if file is not None or Path(FILE).is_file():
        settings = replace(settings, **_from_file(file or Path(FILE)))
    settings = replace(settings, **_from_environment(environment))
    given = {k: v for k, v in (options or {}).items() if v is not None}
    settings = replace(settings, **_known(given, "options"))
    return replace(settings, notes=tuple(_home(note) for note in settings.notes))
