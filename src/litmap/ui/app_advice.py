"""What a reader can do about a work, in the app's words: the reasons that the library keeps name
commands and folders.
"""

from __future__ import annotations

import re

from litmap.pdfs import DROP_IT, PUT_RIGHT

HERE, THERE = "below", "on its page"
"""Where it is done: on the paper's page itself, elsewhere."""
_COMMAND = r"`litmap resolve [^`]+`"
_CANDIDATES = re.compile(rf"^(one work|\d+ works) may be meant: .*\. Settle it with {_COMMAND}$")
"""'2 works may be meant: A (…); B (…). Settle it with …': the page of the work has both."""
_PHRASES = (
    (re.compile(rf"settle it with {_COMMAND}"), "say {place} which one is meant"),
    (re.compile(rf"say which work (is meant|it is): {_COMMAND}"), r"say {place} which work \1"),
    (re.compile(re.escape(DROP_IT)), "add it {place}"),
    (re.compile(re.escape(PUT_RIGHT)), "If it is right, add it {place}; if not, add the right one"),
    (re.compile(r"`litmap add FILE`"), "add it {place}"),
)


def in_app(text: str, place: str = THERE) -> str:
    """A reason or advice with what the app has a button for said so.

    >>> in_app("no open copy was found; if you have the PDF, put it into the library's folder "
    ...        "papers/, or run `litmap add FILE`")
    'no open copy was found; if you have the PDF, add it on its page'
    """
    text = _CANDIDATES.sub(rf"\1 may be meant: say {place} which one", text)
    for phrase, words in _PHRASES:
        text = phrase.sub(words.format(place=place), text)
    return text
