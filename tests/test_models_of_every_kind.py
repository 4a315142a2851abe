"""Any sentence-transformers model by its folder: the same vectors as that library's own, or an
error that says what to do.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from litmap.chunks import cut_text
from litmap.errors import ModelError, SettingsError
from litmap.library import Library
from litmap.pipeline import RefreshRun, refresh
from litmap.pipeline.embedder import Embedder
from litmap.search.candidates import embed_query
from litmap.settings import Settings, load_settings
from litmap.vectors import (
    FastEncoder,
    Prompts,
    VectorCache,
    find_model,
    load_encoder,
    load_reranker,
    model_spec,
)
from tests import tiny_models

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed"
)
TEXTS = ["the gradient of a deep network", "", "copper " * 5, "sharp minima. " * 3, "a b c d e"]
LONG = "learning of copper and minima " * 400


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("tiny")
    return {kind: tiny_models.save(kind, root / kind, prompts=True) for kind in tiny_models.KINDS}


@pytest.mark.parametrize("kind", tiny_models.KINDS)
def test_vectors_and_prompts_are_those_of_sentence_transformers(
    models: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder(str(models[kind]), models_dir=tmp_path, threads=1)
    model = SentenceTransformer(str(models[kind]), device="cpu")
    passages = model.encode_document(TEXTS, normalize_embeddings=True)
    queries = model.encode_query(TEXTS, normalize_embeddings=True)
    assert (encoder.encode(TEXTS) * passages).sum(axis=1).min() > 0.9999
    for text, query in zip(TEXTS[:1] + TEXTS[2:], queries[[0, 2, 3, 4]], strict=True):
        assert embed_query(encoder, text) @ query > 0.9999
    assert np.abs(passages - queries).max() > 0.01, "the prompts make a difference"
    assert encoder.dim == 32


@pytest.mark.parametrize("kind", tiny_models.KINDS)
def test_a_text_beyond_the_window_is_cut_and_passages_keep_within_it(
    models: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    encoder = load_encoder(str(models[kind]), models_dir=tmp_path, threads=1)
    assert np.isfinite(encoder.encode([LONG])).all()
    assert np.linalg.norm(embed_query(encoder, LONG)) == pytest.approx(1, abs=1e-5)
    passages = [c.text for c in cut_text(LONG, "abstract:x", encoder)]
    assert len(passages) > 1
    assert max(encoder.count(passages)) <= encoder.window


@pytest.mark.parametrize(("kind", "fast"), [("mpnet", True), ("xlm-roberta", True), ("t5", False)])
def test_the_fast_engines_serve_where_they_fit(
    models: dict[str, Path], kind: str, fast: bool, tmp_path: Path
) -> None:
    encoder = load_encoder(str(models[kind]), models_dir=tmp_path)
    assert isinstance(encoder, FastEncoder) is fast
    assert find_model(str(models[kind]), tmp_path).bert is (kind == "xlm-roberta")


@pytest.mark.parametrize("kind", ["bert", "roberta", "xlm-roberta"])
@pytest.mark.parametrize("backend", ["onnx", "torch", "torch-bf16"])
def test_every_backend_gives_a_bert_s_vectors(
    models: dict[str, Path], kind: str, backend: str, tmp_path: Path
) -> None:
    exact = load_encoder(str(models[kind]), models_dir=tmp_path, backend="torch", threads=1)
    other = load_encoder(str(models[kind]), models_dir=tmp_path, backend=backend, threads=1)
    assert (exact.encode(TEXTS) * other.encode(TEXTS)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize(
    ("kind", "positions", "window"), [("bert", 512, 512), ("xlm-roberta", 514, 512)]
)
def test_the_window_is_what_the_positions_leave(
    kind: str, positions: int, window: int, tmp_path: Path
) -> None:
    """RoBERTa's 514 positions hold 512 tokens."""
    made = tiny_models.save(kind, tmp_path / kind, window=512)
    assert json.loads((made / "config.json").read_text())["max_position_embeddings"] == positions
    assert load_encoder(str(made), models_dir=tmp_path).window == window


