"""A digest reads well in each format, and nothing that others wrote acts in any of them."""

from __future__ import annotations

import email
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from email.policy import default as parsed
from html.parser import HTMLParser

import markdown_it
import pytest
from hypothesis import given
from hypothesis import strategies as st

from litmap import digests
from litmap.catalogue import Catalogue
from litmap.cli import main
from litmap.export_marks import is_export
from litmap.models import Event, EventKind, Heading, Note, NoticeKind

SALT, REST = ("Sleep", "Salt"), ("Sleep", "Rest")
MONDAY, TUESDAY = "2026-11-02T06:00:00Z", "2026-11-03T06:00:00Z"
BY = {"authors": "Olm and Elm", "year": 2021, "url": "https://doi.org/10.1/olm"}
SAID = {"sentences": [{"text": "Salt helped.", "place": "p. 3", "page": 3}]}
CAME = Event(
    EventKind.CAME, "doi:10.1/olm", "Salt and sleep", (SALT, REST), MONDAY,
    {**BY, **SAID, "status": "fetched", "pages": 9}, 1,
)  # fmt: skip
NOTICE = replace(
    CAME,
    kind=EventKind.NOTICE,
    details={**BY, "notice": "retracted in 2026", "kind": "retracted"},
    id=2,
    time=TUESDAY,
)
VERSION = Event(
    EventKind.VERSION, "arxiv:2101.99001", "On rest", (REST,), MONDAY,
    {"version": 3, "before": 1, "held": True, "title_before": "Rest", "abstract_new": 2,
     "abstract_sentences": 8, "abstract_quoted": "We rested.", "pages": 12, "pages_before": 9}, 3,
)  # fmt: skip


def noticed(kind, text):
    return replace(NOTICE, details={**BY, "notice": text, "kind": kind})


FAILED = Event(
    EventKind.FAILED, "title:1", "Salz", (), TUESDAY, {"reason": "no answer", "needs": "wait"}, 4
)
THIN = Event(
    EventKind.THIN, "Sleep › Rest", "Rest", (REST,), TUESDAY,
    {"works": 2, "with_text": 1, "before": {"works": 5, "with_text": 4}}, 5,
)  # fmt: skip
SUGGESTED = Event(
    EventKind.SUGGESTED, "Sleep › Salt", "Salt", (SALT,), TUESDAY,
    {"suggestions": [{"title": f"Work {n}", "citing": 9 - n} for n in range(7)]}, 6,
)  # fmt: skip


def thinned(now, before):
    """A heading with so many papers, and texts, as there are now and were before."""
    counts = [dict(zip(("works", "with_text"), pair, strict=True)) for pair in (now, before)]
    return replace(THIN, details={**counts[0], "before": counts[1]})


def suggesting(**row):
    return replace(SUGGESTED, details={"suggestions": [row]})


def without_text(event):
    told = {"reason": "no open copy (x.org: not there (404))", "needs": "a PDF: `litmap add FILE`"}
    return replace(event, details={"status": "metadata-only", **told})


ALL = [CAME, NOTICE, VERSION, FAILED, THIN, SUGGESTED]


def words(*events):
    return digests.to_text(digests.make_digest(events, [REST, SALT]))


# ── how it reads ──────────────────────────────────────────────────────────────────────────────────
def test_news_stand_under_their_headings_in_the_order_of_the_notes_what_has_none_last():
    news = digests.make_digest(ALL, [SALT, REST])
    assert [section.name for section in news.sections] == [
        "Look at these first",
        "Sleep › Salt",
        "Sleep › Rest",
        "(no heading)",
    ]
    assert (news.first, news.last, news.day) == (MONDAY, TUESDAY, "2026-11-03")


def test_the_order_is_that_of_the_notes_and_a_new_heading_comes_behind():
    note = Note("n.md", "markdown", "", "", (Heading(REST, 1), Heading(SALT, 5), Heading(REST, 9)))
    order = digests.heading_order([note])
    assert order == [REST, SALT]
    unknown = replace(VERSION, headings=(("New",),), id=0)
    news = digests.make_digest([unknown, CAME], order)
    assert [section.heading for section in news.sections] == [REST, ("New",)]


