"""Chinese, Japanese and Korean styles."""

from __future__ import annotations

from benchmarks.reference_parser.names import Piece, cjk_names, names
from benchmarks.reference_parser.parts import closing, maybe, span_of
from benchmarks.reference_parser.works import Work


def gbt(work: Work) -> list[Piece]:
    """Chinese references by GB/T 7714, with Chinese or English works."""
    random = work.random
    english = work.language == "en"
    stop = random.choice((". ", ".", "．")) if not english else ". "
    comma = random.choice((", ", ",", "，")) if not english else ", "
    if english:
        form = random.choice(("together-bare", "upper-together-bare", "together"))
        pieces = names(work.authors, form, ", ", ", ", rest=random.choice((", et al", ", 等")))
    elif random.random() < 0.05:
        pieces = [(work.word("organisation"), "F")]
    else:
        pieces = cjk_names(work.authors, comma, comma + "等")
    pieces += [
        (stop, "O"),
        (work.title + (f"：{work.subtitle}" if work.subtitle and not english else ""), "T"),
    ]
    year = (str(work.year), "Y")
    gap = random.choice(("", " "))
    if work.kind in ("article", "edited"):
        medium = random.choice(("[J]", "[J]", "[J]", "[J/OL]"))
        tail = [
            (f"{work.volume}({work.issue})", "L"),
            (random.choice((": ", ":")), "O"),
            (span_of(work), "L"),
        ]
        if random.random() < 0.25:
            tail[0] = (f"({work.issue})", "L")
        return [*pieces, (gap + medium + stop, "O"), (work.journal, "V"), (comma, "O"), year, (comma, "O"),
                *tail, (random.choice((".", "", "．")), "O"), *closing(work)]  # fmt: skip
    school = [(work.place, "P"), (random.choice((": ", ":", "：")), "P")]
    if work.kind == "thesis" and not english:
        return [*pieces, (gap + "[D]" + stop, "O"), *(school if random.random() < 0.6 else []),
                (work.word("school"), "P"), (comma, "O"), year, (".", "O")]  # fmt: skip
    if work.kind == "web":
        when = [(f"({work.year}", "Y"), (f"-{work.issue:02d}-1{work.issue % 9})", "O")]
        seen = (f"[{work.year + 1}-{work.issue:02d}-03]", "D")
        return [*pieces, (gap + "[EB/OL]" + stop, "O"), *when, seen, (". ", "O"),
                (f"https://example.cn/{work.volume}", "D"), (".", "O")]  # fmt: skip
    if work.kind == "chapter":
        return [*pieces, (gap + random.choice(("[C]//", "[A]. ", "[C]// ", "[C]. ")), "O"), (work.book, "V"),
                (stop, "O"), *school, (work.publisher, "P"), (comma, "O"), year, (": ", "O"),
                (span_of(work), "L"), (".", "O")]  # fmt: skip
    if random.random() < 0.1 and not english:
        return [*pieces, (gap + "[N]" + stop, "O"), (work.journal, "V"), (comma, "O"), year,
                (f"-{work.issue:02d}-12({work.issue})", "L"), (".", "O")]  # fmt: skip
    tail = maybe(random, 0.3, (": ", "O"), (span_of(work), "L"))
    return [*pieces, (gap + "[M]" + stop, "O"), *maybe(random, 0.15, ("2版" + stop, "O")), *school,
            (work.publisher, "P"), (comma, "O"), year, *tail, (".", "O")]  # fmt: skip


