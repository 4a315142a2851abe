"""Settings as plain data: defaults, then `litmap.toml`, then `LITMAP_…` in the environment, then
options.
"""

from __future__ import annotations

import ast
import difflib
import functools
import inspect
import logging
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from litmap.errors import SettingsError
from litmap.models import Lookups
from litmap.postgres_login import REQUIRE_AUTH, secrets_in

logger = logging.getLogger(__name__)

FILE = "litmap.toml"
PREFIX = "LITMAP_"
"""How variables of the environment that are settings begin."""
DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"


Addresses = tuple[str, ...]
"""Addresses of the web; parted by blanks where they stand in one text."""


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
    readers: int = 0
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
    """Ask again after this many days about works that were found."""
    retry_days: float = 7.0
    """Try again after this many days what no source knew or gave."""
    notices_days: float = 7.0
    """Ask again after this many days whether works were retracted, corrected, revised or published:
    a few requests for the whole library."""
    network_minutes: float = 15.0
    """`litmap watch` asks the network at most every so many minutes."""
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
    llm_summaries: bool = False
    """Have the language model write summaries of papers and headings with each refresh, each
    sentence checked, beside the papers' own words; below [llm]: summaries."""
    llm_labels: bool = False
    """Have it name topics and themes likewise, with words of their papers; below [llm]: labels."""
    digest_folder: str = ""
    """Folder to which news are written after each refresh that has some, a Markdown page each; in
    the file also as folder below [digest]."""
    digest_feed: str = ""
    """File of an Atom feed with the news; below [digest]: feed."""
    digest_mail: str = ""
    """Address to which news are mailed; below [digest]: mail."""
    digest_sender: str = ""
    """Address from which they come, by default the same; below [digest]: sender."""
    digest_smtp: str = ""
    """Server that takes the mail, "smtp://user@host:587" or "smtps://user@host"; by default this
    machine's sendmail. Below [digest]: smtp."""
    digest_notify: bool = False
    """Show on the desktop in one line that there are news; below [digest]: notify."""
    watch_arxiv: tuple[str, ...] = ()
    """Categories of arXiv whose new papers are looked through once a day, e.g. ["cs.LG",
    "stat.ML"]. In the file also as arxiv below [watch], and so are the others of this name."""
    watch_biorxiv: tuple[str, ...] = ()
    """Categories of bioRxiv, likewise, e.g. ["neuroscience"]."""
    watch_medrxiv: tuple[str, ...] = ()
    """Categories of medRxiv, likewise, e.g. ["epidemiology"]."""
    watch_citing: bool = False
    """Look once a day for new works that cite works of the library (OpenAlex)."""
    watch_authors: tuple[str, ...] = ()
    """People whose new works are looked for once a week, by name or ORCID (OpenAlex)."""
    watch_feeds: Addresses = ()
    """Addresses of journals' RSS or Atom feeds that are looked through once a day (in the
    environment parted by blanks)."""
    watch_per_week: int = 5
    """At most so many new papers are shown under a heading in a week."""
    watch_inbox: str = ""
    """The note that new papers are written into when you take them, e.g. "notes/inbox.md"."""
    workers_runner: str = "here"
    """Who reads PDFs and embeds passages: here (this process and its readers), processes (as many
    of this machine as `readers` says), dask or ray (a cluster). In the file also as runner below
    [workers], and so are the others of this name."""
    workers_address: str = ""
    """Where the scheduler of Dask or the head of Ray listens, e.g. "tcp://10.0.0.1:8786",
    "ray://10.0.0.1:10001"; one is started on this machine where empty."""
    workers_files: str = ""
    """How PDFs reach the workers: a folder or store that all see ("/lab/litmap",
    "s3://bucket/litmap"), "library" where they see the library's folder under the same path; they
    travel with the tasks where empty."""
    workers_papers: int = 16
    """Papers that are read by one task."""
    workers_threads: int = 1
    """Threads of the model in each worker; 0 for one a core of its machine."""
    workers_gpu: bool = False
    """Passages are embedded only by workers that have a GPU: of Dask those started with
    `--resources GPU=1`."""
    catalogue_address: str = ""
    """A PostgreSQL database for the catalogue of new libraries, "postgresql://litmap@db.lab/papers";
    a file in the library's folder where empty. No password stands in it: that is in ~/.pgpass or
    PGPASSWORD. In the file also as address below [catalogue]."""
    catalogue_schema: str = ""
    """The schema there that the catalogue has to itself, called after the library's folder where
    empty; below [catalogue]: schema."""
    store_vectors: str = "files"
    """Where passages and their vectors are searched: files (the library's own), lancedb or postgres
    (with pgvector), which other programs read too. In the file also as vectors below [store], and
    so is the other of this name."""
    store_address: str = ""
    """Where that store is: of lancedb a folder or "s3://bucket/folder", by default inside the
    library; of postgres "postgresql://user@host/database", its password in PGPASSWORD or
    ~/.pgpass."""
    search_also: tuple[str, ...] = ()
    """Folders of libraries that `litmap search` searches as one with yours, and addresses of those
    that `litmap serve` serves, e.g. ["/lab/papers", "http://server.lab:8700"]."""
    search_own: bool = True
    """Search your own library too, beside those of `search_also`. `library = ["http://a:8700",
    "http://b:8700"]` in the file names libraries to search and leaves yours out."""
    search_history: int = 30
    """How many of your last searches the app offers; they stand in the library's folder. 0 keeps
    none."""
    state: Path = Path()
    """Folder for what all libraries of this user share (request budgets); the user's cache folder
    by default."""

    @property
    def is_watching(self) -> bool:
        """Whether a listing of new papers is named."""
        named = (self.watch_arxiv, self.watch_biorxiv, self.watch_medrxiv, self.watch_authors)
        return any(named) or bool(self.watch_feeds) or self.watch_citing