def test_a_work_stands_once_with_all_that_happened_to_it_the_gravest_first():
    news = digests.make_digest([CAME, NOTICE], [SALT])
    (item,) = news.items
    assert [line.kind for line in item.lines] == [EventKind.NOTICE, EventKind.CAME]
    assert item.also == ("Sleep › Salt", "Sleep › Rest")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (CAME, ["Salt and sleep (Olm and Elm, 2021)", "Added from your notes. 9 pages.", "“Salt helped.” (p. 3)"]),
        (NOTICE, ["Retracted in 2026."]),
        (noticed("withdrawn", "withdrawn by its authors"), ["Withdrawn by its authors."]),
        (noticed("concern", "expression of concern on 2026-05-01"), ["Expression of concern on 2026-05-01."]),
        (noticed("corrected", "correctedness"), ["Corrected. Correctedness."]),
        (noticed("other", "a comment"), ["Notice. A comment."]),
        (noticed("unheard of", "a comment"), ["Notice. A comment."]),
        (VERSION, ["version 3 (you had 1)", "was “Rest”", "2 of 8 sentences", "12 pages instead of 9"]),
        (
            replace(VERSION, details={"version": 6, "before": 5, "here": 5, "same": ["title", "abstract"], "pages": 9}),
            ["Newer version. version 6 is out (you have 5; its file could not be had)."],
        ),
        (
            replace(VERSION, details={"version": 6, "before": 5, "same": ["title"]}),
            ["version 6 (you had 5); its title is as before."],
        ),
        (FAILED, ["Failed. No answer; wait."]),
        (
            replace(CAME, kind=EventKind.LEFT, details={"notes": ["a.md", "b.md"]}),
            ["Left the library. No note cites it any longer; it stood in a.md and b.md."],
        ),
        (THIN, ["2 papers, 1 with a text; before 5, 4 with a text"]),
        (SUGGESTED, ["“Work 0”, cited by 9 papers of the heading", "and 2 more"]),
        (
            suggesting(title="On rest", authors="Ulm", year=2019, citing=3, cited_by=["Olm, 2021", "Elm, 2022"]),
            ["“On rest” (Ulm, 2019), cited by Olm, 2021 · Elm, 2022 and 1 more."],
        ),
        (
            suggesting(title="On rest", citing=2, cited_by=["Olm, 2021", "“Salz”"]),
            ["“On rest”, cited by Olm, 2021 and “Salz”"],
        ),
        (
            replace(CAME, kind=EventKind.PUBLISHED, details={"venue": "J. Salt", "published": 2022}),
            ["Published in J. Salt, 2022."],
        ),
        (
            replace(CAME, kind=EventKind.CANDIDATE, details={"why": "like two", "authors": ["Ada Olm", "Bo Elm"]}),
            ["(Olm and Elm)", "Like two."],
        ),
        (without_text(CAME), ["Added from your notes. No free PDF was found. If you have it: litmap add FILE."]),
        (
            replace(CAME, details={"status": "metadata-only", "reason": "its site lets no program fetch it: use a browser"}),
            ["Added from your notes. Its site lets no program fetch it: use a browser."],
        ),
        (
            replace(FAILED, details={"status": "failed", "reason": "not fetched (x.org: 502 (Bad)); the next refresh tries again"}),
            ["Failed. Not fetched; the next refresh tries again."],
        ),
        (without_text(FAILED), ["Failed. Its text is no longer here. No free PDF was found. If you have it: litmap add FILE."]),
        (
            replace(CAME, details={"status": "failed", "reason": "not fetched; wait", "needs": "wait"}),
            ["Added from your notes. Not fetched; wait."],
        ),
        (thinned((0, 0), (9, 9)), ["Thin heading. No paper left (9 before)."]),
        (thinned((2, 2), (9, 9)), ["Thin heading. 2 papers left (9 before)."]),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Event) else "",
)  # fmt: skip
def test_each_kind_is_said_in_words(event, said):
    text = re.sub(r"(?<=\S)\s+", " ", words(event)).replace("Version", "version")
    assert [part for part in said if part not in text] == []


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], ""),
        ([NOTICE, CAME, VERSION, SUGGESTED], "Retracted: Salt and sleep; 1 work added from your notes; "
         "1 newer version; 1 heading whose papers cite what your notes do not"),
        ([replace(NOTICE, title="Corrected", details={"kind": "corrected"}, subject="x"), NOTICE],
         "Retracted: Salt and sleep; 1 more notice"),
        ([CAME, SUGGESTED], "1 work added from your notes: Salt and sleep; 1 heading whose papers cite what your notes do not"),
        ([CAME, replace(CAME, subject="x", title="Rest")], "2 works added from your notes, among them Salt and sleep"),
        ([SUGGESTED], "1 heading whose papers cite what your notes do not"),
    ],
)  # fmt: skip
def test_the_headline_names_the_gravest_where_it_is_counted(events, said):
    assert digests.headline(digests.make_digest(events)) == said


