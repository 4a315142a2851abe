"""Scans in many languages: read in their own where Tesseract has it, else said what is missing."""

import subprocess

import pymupdf
import pytest

from litmap.pipeline.examination import examine
from litmap.settings import Settings
from litmap.text import can_read_now, extract, extract_many, ocr

PRINTED = {
    "eng": "The wardens of each valley met beside the river when the snow had gone and settled which "
    "fields should rest; later the children wrote down whatever they remembered about those quarrels, "
    "because nobody trusted the official calendar or the priest who kept it locked away.",
    "deu": "Die Müller führten über Jahrhunderte Bücher, in denen sie die Höhe des Wassers und die Menge "
    "des gemahlenen Getreides festhielten. Für spätere Übersichten wäre das ein großer Schatz gewesen, "
    "hätten die Erben sie nicht größtenteils verbrannt oder über die Jahre verloren.",
    "rus": "Каждую весну жители деревни собирались у реки, чтобы решить судьбу общих полей. По "
    "мнению стариков, уровень воды говорил больше любого календаря. Позднее тетради передали в "
    "местный архив, где их и сегодня можно свободно читать всем желающим.",
    "jpn": "村人は毎年春になると川辺に集まり、種まきの日を相談した。年寄りたちは、暦よりも水の高さのほうが"
    "確かだと考えていた。これらの帳面は後に資料館に納められた。それは今でも誰でも自由に読むことができる。"
    "研究者たちは百年分の記録を比べて、その考えが正しかったことを確かめた。川の水位は雪の量によって決まる。",
}  # fmt: skip
SEEN = {
    "eng": "settled which fields should rest",
    "deu": "Für spätere Übersichten",
    "rus": "уровень воды говорил больше",
    "jpn": "資料館",
}


def installed():
    return ocr.installed_languages(ocr.find_tessdata())


def needs(*codes):
    missing = sorted(set(codes) - set(installed()))
    if missing:
        pytest.skip(f"Tesseract's data for {', '.join(missing)} is not installed")


def add_scan(pdf, printed):
    """A page that is a picture of the text."""
    paper = pymupdf.open()
    page = paper.new_page(width=400, height=300)
    page.insert_htmlbox((30, 30, 370, 270), f'<p style="font-size:13px">{printed}</p>')
    picture = page.get_pixmap(dpi=150).tobytes("png")
    pdf.new_page(width=400, height=300).insert_image((0, 0, 400, 300), stream=picture)


def scan_of(folder, *texts):
    pdf = pymupdf.open()
    for printed in texts:
        add_scan(pdf, printed)
    pdf.save(folder / "scan.pdf")
    return folder / "scan.pdf"


def text_of(document):
    return " ".join(block.text for page in document.pages for block in page.blocks)


@pytest.mark.parametrize("code", PRINTED)
def test_a_scan_is_read_in_its_own_language(code, tmp_path):
    needs("eng", code)
    document = extract(scan_of(tmp_path, PRINTED[code]), "x")
    assert document.quality == "ocr"
    assert document.reason == "1 of 1 pages were read by OCR"
    assert SEEN[code] in text_of(document).replace(" " if code == "jpn" else "\n", "")


def test_the_languages_of_the_settings_are_taken_as_they_are(tmp_path):
    needs("eng", "deu")
    path = scan_of(tmp_path, PRINTED["deu"])
    ((_, document),) = extract_many([("x", path)], workers=1, ocr_languages=("deu",))
    assert SEEN["deu"] in text_of(document)
    ((_, document),) = extract_many([("x", path)], workers=1, ocr_languages=("eng",))
    assert SEEN["deu"] not in text_of(document)


