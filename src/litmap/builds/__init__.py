"""Builds: everything that can be computed again, as one folder with a manifest, published by one
rename.

A library's `builds/<id>/` holds the passages (here), and whatever the stages put beside them:
vectors, keyword index, topics, map. A build is written in a hidden folder aside, its manifest last;
then the folder is renamed and `CURRENT` replaced. Readers open what `CURRENT` names, and hold a
shared lock on it that keeps pruning away.
"""

from __future__ import annotations

from litmap.builds.kept_results import KeptResults, key_of
from litmap.builds.reader import (
    Build,
    check_build,
    current_id,
    facts_of_all,
    open_build,
    verify_build,
)
from litmap.builds.store import PassageFile, SourceRows
from litmap.builds.store import read_blocks as read_passages
from litmap.builds.writer import Addition, BuildWriter, Changes, plan, prune_builds

__all__ = [
    "Addition",
    "Build",
    "BuildWriter",
    "Changes",
    "KeptResults",
    "PassageFile",
    "SourceRows",
    "check_build",
    "current_id",
    "facts_of_all",
    "key_of",
    "open_build",
    "plan",
    "prune_builds",
    "read_passages",
    "verify_build",
]
