"""Small documents of each format, read into all that a note holds: title, headings, blocks, links,
lines.
"""

# ruff: noqa: W291 (what notes hold stands on one line; lines of RIS and mails end with a blank)

from __future__ import annotations

import pytest

from litmap.notes import parse_note

RST = r"""=====
Paper
=====

Section
-------

Read `one <http://a.org>`__ and `two`__, see b_ or nothing_ [1]_ [Key]_.

__ http://c.org

.. _b: b2_
.. _b2:
   http://b.org
.. [1] First note,

   goes on here.

Back in prose::

    code is text

:Author: Someone
:doi:`10.1000/x` and :ref:`words <label>` and *Title of Book* and ``lit``
1. item
   goes on
(2001) no item
.. note:: Take care.
.. code:: python

   x = 1

After. et al.\ 1999
.. bibliography:: refs.bib more.bib

+----+
| ab |
"""
RST_BLOCKS = [
    ("heading", 2, "Paper", ()),
    ("heading", 5, "Section", ()),
    ("paragraph", 8, "Read one and two, see b or nothing_ [1] [Key].", ()),
    ("paragraph", 14, "http://b.org", ()),
    ("definition", 15, "[1] First note, goes on here.", (("number", "1"), ("list", "references"))),
    ("paragraph", 19, "Back in prose", ()),
    ("paragraph", 21, "code is text", ()),
    ("definition", 23, "Someone", ()),
    (
        "paragraph",
        24,
        "10.1000/x and words and Title of Book and lit",
        (("emphasis", "Title of Book"),),
    ),
    ("item", 25, "item goes on (2001) no item", (("number", "1"),)),
    ("paragraph", 28, "Take care.", ()),
    ("paragraph", 33, "After. et al. 1999", ()),
    ("paragraph", 37, "| ab |", ()),
]
RST_LINKS = [
    ("one", "http://a.org", 8, "one"),
    ("two", "http://c.org", 8, "two"),
    ("b", "http://b.org", 8, "b"),
    ("10.1000/x", "doi:10.1000/x", 24, "10.1000/x"),
]

HTML = """<html><head><title>My page - Site</title></head><body>
<div class="menu">no</div><div style="display: none">no</div><div role="banner">no</div><p aria-hidden="true">no</p>
<div id="toc">no</div><div class="reference-menu menu">kept by its class</div>
<article><h2>Head [edit]</h2><p>One
two <a href="#x">inner</a> <a href="mailto:m@x.org">mail</a> <a href="http://a.org">^</a> <a href="http://a.org">link
over</a>.<br>next <i>Title of Book</i></p>
<ol start="3"><li>three</li><li id="cite_note-1">four</li></ol><ul class="references"><li>ref</li></ul>
<table><tr><td>a <p>b</p></td><td>c <table><tr><td>inner</td></tr></table></td></tr></table>
<script>no</script><p>More and more and more words to make the article longer than the rest of the page.</p></article>
<p>outside</p></body></html>"""
HTML_BLOCKS = [
    ("heading", 4, "Head", ()),
    (
        "paragraph",
        4,
        "One two inner mail ^ link over. next Title of Book",
        (("emphasis", "Title of Book"),),
    ),
    ("item", 7, "three", (("number", "3"),)),
    ("item", 7, "four", (("number", "4"), ("list", "references"))),
    ("item", 7, "ref", (("list", "references"),)),
    ("cell", 8, "a b \u2003|\u2003c inner", ()),
    (
        "paragraph",
        9,
        "More and more and more words to make the article longer than the rest of the page.",
        (),
    ),
]
HTML_LINKS = [
    ("link over", "http://a.org", 5, "link over"),
]

