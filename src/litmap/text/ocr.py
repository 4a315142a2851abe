"""Pages read by Tesseract through PyMuPDF, in their own language where its data is installed."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from litmap.parsing.languages import language_of
from litmap.parsing.word_lists import load_lines
from litmap.text.char_lines import read_chars, regroup
from litmap.text.line import Line
from litmap.text.pymupdf_open import load_pymupdf

logger = logging.getLogger(__name__)

AUTO = "auto"
"""Instead of a list of languages: the document's own."""
LATIN = "Latin"
DPI = 200
"""Resolution at which pages are read: 300 takes longer and reads 10-point print no better."""
SCRIPT_DPI = 150
"""Resolution at which the script of a page is looked for."""
SCRIPT_SECONDS = 20
"""Most seconds for finding the script of a page."""
MIN_LETTERS = 150
"""Letters of what was read that tell its language."""
MISSING = (
    "install Tesseract with its English data (Debian: apt-get install tesseract-ocr) "
    "to have it read"
)
"""What to do about pages that only OCR could read."""
_PACKAGE = re.compile(r"apt-get install tesseract-ocr(?:-([a-z-]+))?")
_SCRIPT = re.compile(rb"^Script: (\w+)", re.MULTILINE)


class OcrLanguage(NamedTuple):
    """A language: its ISO 639-1 code, Tesseract's, the script, its English name."""

    iso: str
    code: str
    script: str
    name: str


@cache
def languages() -> tuple[OcrLanguage, ...]:
    """The languages in `data/ocr_languages.txt`."""
    rows = load_lines("ocr_languages", "litmap.text")
    return tuple(OcrLanguage(*row.split(" ", 3)) for row in rows)


@lru_cache(maxsize=1)
def find_tessdata() -> str | None:
    """The folder of Tesseract's language data, None where there is none."""
    candidates = [os.environ.get("TESSDATA_PREFIX", "")]
    candidates += sorted(
        (str(p) for p in Path("/usr/share/tesseract-ocr").glob("*/tessdata")), reverse=True
    )
    candidates += [
        "/usr/share/tessdata",
        "/usr/local/share/tessdata",
        "/opt/homebrew/share/tessdata",
    ]
    for candidate in candidates:
        if candidate and installed_languages(candidate):
            return candidate
    try:
        found = load_pymupdf().get_tessdata()
    except Exception:  # noqa: BLE001 - PyMuPDF's search fails in many ways; then there is none
        return None
    return str(found) if found and installed_languages(str(found)) else None


def installed_languages(tessdata: str | None) -> tuple[str, ...]:
    """Tesseract's codes of the languages whose data lie in a folder ('eng', 'deu'), sorted."""
    files = Path(tessdata).glob("*.traineddata") if tessdata else ()
    return tuple(sorted({file.stem for file in files} - {"osd", "equ"}))


def what_to_install(code: str) -> str:
    """What to do to have a language read: 'install Tesseract's data for German (…)'."""
    name = next((known.name for known in languages() if known.code == code), code)
    package = "tesseract-ocr-" + code.replace("_", "-")
    return f"install Tesseract's data for {name} (Debian: apt-get install {package})"


def missing_languages(reason: str) -> set[str]:
    """The languages that the reason of an unread or badly read scan asks for and are not
    installed: Tesseract's codes, '' for Tesseract itself.
    """
    installed = set(installed_languages(find_tessdata()))
    asked = {code.replace("-", "_") for code in _PACKAGE.findall(reason)}
    return asked - installed - ({""} if installed else set())


def can_read_now(reason: str) -> bool:
    """Whether what the reason of an unread or badly read scan asks for is installed by now."""
    return _PACKAGE.search(reason) is not None and not missing_languages(reason)


