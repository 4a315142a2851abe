"""Which engine is the fastest that keeps the vectors: measured once on this machine, and
remembered.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import logging
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litmap.errors import ModelError, SettingsError
from litmap.vectors import bert_onnx
from litmap.vectors.bert_torch import PackedBert
from litmap.vectors.engines import Engine, OnnxEngine, TorchEngine
from litmap.vectors.model_spec import remember

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from litmap.vectors.model_spec import Spec

    Batch = tuple[NDArray[np.int32], NDArray[np.int32]]

logger = logging.getLogger(__name__)

BACKENDS = ("auto", "onnx", "torch", "torch-bf16", "cuda")
PROBE_VERSION = 3
"""Raised when an engine changes, so that the probe is made again."""
PROBE_FILE = "speed.json"
MAX_ONNX_BYTES = 2_000_000_000
MIN_AGREEMENT = 0.999
"""The least cosine with float32 that an engine's vectors may have to be chosen by itself."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The result of the probe: the engine chosen, each one's tokens a second and least cosine with
    float32.
    """

    backend: str
    rates: dict[str, float]
    agreement: dict[str, float]


def onnx_path(spec: Spec, models_dir: Path) -> Path:
    """Where the model's exported form is kept."""
    return models_dir / spec.key / f"bert-{bert_onnx.GRAPH_VERSION}.onnx"


def has_onnx_form(spec: Spec) -> bool:
    """Whether ONNX Runtime can run this model here: a file of its format has less than 2 GB."""
    if not spec.bert or importlib.util.find_spec("onnxruntime") is None:
        return False
    return (spec.folder / "model.safetensors").stat().st_size < MAX_ONNX_BYTES


def onnx_engine(spec: Spec, models_dir: Path, threads: int) -> OnnxEngine | None:
    """ONNX Runtime for this model, exported at the first use; None where the model or the machine
    cannot.
    """
    if not has_onnx_form(spec):
        return None
    path = onnx_path(spec, models_dir)
    if not path.exists():
        try:
            bert_onnx.export_bert(spec, path)
        except (OSError, KeyError, ImportError, TypeError, ValueError) as error:
            logger.debug("%s has no ONNX form: %s", spec.name, error)
            return None
    try:
        return OnnxEngine(path, spec.pooling, threads)
    except ModelError:
        path.unlink(missing_ok=True)  # cut or damaged: written anew once
        bert_onnx.export_bert(spec, path)
        return OnnxEngine(path, spec.pooling, threads)


def make_engine(backend: str, spec: Spec, models_dir: Path, threads: int) -> Engine:
    """The engine of this name. Raises SettingsError for an unknown name, ModelError where it cannot
    run here.
    """
    try:
        if backend == "onnx":
            engine = onnx_engine(spec, models_dir, threads)
            if engine is None:
                raise ModelError(
                    f"{spec.name} has no ONNX form here; set `backend` to 'auto'.",
                    subject=spec.name,
                )
            return engine
        if backend in ("torch", "torch-bf16"):
            dtype = "float32" if backend == "torch" else "bfloat16"
            return (
                PackedBert(spec, dtype, threads)
                if spec.bert
                else TorchEngine(spec, dtype, "cpu", threads)
            )
        if backend == "cuda":
            return TorchEngine(spec, "float16", "cuda", threads)
    except ImportError as error:
        message = f"the backend {backend!r} needs a package that is not installed: {error.name}"
        raise ModelError(message, subject=backend) from error
    raise SettingsError(
        f"no backend {backend!r}: it is one of {', '.join(BACKENDS)}", subject=backend
    )


def quick_engine(spec: Spec, models_dir: Path, threads: int) -> Engine | None:
    """The exact engine that starts fastest; None where none can run here."""
    quick: Engine | None = onnx_engine(spec, models_dir, threads)
    if quick is None and importlib.util.find_spec("torch") is not None:
        quick = make_engine("torch", spec, models_dir, threads)
    return quick