def warned_of(number, kind, title):
    details = {**BY, "notice": f"{kind} in 2026", "kind": kind}
    return replace(NOTICE, subject=f"doi:10.1/{number}", title=title, details=details, id=number)


WARNED = [
    warned_of(11, "corrected", "Sand"),
    warned_of(12, "retracted", "Old salt"),
    warned_of(13, "withdrawn", "Rest"),
    warned_of(14, "retracted", "New salt"),
    warned_of(15, "concern", "Noise"),
]


def test_warnings_stand_above_all_headings_the_gravest_and_newest_first_and_are_named():
    news = digests.make_digest([CAME, *WARNED], [SALT, REST])
    first, *others = news.sections
    assert first.name == "Look at these first"
    assert [item.title for item in first.items] == ["New salt", "Old salt", "Rest", "Noise"]
    assert [section.name for section in others] == ["Sleep › Salt"]
    assert digests.headline(news) == (
        "Retracted: New salt; retracted: Old salt; withdrawn: Rest; 2 more notices; "
        "1 work added from your notes"
    )
    assert "  Under Sleep › Salt; Sleep › Rest\n" in digests.to_text(news)
    assert digests.as_json(news)["sections"][0]["is_warning"] is True


def test_long_titles_leave_room_for_all_warnings_in_the_subject_of_a_mail():
    events = [warned_of(n, "retracted", f"{'Salt and sleep ' * 20}{n}") for n in range(11, 14)]
    me = digests.MailAddress.read("me@example.org")
    mail = digests.to_mail(digests.make_digest(events), me, me, "digest-1", MONDAY)
    assert mail["Subject"].lower().count("retracted: salt and sleep") == 3


def test_a_warning_says_where_the_notes_cite_the_work_and_links_to_its_notice():
    places = [{"note": "notes/rest.md", "line": line} for line in (164, 8, 164)]
    details = {"kind": "retracted", "notice": "Retraction on 2026-12-01, see doi:10.9999/n",
               "notice_url": "https://doi.org/10.9999/n", "places": places}  # fmt: skip
    news = digests.make_digest([replace(NOTICE, details=details)])
    said = "on 2026-12-01. Cited in notes/rest.md, lines 8 and 164. To say it there: "
    link = "[doi:10.9999/n](<https://doi.org/10.9999/n>)"
    page = digests.to_markdown(news)
    assert f"**Retracted** {said}`litmap notices --patch`. {link}\n" in page
    html = digests.to_html(news)
    assert '<a href="https://doi.org/10.9999/n"><bdi>doi:10.9999/n</bdi></a>' in html
    assert "\n  https://doi.org/10.9999/n\n" in digests.to_text(news)
    feed = digests.to_atom([replace(NOTICE, details=details)], "abc", "papers", MONDAY)
    assert "Under &lt;bdi&gt;Sleep › Salt" in feed
    assert feed.count("Under &lt;bdi&gt;") == 1


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"text": "published in J. Salt (2021), doi:10.9999/1", "doi": "10.9999/1", "year": 2021},
         "Published in J. Salt: doi:10.9999/1."),
        ({"text": "published in J. Salt 7, 12 (2026), doi:10.9999/1", "doi": "10.9999/1", "year": 2021},
         "Published in J. Salt 7, 12 (2026): doi:10.9999/1."),
        ({"text": "published, doi:10.9999/1", "doi": "10.9999/1"}, "Published. Doi:10.9999/1."),
        ({"venue": "J. Salt", "published": 2026, "doi": "10.9999/1"}, "Published in J. Salt, 2026: doi:10.9999/1."),
    ],
)  # fmt: skip
def test_where_a_preprint_appeared_is_said_once(details, said):
    event = replace(CAME, kind=EventKind.PUBLISHED, details=details)
    assert said in re.sub(r"\s+", " ", words(event))


