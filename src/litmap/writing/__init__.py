"""Writing: what a language model is asked, and what of its answer may be checked at all.

Pure: numbered sentences in, messages out; the model's text in, its sentences with the numbers they
name out. Whether these say what they name is asked in `claims.borne_out`.
"""

from litmap.writing.answers import WrittenSentence, read_answer, read_label, says_nothing
from litmap.writing.prompts import VERSION, Numbered, Task, messages, sendable

__all__ = [
    "VERSION",
    "Numbered",
    "Task",
    "WrittenSentence",
    "messages",
    "read_answer",
    "read_label",
    "says_nothing",
    "sendable",
]