def candidates(spec: Spec) -> list[str]:
    """Engines that may run here, the exact ones first."""
    names = []
    if has_onnx_form(spec):
        names.append("onnx")
    if importlib.util.find_spec("torch") is not None:
        import torch

        if not names:
            names.append("torch")
        if torch.cuda.is_available():
            names.append("cuda")
        elif _fast_bfloat16():
            names.append("torch-bf16")
    if not names:
        message = (
            f"nothing here can run {spec.name}: install onnxruntime (BERT models) or torch (any "
            f"model)."
        )
        raise ModelError(message, subject=spec.name)
    return names


def _fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 itself."""
    try:
        flags = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return platform.machine() == "arm64"
    return "avx512_bf16" in flags or "amx_bf16" in flags or " bf16" in flags


def choose(
    spec: Spec, models_dir: Path, threads: int, sample: Callable[[], Sequence[Batch]]
) -> tuple[Choice, Engine]:
    """The remembered choice of this machine, or a probe of about a second on `sample()`; and its
    engine.
    """
    known = remembered(spec, models_dir, threads)
    if known is not None:
        return known
    choice, engine = _probe(spec, models_dir, threads, sample())
    logger.info(
        "engine %s chosen for %s: the fastest of tokens a second %s that agree with float32 (%s)",
        choice.backend,
        spec.name,
        choice.rates,
        choice.agreement,
    )
    remember(
        models_dir / PROBE_FILE,
        {**_read_choices(models_dir), _machine_key(spec, threads): asdict(choice)},
    )
    return choice, engine


def remembered(spec: Spec, models_dir: Path, threads: int) -> tuple[Choice, Engine] | None:
    """The choice that was made on this machine, and its engine; None where there is none, or it
    cannot run now.
    """
    try:
        choice = Choice(**_read_choices(models_dir)[_machine_key(spec, threads)])
        engine = make_engine(choice.backend, spec, models_dir, threads)
    except (KeyError, TypeError, ModelError, SettingsError):
        return None
    logger.info("engine %s for %s: measured before on this machine", choice.backend, spec.name)
    return choice, engine


def _read_choices(models_dir: Path) -> dict[str, Any]:
    """All choices that are remembered."""
    try:
        return dict(json.loads((models_dir / PROBE_FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _machine_key(spec: Spec, threads: int) -> str:
    """All that the speed depends on, as one line."""
    versions = []
    for package in ("onnxruntime", "torch", "transformers"):
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    visible = os.environ.get("CUDA_VISIBLE_DEVICES", "all")
    cpu = _cpu_name()
    machine = f"{platform.node()} | {cpu} x{threads} | gpu {visible}"
    return f"{PROBE_VERSION} | {spec.key} | {machine} | {', '.join(versions)}"


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        return next(
            line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")
        )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _probe(
    spec: Spec, models_dir: Path, threads: int, sample: Sequence[Batch]
) -> tuple[Choice, Engine]:
    import numpy as np

    rates: dict[str, float] = {}
    agreement: dict[str, float] = {}
    engines: dict[str, Engine] = {}
    exact = None
    tokens = sum(int(mask.sum()) for _, mask in sample)
    for name in candidates(spec):
        try:
            engine = make_engine(name, spec, models_dir, threads)
            list(engine.run(sample[:1]))  # the first run allocates
            seconds = []
            for _ in range(3):
                start = time.perf_counter()
                vectors = np.concatenate(list(engine.run(sample)))
                seconds.append(time.perf_counter() - start)
        except (ModelError, RuntimeError) as error:
            logger.debug("engine %s cannot run here: %s", name, error)
            continue
        exact = vectors if exact is None else exact
        rates[name] = round(tokens / min(seconds), 1)
        agreement[name] = round(float((vectors * exact).sum(1).min()), 6)
        engines[name] = engine
    if not rates:
        raise ModelError(f"no engine can run {spec.name} here.", subject=spec.name)
    good = [n for n in rates if agreement[n] >= MIN_AGREEMENT]
    best = max(good, key=lambda n: rates[n])
    return Choice(best, rates, agreement), engines[best]