def test_a_reference_that_no_source_knows_is_told_with_its_place_and_one_advice():
    need = "correct it there, add its DOI or a link, or say which work it is: `litmap resolve title:1 ID`"
    details = {
        "status": "not-found",
        "reason": "not known to OpenAlex, arXiv, DBLP: check the spelling, or add its DOI",
        "needs": need,
        "places": [{"note": "notes/rest.md", "line": 3}],
    }
    news = digests.make_digest([replace(FAILED, kind=EventKind.CAME, details=details)])
    said = "**Not found** in OpenAlex, arXiv or DBLP (notes/rest.md, line 3). Correct it there, add"
    assert said in digests.to_markdown(news)
    assert "it is: `litmap resolve title:1 ID`.\n" in digests.to_markdown(news)
    assert digests.headline(news) == "1 not found: Salz"


def test_a_new_paper_is_told_with_the_first_sentence_of_its_abstract_and_how_to_take_it():
    details = {"why": "like two", "abstract": "We slept in salt for a whole year. It helped us."}
    event = replace(CAME, kind=EventKind.CANDIDATE, subject="arxiv:2612.00001", details=details)
    page = digests.to_markdown(digests.make_digest([event]))
    assert "**New paper.** Like two. Take it: `litmap new --take arxiv:2612.00001`.\n" in page
    assert "- “We slept in salt for a whole year.”\n" in page
    hostile = replace(event, subject="arxiv:1 --config /x")
    assert "--config" not in digests.to_text(digests.make_digest([hostile]))


def test_what_came_with_a_file_is_not_said_to_come_from_the_notes():
    dropped = replace(CAME, details={**CAME.details, "is_cited": False})
    assert "\n  Added. 9 pages." in words(dropped)


def test_where_nothing_happened_a_page_says_so_in_plain_words():
    nothing = digests.make_digest([])
    assert "<title>litmap: No news</title>" in digests.to_html(nothing)
    assert "\n# No news\n" in digests.to_markdown(nothing)
    news = digests.make_digest([CAME])
    assert "<title>litmap: News of 2026-11-02</title>" in digests.to_html(news)


def test_a_page_for_a_vault_says_that_it_is_no_note():
    page = digests.to_markdown(digests.make_digest(ALL), "1-6")
    assert is_export(page.encode())
    assert "digest: 1-6" in page
    assert "[**Salt and sleep**](<https://doi.org/10.1/olm>)" in page


def test_entries_of_the_feed_keep_their_ids_when_more_come():
    def ids(events):
        feed = ET.fromstring(digests.to_atom(events, "abc", "papers", MONDAY))
        return [e.text for e in feed.iter("{http://www.w3.org/2005/Atom}id")][1:]

    assert ids([CAME, VERSION]) == ["urn:litmap:abc:3", "urn:litmap:abc:1"]
    assert ids(ALL) == [f"urn:litmap:abc:{number}" for number in (6, 5, 4, 3, 2, 1)]