WIKI = """== A ==
Text
goes on '''bold''' ''Book'' <!-- c --> &amp; [http://a.org] <br> <math>x</math>{{unknown|x}} {{doi|10.1/x}}
* item <ref>{{cite book|surname1=Roe|given1=Ann|last2=Doe|author3=A. B; C, D|title="T"|date=May 2001|pmc=12|url=https://u.org}}</ref>
# two <ref>Plain note</ref>

{|
! h1 !! h2
|-
| a || b
|}
[[File:x.png]]
== B ==
__TOC__
[[Page]] x
"""
WIKI_BLOCKS = [
    ("heading", 1, "A", ()),
    (
        "paragraph",
        2,
        "Text goes on bold Book  & http://a.org    doi:10.1/x",
        (("emphasis", "Book"),),
    ),
    (
        "entry",
        4,
        "T. Ann Roe. Doe. A. B. D C. 2001",
        (
            ("key", "ref-1"),
            ("type", "book"),
            ("title", "T"),
            ("author", "Ann Roe"),
            ("author", "Doe"),
            ("author", "A. B"),
            ("author", "D C"),
            ("year", "2001"),
            ("pmcid", "PMC12"),
            ("url", "https://u.org"),
        ),
    ),
    ("item", 4, "item", ()),
    ("definition", 5, "Plain note", (("footnote", "ref-2"),)),
    ("item", 5, "two", ()),
    ("cell", 8, "h1\u2003|\u2003h2", ()),
    ("cell", 10, "a\u2003|\u2003b", ()),
    ("heading", 13, "B", ()),
    ("paragraph", 15, "Page x", ()),
]
WIKI_LINKS = [
    ("", "[^ref-1]", 4, ""),
    ("", "[^ref-2]", 5, ""),
    ("Page", "[[Page]]", 15, "Page"),
]

TEX = r"""\documentclass{article}
\title[S]{A \emph{Title} here}
\begin{document}
\maketitle
\section[short]{A long
title}\label{x} after title
\paragraph{P} Text \cite{a}, see \citep[p.~2][x]{b,
c} and \href{http://a.org/\%20x\_y}{words}, \url{http://u.org}, \doi{10.1/x}, \arxiv{1234.5678}.
\begin{equation}
x
\end{equation}
go on % comment
\begin{itemize}\item[-] one
\item
\end{itemize}
\begin{thebibliography}
\bibitem[Roe(2001)]{roe} Roe. Title.
\newblock More.
\end{thebibliography}
\bibliography{refs, more}
\end{document}
"""
TEX_BLOCKS = [
    ("heading", 5, "A long title", ()),
    ("paragraph", 6, "after title", ()),
    ("heading", 7, "P", ()),
    (
        "paragraph",
        7,
        "Text [@a], see [@b; @c] and words, http://u.org, 10.1/x, 1234.5678. go on",
        (),
    ),
    ("item", 13, "-  one", ()),
    ("heading", 16, "References", (("list", "references"),)),
    ("item", 17, "Roe. Title.  More.", (("label", "roe"), ("number", "1"), ("list", "references"))),
]
TEX_LINKS = [
    ("words", "http://a.org/%20x_y", 8, "words"),
    ("http://u.org", "http://u.org", 8, "http://u.org"),
    ("10.1/x", "doi:10.1/x", 8, "10.1/x"),
    ("1234.5678", "arxiv:1234.5678", 8, "1234.5678"),
]

