"""Other systems over the same PDFs, each as its documentation shows it: `python systems.py SYSTEM
JOB.json`.

Run by `benchmarks.rivals.side_by_side`, with the interpreter of an environment that has the
systems; nothing of litmap is imported. JOB.json has `pdfs` (paths), `model` (folder), `folder` (to
keep the index in) and `questions`. The answer goes to stdout: a line 'searchable' as soon as the
index is kept on disk, then one line of JSON: for each question the ten best pieces as [path, text].
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Found = list[tuple[str, str]]
Ask = Callable[[str], Found]
TOP = 10
TUTORIAL = {"chunk_size": 1000, "chunk_overlap": 200}
"""The sizes of LangChain's own tutorials; the class's defaults are 4000 and 200."""


def langchain(job: dict[str, Any], **splitting: int) -> Ask:
    """PyMuPDFLoader → RecursiveCharacterTextSplitter → HuggingFaceEmbeddings → FAISS."""
    from langchain_community.document_loaders import PyMuPDFLoader
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    pages = [page for pdf in job["pdfs"] for page in PyMuPDFLoader(pdf).load()]
    pieces = RecursiveCharacterTextSplitter(**splitting).split_documents(pages)
    store = FAISS.from_documents(pieces, HuggingFaceEmbeddings(model_name=job["model"]))
    store.save_local(job["folder"])
    return lambda q: [
        (d.metadata["source"], d.page_content) for d in store.similarity_search(q, k=TOP)
    ]


def llamaindex(job: dict[str, Any], **splitting: int) -> Ask:
    """PyMuPDFReader → SentenceSplitter (1024 tokens, 200 shared) → HuggingFaceEmbedding →
    FaissVectorStore.
    """
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.readers.file import PyMuPDFReader
    from llama_index.vector_stores.faiss import FaissVectorStore

    pages = [page for pdf in job["pdfs"] for page in PyMuPDFReader().load_data(file_path=pdf)]
    storage = StorageContext.from_defaults(
        vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
    )
    index = VectorStoreIndex.from_documents(
        pages,
        storage_context=storage,
        embed_model=HuggingFaceEmbedding(model_name=job["model"]),
        transformations=[SentenceSplitter(**splitting)] if splitting else None,
    )
    index.storage_context.persist(persist_dir=job["folder"])
    retriever = index.as_retriever(similarity_top_k=TOP)

    def ask(question: str) -> Found:
        return [
            (str(n.node.metadata["file_path"]), n.node.get_content())
            for n in retriever.retrieve(question)
        ]

    return ask


def txtai(job: dict[str, Any], *, blocks: bool = False) -> Ask:
    """`Embeddings` over pages, or PyMuPDF's blocks, as texts; txtai's own reader of PDFs needs Java
    or docling.
    """
    import pymupdf
    from txtai import Embeddings

    rows: list[tuple[str, str]] = []
    for pdf in job["pdfs"]:
        with pymupdf.open(pdf) as opened:
            for page in opened:
                texts = (
                    [b[4] for b in page.get_text("blocks") if b[6] == 0]
                    if blocks
                    else [page.get_text()]
                )
                rows += [(pdf, text) for text in texts if text.strip()]
    embeddings = Embeddings(path=job["model"], content=True)
    embeddings.index((number, text, None) for number, (_, text) in enumerate(rows))
    embeddings.save(job["folder"])
    return lambda q: [rows[int(hit["id"])] for hit in embeddings.search(q, TOP)]


def paperqa(job: dict[str, Any]) -> Ask:
    """`Docs` with a local embedding; citations are given, so that no language model is asked."""
    from lmi import SentenceTransformerEmbeddingModel
    from paperqa import Docs, Settings
    from paperqa.settings import ParsingSettings

    parsing = ParsingSettings(use_doc_details=False, multimodal=False, disable_doc_valid_check=True)
    settings = Settings(embedding=f"st-{job['model']}", parsing=parsing)
    model = SentenceTransformerEmbeddingModel(name=job["model"])
    docs = Docs()
    loop = asyncio.new_event_loop()
    paths = {}
    for number, pdf in enumerate(job["pdfs"]):
        name = f"paper{number}"
        paths[name] = pdf
        adding = docs.aadd(
            pdf, citation=name, docname=name, dockey=name, settings=settings, embedding_model=model
        )
        loop.run_until_complete(adding)
    loop.run_until_complete(docs._build_texts_index(model))  # at the first question otherwise
    (Path(job["folder"]) / "docs.json").write_text(
        docs.model_dump_json(), encoding="utf-8", errors="replace"
    )

    def ask(question: str) -> Found:
        found = loop.run_until_complete(
            docs.retrieve_texts(question, TOP, settings=settings, embedding_model=model)
        )
        return [(paths[text.doc.docname], text.text) for text in found]

    return ask


SYSTEMS: dict[str, Callable[[dict[str, Any]], Ask]] = {
    "LangChain, class defaults": langchain,
    "LangChain, tutorial": lambda job: langchain(job, **TUTORIAL),
    "LlamaIndex, defaults": llamaindex,
    "LlamaIndex, whole pieces": lambda job: llamaindex(job, chunk_size=200, chunk_overlap=40),
    "txtai, pages": txtai,
    "txtai, blocks": lambda job: txtai(job, blocks=True),
    "paper-qa, local": paperqa,
}


def main() -> None:
    """One system, one job."""
    job = json.loads(Path(sys.argv[2]).read_text("utf-8"))
    replies, sys.stdout = sys.stdout, sys.stderr  # progress bars and greetings are no answer
    ask = SYSTEMS[sys.argv[1]](job)
    print("searchable", file=replies, flush=True)
    print(json.dumps([ask(question) for question in job["questions"]]), file=replies, flush=True)


if __name__ == "__main__":
    main()
