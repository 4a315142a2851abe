"""A library behind a server: the same answers as one that is here, one that is gone is told, and
what is no question or no answer is refused.
"""

import json
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from litmap.cli import main
from litmap.errors import LibraryAway, SettingsError, UsageError
from litmap.library import JoinedLibraries, Library
from litmap.search import LocalPart
from litmap.serving import RemoteLibrary, make_app, wire
from litmap.serving.client import Server
from litmap.settings import load_settings
from litmap.word_counts import Asked, Bm25
from tests.served import TOKEN, serving
from tests.waiting import PATIENCE_S


@pytest.fixture(scope="module")
def own(example_library, state):
    return load_settings({"library": example_library, "state": state})


@pytest.fixture(scope="module")
def app(own):
    """The application in a test's own process."""
    from starlette.testclient import TestClient

    with TestClient(make_app(own, TOKEN)) as client:
        yield client


def test_a_server_asks_itself_first(own, monkeypatch):
    from starlette.testclient import TestClient

    found, find = threading.Event(), LocalPart.find

    def told(part, permission, question):
        answer = find(part, permission, question)
        assert answer.rows.size
        found.set()
        return answer

    monkeypatch.setattr(LocalPart, "find", told)
    with TestClient(make_app(own, TOKEN)):
        assert found.wait(PATIENCE_S)


def authorised(**headers):
    return {"Authorization": f"Bearer {TOKEN}", **headers}


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("LITMAP_SERVER_TOKEN", TOKEN)


QUERIES = (
    "neural networks that generalise",
    "flat minima year:2016..",
    '"batch size"',
    "in:references keskar",
    "year:1990..2030",
    "1609.04836",
    "author:keskar sharpness",
    "heading:nothing sharpness",
)


def shown(results):
    """What a search shows, but for where it is from."""
    hits = [
        (hit.entry.work.id if hit.entry else hit.note, hit.chunk, hit.score, hit.why, hit.quotation)
        for hit in results.hits
    ]
    return hits, results.close


@pytest.mark.usefixtures("token")
def test_a_served_library_answers_as_one_that_is_here_and_a_killed_one_is_missed(
    own, state, example_library
):
    from dataclasses import replace

    elsewhere = replace(own, search_own=False)
    with (
        serving(example_library, state) as (process, address),
        JoinedLibraries.open(elsewhere, [address]) as served,
        JoinedLibraries.open(elsewhere, [str(example_library)]) as here,
        JoinedLibraries.open(own, [address]) as both,
        JoinedLibraries.open(own) as mine,
    ):
        for query in QUERIES:
            for by in ("passage", "paper"):
                assert shown(served.search(query, by=by)) == shown(here.search(query, by=by)), query
        quoted = here.search("minima").hits[0].chunk.text[20:140]
        assert shown(served.locate(quoted)) == shown(here.locate(quoted))
        assert {hit.library for hit in served.search("minima").hits} == {address}
        one = both.search("neural networks")
        assert {hit.library for hit in one.hits} == {""}, "a paper of both is shown from mine"
        assert one.message == ""

        process.send_signal(signal.SIGKILL)
        process.wait()
        left = both.search("neural networks")
        assert shown(left) == shown(mine.search("neural networks"))
        assert address in left.message
        assert "Nothing of this library is among the results" in left.message
        with pytest.raises(LibraryAway, match="no library can be searched"):
            served.search("neural networks")


@pytest.mark.usefixtures("token")
def test_a_server_that_comes_back_is_asked_again(own, state, example_library, capsys, monkeypatch):
    monkeypatch.setenv("LITMAP_STATE", str(state))
    with serving(example_library, state) as (process, address):
        arguments = ["search", "minima", "--library", address, "-k", "3"]
        assert main([*arguments, "--json"]) == 0
        assert {hit["library"] for hit in json.loads(capsys.readouterr().out)} == {address}
        assert main(["search", "x", "--library", address, "--like"]) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert main(arguments) == 1
    assert f"{address} does not answer" in capsys.readouterr().err


