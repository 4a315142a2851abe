"""The stages joined to the store: the one place that reads the catalogue, calls the stages and
writes.
"""

from litmap.pipeline.collaborators import Collaborators
from litmap.pipeline.refresh import RefreshRun, add_dropped, check, rebuild, refresh

__all__ = ["Collaborators", "RefreshRun", "add_dropped", "check", "rebuild", "refresh"]
