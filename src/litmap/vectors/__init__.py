"""Texts to unit vectors: the embedding model found, run by the fastest engine that keeps its
vectors, and cached.
"""

from __future__ import annotations

from litmap.vectors.cache import VectorCache, texts_key
from litmap.vectors.cross_encoder import load_reranker
from litmap.vectors.encoder import FastEncoder, load_encoder, prepare
from litmap.vectors.engine_selection import BACKENDS, Choice
from litmap.vectors.model_lookup import DEFAULT, find_model
from litmap.vectors.model_spec import Prompts

__all__ = [
    "BACKENDS",
    "DEFAULT",
    "Choice",
    "FastEncoder",
    "Prompts",
    "VectorCache",
    "find_model",
    "load_encoder",
    "load_reranker",
    "prepare",
    "texts_key",
]
