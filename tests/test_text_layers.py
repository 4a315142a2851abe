"""Text layers: what is text in any language, and what cannot be."""

import random

import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litmap.text import extract
from litmap.text.letter_pairs import fold, read_shapes
from litmap.text.quality import Legibility, judge_page, read_page_text
from litmap.text.raw import RawPage
from litmap.text.text_layer import inspect_text_layer

LANGUAGES = {
    "English": "The wardens of each valley met beside the river when snow had gone and settled which "
    "fields should rest; later the children wrote down whatever they remembered about those quarrels, "
    "because nobody trusted the official calendar or the priest who kept it locked away.",
    "Basque": "Gizon-emakume guztiak aske jaiotzen dira, duintasun eta eskubide berberak dituztela; "
    "herriko ikertzaileek txosten berria argitaratu zuten udazkenean, eta mendiko artzainek ibaiaren "
    "ondoko larreak nola banatzen dituzten azaltzen dute, urtero egiten den bezala.",
    "Czech": "Každé jaro se sousedé scházeli u řeky, aby rozhodli, která pole zůstanou ladem. Starší "
    "tvrdili, že výška vody říká víc než kterýkoli kalendář. Zápisky později převzal místní archiv, "
    "kde jsou dodnes volně přístupné všem, kdo chtějí číst.",
    "Finnish": "Joka kevät kyläläiset kokoontuivat joen rannalle päättämään yhteisten peltojen "
    "käytöstä. Vanhimpien mielestä veden korkeus kertoi enemmän kuin mikään kalenteri. Myöhemmin "
    "muistikirjat siirrettiin kunnan arkistoon, jossa niitä voi edelleen lukea vapaasti.",
    "Hungarian": "A falu népe minden ősszel eljött a malomhoz, hogy megbeszélje, ki őrizze a juhokat. "
    "Az idősebbek szerint a szél iránya többet ért bármely jóslatnál. Kérdőíveinkre hatvan gazda "
    "válaszolt, válaszaikat később összevetettük a régi adókönyvekkel és térképekkel.",
    "Icelandic": "Á hverju vori hittust bændur við ána til þess að ákveða hvaða tún skyldu hvíld. "
    "Öldungarnir sögðu að vatnshæðin segði meira en nokkurt almanak. Síðar voru minnisbækurnar "
    "færðar í skjalasafn sveitarinnar þar sem hver sem er getur lesið þær.",
    "Indonesian": "Setiap musim semi penduduk desa berkumpul di tepi sungai untuk membicarakan ladang "
    "bersama. Menurut para tetua, ketinggian air lebih dapat dipercaya daripada penanggalan mana pun. "
    "Catatan mereka kemudian disimpan di arsip daerah dan masih dapat dibaca sekarang.",
    "Lithuanian": "Kiekvieną pavasarį kaimo žmonės rinkdavosi prie upės ir tardavosi dėl bendrų laukų. "
    "Senolių nuomone, vandens lygis pasakydavo daugiau negu bet koks kalendorius. Vėliau užrašai "
    "pateko į vietos archyvą, kuriame juos iki šiol galima laisvai skaityti.",
    "Polish": "Każdej wiosny mieszkańcy wsi spotykali się nad rzeką, żeby ustalić, które pola będą "
    "odpoczywać. Zdaniem starszych wysokość wody mówiła więcej niż jakikolwiek kalendarz. Zeszyty "
    "trafiły później do miejscowego archiwum, gdzie wciąż można je swobodnie przeglądać.",
    "Swahili": "Kila mwaka wanakijiji walikutana kando ya mto ili kujadili mashamba ya pamoja. Wazee "
    "walisema kwamba kina cha maji kilieleza mengi kuliko kalenda yoyote. Baadaye madaftari hayo "
    "yalihifadhiwa katika nyaraka za wilaya ambapo bado yanaweza kusomwa.",
    "Turkish": "Her sonbahar çobanlar değirmenin önünde buluşur, sürüleri kimin güdeceğini konuşurdu. "
    "Yaşlılara göre rüzgârın yönü bütün öngörülerden daha güvenilirdi. Sorularımıza altmış çiftçi "
    "yanıt verdi; yanıtları eski vergi defterleriyle ve haritalarla karşılaştırdık.",
    "Vietnamese": "Mỗi mùa xuân dân làng họp bên bờ sông để bàn về những thửa ruộng chung. Theo các cụ "
    "già, mực nước đáng tin hơn bất cứ cuốn lịch nào. Về sau những quyển sổ được chuyển đến kho lưu "
    "trữ của huyện, nơi mọi người vẫn có thể đọc tự do.",
    "Welsh": "Bob gwanwyn byddai'r pentrefwyr yn cyfarfod ger yr afon i drafod y caeau cyffredin. Yn ôl "
    "yr henuriaid dywedai lefel y dŵr fwy nag unrhyw galendr. Symudwyd y llyfrau nodiadau wedyn i "
    "archif y sir, lle gellir eu darllen yn rhydd hyd heddiw.",
    "Russian": "Каждую весну жители деревни собирались у реки, чтобы решить судьбу общих полей. По "
    "мнению стариков, уровень воды говорил больше любого календаря. Позднее тетради передали в "
    "местный архив, где их и сегодня можно свободно читать.",
    "Serbian": "Сваког пролећа сељани су се окупљали крај реке да одлуче о заједничким њивама. Старији "
    "су тврдили да висина воде говори више од било ког календара. Касније су свеске предате месном "
    "архиву, где се и данас могу слободно читати.",
    "Greek": "Κάθε άνοιξη οι χωρικοί μαζεύονταν δίπλα στο ποτάμι για να αποφασίσουν για τα κοινά "
    "χωράφια. Κατά τους γέροντες, η στάθμη του νερού έλεγε περισσότερα από κάθε ημερολόγιο. Αργότερα "
    "τα τετράδια δόθηκαν στο τοπικό αρχείο, όπου διαβάζονται ελεύθερα ακόμη.",
    "Arabic": "كان أهل القرية يجتمعون كل ربيع عند النهر ليقرروا مصير الحقول المشتركة. ويرى الشيوخ أن "
    "ارتفاع الماء أصدق من أي تقويم. ثم نقلت الدفاتر إلى الأرشيف المحلي حيث يمكن قراءتها بحرية حتى "
    "اليوم دون إذن من أحد",
    "Hebrew": "בכל אביב נפגשו אנשי הכפר ליד הנהר כדי להחליט על השדות המשותפים. לדברי הזקנים גובה המים "
    "העיד יותר מכל לוח שנה. אחר כך הועברו המחברות לארכיון המקומי ושם אפשר לקרוא בהן באופן חופשי גם "
    "היום ללא כל הגבלה",
    "Hindi": "हर वसंत में गाँव के लोग नदी के किनारे इकट्ठा होते थे और साझा खेतों के बारे में निर्णय लेते थे। बुजुर्गों के "
    "अनुसार पानी की ऊँचाई किसी भी पंचांग से अधिक विश्वसनीय थी।",
    "Thai": "ทุกฤดูใบไม้ผลิชาวบ้านจะมารวมตัวกันริมแม่น้ำเพื่อหารือเรื่องที่นาส่วนรวม ผู้เฒ่าเห็นว่าระดับน้ำเชื่อถือได้มากกว่าปฏิทินใดๆ",
    "Korean": "매년 봄이면 마을 사람들은 강가에 모여 공동 경작지의 앞날을 의논했다. 노인들은 물의 높이가 어떤 "
    "달력보다 믿을 만하다고 여겼다. 기록은 나중에 지역 기록관으로 옮겨져 지금도 읽을 수 있다.",
    "Chinese": "每年春天村民都会在河边集合商量当年的播种日期。老人们认为水位的高低比任何历书都更可靠。"
    "这些账本后来被送到地方档案馆至今仍可以阅读。",
    "traditional Chinese": "每年春天村民都會在河邊集合商量當年的播種日期。老人們認為水位的高低比任何曆書都"
    "更可靠。這些帳本後來被送到地方檔案館至今仍可以閱讀。",
    "Japanese": "村人は毎年春になると川辺に集まり、種まきの日を相談した。年寄りたちは、暦よりも水の高さのほうが"
    "確かだと考えていた。これらの帳面は後に資料館に納められた。",
}

