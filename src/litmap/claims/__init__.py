"""Claims: what notes and drafts say of the works they cite, beside what these say themselves."""

from litmap.claims.evidence import (
    EVIDENCE,
    SHORTLIST,
    PaperText,
    Shortlist,
    Statement,
    rank_evidence,
    shortlist,
)
from litmap.claims.findings import (
    MIN_STRONG,
    CheckedPaper,
    Evidence,
    judge,
    judge_abstract,
)
from litmap.claims.statements import CitedWork, claims_something, find_claims, statement_of
from litmap.claims.strength import Cohort, nearness, strength

__all__ = [
    "EVIDENCE",
    "MIN_STRONG",
    "SHORTLIST",
    "CheckedPaper",
    "CitedWork",
    "Cohort",
    "Evidence",
    "PaperText",
    "Shortlist",
    "Statement",
    "claims_something",
    "find_claims",
    "judge",
    "judge_abstract",
    "nearness",
    "rank_evidence",
    "shortlist",
    "statement_of",
    "strength",
]