FORMER_NAMES = {"paces": "request_intervals", "allow": "allowed_hosts", "workers": "readers"}
"""Names that settings had until 0.2; read with a warning."""
CHOICES = {
    "lookups": tuple(Lookups),
    "store_vectors": ("files", "lancedb", "postgres"),
    "workers_runner": ("here", "processes", "dask", "ray"),
}
"""Settings that have one of a few values."""
LLM_KEY_NAME = "LITMAP_LLM_KEY"
"""The variable of the environment with the language model's key; it stands nowhere else."""
LLM_CONSENT_NAME = "LITMAP_LLM_CONSENT"
"""The variable with addresses of language models that sentences of papers may be sent to."""
SMTP_PASSWORD_NAME = "LITMAP_SMTP_PASSWORD"  # noqa: S105 - a name, no password
"""The variable with the mail server's password; it stands nowhere else."""
SERVER_TOKEN_NAME = "LITMAP_SERVER_TOKEN"  # noqa: S105 - a name, no token
"""The variable with the token of libraries that are served; it stands nowhere else."""
NO_SETTINGS = frozenset(
    {
        "LITMAP_SHARED", LLM_KEY_NAME, LLM_CONSENT_NAME, SMTP_PASSWORD_NAME, SERVER_TOKEN_NAME,
    }
)  # fmt: skip
"""Variables of the environment that are no settings: the tests' own, and what stands in no file."""
TABLES = ("llm", "digest", "watch", "workers", "catalogue", "store")
"""Tables of the file whose entries are settings too: `url` below `[llm]` is `llm_url`."""
_SECRETS = {
    "llm_key": LLM_KEY_NAME,
    "digest_password": SMTP_PASSWORD_NAME,
    "catalogue_password": "PGPASSWORD",
    "server_token": SERVER_TOKEN_NAME,
}
"""What somebody may put into a file and must not."""
_FILES = ("digest_folder", "digest_feed", "watch_inbox")
"""Settings that name a file or folder and may be empty."""


KEY_NAMES = {"openalex": "OPENALEX_API_KEY", "s2": "S2_API_KEY", "core": "CORE_API_KEY"}
"""The variable of the environment with the key of each service."""


def api_keys() -> dict[str, str]:
    """Keys of services from the environment, which none is needed: OPENALEX_API_KEY, S2_API_KEY,
    CORE_API_KEY.
    """
    named = KEY_NAMES.items()
    return {service: os.environ[name] for service, name in named if os.environ.get(name)}


def server_token() -> str:
    """The token of libraries that are served, from the environment (LITMAP_SERVER_TOKEN)."""
    return os.environ.get(SERVER_TOKEN_NAME, "").strip()


def llm_key() -> str:
    """The language model's key from the environment; '' for none."""
    return os.environ.get(LLM_KEY_NAME, "").strip()


def smtp_password() -> str:
    """The mail server's password from the environment; '' for none."""
    return os.environ.get(SMTP_PASSWORD_NAME, "")


