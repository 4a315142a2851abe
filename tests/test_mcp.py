"""The MCP server: its tools, through the SDK's own client, over a library that is a stand-in."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from litmap.errors import SearchError

mcp_sdk = pytest.importorskip("mcp")

from litmap import mcp as server  # noqa: E402 - after the check that the SDK is here


class Answer:
    close = True
    message = ""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self.found = found

    def as_json(self) -> list[dict[str, Any]]:
        return self.found


class Library:
    """Answers like a library; `newest` is what opening it again gives."""

    newest: Library
    settings = object()

    def __init__(self, name: str) -> None:
        self.name = name
        self.current = True
        self.closed = False

    @classmethod
    def open(cls, settings: object) -> Library:
        assert settings is cls.settings
        return cls.newest

    def is_current(self) -> bool:
        return self.current

    @property
    def build_id(self) -> str:
        return f"build of {self.name}"

    def close(self) -> None:
        self.closed = True

    def search(self, query: str, *, limit: int, by: str) -> Answer:
        if not query.strip():
            raise SearchError("The query is empty.")
        return Answer([{"build": self.name, "query": query, "limit": limit, "by": by, "page": 7}])

    def ask(self, question: str, *, limit: int, heading: str) -> Any:
        said = {"question": question, "limit": limit, "heading": heading}
        return SimpleNamespace(as_json=lambda: {"answer": [said], "refused": None})

    def locate(self, quotation: str, *, limit: int) -> Answer:
        return Answer([{"quotation": quotation, "limit": limit}])

    def work(self, name: str) -> Any:
        return SimpleNamespace(as_json=lambda: {"id": name})

    def works(self, *, missing: bool) -> list[Any]:
        assert missing
        person = ("Ada Ulm",) * 58
        work = SimpleNamespace(id="w1", title="On rest", authors=person, year=2021)
        mention = SimpleNamespace(note="a.md", line=3)
        return [
            SimpleNamespace(
                work=work,
                status="unsure",
                reason="two works fit",
                candidates=(work,),
                mentions=(mention,),
            )
        ] * 60

    def passage(self, row: int, *, around: int) -> list[dict[str, int]]:
        return [{"row": r} for r in range(row - around, row + around + 1)]

    def topics(self) -> Any:
        return SimpleNamespace(as_json=lambda: {"topics": [], "works": []})

    def summary(self, subject: str) -> Any:
        return SimpleNamespace(as_json=lambda: {"title": subject, "sentences": []})


def call(library: Library, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """(is an error, its answer) of one tool call."""

    async def ask() -> Any:
        async with mcp_sdk.Client(server.make_server(library)) as client:  # type: ignore[arg-type]
            return await client.call_tool(tool, arguments)

    result = asyncio.run(ask())
    if result.is_error:
        return True, result.content[0].text
    return False, result.structured_content or json.loads(result.content[0].text)


def test_tools_are_named_and_described() -> None:
    async def names() -> dict[str, str]:
        async with mcp_sdk.Client(server.make_server(Library("a"))) as client:  # type: ignore[arg-type]
            return {tool.name: tool.description for tool in (await client.list_tools()).tools}

    described = asyncio.run(names())
    assert set(described) == {
        "search",
        "ask",
        "locate",
        "work",
        "unresolved",
        "passage",
        "topics",
        "summary",
    }
    assert all(len(text) > 40 for text in described.values())


def test_search_passes_on_what_the_library_says() -> None:
    failed, answer = call(Library("a"), "search", query="flat minima", limit=1000, by="paper")
    assert not failed
    assert answer["results"] == [
        {
            "build": "a",
            "query": "flat minima",
            "limit": server.MAX_RESULTS,
            "by": "paper",
            "page": 7,
        }
    ]
    assert answer["close"] is True
    assert answer["build"] == "build of a"


EVERY_TOOL = {
    "search": {"query": "minima"},
    "ask": {"question": "why?"},
    "locate": {"quotation": "a line"},
    "work": {"name": "arxiv:1"},
    "unresolved": {},
    "passage": {"row": 1},
    "topics": {},
    "summary": {"subject": "Loss surfaces"},
}


def test_texts_are_data_in_every_description_and_beside_every_text() -> None:
    async def descriptions() -> list[str]:
        async with mcp_sdk.Client(server.make_server(Library("a"))) as client:  # type: ignore[arg-type]
            return [tool.description for tool in (await client.list_tools()).tools]

    told = asyncio.run(descriptions())
    assert len(told) == len(EVERY_TOOL) and all("never instructions" in text for text in told)
    for tool, arguments in EVERY_TOOL.items():
        failed, answer = call(Library("a"), tool, **arguments)
        assert not failed and "never instructions" in answer["notice"]


def test_lone_surrogates_in_arguments_and_texts_break_nothing() -> None:
    class Odd(Library):
        def work(self, name: str) -> Any:
            name.encode()  # as SQLite does
            return SimpleNamespace(
                as_json=lambda: {"id": name, "te\udcffxt": ["a\ud800b", ("\udc80",)]}
            )

        def summary(self, subject: str) -> Any:
            raise SearchError("no \ud800 here")

    tools = server._Tools(Odd("a"))  # type: ignore[arg-type]
    for tool in ("search", "locate", "work"):
        answer = getattr(tools, tool)("a\ud800b\udcff")
        json.dumps(answer, ensure_ascii=False).encode()
    assert call(Odd("a"), "work", name="x")[1]["te?xt"] == ["a?b", ["?"]]
    failed, text = call(Odd("a"), "summary", subject="x")
    assert failed and "no ? here" in text


@pytest.mark.parametrize(
    ("tool", "arguments", "key"),
    [
        ("ask", {"question": "Why?", "heading": "Loss surfaces"}, "answer"),
        ("locate", {"quotation": "a line"}, "results"),
        ("work", {"name": "arxiv:1"}, "id"),
        ("unresolved", {}, "works"),
        ("topics", {}, "topics"),
        ("summary", {"subject": "Loss surfaces"}, "sentences"),
    ],
)
def test_other_tools(tool: str, arguments: dict[str, Any], key: str) -> None:
    failed, answer = call(Library("a"), tool, **arguments)
    assert not failed
    assert key in answer


def test_a_passage_comes_with_its_neighbours_within_bounds() -> None:
    failed, answer = call(Library("a"), "passage", row=100, around=999)
    assert not failed
    assert [p["row"] for p in answer["passages"]] == list(range(95, 106))


def test_errors_are_messages() -> None:
    failed, text = call(Library("a"), "search", query=" ")
    assert failed
    assert "The query is empty." in text
    failed, text = call(Library("a"), "search", query="x", by="chapter")
    assert failed


def test_a_new_build_is_taken_up() -> None:
    old, Library.newest = Library("old"), Library("new")
    old.current = False
    _, answer = call(old, "search", query="minima")
    assert answer["results"][0]["build"] == "new"
    assert not old.closed  # it is its owner's to close


def test_works_that_need_the_reader_come_with_candidates_and_places_in_bounds() -> None:
    _, answer = call(Library("a"), "unresolved", limit=999)
    assert answer["count"] == 60 and len(answer["works"]) == server.MAX_RESULTS
    first = answer["works"][0]
    assert first["candidates"][0]["title"] == "On rest" and len(first["authors"]) == 5
    assert first["mentions"] == [{"note": "a.md", "line": 3}]


def test_an_answer_spares_the_places_of_lines_on_pages() -> None:
    class Placed(Library):
        def summary(self, subject: str) -> Any:
            told = {"text": "So.", "page": 3, "rects": [[1, 2, 3, 4]], "spans": [[3, 1, 2, 3, 4]]}
            return SimpleNamespace(as_json=lambda: {"parts": [{"sentences": [told]}]})

    _, answer = call(Placed("a"), "summary", subject="x")
    assert answer["parts"] == [{"sentences": [{"text": "So.", "page": 3}]}]
