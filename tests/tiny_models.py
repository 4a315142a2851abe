"""Tiny models of every architecture with weights by chance, saved as sentence-transformers saves
its own: no download.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
WORDS = "the of a network deep learning gradient descent copper minima query passage : .".split()
LETTERS = [chr(c) for c in range(ord("a"), ord("z") + 1)]
PROMPTS = {"query": "query : ", "document": "passage : "}
KINDS = (
    "bert",
    "roberta",
    "xlm-roberta",
    "mpnet",
    "distilbert",
    "modernbert",
    "t5",
    "static",
)


def tokenizer() -> Any:
    """A WordPiece tokenizer of a few words and the letters."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = [*SPECIAL, *WORDS, *LETTERS, *(f"##{c}" for c in LETTERS)]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="<unk>"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<s>", cls_token="<s>", eos_token="</s>",
        sep_token="</s>", pad_token="<pad>", unk_token="<unk>",
    )  # fmt: skip


def config(kind: str, window: int = 64) -> Any:
    """A configuration of two layers of 32 numbers."""
    import transformers as tf

    sizes = {
        "vocab_size": 80, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 64, "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2,
    }  # fmt: skip
    special = {"cls_token_id": 0, "sep_token_id": 2}
    made = {
        "bert": lambda: tf.BertConfig(**sizes, max_position_embeddings=window),
        "roberta": lambda: tf.RobertaConfig(**sizes, max_position_embeddings=window + 2),
        "xlm-roberta": lambda: tf.XLMRobertaConfig(
            **sizes, max_position_embeddings=window + 2, type_vocab_size=1
        ),
        "mpnet": lambda: tf.MPNetConfig(**sizes, max_position_embeddings=window + 2),
        "distilbert": lambda: tf.DistilBertConfig(
            vocab_size=80, dim=32, n_layers=2, n_heads=4, hidden_dim=64, pad_token_id=1,
            max_position_embeddings=window,
        ),
        "modernbert": lambda: tf.ModernBertConfig(
            **sizes, **special, max_position_embeddings=16 * window
        ),
        "t5": lambda: tf.T5Config(
            vocab_size=80, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, pad_token_id=1,
            eos_token_id=2, decoder_start_token_id=1,
        ),
    }  # fmt: skip
    return made[kind]()


def save(kind: str, folder: Path, *, prompts: bool = False, window: int = 64) -> Path:
    """A model of this kind in `folder`, which is returned."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling, StaticEmbedding
    from transformers import AutoModel

    torch.manual_seed(0)
    own = PROMPTS if prompts else None
    if kind == "static":
        layer = StaticEmbedding(tokenizer()._tokenizer, embedding_dim=32)
        SentenceTransformer(modules=[layer], prompts=own, device="cpu").save(
            str(folder), create_model_card=False
        )
        return folder
    raw = folder.with_name(f"{folder.name}-raw")
    AutoModel.from_config(config(kind, window)).save_pretrained(raw)
    words = tokenizer()
    if kind != "t5":
        words.model_max_length = config(kind, window).max_position_embeddings
    words.save_pretrained(raw)
    modules = [Transformer(str(raw)), Pooling(32, "mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=own, device="cpu").save(
        str(folder), create_model_card=False
    )
    return folder


def save_cross_encoder(folder: Path, kind: str = "bert", labels: int = 1) -> Path:
    """A cross-encoder of so many scores in `folder`, which is returned."""
    import torch
    from transformers import AutoModelForSequenceClassification

    torch.manual_seed(0)
    shape = config(kind)
    shape.num_labels = labels
    AutoModelForSequenceClassification.from_config(shape).save_pretrained(folder)
    tokenizer().save_pretrained(folder)
    return folder
