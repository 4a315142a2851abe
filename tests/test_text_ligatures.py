"""Ligatures and accents that fonts hide: which words tell, and what stays as it is."""

import pymupdf
import pytest

from litmap.text import extract
from litmap.text.glyphs import clean
from litmap.text.ligatures import encodings, find_ligatures, mend_words, spell_out
from litmap.text.line import Line
from litmap.text.raw import RawPage

ENGLISH = (
    "The first survey of different fields was insufficient, so the officials defined a new workflow. "
    "Its effects were reflected in specific figures; the staff found no significant benefit, and a "
    "difficult conflict about affluent suburbs and the scientific profile baffled even the officer "
    "who had to finish it. We find that influence flows from efficient traffic, often after rewriting. "
    "The activities of the committee, its motivation and its attitude shifted after a thoughtful letter."
)
GERMAN = (
    "Die Pflanzen am Ufer betreffen häufig auch die Flächen dahinter; der Einfluss der offenen Gräben "
    "ist beruflich schwer zu erfassen, und die Hoffnung auf flache Böden schafft Konflikte. Am "
    "häufigsten gestatten Motive und Aktivitäten selten eine Mittlung; treffen wir empfindliche Arten, deren Definition die Fachleute öffentlich angriffen."
)
FRENCH = (
    "Les chercheurs définissent des coefficients différents selon le profil du fleuve; l'influence du "
    "trafic reste difficile à chiffrer, la motivation attestée par une attitude active aussi, et les effets spécifiques de l'affluence diffèrent. Il suffit "
    "de vérifier que le flux est suffisant pour justifier ce raffinement significatif et officiel."
)
SAMPLES = {"English": ENGLISH, "German": GERMAN, "French": FRENCH}


def garble(text, encoding):
    """The text as a font of this encoding is read."""
    for sign, letters in sorted(encoding.ligatures.items(), key=lambda item: -len(item[1])):
        text = text.replace(letters, sign)
    return text


def page_of(text):
    words = text.split()
    lines = [" ".join(words[i : i + 8]) for i in range(0, len(words), 8)]
    made = [
        Line(line, 72, 72 + 12 * i, 500, 82 + 12 * i, 80 + 12 * i, 10)
        for i, line in enumerate(lines)
    ]
    return RawPage(1, 600, 800, made)


@pytest.mark.parametrize("language", SAMPLES)
@pytest.mark.parametrize("encoding", encodings(), ids=lambda known: known.name)
def test_ligatures_are_spelt_out_by_the_words_of_the_document(encoding, language):
    text = SAMPLES[language]
    page = page_of(garble(text, encoding))
    mend_words([page])
    read = page.text.replace("\n", " ")
    wrong = [(a, b) for a, b in zip(read.split(), text.split(), strict=True) if a != b]
    assert len(wrong) <= 1, wrong


@pytest.mark.parametrize(
    "text",
    [
        "def setValue(self, newValue): self.getName(); oldValue = parseXml(rawXml); getWidth(maxWidth)",
        "Jørgensen og Sørensen følger strømmen; bøndene gjør det samme, men Ødegård går og Æsa blir.",
        "Die Straße ist groß, außer wo Füße und Grüße den Weiß'schen Maßstab verließen.",
        "At 25°C and 30±2 m² the Nike® shoes and Teflon® pans were weighed; a±b and x¯y stand for means.",
        "Þingvellir, Þórður og Þjóðverjar; ÍÞRÓTTIR OG LEIÐÞÖGN; Ōsaka, Ōtsu and the Ōmi road.",
        "McVey, DeWitt, LaVerne, MacWhinney, VanWyk and DeVries; iPhone, eBay, mRNA, tRNA, pH, kHz.",
        "L’œuvre du cœur et la sœur de l’œil; le bœuf et les vœux du manœuvre.",
        "Let x↵ y and θ be angles; the parameter θ is small, and cosθ rises.",
    ],
)  # fmt: skip
def test_letters_and_signs_that_mean_themselves_stay(text):
    page = page_of(text)
    mend_words([page])
    assert page.text.split() == text.split()


def test_one_odd_word_tells_of_no_encoding():
    assert not find_ligatures("The diVerent paper was read by nobody else.")


