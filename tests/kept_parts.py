"""An encoder that says what it was asked."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256

import numpy as np


class CountingEncoder:
    """A direction a text, the same each time; says which texts were embedded."""

    name = key = "directions"
    dim = 32
    window = 256

    def __init__(self):
        self.embedded = Counter()

    def encode(self, texts):
        self.embedded.update(texts)
        seeds = [int.from_bytes(sha256(text.encode()).digest()[:4]) for text in texts]
        rows = [np.random.default_rng(seed).standard_normal(self.dim) for seed in seeds]
        vectors = np.array(rows, np.float32).reshape(len(rows), self.dim)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def count(self, texts):
        return [len(text.split()) + 2 for text in texts]

    def offsets(self, text):
        return [match.span() for match in re.finditer(r"\S+", text)]