def test_only_who_has_the_token_is_answered(app):
    for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": TOKEN}):
        assert app.get("/v1/library", headers=headers).status_code == 401
        assert app.post("/v1/part/passages", json={}, headers=headers).status_code == 401
    told = app.get("/v1/library", headers=authorised()).json()
    assert told["works"]
    assert app.get("/", headers=authorised()).status_code == 404
    assert app.delete("/v1/library", headers=authorised()).status_code == 405


def test_nothing_of_the_notes_is_served_but_headings(app, own):
    told = app.get("/v1/library", headers=authorised())
    with Library.open(settings=own) as library:
        contexts = [m.context for e in library.works() for m in e.mentions if len(m.context) > 40]
        notes = library.search("in:notes minima").notes
        rows = [hit.row for hit in notes]
    assert contexts
    assert not [context for context in contexts if context in told.text]
    assert rows
    asked = {"build": told.json()["build"], "hidden": []}
    part = app.post("/v1/part/overview", json=asked, headers=authorised()).json()
    assert any(part["works"])
    assert not [work for work in part["works"] if work.startswith("note:")]
    query = wire.dump_query(search_for("in:notes minima"))
    found = app.post(
        "/v1/part/permit", json={**asked, "query": query, "works": None}, headers=authorised()
    ).json()
    assert found["count"] == 0


def search_for(text):
    from litmap.search import parse_query

    return parse_query(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = ("sample", "held", "permit", "count", "find", "first", "vectors", "passages")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(NAMES),
    st.dictionaries(
        st.sampled_from(("places", "text", "languages", "query", "works", "asked", "question",
                         "limit", "rows")),
        JSON | st.just({"type": "<i8", "shape": [1], "data": "//////////8="})
        | st.just({"type": "<i8", "shape": [1], "data": "////////fwA="})
        | st.just({"type": "<f4", "shape": [2, 1 << 40], "data": ""}),
    ),
)  # fmt: skip
def test_what_is_no_question_is_refused(app, name, body):
    build = app.get("/v1/library", headers=authorised()).json()["build"]
    content = json.dumps({**body, "build": build, "hidden": []}).encode("utf-8", "replace")
    answer = app.post(f"/v1/part/{name}", content=content, headers=authorised())
    assert answer.status_code in (200, 400)
    if answer.status_code == 400:
        assert "has not the shape" in answer.json()["error"]


def test_long_and_broken_questions_are_refused(app):
    headers = authorised()
    assert app.post("/v1/part/find", content=b"x" * (9 << 20), headers=headers).status_code == 413
    assert app.post("/v1/part/find", content=b"{", headers=headers).status_code == 400
    assert app.post("/v1/part/find", content=b"[" * 100_000, headers=headers).status_code == 400
    gone = {"build": "20200101T000000000-abcd", "hidden": []}
    assert app.post("/v1/part/overview", json=gone, headers=headers).status_code == 409
    assert app.post("/v1/part/nothing", json=gone, headers=headers).status_code == 404


