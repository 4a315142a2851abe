"""Check: what notes or a draft say of papers on the left, what the paper's page says on the
right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import streamlit as st

from litmap.library.summary_view import sentence_as_json
from litmap.models import FindingKind
from litmap.parsing.places import sentence_place
from litmap.ui import app_advice, check_runs, components, formatting, links, state

if TYPE_CHECKING:
    from litmap.library import Entry, Library
    from litmap.library.checking import CheckResults
    from litmap.models import Claim, Finding, Sentence
    from litmap.ui.check_runs import CheckRun, DraftFile

CLAIMS_PER_PAGE = 15
"""Claims shown at once."""
SOON_S = 0.4
"""Seconds in which a check may end before its progress is shown."""
MAX_DRAFT_MEGABYTES = 50
KINDS: dict[FindingKind, tuple[str, str, str]] = {
    FindingKind.NOTHING: ("nothing close", "red", "Nothing in the whole text is close to this"),
    FindingKind.ELSEWHERE: (
        "said elsewhere",
        "orange",
        "Nothing in this paper is close, but another one of your papers says it",
    ),
    FindingKind.NOT_QUOTED: (
        "quotation not found",
        "red",
        "Nothing in the text that was read agrees with the quotation",
    ),
    FindingKind.CHANGED: (
        "quoted with changes",
        "orange",
        "The quotation stands there with other words or numbers",
    ),
    FindingKind.NUMBER: ("number differs", "orange", "The nearest sentence has another number"),
    FindingKind.NAME: ("name differs", "orange", "The nearest sentence has another name"),
    FindingKind.RETRACTED: ("retracted", "red", "The paper was retracted or withdrawn"),
    FindingKind.CONCERN: ("concern", "orange", "The publisher expressed concern about the paper"),
    FindingKind.WEAK: ("weak evidence", "gray", "The nearest sentences may be about other things"),
    FindingKind.STRONG: ("evidence", "green", "The paper speaks of this"),
    FindingKind.EXACT: ("quoted exactly", "green", "The quotation stands there word for word"),
    FindingKind.UNSURE: ("work unsure", "violet", "It is not sure which work is meant"),
    FindingKind.CORRECTED: ("corrected", "gray", "The paper was corrected after it appeared"),
    FindingKind.ABSTRACT: ("abstract only", "gray", "There is no full text to look into"),
    FindingKind.MISSING: ("no text", "gray", "There is no text of this paper to look into"),
}
"""Findings in the order in which a reader wants them: word shown, colour, what it means."""
STAGES = {
    "papers": "Reading papers",
    "sentences": "Comparing sentences",
    "check": "Looking at each claim",
}
TROUBLES, LOOKED, ALL = "troubles", "looked", "all"


def page() -> None:
    """Draw the page."""
    library = state.library()
    st.title("Check", anchor=False)
    st.markdown(
        "What you say of papers, beside what the papers say. Evidence, never a verdict: whether a "
        "sentence is right is for you to say."
    )
    of = st.segmented_control(
        "Check",
        ["notes", "draft"],
        format_func={"notes": "Your notes", "draft": "A draft"}.__getitem__,
        default="notes",
        required=True,
        key="check-of",
        label_visibility="collapsed",
    )
    drafts = _draft() if of == "draft" else ()
    if of == "draft" and not drafts:
        return
    run = check_runs.run_of(library, drafts)
    if not run.wait(SOON_S):
        _watch(run)
    elif run.failure is not None:
        raise run.failure
    elif run.results is not None:
        _show(library, run.results.with_looked(library.looked()))


# ── a draft ───────────────────────────────────────────────────────────────────────────────────────
def _draft() -> tuple[DraftFile, ...]:
    """The files or the text that the visitor gave; () before."""
    with st.form("draft", border=True):
        text = st.text_area(
            "Text",
            key="draft-text",
            height=160,
            placeholder="Paste text that cites papers of your library: Markdown, LaTeX, org or "
            "plain text",
        )
        files = st.file_uploader(
            "Or files",
            accept_multiple_files=True,
            max_upload_size=MAX_DRAFT_MEGABYTES,
            key="draft-files",
            help="The draft, with the reference file that its keys are from",
        )
        if st.form_submit_button("Check the draft", type="primary", icon=":material/fact_check:"):
            given = [_named(file.name, file.getvalue()) for file in files or ()]
            pasted = [_named("draft.txt", text.encode())] if text and text.strip() else []
            st.session_state["draft-given"] = tuple({f.name: f for f in pasted + given}.values())
            st.session_state.pop("check-chosen", None)
    st.caption("The draft is read on this machine and not kept.")
    drafts: tuple[DraftFile, ...] = st.session_state.get("draft-given", ())
    return drafts


def _named(name: str, data: bytes) -> DraftFile:
    """A file under the last part of its name, whatever the browser says."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c if c.isprintable() else " " for c in last).strip(" .")[-100:]
    return check_runs.DraftFile(plain or "draft.txt", data)


