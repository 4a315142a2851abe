"""A stand-in for the scholarly web of autumn 2026, for tests: litmap's own client, unmodified,
reaches it through a proxy on loopback as it would reach the web.

In a test (the fixture `scholarly_web` of tests/conftest.py sets the environment and starts afresh):

    def test_a_closed_door_is_not_knocked_on_twice(scholarly_web, tmp_path):
        scholarly_web.challenges = {"mdpi"}                              # challenges.HOSTS
        scholarly_web.faults = [Fault("500", host="dblp", times=1)]      # faults.KINDS
        with WebClient("ann@lab.org", tmp_path, {"default": 0}) as client:
            ...
        assert scholarly_web.broken_rules() == []                        # politeness.RULES

`scholarly_web.log.entries(host, path)` is what was asked. `pages` adds single answers:
`scholarly_web.pages["https://lab.example.org/x.pdf"] = as_file(b"%PDF-…")`. `enforce = True` answers
429 to whoever breaks a service's rule; `credits` is OpenAlex's day. `serve()` without pytest is a
context manager; `.environment` is then given to the process under test.

The works are invented (`works.FIELDS`, one for each way in which a paper can be had; each has two
decoys); `papers.pdf(work("orchard"))` are the bytes that a client must end with.

| module | what |
| --- | --- |
| `works` `papers` | the works; their PDFs, JATS and HTML |
| `services/` | one file for each service |
| `challenges` `faults` | what stands, or comes, in place of an answer |
| `log` `politeness` | what was asked; the services' rules and a check of them |
| `server` `certificates` `answers` `queries` | the proxy, its TLS, requests and answers, searching |
"""

from __future__ import annotations

from .answers import Answer, as_file, as_json, html, moved
from .faults import Fault
from .server import KEYS, ScholarlyWeb, serve
from .works import FIELDS, WORKS, ScholarlyWork, work

__all__ = [
    "FIELDS", "KEYS", "WORKS", "Answer", "Fault", "ScholarlyWeb", "ScholarlyWork", "as_file",
    "as_json", "html", "moved", "serve", "work",
]  # fmt: skip
