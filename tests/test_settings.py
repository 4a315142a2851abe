from dataclasses import replace
from pathlib import Path

import pytest

from litmap.errors import SettingsError, Unsafe
from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.report import quiet
from litmap.settings import Settings, as_environment, load_settings
from tests.loopback import serve


def test_each_source_overrides_the_one_before(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text(
        'library = "lib"\nmodel = "from-file"\nworkers = 3\n[request_intervals]\n"arxiv.org" = 0\n'
    )
    settings = load_settings(
        {"readers": 5}, environment={"LITMAP_MODEL": "from-environment"}, file=file
    )
    assert settings.library == tmp_path / "lib"
    assert settings.model == "from-environment"
    assert settings.readers == 5
    assert settings.request_intervals == {"arxiv.org": 0.0}


def test_environment_forms():
    settings = load_settings(
        environment={
            "LITMAP_REQUEST_INTERVALS": "a.org=0.5,b.org=2",
            "LITMAP_OFFLINE": "yes",
            "LITMAP_OCR": "0",
        }
    )
    assert settings.request_intervals == {"a.org": 0.5, "b.org": 2.0}
    assert settings.offline
    assert not settings.ocr


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"modle": "x"}, "did you mean 'model'"),
        ({"readers": -1}, "whole number"),
        ({"readers": True}, "whole number"),
        ({"offline": "perhaps"}, "true or false"),
        ({"pdf_seconds": "soon"}, "a number"),
        ({"request_intervals": {"a": -1}}, "a table"),
    ],
)
def test_wrong_settings_are_named(options, word):
    with pytest.raises(SettingsError, match=word):
        load_settings(options, environment={})


def test_broken_file_is_named(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text("library = ")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(file=file, environment={})
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(file=tmp_path / "none.toml", environment={})


def test_none_counts_as_not_given():
    assert (
        load_settings({"library": None}, environment={}).library
        == Settings().library
        == Path("index")
    )


def test_a_variable_of_another_program_is_told_and_left_alone(caplog):
    environment = {"LITMAP_VIEWER_HOME": "/opt/viewer", "LITMAP_WORKERS": "3"}
    settings = load_settings(environment=environment)
    assert settings.readers == 3
    assert "LITMAP_VIEWER_HOME is no setting and is ignored" in caplog.text


def test_a_slip_in_a_variable_is_told_with_what_may_be_meant(caplog):
    load_settings(environment={"LITMAP_REEDERS": "3"})
    assert "LITMAP_REEDERS is no setting and is ignored; did you mean 'readers'?" in caplog.text


def test_a_wrong_value_in_the_environment_is_an_error_still():
    with pytest.raises(SettingsError, match="whole number"):
        load_settings(environment={"LITMAP_WORKERS": "many"})


def test_former_names_of_settings_are_read_and_told(tmp_path, caplog):
    file = tmp_path / "litmap.toml"
    file.write_text('allow = ["lab.local"]\n[paces]\n"arxiv.org" = 5\n')
    settings = load_settings(environment={}, file=file)
    assert settings.allowed_hosts == ("lab.local",)
    assert settings.request_intervals == {"arxiv.org": 5.0}
    assert "'paces' is called 'request_intervals' now" in caplog.text
    assert "'allow' is called 'allowed_hosts' now" in caplog.text
    again = load_settings({"paces": {"arxiv.org": 6}}, environment={"LITMAP_PACES": "arxiv.org=7"})
    assert again.request_intervals == {"arxiv.org": 6.0}


def test_the_table_of_workers_and_the_former_setting_of_that_name_are_told_apart(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text("workers = 4\n")
    assert load_settings(environment={}, file=file).readers == 4
    file.write_text('readers = 2\n[workers]\nrunner = "dask"\naddress = "tcp://10.0.0.1:8786"\n')
    settings = load_settings(environment={}, file=file)
    assert (settings.readers, settings.workers_runner) == (2, "dask")
    assert settings.workers_address == "tcp://10.0.0.1:8786"
    file.write_text('[workers]\nrunner = "slurm"\n')
    with pytest.raises(SettingsError, match="is none of here, processes, dask, ray"):
        load_settings(environment={}, file=file)


def test_of_a_former_name_and_todays_the_one_of_today_counts(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text('allow = ["old"]\nallowed_hosts = ["new"]\n')
    assert load_settings(environment={}, file=file).allowed_hosts == ("new",)
    file.write_text('allowed_hosts = ["new"]\nallow = ["old"]\n')
    assert load_settings(environment={}, file=file).allowed_hosts == ("new",)


def test_the_settings_come_back_through_the_environment(tmp_path):
    settings = load_settings(
        {
            "library": tmp_path / "lib",
            "notes": ["a.md", "b"],
            "ocr": False,
            "request_intervals": {"x.org": 1.5},
            "pdf_megabytes": 7,
            "contact": "ann@lab.org",
        },
        environment={},
    )
    environment = as_environment(settings)
    assert load_settings(environment=environment) == settings
    assert "LITMAP_MODEL" not in environment, "what has its default value need not be told"


def test_a_pdf_above_the_limit_of_the_settings_is_not_fetched(tmp_path):
    settings = load_settings(
        {"state": tmp_path, "allowed_hosts": ["127.0.0.1"], "pdf_megabytes": 1,
         "request_intervals": {"default": 0}}, environment={},
    )  # fmt: skip
    with serve() as site, Collaborators().open_client(settings, "fetch", quiet) as client:
        for megabytes in (0.9, 1.1):
            site.answers[f"/{megabytes}.pdf"] = b"%PDF-1.4" + b"x" * int(megabytes * 1e6) + b"%%EOF"
        assert client.download(f"{site.base}/0.9.pdf", tmp_path / "a.part").size > 900_000
        with pytest.raises(Unsafe, match="larger than the limit"):
            client.download(f"{site.base}/1.1.pdf", tmp_path / "b.part")


@pytest.mark.parametrize("name", ["model", "backend", "lookups"])
@pytest.mark.parametrize("empty", ["", " "])
def test_a_setting_that_cannot_be_empty_is_refused_where_it_is(name, empty, tmp_path):
    """A process started elsewhere would take the default for it."""
    file = tmp_path / "litmap.toml"
    file.write_text(f'{name} = "{empty}"\n')
    for given in ({"file": file}, {"environment": {f"LITMAP_{name.upper()}": empty}}):
        with pytest.raises(SettingsError, match=f"{name} is empty; leave it out"):
            load_settings(**{"environment": {}, **given})
    assert load_settings({"reranker": empty, "contact": empty}, environment={}).reranker == empty


def test_what_is_watched_stands_in_a_table_and_reaches_other_processes(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text(
        '[watch]\narxiv = ["cs.LG"]\nciting = true\ninbox = "notes/inbox.md"\n'
        'feeds = ["https://a.example.org/rss", "https://b.example.org:8080/atom?x=1"]\n'
    )
    settings = load_settings({}, file=file, environment={})
    assert settings.is_watching
    assert settings.watch_feeds == (
        "https://a.example.org/rss",
        "https://b.example.org:8080/atom?x=1",
    )
    assert settings.watch_inbox == str(tmp_path / "notes" / "inbox.md")
    again = load_settings({}, environment=as_environment(settings))
    assert again == replace(settings, library=settings.library.resolve())
    assert not load_settings({}, environment={}).is_watching
