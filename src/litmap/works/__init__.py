"""Citations to works: which published thing a note means, confirmed by the services that know
it.
"""

from litmap.works.merging import merge
from litmap.works.resolver import newest_versions, resolve, with_file_metadata

__all__ = ["merge", "newest_versions", "resolve", "with_file_metadata"]