def default_state() -> Path:
    """The per-user folder for shared state: $XDG_CACHE_HOME/litmap or ~/.cache/litmap."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "litmap"


def _convert(name: str, value: Any, where: str) -> Any:
    kind, default = next((f.type, f.default) for f in fields(Settings) if f.name == name)
    if name == "catalogue_address":
        check_database_address(str(value), where)
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


def check_database_address(address: str, where: str) -> None:
    """Raises `SettingsError`, which repeats no secret, for what is no address of PostgreSQL or
    holds one; '' is fine.
    """
    name = "catalogue_address"
    if address and not address.startswith(("postgresql://", "postgres://")):
        raise SettingsError(
            f"{where}: {name} is no address of PostgreSQL, such as postgresql://litmap@db.lab/papers",
            subject=name,
        )
    try:
        secrets = secrets_in(address)
    except ValueError as error:
        raise SettingsError(f"{where}: {name} is no address: {error}", subject=name) from error
    if REQUIRE_AUTH in secrets:
        raise SettingsError(
            f"{where}: {name} says whom to tell a password (require_auth): that stands in the "
            "environment alone, as PGREQUIREAUTH",
            subject=name,
        )
    if secrets:
        raise SettingsError(
            f"{where}: {name} holds a password, which others may read there: take it out, and put "
            "it into ~/.pgpass or, as PGPASSWORD, into the environment",
            subject=name,
        )


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


def _addresses(value: Any) -> tuple[str, ...]:
    return _texts(value.split() if isinstance(value, str) else value)


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
    "Addresses": _addresses,
    "Mapping[str, float]": _intervals,
}
_WORDS = {
    "Path": "a path",
    "str": "a text",
    "bool": "true or false",
    "int": "a whole number from 0",
    "float": "a number from 0",
    "tuple[str, ...]": "a list of texts",
    "Addresses": "a list of addresses",
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
        if _is_setting(_today(name)):
            values[name] = value
        else:
            _warn_once(f"environment: {variable} is no setting and is ignored{_guess(name)}")
    return _known(values, "environment (LITMAP_…)")


def setting_variables(environment: Mapping[str, str]) -> list[str]:
    """The variables of an environment that are settings; none of them is a secret."""
    named = [v for v in environment if v.startswith(PREFIX) and v not in NO_SETTINGS]
    return sorted(v for v in named if _is_setting(_today(v.removeprefix(PREFIX).lower())))


def _today(name: str) -> str:
    """What a setting is called now."""
    return FORMER_NAMES.get(name, name)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path}: cannot be read: {error.strerror}", subject=str(path)
        ) from error
    return read_file(content, path)


def read_file(content: bytes, path: Path) -> dict[str, Any]:
    """The settings in the bytes of a settings file that lies at `path`. Raises `SettingsError`."""
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, or a number without end
        raise SettingsError(f"{path}: not valid TOML: {error}", subject=str(path)) from error
    result = _known(_with_several_libraries(flatten(values, str(path))), str(path))
    return _beside_file(result, path)


def _beside_file(values: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The values with their paths relative to the settings file."""
    result = dict(values)
    for name in ("library", "state"):
        if name in result:
            result[name] = path.parent / result[name]
    for name in ("model", "reranker"):  # a folder beside the file, or a name of the hub
        if name in result and _is_folder(folder := path.parent / _home(result[name])):
            result[name] = str(folder.absolute())
    for name in _FILES:
        if result.get(name):
            result[name] = str(path.parent / _home(result[name]))
    if _is_folder_address(address := result.get("store_address", "")):
        result["store_address"] = str(path.parent / _home(address))
    if "search_also" in result:
        result["search_also"] = tuple(
            place if is_web_address(place) else str(path.parent / _home(place))
            for place in result["search_also"]
        )
    if "notes" in result:
        result["notes"] = tuple(
            note if note == "-" else str(path.parent / _home(note)) for note in result["notes"]
        )
    return result


def _with_several_libraries(values: dict[str, Any]) -> dict[str, Any]:
    """The values where `library` is a list: the first folder is the library, the others, and the
    addresses, are searched with it, or alone where there is no folder.
    """
    places = values.get("library")
    if not isinstance(places, list):
        return values
    rest = {name: value for name, value in values.items() if name != "library"}
    folders = [place for place in places if not is_web_address(str(place))]
    own = {"library": folders[0]} if folders else {"search_own": False}
    others = [place for place in places if not folders or place is not folders[0]]
    return {**rest, **own, "search_also": [*others, *rest.get("search_also", [])]}