ORG = """#+TITLE: Notes
#+BIBLIOGRAPHY: refs.bib plain
* TODO [#A] Head [1/2] :tag:x:
:PROPERTIES:
:DOI: 10.1/x
:AUTHOR: Roe, A and Doe, B
:TITLE: T
:JOURNAL: J
:CUSTOM_ID: roe
:ROAM_REFS: cite:roe
:END:
:LOGBOOK:
hidden
:END:
Text /Title of Book/ *bold* =code= a/b/c [[http://a.org/x/y][words /in/]] [[file:p.pdf::3]] [[doi:10.2/y]] [[cite:k]] [[note]] <http://u.org>
1. one
   - inner
     more
 out
- term :: meaning
#+BEGIN_SRC python
x
#+END_SRC
#+begin_src bibtex
@article{k, title={A Title}}
#+end_src
| a | [[http://t.org][x]] |
|---+---|
[fn:1] A note
bibliography:a.bib,b.bib
cite:k1,&k2 and [cite/t:@k3;@k4]
"""
ORG_BLOCKS = [
    ("heading", 3, "Head", ()),
    ("definition", 10, "[@roe]", ()),
    (
        "entry",
        10,
        "T",
        (
            ("doi", "10.1/x"),
            ("title", "T"),
            ("venue", "J"),
            ("key", "roe"),
            ("author", "A Roe"),
            ("author", "B Doe"),
        ),
    ),
    (
        "paragraph",
        15,
        "Text Title of Book bold code a/b/c words /in/ file:p.pdf::3 doi:10.2/y [@k] note "
        "http://u.org",
        (("emphasis", "Title of Book"),),
    ),
    ("item", 16, "one", (("indent", "0"), ("number", "1"))),
    ("item", 17, "inner more", (("indent", "3"),)),
    ("paragraph", 19, "out", ()),
    ("item", 20, "term: meaning", (("indent", "0"), ("term", "term"))),
    ("entry", 25, "A Title", (("key", "k"), ("type", "article"), ("title", "A Title"))),
    ("cell", 27, "a\u2003|\u2003x", ()),
    ("definition", 29, "A note", (("footnote", "1"),)),
    ("paragraph", 31, "[@k1; @k2] and [@k3; @k4]", ()),
]
ORG_LINKS = [
    ("words /in/", "http://a.org/x/y", 15, "words /in/"),
    ("file:p.pdf::3", "p.pdf", 15, "file:p.pdf::3"),
    ("doi:10.2/y", "doi:10.2/y", 15, "doi:10.2/y"),
    ("note", "[[note]]", 15, "note"),
    ("http://u.org", "http://u.org", 15, "http://u.org"),
    ("x", "http://t.org", 27, "x"),
]

MARKDOWN = """---
title: Notes on nets
doi: 10.1/x
author: {given: Ann, family: Roe}
url: [http://u.org, http://v.org]
bibliography: refs
---
#tag is no heading

> > Quoted [words *in italics*](<http://a.org/a b>) and [label][] and [^1] == x ==marked==
> > more `code` snake_case 2*3*4 &amp; <br/> ![i](i.png) [[Page|alias]] [other]

[label]: http://l.org "t"
[nothing]: is said here
[^1]: The note
- [ ] task
  goes on
(3) third
(2001) no item
b) letter
[7] bracketed

a | b
--|--
| [[x|y]] | `c` |

: meaning

***
[TOC]

Under
===
~~~bib
@article{k, title={A Title}}
~~~
<!-- gone
--> rest {{< gone >}}
"""
MARKDOWN_BLOCKS = [
    (
        "entry",
        1,
        "10.1/x Notes on nets Ann Roe http://u.org http://v.org",
        (
            ("doi", "10.1/x"),
            ("title", "Notes on nets"),
            ("author", "Ann Roe"),
            ("url", "http://u.org"),
            ("url", "http://v.org"),
            ("role", "front matter"),
        ),
    ),
    ("paragraph", 8, "#tag is no heading", ()),
    (
        "paragraph",
        10,
        "Quoted words in italics and label and  == x marked more code snake_case 2*3*4 &    alias "
        "[other]",
        (),
    ),
    ("paragraph", 14, "[nothing]: is said here", ()),
    ("definition", 15, "The note", (("footnote", "1"),)),
    ("item", 16, "task goes on", (("indent", "0"), ("task", "1"))),
    ("item", 18, "third (2001) no item", (("indent", "0"), ("number", "3"))),
    ("item", 20, "letter", (("indent", "0"),)),
    ("item", 21, "bracketed", (("number", "7"),)),
    ("cell", 23, "a\u2003|\u2003b", ()),
    ("cell", 25, "y\u2003|\u2003c", ()),
    ("definition", 27, "meaning", ()),
    ("heading", 32, "Under", ()),
    ("entry", 35, "A Title", (("key", "k"), ("type", "article"), ("title", "A Title"))),
    ("paragraph", 38, "rest", ()),
]
MARKDOWN_LINKS = [
    ("words in italics", "http://a.org/a b", 10, "words in italics"),
    ("label", "http://l.org", 10, "label"),
    ("", "[^1]", 10, ""),
    ("alias", "[[Page]]", 11, "alias"),
    ("y", "[[x]]", 25, "y"),
]

