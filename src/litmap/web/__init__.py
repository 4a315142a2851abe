"""The one door to the network: polite (budgets shared by all processes), safe (every hop checked),
bounded.
"""

from litmap.web.chat import ChatClient, Endpoint, chat_limits, endpoint
from litmap.web.client import WebClient
from litmap.web.transport import Limits

__all__ = ["ChatClient", "Endpoint", "Limits", "WebClient", "chat_limits", "endpoint"]
