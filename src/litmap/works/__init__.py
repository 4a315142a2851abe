"""Citations to works: which published thing a note means, confirmed by the services that know it."""

from litmap.works.merging import merge
from litmap.works.resolving import newest_versions, resolve

__all__ = ["merge", "newest_versions", "resolve"]
