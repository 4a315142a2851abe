"""`python -m litmap` is the litmap command."""

from litmap.cli import run

run()
