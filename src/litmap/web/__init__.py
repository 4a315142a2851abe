"""The one door to the network: polite (budgets shared by all processes), safe (every hop checked),
bounded.
"""

from litmap.web.client import WebClient
from litmap.web.transport import Limits

__all__ = ["Limits", "WebClient"]
