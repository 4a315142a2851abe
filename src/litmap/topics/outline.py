"""Which headings of the notes are topics, and which only say 'here are papers' (an inbox, a reference list, a date)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from litmap.models import Heading, HeadingPath

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NUMBERISH = re.compile(r"\d+(?:st|nd|rd|th)?|[ivx]{1,4}|kw\d+|w\d+|q[1-4]")

# Words that say nothing about a subject: a heading made of them alone ('Papers to read', '2021 inbox', 'Zu lesen',
# 'Weitere Literatur') is a place to put papers, not a topic. One vocabulary for all languages: a false match needs
# every word of the heading to be in it.
_NO_SUBJECT = frozenset(
    """
    inbox in box inboxes unsorted unfiled uncategorized uncategorised unclassified unread misc miscellaneous
    miscellanea various varia other others etc stuff things thing items item random assorted general everything rest
    remaining leftovers leftover more new newest recent recently latest added incoming queue queued backlog triage
    pending later someday sometime soon today tomorrow now todo todos tbd tbr wip open done finished
    started ongoing current active old archive archived archives saved starred favorites favourites favorite favourite
    bookmark bookmarks bookmarked pocket clippings clipping dump collection pile stack shelf drafts draft scratch
    scratchpad sort file check skim skimmed sorting filing parking lot catch all
    read reading readings reads list lists paper papers article articles preprint preprints literature publication
    publications pdf pdfs book books link links url urls resource resources     source sources
    reference references bibliography bibliographies citation citations cited works work further additional
    recommended suggested related see also external
    note notes journal log diary daily weekly monthly week month day year date index contents content table toc home
    readme about introduction intro overview abstract summary summaries conclusion conclusions appendix appendices
    changelog meta preamble preface front matter footnotes endnotes acknowledgements acknowledgments comments
    interesting cool nice good important must want need should maybe priority high low medium
    to be the a an of for my our your this that these those and or with from on at by it its some
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn fall winter

    januar februar märz april mai juni juli august september oktober november dezember janvier février mars avril
    juin juillet août septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre
    eingang posteingang unsortiert sonstiges sonstige verschiedenes diverses divers weiteres weitere weiterführende
    literatur literaturverzeichnis quellen quellenverzeichnis zu lesen noch gelesen ungelesen lesen leseliste später
    neu neue neues offen erledigt ablage allgemeines allgemein einleitung zusammenfassung fazit inhalt
    inhaltsverzeichnis notizen artikel aufsätze und der die das für von zum zur mehr verweise

    boîte boite réception reception à a lire relire lus lu non trié triés classer trier divers autres autre varié
    bibliographie références ouvrages cités plus tard nouveau nouveaux nouvelles nouveautés articles les des de du la
    le et en pour une un introduction sommaire

    bandeja entrada sin clasificar ordenar por leer para leídos leído pendiente pendientes varios varias otros otras
    miscelánea bibliografía referencias lecturas lectura lista nuevos nuevas artículos el los las y más tarde
    introducción resumen

    posta arrivo da leggere letti varie vario altro altri altre bibliografia riferimenti letture nuovi nuove articoli
    il lo gli e di per non ordinati classificati introduzione
    caixa ler lidos diversos diversas outros outras referências leituras novos novas artigos não
    postvak te lezen gelezen nog ongesorteerd overig overige diversen literatuur bronnen nieuw nieuwe artikelen
    het een van voor en
    skrzynka odbiorcza przeczytania przeczytane do różne inne nieposortowane literatura źródła nowe artykuły
    inkorg läsa att läsa läst osorterat övrigt diverse blandat litteratur referenser nya artiklar och
    indbakke læse læst usorteret øvrigt andet litteraturliste referencer nye artikler innboks lese usortert annet
    referanser nytt
    saapuneet luettavaa lajittelemattomat muut muuta sekalaista kirjallisuus lähteet viitteet uudet
    doručená přečíst přečteno nezařazené různé ostatní literatura zdroje nové k
    gelen kutusu okunacak okunacaklar okunan diğer çeşitli kaynaklar kaynakça yeni
    входящие прочитать прочитано к чтению непрочитанное разное прочее другое без категории литература источники
    ссылки новые новое статьи список и
    вхідні прочитати різне інше література джерела нові статті
    """.split()
)
_NO_SUBJECT_CJK = (
    *("收件箱", "待读", "待讀", "未读", "未讀", "已读", "已讀", "未分类", "未分類", "未整理", "杂项", "雜項", "其他"),
    *("其它", "参考文献", "參考文獻", "参考资料", "阅读清单", "閱讀清單", "阅读列表", "新论文", "论文", "論文", "文献"),
    *(
        "文獻",
        "链接",
        "待办",
        "受信箱",
        "受信トレイ",
        "インボックス",
        "未読",
        "既読",
        "未分類",
        "その他",
        "雑多",
        "読みたい",
    ),
    *(
        "読む",
        "あとで読む",
        "後で読む",
        "リンク",
        "받은편지함",
        "읽을거리",
        "읽을",
        "미분류",
        "기타",
        "참고문헌",
        "참고",
        "논문",
        "새",
    ),
)
_INBOX_WORDS = frozenset(
    """
    inbox unsorted unfiled uncategorized uncategorised unclassified unread misc miscellaneous miscellanea various
    varia other others stuff random assorted leftovers leftover new recent recently incoming queue backlog triage
    pending later someday todo tbr tbd read list dump pile eingang posteingang unsortiert sonstiges verschiedenes
    diverses zu lesen leseliste boîte boite lire divers autres bandeja pendientes varios otros leggere varie altro
    ler leer leídos lidos outros lezen overig różne inne läsa övrigt входящие прочитать разное
    """.split()
)


_CATCH_ALL = frozenset(
    """
    other others misc miscellaneous miscellanea various varia general and etc sonstiges sonstige verschiedenes diverses
    weiteres allgemeines divers autres autre et varios otros otras varie altro altri outros outras overig overige różne
    inne övrigt andet annet muut různé ostatní diğer разное прочее другое різне інше 其他 其它 その他 기타
    """.split()
)


def words_of(heading: str) -> list[str]:
    """The heading's words, folded, without numbering, marks and emoji."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("_", " ")
    return _WORD.findall(text[:500])


