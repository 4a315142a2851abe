"""A browser's tab as the app's server sees it: Streamlit's messages over a websocket, and pictures
over HTTP, without a browser.
"""

from __future__ import annotations

import http.client
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

from tests.waiting import PATIENCE_S

ENDED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


@dataclass
class Drawn:
    """What a run of a page drew: its elements (Streamlit's `Element`), the bytes sent for them, and
    the seconds from the request to the end of the run.
    """

    elements: list[Any] = field(default_factory=list)
    sent: int = 0
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """All that was drawn, in the messages' own form."""
        return "\n".join(map(str, self.elements))

    def widget(self, kind: str, label: str) -> str:
        """The id of the widget of this kind with this label. Raises `StopIteration`."""
        own = (getattr(e, kind) for e in self.elements if e.WhichOneof("type") == kind)
        return str(next(widget.id for widget in own if widget.label == label))

    def pictures(self) -> list[str]:
        """The addresses of the pictures."""
        drawn = [e.imgs.imgs for e in self.elements if e.WhichOneof("type") == "imgs"]
        return [picture.url for pictures in drawn for picture in pictures]


class Tab:
    """One tab: a session of the server for as long as it is open."""

    def __init__(self, port: int, token: str) -> None:
        origin = f"http://127.0.0.1:{port}"
        self._cookie = {"Cookie": f"litmap-{port}={token}"}
        self._server = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        self._stream = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            origin=origin,  # type: ignore[arg-type]
            additional_headers=self._cookie,
            proxy=None,
            max_size=None,
            compression=None,
        )
        self._address = {"page_name": "", "query_string": "", "page_script_hash": ""}
        self._widgets: dict[str, WidgetState] = {}
        self._kept: dict[str, ForwardMsg] = {}
        self.drawn = Drawn()

    def open(self, page: str, query: str = "") -> Drawn:
        """Open a page with the parameters of an address, as a click on a link does."""
        self._address = {"page_name": page, "query_string": query, "page_script_hash": ""}
        self._widgets.clear()
        return self._run()

    def write(self, label: str, text: str) -> Drawn:
        """Write into a text field of the page."""
        widget = self.drawn.widget("text_input", label)
        self._widgets[widget] = WidgetState(id=widget, string_value=text)
        return self._run()

    def fetch_pictures(self) -> int:
        """Load the page's pictures as a browser does; the bytes."""
        return sum(len(self._fetch(address)) for address in self.drawn.pictures())

    def _fetch(self, address: str) -> bytes:
        self._server.close()  # the server closes one that waits
        self._server.request("GET", address, headers=self._cookie)
        answer = self._server.getresponse()
        assert answer.status == http.HTTPStatus.OK, address
        return answer.read()

    def _run(self) -> Drawn:
        asked = BackMsg()
        for name, value in self._address.items():
            setattr(asked.rerun_script, name, value)
        asked.rerun_script.widget_states.widgets.extend(self._widgets.values())
        asked.rerun_script.cached_message_hashes.extend(self._kept)
        begun = time.perf_counter()
        self._stream.send(asked.SerializeToString())
        self.drawn = Drawn()
        while not self._take(self._stream.recv(timeout=PATIENCE_S, decode=False)):
            pass
        self.drawn.seconds = time.perf_counter() - begun
        return self.drawn

    def _take(self, message: bytes) -> bool:
        """Take one message; whether the run ended with it."""
        told = ForwardMsg.FromString(message)
        self.drawn.sent += len(message)
        kind = told.WhichOneof("type")
        if kind == "ref_hash":
            told, kind = self._kept[told.ref_hash], "delta"
        elif told.metadata.cacheable:
            self._kept[told.hash] = told
        if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            self.drawn.elements.append(told.delta.new_element)
        elif kind == "new_session":
            self._address["page_script_hash"] = told.new_session.page_script_hash
        elif kind == "page_info_changed":
            self._address["query_string"] = told.page_info_changed.query_string
        return kind == "script_finished" and told.script_finished in ENDED

    def close(self) -> None:
        """Close the tab; the server keeps its session for a while, as for one that comes back."""
        self._stream.close()
        self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
