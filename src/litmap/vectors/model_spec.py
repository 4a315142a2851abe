"""What a model's folder says of it: kind, window, pooling, and the words it wants before a text."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litmap.errors import ModelError
from litmap.parsing.word_lists import load_words

BERT_TYPES = frozenset({"bert", "roberta", "xlm-roberta", "camembert"})
"""Model types that are Devlin et al.'s BERT but for where their positions begin."""
TORCH_TYPES = BERT_TYPES | {"mpnet", "modernbert", "distilbert", "electra"}
"""Model types that `transformers` runs from token ids and mask alone; all others are left to
sentence-transformers.
"""
OFFSET_TYPES = frozenset({"roberta", "xlm-roberta", "camembert", "mpnet"})
"""Model types whose positions begin behind the padding token's number (RoBERTa's way)."""
MAX_WINDOW = 2048
"""Tokens of the longest text that is embedded whole: passages are shorter, and attention's memory
grows with the square.
"""
DEFAULT_WINDOW = 512
NO_PROMPT = "none"
"""The value of a prompt's setting that turns off the model's own."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """What stands before a question and before a passage, for the model to tell one from the
    other.
    """

    query: str = ""
    passage: str = ""

    def overridden(self, given: Prompts) -> Prompts:
        """These, but for what is given; `NO_PROMPT` is none."""
        return Prompts(_override(self.query, given.query), _override(self.passage, given.passage))


def _override(own: str, given: str) -> str:
    if given.strip() == NO_PROMPT:
        return ""
    return given or own


@dataclass(frozen=True, slots=True)
class Spec:
    """A model's folder and what its configuration says.

    `simple` tells that the model is a transformer, mean or CLS pooling and perhaps normalisation,
    and nothing else, with a fast tokenizer: then litmap runs it itself. `key` names model and
    weights: vectors with the same key may stand in one index. `window` is the most tokens the model
    takes, special ones and prompt included.
    """

    name: str
    folder: Path
    key: str
    window: int
    dim: int
    pooling: str
    simple: bool
    config: dict[str, Any]
    prompts: Prompts = Prompts()

    @property
    def bert(self) -> bool:
        """Whether it is a plain BERT, whose ONNX form litmap writes itself."""
        known = self.config.get("model_type") in BERT_TYPES and (
            self.config.get("hidden_act") == "gelu"
        )
        absolute = self.config.get("position_embedding_type", "absolute") == "absolute"
        return self.simple and known and absolute and (self.folder / "model.safetensors").exists()

    @property
    def first_position(self) -> int:
        """Number of a text's first position in the table of positions."""
        return _first_position(self.config)

    @property
    def pad_id(self) -> int:
        """Number of the padding token; some models count positions by it."""
        return int(self.config.get("pad_token_id") or 0)


def without_prefix(weight: str) -> str:
    """A weight's name without the model's own before it: `roberta.encoder.…` is `encoder.…`."""
    return weight.removeprefix("bert.").removeprefix("roberta.")


def is_complete(folder: Path) -> bool:
    """Whether a folder holds a model: its configuration, and weights as safetensors."""
    if not folder.is_dir():
        return False
    described = any((folder / n).is_file() for n in ("config.json", "modules.json"))
    return described and bool(weight_files(folder))


def weight_files(folder: Path) -> list[Path]:
    """The model's weights, those of its modules in folders of their own included."""
    return sorted([*folder.glob("*.safetensors"), *folder.glob("*_*/*.safetensors")])


def what_is_missing(folder: Path) -> str:
    """Why a folder is not a model that can be loaded, as the end of a sentence."""
    if not any((folder / n).is_file() for n in ("config.json", "modules.json")):
        return "there is neither config.json nor modules.json in it"
    if any(folder.glob("*.bin")):
        return (
            "its weights are pickled (*.bin), which may hold any program; save the model anew as "
            "safetensors with sentence-transformers"
        )
    return "there are no weights (*.safetensors) in it"


def read_spec(name: str, folder: Path, models_dir: Path, given: Prompts | None = None) -> Spec:
    """What the folder's configuration says; `given` prompts count before the model's own. Raises
    ModelError where it cannot be read, or is no model of single texts.
    """
    try:
        config = read_json(folder / "config.json", default={})
        own = read_json(folder / "config_sentence_transformers.json", default={})
        modules = [m["type"].rsplit(".", 1)[-1] for m in read_json(folder / "modules.json", [])]
        pooling_settings = read_json(folder / "1_Pooling" / "config.json", default={})
        pooling = _pooling(pooling_settings)
        window = window_of(folder, config)
        lowers = bool(_transformer_settings(folder).get("do_lower_case"))
        dim = int(config.get("hidden_size") or config.get("dim") or 0)
        prompts = _prompts(own, (name, str(folder))).overridden(given or Prompts())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"the model in {folder} cannot be read: {error!r}", subject=str(folder)
        ) from error
    if wrong := _other_kind(config, own, modules):
        raise ModelError(
            f"{name} is {wrong}; `model` is to be a sentence-transformers model of texts.",
            subject=name,
        )
    if not modules:  # a bare transformer: mean pooling, as sentence-transformers does
        modules, pooling = ["Transformer", "Pooling"], "mean"
    includes_prompt = pooling_settings.get("include_prompt", True) or not (
        prompts.query or prompts.passage
    )
    simple = (
        _is_simple(modules, pooling)
        and config.get("model_type") in TORCH_TYPES
        and includes_prompt
        and not lowers
        and (folder / "tokenizer.json").is_file()
    )
    key = f"{_short_name(name)}-{weights_sha256(folder, models_dir)[:12]}"
    unusual = [] if simple and pooling == "mean" else [*modules, pooling]
    if prompts.passage or unusual:  # what else the vectors depend on
        digest = hashlib.sha256(json.dumps([*unusual, prompts.passage]).encode())
        key += f"-{digest.hexdigest()[:6]}"
    return Spec(name, folder, key, window, dim, pooling, simple, config, prompts)