def test_a_window_of_thousands_is_taken_as_far_as_passages_need(
    models: dict[str, Path], tmp_path: Path
) -> None:
    """ModernBERT reads 8,192 tokens; the prompts take theirs off."""
    found = find_model(str(models["modernbert"]), tmp_path)
    assert found.window == 16 * 64 < model_spec.MAX_WINDOW
    assert load_encoder(str(models["modernbert"]), models_dir=tmp_path).window == 16 * 64 - 2


def test_prompts_can_be_set_and_turned_off(models: dict[str, Path], tmp_path: Path) -> None:
    folder = str(models["bert"])
    own = find_model(folder, tmp_path)
    assert own.prompts == Prompts("query : ", "passage : ")
    none = find_model(folder, tmp_path, prompts=Prompts("none", "none"))
    assert none.prompts == Prompts()
    other = find_model(folder, tmp_path, prompts=Prompts(query="ask: "))
    assert other.prompts == Prompts("ask: ", "passage : ")
    assert other.key == own.key, "passages keep their vectors"
    assert none.key != own.key
    assert load_encoder(folder, models_dir=tmp_path, prompts=Prompts("none", "none")).window == 64


@pytest.mark.parametrize(
    ("name", "prompts"),
    [
        ("intfloat/multilingual-e5-small", Prompts("query: ", "passage: ")),
        ("/models/e5-base-v2", Prompts("query: ", "passage: ")),
        (
            "BAAI/bge-small-en-v1.5",
            Prompts("Represent this sentence for searching relevant passages: "),
        ),
        ("BAAI/bge-m3", Prompts()),
        ("sentence-transformers/all-MiniLM-L6-v2", Prompts()),
        ("ibm-granite/granite-embedding-small-english-r2", Prompts()),
        ("nomic-ai/nomic-embed-text-v1.5", Prompts("search_query: ", "search_document: ")),
        ("Snowflake/snowflake-arctic-embed-m-v2.0", Prompts("query: ")),
    ],
)
def test_prompts_that_only_a_model_s_card_tells(name: str, prompts: Prompts) -> None:
    assert model_spec.known_prompts([name]) == prompts


def test_a_default_prompt_stands_before_passages_and_questions() -> None:
    saved = {"prompts": {"usual": "text: ", "query": "ask: "}, "default_prompt_name": "usual"}
    assert model_spec._prompts(saved, ["x"]) == Prompts("ask: ", "text: ")


def _without_weights(folder: Path) -> str:
    (folder / "model.safetensors").unlink()
    return "no weights"


def _pickled(folder: Path) -> str:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return "safetensors with sentence-transformers"


def _no_configuration(folder: Path) -> str:
    for name in ("config.json", "modules.json"):
        (folder / name).unlink()
    return "neither config.json nor modules.json"


def _own_code(folder: Path) -> str:
    path = folder / "config.json"
    own = {"model_type": "their_own", "auto_map": {"AutoModel": "modeling.Theirs"}}
    path.write_text(json.dumps(json.loads(path.read_text()) | own))
    return "code of its own"


def _sparse(folder: Path) -> str:
    path = folder / "config_sentence_transformers.json"
    path.write_text(json.dumps({"model_type": "SparseEncoder"}))
    return "sparse encoder"


def _cut_weights(folder: Path) -> str:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:500])
    return "cannot be loaded"


@pytest.mark.parametrize(
    "break_it", [_without_weights, _pickled, _no_configuration, _own_code, _sparse, _cut_weights]
)
def test_what_cannot_be_a_model_says_so(break_it, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tiny_models.save("mpnet", tmp_path / "model")
    says = break_it(folder)
    with pytest.raises(ModelError, match=says):
        load_encoder(str(folder), models_dir=tmp_path / "cache").encode(["a text"])


def test_a_cross_encoder_is_no_embedding_model(tmp_path: Path) -> None:
    folder = tiny_models.save_cross_encoder(tmp_path / "cross")
    with pytest.raises(ModelError, match="reranker"):
        find_model(str(folder), tmp_path)


def test_a_backend_that_does_not_fit_is_an_error(models: dict[str, Path], tmp_path: Path) -> None:
    for kind, error in (("mpnet", ModelError), ("static", SettingsError)):
        with pytest.raises(error, match="no ONNX form"):
            load_encoder(str(models[kind]), models_dir=tmp_path, backend="onnx").encode(["a"])


def test_offline_asks_nobody_for_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setattr("huggingface_hub.snapshot_download", lambda *_, **__: pytest.fail("asked"))
    with pytest.raises(ModelError, match="`offline` is set"):
        load_encoder("someone/a-model", models_dir=tmp_path, offline=True)


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "mpnet", "modernbert"])
def test_a_cross_encoder_of_any_kind_scores_every_pair(kind: str, tmp_path: Path) -> None:
    folder = tiny_models.save_cross_encoder(tmp_path / "cross", kind)
    second = load_reranker(str(folder), models_dir=tmp_path, threads=1)
    scores = second.score("minima", ["copper", "deep minima", LONG])
    assert len(scores) == 3
    assert len(set(scores)) == 3
    assert second.score("minima", ["deep minima"]) == pytest.approx(scores[1:2], abs=1e-5)