WITHOUT_SENTENCES = {
    "names": "Müller H, Kowalczyk J, Nguyen TT, Szabó Gy, Öztürk M, van der Berg P, O’Brien K, Zhang X, "
    "Ng K, Tkachenko V, Hrdlička Z, Papadopoulos G, Krzyżanowski W, Schwarzschild K, Jørgensen B, "
    "Ivanov I, Wójcik A, Cruz J, Qian Z, Zhu H, Tsvetkov D, Fernández L, Bjarnadóttir S, Abubakar N, "
    "Hashimoto Y, Etxeberria A, Mbeki T, Ouedraogo F, Raghunathan S, Whitcombe E, Delacroix M.",
    "index": "abbots, 12, 45–47, 201; acre, customary, 33n; assarting, 61, 78; bailiffs, 14; boundary "
    "stones, 90–94; bracken, 31; byelaws, 112; cattle, see livestock; commons, stinted, 17; copyhold, "
    "66; demesne, 20; drovers, 145; enclosure, 9; estovers, 53; fallow, 27; gleaning, 81; hedges, 3; "
    "heriot, 70; manorial rolls, 22; meadow, 38; messuage, 41; pannage, 57; turbary, 55; wardens, 2",
    "code": "for (int idxNext4 = 0; idxNext4 < bufLen; ++idxNext4) { if (hdr->magic != FMT_MAGIC) "
    "return -EINVAL; memcpy(dst + off, src, sizeof(*src)); } static inline void put_le32(u8 *ptr, "
    "u32 val) { ptr[0] = val & 0xff; } def parse_args(argv): opts = getopt.gnu_getopt(argv, 'hv:o') "
    "self._cache.setdefault(key, []).append(node) # TODO: flush; typedef struct regmap_cfg cfg_t;",
    "numbers": "12.4 0.03 −1.7 2,301 45 % 0.91 (±0.2) 7.7 88 101 5.5 1997 0.001 3.14 2.72 ",
    "genes": "BRCA1 TP53 CDKN2A PTEN KRAS EGFR MYC RB1 VEGFA GAPDH ACTB HLA-DRB1 IL6 TNF IFNG STAT3 "
    "JAK2 NOTCH1 FGFR2 CXCL12 CCR5 MAPK14 PIK3CA SMAD4 APC CTNNB1 ERBB2 CD44 ABCB1 CYP2D6 SOX2 ",
    "DNA": "ACGTTGCAAG CTTAGGCATC GATCGGATTA CAGCTAGCAT CGACTAGCAT CAGCATCAGC GACTACGACT AGCTACGTTA ",
    "formulas": "∥X∥2 ≤ 4√n, W∗ = argmin L(v, W) + λ∥v∥2 s.t. (vT φ(W xi) − yi)2 ≤ ε, ∀i ∈ [n], "
    "E[exp(tX)] ≤ exp(t2σ2/2), max l ∈ [k] (2φ2(0)n + 32B2n(∥wl∥ + 1)2)1/2 ",
    "contents": "1 Harbours . . . . . . . . . . . 3  1.1 Tides . . . . . . . . . . . . 7  2 Tolls . . . . . 19 ",
}