def test_a_feed_without_news_is_a_feed():
    feed = ET.fromstring(digests.to_atom([], "abc", "papers", MONDAY))
    assert feed.find("{http://www.w3.org/2005/Atom}updated").text == MONDAY


def test_a_mail_has_one_name_that_does_not_change():
    me = digests.MailAddress.read("me@example.org")
    news = digests.make_digest(ALL)
    mails = [bytes(digests.to_mail(news, me, me, "digest-abc-1-6", MONDAY)) for _ in range(2)]
    mail, again = (email.message_from_bytes(m, policy=parsed) for m in mails)
    assert mail["Message-ID"] == again["Message-ID"] == "<digest-abc-1-6@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert {part.get_content_type() for part in mail.iter_parts()} == {"text/plain", "text/html"}


@pytest.mark.parametrize(
    "text",
    ["", "me", "me@x@y", "me@example.org\r\nBcc: you@example.org", "-oQ@x", "a..b@x", ".a@x", "ä@x"],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(text):
    with pytest.raises(ValueError, match=r".*"):
        digests.MailAddress.read(text)


# ── what others wrote ─────────────────────────────────────────────────────────────────────────────
HOSTILE = [
    "<script>alert(1)</script>", "![x](http://evil/x.png)", "[x](javascript:alert(1))", "a\r\nBcc: b@c",
    "`= dv.pages()`", "<% tp.system %>", "# Heading", "- [ ] task", "\x1b[31mred\x07", "a\u202eb\u2066c",
    "]]></content><script>", "&lt;b&gt;", "\ud800", "\x00", "| a | b |", "---\nlitmap: x\n---", "$x$", "==m==",
    "[[wiki]]", "@you", "http://evil.example/", "<img src=x onerror=y>", '" onmouseover="x', "%%secret%%",
]  # fmt: skip
_TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30))
_DETAILS = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.one_of(_TEXT, st.integers(), st.none(), st.lists(_TEXT, max_size=3))
            for name in ("authors", "year", "url", "notice_url", "abstract", "status", "reason", "needs", "notice", "why", "text", "venue",
                         "published", "doi", "title_before", "abstract_quoted", "pages", "version", "before", "here", "same")
        },
        "kind": st.one_of(st.sampled_from(list(map(str, NoticeKind))), _TEXT, st.lists(_TEXT, max_size=1)),
        "places": st.lists(st.fixed_dictionaries({"note": _TEXT, "line": st.integers(-1, 9)}), max_size=5),
        "sentences": st.lists(st.fixed_dictionaries({"text": _TEXT, "place": _TEXT, "page": st.integers(-1, 9)})),
        "suggestions": st.lists(
            st.fixed_dictionaries(
                {"title": _TEXT, "citing": st.integers(0, 9)},
                optional={"authors": _TEXT, "year": st.integers(), "cited_by": st.lists(_TEXT, max_size=3)},
            )
        ),
    },
)  # fmt: skip
_EVENTS = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(EventKind),
        subject=_TEXT,
        title=_TEXT,
        headings=st.lists(st.lists(_TEXT, max_size=3).map(tuple), max_size=2).map(tuple),
        time=st.sampled_from([MONDAY, TUESDAY]),
        details=_DETAILS,
        id=st.integers(1, 99),
    ),
    max_size=6,
)
_ACTS = {
    "code",
    "bdi",
    "b",
    "p",
    "a",
    "strong",
    "blockquote",
    "h1",
    "h2",
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
}


