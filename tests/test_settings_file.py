"""The settings file: where values come from, and how a file that its user wrote is changed."""

from __future__ import annotations

import os
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.errors import SettingsError, UsageError
from litmap.settings import Source, load_settings, meanings, sources
from litmap.settings_file import plan_change, without_passwords, write_change
from litmap.ui import configuration
from litmap.written_files import WrittenFiles

WRITTEN = """\
# My library
library = "~/papers"   # on the big disk
notes = [
    "~/notes",  # mine
    "~/ours",
]
retry_days = 3

[llm]   # at home
url = "http://127.0.0.1:11434/v1"

[watch]
# physics only
arxiv = ["physics.flu-dyn"]
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "litmap.toml"
    path.write_text(WRITTEN)
    return path


@pytest.fixture
def files(tmp_path):
    return WrittenFiles(tmp_path / "state")


def test_comments_order_and_all_else_stay(file, files) -> None:
    change = plan_change(
        file,
        {"contact": "me@x.org", "llm_model": "small", "watch_arxiv": ["cs.LG"], "notes": ["~/n"]},
    )
    write_change(change, files)
    text = file.read_text()
    for kept in (
        "# My library",
        "# on the big disk",
        "# at home",
        "# physics only",
        "retry_days = 3",
    ):
        assert kept in text
    assert text.index("contact") < text.index("[llm]") < text.index('model = "small"')
    assert text.index('model = "small"') < text.index("[watch]")
    read = load_settings(environment={}, file=file)
    assert (read.contact, read.llm_model, read.watch_arxiv) == ("me@x.org", "small", ("cs.LG",))
    assert read.retry_days == 3
    assert [note.rsplit("/", 1)[-1] for note in read.notes] == ["n"]


def test_a_value_is_changed_where_it_stands_and_taken_out_for_its_default(tmp_path, files) -> None:
    path = tmp_path / "f.toml"
    path.write_text('llm_url = "a"\nwatch.arxiv = ["x"]\n')
    assert b'llm_url = "b"' in plan_change(path, {"llm_url": "b"}).after
    change = plan_change(path, {"llm_url": None, "watch_arxiv": None, "contact": None})
    write_change(change, files)
    assert load_settings(environment={}, file=path).llm_url == ""
    assert load_settings(environment={}, file=path).watch_arxiv == ()


def test_a_change_is_shown_before_and_as_little_as_it_is(file) -> None:
    diff = plan_change(file, {"retry_days": 9}).diff
    assert [line for line in diff.splitlines() if line[0] in "+-"] == [
        "-retry_days = 3",
        "+retry_days = 9",
    ]
    assert plan_change(file, {"retry_days": 3}).is_none


def test_passwords_are_not_shown(tmp_path) -> None:
    path = tmp_path / "f.toml"
    path.write_text('digest_smtp = "smtps://me:secret@mail.x.org:465"\n')
    diff = plan_change(path, {"digest_mail": "me@x.org"}).diff
    assert "secret" not in diff
    assert "smtps://me:…@mail.x.org:465" in diff
    assert without_passwords("http://x.org/a:b@c") == "http://x.org/a:b@c"


def test_a_file_that_is_not_there_is_made_and_then_known(tmp_path, files) -> None:
    path = tmp_path / "litmap.toml"
    change = plan_change(path, {"notes": ["~/notes"]})
    assert change.before is None
    write_change(change, files)
    assert tomllib.loads(path.read_text()) == {"notes": ["~/notes"]}
    assert files.may_replace(path)
    write_change(plan_change(path, {"contact": "me@x.org"}), files)
    assert files.may_replace(path)


def test_a_file_that_changed_since_it_was_shown_is_left_alone(file, files) -> None:
    change = plan_change(file, {"retry_days": 9})
    file.write_text(WRITTEN + "# later\n")
    with pytest.raises(SettingsError, match="changed meanwhile"):
        write_change(change, files)
    assert file.read_text() == WRITTEN + "# later\n"


def test_a_file_that_came_meanwhile_is_left_alone(tmp_path, files) -> None:
    path = tmp_path / "litmap.toml"
    change = plan_change(path, {"retry_days": 9})
    path.write_text("# mine\n")
    with pytest.raises(SettingsError):
        write_change(change, files)
    assert path.read_text() == "# mine\n"


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_the_file_behind_a_link_is_changed_and_the_link_stays(tmp_path, files) -> None:
    kept = tmp_path / "dotfiles"
    kept.mkdir()
    (kept / "litmap.toml").write_text("# mine\n")
    (kept / "litmap.toml").chmod(0o600)
    link = tmp_path / "litmap.toml"
    link.symlink_to(kept / "litmap.toml")
    write_change(plan_change(link, {"retry_days": 9}), files)
    assert link.is_symlink()
    assert "retry_days = 9" in (kept / "litmap.toml").read_text()
    assert (kept / "litmap.toml").stat().st_mode & 0o777 == 0o600


def test_line_ends_of_windows_stay(tmp_path) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(b"# mine\r\nretry_days = 3\r\n")
    after = plan_change(path, {"contact": "me@x.org", "retry_days": 4}).after
    assert after.count(b"\r\n") == after.count(b"\n") == 3


@pytest.mark.parametrize(
    "content",
    [b"notes = [", b"\xff\xfe", b"colour = 1\n", b"llm = 3\n", b"retry_days = 'soon'\n"],
    ids=str,
)
def test_a_file_that_cannot_be_read_is_not_changed(tmp_path, content) -> None:
    path = tmp_path / "f.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        plan_change(path, {"contact": "me@x.org"})
    assert path.read_bytes() == content


@pytest.mark.parametrize("values", [{"retry_days": "soon"}, {"lookups": "some"}, {"colour": 1}])
def test_a_value_that_a_setting_cannot_have_is_refused(file, values) -> None:
    with pytest.raises(SettingsError):
        plan_change(file, values)


def test_a_folder_in_the_place_of_the_file_is_said(tmp_path, files) -> None:
    with pytest.raises(UsageError):
        plan_change(tmp_path, {"contact": "me@x.org"})


LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "retry_days = 3",
            'contact = "a@b.c" # me',
            'notes = [ "a", # one\n  "b" ]',
            "llm_url = 'http://x'",
            "watch_per_week = 4",
            'request_intervals = { "x.org" = 1.5 }',
            "[llm]\nmodel = '''m\n'''",
            "[watch]\narxiv=['cs.LG',]\n#end",
            "[digest]",
        ]
    ),
    unique=True,
    max_size=9,
)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "contact": st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs", "Cc"]))),
        "retry_days": st.one_of(st.none(), st.integers(0, 99)),
        "notes": st.one_of(st.none(), st.lists(st.sampled_from(["a b", "ü", '"', "\\", "'"]))),
        "llm_url": st.one_of(st.none(), st.just("http://y")),
        "digest_notify": st.booleans(),
        "watch_arxiv": st.one_of(st.none(), st.just(["math.AG"])),
    },
)


@settings(max_examples=150, deadline=None)
@given(LINES, VALUES)
def test_whatever_a_file_holds_only_what_was_meant_changes(tmp_path_factory, lines, values) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    tables = [line for line in lines if line.startswith("[")]
    text = "\n".join([line for line in lines if line not in tables] + tables) + "\n"
    path.write_text(text, encoding="utf-8")
    before = load_settings(environment={}, file=path)
    after = plan_change(path, values).after
    path.write_bytes(after)
    changed = load_settings(environment={}, file=path)
    for name in meanings():
        if name not in values:
            assert getattr(changed, name) == getattr(before, name)
    if values.get("contact") is not None:
        assert changed.contact == values["contact"]
    for comment in ("# a comment", "# me", "#end"):
        if comment in text and not (comment == "# me" and "contact" in values):
            assert comment in after.decode("utf-8")


def test_where_each_value_comes_from(file) -> None:
    found = sources({"offline": True}, environment={"LITMAP_CONTACT": "me@x.org"}, file=file)
    assert found["offline"] is Source.OPTION
    assert found["contact"] is Source.ENVIRONMENT
    assert found["llm_url"] is found["retry_days"] is Source.FILE
    assert found["model"] is Source.DEFAULT
    assert set(found) == set(meanings())


def test_the_app_reads_the_file_anew_and_keeps_what_the_command_line_said(
    file, tmp_path, monkeypatch
) -> None:
    for name in [name for name in os.environ if name.startswith("LITMAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LITMAP_CONTACT", "me@x.org")
    chosen = load_settings({"library": tmp_path / "other"}, file=file)
    for name, value in configuration.environment_for(chosen, file).items():
        monkeypatch.setenv(name, value)
    assert configuration.current() == chosen
    found = configuration.current_sources()
    assert found["library"] is Source.OPTION
    assert found["contact"] is Source.ENVIRONMENT
    assert found["retry_days"] is Source.FILE
    file.write_text(WRITTEN.replace("retry_days = 3", "retry_days = 9"))
    assert configuration.current().retry_days == 9
    assert configuration.current().library == tmp_path / "other"
    assert configuration.options_of_commands() == ["--config", str(file)]
