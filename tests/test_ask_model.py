"""`litmap ask` with a language model: real HTTP on loopback, models kind and hostile."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from litmap.cli import main
from litmap.errors import UsageError, WebError
from litmap.language_models import configured
from litmap.language_models.writer import Writer
from litmap.library import Library
from litmap.library.asking import AnswerView
from litmap.models import Answer
from litmap.paths import LibraryPaths
from litmap.search import parse_question
from litmap.settings import load_settings
from litmap.web import ChatClient, chat_limits, endpoint
from litmap.writing import Task
from tests import language_models

ROOT = Path(__file__).parent.parent
ASKED = "Why do sharp minima generalise worse than flat minima?"
FOREIGN = "Which enzyme cleaves the amyloid precursor protein in neurons?"


@pytest.fixture
def site(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("LITMAP_LLM_KEY", raising=False)
    with language_models.serve() as running:
        yield running


@pytest.fixture(scope="module")
def library(example_library, state):
    settings = load_settings({"library": example_library, "state": state, "offline": True})
    with Library.open(settings=settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def sources(library):
    """The sentences that the library finds for the question."""
    return [
        quotation.sentence for quotation in library.asker.find(parse_question(ASKED)).quotations
    ]


@pytest.fixture
def ask(library, sources, tmp_path):
    """Has one of the models answer from these sentences; its answers are kept in a folder of the
    test's own.
    """

    def run(say, *, site, model="kind"):
        site.say = say
        where = endpoint(site.base)
        with ChatClient(where, model, limits=chat_limits(30)) as chat:
            kept = tmp_path / "written"
            writer = Writer(chat, library.encoder, library.by_id, kept=kept, origin=where.origin)
            text = writer.write(Task.QUESTION, ASKED, sources)
        answer = Answer(ASKED, text.parts, text.refused, text.dropped)
        return AnswerView(answer, (), library.by_id).as_json()

    return run


def given(messages):
    """The numbered sentences that a model was given."""
    rows = re.findall(r"^\[(\d+)\] (.+)$", messages[1]["content"], re.M)
    return {int(number): text for number, text in rows}


def copied(messages):
    """A kind answer: the first three sentences as they are."""
    return " ".join(f"{text.rstrip('.')} [{n}]." for n, text in list(given(messages).items())[:3])


def test_a_kind_model_is_shown_with_its_sources(ask, site):
    found = ask(copied, site=site)
    assert found["refused"] is None
    assert found["dropped"] == 0
    assert 0 < len(found["answer"]) <= 3
    sent = given(site.asked[0][2]["messages"])
    for part in found["answer"]:
        assert part["sources"]
        for source in part["sources"]:
            assert source["text"].startswith(part["text"].rstrip(".")[:20])
            assert source["page"] or source["place"]
    assert all("[" not in text for text in sent.values())


def test_what_is_not_close_is_refused_without_asking_the_model(command, site):
    code, out = command(FOREIGN, "--json")
    assert code == 0
    assert json.loads(out.out)["refused"]
    assert site.asked == []


LIES = {
    "another number": lambda text: re.sub(r"\d+", lambda m: str(int(m[0]) + 7), text),
    "a number of its own": lambda text: f"By 43% {text}",
    "a negation": lambda text: f"It is not true that {text}",
    "a quotation of its own": lambda text: f'{text.rstrip(".")}, "as God does not play dice".',
    "a work that is not there": lambda text: f"As Smith and Wesson showed, {text}",
    "an address": lambda text: f"{text.rstrip('.')}, see https://evil.example/pay.",
    "a link": lambda text: f"{text.rstrip('.')} (www.evil.example).",
    "something else": lambda text: "Bananas ripen faster beside apples in warm kitchens.",
    "a story behind it": lambda text: f"{text.rstrip('.')} because bananas ripen beside apples.",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_with_a_true_number_gets_nowhere(ask, site, lie):
    def answer(messages):
        return (
            " ".join(
                f"{LIES[lie](text).rstrip('.')} [{n}]."
                for n, text in given(messages).items()
                if LIES[lie](text) != text
            )
            or "Bananas [1]."
        )

    found = ask(answer, site=site)
    assert found["answer"] == []
    assert found["dropped"] > 0
    assert "checks" in found["refused"]


@pytest.mark.parametrize(
    "answer",
    [
        "Sharp minima generalise worse [99].",
        "Sharp minima generalise worse [0].",
        "Sharp minima generalise worse [1, 99].",
        "Sharp minima generalise worse.",
        "Sharp minima generalise worse (Keskar 2016, p. 3).",
        "[1] [2] [3]",
        '{"answer": [{"text": "Sharp minima", "sources": [{"work": "x", "page": 1}]}]}',
        "<script>fetch('http://evil.example')</script> [1]",
        "![](http://evil.example/?q=1) [1]",
        "NOTHING",
        "Ignore the papers. Run `rm -rf /` [1].",
        "\ud800 [1]",
        "",
    ],
)
def test_what_names_nothing_that_was_given_gets_nowhere(ask, site, answer):
    found = ask(answer, site=site)
    assert found["answer"] == []
    assert found["refused"]


def test_of_an_answer_the_true_part_is_shown_and_the_rest_counted(ask, site):
    def half(messages):
        return f"{copied(messages)} Bananas ripen beside apples [1]. All minima are sharp."

    found = ask(half, site=site)
    assert found["answer"]
    assert found["dropped"] == 2
    assert "Bananas" not in json.dumps(found["answer"])


def test_of_an_answer_that_is_mostly_false_nothing_is_shown(ask, site):
    def mostly(messages):
        return f"{copied(messages)} " + "Bananas ripen beside apples [1]. " * 9

    assert ask(mostly, site=site)["answer"] == []


def test_scripts_and_images_do_not_come_along(ask, site):
    def dressed(messages):
        return copied(messages).replace(
            " [", " <img src=x onerror=alert(1)> ![x](http://evil.example/) [", 1
        )

    found = ask(dressed, site=site)
    assert found["answer"]
    assert "evil" not in json.dumps(found)
    assert "onerror" not in json.dumps(found)


@pytest.mark.parametrize("model", ["breaks-off", "html", "wrong-json", "endless", "status-500"])
def test_a_model_that_fails_is_an_error_and_nothing_is_kept(ask, site, model, tmp_path):
    with pytest.raises(WebError):
        ask("", site=site, model=model)
    assert not (tmp_path / "written").exists()


def test_an_answer_is_kept_and_checked_again(ask, site, tmp_path):
    first = ask(copied, site=site)
    assert ask("Bananas [1].", site=site) == first
    assert len(site.asked) == 1
    (file,) = (tmp_path / "written").rglob("*.json")
    file.write_text(json.dumps({"answer": "Bananas ripen beside apples [1]."}))
    assert ask(copied, site=site)["answer"] == []
    for damage in (b"", b"{", b'{"answer": 3}', b"[" * 100_000, b"\xff"):
        file.write_bytes(damage)
        assert ask(copied, site=site) == first


# ── the command ───────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def command(example_library, at_examples, site, monkeypatch, tmp_path, capsys):
    def run(*arguments, url=None, model="kind"):
        monkeypatch.setenv("LITMAP_LLM_URL", url or site.base)
        monkeypatch.setenv("LITMAP_LLM_MODEL", model)
        monkeypatch.setattr(LibraryPaths, "written", property(lambda _: tmp_path / "written"))
        code = main(["ask", *arguments, "--library", str(example_library)])
        return code, capsys.readouterr()

    return run


def test_the_command_asks_the_model_of_the_settings(command, site):
    site.say = copied
    code, out = command(ASKED, "--json")
    assert code == 0
    assert json.loads(out.out)["answer"]
    assert len(site.asked) == 1
    code, out = command(ASKED, "--json", "--no-model")
    assert json.loads(out.out)["answer"]
    assert len(site.asked) == 1


def test_a_failure_says_how_to_do_without(command, site):
    code, out = command(ASKED, model="status-500")
    assert code == 1
    assert "--no-model" in out.err


def test_a_model_elsewhere_is_asked_only_after_consent(command, site):
    far = "https://api.example.org/v1"
    code, out = command(ASKED, url=far)
    assert code == 2
    assert "--consent" in out.err
    code, out = command("--consent", url=far)
    assert code == 0
    assert "sentences" in out.err
    assert "language-models.txt" in out.err
    code, out = command("--consent")
    assert "no consent is needed" in out.err
    code, out = command()
    assert code == 2


def test_a_consent_is_withdrawn(command, site, monkeypatch):
    far = "https://api.example.org/v1"
    command("--consent", url=far)
    assert configured.has_consent(endpoint(far))
    code, out = command("--withdraw-consent", url=far)
    assert code == 0
    assert "nothing any more" in out.err
    assert not configured.has_consent(endpoint(far))
    monkeypatch.setenv("LITMAP_LLM_CONSENT", far)
    code, out = command("--withdraw-consent", url=far)
    assert "LITMAP_LLM_CONSENT" in out.err
    code, out = command("--withdraw-consent")
    assert "this machine" in out.err


def test_without_a_model_none_is_asked(library, site):
    assert library.ask(ASKED).answer.parts
    with pytest.raises(UsageError), library.writer():
        pass
    assert site.asked == []


# ── summaries and tables ──────────────────────────────────────────────────────────────────────────
@pytest.fixture
def writer(library, site):
    with ChatClient(endpoint(site.base), "kind", limits=chat_limits(30)) as chat:
        yield Writer(chat, library.encoder, library.by_id)


def test_a_summary_is_written_from_the_sentences_of_the_summary(library, writer, site):
    site.say = copied
    subject = next(topic.label for topic in library.topics().topics if topic.works)
    own = {sentence.text for sentence in library.summary(subject).sources}
    found = library.write_summary(subject, writer).as_json()
    assert found["answer"]
    sources = [source for part in found["answer"] for source in part["sources"]]
    assert {source["text"] for source in sources} <= own
    assert all(source["page"] or source["place"] for source in sources)
    site.say = "Bananas ripen beside apples [1]."
    assert library.write_summary(subject, writer).as_json()["answer"] == []


@pytest.mark.parametrize("say", ["NOTHING", "[99]", "[1] or [2]", "Bananas.", "[0]", "page 3"])
def test_a_cell_is_one_of_the_given_sentences_or_empty(library, writer, sources, site, say):
    site.say = say
    assert writer.choose("sharpness", sources) is None
    site.say = "<b>[2]</b> says it best: bananas."
    assert writer.choose("sharpness", sources) == sources[1]


def test_a_table_takes_the_sentence_that_the_model_chooses(library, writer, site):
    column = "sharpness of minima"
    site.say = "[1]"
    chosen = library.table("flat minima", column, limit=2, writer=writer)
    own = library.table("flat minima", column, limit=2)
    asked = [given(body["messages"]) for _, _, body in site.asked]
    for row, alone in zip(chosen.rows, own.rows, strict=True):
        for cell, nearest in zip(row.cells, alone.cells, strict=True):
            assert nearest is None or cell == nearest  # the first is the nearest
    assert asked
    site.say = "NOTHING"
    empty = library.table("flat minima", column, limit=2, writer=writer)
    assert all(cell is None for row in empty.rows for cell in row.cells)


# ── the app ───────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def app(example_library, at_examples, site, monkeypatch, tmp_path):
    testing = pytest.importorskip("streamlit.testing.v1")
    from litmap.ui import access

    monkeypatch.setattr(access, "_current", [access.Access("token", 1, frozenset())])
    monkeypatch.setattr(LibraryPaths, "written", property(lambda _: tmp_path / "written"))
    monkeypatch.setenv("LITMAP_LIBRARY", str(example_library))
    monkeypatch.setenv("LITMAP_LLM_MODEL", "kind")

    def run(url, *, may_change=True):
        from streamlit import cache_resource

        cache_resource.clear()
        monkeypatch.setenv("LITMAP_LLM_URL", url)
        monkeypatch.setattr("litmap.ui.state.may_change", lambda: may_change)
        page = ROOT / "src" / "litmap" / "ui" / "app.py"
        app = testing.AppTest.from_file(str(page), default_timeout=240)
        app.query_params["q"] = ASKED
        app.query_params["by"] = "answer"
        return app.run()

    return run


def keys(app):
    return {button.key for button in app.button}


def words(app):
    return "\n".join(str(e.value) for kind in (app.markdown, app.caption, app.info) for e in kind)


def test_the_app_asks_the_model_when_told_to(app, site):
    site.say = copied
    page = app(site.base)
    assert site.asked == []
    page.button(key="write").click().run()
    assert not page.exception
    assert "Written by kind" in words(page)
    assert len(site.asked) == 1
    page.run()
    assert len(site.asked) == 1
    assert "write" not in keys(app(site.base, may_change=False))


def test_the_app_asks_a_model_elsewhere_only_after_consent(app, site):
    page = app("https://api.example.org/v1")
    assert "write" not in keys(page)
    assert "sentences" in words(page)
    page.button(key="consent").click().run()
    assert "write" in keys(page)
    assert "consent" not in keys(page)
