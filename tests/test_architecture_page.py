"""The architecture page names only what is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "about" / "architecture.md").read_text(encoding="utf-8")


def test_every_module_the_page_names_is_there():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for row in rows:
        folder = ""
        for name in re.findall(r"`([\w/]+(?:\.py|/))`", row):
            path = name if "/" in name else f"{folder}/{name}"
            folder = Path(path).parent.as_posix()
            homes = (ROOT / "src" / "litmap", ROOT)
            assert any((home / path).exists() for home in homes), f"{path} in {row}"


def test_every_room_is_on_a_floor():
    floors = PAGE.split("```text")[2].split("```")[0]
    rooms = {p.stem for p in (ROOT / "src" / "litmap").iterdir() if p.suffix in {"", ".py"}}
    for room in rooms - {"__init__", "__main__", "__pycache__", "py"}:
        assert re.search(rf"\b{room}\b", floors), f"{room} is on no floor"
