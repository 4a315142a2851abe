"""Parts that several styles share: pages, volumes, addresses, days of access."""

from __future__ import annotations

from random import Random

from benchmarks.reference_parser.names import Piece
from benchmarks.reference_parser.works import WORDS, Work

TRANSLATED = {
    "en": ("Trans. {}", "Translated by {}", "tr. {}"),
    "de": ("Übers. v. {}", "Aus dem Französischen von {}", "Übersetzt von {}"),
    "fr": ("trad. {}", "traduit par {}", "Trad. de l'anglais par {}"),
    "es": ("Trad. de {}", "Traducción de {}", "trad. {}"),
    "it": ("trad. it. di {}", "trad. it.", "Traduzione di {}"),
    "pt": ("Tradução de {}", "Trad. {}", "Tradução: {}"),
    "ru": ("Пер. с англ. {}", "пер. с нем.", "Под ред. {}"),
}
SERIES = {
    "en": ("(Studies in {noun}, 4)", "(Oxford Studies)"),
    "de": ("(Beiträge zur {noun} 12)", "(= Studien zur {noun}, Bd. 7)"),
    "fr": ("coll. La {noun}", "(coll. « {noun} »)"),
    "es": ("(Colección {noun})", "col. {noun}"),
    "it": ("(Collana di {noun})", "coll. {noun}"),
    "pt": ("(Coleção {noun})", "(Série {noun}, 3)"),
    "ru": ("(Сер. {nominative})", "Серия «{nominative}»"),
}
UNPUBLISHED = {
    "en": ("paper presented at the annual meeting, {place}", "unpublished manuscript", "Manuscript submitted for publication",
           "Working Paper No. 12", "Technical report"),
    "de": ("unveröff. Manuskript", "Vortrag, {place}", "Arbeitspapier Nr. 7", "Projektbericht"),
    "fr": ("document de travail", "communication au colloque de {place}"),
    "es": ("documento de trabajo", "ponencia presentada en {place}"),
    "it": ("working paper", "relazione al convegno di {place}"),
    "pt": ("texto para discussão n. 5", "comunicação apresentada em {place}"),
    "ru": ("рукопись", "доклад на конференции"),
}  # fmt: skip
PENDING = (
    "in press",
    "forthcoming",
    "n.d.",
    "o.J.",
    "s.d.",
    "s. f.",
    "im Druck",
    "à paraître",
    "no prelo",
    "б. г.",
)
MORE = {
    "en": (" et al.", ", et al.", " et al", ", and others"),
    "de": (" et al.", " u. a.", " u.a.", " [u. a.]"),
    "fr": (" et al.", " [et al.]", " et alii"),
    "es": (" et al.", " y otros", " et al"),
    "it": (" et al.", " e altri"),
    "pt": (" et al.", "; et al.", " e outros"),
    "ru": (" и др.", " [и др.]", " et al."),
}
EDITORS = {
    "en": ("(eds.)", "(Eds.)", "(ed.)", ", eds", ", editors"),
    "de": ("(Hg.)", "(Hrsg.)", "(Hgg.)", ", Hg.", ", Hrsg.", "(Herausgeber)"),
    "fr": ("(dir.)", "(éd.)", "(sous la dir. de)", ", dir.", ", éd.", "(éds)"),
    "es": ("(ed.)", "(eds.)", "(coord.)", "(coords.)", "(comp.)", ", ed.", ", comp."),
    "it": ("(a cura di)", "(a c. di)", "(eds.)", "(cur.)", ", a cura di", ", (a cura di)"),
    "pt": ("(Org.)", "(org.)", "(Orgs.)", "(coord.)", ", org.", ", coord."),
    "ru": ("(ред.)", "(отв. ред.)", "(под ред.)", ", ред.", "(сост.)"),
}
IN = {
    "en": ("In ", "In: ", "in: ", "in "),
    "de": ("In: ", "in: ", "in "),
    "fr": ("In ", "in ", "dans ", "Dans ", "In : ", "in : "),
    "es": ("En ", "en ", "En: ", "en: ", "In: "),
    "it": ("in ", "In ", "in: ", "In: "),
    "pt": ("In: ", "In ", "in ", "Em "),
    "ru": ("// ", "В кн.: "),
}
MEDIA = {
    "en": ("Internet", "dissertation", "PhD thesis", "Video", "Data set", "Preprint", "Podcast"),
    "de": ("Dissertation", "Masterarbeit", "Internet", "Film", "unveröffentlichtes Manuskript"),
    "fr": ("thèse", "en ligne", "mémoire de master", "Internet", "film"),
    "es": ("tesis doctoral", "en línea", "trabajo de grado", "Internet", "vídeo"),
    "it": ("tesi di dottorato", "online", "tesi di laurea", "Internet"),
    "pt": ("tese", "dissertação", "Internet", "online", "vídeo"),
    "ru": ("Электронный ресурс", "Текст", "дис. канд. наук"),
}
"""What kind of thing a work is, in brackets behind its title."""
PAGES = {
    "en": ("pp. {}", "{}", "p. {}", "pp.{}", "pages {}"),
    "de": ("S. {}", "S.{}", "{}", "pp. {}", "Seite {}"),
    "fr": ("p. {}", "pp. {}", "{}"),
    "es": ("pp. {}", "p. {}", "págs. {}", "{}"),
    "it": ("pp. {}", "p. {}", "{}"),
    "pt": ("p. {}", "pp. {}", "{}", "págs. {}"),
    "ru": ("С. {}", "с. {}", "P. {}"),
}
VOLUME = {
    "en": ("{v}({i})", "{v}, no. {i}", "Vol. {v}", "{v}", "vol. {v}, no. {i}", "{v} ({i})", "{v}.{i}"),
    "de": ("{v}", "Jg. {v}, H. {i}", "Bd. {v}", "{v} ({i})", "{v}, H. {i}", "{v}. Jg., Heft {i}",
           "Band {v}, Nr. {i}", "{v}/{i}"),
    "fr": ("vol. {v}, n° {i}", "n° {v}", "t. {v}", "{v}", "{v}({i})", "vol. {v}, nº {i}", "n°{v}/{i}"),
    "es": ("núm. {v}", "vol. {v}, núm. {i}", "{v}({i})", "{v}.{i}", "vol. {v}, n.º {i}", "nº {v}", "{v}"),
    "it": ("{v}", "vol. {v}", "n. {i}", "a. {v}, n. {i}", "{v}({i})", "LXI"),
    "pt": ("v. {v}, n. {i}", "vol. {v}, n.º {i}", "{v}({i})", "n. {v}", "v.{v}, n.{i}", "v. {v}"),
    "ru": ("Т. {v}, № {i}", "Т. {v}", "№ {i}", "Вып. {i}", "Т. {v}. № {i}", "Т. {v}, вып. {i}", "Vol. {v}"),
}  # fmt: skip
SEEN = {
    "en": ("Accessed {}.", "(accessed {})", "Retrieved {}."),
    "de": ("(letzter Zugriff am {})", "(abgerufen am {}).", "(Zugriff: {})", "[{}]"),
    "fr": ("(consulté le {})", "[consulté le {}]", "Consulté le {}."),
    "es": ("Consultado el {}.", "[Consulta: {}]", "(Fecha de consulta: {})"),
    "it": ("(consultato il {})", "(ultimo accesso: {})"),
    "pt": ("Acesso em: {}.", "Acesso em {}.", "(Consultado em {})"),
    "ru": ("(дата обращения: {}).", "(дата обращения {})"),
    "zh": ("[{}]", "(访问日期：{})", "检索日期：{}"),
    "ja": ("（{}閲覧）", "（最終閲覧日：{}）", "({}参照)"),
    "ko": ("(검색일: {})", "(접속일: {})"),
}