def has_subject(heading: str) -> bool:
    """Does the heading name a subject? 'Inbox', 'To read', 'References', '2021-03' and the like do not."""
    words = [w for w in words_of(heading) if not _NUMBERISH.fullmatch(w)]
    if not words:
        return False
    rest = "".join(words)
    for phrase in sorted(_NO_SUBJECT_CJK, key=len, reverse=True):
        rest = rest.replace(phrase, "")
    if not rest:
        return False
    return any(word not in _NO_SUBJECT for word in words)


def is_inbox(heading: str) -> bool:
    """Does the heading say 'not filed yet' (and not merely 'references' or a date)?"""
    return not has_subject(heading) and any(word in _INBOX_WORDS for word in words_of(heading))


def _is_catch_all(path: HeadingPath) -> bool:
    """Is the inner heading what is left of the outer one's subject ('Machine learning › Other')?"""
    words = words_of(path[-1])
    return len(path) > 1 and has_subject(path[-2]) and bool(words) and all(word in _CATCH_ALL for word in words)


@dataclass(frozen=True, slots=True)
class Outline:
    """The topics among the headings. `prose` is the text below each; `notes` those where it stands.

    `titles` are headings that only name their note: every other heading of the note stands below them.
    """

    topics: tuple[HeadingPath, ...]
    prose: Mapping[HeadingPath, str]
    notes: Mapping[HeadingPath, tuple[str, ...]]
    titles: frozenset[HeadingPath]

    def topic_of(self, path: HeadingPath) -> HeadingPath | None:
        """The topic a work cited under `path` stands in: the path less its ends without subject, None for an inbox."""
        short = tuple(path)
        inbox = False
        while short and not has_subject(short[-1]):
            if _is_catch_all(short) and short[:-1] not in self.titles:
                return short
            inbox = inbox or is_inbox(short[-1])
            short = short[:-1]
        if not short or short in self.titles:
            return None
        if inbox and any(len(t) > len(short) and t[: len(short)] == short for t in self.topics):
            return None
        return short


def _title_of(paths: Sequence[HeadingPath]) -> HeadingPath | None:
    """The heading that only names the note: all others stand below it, two or more of them with a subject."""
    if not paths:
        return None
    first = min(paths, key=len)
    if len(first) != 1 or any(path[:1] != first for path in paths):
        return None
    below = {path[:2] for path in paths if len(path) > 1 and has_subject(path[1])}
    return first if len(below) > 1 else None


def read_outline(headings: Mapping[str, Sequence[Heading]], noted: Iterable[Sequence[HeadingPath]] = ()) -> Outline:
    """The outline of some notes ({note: its headings}) and of the headings works are `noted` under.

    A topic is a heading with a subject that holds works directly or has no heading below it; what only groups others
    is context for them, and a note's title is no topic.
    """
    prose: dict[HeadingPath, list[str]] = {}
    notes: dict[HeadingPath, list[str]] = {}
    titles: set[HeadingPath] = set()
    order: dict[HeadingPath, None] = {}
    for note, listed in headings.items():
        paths = [tuple(h.path) for h in listed if h.path]
        title = _title_of(paths)
        if title:
            titles.add(title)
        for heading in listed:
            path = tuple(heading.path)
            while path and not has_subject(path[-1]) and not (_is_catch_all(path) and path[:-1] not in titles):
                path = path[:-1]
            if not path:
                continue
            order.setdefault(path)
            if heading.prose:
                prose.setdefault(path, []).append(heading.prose)
            if note not in notes.setdefault(path, []):
                notes[path].append(note)
    draft = Outline(tuple(order), {}, {}, frozenset(titles))
    used: dict[HeadingPath, None] = {}
    for paths_of_work in noted:
        for path in paths_of_work:
            topic = draft.topic_of(path)
            if topic:
                used.setdefault(topic)
    every = list(order) + [path for path in used if path not in order]
    parents = {path[:n] for path in every for n in range(1, len(path))}
    topics = tuple(p for p in every if p not in titles and (p in used or p not in parents))
    joined = {path: "\n".join(texts) for path, texts in prose.items()}
    return Outline(topics, joined, {p: tuple(n) for p, n in notes.items()}, frozenset(titles))
