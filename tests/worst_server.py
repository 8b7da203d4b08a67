"""A server that breaks what each check judges and repeats every secret; `python worst_server.py`.

It is the reference server with the faults of `worst_behaviours`, chosen anew for each request by
the header that names its cause. SIGHUP kills it and starts it again on what it has stored.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextvars import Context, ContextVar, copy_context
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import uvicorn
from secret_spellings import SECRETS, TOLD
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from worst_behaviours import CONTROL, behaviour_for

from reference_server import access, contract
from reference_server.app import App, Settings
from reference_server.store import Batch, Store
from reference_server.surroundings import Surroundings

CAUSE: Final = ContextVar("CAUSE", default="")
STATUS: Final = "/operations/"  # asked for until it answers
SPARED: Final = ("", "preflight", CONTROL)
LAG_SECONDS: Final = 0.02
DEADLINE_SECONDS: Final = 2.0
TEXTS: Final = (b'"message":"', b'"detail":"', b'"title":"', b'"reason":"')


class Remembering(Store):
    """A store that tells what is durable in the context of whoever has written it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, flush=False)
        self._contexts: dict[int, Context] = {}

    def append(self, batch: Batch) -> None:
        self._contexts[id(batch)] = copy_context()
        super().append(batch)

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        on_durable: Callable[[list[Batch]], None],
        on_broken: Callable[[list[Batch], Exception], None],
    ) -> None:
        def told(group: list[Batch]) -> None:
            for batch in group:
                self._contexts.pop(id(batch)).run(on_durable, [batch])

        super().start(loop, told, on_broken)


class Echoing:
    """Puts secrets into each answer, and now and then sends one that is none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._numbers = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = dict(scope["headers"])
        CAUSE.set(asked.get(b"x-cause", b"").decode())
        number = next(self._numbers)
        breaks = CAUSE.get() not in SPARED and STATUS in scope["path"]
        if breaks and number % 61 == 0:
            _garbled(send)
        elif breaks and number % 29 == 0:
            await _page(send, number)
        else:
            credential = asked.get(b"authorization", b"")
            await self._app(scope, receive, _repeating(send, credential, number))


def _garbled(send: Send) -> None:
    """Answer with a line that is no HTTP, but for a secret in it."""
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    transport.write(b"HTTP/1.1 " + SECRETS["CANARY_TOKEN"].encode() + b"\r\n\r\n")
    transport.close()


async def _page(send: Send, number: int) -> None:
    """Answer with an error page, every other one of bytes that are no text."""
    body = f"<h1>{_told(number)}</h1>".encode() + b"\xff" * (number % 2)
    kind = (b"content-type", b"text/html")
    await send({"type": "http.response.start", "status": 500, "headers": [kind]})
    await send({"type": "http.response.body", "body": body})


def _repeating(send: Send, credential: bytes, number: int) -> Send:
    """Send an answer with secrets in its headers and its body."""
    begun: list[Message] = []

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            begun.append(message)
            return
        start, body = begun[0], _body(message["body"], number)
        kept = [one for one in start["headers"] if one[0].lower() != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        own = length if message["body"] else (b"x-length", b"0")
        headers = [*kept, *_headers(credential, number), own]
        await send({**start, "headers": headers})
        await send({**message, "body": body})

    return sent


def _headers(credential: bytes, number: int) -> Iterator[tuple[bytes, bytes]]:
    """Secrets in headers that are kept, split over one of them, and in one that is not kept."""
    token = SECRETS["CANARY_TOKEN"].encode()
    half = len(token) // 2
    yield b"server", b"worst " + _told(number).encode()
    yield b"vary", b"accept, " + token[:half] + b", " + token[half:]
    yield b"via", b"1.1 " + _told(number + 1).encode()
    yield b"x-request-id", token.hex().encode()
    yield b"x-echo", credential
    if number % 5 == 0:
        yield b"content-location", b"/" + quote(token).encode()


def _body(body: bytes, number: int) -> bytes:
    """Put secrets into an object, and before the texts that people read."""
    if not body.startswith(b'{"'):
        return body
    spelt = [json.dumps(_told(number + place)).encode() for place in range(2)]
    for name in TEXTS:
        body = body.replace(name, name + spelt[0][1:-1] + b" ")
    return b"{" + b":".join(spelt) + b"," + body[1:]


def _told(number: int) -> str:
    return TOLD[number % len(TOLD)]


async def serve(listener: socket.socket, folder: Path) -> None:
    """Serve until told to stop."""
    lag = (LAG_SECONDS, LAG_SECONDS)
    allowed = access.read_token_file(folder / "tokens.json")
    settings = Settings(lag, DEADLINE_SECONDS, "", allowed, lambda _: behaviour_for(CAUSE.get()))
    store = Remembering(folder / "events.sqlite")
    app = App(contract.load(contract.spec_folder()), store, settings, Surroundings())
    app.start()
    config = uvicorn.Config(
        Echoing(app),
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    await uvicorn.Server(config).serve(sockets=[listener])


def begin_again(*_: Any) -> None:  # noqa: ANN401  # signal's own
    """Die without a word, and come back under the same number."""
    os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606  # no shell


def main(folder: Path) -> None:
    """Serve in a folder that holds `tokens.json`, at the port that was told at the first start."""
    told = folder / "port"
    port = int(told.read_text("utf-8")) if told.exists() else 0
    with socket.create_server(("127.0.0.1", port)) as listener:
        told.write_text(str(listener.getsockname()[1]), "utf-8")
        signal.signal(signal.SIGHUP, begin_again)
        print(f"http://127.0.0.1:{told.read_text('utf-8')}", flush=True)  # noqa: T201  # announced
        asyncio.run(serve(listener, folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
