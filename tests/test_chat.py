"""The client of language models: kind servers are understood, hostile ones get nothing through."""

import itertools
import json
import logging
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap.errors import Blocked, NotFound, SlowDown, TooLarge, Unsafe, UsageError, WebError
from litmap.language_models import configured
from litmap.language_models.configured import open_model
from litmap.settings import load_settings
from litmap.web import ChatClient, chat_limits, endpoint
from litmap.web.chat import MAX_BYTES
from litmap.web.server_events import MAX_LINE, data_of, lines_of
from tests import language_models
from tests.language_models.server import SECRET

ASKED = [{"role": "user", "content": "Why?"}]
SAID = "Attention is quadratic [3]. “Größe” ist 𝕏 [1, 2]."


@pytest.fixture(autouse=True)
def own_configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # loopback is asked past any proxy
    monkeypatch.delenv("LITMAP_LLM_KEY", raising=False)
    monkeypatch.delenv("LITMAP_LLM_CONSENT", raising=False)


@pytest.fixture
def site():
    with language_models.serve() as running:
        running.say = SAID
        yield running


WITHOUT_END = {"silent", "silent-after-head", "slow-bytes", "endless-comments"}


def client(site, model, seconds=30.0, key=SECRET):
    seconds = 0.6 if model in WITHOUT_END else seconds
    return ChatClient(endpoint(site.base), model, key=key, limits=chat_limits(seconds))


# ── kind servers ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "model",
    ["kind", "kind-bytes", "kind-whole", "kind-without-end", "picky", "busy-once"],
)
def test_a_kind_server_is_understood(site, model):
    pieces = []
    with client(site, model) as chat:
        assert chat.write(ASKED, pieces.append) == SAID
    assert "".join(pieces) == SAID


def test_what_is_sent_is_the_messages_and_nothing_else_of_this_machine(site):
    with client(site, "kind") as chat:
        chat.write(ASKED)
    path, headers, body = site.asked[0]
    assert path == "/v1/chat/completions"
    assert body["messages"] == ASKED
    assert set(body) == {"model", "messages", "stream", "temperature", "max_tokens"}
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert "(" not in headers["User-Agent"]  # no contact address


def test_without_a_key_none_is_sent(site):
    with client(site, "kind", key="") as chat:
        chat.write(ASKED)
        assert chat.models() == ["kind"]
    assert all("Authorization" not in headers for _, headers, _ in site.asked)


def test_whoever_listens_may_stop_it(site):
    class Stop(Exception):
        pass

    def stop(text):
        raise Stop

    with client(site, "endless") as chat, pytest.raises(Stop):
        chat.write(ASKED, stop)


# ── hostile servers ───────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", language_models.HOSTILE)
def test_a_hostile_server_gets_nothing_through(site, model, caplog):
    caplog.set_level(logging.DEBUG)
    tracemalloc.start()
    begun = time.monotonic()
    with client(site, model) as chat, pytest.raises(WebError) as raised:
        chat.write(ASKED)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MAX_BYTES
    assert time.monotonic() - begun < 30
    said = raised.value.message
    assert SECRET not in said + caplog.text
    assert said.isprintable()
    assert len(said) < 500
    assert not any("elsewhere" in path or "meta-data" in path for path, _, _ in site.asked)


@pytest.mark.parametrize(
    ("model", "kind", "advice"),
    [
        ("status-401", Blocked, "LITMAP_LLM_KEY"),
        ("status-404", NotFound, "/v1"),
        ("status-429", SlowDown, "later"),
        ("redirect-elsewhere", Unsafe, "[llm] url"),
        ("html", WebError, "[llm] url"),
        ("silent", WebError, "llm_seconds"),
        ("endless", TooLarge, "characters"),
    ],
)
def test_a_failure_says_what_to_do(site, model, kind, advice):
    with client(site, model) as chat, pytest.raises(kind) as raised:
        chat.write(ASKED)
    assert advice in raised.value.message


def test_a_server_that_is_not_there_is_told(site):
    where = endpoint("http://127.0.0.1:1/v1")
    with ChatClient(where, "kind") as chat, pytest.raises(WebError, match="is the server running"):
        chat.write(ASKED)


def test_a_key_that_no_header_can_hold_is_refused_without_telling_it():
    with pytest.raises(Unsafe) as raised:
        ChatClient(endpoint("http://127.0.0.1:1/v1"), "kind", key="sk-1\r\nX: 2")
    assert "sk-1" not in raised.value.message