PLAIN = """From: a@x.org
To: b@x.org
Subject: Re: Reading list
Date: today

> A quoted line of the mail that is wrapped at about sixty or so
> columns, and goes on here as lines of a mail do when they end
> for want of room, until this sentence is over.

1. First item that is long enough to be wrapped at the width and
   goes on [2] here
2. Second item
    with a remark
[12] An entry in brackets
[13] The next entry

* _The Act of Creation_ (1964)
[AB99] Author, A. Title.
-- 
signature
"""
PLAIN_BLOCKS = [
    (
        "paragraph",
        6,
        "A quoted line of the mail that is wrapped at about sixty or so columns, and goes on here "
        "as lines of a mail do when they end for want of room, until this sentence is over.",
        (),
    ),
    (
        "item",
        10,
        "First item that is long enough to be wrapped at the width and goes on [2] here",
        (("number", "1"),),
    ),
    ("item", 12, "Second item with a remark", (("number", "2"), ("breaks", "12"))),
    ("item", 14, "[12] An entry in brackets", (("number", "12"),)),
    ("item", 15, "[13] The next entry", (("number", "13"),)),
    ("item", 17, "_The Act of Creation_ (1964)", (("emphasis", "The Act of Creation"),)),
    ("paragraph", 18, "[AB99] Author, A. Title.", ()),
]
PLAIN_LINKS = []

BIBTEX = r"""@article{a, title={T}, subtitle={S}, editor={Roe, Ann and {The Group} and others}, date={2001-02},
 eprint={12345}, eprinttype={pubmed}, journal={arXiv preprint arXiv:1611.03530}, note={see \url{http://n.org/a\_b}.}}
@misc{b, eprint={arXiv:1204.5678}, archiveprefix={arXiv}, howpublished={\url{https://h.org}}, keywords={x}}
"""
BIBTEX_BLOCKS = [
    (
        "entry",
        1,
        "Ann Roe, The Group. 2001. T: S. arXiv preprint arXiv:1611.03530",
        (
            ("key", "a"),
            ("type", "article"),
            ("title", "T: S"),
            ("author", "Ann Roe"),
            ("author", "The Group"),
            ("year", "2001"),
            ("venue", "arXiv preprint arXiv:1611.03530"),
            ("id", "pmid:12345"),
            ("arxiv", "1611.03530"),
            ("note", "see http://n.org/a_b."),
            ("url", "http://n.org/a_b"),
        ),
    ),
    (
        "entry",
        3,
        "https://h.org",
        (
            ("key", "b"),
            ("type", "misc"),
            ("venue", "https://h.org"),
            ("arxiv", "1204.5678"),
            ("keywords", "x"),
            ("url", "https://h.org"),
        ),
    ),
]
BIBTEX_LINKS = []