# ── servers that are none ─────────────────────────────────────────────────────────────────────────
@contextmanager
def pretending(answers):
    """A server that gives these bodies to all requests, by path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = answers.get(self.path, b"{}")
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


LIBRARY = {"version": 1, "build": "b", "model": "m", "key": "k", "dim": 2, "works": []}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"{}", b'{"version": 2}', b"[" * 100_000,
     json.dumps({**LIBRARY, "works": [{}]}).encode(),
     json.dumps({**LIBRARY, "dim": "wide"}).encode()],
)  # fmt: skip
def test_what_is_no_library_is_named(body):
    with pretending({"/v1/library": body}) as address, pytest.raises(LibraryAway, match=address):
        RemoteLibrary.open(address, TOKEN)


@pytest.mark.parametrize("bm25", [Bm25(-1.0, 0.5), Bm25(0.9, 1.5), Bm25(0.9, float("nan"))])
def test_parameters_that_cannot_be_are_refused(bm25):
    asked = Asked((7,), (1.0,), (bm25,))
    with pytest.raises(wire.MISSHAPEN):
        wire.load_asked(wire.dump_asked(asked))
    right = replace(asked, bm25=(Bm25(0.0, 1.0),))
    assert wire.load_asked(wire.dump_asked(right)) == right


AT_ROW_4 = {"rows": wire.dump_array(np.array([4])), "works": wire.dump_array(np.array([1]))}


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"rows": wire.dump_array(np.array([7])), "works": wire.dump_array(np.array([0]))},
        {"rows": wire.dump_array(np.array([-1])), "works": wire.dump_array(np.array([0]))},
        {"rows": wire.dump_array(np.array([0])), "works": wire.dump_array(np.array([9]))},
        {"rows": wire.dump_array(np.array([0, 1])), "works": wire.dump_array(np.array([0]))},
        {"rows": {"type": "<i8", "shape": [9], "data": "AA=="}, "works": []},
        {**AT_ROW_4, "row_sums": [2, 1, 10**400]},
        {**AT_ROW_4, "work_sums": [-1, 1, 1]},
    ],
)
def test_candidates_that_cannot_be_are_refused(found):
    others = {
        name: wire.dump_array(np.zeros(1, np.float32)) for name in ("cosines", "words", "whole")
    }
    rest = {"sizes": wire.dump_array(np.ones(1, int)), "best_match": 1.0}
    sums = {"row_sums": [2, 1, 1], "work_sums": [2, 1, 1]}
    with pytest.raises(wire.MISSHAPEN):
        wire.load_found({**others, **rest, **sums, **found}, rows=5, works=2)
    assert wire.load_found({**others, **rest, **sums, **AT_ROW_4}, 5, 2).rows.tolist() == [4]


@pytest.mark.parametrize(
    "address",
    ["http://", "http://host/path", "http://user:word@host:1", "http://host:1/?token=x"],
)
def test_what_is_no_address_is_named(address):
    with pytest.raises(SettingsError, match="is no address"):
        Server(address, TOKEN)
    with pytest.raises(SettingsError, match="LITMAP_SERVER_TOKEN"):
        Server("http://127.0.0.1:1", "")


def test_nobody_there_is_told_at_once():
    with pytest.raises(LibraryAway, match="does not answer"):
        RemoteLibrary.open("http://127.0.0.1:9", TOKEN)


def test_tokens_that_can_be_guessed_are_refused(tmp_path, own, monkeypatch):
    monkeypatch.delenv("LITMAP_SERVER_TOKEN", raising=False)
    short = tmp_path / "token"
    short.write_text("secret\n")
    arguments = ["serve", "--library", str(own.library)]
    assert main([*arguments, "--token-file", str(short)]) == 2
    assert main([*arguments, "--token-file", str(tmp_path / "none")]) == 2
    monkeypatch.setenv("LITMAP_SERVER_TOKEN", "short")
    assert main(arguments) == 2


def test_libraries_named_in_the_file_are_searched_alone(tmp_path):
    file = tmp_path / "litmap.toml"
    file.write_text('library = ["http://a:8700", "http://b:8700"]\nsearch_also = ["more"]\n')
    chosen = load_settings({}, file=file)
    assert not chosen.search_own
    assert chosen.search_also == ("http://a:8700", "http://b:8700", str(tmp_path / "more"))
    file.write_text('library = ["mine", "http://b:8700", "lab"]\n')
    chosen = load_settings({}, file=file)
    assert chosen.search_own
    assert chosen.library == tmp_path / "mine"
    assert chosen.search_also == ("http://b:8700", str(tmp_path / "lab"))
    from dataclasses import replace

    with pytest.raises(UsageError, match="no library is to be searched"):
        JoinedLibraries.open(replace(chosen, search_own=False), [])
