"""Summaries: a paper's or a heading's own sentences, each with its page and lines."""

from litmap.summaries.headings import summarise_topics
from litmap.summaries.papers import summarise_paper

VERSION = "17"
"""Changes when the same paper would get another summary, so that cached ones are made again."""

__all__ = ["VERSION", "summarise_paper", "summarise_topics"]
