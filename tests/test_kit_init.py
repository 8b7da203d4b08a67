"""`ackproof probe` and `ackproof init`: what a server tells of itself, and the file made of it."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from gateway import Answer, Asked, Send, gateway
from stocked import filled

from conformance.cli import outcome

Serve = Callable[..., str]
TOKEN: Final = "canary-7f3a91-0123456789"  # noqa: S105  # no real secret
NOBODY: Final = "http://127.0.0.1:9"
ROSTER: Final[dict[str, Any]] = {"scopeId": "s1", "members": [], "nextPageToken": None}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    return tmp_path


def drafted(path: str = "conformance.toml") -> dict[str, Any]:
    return tomllib.loads(Path(path).read_text("utf-8"))


def probed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert outcome(["probe", *arguments, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_a_server_behind_a_prefix_with_a_token_gets_a_file_that_a_run_can_use(
    reference_server: Serve, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grants = {TOKEN: {"principal": "p1", "scopes": ["s1", "s1--*"]}}
    (folder / "tokens.json").write_text(json.dumps(grants), "utf-8")
    url = reference_server("--token-file", str(folder / "tokens.json"), "--path-prefix", "/deep/er")

    code = outcome(["init", url + "/", "--scope", "s1", "--token-env", "MY_TOKEN"])

    said, text = capsys.readouterr().out, Path("conformance.toml").read_text("utf-8")
    assert code == 0
    assert drafted() == {
        "target": {
            "url": url,
            "scope": "s1",
            "token_env": "MY_TOKEN",
            "openapi": "/openapi.json",
        }
    }
    assert TOKEN not in text + said
    assert "SAY: a member of the scope" in text
    assert "ackproof run -c conformance.toml --mode smoke" in said
    assert outcome(["config", "check", "-c", "conformance.toml"]) == 0
    assert outcome(["run", "-c", "conformance.toml", "--only", "MBR-01"]) == 0


def test_what_is_there_already_begins_a_run_that_only_reads(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    url = filled(reference_server())

    assert outcome(["init", url, "--scope", "s1"]) == 0
    assert drafted()["existing"] == {"member": "m1"}
    assert outcome(["run", "-c", "conformance.toml", "--mode", "read-only"]) == 0
    assert "not claimed, mode read-only" in capsys.readouterr().out


def test_a_server_that_lets_nobody_in_is_told_from_one_that_refuses_the_token(
    reference_server: Serve, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "tokens.json").write_text("{}", "utf-8")
    url = reference_server("--token-file", str(folder / "tokens.json"))

    assert outcome(["init", url, "--token-env", "MY_TOKEN"]) == 3
    assert "refuses the credential" in capsys.readouterr().err
    assert not Path("conformance.toml").exists()

    assert outcome(["init", url]) == 0
    text = Path("conformance.toml").read_text("utf-8")
    assert '# token_env = "ACKPROOF_TOKEN"' in text
    assert "it lets nobody in without" in text
    assert "not found  a token" in capsys.readouterr().out
    assert drafted()["target"] == {"url": url, "scope": "ackproof", "openapi": "/openapi.json"}


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((NOBODY,), 3, "http://127.0.0.1:9 cannot be reached"),
        ((NOBODY,), 3, "Nothing was written; --offline writes a file without asking."),
        (("ftp://127.0.0.1",), 2, "is not an http or https URL"),
        (("http://u:p@127.0.0.1", "--offline"), 2, "takes no user name, query or fragment"),
        ((NOBODY, "--token-env", "NONE"), 2, "NONE, which should hold the bearer token, is not"),
        ((NOBODY, "--ca-file", "none.pem"), 2, "none.pem cannot be read"),
        ((NOBODY, "--offline", "-o", "no/such/file.toml"), 2, "no/such/file.toml cannot be"),
        ((), 2, "Missing argument 'URL'"),
    ],
)
def test_where_nothing_can_be_written_nothing_is(
    arguments: tuple[str, ...], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["init", *arguments]) == code
    assert sentence in capsys.readouterr().err
    assert list(Path().iterdir()) == []


def test_an_api_of_another_kind_gets_no_file(
    sick_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["init", sick_server("says", 200, b"<h1>It works</h1>")]) == 3
    assert "does not answer as this API" in capsys.readouterr().err
    assert not Path("conformance.toml").exists()


def test_a_file_that_is_there_is_overwritten_only_by_force(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = Path("conformance.toml")
    file.write_text("mine", "utf-8")

    assert outcome(["init", NOBODY, "--offline"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert file.read_text("utf-8") == "mine"
    assert outcome(["init", NOBODY, "--offline", "--force"]) == 0
    assert drafted()["target"]["url"] == NOBODY


def test_a_skeleton_names_the_token_and_the_authorities_without_looking_at_them(
    folder: Path,
) -> None:
    import trustme  # noqa: PLC0415  # takes its time

    trustme.CA().cert_pem.write_to_path(str(folder / "ca.pem"))
    (folder / "ci").mkdir()

    code = outcome(
        ["init", NOBODY, "--offline", "--scope", "s1", "--token-env", "UNSET", "--ca-file",
         "ca.pem", "-o", "ci/target.toml"]
    )  # fmt: skip

    assert code == 0
    assert drafted("ci/target.toml")["target"] == {
        "url": NOBODY,
        "scope": "s1",
        "token_env": "UNSET",
        "ca_file": "../ca.pem",
    }


HOSTILE: Final = 'm"\n[gate]\nwaivers = "x'


def hostile(asked: Asked, _send: Send) -> Answer:
    """Chooses its words so that they would break out of a comment or of a string."""
    bodies: dict[str, object] = {
        "/api/conformance": {"profiles": ["core", HOSTILE, 7]},
        "/openapi.json": {"paths": {f"/x{HOSTILE}": {HOSTILE: {}}, "/y": 7}},
    }
    row = {"memberId": HOSTILE, "implementationKind": HOSTILE}
    path = asked.target.partition("?")[0]
    listed = {
        "members": {**ROSTER, "members": [row, {"memberId": "m1", "implementationKind": TOKEN}]},
        "runs": {"runs": [{"runId": HOSTILE}]},
        "operations": {
            "operations": [{"commandId": "c1", "statusUrl": f"https://x.example/{HOSTILE}\x7f"}]
        },
    }
    body = bodies.get(path, listed.get(path.rpartition("/")[2], {"summary": TOKEN}))
    return Answer(200, {"content-type": "application/json"}, json.dumps(body).encode())


def test_no_word_of_a_server_breaks_out_of_its_place(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(reference_server(), hostile) as url:
        code = outcome(["init", url, "--scope", "s1", "--token-env", "MY_TOKEN"])

    said = capsys.readouterr().out
    assert code == 0
    assert set(drafted()) == {"target", "existing"}
    assert drafted()["existing"] == {"member": "m1"}
    assert drafted()["target"]["profiles"] == ["core"]
    assert "\n[gate]" not in said
    assert TOKEN not in said + Path("conformance.toml").read_text("utf-8")
    assert outcome(["config", "check", "-c", "conformance.toml"]) == 0


def test_a_probe_sends_reads_alone_and_says_what_each_operation_answers(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    methods: set[str] = set()

    def watched(asked: Asked, send: Send) -> Answer:
        methods.add(asked.method)
        return send(asked)

    with gateway(filled(reference_server()), watched) as url:
        document = probed(capsys, url, "--scope", "s1")

    answers = {one["operation"]: one["answers"] for one in document["operations"]}
    assert methods == {"GET"}
    assert document["members"] == ["m1", "m2"]
    assert document["openapi"] == "/openapi.json"
    assert document["kinds"] == ["workflow"]
    assert document["conformance"] is None
    assert all(one["declared"] for one in document["operations"])
    assert answers["createMember"] == answers["invokeMember"] == "not_asked"
    assert {answers[name] for name in ("getMember", "getMemberRun", "getOperation")} == {
        "as_the_contract"
    }
    assert set(answers.values()) <= {"as_the_contract", "typed_refusal", "not_asked"}


def test_a_probe_of_anything_that_answers_ends_well(
    sick_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    page = probed(capsys, sick_server("says", 404, b"<h1>Nothing here</h1>"))
    closed = probed(capsys, sick_server("says", 401, b'{"code": "UNAUTHENTICATED"}'))
    poor = probed(capsys, sick_server("says", 200, b"{}"))

    words = [
        {one["answers"] for one in document["operations"]} - {"not_asked"}
        for document in (page, closed, poor)
    ]
    assert words == [{"no_route"}, {"closed"}, {"otherwise"}]


def test_a_probe_prints_a_table_and_is_3_where_nobody_answers(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome(["probe", reference_server()]) == 0
    said = capsys.readouterr().out
    assert "ackproof (a guess: --scope ID names one)" in said
    assert "createMember" in said
    assert "it writes" in said
    assert outcome(["probe", NOBODY]) == 3
    assert outcome(["probe"]) == 2