def test_a_word_may_begin_with_a_letter_of_the_encoding():
    known = next(known for known in encodings() if known.name == "mac-expert")
    assert spell_out("West Wrst Wnd Work Xow oV Valley eYcient EVects UVs", known.ligatures) == (
        "West first find Work flow off Valley efficient Effects UVs"
    )


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("signi\uf001cant in\uf002uence \uf001rst", "significant influence first"),
        ("e\uf00ecient di\uf00berent", "efficient different"),
        ("\uf001 Music, \uf00c done", "Music, done"),
        (
            "A\uf762\uf773\uf774\uf772\uf761\uf763\uf774 of \uf731\uf739\uf738\uf735",
            "Abstract of 1985",
        ),
        ("S\uf7f8rensen \uf726 Mu\uf6f9, Ren\uf7e9 \uf6d9", "Sørensen & Muł, René ©"),
        ("de\ufb01ne e\ufb00ect ba\ufb04e", "define effect baffle"),
        ("signi\x0ccant", "significant"),
        ("´Ecole, Schr¨odinger, H¨olderlin", "École, Schrödinger, Hölderlin"),
    ],
)
def test_private_codes_are_ligatures_within_words(printed, read):
    assert clean(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Schr¨odinger, Poincar´e, M´endez, No¨el, na¨ıve, Dvoˇr´ak, Pozna´n, Andr´e, Erd˝os",
         "Schrödinger, Poincaré, Méndez, Noël, naïve, Dvořák, Poznań, André, Erdős"),
        ("Schro¨dinger, Ga´bor, Poincare´, Me´ndez, Bu¨yu¨k, Jose´ and Andre´ met Ba´ez",
         "Schrödinger, Gábor, Poincaré, Méndez, Büyük, José and André met Báez"),
        ("Zˇizˇek, Cˇech, Sˇimek, Janácˇek, Haˇsek, Dvorˇa´k",
         "Žižek, Čech, Šimek, Janáček, Hašek, Dvořák"),
        ("Fran¸cois, fac¸ade, Ba¸skent, S¸ahin, T¨urk¸ce, Kurtulu¸s, W˛egry",
         "François, façade, Başkent, Şahin, Türkçe, Kurtuluş, Węgry"),
        ("Go¨del, Gra´fico, Espan˜a, Sa˜o, Ko¨ln, Dvorˇa´k, Sˇkoda, Erdo˝s",
         "Gödel, Gráfico, España, São, Köln, Dvořák, Škoda, Erdős"),
    ],
)  # fmt: skip
def test_accents_stand_before_or_behind_by_the_document(printed, read):
    page = page_of(clean(printed))
    mend_words([page])
    assert page.text.split() == read.split()


@pytest.mark.parametrize(
    ("signs", "words"),
    [
        ({"ff": 0x21B5, "fi": 0xFB01, "ffl": 0x270F}, "different effects of a difficult effort find baffled staff off buffers"),
        ({"fi": 0xF001, "fl": 0xF002}, "significant influence of specific conflicts"),
        ({"ti": 0x19F, "tt": 0x1A9, "ft": 0x14C}, "motivation of the committee often shifted after solutions"),
        ({"fi": 0xDE, "fl": 0xDF}, "scientific influence and first confident reflection on definitions"),
        ({"ff": 0xAE, "fi": 0xAF, "ffi": 0xB1}, "different effects confirmed a sufficient effort and specific buffers"),
    ],
    ids=["arrows", "private", "glyph numbers", "MacRoman", "dvips"],
)  # fmt: skip
def test_a_font_that_names_its_ligatures_wrongly_is_read(signs, words, tmp_path):
    """The letters '1' to '3' of a font stand for its ligatures, and are named as they are."""
    printed = words
    for code, letters in zip("123", sorted(signs, key=len, reverse=True), strict=False):
        printed = printed.replace(letters, code)
    codes = dict(zip("123", sorted(signs, key=len, reverse=True), strict=False))
    pdf = pymupdf.open()
    page = pdf.new_page()
    for i in range(4):
        page.insert_text((72, 100 + 14 * i), printed, fontname="helv", fontsize=9)
    font = page.get_fonts()[0][0]
    names = [(ord(c), ord(c)) for c in map(chr, range(32, 127)) if c not in codes]
    names += [(ord(code), signs[letters]) for code, letters in codes.items()]
    lines = "\n".join(f"<{code:02X}> <{name:04X}>" for code, name in names)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /x def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(names)} beginbfchar\n{lines}\nendbfchar endcmap end end"
    )
    xref = pdf.get_new_xref()
    pdf.update_object(xref, "<<>>")
    pdf.update_stream(xref, cmap.encode())
    pdf.xref_set_key(font, "ToUnicode", f"{xref} 0 R")
    pdf.save(tmp_path / "font.pdf")
    document = extract(tmp_path / "font.pdf", "x", ocr=False)
    assert words in " ".join(block.text for block in document.pages[0].blocks)


def test_small_capitals_and_oldstyle_digits_of_adobes_private_codes_are_read(tmp_path):
    pdf = pymupdf.open()
    page = pdf.new_page()
    for i in range(30):
        page.insert_text((72, 100 + 14 * i), "The A1234563 of 7898", fontname="helv", fontsize=10)
    small = "/Bsmall/Ssmall/Tsmall/Rsmall/Asmall/Csmall/oneoldstyle/nineoldstyle/eightoldstyle"
    encoding = f"<</BaseEncoding/WinAnsiEncoding/Differences[49{small}]>>"
    pdf.xref_set_key(page.get_fonts()[0][0], "Encoding", encoding)
    pdf.save(tmp_path / "small.pdf")
    document = extract(tmp_path / "small.pdf", "x", ocr=False)
    assert "The Abstract of 1989" in " ".join(block.text for block in document.pages[0].blocks)
