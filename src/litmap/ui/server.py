"""The process that serves the app: Streamlit's application behind the check of `litmap.ui.access`.

`litmap app` starts it. The token comes in the environment, as other users of the machine can read
a command line, and is taken out of it before anything else starts. `streamlit run app.py` puts the
same check into Streamlit's own server (`make_checks`).
"""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.middleware import Middleware

SCRIPT = Path(__file__).with_name("app.py")
TOKEN_VARIABLE = "_LITMAP_APP_TOKEN"  # noqa: S105 - the variable's name
LOOPBACK = "127.0.0.1"
MAX_MESSAGE = 16 << 20
"""Bytes of a message from the browser; files of drafts come another way."""
END_SECONDS = 3
"""How long open connections may take to end when the server is stopped."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; 1 where the port cannot be had."""
    parser = argparse.ArgumentParser(prog="litmap app")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--address", default=LOOPBACK)
    parser.add_argument("--host", dest="hosts", action="append", default=[])
    parser.add_argument("--open", action="store_true", help="reading needs no token")
    chosen = parser.parse_args(arguments)
    token = os.environ.pop(TOKEN_VARIABLE, "")
    if not token:
        sys.exit("litmap: no token was given; start the app with `litmap app`")
    try:
        listening = _listen(chosen.address, chosen.port)
    except OSError as error:
        reason = error.strerror or error
        print(f"litmap: cannot listen on port {chosen.port}: {reason}", file=sys.stderr)
        return 1
    with listening:
        _serve(listening, token, chosen)
    return 0


def _listen(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let two programs have one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(128)
    except BaseException:
        listening.close()
        raise
    return listening


def _serve(listening: socket.socket, token: str, chosen: argparse.Namespace) -> None:
    import uvicorn
    from streamlit import config
    from streamlit.starlette import App

    from litmap.ui import access
    from litmap.ui.routes import make_routes

    _ask_no_addresses()
    port = listening.getsockname()[1]
    rules = access.Access(
        token, port, access.allowed_hosts(port, chosen.hosts), reading_needs_token=not chosen.open
    )
    access.set_current(rules)
    application = access.Gate(App(SCRIPT, routes=make_routes()), rules)
    config.set_option("server.allowedHosts", [])  # the gate knows the port and the added names too
    serving = uvicorn.Config(
        application,
        lifespan="on",
        log_level="warning",
        access_log=False,  # a log of requests would hold the token
        server_header=False,
        proxy_headers=False,
        ws_max_size=MAX_MESSAGE,
        timeout_graceful_shutdown=END_SECONDS,
    )
    # Streamlit gives uvicorn's log of requests a handler again.
    logging.getLogger("uvicorn.access").disabled = True
    try:
        uvicorn.Server(serving).run(sockets=[listening])
    except KeyboardInterrupt:
        return


def make_checks() -> list[Middleware]:
    """The check for an app that Streamlit's own server serves; prints the address that opens it.

    To be called as that server loads the app: its port is known by then.
    """
    from starlette.middleware import Middleware
    from streamlit import config

    from litmap.ui import access

    _ask_no_addresses()
    port = int(config.get_option("server.port"))
    rules = access.Access(access.new_token(), port, access.allowed_hosts(port))
    access.set_current(rules)
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    print(f"litmap is at {scheme}://{LOOPBACK}:{port}/?token={rules.token}", flush=True)
    return [Middleware(access.Gate, access=rules)]


def _ask_no_addresses() -> None:
    """Streamlit asks for this machine's addresses outside when it judges an Origin. The gate has
    judged by then, so nothing need be asked.
    """
    from streamlit import net_util

    net_util.get_internal_ip = _no_address
    net_util.get_external_ip = _no_address


def _no_address() -> str | None:
    return None


if __name__ == "__main__":
    sys.exit(main())
