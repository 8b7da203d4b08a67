"""A smoke run: a line for each thing that the target file says, and what to change."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from gateway import Answer, Asked, Send, gateway

from conformance.cli import outcome

Serve = Callable[..., str]
TOKENS: Final = {"ONE": "one-0123456789", "TWO": "two-0123456789"}
QUICK: Final = (
    ("implementations.poison", "false"),
    ("implementations.slow", "false"),
    ("implementations.partial", "false"),
    ("target.kinds", "workflow"),
)


@pytest.fixture
def closed_server(
    reference_server: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Start a server with two tokens: the first opens s1, the second what is named."""
    for name, token in TOKENS.items():
        monkeypatch.setenv(name, token)

    def start(*second: str) -> str:
        grants = {"ONE": ["s1", "s1--*"], "TWO": list(second)}
        file = tmp_path / "tokens.json"
        file.write_text(
            json.dumps(
                {TOKENS[name]: {"principal": name, "scopes": one} for name, one in grants.items()}
            ),
            "utf-8",
        )
        return reference_server("--token-file", str(file))

    return start


def target_file(folder: Path, url: str, *more: str) -> str:
    text = f'[target]\nurl = "{url}"\nscope = "s1"\n' + "\n".join(more)
    file = folder / "conformance.toml"
    file.write_text(text, "utf-8")
    return str(file)


def lines(said: str) -> dict[str, tuple[str, str]]:
    """Read the lines: by the thing looked at, its state and what was said."""
    found: dict[str, tuple[str, str]] = {}
    for line in said.splitlines():
        state, _, rest = line.partition(" ")
        if state in {"ok", "note", "change"}:
            what, _, told = rest.strip().partition("  ")
            found[what] = state, told.strip()
    return found


@pytest.fixture(autouse=True)
def wide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.chdir(tmp_path)


def test_a_kit_that_is_wired_right_is_told_so_within_20_seconds(
    closed_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = target_file(
        tmp_path,
        closed_server("s2"),
        'token_env = "ONE"\nopenapi = "/openapi.json"\nother_scope = "s1--empty"',
        '[principals.other]\nscope = "s2"\ntoken_env = "TWO"',
    )
    began = time.monotonic()

    code = outcome(["run", "-c", file, "--mode", "smoke"])

    seconds, said = time.monotonic() - began, capsys.readouterr().out
    assert code == 0, said
    assert {state for state, _ in lines(said).values()} == {"ok"}
    assert list(lines(said)) == [
        "reachable",
        "credential",
        "scope s1",
        "clock",
        "openapi",
        "second principal",
        "other_scope s1--empty",
        "receipt",
        "kind workflow",
        "kind script",
        "kind gagent",
        "implementation good",
        "implementation poison",
        "implementation slow",
        "implementation partial",
    ]
    assert "exit 0: wired right, nothing judged and no profile claimed" in said
    assert "made: 8 members named ap-" in said
    assert "removed 8 members of the run, none is left" in said
    assert seconds < 20
    assert not [token for token in TOKENS.values() if token in said]


def test_each_thing_that_is_wired_wrong_says_what_to_change(
    closed_server: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = (
        'kind = "workflow"\nendpoint = "chat"\npayload = { prompt = "hello" }\n'
        'branch = { workflow = { workflowYamls = ["name: a\\nsteps:\\n  - {id: one, type: '
        'transform, parameters: {op: uppercase}}\\n"] } }'
    )
    file = target_file(
        tmp_path,
        closed_server("s1", "s2"),
        'token_env = "ONE"\nopenapi = "/nowhere.json"\nother_scope = "s9"',
        '[principals.other]\nscope = "s2"\ntoken_env = "TWO"',
        f"[implementations.good]\n{good.replace('chat', 'nowhere')}",
        f"[implementations.poison]\n{good}",
        f"[implementations.slow]\n{good}",
        f"[implementations.partial]\n{good}",
    )

    code = outcome(["run", "-c", file, "--mode", "smoke"])

    said = capsys.readouterr().out
    changes = {what: told for what, (state, told) in lines(said).items() if state == "change"}
    assert code == 2
    assert list(changes) == [
        "openapi",
        "second principal",
        "other_scope s9",
        "implementation good",
        "implementation poison",
        "implementation slow",
        "implementation partial",
    ]
    assert "Correct openapi or leave it out" in changes["openapi"]
    assert "Give [principals.other] a token that may not" in changes["second principal"]
    assert "Give other_scope one that the token may read" in changes["other_scope s9"]
    assert "Describe your own under [implementations.good]" in changes["implementation good"]
    assert (
        "then ready. Describe your own under [implementations.poison]"
        in (changes["implementation poison"])
    )
    assert "Describe one that takes longer, or say false" in changes["implementation slow"]
    assert "exit 2: change what 7 lines above say" in said


def quick(url: str, *more: tuple[str, str]) -> list[str]:
    given = [word for name, value in (*QUICK, *more) for word in ("--set", f"{name}={value}")]
    return ["run", url, "--scope", "s1", "--mode", "smoke", *given]


def at_another_origin(asked: Asked, send: Send) -> Answer:
    """Names every URL of the API at the public host, of which the kit has not been told."""
    answer = send(asked)
    body = answer.body.replace(b'"/api/', b'"https://public.example/api/')
    headers = {name: value for name, value in answer.headers.items() if name != "location"}
    return Answer(answer.status, {**headers, "date": "Mon, 02 Jan 2006 15:04:05 GMT"}, body)


def test_what_is_none_of_the_files_business_is_noted_and_foreign_urls_are_to_be_listed(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    with gateway(reference_server(), at_another_origin) as url:
        code = outcome(quick(url))

    told = lines(capsys.readouterr().out)
    assert code == 2
    assert told["receipt"][0] == "change"
    assert "is at another origin: list that one under origins" in told["receipt"][1]
    assert told["credential"] == ("ok", "none is asked for")
    assert told["second principal"][0] == told["openapi"][0] == "note"
    assert told["implementation slow"][0] == "note"


def test_isolation_claimed_without_a_second_principal_is_to_be_changed(
    reference_server: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    code = outcome([*quick(reference_server()), "--profile", "isolation"])

    assert code == 2
    assert lines(capsys.readouterr().out)["second principal"][0] == "change"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 3, "http://127.0.0.1:9 cannot be reached"),
        (("--report-dir", "out"), 2, "leave --report-dir and --only out"),
        (("--only", "RCP-01"), 2, "leave --report-dir and --only out"),
    ],
    ids=["unreachable", "report", "only"],
)
def test_what_a_smoke_run_cannot_do_is_a_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome([*quick("http://127.0.0.1:9"), *arguments]) == code
    assert sentence in capsys.readouterr().err


def test_a_server_that_is_not_here_is_written_to_by_a_smoke_run_only_if_that_is_meant(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcome(quick("http://192.0.2.1")) == 2
    assert "is not on this machine" in capsys.readouterr().err


@pytest.mark.parametrize("variant", ["ok-throughout", "foresees-failures"])
def test_a_server_that_answers_at_once_has_nothing_to_change(
    reference_server: Serve, capsys: pytest.CaptureFixture[str], variant: str
) -> None:
    url = reference_server("--variant", variant)

    code = outcome(["run", url, "--scope", "s1", "--mode", "smoke"])

    assert code == 0, capsys.readouterr().out


def test_a_smoke_run_has_no_plan(capsys: pytest.CaptureFixture[str]) -> None:
    code = outcome(["plan", "http://127.0.0.1:9", "--scope", "s1", "--mode", "smoke"])

    assert code == 2
    assert "has no plan" in capsys.readouterr().err
