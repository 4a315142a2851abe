"""Words of headings that name no subject, in the languages notes are written in."""

_NO_SUBJECT_TEXT = """
inbox in box inboxes unsorted unfiled uncategorized uncategorised unclassified unread misc miscellaneous miscellanea
various varia other others etc stuff things thing items item random assorted general everything rest remaining
leftovers leftover more new newest recent recently latest added incoming queue queued backlog triage pending later
someday sometime soon today tomorrow now todo todos tbd tbr wip open done finished started ongoing current active old
archive archived archives saved starred favorites favourites favorite favourite bookmark bookmarks bookmarked pocket
clippings clipping dump collection pile stack shelf drafts draft scratch scratchpad sort file check skim skimmed
sorting filing parking lot catch all read reading readings reads list lists paper papers article articles preprint
preprints literature publication publications pdf pdfs book books link links url urls resource resources source
sources reference references bibliography bibliographies citation citations cited works work further additional
recommended suggested related see also external note notes journal log diary daily weekly monthly week month day year
date index contents content table toc home readme about introduction intro overview abstract summary summaries
conclusion conclusions appendix appendices changelog meta preamble preface front matter footnotes endnotes
acknowledgements acknowledgments comments interesting cool nice good important must want need should maybe priority
high low medium to be the a an of for my our your this that these those and or with from on at by it its some january
february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct
nov dec monday tuesday wednesday thursday friday saturday sunday spring summer autumn fall winter januar februar märz
mai juni juli oktober dezember janvier février mars avril juin juillet août septembre octobre novembre décembre enero
febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre eingang posteingang unsortiert
sonstiges sonstige verschiedenes diverses divers weiteres weitere weiterführende literatur literaturverzeichnis
quellen quellenverzeichnis zu lesen noch gelesen ungelesen leseliste später neu neue neues offen erledigt ablage
allgemeines allgemein einleitung zusammenfassung fazit inhalt inhaltsverzeichnis notizen artikel aufsätze und der die
das für von zum zur mehr verweise boîte boite réception reception à lire relire lus lu non trié triés classer trier
autres autre varié bibliographie références ouvrages cités plus tard nouveau nouveaux nouvelles nouveautés les des de
du la le et en pour une un sommaire bandeja entrada sin clasificar ordenar por leer para leídos leído pendiente
pendientes varios varias otros otras miscelánea bibliografía referencias lecturas lectura lista nuevos nuevas
artículos el los las y más tarde introducción resumen posta arrivo da leggere letti varie vario altro altri altre
bibliografia riferimenti letture nuovi nuove articoli il lo gli e di per ordinati classificati introduzione caixa ler
lidos diversos diversas outros outras referências leituras novos novas artigos não postvak te lezen gelezen nog
ongesorteerd overig overige diversen literatuur bronnen nieuw nieuwe artikelen het een van voor skrzynka odbiorcza
przeczytania przeczytane do różne inne nieposortowane literatura źródła nowe artykuły inkorg läsa att läst osorterat
övrigt diverse blandat litteratur referenser nya artiklar och indbakke læse læst usorteret øvrigt andet
litteraturliste referencer nye artikler innboks lese usortert annet referanser nytt saapuneet luettavaa
lajittelemattomat muut muuta sekalaista kirjallisuus lähteet viitteet uudet doručená přečíst přečteno nezařazené různé
ostatní zdroje nové k gelen kutusu okunacak okunacaklar okunan diğer çeşitli kaynaklar kaynakça yeni входящие
прочитать прочитано к чтению непрочитанное разное прочее другое без категории литература источники ссылки новые новое
статьи список и вхідні прочитати різне інше література джерела нові статті
"""
NO_SUBJECT = frozenset(_NO_SUBJECT_TEXT.split())
"""A heading made of these alone ('Papers to read', '2021 inbox', 'Zu lesen', 'Weitere Literatur') is a place to put
papers, not a topic. One vocabulary for all languages: a false match needs every word of the heading to be in it."""

_INBOX_TEXT = """
inbox unsorted unfiled uncategorized uncategorised unclassified unread misc miscellaneous miscellanea various varia
other others stuff random assorted leftovers leftover new recent recently incoming queue backlog triage pending later
someday todo tbr tbd read list dump pile eingang posteingang unsortiert sonstiges verschiedenes diverses zu lesen
leseliste boîte boite lire divers autres bandeja pendientes varios otros leggere varie altro ler leer leídos lidos
outros lezen overig różne inne läsa övrigt входящие прочитать разное
"""
INBOX = frozenset(_INBOX_TEXT.split())
"""Of those, the ones that say 'not filed yet' rather than 'references' or a date."""

_CATCH_ALL_TEXT = """
other others misc miscellaneous miscellanea various varia general and etc sonstiges sonstige verschiedenes diverses
weiteres allgemeines divers autres autre et varios otros otras varie altro altri outros outras overig overige różne
inne övrigt andet annet muut různé ostatní diğer разное прочее другое різне інше 其他 其它 その他 기타
"""
CATCH_ALL = frozenset(_CATCH_ALL_TEXT.split())
"""What is left of a subject, below a heading that names it ('Machine learning › Other')."""

UNSPACED = (
    *(
        "收件箱",
        "待读",
        "待讀",
        "未读",
        "未讀",
        "已读",
        "已讀",
        "未分类",
        "未分類",
        "未整理",
        "杂项",
        "雜項",
        "其他",
    ),
    *(
        "其它",
        "参考文献",
        "參考文獻",
        "参考资料",
        "阅读清单",
        "閱讀清單",
        "阅读列表",
        "新论文",
        "论文",
        "論文",
        "文献",
    ),
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
"""The same for scripts that put no spaces between words: phrases that may follow one another."""
