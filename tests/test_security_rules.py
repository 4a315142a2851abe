"""The rules of bandit, as ruff has them, hold over all that is shipped; an exception has its reason."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = [
    ROOT / "app.py",
    ROOT / "setup.py",
    *(p for room in ("src", "flows", "index", "examples") for p in (ROOT / room).rglob("*.py")),
]
LINT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
EXCEPTION = re.compile(r"# noqa: [^#\n]*?\bS\d{3}\b(?:, ?[A-Z]+\d+)*(?P<reason>[^\n]*)")


def is_security_rule(code):
    return re.fullmatch(r"S(\d+)?", code) is not None


def test_the_rules_are_on_for_all_that_is_shipped():
    assert "S" in LINT["select"]
    assert not [code for code in LINT["ignore"] if is_security_rule(code)]
    files = [path.relative_to(ROOT).as_posix() for path in SHIPPED]
    for pattern, codes in LINT["per-file-ignores"].items():
        if any(map(is_security_rule, codes)):
            assert not [file for file in files if fnmatch(file, pattern)], pattern


def test_every_exception_says_why():
    unexplained = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SHIPPED
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := EXCEPTION.search(line)) and not re.search(r"[a-z]{2}", found["reason"])
    ]
    assert unexplained == []


def test_no_file_turns_the_rules_off():
    off = re.compile(r"# (ruff|flake8): noqa(?!: *(?!S)[A-Z]+\d)")
    assert not [path for path in SHIPPED if off.search(path.read_text())]


@pytest.mark.parametrize(
    ("line", "explained"),
    [
        ("x  # noqa: S311", False),
        ("x  # noqa: S311 - spreads requests", True),
        ("x  # noqa: S506 (a safe loader)", True),
        ("x  # noqa: BLE001, S110", False),
        ("x  # noqa: S110, BLE001 - best effort", True),
    ],
)
def test_a_reason_stands_behind_the_code(line, explained):
    found = EXCEPTION.search(line)
    assert found is not None
    assert bool(re.search(r"[a-z]{2}", found["reason"])) == explained