# ── addresses and consent ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434/v1",
        "http://localhost:8080/v1/",
        "http://[::1]:8000/v1",
        "http://127.1:1234/v1",
    ],
)
def test_this_machine_needs_no_consent(url):
    with open_model(load_settings({"llm_url": url, "llm_model": "m", "offline": True})) as chat:
        assert chat.name == "m"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "http://192.168.1.5:8000/v1",
        "http://gpu.lan:8000/v1",
        "https://127.0.0.1.example.org/v1",
        "https://localhost.example.org/v1",
        "http://10.0.0.1/v1",
    ],
)
def test_any_other_address_needs_consent_once(url):
    settings = load_settings({"llm_url": url, "llm_model": "m"})
    with pytest.raises(UsageError) as raised:
        open_model(settings)
    assert "litmap ask --consent" in raised.value.message
    assert "sentences" in raised.value.message
    configured.give_consent(endpoint(url))
    open_model(settings).close()
    other = load_settings({"llm_url": "https://other.example.org/v1", "llm_model": "m"})
    with pytest.raises(UsageError):
        open_model(other)
    with pytest.raises(UsageError, match="offline"):
        open_model(load_settings({"llm_url": url, "llm_model": "m", "offline": True}))
    configured.withdraw_consent(endpoint(url))
    with pytest.raises(UsageError, match="consent"):
        open_model(settings)


def test_consent_may_stand_in_the_environment_but_in_no_settings_file(tmp_path, monkeypatch):
    settings = load_settings({"llm_url": "https://api.example.org/v1", "llm_model": "m"})
    monkeypatch.setenv("LITMAP_LLM_CONSENT", "nonsense, https://api.example.org:443/v1")
    open_model(settings).close()
    monkeypatch.setenv("LITMAP_LLM_CONSENT", "https://api.example.org:444")
    with pytest.raises(UsageError):
        open_model(settings)
    file = tmp_path / "litmap.toml"
    file.write_text('[llm]\nconsent = "https://api.example.org"\n')
    with pytest.raises(UsageError, match="unknown setting"):
        load_settings(file=file)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.org/v1",
        "http://169.254.169.254/v1",
        "http://[fe80::1]/v1",
        "http://0.0.0.0:8000/v1",
        "ftp://127.0.0.1/v1",
        "http://user:secret@127.0.0.1/v1",
        "127.0.0.1:11434",
        "",
    ],
)
def test_an_address_that_no_model_should_have_is_refused(url):
    with pytest.raises(Unsafe):
        endpoint(url)


def test_a_model_without_its_name_is_told():
    with pytest.raises(UsageError, match="model"):
        open_model(load_settings({"llm_url": "http://127.0.0.1:1/v1"}))


def test_the_table_of_the_settings_file_is_read(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text('[llm]\nurl = "http://127.0.0.1:11434/v1"\nmodel = "qwen3:4b"\nseconds = 60\n')
    settings = load_settings(file=file, environment={"LITMAP_LLM_MODEL": "other"})
    assert (settings.llm_url, settings.llm_model, settings.llm_seconds) == (
        "http://127.0.0.1:11434/v1",
        "other",
        60.0,
    )


@pytest.mark.parametrize(
    ("text", "said"), [('[llm]\nkey = "sk"', "LITMAP_LLM_KEY"), ('llm = "x"', "not a table")]
)
def test_a_wrong_table_is_told(tmp_path, text, said):
    file = tmp_path / "litmap.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_settings(file=file)


# ── streams ───────────────────────────────────────────────────────────────────────────────────────
def cut(data, places):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(st.lists(st.text(max_size=30), max_size=8), st.sampled_from(["\n", "\r\n", "\r"]), st.data())
def test_a_stream_of_events_means_the_same_wherever_it_is_cut(texts, end, data):
    values = [json.dumps(text) for text in texts]
    stream = "".join(f"data: {value}{end}{end}" for value in values).encode()
    places = data.draw(st.lists(st.integers(0, 2_000), max_size=8))
    assert list(data_of(lines_of(cut(stream, places)))) == values


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_any_bytes_are_lines_whatever_they_are(blocks):
    whole = list(lines_of([b"".join(blocks)]))
    assert list(lines_of(blocks)) == whole
    assert not any("\n" in line or "\r" in line for line in whole)
    list(data_of(whole))


def test_a_line_without_end_is_not_kept():
    def endless():
        while True:
            yield b"x" * 1000

    with pytest.raises(TooLarge):
        list(lines_of(endless()))
    with pytest.raises(TooLarge):
        list(data_of(["data: " + "x" * (MAX_LINE - 10)] * 2))


# ── litmap doctor ─────────────────────────────────────────────────────────────────────────────────
def doctor_says(**settings):
    from litmap.pipeline.examination import _guarded, _language_model

    (check,) = _guarded(_language_model, load_settings(settings))
    return check


def test_doctor_says_whether_the_model_can_be_asked(site):
    assert doctor_says().ok
    assert doctor_says(llm_url=site.base, llm_model="kind").ok
    missing = doctor_says(llm_url=site.base, llm_model="other")
    assert not missing.ok
    assert "kind" in missing.advice
    gone = doctor_says(llm_url="http://127.0.0.1:1/v1", llm_model="kind")
    assert not gone.ok
    assert "is the server running" in gone.text
    far = doctor_says(llm_url="https://api.example.org/v1", llm_model="kind")
    assert not far.ok
    assert "consent" in far.text