def test_other_pages_and_titles_tell_the_language(tmp_path, monkeypatch):
    needs("eng", "deu")
    asked = []
    read_in = ocr.PageReader._read_in
    monkeypatch.setattr(
        ocr.PageReader,
        "_read_in",
        lambda self, c, *rest: asked.append(c) or read_in(self, c, *rest),
    )
    pdf = pymupdf.open()
    pdf.new_page().insert_htmlbox((50, 50, 500, 500), PRINTED["deu"])
    add_scan(pdf, "Für spätere Übersichten")
    pdf.save(tmp_path / "mixed.pdf")
    extract(tmp_path / "mixed.pdf", "x")
    pdf = pymupdf.open(scan_of(tmp_path, "Übersichten"))
    pdf.set_metadata({"title": "Über die Bücher der Müller und die Höhe des Wassers"})
    pdf.save(tmp_path / "titled.pdf")
    extract(tmp_path / "titled.pdf", "x")
    assert asked == ["deu", "deu"]


@pytest.mark.parametrize(("code", "quality"), [("rus", "scan"), ("jpn", "scan"), ("deu", "ocr")])
def test_a_missing_language_is_said_and_the_scan_read_once_it_is_there(
    code, quality, tmp_path, monkeypatch
):
    needs("eng")
    if code != "deu" and not ocr.find_script(
        pymupdf.open(scan_of(tmp_path, PRINTED[code]))[0], ocr.find_tessdata()
    ):
        pytest.skip("Tesseract's script detection is not installed")
    monkeypatch.setattr(ocr, "installed_languages", lambda folder: ("eng",))
    document = extract(scan_of(tmp_path, PRINTED[code]), "x")
    assert document.quality == quality
    assert f"apt-get install tesseract-ocr-{code}" in document.reason
    assert not can_read_now(document.reason)
    monkeypatch.setattr(ocr, "installed_languages", lambda folder: ("eng", code))
    assert can_read_now(document.reason)


def test_reasons_that_ask_for_nothing_are_no_reason_to_read_again():
    assert not can_read_now("")
    assert not can_read_now("2 of 3 pages were read by OCR")
    assert not can_read_now("3 of 3 pages are images without text; OCR is switched off")


def test_languages_of_two_files_and_of_scripts_are_told(monkeypatch):
    monkeypatch.setattr(ocr, "installed_languages", lambda _: ("chi_sim", "chi_tra", "eng", "ukr"))
    assert ocr.PageReader("", hint="zh").chosen == "chi_sim+chi_tra+eng"
    assert ocr.PageReader("", hint="uk").chosen == "ukr+eng"
    assert ocr.PageReader("", hint="fr").missing == "fra"
    assert ocr.PageReader("", ("ces", "eng")).missing == "ces"
    assert "tesseract-ocr-chi-sim" in ocr.what_to_install("chi_sim")


def test_script_detection_that_fails_tells_nothing(tmp_path, monkeypatch):
    page = pymupdf.open(scan_of(tmp_path, "Few words"))[0]
    (tmp_path / "osd.traineddata").touch()
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert ocr.find_script(page, str(tmp_path)) == ""
    monkeypatch.setattr("shutil.which", lambda name: str(tmp_path / "none"))
    assert ocr.find_script(page, str(tmp_path)) == ""

    def late(*args, **kwargs):
        raise subprocess.TimeoutExpired("tesseract", 1)

    monkeypatch.setattr("subprocess.run", late)
    assert ocr.find_script(page, str(tmp_path)) == ""


def check_of_ocr(settings):
    return next(check for check in examine(settings) if check.name == "OCR")


def test_the_doctor_says_what_ocr_lacks(tmp_path, monkeypatch):
    def settings(**changes):
        return Settings(library=tmp_path, state=tmp_path, offline=True, **changes)

    monkeypatch.setattr(ocr, "installed_languages", lambda folder: ("deu", "eng"))
    monkeypatch.setattr("litmap.text.installed_languages", lambda folder: ("deu", "eng"))
    assert check_of_ocr(settings()).ok
    check = check_of_ocr(settings(ocr_languages=("deu", "tur")))
    assert not check.ok
    assert "tesseract-ocr-tur" in check.advice
    monkeypatch.setattr("litmap.text.installed_languages", lambda folder: ())
    check = check_of_ocr(settings())
    assert (check.ok, check.optional, check.mark) == (False, True, "no ")
    assert check_of_ocr(settings(ocr=False)).ok
