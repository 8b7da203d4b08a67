"""A server behind a prefix, with a token and a certificate of a private authority."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
import trustme
import uvicorn

from conformance.cli import outcome
from reference_server import access, contract
from reference_server.app import App, Settings
from reference_server.behaviour import Behaviour
from reference_server.store import Store
from reference_server.surroundings import Surroundings

TOKEN: Final = "tls-token-0123456789"  # noqa: S105  # no real secret
ONLY: Final = ("--only", "MBR-01", "--only", "RCP-01", "--only", "SEC-01")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def serving(certificate: trustme.LeafCert, folder: Path) -> Iterator[int]:
    """Serve below /deep/prefix, by TLS, and give the port."""
    tokens, pem = folder / "tokens.json", folder / "server.pem"
    tokens.write_text(json.dumps({TOKEN: {"principal": "p", "scopes": ["s1"]}}), encoding="utf-8")
    pem.write_bytes(
        certificate.private_key_pem.bytes()
        + b"".join(part.bytes() for part in certificate.cert_chain_pems)
    )
    started: list[uvicorn.Server] = []

    async def serve() -> None:
        loaded, allowed = contract.load(contract.spec_folder()), access.read_token_file(tokens)
        plain = Settings((0.0, 0.0), 2.0, "/deep/prefix", allowed, lambda _: Behaviour())
        app = App(loaded, Store(None), plain, Surroundings())
        app.start()
        config = uvicorn.Config(
            app,
            port=0,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            ssl_certfile=pem,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        started.append(server)
        try:
            await server.serve()
        finally:
            app.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    while not (started and started[0].started):
        time.sleep(0.01)
    yield started[0].servers[0].sockets[0].getsockname()[1]
    started[0].should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def port(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("server")
    with serving(authority.issue_cert("localhost"), folder) as port:
        yield port


def described(folder: Path, port: int, *lines: str, host: str = "localhost") -> str:
    (folder / "token").write_text(TOKEN + "\n", encoding="utf-8")
    path = folder / "conformance.toml"
    table = [
        "[target]",
        f'url = "https://{host}:{port}/deep/prefix"',
        'scope = "s1"',
        'token_file = "token"',
        *lines,
    ]
    path.write_text("\n".join(table), encoding="utf-8")
    return str(path)


def test_the_file_alone_leads_to_a_server_of_a_private_authority(
    tmp_path: Path, authority: trustme.CA, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    file = described(tmp_path, port, 'ca_file = "authority.pem"')

    code = outcome(["run", "-c", file, *ONLY, "--report-dir", str(tmp_path / "report")])

    written = (tmp_path / "report" / "report.json").read_text("utf-8")
    report = json.loads(written)
    assert code == 0, capsys.readouterr()
    assert {one["id"]: one["outcome"] for one in report["verdicts"]} == {
        "MBR-01": "pass",
        "RCP-01": "pass",
        "SEC-01": "pass",
    }
    assert report["notices"] == []
    assert TOKEN not in written + capsys.readouterr().out


def test_a_certificate_that_is_not_trusted_ends_with_3_and_what_to_do(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["run", "-c", described(tmp_path, port), *ONLY]) == 3

    said = capsys.readouterr().err
    assert "cannot be reached: no connection: its certificate is not trusted (" in said
    assert "Name the PEM file of its certificate authority with ca_file" in said


def test_a_certificate_of_another_name_ends_with_3_and_what_to_do(
    tmp_path: Path, authority: trustme.CA, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    file = described(tmp_path, port, 'ca_file = "authority.pem"', host="127.0.0.1")

    assert outcome(["run", "-c", file, *ONLY]) == 3

    said = capsys.readouterr().err
    assert "its certificate is not trusted (IP address mismatch" in said
    assert "Correct the URL" in said


def test_an_unchecked_certificate_is_told_before_the_run_and_after(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    file = described(tmp_path, port, "verify = false")

    code = outcome(["run", "-c", file, "--only", "MBR-01", "--report-dir", str(tmp_path)])

    said = capsys.readouterr().out
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert code == 0
    assert "CERTIFICATE NOT VERIFIED: verify = false" in said
    assert "certificate not verified: verify = false" in said
    assert [one["kind"] for one in report["notices"]] == ["certificate_not_verified"]


def test_a_first_target_file_leads_to_a_server_of_a_private_authority(
    tmp_path: Path, authority: trustme.CA, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    url, file = f"https://localhost:{port}/deep/prefix", tmp_path / "ci" / "target.toml"
    file.parent.mkdir()
    where = ("--scope", "s1", "--token-env", "MY_TOKEN", "-o", str(file))

    assert outcome(["init", url, *where]) == 3
    assert not file.exists()
    assert outcome(["init", url, *where, "--ca-file", "authority.pem"]) == 0
    assert 'ca_file = "../authority.pem"' in file.read_text("utf-8")
    assert outcome(["run", "-c", str(file), "--only", "MBR-01"]) == 0