def maybe(random: Random, share: float, *pieces: Piece) -> list[Piece]:
    """The pieces, with this probability."""
    return list(pieces) if random.random() < share else []


def span_of(work: Work) -> str:
    dash = work.random.choice(("–", "-", "-", "—", "‒"))
    last = work.last
    if work.random.random() < 0.15 and last // 100 == work.first // 100:
        return f"{work.first}{dash}{last % 100:02d}"
    return f"{work.first}{dash}{last}"


def pages(work: Work) -> Piece:
    return (work.random.choice(PAGES[work.language]).format(span_of(work)), "L")


def volume(work: Work) -> Piece:
    form = work.random.choice(VOLUME[work.language])
    return (form.format(v=work.volume, i=work.issue), "L")


def whole_title(work: Work) -> Piece:
    """The title with its subtitle: one field."""
    if not work.subtitle:
        return (work.title, "T")
    joint = {"de": (". ", ": "), "fr": (" : ", ". ", ": "), "ru": (": ", " : ", ". ")}
    sign = work.random.choice(joint.get(work.language, (": ", ": ", ". ")))
    first = work.subtitle if sign == ". " else work.subtitle[:1].lower() + work.subtitle[1:]
    first = work.subtitle if work.language == "de" else first
    return (work.title.rstrip("?").rstrip() + sign + first, "T")