@dataclass(slots=True)
class PageReader:
    """Reads the pages of one document by OCR; settles its language on the first one.

    `wanted`: Tesseract's codes of the languages to read in, or 'auto' for the document's own.
    `hint`: its language as an ISO 639-1 code where it is known otherwise, '' where not.
    `missing`: the code of the document's language where its data is not installed; `chosen`: the
    codes of those that it is read in, joined by '+'.
    """

    tessdata: str
    wanted: Sequence[str] = (AUTO,)
    hint: str = ""
    missing: str = ""
    chosen: str = ""
    installed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.installed = installed_languages(self.tessdata)
        if AUTO not in self.wanted:
            self.chosen = "+".join(code for code in self.wanted if code in self.installed)
            self.missing = next((c for c in self.wanted if c not in self.installed), "")
        elif self.hint:
            self._choose([known for known in languages() if known.iso == self.hint])

    def read(self, page: Any, flags: int) -> list[Line]:
        """The lines that Tesseract sees on the page, none where no data can read its script.

        Noise without a letter or digit is left out.
        """
        if self.chosen:
            return self._read_in(self.chosen, page, flags)
        if not self.missing:
            script = find_script(page, self.tessdata)
            self._choose([known for known in languages() if known.script == script])
        if self.missing and _script_of(self.missing) != LATIN:
            return []
        return self._read_first(self.chosen or self._usual(), page, flags)

    def _read_first(self, codes: str, page: Any, flags: int) -> list[Line]:
        """The lines of a page, read again where they turn out to be in another language."""
        lines = self._read_in(codes, page, flags)
        text = "\n".join(line.text for line in lines)
        if sum(map(str.isalpha, text)) < MIN_LETTERS:
            self.chosen = ""  # the next page will tell
            return lines
        self.chosen = codes
        language = language_of(text)
        meant = [known for known in languages() if known.iso == language]
        latin = _script_of(codes.partition("+")[0]) == LATIN
        if not self.missing and meant and (meant[0].script == LATIN) == latin:
            self._choose(meant)
        if self.chosen == codes:
            return lines
        logger.debug("OCR: first read in %s, again in %s", codes, self.chosen)
        return self._read_in(self.chosen, page, flags)

    def _choose(self, meant: Sequence[OcrLanguage]) -> None:
        """Chooses the first language of those meant that is installed, or says which is missing."""
        found = [known for known in meant if known.code in self.installed]
        if meant and not found:
            self.missing = meant[0].code
        if not found or found[0].code in self.chosen.split("+"):
            return
        codes = [known.code for known in found if known.iso == found[0].iso]
        if found[0].script != LATIN and "eng" in self.installed:
            codes.append("eng")  # names and references in Latin letters
        self.chosen = "+".join(dict.fromkeys(codes))

    def _usual(self) -> str:
        """The language to begin with where nothing tells."""
        latin = [code for code in self.installed if _script_of(code) == LATIN]
        return "eng" if "eng" in latin else (latin or list(self.installed))[0]

    def _read_in(self, codes: str, page: Any, flags: int) -> list[Line]:
        textpage = page.get_textpage_ocr(
            flags=flags, language=codes, dpi=_dpi(page, DPI), full=True, tessdata=self.tessdata
        )
        lines = regroup(read_chars(page, textpage))
        return [line for line in lines if any(c.isalnum() for c in line.text)]


def _script_of(code: str) -> str:
    return next((known.script for known in languages() if known.code == code), "")


def find_script(page: Any, tessdata: str) -> str:
    """The script of a page as Tesseract's script detection names it, '' where it cannot tell."""
    program = shutil.which("tesseract")
    if program is None or not (Path(tessdata) / "osd.traineddata").is_file():
        return ""
    dpi = _dpi(page, SCRIPT_DPI)
    command = [program, "stdin", "stdout", "--psm", "0", "--dpi", str(dpi)]
    try:
        seen = subprocess.run(  # noqa: S603 - Tesseract itself, given a picture
            [*command, "--tessdata-dir", tessdata],
            input=page.get_pixmap(dpi=dpi).tobytes("png"),
            capture_output=True,
            timeout=SCRIPT_SECONDS,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        logger.debug("OCR: the script could not be looked for: %s", error)
        return ""
    found = _SCRIPT.search(seen.stdout)
    logger.debug("OCR: script %s", found[1] if found else "unknown")
    return found[1].decode() if found else ""


def _dpi(page: Any, usual: int) -> int:
    """Less for very large pages, so that no picture is larger than about 25 million pixels."""
    area = max(page.rect.width * page.rect.height / 72**2, 1.0)
    return int(min(usual, (25_000_000 / area) ** 0.5))