def chinese_notes(work: Work) -> list[Piece]:
    """'周某：《书名》，北京：出版社，1980年，第23页。' and APA in Chinese."""
    random = work.random
    title = (work.title + (f"：{work.subtitle}" if work.subtitle else ""), "T")
    year = (str(work.year), "Y")
    people = cjk_names(work.authors, random.choice(("、", "，", "、")), random.choice(("等", "")))
    page = random.choice(
        (f"第{work.first}页", f"第{work.first}-{work.last}页", f"頁{work.first}-{work.last}")
    )
    if random.random() < 0.5:
        opening, close = random.choice((("（", "）。"), ("(", "). "), ("(", ")."), ("（", "）")))
        stop = "。" if "。" in close else random.choice((". ", "。", "."))
        marked = random.random() < 0.3
        title_pieces = [("《", "O"), title, ("》", "O")] if marked else [title]
        head = [*people, (opening, "O"), year, (close, "O"), *title_pieces, (stop, "O")]
        if work.kind in ("article", "web"):
            comma = random.choice(("，", ", "))
            return [*head, (work.journal, "V"), (comma, "O"),
                    (random.choice((f"{work.volume}", f"{work.volume}({work.issue})", f"第{work.volume}期")),
                     "L"), (comma, "O"), (span_of(work), "L"), (random.choice(("。", ".")), "O")]  # fmt: skip
        house = [(work.place, "P"), (random.choice(("：", ": ", ":")), "P"), (work.publisher, "P")]
        return [
            *head,
            *(house if random.random() < 0.8 else house[-1:]),
            (random.choice(("。", ".")), "O"),
        ]
    sign = random.choice(("：", ":", "，", ""))
    if work.kind in ("article", "web"):
        quotes = random.choice((("《", "》"), ("〈", "〉"), ("“", "”")))
        return [*people, (sign, "O"), (quotes[0], "O"), title, (quotes[1] + random.choice(("，", ",", "")), "O"),
                *maybe(random, 0.8, ("《", "O")), (work.journal, "V"), ("》", "O"), year,
                (f"年第{work.issue}期", "L"), *maybe(random, 0.6, ("，", "O"), (page, "L")), ("。", "O")]  # fmt: skip
    house = random.choice((
        [(work.place, "P"), (random.choice(("：", ":")), "P"), (work.publisher, "P"), ("，", "O"), year, ("年", "O")],
        [(work.publisher, "P"), year, ("年版", "O")],
        [(work.publisher, "P"), ("，", "O"), year, ("年", "O")],
        [("（", "O"), (work.place, "P"), ("：", "P"), (work.publisher, "P"), ("，", "O"), year, ("）", "O")],
    ))  # fmt: skip
    return [*people, (sign, "O"), ("《", "O"), title, (random.choice(("》，", "》", "》, ")), "O"), *house,
            *maybe(random, 0.5, ("，", "O"), (page, "L")), ("。", "O")]  # fmt: skip


def japanese(work: Work) -> list[Piece]:
    """Japanese references: brackets of corners, APA, and engineers' lists."""
    random = work.random
    space = random.choice(("", "", " "))
    between = random.choice(("・", "、", "，", ", ", ", "))
    people = cjk_names(work.authors, between, random.choice(("ほか", "", "他")), space)
    if random.random() < 0.1:
        people = [(work.word("organisation"), "F"), *maybe(random, 0.2, ("編", "X"))]
    sub = random.choice(("―", "：", "――")) if work.subtitle else ""
    title, year = (work.title + sub + work.subtitle, "T"), (str(work.year), "Y")
    part = work.kind in ("article", "chapter", "web")
    page = random.choice(
        (f"{span_of(work)}頁", f"pp. {span_of(work)}", f"pp.{span_of(work)}", span_of(work))
    )
    number = random.choice((f"{work.volume}({work.issue})", f"第{work.volume}巻第{work.issue}号",
                            f"Vol.{work.volume}, No.{work.issue}", f"{work.volume}巻{work.issue}号", f"{work.volume}"))  # fmt: skip
    roll = random.random()
    if roll < 0.4:  # 佐藤（2012）「題名」『誌名』47(3), pp. 211-216.
        opening, close = random.choice(
            (("（", "）"), (" (", ") "), ("(", ")."), (" （", "） "), ("(", ")"), (".(", "). "))
        )
        head = [*people, (opening, "O"), year, (close, "O")]
    elif roll < 0.7:
        head = [*people, (random.choice(("", "", "，", "、", ": ", " ")), "O")]
    else:
        return _japanese_plain(work, people, title, year, number, page)
    early = roll < 0.4
    end = (
        []
        if early
        else [(random.choice(("、", "，", ", ")), "O"), year, (random.choice(("年", "")), "O")]
    )
    if part:
        comma = random.choice(("、", "，", ", ", ""))
        return [*head, ("「", "O"), title, ("」" + random.choice(("", "", "，", "、", ".")), "O"),
                *maybe(random, 0.1, (work.editors[0][0] + work.editors[0][1] + "編", "E")),
                ("『", "O"), (work.journal if work.kind == "article" else work.book, "V"), ("』", "O"), (comma, "O"),
                (number, "L"), *end, (random.choice(("、", "，", ", ", ": ")), "O"), (page, "L"),
                (random.choice(("。", ".", "")), "O"), *closing(work)]  # fmt: skip
    opening, close = ("「", "」") if random.random() < 0.15 else ("『", "』")
    house = [*maybe(random, 0.2, (work.place, "P"), ("：", "P")), (work.publisher, "P")]
    return [*head, (opening, "O"), title, (close + random.choice(("", ".", "、", "，")), "O"),
            *maybe(random, 0.85, *house), *end,
            (random.choice(("。", ".", "")), "O")]  # fmt: skip