def day(work: Work) -> str:
    """A day of access in one of the ways of the language."""
    random, year = work.random, min(2026, work.year + work.random.randint(0, 9))
    d, m = random.randint(1, 28), random.randint(1, 12)
    if work.language in ("zh", "ja", "ko"):
        cjk = {"zh": "{}年{}月{}日", "ja": "{}年{}月{}日", "ko": "{}. {}. {}"}[work.language]
        return random.choice((f"{year}-{m:02d}-{d:02d}", cjk.format(year, m, d)))
    month = random.choice(WORDS[work.language]["month"])
    forms = {
        "en": f"{month} {d}, {year}",
        "de": f"{d}. {month} {year}",
        "es": f"{d} de {month} de {year}",
    }
    written = forms.get(work.language, f"{d} {month} {year}")
    return random.choice((f"{d:02d}.{m:02d}.{year}", written, f"{d}/{m}/{year}"))


def address(work: Work) -> list[Piece]:
    """Where and when a page was read."""
    random = work.random
    where = {
        "en": ("Available at: ", "URL: ", ""),
        "de": ("URL: ", "Online unter: ", ""),
        "fr": ("Disponible sur : ", "URL : ", ""),
        "es": ("Disponible en: ", "En: ", ""),
        "it": ("URL: ", "disponibile su ", ""),
        "pt": ("Disponível em: ", "Disponível em: ", ""),
        "ru": ("URL: ", "Режим доступа: ", ""),
    }.get(work.language, ("",))
    url = f"https://example.org/{random.randint(1, 9999)}"
    pieces: list[Piece] = [(random.choice((" ", ". ")), "O"), (random.choice(where) + url, "D")]
    if random.random() < 0.75:
        pieces += [(" ", "O"), (random.choice(SEEN[work.language]).format(day(work)), "D")]
    return pieces


def closing(work: Work) -> list[Piece]:
    """What may stand behind a reference: an identifier, an address, a remark of the reader."""
    random = work.random
    roll = random.random()
    if roll < 0.18:
        doi = f"10.{random.randint(1000, 9999)}/abc.{random.randint(10, 99999)}"
        form = random.choice((" doi: {}", " https://doi.org/{}", ". DOI: {}", " DOI {}."))
        return [(form.format(doi), "D")]
    if roll < 0.26 or work.kind == "web":
        return address(work)
    if roll < 0.29:
        return [(random.choice((" (read)", " — !", " TODO", " [PDF]", " ★", " 👍")), "O")]
    return []
