"""Identifiers of the reading list: asked for a few at a time, remembered, never a reason for a build to fail."""

import pytest

from litmap import works
from litmap.catalogue import Catalogue, utc_now
from litmap.errors import WebError
from litmap.models import Reference, Resolution, Work
from litmap.pipeline import reading_list
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


def test_the_head_of_the_list_is_asked_about_a_few_at_a_time_and_remembered(
    catalogue, settings, monkeypatch
):
    asked = []
    monkeypatch.setattr(
        works, "resolve", answers(asked, unknown={"title:work 3"}, failed={"title:work 5"})
    )
    listed = make_missing(50)
    quiet = lambda *_: None  # noqa: E731
    first = reading_list.identify(catalogue, settings, listed, utc_now(), quiet, [])
    assert len(asked) == reading_list.MAX_LOOKUPS
    assert first["title:work 0"] == ("doi:10.1/0",)
    assert "title:work 3" not in first
    second = reading_list.identify(catalogue, settings, listed, utc_now(), quiet, [])
    assert set(asked[reading_list.MAX_LOOKUPS :]) == {
        m.key for m in listed[reading_list.MAX_LOOKUPS :]
    } | {"title:work 5"}
    assert len(second) == 48
    asked.clear()
    reading_list.identify(catalogue, settings, listed, utc_now(), quiet, [])
    assert asked == [
        "title:work 5"
    ]  # what could not be asked is asked again; what no source knows rests


def test_offline_and_without_network_what_is_remembered_is_all(catalogue, settings, monkeypatch):
    quiet = lambda *_: None  # noqa: E731
    asked = []
    monkeypatch.setattr(works, "resolve", answers(asked))
    reading_list.identify(catalogue, settings, make_missing(2), utc_now(), quiet, [])

    def fails(*args, **kwargs):
        raise WebError("no network")

    monkeypatch.setattr(works, "resolve", fails)
    assert (
        len(reading_list.identify(catalogue, settings, make_missing(4), utc_now(), quiet, [])) == 2
    )
    offline = load_settings({"library": str(settings.library), "offline": True})
    assert (
        len(reading_list.identify(catalogue, offline, make_missing(4), utc_now(), quiet, [])) == 2
    )


def test_a_source_gone_wrong_costs_no_build_and_holds_up_nobody(catalogue, settings, monkeypatch):
    asked, problems = [], []

    def broken(citations, client, **kwargs):
        asked.extend(c.key for c in citations)
        yield Resolution(
            citations[0].key, Work("doi:10.1/x", "X", ids=("doi:10.1/x",)), "metadata-only", ""
        )
        raise KeyError("a record of another shape")

    monkeypatch.setattr(works, "resolve", broken)
    listed = make_missing(reading_list.MAX_LOOKUPS + 5)
    found = reading_list.identify(catalogue, settings, listed, utc_now(), lambda *_: None, problems)
    assert found == {"title:work 0": ("doi:10.1/x",)}, "what came before it is kept"
    assert len(problems) == 1
    asked.clear()
    reading_list.identify(catalogue, settings, listed, utc_now(), lambda *_: None, problems)
    assert asked[:5] == [m.key for m in listed[reading_list.MAX_LOOKUPS :]], (
        "those not asked yet go first"
    )
