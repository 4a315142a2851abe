"""Items of nested lists that serve as headings: 'Seals' above 'Wear' above its works.

An item names a topic where it is a short phrase and what is set in below it are works, or where it
opens in bold and has nothing behind that but citations.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litmap.models import HeadingPath, NoteBlock
from litmap.notes.work_headings import read_byline, read_field, read_work_heading
from litmap.parsing.grammar import YEAR
from litmap.parsing.heading_subjects import has_subject
from litmap.parsing.identifiers import find_identifiers
from litmap.parsing.word_lists import load_words

MAX_TOPIC_WORDS, MAX_TOPIC_CHARS = 8, 80
"""Size of an item that names a topic."""
MAX_LABEL_CHARS = 40
"""Characters of a line with a colon above a list, which may be a sentence."""
MIN_SHARE_OF_WORKS = 0.5
"""Of the items below a topic that are works or topics themselves."""
MIN_TITLE_WORDS = 3
"""Words of an item that may be a title, where its longer words have capitals."""
MAX_LEVELS = 12
"""Topics that hold a block."""

_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
_NOT_OF_TOPICS = re.compile(rf"{_YEAR.pattern}|[，。；！？]")
"""A year, or what stands between clauses in East Asian scripts, whose words no blanks count."""
_CITATION = re.compile(r"\[[^\[\]@]*@[^\[\]]*\]|@[\w:.-]+|\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]_?")
_LABEL_AND_CITATIONS = re.compile(
    rf"(?P<label>[^@\[\]]{{1,{MAX_TOPIC_CHARS}}}?)[\s~:–—(-]*"
    r"(?P<cited>(?:(?:\[[^\[\]@]*@[^\[\]]*\]|@[\w:.-]+|\[\d[\d\s,–-]*\]_?)[\s,;)]*)+)"
    r"(?:[.)]|$|\s*(?=[A-ZÀ-Þ]))"
)
_KEY = re.compile(r"@[\w{][\w:.-]*|\d+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_ENDS = (".", "?", "!", ";", ",")
"""What a remark ends with and no topic."""
_STATE_OR_MACRO = re.compile(
    r"^(?:TODO|DOING|DONE|NOW|LATER|WAITING|CANCELL?ED)\s+(?=\S)|\{\{[^{}]{0,300}\}\}"
)
"""What outliners write before the words of a task, and the programs that they call."""
_PROPERTIES = re.compile(r"(?:\s[\w-]+:: (?:(?!\s[\w-]+:: ).)*)+$")
"""Behind a bullet, as outliners keep them: 'collapsed:: true'."""
_MAY_BE_WORK = re.compile(r"[\d@\"“]")
"""Without any of these a short phrase is no work."""
_MARKS = " \t*_#:–—-"
_NOT_IN_TOPICS = load_words("not_in_list_topics", "litmap.notes")


@dataclass(slots=True, eq=False)
class _Item:
    """An item with those that are set in below it."""

    place: int
    indent: int
    text: str
    lead: str
    """What it opens with in bold, '' where it does not."""
    parent: _Item | None
    children: list[_Item] = field(default_factory=list)
    topic: str = ""
    holds_works: bool = False
    """Whether what is set in below it are works, or holds works."""

    @property
    def label(self) -> str:
        """What it opens with in bold, without the full stop of a run-in heading."""
        return self.lead.rstrip(". ")

    @property
    def topics_above(self) -> HeadingPath:
        """The topics of the items that hold this one, outermost first."""
        topics: list[str] = []
        item = self.parent
        while item and len(topics) < MAX_LEVELS:
            if item.topic:
                topics.append(item.topic)
            item = item.parent
        return tuple(reversed(topics))


def find_list_topics(
    blocks: Sequence[NoteBlock], owners: Mapping[int, object], leads: Mapping[int, str]
) -> dict[int, HeadingPath]:
    """The topics of items that hold each block, outermost first, by the block's index.

    `owners` has the heading above each block, `leads` the bold words that a block opens with.
    """
    items = _nest(blocks, owners, leads)
    _name_topics(items, blocks)
    places: dict[int, HeadingPath] = {}
    for item in items:
        above = item.topics_above
        topics = (*above, item.topic) if item.topic else above
        if topics:
            places[item.place] = topics
    return places


def _nest(
    blocks: Sequence[NoteBlock], owners: Mapping[int, object], leads: Mapping[int, str]
) -> list[_Item]:
    """The items of a note's lists, each below the one that it is set in from.

    'Seals:' alone in its paragraph holds the list right behind it.
    """
    items: list[_Item] = []
    open_item: _Item | None = None
    for place, block in enumerate(blocks):
        is_label = block.kind == "paragraph" and _introduces_list(blocks, place)
        if block.kind != "item" and not is_label:
            if block.kind == "heading" or (open_item and _root(open_item).indent < 0):
                open_item = None
            continue
        if items and owners.get(items[-1].place) is not owners.get(place):
            open_item = None
        indent = -1 if is_label else _indent_of(block)
        while open_item and open_item.indent >= indent:
            open_item = open_item.parent
        text = _PROPERTIES.sub("", block.text) if ":: " in block.text else block.text
        item = _Item(place, indent, text, leads.get(place, ""), open_item)
        if open_item:
            open_item.children.append(item)
        items.append(item)
        open_item = item
    return items


def _root(item: _Item) -> _Item:
    while item.parent:
        item = item.parent
    return item


def _introduces_list(blocks: Sequence[NoteBlock], place: int) -> bool:
    """True for a few words with a colon, right above an item."""
    text = blocks[place].text
    return (
        text.endswith((":", "："))
        and len(text) <= MAX_LABEL_CHARS
        and "," not in text
        and place + 1 < len(blocks)
        and blocks[place + 1].kind == "item"
    )


def _indent_of(block: NoteBlock) -> int:
    value = next((value for name, value in block.fields if name == "indent"), "0")
    return int(value) if value.isdigit() else 0


def _name_topics(items: Sequence[_Item], blocks: Sequence[NoteBlock]) -> None:
    """Gives the items that name a topic its words; the innermost are judged first."""
    for item in reversed(items):
        item.holds_works = bool(item.children) and _holds_works(item, blocks)
        if not item.holds_works:
            continue
        label = item.label or _without_citations(item.text)
        if _may_name_topic(label, blocks[item.place]):
            item.topic = _bare(label)
    in_bold = [item for item in items if item.lead]
    lists: dict[_Item | None, list[_Item]] = defaultdict(list)
    for item in items:
        if not item.lead:
            lists[item.parent].append(item)
    for members in (in_bold, *(one for one in lists.values() if are_cited_labels(one))):
        _name_cited_topics(members, blocks)


def are_cited_labels(items: Sequence[_Item]) -> bool:
    """True for a list of phrases with citations behind them, of several works at least once."""
    if not items or (len(items) < 2 and not (items[0].parent and items[0].parent.lead)):
        return False
    return all(item.children or _cited_label(item)[0] for item in items)


def _name_cited_topics(items: Sequence[_Item], blocks: Sequence[NoteBlock]) -> None:
    """Names the items that are a phrase with citations behind it: 'Modern reviews [@doe; @roe]'.

    One at least cites several works or holds others: a title has one citation behind it.
    """
    labels = [(item, *_cited_label(item)) for item in items]
    if not any(label and (item.children or cited > 1) for item, label, cited in labels) and not (
        all(_is_part_of_bold(item, label) for item, label, _ in labels)
    ):
        return
    for item, label, _ in labels:
        if not item.topic and _may_name_topic(label, blocks[item.place]):
            item.topic = _bare(label)


def _is_part_of_bold(item: _Item, label: str) -> bool:
    """True for a word or two below an item in bold: 'Cables [@c3]' below '**Bridges**'."""
    return bool(item.parent and item.parent.lead) and 0 < len(label.split()) < MIN_TITLE_WORDS


def _bare(label: str) -> str:
    return " ".join(_STATE_OR_MACRO.sub("", label).split()).strip(_MARKS)


def _cited_label(item: _Item) -> tuple[str, int]:
    """The phrase before an item's citations, and how many these are; '' and 0 where it has none.

    What is in bold may have more words behind it: '**Decay**: see [@doe] and [@roe] outdoors.'
    """
    match = _LABEL_AND_CITATIONS.match(item.text)
    if match and match["label"].startswith(item.lead):
        is_all = match.end() == len(item.text) and not match["label"][0].islower()
        if item.lead or is_all:
            return match["label"], len(_KEY.findall(match["cited"]))
    cited = _CITATION.findall(item.text) if item.lead else ()
    return (item.label, sum(len(_KEY.findall(part)) for part in cited)) if cited else ("", 0)


def _without_citations(text: str) -> str:
    """'Modern reviews [@doe; @roe]' without what is cited."""
    return _CITATION.sub("", text).strip()


def _may_name_topic(label: str, block: NoteBlock) -> bool:
    """True for a short phrase that names a subject and no work."""
    words = label.split()
    bare = _bare(label)
    if any(link.start < len(label) for link in block.links if "://" in link.target):
        return False
    if not bare or len(words) > MAX_TOPIC_WORDS or len(bare) > MAX_TOPIC_CHARS:
        return False
    if bare.endswith(_ENDS) or _NOT_OF_TOPICS.search(bare) or read_field(block.text):
        return False
    if not _NOT_IN_TOPICS.isdisjoint(word.lower() for word in _WORD.findall(bare)):
        return False
    if not has_subject(bare):
        return False
    return not _MAY_BE_WORK.search(bare) or read_work_heading(bare, (), ()) is None


def _holds_works(item: _Item, blocks: Sequence[NoteBlock]) -> bool:
    """True where half of what is set in are works or topics, and none is a part of one work."""
    first = item.children[0].text
    if read_field(first) or read_byline(first, of_short_title=True):
        return False
    long = len(item.text.split()) >= MIN_TITLE_WORDS
    if long and all(is_bare_address(child.text) for child in item.children):
        return False
    works = sum(child.holds_works or is_citing(blocks[child.place]) for child in item.children)
    return works >= MIN_SHARE_OF_WORKS * len(item.children)


def is_bare_address(text: str) -> bool:
    """True for an address or identifier with nothing beside it: a part of the item above."""
    return "://" in text and " " not in text.strip() and bool(find_identifiers(text))


def is_citing(block: NoteBlock) -> bool:
    """True for an item with a year, a link, a key or an identifier, or one written as a title."""
    text = block.text
    if _YEAR.search(text) or _CITATION.search(text) or find_identifiers(text):
        return True
    if any("://" in link.target or link.target.startswith("[[@") for link in block.links):
        return True
    words = _WORD.findall(text)
    long = [word for word in words[1:] if len(word) > 3]
    raised = sum(word[0].isupper() for word in long)
    return len(words) >= MIN_TITLE_WORDS and len(long) > 1 and raised >= 0.7 * len(long)
