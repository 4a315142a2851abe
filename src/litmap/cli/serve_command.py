"""`litmap serve`: the library for searches of other machines."""

from __future__ import annotations

import argparse
import contextlib
import secrets
from pathlib import Path
from typing import Any

from litmap.cli.options import command, settings_of
from litmap.errors import UsageError
from litmap.operating_system import interrupt_on_terminate
from litmap.settings import SERVER_TOKEN_NAME, server_token

LOOPBACK = "127.0.0.1"
MIN_TOKEN = 16
"""Characters that a token of one's own must have."""
END_SECONDS = 3
"""How long searches under way may take to end when the server is stopped."""


def add_serve(commands: Any) -> None:
    """Register the command."""
    parser = command(
        commands,
        "serve",
        serve,
        "serve the library, to be read alone, to `litmap search --also` on other machines",
        "litmap serve --library ~/papers --port 8700",
        reads=False,
    )
    parser.add_argument("--port", type=int, default=8700, help="port (default 8700; 0 takes any)")
    parser.add_argument(
        "--address",
        default=LOOPBACK,
        metavar="IP",
        help=f"address of this machine to listen on (default {LOOPBACK}: this machine alone)",
    )
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"the token is this file's content; else {SERVER_TOKEN_NAME} of the environment, else "
        "a new one, which is printed",
    )


def serve(args: argparse.Namespace) -> int:
    """`litmap serve`. Raises `UsageError` for a token that can be guessed, or a port that is
    taken.
    """
    import uvicorn

    from litmap.library import Library
    from litmap.serving import make_app

    settings = settings_of(args)
    with Library.open(settings=settings) as library:
        count = len(library.works())
    given = _given_token(args.token_file)
    token = given or secrets.token_urlsafe(32)
    config = uvicorn.Config(
        make_app(settings, token),
        host=args.address,
        port=args.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=END_SECONDS,
    )
    try:
        listening = config.bind_socket()
    except SystemExit:  # as uvicorn ends where the port is taken
        raise UsageError(f"cannot listen on {args.address}, port {args.port}") from None
    with listening:
        listening.listen()  # whoever reads the address may ask at once
        port = listening.getsockname()[1]
        host = f"[{args.address}]" if ":" in args.address else args.address
        print(f"{count} works are served at http://{host}:{port} (Ctrl-C ends it).", flush=True)
        if not given:
            print(f"Whoever searches them needs {SERVER_TOKEN_NAME}={token}", flush=True)
        interrupt_on_terminate()
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    return 0


def _given_token(file: Path | None) -> str:
    """The token that was given; '' where none was. Raises `UsageError`."""
    if file is None:
        token = server_token()
    else:
        try:
            token = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: the token cannot be read: {error}") from error
    if (token or file is not None) and len(token) < MIN_TOKEN:
        raise UsageError(f"a token needs {MIN_TOKEN} characters at least")
    if not token.isascii() or not token.isprintable():
        raise UsageError("a token is made of plain letters, digits and signs")
    return token
