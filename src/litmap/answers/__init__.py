"""Answers: which sentences of papers answer a question, whether any does, which say the same."""

from litmap.answers.closeness import Closeness
from litmap.answers.grouping import Group, group_sentences
from litmap.answers.questions import Asked, asked_for, gives, is_question
from litmap.answers.ranking import Candidate, relevance, worth_embedding

__all__ = [
    "Asked",
    "Candidate",
    "Closeness",
    "Group",
    "asked_for",
    "gives",
    "group_sentences",
    "is_question",
    "relevance",
    "worth_embedding",
]