@st.fragment(run_every=1.0)
def _watch(run: CheckRun) -> None:
    """How far a check is; the whole page is drawn again when it ends."""
    if run.is_done:
        st.rerun()
    share = run.done / run.total if run.total else 0.0
    text = f"{STAGES[run.stage]} ({run.done} of {run.total})" if run.stage else "Reading claims"
    st.progress(share, f"{text} …")
    st.caption("A check of a whole library takes a minute or so; you may leave this page.")


# ── findings ──────────────────────────────────────────────────────────────────────────────────────
def _show(library: Library, results: CheckResults) -> None:
    if not results.findings:
        said = "No sentence here says something of a work of the library."
        st.info(said, icon=":material/search_off:")
        return
    shown = _filtered(results)
    if not shown:
        claims = formatting.count(results.claims, "claim")
        st.info(f"Nothing to look at here among {claims}.", icon=":material/check_circle:")
        return
    by_claim = [list(found) for _, found in groupby(shown, key=lambda f: id(f.claim))]
    chosen = _chosen(shown)
    left, right = st.columns([11, 9], gap="large")
    with left:
        _claims(library, by_claim, chosen)
    with right, st.container(key="beside"), st.container(key="evidence"):
        _beside(library, chosen)


def _filtered(results: CheckResults) -> list[Finding]:
    """The findings that the reader asks for."""
    kinds = {kind: [f for f in results.findings if f.kind == kind] for kind in KINDS}
    looked = [finding for finding in results.findings if finding.looked]
    labels = {
        TROUBLES: f"To look at {_count(results.troubles)}",
        **{kind.value: f"{KINDS[kind][0]} {_count(some)}" for kind, some in kinds.items() if some},
        LOOKED: f"Looked at {_count(looked)}",
        ALL: f"All {_count(results.findings)}",
    }
    notes = list(dict.fromkeys(finding.claim.note for finding in results.findings))
    wanted = st.pills(
        "Findings",
        list(labels),
        default=TROUBLES,
        required=True,
        format_func=lambda kind: formatting.escape(labels[kind]),
        key="check-finding",
        label_visibility="collapsed",
        on_change=_forget,
    )
    note = None
    if len(notes) > 1:
        note = st.selectbox(
            "Note",
            notes,
            index=None,
            placeholder="Any note",
            format_func=_file_name,
            key="check-note",
            label_visibility="collapsed",
            width=320,
            on_change=_forget,
        )
    return [
        finding
        for finding in results.findings
        if (note is None or finding.claim.note == note) and _is_wanted(finding, wanted)
    ]


def _count(findings: Sequence[Finding]) -> int:
    """How many claims these are about."""
    return len({id(finding.claim) for finding in findings})


def _is_wanted(finding: Finding, wanted: str | None) -> bool:
    if wanted in (None, TROUBLES):
        return finding.is_trouble
    if wanted == LOOKED:
        return finding.looked
    return wanted in (ALL, finding.kind)


def _forget() -> None:
    """Another filter shows another page beside it, and begins at its first sheet."""
    st.session_state.pop("check-chosen", None)
    st.session_state.pop("check-sheet", None)


def _file_name(note: str) -> str:
    return note.replace("\\", "/").rsplit("/", 1)[-1]


def _chosen(shown: Sequence[Finding]) -> tuple[Finding, int]:
    """The finding whose page is shown and the number of its sentence: what was asked for, else
    the first that has a sentence.
    """
    asked = st.session_state.get("check-chosen")
    if asked:
        found = next((f for f in shown if (f.name, f.kind) == asked[:2]), None)
        if found is not None:
            return found, min(asked[2], max(0, len(_sentences(found)) - 1))
    return next((f for f in shown if _sentences(f)), shown[0]), 0


def _choose(finding: Finding, number: int) -> None:
    st.session_state["check-chosen"] = (finding.name, finding.kind, number)


def _sentences(finding: Finding) -> list[Sentence]:
    """All that can be shown on a page: the paper's own sentences, then those of others."""
    return [*finding.evidence, *(sentence for sentence, _ in finding.elsewhere)]


