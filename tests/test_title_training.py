"""The made first pages that the score of titles is learnt of, and the learning."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.quality import title_pages, titles
from benchmarks.quality.title_pages import LAYOUTS, make_paper, word_lists, write_papers
from benchmarks.reference_parser.works import LANGUAGES


def text_of(seed: str) -> tuple[str, list[str]]:
    pdf, keys = make_paper(Random(seed))
    return "\n".join(page.get_text() for page in pdf), keys


def test_the_same_seed_gives_the_same_pages() -> None:
    assert [text_of(f"1-{i}") for i in range(4)] == [text_of(f"1-{i}") for i in range(4)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_what_stands_around_a_title(language: str) -> None:
    lists = word_lists(language)
    assert {"label", "chapter", "abstract", "series", "received", "long", "cite"} <= set(lists)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_layout_prints_its_title(layout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(title_pages, "LAYOUTS", {layout: 1})
    for seed in range(3):
        text, keys = text_of(f"{layout.__name__} {seed}")
        squashed = titles.squash(text)
        assert any(titles.squash(key)[:12] in squashed for key in keys), (seed, keys)


def test_the_weights_are_learnt_the_same_again_and_find_the_titles(tmp_path: Path) -> None:
    key = write_papers(tmp_path, 8, 1)
    samples = titles.read_folder(tmp_path, key)
    one, two = titles.fit(samples), titles.fit(samples)
    assert np.array_equal(one, two)
    assert len(titles.find_wrong(samples, one)) <= 2


def test_every_measure_has_a_weight_in_the_package() -> None:
    measured = len(titles.weights_text(np.zeros(len(titles.title_weights()))).splitlines()) - 1
    assert measured == len(titles.title_weights())