def shift(text, by):
    return "".join(chr((ord(c) + by) % 0x110000) if c != " " else c for c in text)


def turn_wheel(text, by):
    """Each of the 26 letters `by` places further."""
    return "".join(chr((ord(c) - 97 + by) % 26 + 97) if "a" <= c <= "z" else c for c in fold(text))


def shuffle(text, signs):
    """Each letter as one of `signs`, always the same."""
    letters = sorted(set(fold(text)) - set(" .,;-'"))
    dealt = random.Random(7).sample(signs, len(letters))
    return fold(text).translate(str.maketrans(dict(zip(letters, dealt, strict=True))))


SIGNS = [chr(c) for c in range(33, 97) if not chr(c).isalpha()]
BREAKAGES = {
    "each letter the next": lambda text: turn_wheel(text, 1),
    "each letter the third after": lambda text: turn_wheel(text, 3),
    "each letter the thirteenth after": lambda text: turn_wheel(text, 13),
    "codes 29 too low": lambda text: shift(text, -29),
    "codes 31 too low": lambda text: shift(text, -31),
    "codes 29 too high": lambda text: shift(text, 29),
    "codes of accented letters": lambda text: shift(text, 120),
    "letters dealt out anew": lambda text: shuffle(text, "abcdefghijklmnopqrstuvwxyz"),
    "signs for letters": lambda text: shuffle(text, SIGNS),
    "numbers of glyphs as letters": lambda text: shuffle(text, [chr(c) for c in range(0x3A0, 0xE00, 37)]),
    "numbers of glyphs": lambda text: "".join(f"(cid:{ord(c) - 29})" for c in text),
    "rare Chinese characters": lambda text: "".join(chr(0x5000 + ord(c) * 67 % 16_000) for c in text),
    "letters of the Symbol font": lambda text: shift(text.lower(), 0x3B1 - 97),
    "backwards": lambda text: text[::-1],
    "digits for vowels": lambda text: text.translate(str.maketrans("aeiou", "43108")),
}  # fmt: skip