RIS = """TY  - JOUR
T1  - Title
      goes on
A1  - Roe, Ann
A1  - Doe, B
T2  - Journal
Y1  - 1999/01//
M3  - 10.1000/x
AN  - 77
DB  - PubMed
UR  - http://u.org
L1  - file:x
ER  - 
PMID- 123
FAU - Roe, Ann
AU  - Roe A
TI  - Other
JT  - J of X
AID - S1 [pii]
AID - 10.1000/y [doi]
PMC - PMC9

PMID- 124
TI  - Last
"""
RIS_BLOCKS = [
    (
        "entry",
        1,
        "Ann Roe, B Doe. 1999. Title goes on. Journal",
        (
            ("type", "jour"),
            ("title", "Title goes on"),
            ("author", "Ann Roe"),
            ("author", "B Doe"),
            ("year", "1999"),
            ("venue", "Journal"),
            ("doi", "10.1000/x"),
            ("pmid", "77"),
            ("url", "http://u.org"),
        ),
    ),
    (
        "entry",
        14,
        "Ann Roe. Other. J of X",
        (
            ("title", "Other"),
            ("author", "Ann Roe"),
            ("venue", "J of X"),
            ("doi", "10.1000/y"),
            ("pmid", "123"),
            ("pmcid", "PMC9"),
        ),
    ),
    ("entry", 23, "Last", (("title", "Last"), ("pmid", "124"))),
]
RIS_LINKS = []

DOCUMENTS = [
    (
        ".rst",
        RST,
        "Paper",
        ("refs.bib", "more.bib"),
        [(("Paper",), 2), (("Paper", "Section"), 5)],
        RST_BLOCKS,
        RST_LINKS,
        [[0, 16], [0, 5, 13]],
    ),
    (".html", HTML, "My page", (), [(("Head",), 4)], HTML_BLOCKS, HTML_LINKS, [[0, 4, 26]]),
    (".wiki", WIKI, "A", (), [(("A",), 1), (("B",), 13)], WIKI_BLOCKS, WIKI_LINKS, [[0, 5]]),
    (
        ".tex",
        TEX,
        "A Title here",
        ("refs", "more"),
        [(("A long title",), 5), (("A long title", "P"), 7)],
        TEX_BLOCKS,
        TEX_LINKS,
        [[0, 23, 67, 67, 67, 68], [0, 12]],
    ),
    (
        ".org",
        ORG,
        "Notes",
        ("refs.bib", "a.bib", "b.bib"),
        [(("Head",), 3)],
        ORG_BLOCKS,
        ORG_LINKS,
        [[0, 6]],
    ),
    (
        ".md",
        MARKDOWN,
        "Notes on nets",
        ("refs",),
        [(("Notes on nets", "Under"), 32)],
        MARKDOWN_BLOCKS,
        MARKDOWN_LINKS,
        [[0, 51], [0, 5], [0, 6]],
    ),
    (
        ".txt",
        PLAIN,
        "Reading list",
        (),
        [],
        PLAIN_BLOCKS,
        PLAIN_LINKS,
        [[0, 63, 125], [0, 62], [0, 12]],
    ),
    (".bib", BIBTEX, "n", (), [], BIBTEX_BLOCKS, BIBTEX_LINKS, []),
    (".ris", RIS, "n", (), [], RIS_BLOCKS, RIS_LINKS, []),
]
"""Ending, text, title, reference files, headings with their lines, blocks, links (text, target,
line, what stands there in the block), and the starts of lines in blocks of several lines.
"""


@pytest.mark.parametrize(
    ("suffix", "text", "title", "uses", "headings", "blocks", "links", "starts"),
    DOCUMENTS,
    ids=[row[0] for row in DOCUMENTS],
)
def test_a_document_is_read_into_all_that_it_holds(
    suffix: str,
    text: str,
    title: str,
    uses: tuple[str, ...],
    headings: list[object],
    blocks: list[object],
    links: list[object],
    starts: list[object],
) -> None:
    note, broken = parse_note(text, f"n{suffix}", suffix)
    assert broken == ""
    assert (note.title, note.uses) == (title, uses)
    assert [(heading.path, heading.line) for heading in note.headings] == headings
    assert [(block.kind, block.line, block.text, block.fields) for block in note.blocks] == blocks
    assert [
        (link.text, link.target, link.line, block.text[link.start : link.end])
        for block in note.blocks
        for link in block.links
    ] == links
    assert [list(b.line_starts) for b in note.blocks if len(b.line_starts) > 1] == starts
