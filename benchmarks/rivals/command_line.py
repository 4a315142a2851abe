"""argparse and litmap's settings beside typer and pydantic-settings: `python -m
benchmarks.rivals.command_line`.

Processor time of a new process until the command line or the settings are ready, the best of five;
and what each says about an unknown and about a wrong setting in a file. Needs typer and
pydantic-settings.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

STARTS = {
    "Python alone": "pass",
    "argparse": "import argparse; p = argparse.ArgumentParser().add_subparsers().add_parser('a')",
    "click": "import click; click.command()(lambda: None)",
    "typer": "import typer; a = typer.Typer(); a.command()(lambda: None); a.command('b')(lambda: None)\n"
    "typer.main.get_command(a)",
    "litmap's parser": "from litmap.cli import build_parser; build_parser()",
    "litmap's settings": "from litmap.settings import load_settings; load_settings()",
    "pydantic-settings": "from pathlib import Path\nfrom pydantic_settings import BaseSettings\n"
    "class S(BaseSettings):\n    library: Path = Path('index')\n    notes: tuple[str, ...] = ()\n "
    "   ocr: bool = True\nS()",
}
MODEL = """
from pathlib import Path
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource
class S(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LITMAP_", extra="forbid", toml_file={file!r})
    library: Path = Path("index")
    readers: int = 0
    recheck_days: float = 30.0
    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, **_):
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
try:
    print(S())
except Exception as error:
    print(str(error).replace(chr(10), " | "))
"""
OWN = """
from pathlib import Path
from litmap.settings import load_settings
try:
    print(load_settings(environment={{}}, file=Path({file!r})).library)
except Exception as error:
    print(error)
"""


def processor_ms(code: str) -> float:
    """Processor time of a new process, the best of five."""
    best = float("inf")
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True, cwd=tempfile.gettempdir())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, 1000 * spent)
    return round(best, 1)


def main() -> None:
    for name, code in STARTS.items():
        try:
            print(json.dumps({"start": name, "processor ms": processor_ms(code)}))
        except subprocess.CalledProcessError:
            print(f"{name} left out")
    files = {
        "unknown": "libary = 'x'\n",
        "wrong": "readers = -2\n",
        "relative": "library = 'papers'\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        for what, text in files.items():
            path = Path(folder) / "litmap.toml"
            path.write_text(text, "utf-8")
            for name, code in {"litmap": OWN, "pydantic-settings": MODEL}.items():
                command = [sys.executable, "-c", code.format(file=str(path))]
                out = subprocess.run(
                    command, capture_output=True, text=True, check=False, env={**os.environ}
                )
                print(
                    json.dumps({"file": text.strip(), "case": what, name: out.stdout.strip()[:250]})
                )


if __name__ == "__main__":
    main()