def _japanese_plain(
    work: Work, people: list[Piece], title: Piece, year: Piece, number: str, page: str
) -> list[Piece]:
    """'田辺 美咲, 大野 剛. (2015). 題名. 誌名, 8(2), 21–36.' and '山田太郎: 題名, 誌名, Vol. 3, 2008.'"""
    random = work.random
    venue = work.journal if work.kind != "book" else work.publisher
    label = "V" if work.kind != "book" else "P"
    if random.random() < 0.55:
        opening = random.choice((". (", " (", ".(", "(", "（"))
        close = random.choice(("). ", ") ", "）."))
        tail = [(", ", "O"), (number, "L"), (", ", "O"), (page, "L")] if label == "V" else []
        return [*people, (opening, "O"), year, (close, "O"), title, (random.choice((". ", "．")), "O"),
                (venue, label), *tail, (random.choice((".", "")), "O"), *closing(work)]  # fmt: skip
    comma = random.choice((", ", "，", "，"))
    tail = [(comma, "O"), (number, "L"), (comma, "O"), (page, "L")] if label == "V" else []
    when = random.choice(
        ([(comma, "O"), year], [(" (", "O"), year, (")", "O")], [("，", "O"), year, ("年", "O")])
    )
    return [*people, (random.choice((": ", "：", comma, "，“")), "O"), title, (comma, "O"), (venue, label), *tail,
            *when, (random.choice((".", "", "．")), "O")]  # fmt: skip


def korean(work: Work) -> list[Piece]:
    """Korean references: APA, and corner brackets as the humanities write."""
    random = work.random
    between = random.choice((", ", "·", "・", ", ", "ㆍ"))
    people = cjk_names(work.authors, between, random.choice((" 외", " 등", "")))
    if random.random() < 0.1:
        people = [(work.word("organisation"), "F"), *maybe(random, 0.15, (" 편", "X"))]
    title = (
        work.title + (random.choice((": ", " - ")) + work.subtitle if work.subtitle else ""),
        "T",
    )
    year = (str(work.year), "Y")
    part = work.kind in ("article", "chapter", "web")
    number = random.choice((f"{work.volume}({work.issue})", f"{work.volume}권 {work.issue}호", f"제{work.volume}권 제{work.issue}호",
                            f"{work.volume}", f"{work.volume}집"))  # fmt: skip
    page = random.choice(
        (span_of(work), f"{span_of(work)}쪽", f"pp. {span_of(work)}", f"{span_of(work)}면")
    )
    if random.random() < 0.5:
        opening, close = random.choice(
            ((" (", "). "), (". (", "). "), ("(", "). "), (" (", ") "), (", ", ". "))
        )
        head = [*people, (opening, "O"), year, (close, "O")]
        if part:
            return [*head, title, (". ", "O"), (work.journal if work.kind == "article" else work.book, "V"), (", ", "O"),
                    (number, "L"), (", ", "O"), (page, "L"), (random.choice((".", "")), "O"), *closing(work)]  # fmt: skip
        house = [(work.place, "P"), (": ", "P"), (work.publisher, "P")]
        return [
            *head,
            title,
            (". ", "O"),
            *(house if random.random() < 0.7 else house[-1:]),
            (".", "O"),
        ]
    early = random.random() < 0.4
    head = [
        *people,
        *([("(", "O"), year, (")", "O")] if early else []),
        (random.choice((", ", ": ", " ")), "O"),
    ]
    corner = random.choice(
        (
            ("「", "」", "『", "』"),
            ("「", "」", "『", "』"),
            ("“", "”", "『", "』"),
            ("<", ">", "《", "》"),
        )
    )
    end = [] if early else [(", ", "O"), year, (random.choice(("", "년")), "O")]
    if part:
        return [*head, (corner[0], "O"), title, (corner[1] + random.choice((", ", " ")), "O"), (corner[2], "O"),
                (work.journal if work.kind == "article" else work.book, "V"), (corner[3], "O"), (random.choice((" ", ", ")), "O"),
                (number, "L"), *maybe(random, 0.4, (", ", "O"), (work.publisher, "P")), *end, (", ", "O"), (page, "L"),
                (random.choice((".", "")), "O")]  # fmt: skip
    opening, close = corner[:2] if random.random() < 0.15 else corner[2:]
    house = [*maybe(random, 0.3, (work.place, "P"), (": ", "P")), (work.publisher, "P")]
    return [*head, (opening, "O"), title, (close + random.choice((", ", " ", ". ")), "O"),
            *maybe(random, 0.85, *house), *end,
            *maybe(random, 0.3, (", ", "O"), (f"{work.first}쪽", "L")), (".", "O")]  # fmt: skip