def is_gibberish(text):
    """Whether a text cannot be one of any language: 'Uif rvjdl', '7KH TXLFN'."""
    return judge_page(read_page_text(text)) is Legibility.BROKEN


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_of_any_language_is_text(language):
    assert not is_gibberish(f"{LANGUAGES[language]} " * 6)


@pytest.mark.parametrize("kind", WITHOUT_SENTENCES)
def test_a_page_without_sentences_is_text(kind):
    assert not is_gibberish(WITHOUT_SENTENCES[kind] * 6)


@pytest.mark.parametrize("language", ["English", "Czech", "Indonesian"])
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_what_stands_for_no_letters_is_gibberish(breakage, language):
    text = f"{LANGUAGES[language]} {LANGUAGES['Welsh']} "
    assert is_gibberish(BREAKAGES[breakage](text) * 2)


@pytest.mark.parametrize(
    ("language", "written", "read"),
    [
        ("Russian", "cp1251", "latin-1"),
        ("Russian", "koi8-r", "cp1251"),
        ("Russian", "utf-8", "cp1251"),
        ("Russian", "utf-8", "latin-1"),
        ("Greek", "cp1253", "latin-1"),
        ("Hebrew", "cp1255", "latin-1"),
        ("Chinese", "gb18030", "latin-1"),
        ("Japanese", "utf-8", "gb18030"),
        ("Korean", "euc_kr", "latin-1"),
    ],
)
def test_text_read_in_another_encoding_is_gibberish(language, written, read):
    layer = (LANGUAGES[language] * 3).encode(written, "ignore").decode(read, "ignore")
    assert is_gibberish(layer)


@pytest.mark.parametrize("language", ["Arabic", "Hebrew", "Greek", "Russian", "Turkish"])
def test_words_tell_in_which_direction_they_are_read(language):
    text = LANGUAGES[language]
    assert read_shapes(text).turned < -0.15
    assert read_shapes(text[::-1]).turned > 0.15


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(alphabet="abcåαб中ب \x03\ue001!", min_size=300, max_size=400))
def test_any_text_is_judged(one, other):
    assert is_gibberish(one) in (True, False)
    assert is_gibberish(other) in (True, False)


def test_short_texts_are_not_judged():
    assert not is_gibberish("x y z")
    assert not is_gibberish("Uif rvjdl cspxo gpy")


def page_of(number, text, unnamed=0.0):
    line = pytest.importorskip("litmap.text.line").Line(text, 50, 90, 500, 100, 100, 10)
    return RawPage(number, 612, 792, [line] if text else [], unnamed=unnamed)


def test_a_readable_page_stays_between_broken_ones():
    good = LANGUAGES["Hungarian"] * 3
    broken = shift(LANGUAGES["English"] + LANGUAGES["Welsh"], -29) * 2
    pages = [page_of(1, good), page_of(2, broken), page_of(3, broken), page_of(4, "3.4 5.1")]
    assert [page.number for page in inspect_text_layer(pages).broken] == [2, 3, 4]


def test_a_page_of_private_characters_is_broken():
    pages = [page_of(1, LANGUAGES["English"] * 3), page_of(2, "", unnamed=0.97)]
    assert [page.number for page in inspect_text_layer(pages).broken] == [2]


@pytest.mark.parametrize("language", ["Hungarian", "Lithuanian", "Vietnamese", "Russian"])
def test_a_pdf_in_any_language_is_read(language, tmp_path):
    pdf = pymupdf.open()
    for _ in range(2):
        page = pdf.new_page()
        page.insert_htmlbox(pymupdf.Rect(72, 72, 540, 700), f"<p>{LANGUAGES[language]}</p>" * 3)
    pdf.save(tmp_path / "paper.pdf")
    document = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False)
    assert document.quality == "text"
    assert LANGUAGES[language].split()[-1] in document.pages[1].blocks[-1].text


def test_a_pdf_of_shifted_letters_is_gibberish(tmp_path):
    pdf = pymupdf.open()
    for _ in range(2):
        words = shift(LANGUAGES["English"] + LANGUAGES["Basque"], -29).split()
        page = pdf.new_page()
        for at in range(0, len(words), 6):
            page.insert_text((72, 90 + 3 * at), " ".join(words[at : at + 6]), fontsize=10)
    pdf.save(tmp_path / "paper.pdf")
    document = extract(tmp_path / "paper.pdf", "0" * 64, ocr=False)
    assert document.quality == "gibberish"
    assert not any(page.blocks for page in document.pages)
