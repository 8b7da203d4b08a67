"""Serve until told to stop; announce the URL as one JSON line on stdout."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread

import click
import uvicorn

from reference_server import access, contract
from reference_server.app import App, Settings
from reference_server.behaviour import Behaviour
from reference_server.cli import CANNOT_LISTEN, STORE_REFUSED, USAGE, refuse
from reference_server.routing import HandlersDifferError
from reference_server.store import Store, StoreRefusedError
from reference_server.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Start:
    """How the process was started; lag and deadline in seconds.

    `flush` says whether each commit to `data` is flushed to the disk, `until_stdin_closes` whether
    the server ends with whoever holds its standard input open, however that one ends.
    """

    host: str
    port: int
    data: Path | None
    flush: bool
    lag: tuple[float, float]
    deadline: float
    token_file: Path | None
    path_prefix: str
    until_stdin_closes: bool


class _Server(uvicorn.Server):
    """A uvicorn server that announces itself, and ends with exit code 0 on SIGTERM and SIGINT."""

    announcement = ""
    until_stdin_closes = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.until_stdin_closes:
            end = partial(self.handle_exit, signal.SIGTERM, None)
            loop = asyncio.get_running_loop()
            Thread(target=_read_stdin, args=(loop, end), daemon=True).start()
        if self.started:
            click.echo(self.announcement)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # a request cut short is answered by the app; uvicorn would add a traceback
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def _read_stdin(loop: asyncio.AbstractEventLoop, then: Callable[[], None]) -> None:
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(then)


def serve(start: Start, behaviour_of: Callable[[str], Behaviour]) -> None:
    """Serve; refuse with the documented exit code what cannot be served."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    prefix = "/" + start.path_prefix.strip("/") if start.path_prefix.strip("/") else ""
    try:
        loaded = contract.load(contract.spec_folder())
        allowed = access.Access(None)
        if start.token_file is not None:
            allowed = access.read_token_file(start.token_file)
    except (contract.ContractRefusedError, access.TokenFileRefusedError) as error:
        refuse(USAGE, str(error))
    listener = _listening(start)
    settings = Settings(start.lag, start.deadline, prefix, allowed, behaviour_of)
    try:
        store = Store(start.data, flush=start.flush)
        asyncio.run(_run(loaded, store, settings, listener, until_stdin=start.until_stdin_closes))
    except StoreRefusedError as error:
        refuse(STORE_REFUSED, str(error))
    except HandlersDifferError as error:
        refuse(USAGE, str(error))


async def _run(
    loaded: contract.Contract,
    store: Store,
    settings: Settings,
    listener: socket.socket,
    *,
    until_stdin: bool,
) -> None:
    app = App(loaded, store, settings, Surroundings())
    try:
        app.start()
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        server.until_stdin_closes = until_stdin
        server.announcement = _announcement(listener, settings.prefix, loaded.hash)
        await server.serve(sockets=[listener])
    finally:
        app.stop()


def _announcement(listener: socket.socket, prefix: str, contract_hash: str) -> str:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{port}{prefix}"
    return json.dumps({"url": url, "pid": os.getpid(), "contractHash": contract_hash})


def _listening(start: Start) -> socket.socket:
    family = socket.AF_INET6 if ":" in start.host else socket.AF_INET
    # asyncio switches Nagle off only where the protocol is named
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((start.host, start.port))
        listener.listen(1024)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "not the name of a host"
        refuse(CANNOT_LISTEN, f"cannot listen on {start.host}:{start.port}: {why}")
    return listener
