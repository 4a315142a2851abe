"""A small self-made library: notes and short papers written for litmap, and a loopback stand-in
that serves them.

Every author, title, venue and identifier here is invented; the ideas the papers explain are real.
The papers are typeset from `texts/` by `make_papers.py`, listed in `papers.json`, cited by `notes/`
and served by `server.serve`. Shipped in the wheel as `litmap.examples`, so that `litmap demo` works
without a clone.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).resolve().parent
NOTES = HERE / "notes"
PAPERS = HERE / "papers"
MANIFEST = HERE / "papers.json"
