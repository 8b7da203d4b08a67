"""A printed curl line, executed by sh, sends the request that it stands for."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from conformance.exchange import Request
from conformance.reports.curl import curl

TOKEN = "to'k$en\"`id`\\"  # noqa: S105  # no real secret


@dataclass
class Listener:
    """A socket server that keeps the bytes of each request and answers 200."""

    url: str
    heard: list[bytes] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one = Listener(f"http://127.0.0.1:{server.getsockname()[1]}")
        thread = threading.Thread(target=_listen, args=(server, one), daemon=True)
        thread.start()
        yield one
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _listen(server: socket.socket, listener: Listener) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            listener.heard.append(_request(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")


def _request(connection: socket.socket) -> bytes:
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += connection.recv(65536)
    head, _, body = heard.partition(b"\r\n\r\n")
    sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    size = int(sizes[0].split(b":")[1]) if sizes else 0
    while len(body) < size:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def executed(line: str, listener: Listener) -> tuple[bytes, dict[str, str], bytes]:
    """Return request line, headers and body as the server heard them."""
    environment = {"ACKPROOF_TOKEN": TOKEN, "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    done = subprocess.run(
        ["/bin/sh", "-c", line], check=True, capture_output=True, env=environment, timeout=20
    )
    assert done.stdout.startswith(b"HTTP/1.1 200")
    head, _, body = listener.heard[-1].partition(b"\r\n\r\n")
    first, *rest = head.split(b"\r\n")
    pairs = [one.decode("latin-1").partition(":") for one in rest]
    return first, {name.lower(): value.strip() for name, _, value in pairs}, body


BODIES = {
    "json": b'{"prompt": "hello"}',
    "quotes": b'it\'s "quoted" and `run` and $HOME and \\n',
    "line-breaks": b"a\nb\r\nc\t",
    "begins-with-at": b"@/etc/hostname",
    "nul": b"a\0b",
    "not-utf-8": b"\xff\xfe%s%d",
    "escape-sequence": b"\x1b[31mred",
    "digits-after-an-octet": b"\x00123",
    "snowman": "☃".encode(),
    "empty": b"",
    "a-long-run": b'{"displayName": "' + b"a" * 200_000 + b'"}',
    "long-runs-of-odd-bytes": b"\0" * 5_000 + b"'" + b"\xff" * 70_000,
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_arrives_byte_for_byte(listener: Listener, body: bytes) -> None:
    request = Request("POST", listener.url + "/x", (("content-type", "application/json"),), body)

    first, headers, heard = executed(curl(request), listener)

    assert first == b"POST /x HTTP/1.1"
    assert heard == body
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "path",
    ["/a/../b", "/a%2Fb/%2E%2E", "/m?x=[1]&y={a,b}&z=$HOME&q='", "/r/1:activate", "/a%20b#"],
)
def test_a_path_arrives_as_it_stands(listener: Listener, path: str) -> None:
    first, _, _ = executed(curl(Request("GET", listener.url + path)), listener)

    assert first == f"GET {path.removesuffix('#')} HTTP/1.1".encode()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_a_method_arrives(listener: Listener, method: str) -> None:
    first, _, _ = executed(curl(Request(method, listener.url + "/x")), listener)

    assert first == f"{method} /x HTTP/1.1".encode()


def test_headers_arrive_with_odd_and_empty_values(listener: Listener) -> None:
    headers = (("x-odd", 'it\'s "$HOME" `id`'), ("x-empty", ""), ("if-match", '"3"'))

    _, heard, _ = executed(curl(Request("GET", listener.url + "/x", headers)), listener)

    assert heard["x-odd"] == 'it\'s "$HOME" `id`'
    assert heard["if-match"] == '"3"'
    assert heard["x-empty"] == ""
    assert "accept" not in heard


def test_what_curl_says_by_itself_is_not_spelt_out(listener: Listener) -> None:
    line = curl(Request("GET", listener.url + "/x", (("accept", "*/*"),)))

    _, heard, _ = executed(line, listener)

    assert line == f"curl -sS -i --path-as-is --globoff {listener.url}/x"
    assert heard["accept"] == "*/*"


def test_the_shell_fills_in_the_token(listener: Listener) -> None:
    request = Request("GET", listener.url, (("authorization", "Bearer $ACKPROOF_TOKEN"),))
    line = curl(request)

    _, heard, _ = executed(line, listener)

    assert TOKEN not in line
    assert heard["authorization"] == f"Bearer {TOKEN}"


def test_only_a_variable_is_filled_in(listener: Listener) -> None:
    request = Request("GET", listener.url, (("authorization", "Bearer $(id)"),))

    _, heard, _ = executed(curl(request), listener)

    assert heard["authorization"] == "Bearer $(id)"


def test_a_long_run_is_counted_and_not_written_out() -> None:
    request = Request("POST", "http://h/x", (), b'{"displayName": "' + b"a" * 2_000_000 + b'"}')

    assert len(curl(request)) < 400


def test_a_line_stays_a_line() -> None:
    request = Request("POST", "http://h/\x1b[2J\n", (("x-a", "b\x07"),), b"a\nb\x9b")

    assert curl(request).isprintable()
