"""The app: Streamlit pages over the read-only façade. `main` is what the script runs; one module a
page.

Everything shown from notes and papers is hostile input: it goes through `texts.escape`, and nothing
is ever drawn as HTML. Streamlit is imported late, so that `import litmap.ui` is cheap for the
command line.
"""

from __future__ import annotations


def main() -> None:
    """Draw the page that the address names."""
    from litmap.ui import frame

    frame.draw()


__all__ = ["main"]
