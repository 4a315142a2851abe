"""Identifiers of the reading list: asked for a few at a time, remembered, never a reason for a
refresh to fail.
"""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from litmap.catalogue import Catalogue, utc_now
from litmap.errors import WebError
from litmap.models import Reference, Resolution, Work
from litmap.paths import LibraryPaths
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.context import RunContext
from litmap.pipeline.reading_list import MAX_LOOKUPS, identify, known_identifiers
from litmap.references import MissingWork
from litmap.settings import load_settings


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.create(tmp_path / "catalogue.sqlite") as opened:
        yield opened


@pytest.fixture
def settings(tmp_path):
    return load_settings({"library": str(tmp_path), "state": str(tmp_path / "state")})


def make_missing(n):
    return [
        MissingWork(f"title:work {i}", Reference(title=f"Work {i}", year=2000), ("a", "b"), ())
        for i in range(n)
    ]


def no_answer(request):
    raise WebError(f"{request.url} is out of reach")


@contextmanager
def no_client(*_):
    yield SimpleNamespace(challenged={}, exhausted={}, get=no_answer)


def a_run(settings, resolve):
    """A refresh whose sources are `resolve`."""
    collaborators = Collaborators(resolve=resolve, open_client=no_client)
    return RunContext(settings, LibraryPaths(settings.library), utc_now(), collaborators)


def answers(asked, unknown=(), failed=()):
    """A resolver that knows a DOI for every work but those."""

    def resolve(citations, client, **kwargs):
        for c in citations:
            asked.append(c.key)
            if c.key in failed:
                yield Resolution(c.key, None, "failed", "the host did not answer")
            elif c.key in unknown:
                yield Resolution(c.key, None, "not-found", "no source knows it")
            else:
                doi = f"doi:10.1/{c.key.split()[-1]}"
                yield Resolution(
                    c.key, Work(doi, c.reference.title, ids=(doi,)), "metadata-only", ""
                )

    return resolve


def test_the_head_of_the_list_is_asked_about_a_few_at_a_time_and_remembered(catalogue, settings):
    asked = []
    run = a_run(settings, answers(asked, unknown={"title:work 3"}, failed={"title:work 5"}))
    listed = make_missing(50)
    identify(catalogue, run, listed)
    first = known_identifiers(catalogue)
    assert len(asked) == MAX_LOOKUPS
    assert first["title:work 0"] == ("doi:10.1/0",)
    assert "title:work 3" not in first
    identify(catalogue, run, listed)
    assert set(asked[MAX_LOOKUPS:]) == {m.key for m in listed[MAX_LOOKUPS:]} | {"title:work 5"}
    assert len(known_identifiers(catalogue)) == 48
    asked.clear()
    identify(catalogue, run, listed)
    # what could not be asked is asked again; what no source knows rests
    assert asked == ["title:work 5"]


def test_without_network_what_is_remembered_is_all(catalogue, settings):
    identify(catalogue, a_run(settings, answers([])), make_missing(2))

    def fails(*args, **kwargs):
        raise WebError("no network")

    run = a_run(settings, fails)
    identify(catalogue, run, make_missing(4))
    assert len(known_identifiers(catalogue)) == 2
    assert [p.subject for p in run.report.problems] == ["reading list"]


def test_a_source_gone_wrong_costs_no_refresh_and_holds_up_nobody(catalogue, settings):
    asked = []

    def broken(citations, client, **kwargs):
        asked.extend(c.key for c in citations)
        yield Resolution(
            citations[0].key, Work("doi:10.1/x", "X", ids=("doi:10.1/x",)), "metadata-only", ""
        )
        raise KeyError("a record of another shape")

    run = a_run(settings, broken)
    listed = make_missing(MAX_LOOKUPS + 5)
    identify(catalogue, run, listed)
    assert known_identifiers(catalogue) == {"title:work 0": ("doi:10.1/x",)}, "what came is kept"
    assert len(run.report.problems) == 1
    asked.clear()
    identify(catalogue, run, listed)
    assert asked[:5] == [m.key for m in listed[MAX_LOOKUPS:]], "those not asked yet go first"