def is_web_address(place: str) -> bool:
    """Whether it is an address and no folder."""
    return place.startswith(("http://", "https://"))


def flatten(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The values with those of the tables under their settings' names. Raises `SettingsError`."""
    flat = dict(values)
    for table in TABLES:
        if table in FORMER_NAMES and not isinstance(flat.get(table), Mapping):
            continue  # `workers = 4`, a setting until 0.2
        inner = flat.pop(table, {})
        if not isinstance(inner, Mapping):
            raise SettingsError(f"{where}: {table} is not a table: [{table}]", subject=table)
        flat |= {f"{table}_{name}": value for name, value in inner.items()}
    for name, variable in _SECRETS.items():
        if name in flat:
            raise SettingsError(
                f"{where}: a key does not belong in a file; put it into the environment "
                f"as {variable}",
                subject=name,
            )
    return flat


def _is_folder_address(address: str) -> bool:
    """Whether a store's address is a folder, no "s3://…"."""
    return bool(address) and "://" not in address


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
    texts = {f.name: _as_text(getattr(settings, f.name), f.type) for f in fields(Settings)}
    usual = {f.name: _as_text(getattr(defaults, f.name), f.type) for f in fields(Settings)}
    paths = {f.name for f in fields(Settings) if f.type == "Path"}  # relative to where one starts
    return {
        f"{PREFIX}{name.upper()}": text
        for name, text in texts.items()
        if text and (name in paths or text != usual[name])
    }


def _as_text(value: Any, kind: object) -> str:
    """A setting's value, of a type's name, as it stands in the environment."""
    if kind == "Addresses":
        return " ".join(value)
    if isinstance(value, Path):
        return str(value.resolve())
    if isinstance(value, Mapping):
        return ",".join(f"{host}={seconds}" for host, seconds in value.items())
    if isinstance(value, tuple):  # one that holds the separator would be read as two
        return "" if any(os.pathsep in v for v in value) else os.pathsep.join(value)
    return str(value)


class Source(StrEnum):
    """Where a setting's value comes from."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "command line"

    @property
    def overrides_file(self) -> bool:
        """Whether a value from there counts more than the settings file's."""
        return self in (Source.ENVIRONMENT, Source.OPTION)


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
    settings = Settings(state=default_state())
    for _, values in _layers(options, environment, file):
        settings = replace(settings, **values)
    named = {name: getattr(settings, name) for name in _FILES}
    files: dict[str, Any] = {
        name: str(Path(_home(text)).absolute()) for name, text in named.items() if text
    }
    return replace(settings, notes=tuple(_home(note) for note in settings.notes), **files)


def sources(
    options: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> dict[str, Source]:
    """Where the value of each setting comes from that `load_settings` gives. Raises as it does."""
    found = dict.fromkeys((f.name for f in fields(Settings)), Source.DEFAULT)
    for source, values in _layers(options, environment, file):
        found |= dict.fromkeys(values, source)
    return found


def _layers(
    options: Mapping[str, Any] | None,
    environment: Mapping[str, str] | None,
    file: Path | None,
) -> list[tuple[Source, dict[str, Any]]]:
    """What each source says, the one that counts most last."""
    environment = os.environ if environment is None else environment
    given = {k: v for k, v in (options or {}).items() if v is not None}
    has_file = file is not None or Path(FILE).is_file()
    return [
        (Source.FILE, _from_file(file or Path(FILE)) if has_file else {}),
        (Source.ENVIRONMENT, _from_environment(environment)),
        (Source.OPTION, _known(given, "options")),
    ]


def meanings() -> dict[str, str]:
    """What each setting means, in the words of the reference."""
    return field_docstrings(Settings)


def field_docstrings(record: type) -> dict[str, str]:
    """The docstrings below a dataclass's fields, by name, each in one line."""
    tree = ast.parse(inspect.getsource(record)).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - tells the type checker
    found = {}
    for one, text in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(one, ast.AnnAssign) and isinstance(text, ast.Expr):
            assert isinstance(one.target, ast.Name)  # noqa: S101 - tells the type checker
            found[one.target.id] = " ".join(str(ast.literal_eval(text.value)).split())
    return found
