"""Some seeds of `benchmarks.reliability.random_faults`: whatever the web does, a run ends, leaves
nothing half-written, and later runs make the library what it would have been.
"""

import pytest

from benchmarks.reliability import random_faults

SEEDS = (3, 7, 15)
"""OpenAlex stalls; challenges everywhere; nearly every answer a 500 or 429."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    with random_faults.trial_over("own", tmp_path_factory.mktemp("faults")) as trial:
        yield trial


def test_the_undisturbed_library_has_what_can_be_had(trial):
    assert (len(trial.whole["works"]), trial.files) == (10, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_library_recovers_from_what_the_web_does_to_it(trial, seed):
    outcome = trial.seed(seed, random_faults.draw(seed))
    assert outcome.wrong == []
    assert outcome.spoiled


def test_a_work_that_a_source_knows_is_not_looked_up_again_when_its_file_has_come(trial, tmp_path):
    """Its file says who it is too; the answer of a worse moment would take the better one's
    place.
    """
    before = len(trial.web.requests())
    settings = random_faults.settings_of(trial, tmp_path / "library", 0)
    random_faults.run(settings, random_faults.CALM, trial.web)
    asked = [row["path"] for row in trial.web.requests()[before:]]
    assert asked.count("/papers/v1/castellane01a.html") == 1


def test_a_changed_library_is_seen(trial):
    whole = trial.whole
    work = next(iter(whole["works"]))
    without = {**whole, "works": {k: v for k, v in whole["works"].items() if k != work}}
    other = {**whole, "ids": {**whole["ids"], work: []}}
    text = {**whole, "passages": [*whole["passages"][1:], [*whole["passages"][0][:3], "x"]]}
    silent = {**whole, "abstracts": {**whole["abstracts"], work: ""}}
    topics = {**whole, "topics": {}}
    assert whole["abstracts"][work]
    assert random_faults.missing(whole, whole) == []
    for changed in (without, other, text, silent, topics):
        assert random_faults.missing(whole, changed)


def test_what_more_is_known_of_a_work_is_no_loss(trial):
    """Its page did not answer, so that OpenAlex was asked, which has an abstract of it."""
    whole = trial.whole
    work = next(work for work, abstract in whole["abstracts"].items() if not abstract)
    more = {
        **whole,
        "ids": {**whole["ids"], work: [*whole["ids"][work], "openalex:W1"]},
        "abstracts": {**whole["abstracts"], work: "Gravel settles."},
        "topics": {},
    }
    assert random_faults.missing(whole, more) == []
    assert random_faults.missing(whole, {**more, "links": {}})


def test_a_third_of_the_seeds_has_passing_faults_only():
    for seed in range(30):
        kinds = {rule["kind"] for rule in random_faults.draw(seed)}
        assert kinds and (seed % 3 or kinds <= set(random_faults.PASSING))