# ── left: claims ──────────────────────────────────────────────────────────────────────────────────
def _claims(library: Library, claims: Sequence[list[Finding]], chosen: tuple[Finding, int]) -> None:
    """The claims by note, some at a time."""
    sheets = -(-len(claims) // CLAIMS_PER_PAGE)
    sheet = st.pagination(sheets, key="check-sheet") if sheets > 1 else 1
    first = (min(sheet, sheets) - 1) * CLAIMS_PER_PAGE
    may = state.may_change()
    number = first
    for note, some in groupby(claims[first : first + CLAIMS_PER_PAGE], lambda c: c[0].claim.note):
        st.header(f":material/edit_note: {formatting.escape(_file_name(note))}", anchor=False)
        for findings in some:
            _claim(library, findings, chosen, number, may=may)
            number += 1
    if not may:
        st.caption(state.how_to_change("say that you looked"))


def _claim(
    library: Library,
    findings: Sequence[Finding],
    chosen: tuple[Finding, int],
    number: int,
    *,
    may: bool,
) -> None:
    """One sentence with what was found for each work that it cites."""
    claim: Claim = findings[0].claim
    with st.container(border=True, gap="small", key=f"claim-{number}"):
        where = formatting.path(claim.heading) if claim.heading else ""
        st.caption(formatting.escape(" · ".join(filter(None, (f"line {claim.line}", where)))))
        st.markdown(formatting.escape(formatting.shorten(claim.text, 700)))
        for work, own in _by_work(findings):
            entry = library.by_id.get(work)
            if entry is not None:
                _work(library, entry, own, chosen, f"{number}-{own[0].name}", may=may)
        if chosen[0] in findings:
            components.frame(f"claim-{number}")


def _by_work(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    by_work: dict[str, list[Finding]] = {}
    for finding in findings:
        by_work.setdefault(finding.work, []).append(finding)
    yield from by_work.items()


def _work(
    library: Library,
    entry: Entry,
    findings: Sequence[Finding],
    chosen: tuple[Finding, int],
    key: str,
    *,
    may: bool,
) -> None:
    """What was found for one claim in one work."""
    looked = findings[0].looked
    with st.container(gap="small", key=f"{'looked' if looked else 'found'}-{key}"):
        links.link_work(entry.work, f"{entry.work.title} ({formatting.cite(entry.work)})")
        for finding in findings:
            _finding(finding, key, is_chosen=finding == chosen[0])
        if looked or any(f.kind not in (FindingKind.STRONG, FindingKind.EXACT) for f in findings):
            st.checkbox(
                "I looked, it is fine",
                value=looked,
                key=f"fine-{key}-{looked}",
                on_change=_keep_word,
                args=(library, findings[0].pair, not looked),
                disabled=not may,
                help="Kept until the sentence or the paper changes",
            )


def _finding(finding: Finding, key: str, *, is_chosen: bool) -> None:
    """The kind of finding, why, and the button that shows its page."""
    word, colour, meaning = KINDS[finding.kind]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(formatting.escape(word), color=colour, help=meaning)  # type: ignore[arg-type]
        sentences = _sentences(finding)
        if sentences:
            place = formatting.escape(sentence_place(sentences[0]) or "abstract")
            st.button(
                place,
                key=f"show-{key}-{finding.kind}",
                icon=":material/visibility:" if is_chosen else ":material/find_in_page:",
                on_click=_choose,
                args=(finding, 0),
            )
    st.caption(formatting.advice(app_advice.in_app(finding.why)))


def _keep_word(library: Library, pair: tuple[str, str], fine: bool) -> None:
    """Keep that the visitor looked at a claim, or take it back, where he may."""
    from litmap.pipeline.looked_claims import forget_looked, keep_looked

    keep = keep_looked if fine else forget_looked
    state.keep_word(lambda: keep(library.settings, [pair]))


# ── right: the page ───────────────────────────────────────────────────────────────────────────────
def _beside(library: Library, chosen: tuple[Finding, int]) -> None:
    """The sentences found, and the page with the chosen one marked."""
    finding, number = chosen
    entry = library.by_id.get(finding.work)
    if entry is None:
        return
    sentences = _sentences(finding)
    if not sentences:
        st.caption(formatting.advice(app_advice.in_app(finding.why)))
        return
    heads = {0: entry, len(finding.evidence): None}
    for at, sentence in enumerate(sentences):
        own = library.by_id.get(sentence.work)
        if own is not None and (at in heads or sentence.work != sentences[at - 1].work):
            _head(own, is_other=sentence.work != finding.work)
        _sentence(finding, sentence, at, is_chosen=at == number)
    shown = sentences[number]
    own = library.by_id.get(shown.work)
    if own is not None:
        _page(own, shown)


def _head(entry: Entry, *, is_other: bool) -> None:
    if is_other:
        st.caption(":material/alt_route: Another one of your papers")
    links.link_work(entry.work, strong=True)
    st.caption(formatting.escape(formatting.byline(entry.work)))
    components.notices(entry.work)


def _sentence(finding: Finding, sentence: Sentence, number: int, *, is_chosen: bool) -> None:
    """A sentence of a paper with the button that shows it on its page."""
    text = formatting.shorten(sentence.text, 500)
    spans = [(0, len(text))] if is_chosen else []
    with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
        marked = formatting.you_marked(sentence.marked)
        st.markdown(formatting.mark(text, spans) + marked, width="stretch")
        st.button(
            formatting.escape(sentence_place(sentence) or "abstract"),
            key=f"cited-{finding.name}-{finding.kind}-{number}",
            type="tertiary",
            icon=":material/visibility:" if is_chosen else ":material/find_in_page:",
            on_click=_choose,
            args=(finding, number),
        )


def _page(entry: Entry, sentence: Sentence) -> None:
    """The page of a sentence with it marked; of a text without pages its paragraphs."""
    if entry.pdf is None:
        return
    json: dict[str, Any] = sentence_as_json(sentence)
    pdf = components.file_of(entry, has_pages=not sentence.place)
    caption = f"{formatting.cite(entry.work)}, {json['place']}"
    components.page_picture(pdf, sentence.page, json["rects"], caption, sentence.text)