@pytest.mark.parametrize("spoil", [_without_weights, _pickled, _cut_weights])
def test_a_second_stage_that_cannot_be_loaded_says_so(spoil, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tiny_models.save_cross_encoder(tmp_path / "cross")
    spoil(folder)
    with pytest.raises(ModelError, match=r"cross-encoder.*cannot be loaded"):
        load_reranker(str(folder), models_dir=tmp_path)
    with pytest.raises(ModelError, match=r"cross-encoder.*`offline` is set"):
        load_reranker("no-such-one", models_dir=tmp_path, offline=True)


def test_a_cross_encoder_of_several_scores_is_refused(tmp_path: Path) -> None:
    folder = tiny_models.save_cross_encoder(tmp_path / "cross", labels=3)
    with pytest.raises(ModelError, match=r"cannot be loaded|no number"):
        load_reranker(str(folder), models_dir=tmp_path)


# ── a library whose model changes ─────────────────────────────────────────────────────────────────
NOTE = "# Minima\n\n" + "\n\n".join(
    f"The gradient descent of network {word} is what copper minima are." for word in "abcdefgh"
)


def _settings(folder: Path, model: Path | str, **more: object) -> Settings:
    (folder / "notes.md").write_text(NOTE)
    return load_settings(
        {
            "library": folder / "library",
            "state": folder / "state",
            "notes": [str(folder / "notes.md")],
            "model": str(model),
            "offline": True,
            "threads": 1,
            **more,
        },
        environment={},
    )


def _answers(settings: Settings) -> list[str]:
    with Library.open(settings=settings) as library:
        return [hit.chunk.text for hit in library.search("copper minima in:notes").notes]


def test_a_change_of_model_leaves_the_last_build_serving_until_it_is_done(
    models: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _settings(tmp_path, models["bert"], passage_prompt="text: ")
    refresh(before)
    found = _answers(before)
    assert len(found) > 1
    after = _settings(tmp_path, models["mpnet"], query_prompt="ask: ", backend="torch")
    with monkeypatch.context() as broken:
        broken.setattr(Embedder, "ensure", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(OSError, match="power cut"):
            refresh(after)
    assert _answers(after) == found, "by the model of the build, whatever the settings name"
    report = refresh(after)
    assert report["counts"]["model_before"] == str(models["bert"])
    assert sorted(_answers(after)) == sorted(found)


def test_a_model_that_cannot_be_had_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "someone/no-such-model")
    with RefreshRun(settings) as run, pytest.raises(ModelError, match="no-such-model"):
        next(run.stages())


def test_embedding_anew_says_what_it_costs(models: dict[str, Path], tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    encoder = load_encoder(str(models["bert"]), models_dir=tmp_path, threads=1)
    embedder = Embedder(
        encoder, VectorCache(tmp_path / "cache", encoder.key), lambda *what: told.append(what)
    )
    groups = [[f"the network {n} {m}" for n in range(10)] for m in range(10)]
    embedder.announce(groups)
    embedder.ensure(groups)
    assert told == [(0, 100, "100 passages anew: about 1 min"), (100, 100, "passages")]


def test_a_model_s_folder_may_stand_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "models/e5").mkdir(parents=True)
    file = tmp_path / "litmap.toml"
    file.write_text('model = "models/e5"\nreranker = "cross-encoder/a-name"\n')
    settings = load_settings(environment={}, file=file)
    assert settings.model == str(tmp_path / "models/e5")
    assert settings.reranker == "cross-encoder/a-name"
