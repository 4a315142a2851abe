from pathlib import Path

import pytest

from litmap.errors import SettingsError
from litmap.settings import Settings, load_settings


def test_each_source_overrides_the_one_before(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text('library = "lib"\nmodel = "from-file"\nworkers = 3\n[paces]\n"arxiv.org" = 0\n')
    settings = load_settings(
        {"workers": 5}, environment={"LITMAP_MODEL": "from-environment"}, file=file
    )
    assert settings.library == tmp_path / "lib"
    assert settings.model == "from-environment"
    assert settings.workers == 5
    assert settings.paces == {"arxiv.org": 0.0}


def test_environment_forms():
    settings = load_settings(
        environment={
            "LITMAP_PACES": "a.org=0.5,b.org=2",
            "LITMAP_OFFLINE": "yes",
            "LITMAP_OCR": "0",
        }
    )
    assert settings.paces == {"a.org": 0.5, "b.org": 2.0}
    assert settings.offline
    assert not settings.ocr


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"modle": "x"}, "did you mean 'model'"),
        ({"workers": -1}, "whole number"),
        ({"workers": True}, "whole number"),
        ({"offline": "perhaps"}, "true or false"),
        ({"pdf_seconds": "soon"}, "a number"),
        ({"paces": {"a": -1}}, "a table"),
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
