"""A library served to searches of other machines: an ASGI application that answers for its passages
(`litmap serve`), and the library as those see it.
"""

from litmap.serving.client import RemoteLibrary, RemotePart
from litmap.serving.server import make_app

__all__ = ["RemoteLibrary", "RemotePart", "make_app"]