def _other_kind(config: Mapping[str, Any], own: Mapping[str, Any], modules: Sequence[str]) -> str:
    """What the model is where it gives no vector for a text; '' where it does."""
    architectures = [str(a) for a in config.get("architectures") or ()]
    is_classifier = any(a.endswith("ForSequenceClassification") for a in architectures)
    if own.get("model_type") == "CrossEncoder" or (is_classifier and not modules):
        return "a cross-encoder (see `reranker`)"
    is_sparse = any("Splade" in m or m.startswith("Sparse") for m in modules)
    if own.get("model_type") == "SparseEncoder" or is_sparse:
        return "a sparse encoder"
    return ""


def _first_position(config: Mapping[str, Any]) -> int:
    if config.get("model_type") not in OFFSET_TYPES:
        return 0
    pad = config.get("pad_token_id")
    return (1 if pad is None else int(pad)) + 1


def _transformer_settings(folder: Path) -> dict[str, Any]:
    """What sentence-transformers keeps of the transformer itself."""
    return dict(read_json(folder / "sentence_bert_config.json", default={}))


def window_of(folder: Path, config: Mapping[str, Any]) -> int:
    """Tokens a text may have: what the model was trained with, at most its positions."""
    tokenizer = read_json(folder / "tokenizer_config.json", default={})
    positions = config.get("max_position_embeddings")
    limits = [
        _transformer_settings(folder).get("max_seq_length"),
        tokenizer.get("model_max_length"),  # huge where nobody set it
        int(positions) - _first_position(config) if positions else None,
    ]
    known = [int(n) for n in limits if n and int(n) > 0]
    return min([*known, MAX_WINDOW]) if known else DEFAULT_WINDOW


def _is_simple(modules: Sequence[str], pooling: str) -> bool:
    """Whether the model is a transformer with a pooling that litmap knows, and nothing else."""
    kinds = list(modules)
    is_plain = kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
    return is_plain and pooling in ("mean", "cls")


def _short_name(name: str) -> str:
    """The last part of a model's name, fit for a file's name."""
    last = name.strip("/").rsplit("/", 1)[-1]
    return "".join(c if c.isalnum() or c in "._-" else "-" for c in last) or "model"


def _pooling(config: Mapping[str, Any]) -> str:
    if "pooling_mode" in config:  # the form of sentence-transformers 5 and later
        mode = config["pooling_mode"]
        return str(mode) if isinstance(mode, str) else "other"
    on = [
        k.removeprefix("pooling_mode_")
        for k, v in config.items()
        if k.startswith("pooling_mode_") and v is True
    ]
    return (
        {"mean_tokens": "mean", "cls_token": "cls"}.get(on[0], on[0]) if len(on) == 1 else "other"
    )


def _prompts(own: Mapping[str, Any], names: Sequence[str]) -> Prompts:
    """What the model's configuration says, as sentence-transformers reads it; else what is known of
    a model of this name.
    """
    saved = {str(k): str(v) for k, v in (own.get("prompts") or {}).items() if v is not None}
    usual = saved.get(str(own.get("default_prompt_name")), "")
    passage = next((saved[n] for n in ("document", "passage", "corpus") if n in saved), usual)
    prompts = Prompts(saved.get("query", usual), passage)
    return prompts if prompts != Prompts() else known_prompts(names)


def known_prompts(names: Sequence[str]) -> Prompts:
    """The prompts that the card of a model of such a name asks for (`data/prompts.txt`).

    `intfloat/multilingual-e5-small` wants 'query: ' and 'passage: '.
    """
    short = [_short_name(name).lower() for name in names]
    lines = [line.split("\t") for line in load_words("prompts", "litmap.vectors")]
    fitting = [line for line in lines if any(fnmatch.fnmatch(n, line[0]) for n in short)]
    if not fitting:
        return Prompts()
    best = max(fitting, key=lambda line: len(line[0]))
    return Prompts(json.loads(best[1]), json.loads(best[2]))


def read_json(path: Path, default: Any = None) -> Any:
    """A JSON file's value; `default` where that is given and there is no such file."""
    if default is not None and not path.exists():
        return default
    return json.loads(path.read_text("utf-8"))


def weights_sha256(folder: Path, models_dir: Path) -> str:
    """The SHA-256 of a model's weights, remembered in `models_dir` by path, size and time of
    change.
    """
    weights = weight_files(folder)
    stamp = "|".join(f"{p.resolve()}:{p.stat().st_size}:{p.stat().st_mtime_ns}" for p in weights)
    memory = models_dir / "weights.json"
    try:
        known = dict(read_json(memory, default={}))
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
