"""A request as a command line that sends it again."""

import re
import shlex
from collections.abc import Iterator
from typing import Final

from conformance.exchange import Request

CLIENT_OWN: Final = frozenset(
    {"host", "content-length", "connection", "accept-encoding", "user-agent"}
)
CURLS_ACCEPT: Final = ("accept", "*/*")
LONGEST_WORD: Final = 65536
LONG_RUN: Final = re.compile(rb"(.)\1{4095,}", re.DOTALL)
SHELL_FILLS_IN: Final = re.compile(r"Bearer \$[A-Za-z_][A-Za-z0-9_]*")


def curl(request: Request) -> str:
    """Return one line for `sh` that sends the same request and prints head and body of the answer.

    Headers that every client sets for itself are left out. The bearer token, and every other secret
    header, is an environment variable of the shell that runs the line.
    """
    words = ["curl", "-sS", "-i", "--path-as-is", "--globoff"]
    words += _method(request)
    given = {name.lower() for name, _ in request.headers}
    words += [
        word
        for name, value in request.headers
        if name.lower() not in CLIENT_OWN and (name.lower(), value) != CURLS_ACCEPT
        for word in ("-H", _header(name, value, secret=name.lower() in request.secret))
    ]
    words += ["-H", "Accept:"] if "accept" not in given else []
    pipe = ""
    if request.body is not None:
        words += ["-H", "Content-Type:"] if "content-type" not in given else []
        pipe, data = _body(request.body)
        words += ["--data-binary", data]
    return " ".join([pipe + words[0], *words[1:], _word(request.url)])


def _method(request: Request) -> list[str]:
    if request.method == "HEAD":
        return ["--head"]
    plain_get = request.method == "GET" and request.body is None
    return [] if plain_get else ["-X", _word(request.method)]


def _header(name: str, value: str, *, secret: bool) -> str:
    if name.lower() == "authorization" and SHELL_FILLS_IN.fullmatch(value):
        return f'"{name}: {value}"'
    if secret:
        before, _, variable = value.rpartition("$")
        return f'{_word(f"{name}: {before}")}"${variable}"'
    return _word(f"{name}: {value}" if value else f"{name};")


def _body(body: bytes) -> tuple[str, str]:
    """Return what stands before curl and the argument of --data-binary."""
    if len(body) > LONGEST_WORD:
        return f"{{ {'; '.join(_runs(body))}; }} | ", "@-"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable() and not text.startswith("@"):
        return "", shlex.quote(text)
    return f"printf '{_octal(body)}' | ", "@-"


def _runs(body: bytes) -> Iterator[str]:
    """Spell a long body: what is alike for long is counted, and not written out."""
    written = 0
    for run in LONG_RUN.finditer(body):
        if run.start() > written:
            yield f"printf '{_octal(body[written : run.start()])}'"
        yield f"head -c {len(run[0])} /dev/zero | tr '\\0' '\\{run[1][0]:03o}'"
        written = run.end()
    if body[written:]:
        yield f"printf '{_octal(body[written:])}'"


def _word(text: str) -> str:
    """Quote a word; what a terminal would not print goes through printf."""
    if text.isprintable():
        return shlex.quote(text)
    return f"\"$(printf '{_octal(text.encode(errors='replace'))}')\""


def _octal(content: bytes) -> str:
    return "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"\\{byte:03o}"  # noqa: PLR2004  # ASCII
        for byte in content
    )