class Tags(HTMLParser):
    """What a page would do: its tags, its addresses, and its attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def is_clean(text):
    return all(c.isprintable() or c == "\n" for c in text)


@given(_EVENTS)
def test_nothing_acts_on_a_page_of_html(events):
    page = Tags(digests.to_html(digests.make_digest(events)))
    assert page.tags <= _ACTS
    assert all(re.match(r"https?://", link) for link in page.links)


@given(_EVENTS)
def test_nothing_acts_on_a_page_of_markdown(events):
    page = digests.to_markdown(digests.make_digest(events), "1-2")
    assert is_clean(page)
    body = page.split("---\n", 2)[2]
    tokens = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type.removesuffix("_open") for token in tokens + inner}
    allowed = r"litmap (add FILE|notices --patch|new --take [a-z]+:[\w./:-]+)"
    assert all(re.fullmatch(allowed, t.content) for t in inner if t.type == "code_inline")
    assert not kinds & {"html_block", "html_inline", "image", "em", "fence", "code_block",
                        "table", "hr", "s", "blockquote", "ordered_list"}  # fmt: skip
    links = [t.attrGet("href") for t in inner if t.type == "link_open"]
    assert all(re.match(r"https?://", link, re.I) for link in links)
    assert not re.search(r"(?<!\\)\[\[|`=|<%|%%|==|\$\$", body)


@given(_EVENTS)
def test_a_feed_is_whole_whatever_stands_in_it(events):
    feed = ET.fromstring(digests.to_atom(events, "abc", "<papers>", MONDAY).encode("utf-8"))
    for content in feed.iter("{http://www.w3.org/2005/Atom}content"):
        assert Tags(content.text).tags <= _ACTS


@given(_EVENTS)
def test_no_line_of_a_mails_header_is_of_others(events):
    me = digests.MailAddress.read("me@example.org")
    mail = digests.to_mail(digests.make_digest(events), me, me, "digest-abc-1", MONDAY)
    read = email.message_from_bytes(bytes(mail), policy=parsed)
    assert sorted(set(read.keys())) == [
        "Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert read["To"] == "me@example.org"
    plain = read.get_body(("plain",)).get_content()
    assert is_clean(plain.replace("\r\n", "\n"))


@given(_EVENTS)
def test_a_terminal_is_sent_no_signs_that_move_it(events):
    news = digests.make_digest(events)
    assert is_clean(digests.to_text(news))
    assert is_clean(digests.headline(news))
    assert "\n" not in digests.headline(news)
    assert json.dumps(digests.as_json(news))


# ── the command ───────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def library(tmp_path):
    """A library of which only news are known."""
    with Catalogue.create(tmp_path / "catalogue.sqlite") as catalogue, catalogue.write():
        catalogue.put_told("library", {"library": {"id": "abc", "since": MONDAY}})
        catalogue.put_events(ALL)
    return tmp_path


def run(library, capsys, *arguments):
    assert main(["digest", "--library", str(library), *arguments]) == 0
    return capsys.readouterr().out


def test_the_command_tells_since_a_day(library, capsys):
    assert "Salt and sleep" in run(library, capsys, "--since", "2026-11-01")
    later = run(library, capsys, "--since", "2026-11-03T00:00+00:00")
    assert "Added" not in later
    assert "Retracted in 2026" in later
    assert "the last are of 2026-11-03" in run(library, capsys, "--since", "2026-11-09")


@pytest.mark.parametrize(
    ("form", "begin"),
    [("markdown", "---\nlitmap: export"), ("html", "<!doctype"), ("atom", "<?xml"), ("text", "Retracted: ")],
)  # fmt: skip
def test_the_command_prints_each_format(library, capsys, form, begin):
    assert run(library, capsys, "--since", "2026-11-01", "--format", form).startswith(begin)


def test_the_json_of_the_command_is_that_of_the_digest(library, capsys):
    data = json.loads(run(library, capsys, "--since", "2026-11-01", "--json"))
    assert [section["heading"] for section in data["sections"]] == [[], list(REST), list(SALT), []]
    assert data["sections"][0]["items"][0]["lines"][1]["quotes"][0]["page"] == 3


def test_a_day_that_is_none_is_said_to_be_none(library, capsys):
    assert main(["digest", "--library", str(library), "--since", "yesterday"]) == 2
    assert "is no day" in capsys.readouterr().err


def test_a_library_without_news_says_when_there_will_be_some(tmp_path, capsys):
    Catalogue.create(tmp_path / "catalogue.sqlite").close()
    assert "No news yet" in run(tmp_path, capsys)
